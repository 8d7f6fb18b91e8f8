//! Acts of governance, proposals and votes, and their records.

use std::collections::BTreeMap;

use bulla_types::*;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::blocks::validator_sets;
use super::genesis::parameter_sets;
use super::transactions::acts_of_membership;
use super::values::{hashes, maybe_commitment, numbers, request_ids, role_sets, times};

pub(super) fn acts_of_governance() -> impl Strategy<Value = Action> {
    let changes = btree_map(hashes(), 0..1_u64 << 59, 1..5).prop_map(|changes: BTreeMap<_, _>| {
        let change = |(id, power)| ValidatorChange { key_id: KeyId(id), power };
        ChangeValidators::new(changes.into_iter().map(change).collect())
    });
    prop_oneof![
        changes.prop_map(Action::ChangeValidators),
        (hashes(), parameter_sets()).prop_map(|(former, parameters)| {
            Action::ChangeParameters(ChangeParameters { former, parameters })
        }),
        (numbers(), role_sets(), maybe_commitment()).prop_map(|(member, roles, grounds)| {
            Action::ChangeRoles(ChangeRoles { member: MemberNumber(member), roles, grounds })
        }),
        schedules().prop_map(|scheduled| Action::ScheduleProtocol(ScheduleProtocol { scheduled })),
    ]
}

/// Acts of administration that may be proposed.
fn proposed(acts: impl Strategy<Value = Action>) -> impl Strategy<Value = Propose> {
    (vec(acts, 1..4), times(), maybe_commitment()).prop_map(|(actions, not_after, grounds)| Propose {
        actions,
        not_after,
        grounds,
    })
}

pub(crate) fn proposals() -> impl Strategy<Value = Propose> {
    proposed(prop_oneof![2 => acts_of_membership(), 1 => acts_of_governance()])
}

pub(super) fn actions_about_proposals() -> impl Strategy<Value = Action> {
    let number = || numbers().prop_map(ProposalNumber);
    prop_oneof![
        2 => proposals().prop_map(Action::Propose),
        2 => (number(), hashes(), select(Ballot::ALL), maybe_commitment()).prop_map(|(proposal, digest, ballot, grounds)| {
            Action::VoteOnProposal(VoteOnProposal { proposal, digest: ProposalDigest(digest), ballot, grounds })
        }),
        1 => number().prop_map(|proposal| Action::WithdrawProposal(WithdrawProposal { proposal })),
    ]
}

pub(crate) fn proposal_records() -> impl Strategy<Value = ProposalRecord> {
    let vote = (hashes(), select(Ballot::ALL), numbers());
    let votes = btree_map(numbers(), vote, 0..6).prop_map(|votes| {
        let votes = votes.into_iter().map(|(member, (key_id, ballot, log_index))| CastVote {
            member: MemberNumber(member),
            key_id: KeyId(key_id),
            ballot,
            log_index,
        });
        votes.collect::<Vec<_>>()
    });
    let place = (numbers(), numbers(), hashes(), numbers(), 0..16_u32);
    let rest = (request_ids(), times(), votes, select(ProposalStatus::ALL), 1..=u32::MAX);
    (place, rest).prop_map(|((number, proposer, digest, log_index, action), rest)| {
        let (request_id, not_after, votes, status, history_count) = rest;
        ProposalRecord {
            number: ProposalNumber(number),
            proposer: MemberNumber(proposer),
            digest: ProposalDigest(digest),
            log_index,
            action,
            request_id,
            not_after,
            votes,
            status,
            history_count,
        }
    })
}

pub(crate) fn validator_set_records() -> impl Strategy<Value = ValidatorSetRecord> {
    (numbers(), validator_sets())
        .prop_map(|(height, validators)| ValidatorSetRecord { first_height: Height(height), validators })
}

fn schedules() -> impl Strategy<Value = Option<ProtocolAtHeight>> {
    let scheduled = (1..=u32::MAX, numbers());
    let scheduled =
        scheduled.prop_map(|(version, height)| ProtocolAtHeight { version, height: Height(height) });
    proptest::option::of(scheduled)
}

pub(crate) fn protocol_schedule_records() -> impl Strategy<Value = ProtocolScheduleRecord> {
    (schedules(), numbers())
        .prop_map(|(scheduled, log_index)| ProtocolScheduleRecord { scheduled, log_index })
}

pub(crate) fn parameter_set_records() -> impl Strategy<Value = ParameterSetRecord> {
    (numbers(), parameter_sets(), proptest::option::of(times())).prop_map(|(height, parameters, from)| {
        ParameterSetRecord { first_height: Height(height), parameters, requests_from: from }
    })
}
