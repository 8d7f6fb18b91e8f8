//! Rights of one registration that different members hold (权利分置).
//!
//! One form for each distribution: the first right, by name, is held as `holders` says, and of the others only
//! those are written apart that are held otherwise.

use std::collections::{BTreeMap, BTreeSet};

use crate::Shares;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required};
use crate::limits::RECORD_ROWS_MAX;
use crate::number::MemberNumber;
use crate::proto;
use crate::rule_name::RuleName;

use super::registration::RegistrationRecord;
use super::rows;

pub(super) fn from_messages(
    messages: Vec<proto::HeldRight>,
    rights: &BTreeSet<RuleName>,
    holders: &Shares,
) -> Result<BTreeMap<RuleName, Shares>, DecodeError> {
    rows::rows(messages, "apart", RECORD_ROWS_MAX, |row| {
        let right = rows::name(row.right, "right")?;
        if !rights.iter().skip(1).any(|other| *other == right) {
            return Err(Fault::Rule("is a right of the registration, and not the first one")).at("right");
        }
        let held = row.holders.as_ref().required("holders", Shares::whole_from_message)?;
        if held == *holders {
            return Err(Fault::Rule("is held otherwise than the first right")).at("holders");
        }
        Ok((right, held))
    })
}

pub(super) fn to_messages(apart: &BTreeMap<RuleName, Shares>) -> Vec<proto::HeldRight> {
    rows::to_messages(apart, |right, held| proto::HeldRight { right, holders: Some(held.to_message()) })
}

impl RegistrationRecord {
    /// Who holds a right of it; `None` when it has no such right.
    #[must_use]
    pub fn shares_of(&self, right: &str) -> Option<&Shares> {
        self.rights.contains(right).then(|| self.apart.get(right).unwrap_or(&self.holders))
    }

    /// Every member that holds something of it; those for whom a right lies on it do not.
    #[must_use]
    pub fn all_holders(&self) -> BTreeSet<MemberNumber> {
        let held = std::iter::once(&self.holders).chain(self.apart.values());
        held.flat_map(Shares::members).collect()
    }

    /// Gives these of its rights to others; all there is to hold, when it names no right.
    pub fn give(&mut self, given: &BTreeSet<RuleName>, to: &Shares) {
        let mut held = self.held();
        for (right, shares) in &mut held {
            if given.contains(right) {
                *shares = to.clone();
            }
        }
        if self.rights.is_empty() {
            self.holders = to.clone();
        }
        self.set_held(held);
    }

    /// Leaves some of its rights away.
    pub fn leave(&mut self, ended: &BTreeSet<RuleName>) {
        let mut held = self.held();
        held.retain(|right, _| !ended.contains(right));
        self.rights.retain(|right| !ended.contains(right));
        self.set_held(held);
    }

    /// Who holds each of its rights.
    fn held(&self) -> BTreeMap<RuleName, Shares> {
        let of = |right: &RuleName| (right.clone(), self.apart.get(right).unwrap_or(&self.holders).clone());
        self.rights.iter().map(of).collect()
    }

    fn set_held(&mut self, mut held: BTreeMap<RuleName, Shares>) {
        if let Some((_, first)) = held.pop_first() {
            self.holders = first;
        }
        held.retain(|_, shares| *shares != self.holders);
        self.apart = held;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::ids::ProfileDigest;
    use crate::number::{CaseNumber, ObjectNumber, RegistrationNumber};
    use crate::{Canonical, RegisterStatus};

    fn name(text: &str) -> RuleName {
        text.parse().unwrap()
    }

    fn names<const N: usize>(texts: [&str; N]) -> BTreeSet<RuleName> {
        texts.into_iter().map(name).collect()
    }

    fn member(number: u64) -> Shares {
        Shares::whole(MemberNumber(number))
    }

    fn registration<const N: usize>(rights: [&str; N]) -> RegistrationRecord {
        RegistrationRecord {
            number: RegistrationNumber(1),
            profile: ProfileDigest::of(b"a profile"),
            object: ObjectNumber(1),
            account: None,
            case: CaseNumber(1),
            changed_by: CaseNumber(1),
            rights: names(rights),
            holders: member(1),
            apart: BTreeMap::new(),
            contents: BTreeMap::new(),
            flags: BTreeMap::new(),
            certificates: BTreeMap::new(),
            status: RegisterStatus::InForce,
            history_count: 1,
            encumbrances: Vec::new(),
        }
    }

    #[test]
    fn one_distribution_of_rights_has_one_form_however_it_came_about() {
        let mut one_by_one = registration(["holding", "operating", "using"]);
        one_by_one.give(&names(["operating"]), &member(2));
        one_by_one.give(&names(["using"]), &member(3));
        one_by_one.give(&names(["holding"]), &member(3));
        let mut at_once = registration(["holding", "operating", "using"]);
        at_once.give(&names(["holding", "using"]), &member(3));
        at_once.give(&names(["operating"]), &member(2));
        assert_eq!(one_by_one, at_once);
        assert_eq!(at_once.holders, member(3));
        assert_eq!(at_once.apart, [(name("operating"), member(2))].into());
        assert_eq!(at_once.all_holders(), [MemberNumber(2), MemberNumber(3)].into());
        assert_eq!(RegistrationRecord::decode(&at_once.encode()).unwrap(), at_once);
    }

    #[test]
    fn when_the_first_right_ends_the_next_one_takes_its_place() {
        let mut registration = registration(["holding", "operating", "using"]);
        registration.give(&names(["operating", "using"]), &member(2));
        registration.leave(&names(["holding"]));
        assert_eq!((registration.holders.clone(), registration.apart.len()), (member(2), 0));
        assert_eq!(registration.shares_of("holding"), None);
        assert_eq!(registration.shares_of("using"), Some(&member(2)));
    }

    #[test]
    fn a_registration_without_rights_is_given_as_a_whole() {
        let mut registration = registration([]);
        registration.give(&BTreeSet::new(), &member(2));
        assert_eq!(registration.all_holders(), [MemberNumber(2)].into());
    }

    #[test]
    fn another_form_of_the_same_distribution_is_not_read() {
        let mut same = registration(["holding", "using"]);
        same.apart.insert(name("using"), member(1));
        let mut first = registration(["holding", "using"]);
        first.apart.insert(name("holding"), member(2));
        let mut foreign = registration(["holding", "using"]);
        foreign.apart.insert(name("operating"), member(2));
        for registration in [same, first, foreign] {
            assert!(RegistrationRecord::decode(&registration.encode()).is_err(), "{registration:?}");
        }
    }
}
