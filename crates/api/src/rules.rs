//! The law in force: rule profiles and the calendar. Open to all, on every ledger.

use bulla_chain::StateReader;
use bulla_rules::profile::{Closed, Profile, ProfileId};
use bulla_types::{
    CalendarHead, CalendarRecord, Canonical, KeyRange, ProfileDigest, ProfileRecord, ProfileVersionRecord,
    ReasonCode, RuleTag, StateKey, proto,
};
use bytes::Bytes;

use crate::error::ApiError;
use crate::limits::{PROFILES_MAX, limit};
use crate::node_api::NodeApi;

impl NodeApi {
    pub(crate) fn profile(
        &self,
        request: &proto::GetProfileRequest,
    ) -> Result<proto::GetProfileResponse, ApiError> {
        use proto::get_profile_request::By;
        let state = self.chain.state_reader()?;
        let digest = match &request.by {
            Some(By::Digest(digest)) => profile_digest(digest)?,
            Some(By::Id(id)) => {
                let id: ProfileId =
                    id.parse().map_err(|error| ApiError::new(ReasonCode::Malformed, format!("{error}")))?;
                in_force(&state, &id)?
                    .ok_or_else(|| ApiError::not_found(format!("profile {id} was not adopted")))?
                    .digest
            }
            None => return Err(ApiError::new(ReasonCode::Malformed, "say a digest or an id")),
        };
        let record: ProfileRecord = state
            .record(&StateKey::Profile(digest))?
            .ok_or_else(|| ApiError::not_found(format!("no profile with digest {digest} was adopted")))?;
        let profile = decode(digest, &record)?;
        let head = in_force(&state, &profile.id)?
            .ok_or_else(|| ApiError::internal(format!("profile {} has no version in force", profile.id)))?;
        Ok(proto::GetProfileResponse {
            digest: Bytes::copy_from_slice(digest.as_bytes()),
            profile: record.profile,
            status: record.status.to_wire(),
            version_in_force: head.version,
            digest_in_force: Bytes::copy_from_slice(head.digest.as_bytes()),
        })
    }

    pub(crate) fn profiles(
        &self,
        request: &proto::ListProfilesRequest,
    ) -> Result<proto::ListProfilesResponse, ApiError> {
        let from = if request.from_digest.is_empty() {
            ProfileDigest::from_bytes([0; 32])
        } else {
            profile_digest(&request.from_digest)?
        };
        let limit = limit(request.limit, PROFILES_MAX);
        let state = self.chain.state_reader()?;
        let mut list = proto::ListProfilesResponse::default();
        for key in state.keys(&KeyRange::profiles_from(from), limit.saturating_add(1))? {
            let StateKey::Profile(digest) = key else {
                return Err(ApiError::internal(format!("{key:?} among the profiles")));
            };
            if list.profiles.len() == limit {
                list.next_digest = Bytes::copy_from_slice(digest.as_bytes());
                break;
            }
            let record: ProfileRecord =
                state.record(&key)?.ok_or_else(|| ApiError::internal(format!("{key:?} is missing")))?;
            list.profiles.push(summary(digest, &record)?);
        }
        Ok(list)
    }

    pub(crate) fn calendar(
        &self,
        request: &proto::GetCalendarRequest,
    ) -> Result<proto::GetCalendarResponse, ApiError> {
        let state = self.chain.state_reader()?;
        let head: Option<CalendarHead> = state.record(&StateKey::CalendarHead)?;
        let head = head.map(|head| head.to_message());
        if request.year == 0 {
            return Ok(proto::GetCalendarResponse { head, ..Default::default() });
        }
        let not_found = || ApiError::not_found(format!("no calendar of {} was adopted", request.year));
        let year = u16::try_from(request.year).map_err(|_| not_found())?;
        let record: CalendarRecord = state.record(&StateKey::Calendar(year))?.ok_or_else(not_found)?;
        Ok(proto::GetCalendarResponse { year: record.year, revision: record.revision.0, head })
    }
}

fn profile_digest(bytes: &[u8]) -> Result<ProfileDigest, ApiError> {
    let digest = bytes.try_into().map_err(|_| {
        ApiError::new(ReasonCode::Malformed, format!("a digest has 32 bytes, not {}", bytes.len()))
    })?;
    Ok(ProfileDigest::from_bytes(digest))
}

fn in_force(state: &StateReader<'_>, id: &ProfileId) -> Result<Option<ProfileVersionRecord>, ApiError> {
    Ok(state.record(&StateKey::ProfileVersion(RuleTag::of(id.as_str(), "")))?)
}

fn decode(digest: ProfileDigest, record: &ProfileRecord) -> Result<Profile, ApiError> {
    Profile::decode(&record.profile).map_err(|error| ApiError::internal(format!("profile {digest}: {error}")))
}

fn summary(digest: ProfileDigest, record: &ProfileRecord) -> Result<proto::ProfileSummary, ApiError> {
    let profile = decode(digest, record)?;
    Ok(proto::ProfileSummary {
        id: profile.id.to_string(),
        version: profile.version,
        digest: Bytes::copy_from_slice(digest.as_bytes()),
        status: record.status.to_wire(),
        kind: profile.kind.number(),
        title: Some(proto::RuleText { zh: profile.title.zh, en: profile.title.en }),
    })
}
