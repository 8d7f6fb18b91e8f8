//! Suspension (暂停), readmission (恢复) and expulsion (除名) of a member by the registration bodies.
//!
//! An expulsion is final. The member's keys sign nothing any more, and its validator votes no more from the next
//! height on; a suspended member's validator goes on, since a ledger does not lose a quorum over a question of
//! standing.

use bulla_types::{ChangeMemberStatus, MemberRecord, MemberStatus, Outcome};

use crate::history;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::validators;
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
    if member.status == MemberStatus::Expelled {
        return Err(Cause::standing(number, member.status).into());
    }
    match status {
        MemberStatus::Active => {}
        MemberStatus::Suspended => execution.weaken(&member),
        MemberStatus::Expelled => {
            execution.weaken(&member);
            validators::remove_of(number, execution)?;
        }
    }
    let history_count = history::one_more(member.history_count);
    let head = MemberRecord { status, history_count, ..(*member).clone() };
    history::write_member(head, execution.stamp, execution.state)?;
    Ok(Outcome::Done)
}
