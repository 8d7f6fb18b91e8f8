//! Governance: validators, parameters, roles, expulsion.

mod expulsion;
mod parameters;
mod proposals;
mod protocol;
mod roles;
mod validators;

use bulla_types::{
    Action, ChangeValidators, KeyId, KeyPurpose, Outcome, StateKey, ValidatorChange, ValidatorSet,
};

use crate::support::{Ledger, Party, Request, secret};

/// A change of validators: keys with the power that each shall have.
fn change(changes: &[(KeyId, u64)]) -> Action {
    let change = |&(key_id, power)| ValidatorChange { key_id, power };
    Action::ChangeValidators(ChangeValidators::new(changes.iter().map(change).collect()))
}

/// The CONSENSUS key that a body was founded or enrolled with.
fn consensus(party: &Party) -> KeyId {
    party.key_id(KeyPurpose::Consensus)
}

/// A request of the first three bodies.
fn bodies(ledger: &mut Ledger) -> Request<'_> {
    ledger.request().administered_by_bodies([1, 2, 3])
}

/// Enrols a CONSENSUS key that grows from this name.
fn enrol_consensus_key(ledger: &mut Ledger, party: &Party, name: &str) -> KeyId {
    let key = secret(name);
    let request = ledger.request().administered_by(party);
    let outcomes = request.enrol_key(party.number, &key, KeyPurpose::Consensus).recorded();
    assert_eq!(outcomes, [Outcome::KeyId(KeyId::of(key.public_key()))]);
    KeyId::of(key.public_key())
}

/// The validators of the next height: key and power.
fn validators(ledger: &Ledger) -> Vec<(KeyId, u64)> {
    let set: ValidatorSet = ledger.view.record(StateKey::Validators).unwrap();
    let mut validators: Vec<_> =
        set.validators().iter().map(|validator| (KeyId::of(validator.key()), validator.power())).collect();
    validators.sort();
    validators
}

fn sorted(mut validators: Vec<(KeyId, u64)>) -> Vec<(KeyId, u64)> {
    validators.sort();
    validators
}
