//! Reading entries: who may, where the ledger opens them to members only, and how many at a time.

use std::sync::Arc;

use bulla_mempool::{Clock, SystemClock};
use bulla_types::{
    AccessToEntries, AccessToken, BlockTime, Canonical, KeyId, KeyPurpose, KeyRecord, KeyStatus,
    MemberNumber, MemberRecord, MemberStatus, ReasonCode, StateKey,
};
use tokio::sync::Semaphore;

use crate::error::ApiError;
use crate::limits::{BUSY_RETRY, ENTRY_ANSWERS_MAX, ENTRY_READS_MAX};
use crate::listen::Held;
use crate::node_api::NodeApi;

/// Longest time that a token may still have, milliseconds.
const TOKEN_MS_MAX: u64 = 10 * 60 * 1000;

const SCHEME: &str = "Bulla ";

/// That the caller may have entries, and who it is. Whatever gives them asks for it, so that no way to them is
/// forgotten. Which openings it may have is for the ledger's rule to say.
#[derive(Clone, Copy)]
pub(crate) struct MayReadEntries(Option<Reader>);

/// A member, and the key by which it showed that it is the one who asks.
#[derive(Clone, Copy)]
struct Reader {
    member: MemberNumber,
    key_id: KeyId,
}

impl MayReadEntries {
    /// A caller that brought the transaction itself learns nothing by its entry.
    pub(crate) fn of_own_transaction() -> Self {
        Self(None)
    }

    /// The member that reads; `None` where no token was asked for.
    pub(crate) fn reader(self) -> Option<MemberNumber> {
        self.0.map(|reader| reader.member)
    }
}

/// The room for reads of entries. Their answers are large, and so is what must be read for them.
pub(crate) struct EntryReads {
    running: Arc<Semaphore>,
    answers: Arc<Semaphore>,
}

impl EntryReads {
    pub(crate) fn new() -> Self {
        Self {
            running: Arc::new(Semaphore::new(ENTRY_READS_MAX)),
            answers: Arc::new(Semaphore::new(ENTRY_ANSWERS_MAX)),
        }
    }

    /// A place among the answers, free again when it is dropped.
    fn place(&self) -> Result<Held, ApiError> {
        match Arc::clone(&self.answers).try_acquire_owned() {
            Ok(place) => Ok(Held(Arc::new(place))),
            Err(_) => Err(ApiError {
                retry_after: Some(BUSY_RETRY),
                ..ApiError::new(
                    ReasonCode::QueueFull,
                    format!("{ENTRY_ANSWERS_MAX} reads of entries are under way"),
                )
            }),
        }
    }
}

/// What was read, and its place among the answers, to be held until the caller has taken it.
pub(crate) struct Placed<T> {
    pub(crate) answer: T,
    pub(crate) held: Held,
}

impl NodeApi {
    /// Runs a read that gives entries or openings, if the bearer of this `authorization` may have them and
    /// there is room. Every such read of a caller comes by here.
    pub(crate) async fn read_entries<T: Send + 'static>(
        self: &Arc<Self>,
        authorization: Option<String>,
        work: impl FnOnce(&Self, MayReadEntries) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<Placed<T>, ApiError> {
        // Asked first, so that strangers take no member's place.
        let may = self.read(move |api| api.may_read_entries(authorization.as_deref())).await?;
        let held = self.entry_reads.place()?;
        let answer = self.read_in_turn(move |api| work(api, may)).await?;
        Ok(Placed { answer, held })
    }

    /// Runs a read when it is its turn.
    pub(crate) async fn read_in_turn<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let Ok(turn) = Arc::clone(&self.entry_reads.running).acquire_owned().await else {
            return Err(ApiError::internal("the room for reads is closed"));
        };
        self.read(move |api| {
            // Held here: a read goes on when its caller has given up.
            let _turn = turn;
            work(api)
        })
        .await
    }

    /// Whether the bearer of this `authorization` may have entries.
    pub(crate) fn may_read_entries(&self, authorization: Option<&str>) -> Result<MayReadEntries, ApiError> {
        if self.chain.tip().parameters.entry_access == AccessToEntries::Open {
            return Ok(MayReadEntries(None));
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
        self.check_token(&token)?;
        Ok(MayReadEntries(Some(Reader { member: token.member, key_id: token.key_id })))
    }

    /// Whether a caller that could have entries still may: that its token has expired since is no matter, what the
    /// token rested on is.
    pub(crate) fn still_may_read(&self, may: MayReadEntries) -> Result<(), ApiError> {
        if self.chain.tip().parameters.entry_access == AccessToEntries::Open {
            return Ok(());
        }
        let closed = "this ledger opens its entries to members from now on: come back with an access token";
        let Some(reader) = may.0 else { return Err(ApiError::new(ReasonCode::Unauthenticated, closed)) };
        self.key_in_force(reader).map(drop)
    }

    fn check_token(&self, token: &AccessToken) -> Result<(), ApiError> {
        let refuse = |reason, detail: &str| Err(ApiError::new(reason, format!("access token: {detail}")));
        // A token is between two machines, and none of the ledger's business.
        let now = SystemClock.now();
        if token.expires_at <= now || token.expires_at > BlockTime(now.0.saturating_add(TOKEN_MS_MAX)) {
            return refuse(ReasonCode::Expired, "it has expired, or is good for longer than ten minutes");
        }
        let key = self.key_in_force(Reader { member: token.member, key_id: token.key_id })?;
        let verified = key.key.parse().is_ok_and(|key| token.verify(&self.ledger_id(), &key).is_ok());
        if verified { Ok(()) } else { refuse(ReasonCode::SignatureInvalid, "its signature is not valid") }
    }

    /// The key of a reader, if that and its member may read entries by the ledger as it is now.
    fn key_in_force(&self, reader: Reader) -> Result<KeyRecord, ApiError> {
        let refuse = |reason, detail: &str| Err(ApiError::new(reason, format!("access token: {detail}")));
        let Some(member) = self.record_of::<MemberRecord>(&StateKey::Member(reader.member))? else {
            return refuse(ReasonCode::MemberUnknown, "no such member");
        };
        if member.status != MemberStatus::Active {
            return refuse(ReasonCode::MemberSuspended, "the member is suspended");
        }
        let key = self.record_of::<KeyRecord>(&StateKey::Key(reader.key_id))?;
        let Some(key) = key.filter(|key| key.member == reader.member) else {
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
        Ok(key)
    }

    fn record_of<T: Canonical>(&self, key: &StateKey) -> Result<Option<T>, ApiError> {
        let Some(bytes) = self.chain.state(key)? else { return Ok(None) };
        T::decode(&bytes).map(Some).map_err(|error| ApiError::internal(format!("{key:?}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_read_of_entries_that_finds_no_room_is_told_when_to_come_back() {
        let reads = EntryReads::new();
        let mut held: Vec<_> = (0..ENTRY_ANSWERS_MAX).map(|_| reads.place().unwrap()).collect();
        let refused = reads.place().err().unwrap();
        assert_eq!((refused.reason, refused.retry_after), (ReasonCode::QueueFull, Some(BUSY_RETRY)));
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        held.pop();
        assert!(reads.place().is_ok(), "an answer was taken");
    }
}
