//! Acts of governance, and the history of the validators.

use std::collections::BTreeMap;

use bulla_types::*;
use proptest::collection::btree_map;
use proptest::prelude::*;

use super::blocks::validator_sets;
use super::genesis::parameter_sets;
use super::values::{hashes, maybe_commitment, numbers, role_sets, times};

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
    ]
}

pub(crate) fn validator_set_records() -> impl Strategy<Value = ValidatorSetRecord> {
    (numbers(), validator_sets())
        .prop_map(|(height, validators)| ValidatorSetRecord { first_height: Height(height), validators })
}

pub(crate) fn parameter_set_records() -> impl Strategy<Value = ParameterSetRecord> {
    (numbers(), parameter_sets(), proptest::option::of(times())).prop_map(|(height, parameters, from)| {
        ParameterSetRecord { first_height: Height(height), parameters, requests_from: from }
    })
}
