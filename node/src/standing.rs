//! What the ledger, as far as this node has followed it, says of the node: whether the others let it in and believe
//! what it does.
//!
//! A node that is shut out hears nothing more, so that what it followed last stays its word: an expelled member's for
//! ever, a suspended one's until it is readmitted and the others let it in again.

use bulla_chain::{Chain, ChainError};
use bulla_types::{
    KeyPurpose, KeyRecord, KeyStatus, MemberNumber, MemberRecord, MemberStatus, ReasonCode, StateKey, proto,
};

use crate::own_keys::OwnKeys;
use crate::powers::powers;

/// See the [module](self).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LedgerStanding {
    /// Nothing stands against it.
    #[default]
    InForce,
    /// Its NOTE or PEER key is not in force, or not its member's.
    KeysNotInForce,
    /// Its member is suspended and does not validate.
    MemberSuspended,
    /// Its member was expelled.
    MemberExpelled,
    /// Its member validates, and every CONSENSUS key that it has is no more in force.
    ConsensusKeyEnded,
}

/// What it rests on.
#[derive(Debug, Clone, Copy)]
struct Facts {
    /// NOTE or PEER.
    key_lacks: bool,
    /// None as long as the ledger knows no key of the node.
    member: Option<MemberStatus>,
    validates: bool,
    /// It has CONSENSUS keys, and all of them have ended.
    consensus_ended: bool,
}

impl LedgerStanding {
    /// By the ledger as it is now. `key_lacks`: the NOTE or PEER key is not in force for the node.
    pub(crate) fn now(keys: &OwnKeys, key_lacks: bool, chain: &Chain) -> Result<Self, ChainError> {
        let reader = chain.state_reader()?;
        let (mut of_peer, mut of_other) = (None, None);
        let (mut consensus, mut ended) = (0, 0);
        for key in &keys.0 {
            let record = reader.record::<KeyRecord>(&StateKey::Key(key.key_id))?;
            let record = record.filter(|record| record.purpose == key.purpose);
            if key.purpose == KeyPurpose::Consensus {
                consensus += 1;
                ended += u32::from(record.as_ref().is_some_and(|record| record.status != KeyStatus::InForce));
            }
            let owner = if key.purpose == KeyPurpose::Peer { &mut of_peer } else { &mut of_other };
            *owner = owner.or(record.map(|record| record.member));
        }
        // By the PEER key the others let it in.
        let number: Option<MemberNumber> = of_peer.or(of_other);
        let member = match number {
            Some(number) => reader.record::<MemberRecord>(&StateKey::Member(number))?,
            None => None,
        };
        Ok(Self::by(Facts {
            key_lacks,
            member: member.map(|member| member.status),
            validates: number.is_some_and(|number| powers(chain).contains_key(&number)),
            consensus_ended: consensus > 0 && consensus == ended,
        }))
    }

    /// Worst first: what is final, what a person can mend here, what others can.
    fn by(facts: Facts) -> Self {
        match facts.member {
            Some(MemberStatus::Expelled) if !facts.validates => Self::MemberExpelled,
            _ if facts.key_lacks => Self::KeysNotInForce,
            // A suspended validator is let in: others may need its votes.
            Some(MemberStatus::Suspended) if !facts.validates => Self::MemberSuspended,
            _ if facts.validates && facts.consensus_ended => Self::ConsensusKeyEnded,
            _ => Self::InForce,
        }
    }

    /// What keeps the node from being of use to anybody who asks it for more than the past.
    pub(crate) fn shuts_out(self) -> Option<(proto::NodeHealth, ReasonCode)> {
        use proto::NodeHealth::{NoQuorum, Syncing};
        match self {
            Self::InForce | Self::ConsensusKeyEnded => None,
            Self::KeysNotInForce => Some((Syncing, ReasonCode::NodeKeysNotInForce)),
            Self::MemberSuspended => Some((NoQuorum, ReasonCode::NodeMemberSuspended)),
            Self::MemberExpelled => Some((NoQuorum, ReasonCode::NodeMemberExpelled)),
        }
    }

    /// Why it signs nothing, while all else is well.
    pub(crate) fn silences(self) -> Option<ReasonCode> {
        (self == Self::ConsensusKeyEnded).then_some(ReasonCode::NodeConsensusKeyEnded)
    }

    /// What a person is told, and should do.
    pub(crate) fn reason(self) -> Option<ReasonCode> {
        self.shuts_out().map(|(_, reason)| reason).or(self.silences())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Facts = Facts {
        key_lacks: false,
        member: Some(MemberStatus::Active),
        validates: false,
        consensus_ended: false,
    };

    #[test]
    fn an_observer_a_validator_and_a_node_with_a_key_of_before_besides_are_in_force() {
        assert_eq!(LedgerStanding::by(WELL), LedgerStanding::InForce);
        assert_eq!(LedgerStanding::by(Facts { validates: true, ..WELL }), LedgerStanding::InForce);
        // Its former validator's key is of no account once its member validates no more.
        assert_eq!(LedgerStanding::by(Facts { consensus_ended: true, ..WELL }), LedgerStanding::InForce);
    }

    #[test]
    fn an_expelled_member_comes_before_keys_that_ended_with_it() {
        let expelled = Facts { member: Some(MemberStatus::Expelled), ..WELL };
        for facts in [expelled, Facts { key_lacks: true, ..expelled }] {
            assert_eq!(LedgerStanding::by(facts), LedgerStanding::MemberExpelled);
        }
    }

    #[test]
    fn a_suspended_member_that_validates_is_still_let_in() {
        let suspended = Facts { member: Some(MemberStatus::Suspended), ..WELL };
        assert_eq!(LedgerStanding::by(suspended), LedgerStanding::MemberSuspended);
        assert_eq!(LedgerStanding::by(Facts { validates: true, ..suspended }), LedgerStanding::InForce);
    }

    #[test]
    fn keys_that_were_rotated_away_are_told_apart_by_what_they_were_for() {
        let unknown = Facts { key_lacks: true, member: None, ..WELL };
        for facts in [unknown, Facts { key_lacks: true, ..WELL }] {
            assert_eq!(LedgerStanding::by(facts), LedgerStanding::KeysNotInForce);
        }
        let ended = Facts { validates: true, consensus_ended: true, ..WELL };
        assert_eq!(LedgerStanding::by(ended), LedgerStanding::ConsensusKeyEnded);
    }
}
