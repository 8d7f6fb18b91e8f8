//! Enrolment of another key of a member, by itself or by the registration bodies.

use bulla_types::{EnrolKey, MemberStatus, Outcome};

use crate::actions::new_key;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    enrolment: &EnrolKey,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    let member = enrolment.member;
    execution.require_holder_or_bodies(member)?;
    let holder = execution.state.member(member)?.ok_or(Cause::MemberUnknown(member))?;
    if holder.status == MemberStatus::Expelled {
        return Err(Cause::standing(member, holder.status).into());
    }
    let key_id = new_key::enrol(member, &enrolment.key, execution)?;
    Ok(Outcome::KeyId(key_id))
}
