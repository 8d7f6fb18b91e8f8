//! The validators: who may be one, what a change must leave, and their history.
//!
//! A validator is one CONSENSUS key in force of an active registration body, and no body has two. What a transaction
//! makes of the validators is judged as a whole, against the validators that decide this block: however many
//! transactions a block holds, the ledger goes from one set to the next in one step, and must be able to decide the
//! height after it.
//!
//! - **Quorum kept.** Those who validate now and stay have more than two thirds of the new power. Whether a new
//!   validator runs, the ledger does not know; it goes on without any of them, and can take the change back.
//! - **Margin kept.** A set that bears the failure of any one validator is not exchanged for one that does not. Only
//!   an expulsion may cost the margin: the ledger goes on with fewer rather than with one who has no place in it. What
//!   else changes with it may not: where the others bear a failure without the expelled, they do afterwards.

use std::collections::BTreeSet;
use std::sync::Arc;

use bulla_types::limits::TRANSITIONS_MAX;
use bulla_types::{
    Height, KeyId, KeyPurpose, KeyStatus, MemberNumber, MemberStatus, Role, StateKey, Validator,
    ValidatorChange, ValidatorSet, ValidatorSetRecord,
};

use crate::by_height;
use crate::overlay::Overlay;
use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::{StateView, ViewError};

/// Puts a changed set in force from the next height on.
pub(crate) fn put<V: StateView>(
    validators: Vec<Validator>,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    if validators.is_empty() {
        return Err(Cause::ValidatorsNone.into());
    }
    let set = ValidatorSet::new(validators).map_err(|fault| Cause::ValidatorsInvalid(fault.to_string()))?;
    execution.state.write(StateKey::Validators, Record::Validators(Arc::new(set)));
    execution.validators_changed = true;
    Ok(())
}

/// Carries out one change of a list.
pub(crate) fn change<V: StateView>(
    validators: &mut Vec<Validator>,
    change: ValidatorChange,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let ValidatorChange { key_id, power } = change;
    let place = validators.iter().position(|validator| KeyId::of(validator.key()) == key_id);
    let present = place.map_or(0, |place| validators[place].power());
    if power == present {
        return Err(Cause::ValidatorUnchanged { key_id, power }.into());
    }
    if let Some(place) = place {
        validators.remove(place);
    }
    if power > 0 {
        validators.push(eligible(key_id, power, execution.state)?);
    }
    Ok(())
}

/// The validator that a key makes.
fn eligible<V: StateView>(
    key_id: KeyId,
    power: u64,
    state: &mut Overlay<'_, V>,
) -> Result<Validator, ExecutionError> {
    let key = state.key(key_id)?.ok_or(Cause::KeyUnknown(key_id))?;
    let holder = state.holder(&key)?;
    if key.purpose != KeyPurpose::Consensus {
        return Err(Cause::NotForConsensus { key_id, purpose: key.purpose }.into());
    }
    if key.status != KeyStatus::InForce {
        return Err(Cause::KeyEnded { key_id, status: key.status }.into());
    }
    if holder.status != MemberStatus::Active {
        return Err(Cause::standing(holder.number, holder.status).into());
    }
    if !holder.roles.contains(Role::RegistrationBody) {
        return Err(Cause::ValidatorNoBody { key_id, member: holder.number }.into());
    }
    let corrupt =
        |error: &dyn ToString| ViewError::Corrupt { key: StateKey::Key(key_id), reason: error.to_string() };
    let key = key.key.parse().map_err(|error| corrupt(&error))?;
    Validator::new(key, power).map_err(|fault| Cause::ValidatorsInvalid(fault.to_string()).into())
}

/// Takes a member's validator out, if it has one.
pub(crate) fn remove_of<V: StateView>(
    member: MemberNumber,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let mut rest = Vec::new();
    let set = execution.state.validators()?;
    for validator in set.validators() {
        if holder_of(validator, execution.state)? != member {
            rest.push(validator.clone());
        }
    }
    if rest.len() == set.validators().len() { Ok(()) } else { put(rest, execution) }
}

/// Whether this key is that of a validator of the next height.
pub(crate) fn is_validator<V: StateView>(
    key_id: KeyId,
    state: &mut Overlay<'_, V>,
) -> Result<bool, ViewError> {
    Ok(state.validators()?.validators().iter().any(|validator| KeyId::of(validator.key()) == key_id))
}

