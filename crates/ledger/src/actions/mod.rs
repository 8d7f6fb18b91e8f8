//! The rules of each action. An action checks who signs for it first, then what it asks, then writes.

mod adopt_calendar;
mod adopt_profile;
mod change_key_status;
mod change_member_status;
mod change_parameters;
mod change_roles;
mod change_validators;
mod deposit_evidence;
mod enrol_key;
mod enrol_member;
mod new_key;
mod propose;
mod schedule_protocol;
mod suspend_clocks;
mod take_step;
mod vote_on_proposal;
mod withdraw_proposal;

use bulla_types::{Action, Outcome};

use crate::refusal::ExecutionError;
use crate::transaction::Execution;
use crate::view::StateView;

/// Carries out one action.
pub(crate) fn apply<V: StateView>(
    action: &Action,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    match action {
        Action::DepositEvidence(deposit) => deposit_evidence::apply(deposit, execution),
        Action::EnrolMember(enrolment) => enrol_member::apply(enrolment, execution),
        Action::EnrolKey(enrolment) => enrol_key::apply(enrolment, execution),
        Action::ChangeKeyStatus(change) => change_key_status::apply(change, execution),
        Action::ChangeMemberStatus(change) => change_member_status::apply(change, execution),
        Action::AdoptProfile(adoption) => adopt_profile::apply(adoption, execution),
        Action::AdoptCalendar(adoption) => adopt_calendar::apply(adoption, execution),
        Action::TakeStep(step) => take_step::apply(step, execution),
        Action::SuspendClocks(suspension) => suspend_clocks::apply(suspension, execution),
        Action::ChangeValidators(change) => change_validators::apply(change, execution),
        Action::ChangeParameters(change) => change_parameters::apply(change, execution),
        Action::ChangeRoles(change) => change_roles::apply(change, execution),
        Action::Propose(propose) => propose::apply(propose, execution),
        Action::VoteOnProposal(vote) => vote_on_proposal::apply(vote, execution),
        Action::WithdrawProposal(withdrawal) => withdraw_proposal::apply(withdrawal, execution),
        Action::ScheduleProtocol(schedule) => schedule_protocol::apply(*schedule, execution),
    }
}
