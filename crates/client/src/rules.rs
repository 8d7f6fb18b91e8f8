//! Asking nodes for the law in force: rule profiles and the calendar.

use bulla_rules::CalendarYear;
use bulla_rules::profile::{Closed, Profile, ProfileId, ProfileKind, Title};
use bulla_types::{CalendarHead, CalendarRevision, Canonical, Fault, ProfileDigest, ProfileStatus, proto};
use bytes::Bytes;

use crate::client::Client;
use crate::error::{Answer, ClientError};
use crate::node::Patience;

/// Names a profile in one of two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileRef {
    /// As it was adopted.
    Digest(ProfileDigest),
    /// Its version in force.
    InForce(ProfileId),
}

/// A profile that was adopted. That its bytes are those of the digest is checked; its status is the node's
/// word, which [`Client::record`] proves.
#[derive(Debug, Clone)]
pub struct AdoptedProfile {
    /// Its digest.
    pub digest: ProfileDigest,
    /// What it says.
    pub profile: Profile,
    /// Its canonical bytes.
    pub bytes: Bytes,
    /// Whether new cases run under it.
    pub status: ProfileStatus,
    /// The version under which new cases run.
    pub version_in_force: u32,
    /// The digest of that version.
    pub digest_in_force: ProfileDigest,
}

/// A profile among those that were adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSummary {
    /// Its id.
    pub id: ProfileId,
    /// Its version.
    pub version: u32,
    /// The digest of that version.
    pub digest: ProfileDigest,
    /// Whether new cases run under it.
    pub status: ProfileStatus,
    /// What it is for.
    pub kind: ProfileKind,
    /// What people call it.
    pub title: Title,
}

/// A year of the calendar as it is in force. The node's word.
#[derive(Debug, Clone)]
pub struct YearInForce {
    /// What it says.
    pub year: CalendarYear,
    /// Which revision it is.
    pub revision: CalendarRevision,
}

impl Client {
    /// A profile that was adopted.
    ///
    /// # Errors
    /// `NOT_FOUND` when it was not; [`ClientError::Unasked`] when the bytes are those of another one; otherwise
    /// those of a call.
    pub async fn profile(&self, profile: &ProfileRef) -> Result<AdoptedProfile, ClientError> {
        use proto::get_profile_request::By;
        let by = match profile {
            ProfileRef::Digest(digest) => By::Digest(Bytes::copy_from_slice(digest.as_bytes())),
            ProfileRef::InForce(id) => By::Id(id.to_string()),
        };
        let request = proto::GetProfileRequest { by: Some(by) };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| async move {
            stub.get_profile(request).await
        });
        let adopted = AdoptedProfile::from_message(rpc.await?)?;
        let asked = match profile {
            ProfileRef::Digest(digest) => adopted.digest == *digest,
            ProfileRef::InForce(id) => adopted.profile.id == *id && adopted.status == ProfileStatus::InForce,
        };
        if asked && ProfileDigest::of(&adopted.bytes) == adopted.digest {
            Ok(adopted)
        } else {
            let AdoptedProfile { profile: found, digest, .. } = adopted;
            Err(ClientError::Unasked(format!("profile {} with digest {digest}", found.id)))
        }
    }

    /// Every version of every profile that was adopted, rising by digest. The node's word.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn profiles(&self) -> Result<Vec<ProfileSummary>, ClientError> {
        let mut profiles = Vec::new();
        let mut from_digest = Bytes::new();
        loop {
            let request = proto::ListProfilesRequest { from_digest: from_digest.clone(), limit: 0 };
            let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| async move {
                stub.list_profiles(request).await
            });
            let page = rpc.await?;
            for summary in page.profiles {
                profiles.push(ProfileSummary::from_message(summary)?);
            }
            // A node that goes back would lead round for ever.
            if page.next_digest.is_empty() || page.next_digest <= from_digest {
                return Ok(profiles);
            }
            from_digest = page.next_digest;
        }
    }

    /// Which years of the calendar are in force; `None` while there is no calendar. The node's word.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn calendar(&self) -> Result<Option<CalendarHead>, ClientError> {
        let head = self.get_calendar(0).await?.head;
        head.map(CalendarHead::from_message).transpose().into_answer("the head of the calendar")
    }

    /// A year of the calendar. The node's word.
    ///
    /// # Errors
    /// `NOT_FOUND` when it was not adopted; otherwise those of a call.
    pub async fn calendar_year(&self, year: u16) -> Result<YearInForce, ClientError> {
        let found = self.get_calendar(year).await?;
        let read = CalendarYear::decode(&found.year).into_answer("a year of the calendar")?;
        if read.year() != year || read.revision() != found.revision {
            return Err(ClientError::Unasked(format!("calendar of {}", read.year())));
        }
        Ok(YearInForce { year: read, revision: CalendarRevision(found.revision) })
    }

    async fn get_calendar(&self, year: u16) -> Result<proto::GetCalendarResponse, ClientError> {
        let request = proto::GetCalendarRequest { year: year.into() };
        self.nodes
            .call(
                Patience::READ,
                &request,
                |mut stub, request| async move { stub.get_calendar(request).await },
            )
            .await
    }
}

impl AdoptedProfile {
    fn from_message(message: proto::GetProfileResponse) -> Result<Self, ClientError> {
        let profile = Profile::decode(&message.profile)
            .map_err(|error| ClientError::Unasked(format!("a profile that breaks its format: {error}")))?;
        Ok(Self {
            digest: digest(&message.digest)?,
            profile,
            bytes: message.profile,
            status: ProfileStatus::from_wire(message.status).into_answer("a profile's status")?,
            version_in_force: message.version_in_force,
            digest_in_force: digest(&message.digest_in_force)?,
        })
    }
}

impl ProfileSummary {
    fn from_message(message: proto::ProfileSummary) -> Result<Self, ClientError> {
        let title = message.title.into_answer("the title of a profile")?;
        let kind = ProfileKind::ALL.iter().find(|kind| kind.number() == message.kind);
        Ok(Self {
            id: message
                .id
                .parse()
                .map_err(|_| Fault::Rule("no identifier of a profile"))
                .into_answer("a profile's id")?,
            version: message.version,
            digest: digest(&message.digest)?,
            status: ProfileStatus::from_wire(message.status).into_answer("a profile's status")?,
            kind: kind.copied().into_answer("the kind of a profile")?,
            title: Title { zh: title.zh, en: title.en },
        })
    }
}

pub(crate) fn digest(bytes: &[u8]) -> Result<ProfileDigest, ClientError> {
    let bytes = bytes.try_into().map_err(|_| Fault::Length { found: bytes.len(), expected: 32 });
    bytes.map(ProfileDigest::from_bytes).into_answer("the digest of a profile")
}
