//! What records refer to: profiles and members, each asked for once.

use std::collections::BTreeMap;
use std::rc::Rc;

use bulla_client::Client;
use bulla_rules::profile::Profile;
use bulla_types::{
    Identifier, LedgerId, MemberNumber, MemberRecord, ProfileDigest, ProfileRecord, ProfileVersionRecord,
    ReasonCode, RuleTag, StateKey, Subject,
};
use serde::Serialize;

use crate::failure::Failure;
use crate::text::Said;

/// Profiles and members that have been read, all of them proved.
pub(crate) struct Lookup<'c> {
    client: &'c Client,
    profiles: BTreeMap<ProfileDigest, Rc<Profile>>,
    people: People,
}

impl<'c> Lookup<'c> {
    pub(crate) fn new(client: &'c Client) -> Self {
        let people = People { ledger: client.ledger_id(), names: BTreeMap::new() };
        Self { client, profiles: BTreeMap::new(), people }
    }

    /// The profile that was adopted with this digest.
    pub(crate) async fn profile(&mut self, digest: ProfileDigest) -> Result<Rc<Profile>, Failure> {
        if let Some(known) = self.profiles.get(&digest) {
            return Ok(Rc::clone(known));
        }
        let record = self.client.record(&StateKey::Profile(digest)).await?.read::<ProfileRecord>()?;
        let unknown = || Failure::new(ReasonCode::ProfileUnknown, Said::name(digest));
        let bytes = record.ok_or_else(unknown)?.profile;
        let profile = Profile::decode(&bytes)
            .map_err(|error| Failure::new(error.reason(), Said::english(error).of_thing(digest)))?;
        let profile = Rc::new(profile);
        self.profiles.insert(digest, Rc::clone(&profile));
        Ok(profile)
    }

    /// The version of a profile that new cases run under.
    pub(crate) async fn in_force(&mut self, id: &str) -> Result<(ProfileDigest, Rc<Profile>), Failure> {
        let key = StateKey::ProfileVersion(RuleTag::of(id, ""));
        let head = self.client.record(&key).await?.read::<ProfileVersionRecord>()?;
        let digest = head.ok_or_else(|| Failure::new(ReasonCode::ProfileUnknown, Said::name(id)))?.digest;
        Ok((digest, self.profile(digest).await?))
    }

    /// Finds out who these members are.
    pub(crate) async fn meet(
        &mut self,
        members: impl IntoIterator<Item = MemberNumber>,
    ) -> Result<(), Failure> {
        for member in members {
            if self.people.names.contains_key(&member) {
                continue;
            }
            let record = self.client.record(&StateKey::Member(member)).await?.read::<MemberRecord>()?;
            let name = record.and_then(|record| record.identity.name().map(ToString::to_string));
            self.people.names.insert(member, name);
        }
        Ok(())
    }

    /// The members met so far.
    pub(crate) fn people(&self) -> &People {
        &self.people
    }
}

/// Identifiers and names of members. A natural person has no name in the log.
#[derive(Debug, Clone)]
pub(crate) struct People {
    ledger: LedgerId,
    names: BTreeMap<MemberNumber, Option<String>>,
}

/// A member as people know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Person {
    /// Its identifier.
    pub(crate) member: String,
    pub(crate) number: u64,
    pub(crate) name: Option<String>,
}

impl People {
    #[cfg(test)]
    pub(crate) fn known(ledger: LedgerId, names: &[(u64, &str)]) -> Self {
        let names = names.iter().map(|(number, name)| (MemberNumber(*number), Some((*name).to_owned())));
        Self { ledger, names: names.collect() }
    }

    /// The identifier of something on this ledger.
    pub(crate) fn identifier(&self, subject: Subject) -> String {
        identifier(self.ledger, subject)
    }

    pub(crate) fn person(&self, member: MemberNumber) -> Person {
        Person {
            member: self.identifier(Subject::Member(member)),
            number: member.0,
            name: self.names.get(&member).cloned().flatten(),
        }
    }

    pub(crate) fn persons(&self, members: impl IntoIterator<Item = MemberNumber>) -> Vec<Person> {
        members.into_iter().map(|member| self.person(member)).collect()
    }
}

impl Person {
    /// Name and identifier.
    pub(crate) fn line(&self) -> String {
        self.name.as_ref().map_or_else(|| self.member.clone(), |name| format!("{name} {}", self.member))
    }
}

/// The identifier of something on a ledger.
pub(crate) fn identifier(ledger: LedgerId, subject: Subject) -> String {
    Identifier { ledger: (&ledger).into(), subject }.to_string()
}
