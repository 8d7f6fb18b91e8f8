//! Records of the state map and their proofs.

use bulla_types::*;
use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::register::{register_keys, register_record_keys};
use super::values::{credit_codes, hashes, identities, numbers, role_sets, times};
use crate::samples::public;

pub(crate) fn member_records() -> impl Strategy<Value = MemberRecord> {
    (numbers(), identities(), role_sets(), select(MemberStatus::ALL), 1..=u32::MAX).prop_map(
        |(number, identity, roles, status, history_count)| MemberRecord {
            number: MemberNumber(number),
            identity,
            roles,
            status,
            history_count,
        },
    )
}

pub(crate) fn key_records() -> impl Strategy<Value = KeyRecord> {
    (numbers(), select(KeyPurpose::ALL), 1_u8.., select(KeyStatus::ALL), 1..=u32::MAX).prop_map(
        |(member, purpose, seed, status, history_count)| KeyRecord {
            member: MemberNumber(member),
            purpose,
            key: EncodedKey::from(&public(seed)),
            status,
            history_count,
        },
    )
}

pub(crate) fn status_records<S: RecordStatus + std::fmt::Debug + 'static>(
    all: &'static [S],
) -> impl Strategy<Value = StatusRecord<S>> {
    let id = proptest::option::of(hashes().prop_map(TransactionId));
    let optional = || proptest::option::of(times());
    (select(all), any::<u64>(), times(), id, optional(), optional()).prop_map(
        |(status, log_index, time, transaction_id, effective_from, valid_until)| StatusRecord {
            status,
            log_index,
            time,
            transaction_id,
            effective_from,
            valid_until: valid_until.filter(|_| S::HAS_TERM),
        },
    )
}

pub(crate) fn record_keys() -> impl Strategy<Value = RecordKey> {
    prop_oneof![
        numbers().prop_map(|number| RecordKey::Member(MemberNumber(number))),
        hashes().prop_map(|id| RecordKey::Key(KeyId(id))),
        numbers().prop_map(|number| RecordKey::Proposal(ProposalNumber(number))),
        register_record_keys(),
    ]
}

pub(crate) fn state_keys() -> impl Strategy<Value = StateKey> {
    let equivocation = (hashes(), numbers(), any::<u32>(), select(VoteType::ALL));
    prop_oneof![
        Just(StateKey::Parameters),
        Just(StateKey::Validators),
        select(&Counter::ALL).prop_map(StateKey::Counter),
        register_keys(),
        numbers().prop_map(|number| StateKey::ValidatorSet(ValidatorSetNumber(number))),
        numbers().prop_map(|number| StateKey::ParameterSet(ParameterSetNumber(number))),
        numbers().prop_map(|number| StateKey::Proposed(ProposalNumber(number))),
        (numbers(), times(), numbers()).prop_map(|(proposer, not_after, number)| StateKey::OpenProposal {
            proposer: MemberNumber(proposer),
            not_after,
            number: ProposalNumber(number),
        }),
        Just(StateKey::BodyCount),
        record_keys().prop_map(StateKey::from),
        (record_keys(), any::<u32>()).prop_map(|(record, seq)| StateKey::History { record, seq }),
        credit_codes().prop_map(StateKey::CreditCode),
        equivocation.prop_map(|(address, height, round, vote_type)| StateKey::Equivocation {
            address: Address(address),
            height: Height(height),
            round,
            vote_type,
        }),
    ]
}

pub(super) fn record_proofs() -> impl Strategy<Value = RecordProof> {
    let value = proptest::option::of(vec(any::<u8>(), 1..200));
    let other = proptest::option::of((hashes(), hashes()));
    (state_keys(), value, other, vec(hashes(), 0..10)).prop_map(|(key, value, other, siblings)| {
        let other = other.filter(|_| value.is_none());
        let other = other.map(|(key_hash, value_hash)| OtherLeaf { key_hash, value_hash });
        RecordProof { key, value: value.map(Bytes::from), proof: MapProof { other, siblings } }
    })
}
