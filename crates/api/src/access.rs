//! Who may read entries where the ledger opens them to members only.

use bulla_types::{
    AccessToEntries, AccessToken, BlockTime, Canonical, KeyPurpose, KeyRecord, KeyStatus, MemberRecord,
    MemberStatus, ReasonCode, StateKey,
};

use crate::error::ApiError;
use crate::node_api::NodeApi;

/// Longest time that a token may still have, milliseconds.
const TOKEN_MS_MAX: u64 = 10 * 60 * 1000;

const SCHEME: &str = "Bulla ";

impl NodeApi {
    /// Whether the bearer of this `authorization` header may read entries in bulk.
    pub(crate) fn may_read_entries(&self, authorization: Option<&str>) -> Result<(), ApiError> {
        if self.chain.tip().parameters.entry_access == AccessToEntries::Open {
            return Ok(());
        }
        let token = authorization.and_then(|header| header.strip_prefix(SCHEME)).ok_or_else(|| {
            ApiError::new(
                ReasonCode::Unauthenticated,
                "this ledger opens its entries to members: send an access token",
            )
        })?;
        let token: AccessToken = token
            .trim()
            .parse()
            .map_err(|error| ApiError::new(ReasonCode::Unauthenticated, format!("access token: {error}")))?;
        self.check_token(&token)
    }

    fn check_token(&self, token: &AccessToken) -> Result<(), ApiError> {
        let refuse = |reason, detail: &str| Err(ApiError::new(reason, format!("access token: {detail}")));
        let now = self.clock.now();
        if token.expires_at <= now || token.expires_at > BlockTime(now.0.saturating_add(TOKEN_MS_MAX)) {
            return refuse(ReasonCode::Expired, "it has expired, or is good for longer than ten minutes");
        }
        let Some(member) = self.record_of::<MemberRecord>(&StateKey::Member(token.member))? else {
            return refuse(ReasonCode::MemberUnknown, "no such member");
        };
        if member.status != MemberStatus::Active {
            return refuse(ReasonCode::MemberSuspended, "the member is suspended");
        }
        let key = self.record_of::<KeyRecord>(&StateKey::Key(token.key_id))?;
        let Some(key) = key.filter(|key| key.member == token.member) else {
            return refuse(ReasonCode::KeyUnknown, "the member has no such key");
        };
        match key.status {
            KeyStatus::InForce => {}
            KeyStatus::Retired => return refuse(ReasonCode::KeyRetired, "the key is retired"),
            KeyStatus::Compromised => {
                return refuse(ReasonCode::KeyCompromised, "the key is reported compromised");
            }
        }
        if !matches!(key.purpose, KeyPurpose::Operate | KeyPurpose::Administer | KeyPurpose::Audit) {
            return refuse(ReasonCode::KeyPurposeWrong, "the key is a node's");
        }
        let verified = key.key.parse().is_ok_and(|key| token.verify(&self.ledger_id(), &key).is_ok());
        if verified { Ok(()) } else { refuse(ReasonCode::SignatureInvalid, "its signature is not valid") }
    }

    fn record_of<T: Canonical>(&self, key: &StateKey) -> Result<Option<T>, ApiError> {
        let Some(bytes) = self.chain.state(key)? else { return Ok(None) };
        T::decode(&bytes).map(Some).map_err(|error| ApiError::internal(format!("{key:?}: {error}")))
    }
}
