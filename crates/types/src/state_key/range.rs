//! Runs of neighbouring keys, for the indexes that are read in order.

use crate::ids::{ProfileDigest, RuleTag};
use crate::number::{MemberNumber, ProposalNumber};
use crate::subject::Subject;
use crate::time::BlockTime;

use super::place::subject_bytes;
use super::{
    CYCLE, DUE, ENDED_CASE, HOLDING, KEY, MEMBER, OPEN_CASE, OPEN_PROPOSAL, PROFILE, PROPOSED, RECKONED,
    SUSPENDED, StateKey, Suspended,
};

/// A run of neighbouring keys of the state map, for the indexes that are read in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key that may be in it.
    pub start: Vec<u8>,
    /// The first key after it.
    pub end: Vec<u8>,
}

impl KeyRange {
    /// What falls due at or before a time.
    #[must_use]
    pub fn due_by(time: BlockTime) -> Self {
        let end = time.0.saturating_add(1);
        Self { start: vec![DUE], end: [&[DUE][..], &end.to_be_bytes()].concat() }
    }

    /// The members.
    #[must_use]
    pub fn members() -> Self {
        Self::prefix(vec![MEMBER])
    }

    /// The keys of members.
    #[must_use]
    pub fn keys() -> Self {
        Self::prefix(vec![KEY])
    }

    /// Profiles that were adopted, from a digest on.
    #[must_use]
    pub fn profiles_from(digest: ProfileDigest) -> Self {
        Self { start: StateKey::Profile(digest).encode(), end: vec![PROFILE + 1] }
    }

    /// What falls due after a time and at or before another.
    #[must_use]
    pub fn due_between(after: BlockTime, by: BlockTime) -> Self {
        let start = after.0.saturating_add(1);
        Self { start: [&[DUE][..], &start.to_be_bytes()].concat(), ..Self::due_by(by) }
    }

    /// The cycles of reports that end at or before a time.
    #[must_use]
    pub fn cycles_by(time: BlockTime) -> Self {
        let end = time.0.saturating_add(1);
        Self { start: vec![CYCLE], end: [&[CYCLE][..], &end.to_be_bytes()].concat() }
    }

    /// The suspensions that stop these clocks by name.
    #[must_use]
    pub fn suspensions(clocks: Suspended) -> Self {
        Self::prefix([&[SUSPENDED][..], &clocks.encode()].concat())
    }

    /// Deadlines that count a year and were reckoned by an earlier revision of it than this.
    #[must_use]
    pub fn reckoned_before(year: u16, revision: u32) -> Self {
        let start = [&[RECKONED][..], &year.to_be_bytes()].concat();
        let end = [&start[..], &revision.to_be_bytes()].concat();
        Self { start, end }
    }

    /// The accounts or certificates in force of this kind that a member holds.
    #[must_use]
    pub fn holdings(holder: MemberNumber, kind: RuleTag) -> Self {
        Self::prefix([&[HOLDING][..], &holder.0.to_be_bytes(), kind.as_bytes()].concat())
    }

    /// The open cases about this.
    #[must_use]
    pub fn open_cases(about: Subject) -> Self {
        Self::prefix([&[OPEN_CASE][..], &subject_bytes(about)].concat())
    }

    /// The open cases of this procedure about this.
    #[must_use]
    pub fn open_cases_of(about: Subject, procedure: RuleTag) -> Self {
        Self::prefix([&[OPEN_CASE][..], &subject_bytes(about), procedure.as_bytes()].concat())
    }

    /// The ended cases of this procedure about this.
    #[must_use]
    pub fn ended_cases_of(about: Subject, procedure: RuleTag) -> Self {
        Self::prefix([&[ENDED_CASE][..], &subject_bytes(about), procedure.as_bytes()].concat())
    }

    /// The proposals of a member that have not ended, by their times.
    #[must_use]
    pub fn open_proposals(proposer: MemberNumber) -> Self {
        Self::prefix([&[OPEN_PROPOSAL][..], &proposer.0.to_be_bytes()].concat())
    }

    /// The proposals that have not ended, by who made them.
    #[must_use]
    pub fn all_open_proposals() -> Self {
        Self::prefix(vec![OPEN_PROPOSAL])
    }

    /// What is proposed and has not ended, from a number on.
    #[must_use]
    pub fn proposed_from(number: ProposalNumber) -> Self {
        Self { start: StateKey::Proposed(number).encode(), end: vec![PROPOSED + 1] }
    }

    /// Every key that begins so. The prefix begins with a kind, and no kind is 0xff, so there is an end.
    fn prefix(start: Vec<u8>) -> Self {
        let mut end = start.clone();
        while let Some(last) = end.pop() {
            if last < u8::MAX {
                end.push(last + 1);
                break;
            }
        }
        Self { start, end }
    }
}
