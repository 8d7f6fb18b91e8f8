//! Names of state keys for people.

use std::fmt;

use crate::state_key::{CaseAbout, Counter, Cycle, Due, RecordKey, StateKey, Suspended};

/// What the value is about, as in `member 1`.
impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameters => f.write_str("parameters"),
            Self::Member(number) => write!(f, "member {number}"),
            Self::Key(id) => write!(f, "key {id}"),
            Self::Counter(counter) => write!(f, "number of {counter}"),
            Self::Validators => f.write_str("validators"),
            Self::History { record, seq } => write!(f, "{record}, step {seq}"),
            Self::CreditCode(code) => write!(f, "credit code {code}"),
            Self::Equivocation { address, height, round, vote_type } => {
                let vote = vote_type.number();
                write!(f, "equivocation of {address} at height {height}, round {round}, vote type {vote}")
            }
            Self::Profile(digest) => write!(f, "profile {digest}"),
            Self::ProfileVersion(tag) => write!(f, "version in force of profile {tag}"),
            Self::Calendar(year) => write!(f, "calendar of {year}"),
            Self::CalendarHead => f.write_str("calendar"),
            Self::Account(number) => write!(f, "account {number}"),
            Self::Case(number) => write!(f, "case {number}"),
            Self::Object(number) => write!(f, "object {number}"),
            Self::ObjectKey(key) => write!(f, "object key {key}"),
            Self::Registration(number) => write!(f, "registration {number}"),
            Self::Certificate(number) => write!(f, "certificate {number}"),
            Self::Due(Due { due, subject, deadline }) => {
                write!(f, "deadline {deadline} of {subject}, due {due}")
            }
            Self::Reckoned { year, revision, case, deadline } => {
                write!(f, "deadline {deadline} of case {case}, by revision {revision} of {year}")
            }
            Self::Holding { holder, kind, number } => {
                write!(f, "holding {number} of member {holder}, kind {kind}")
            }
            Self::OpenCase(about) => write!(f, "open {about}"),
            Self::EndedCase(about) => write!(f, "ended {about}"),
            Self::Suspension(number) => write!(f, "suspension {number}"),
            Self::Suspended(clocks, number) => write!(f, "suspension {number} of {clocks}"),
            Self::Outage => f.write_str("last outage"),
            Self::Cycle(Cycle { due, profile, procedure }) => {
                write!(f, "cycle of procedure {procedure} of profile {profile}, ends {due}")
            }
            Self::ValidatorSet(number) => write!(f, "set {number} of validators"),
            Self::ParameterSet(number) => write!(f, "set {number} of parameters"),
            Self::Proposal(number) => write!(f, "proposal {number}"),
            Self::Proposed(number) => write!(f, "what proposal {number} proposes"),
            Self::OpenProposal { proposer, not_after, number } => {
                write!(f, "proposal {number} of member {proposer}, open until {not_after}")
            }
            Self::BodyCount => f.write_str("number of active registration bodies"),
            Self::ProtocolSchedule => f.write_str("schedule of the protocol"),
        }
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        StateKey::from(*self).fmt(f)
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Members => "members",
            Self::Evidence => "deposits",
            Self::Accounts => "accounts",
            Self::Cases => "cases",
            Self::Objects => "objects",
            Self::Registrations => "registrations",
            Self::Certificates => "certificates",
            Self::Suspensions => "suspensions",
            Self::ValidatorSets => "sets of validators",
            Self::ParameterSets => "sets of parameters",
            Self::Proposals => "proposals",
        })
    }
}

impl fmt::Display for Suspended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ledger => f.write_str("every case"),
            Self::Profile(tag) => write!(f, "the cases under profile {tag}"),
            Self::Case(number) => write!(f, "case {number}"),
        }
    }
}

impl fmt::Display for CaseAbout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { about, procedure, case } = self;
        write!(f, "case {case} about {about}, procedure {procedure}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EvidenceNumber, MemberNumber, Subject};

    #[test]
    fn a_record_is_named_as_people_name_it() {
        let member = MemberNumber(1);
        assert_eq!(StateKey::Member(member).to_string(), "member 1");
        let step = StateKey::History { record: RecordKey::Member(member), seq: 2 };
        assert_eq!(step.to_string(), "member 1, step 2");
        assert_eq!(StateKey::Counter(Counter::Evidence).to_string(), "number of deposits");
        let subject = Subject::Evidence(EvidenceNumber(7));
        let due = StateKey::Due(Due { due: crate::BlockTime(0), subject, deadline: 3 });
        assert!(due.to_string().starts_with("deadline 3 of E-7, due "), "{due}");
    }
}