fn holder_of<V: StateView>(
    validator: &Validator,
    state: &mut Overlay<'_, V>,
) -> Result<MemberNumber, ViewError> {
    let id = KeyId::of(validator.key());
    let key = state.key(id)?.ok_or(ViewError::Missing { key: StateKey::Key(id) })?;
    Ok(key.member)
}

/// Checks a transaction whose actions have all been carried out, and writes the history.
pub(crate) fn check<V: StateView>(execution: &mut Execution<'_, '_, V>) -> Result<(), ExecutionError> {
    if !execution.validators_changed {
        return Ok(());
    }
    let present = committed(execution.state.view())?;
    let next = execution.state.validators()?;
    check_bodies(&next, execution)?;
    check_quorum(&present, &next)?;
    let others = without_expelled(&present, execution.state)?;
    if others.is_some_and(|others| bears_a_failure(&others)) && !bears_a_failure(&next) {
        return Err(Cause::MarginLost.into());
    }
    // Every receipt carries each change since the genesis, and has room for so many.
    let max = TRANSITIONS_MAX as u64;
    let height = execution.context.height;
    let number = by_height::keep::<ValidatorSetRecord, _>(present, (*next).clone(), height, execution.state)?;
    if number > max {
        return Err(Cause::ValidatorChangesTooMany { max }.into());
    }
    Ok(())
}

/// No body has two validators: one that fails or lies would take both with it.
fn check_bodies<V: StateView>(
    next: &ValidatorSet,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let mut bodies = BTreeSet::new();
    for validator in next.validators() {
        let member = holder_of(validator, execution.state)?;
        if !bodies.insert(member) {
            return Err(Cause::BodyValidatesTwice(member).into());
        }
    }
    Ok(())
}

fn check_quorum(present: &ValidatorSet, next: &ValidatorSet) -> Result<(), Cause> {
    let stays = next.validators().iter().filter(|validator| present.get(&validator.address()).is_some());
    let staying = stays.map(Validator::power).fold(0, u64::saturating_add);
    if next.quorum(staying) { Ok(()) } else { Err(Cause::QuorumLost { staying, total: next.total_power() }) }
}

/// The validators of now that are of no member which this block has expelled, if there are any.
fn without_expelled<V: StateView>(
    present: &ValidatorSet,
    state: &mut Overlay<'_, V>,
) -> Result<Option<ValidatorSet>, ViewError> {
    let mut others = Vec::new();
    for validator in present.validators() {
        let number = holder_of(validator, state)?;
        let key = StateKey::Member(number);
        let holder = state.member(number)?.ok_or(ViewError::Missing { key })?;
        if holder.status != MemberStatus::Expelled {
            others.push(validator.clone());
        }
    }
    Ok(ValidatorSet::new(others).ok())
}

/// Whether any one validator may fail, and the others have a quorum.
fn bears_a_failure(set: &ValidatorSet) -> bool {
    let strongest = set.validators().iter().map(Validator::power).max().unwrap_or(0);
    set.quorum(set.total_power().saturating_sub(strongest))
}

/// The validators that decide this block: those of the committed state.
fn committed(view: &impl StateView) -> Result<ValidatorSet, ViewError> {
    by_height::read(view, StateKey::Validators)?.ok_or(ViewError::Missing { key: StateKey::Validators })
}

/// The validators that decide a height: up to one above that of the view.
///
/// # Errors
/// The view fails, or lacks what the history promises.
pub fn validators_at(view: &impl StateView, height: Height) -> Result<ValidatorSet, ViewError> {
    match by_height::at::<ValidatorSetRecord>(view, height)? {
        Some(set) => Ok(set.validators),
        // They have never changed.
        None => committed(view),
    }
}

/// Each change of the validators, rising by height.
///
/// # Errors
/// The view fails, or lacks what the history promises.
pub fn validator_changes(view: &impl StateView) -> Result<Vec<ValidatorSetRecord>, ViewError> {
    let sets = by_height::all::<ValidatorSetRecord>(view)?;
    // A block that took back what it had changed before has left an equal one.
    let changes = sets.windows(2).filter(|pair| pair[0].validators != pair[1].validators);
    Ok(changes.map(|pair| pair[1].clone()).collect())
}
