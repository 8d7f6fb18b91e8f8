//! Names of state keys for people.

use std::fmt;

use crate::state_key::{Counter, RecordKey, StateKey};

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
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemberNumber;

    #[test]
    fn a_record_is_named_as_people_name_it() {
        let member = MemberNumber(1);
        assert_eq!(StateKey::Member(member).to_string(), "member 1");
        let step = StateKey::History { record: RecordKey::Member(member), seq: 2 };
        assert_eq!(step.to_string(), "member 1, step 2");
        assert_eq!(StateKey::Counter(Counter::Evidence).to_string(), "number of deposits");
    }
}
