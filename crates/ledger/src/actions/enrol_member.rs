//! Enrolment of a member (成员准入) by the registration bodies.

use bulla_types::{EnrolMember, Outcome, Role};

use crate::actions::new_key;
use crate::enrolment;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    enrolment: &EnrolMember,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    execution.require_bodies()?;
    // Only a credit code keeps one body from holding two seats, and natural persons have none.
    if enrolment.roles.contains(Role::RegistrationBody) && enrolment.identity.credit_code().is_none() {
        return Err(Cause::BodyWithoutCreditCode.into());
    }
    let number = enrolment::member(enrolment, execution.stamp, execution.state)?;
    for declaration in &enrolment.keys {
        new_key::enrol(number, declaration, execution)?;
    }
    Ok(Outcome::MemberNumber(number))
}
