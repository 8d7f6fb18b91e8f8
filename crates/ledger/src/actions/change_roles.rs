//! Change of a member's roles (成员角色变更) by the registration bodies.
//!
//! A registration body that loses this role validates no more, from the next height on.

use bulla_types::{ChangeRoles, MemberRecord, MemberStatus, Outcome, Role};

use crate::history;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::validators;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    action: &ChangeRoles,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    execution.require_bodies()?;
    let &ChangeRoles { member: number, roles, .. } = action;
    let member = execution.state.member(number)?.ok_or(Cause::MemberUnknown(number))?;
    if member.status == MemberStatus::Expelled {
        return Err(Cause::standing(number, member.status).into());
    }
    if member.roles == roles {
        return Err(Cause::RolesUnchanged(number).into());
    }
    if roles.contains(Role::RegistrationBody) {
        // Only a credit code keeps one body from holding two seats, and natural persons have none.
        if member.identity.credit_code().is_none() {
            return Err(Cause::BodyWithoutCreditCode.into());
        }
    } else if member.roles.contains(Role::RegistrationBody) {
        execution.weaken(&member);
        validators::remove_of(number, execution)?;
    }
    // Its status stays; the step names the entry that changed its roles.
    let history_count = history::one_more(member.history_count);
    let head = MemberRecord { roles, history_count, ..(*member).clone() };
    history::write_member(head, execution.stamp, execution.state)?;
    Ok(Outcome::Done)
}
