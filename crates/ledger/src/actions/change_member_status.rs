//! Suspension (暂停) and readmission of a member by the registration bodies.

use bulla_types::{ChangeMemberStatus, MemberRecord, MemberStatus, Outcome};

use crate::history;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    action: &ChangeMemberStatus,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    let &ChangeMemberStatus { member: number, status, .. } = action;
    execution.require_bodies()?;
    let member = execution.state.member(number)?.ok_or(Cause::MemberUnknown(number))?;
    if member.status == status {
        return Err(Cause::MemberStatusUnchanged { member: number, status }.into());
    }
    if status == MemberStatus::Suspended {
        execution.weaken(&member);
    }
    let history_count = history::one_more(member.history_count);
    let head = MemberRecord { status, history_count, ..(*member).clone() };
    history::write_member(head, execution.stamp, execution.state);
    Ok(Outcome::Done)
}
