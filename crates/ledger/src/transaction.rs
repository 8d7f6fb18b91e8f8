//! Executing one transaction: its signers, then its actions in order, then what must hold of it as a whole.

use std::collections::BTreeSet;

use bulla_types::{
    Action, BlockTime, KeyId, MemberNumber, MemberRecord, MemberStatus, Outcome, RequestId, Role,
    TransactionBody, TransactionId,
};

use crate::actions;
use crate::block::BlockContext;
use crate::continuity;
use crate::overlay::Overlay;
use crate::refusal::{Cause, ExecutionError, Refusal};
use crate::signers::Signers;
use crate::validators;
use crate::view::StateView;

/// Where and when a change is made: what its [`StatusRecord`](bulla_types::StatusRecord) will say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp {
    pub(crate) log_index: u64,
    pub(crate) time: BlockTime,
    /// `None` in genesis.
    pub(crate) transaction_id: Option<TransactionId>,
}

/// A transaction under execution, as its actions see it; or acts that were proposed, which bodies have approved.
#[derive(Debug)]
pub(crate) struct Execution<'t, 'v, V> {
    pub(crate) context: &'t BlockContext,
    pub(crate) stamp: Stamp,
    /// The request that asks for the actions.
    pub(crate) request_id: RequestId,
    pub(crate) signers: Signers,
    pub(crate) state: &'t mut Overlay<'v, V>,
    /// How many registration bodies must sign an act of administration.
    pub(crate) threshold: u32,
    /// Whether the proofs of possession of all keys were checked before.
    pub(crate) possession_shown: bool,
    /// Place of the action under way.
    pub(crate) action: u32,
    /// Keys that the transaction has enrolled.
    pub(crate) enrolled: Vec<KeyId>,
    /// Members whose OPERATE keys its steps of cases have used.
    pub(crate) acted: BTreeSet<MemberNumber>,
    /// Registration bodies from which it has taken a key to administer with, or their standing.
    pub(crate) weakened: BTreeSet<MemberNumber>,
    /// Whether it asks more bodies than before for acts of administration.
    pub(crate) threshold_raised: bool,
    /// Whether it has changed who validates.
    pub(crate) validators_changed: bool,
}

/// Executes a transaction into the overlay's pending writes.
pub(crate) fn apply<V: StateView>(
    context: &BlockContext,
    stamp: Stamp,
    body: &TransactionBody,
    state: &mut Overlay<'_, V>,
) -> Result<Vec<Outcome>, ExecutionError> {
    let signers = Signers::resolve(body, state)?;
    Execution::new(context, stamp, body.request_id, signers, state).carry_out(&body.actions)
}

impl<'t, 'v, V: StateView> Execution<'t, 'v, V> {
    pub(crate) fn new(
        context: &'t BlockContext,
        stamp: Stamp,
        request_id: RequestId,
        signers: Signers,
        state: &'t mut Overlay<'v, V>,
    ) -> Self {
        Self {
            context,
            stamp,
            request_id,
            signers,
            state,
            threshold: context.parameters.admin_threshold,
            possession_shown: false,
            action: 0,
            enrolled: Vec::new(),
            acted: BTreeSet::new(),
            weakened: BTreeSet::new(),
            threshold_raised: false,
            validators_changed: false,
        }
    }

    /// Carries out the actions in order, then checks what must hold of them as a whole.
    pub(crate) fn carry_out(mut self, actions: &[Action]) -> Result<Vec<Outcome>, ExecutionError> {
        let mut outcomes = Vec::with_capacity(actions.len());
        for (place, action) in (0_u32..).zip(actions) {
            self.action = place;
            let outcome = actions::apply(action, &mut self).map_err(|error| in_action(place, error))?;
            assert!(outcome.fits(action), "invariant: an action has an outcome of its kind");
            outcomes.push(outcome);
        }
        check_operators(actions, &self)?;
        continuity::check(&mut self)?;
        validators::check(&mut self)?;
        Ok(outcomes)
    }
}

/// A step of a case names everyone who signs for it, so that its reader knows in what capacity. Beside a deposit
/// others may sign.
fn check_operators<V>(actions: &[Action], execution: &Execution<'_, '_, V>) -> Result<(), Cause> {
    if actions.iter().any(|action| matches!(action, Action::DepositEvidence(_))) {
        return Ok(());
    }
    match execution.signers.operators().find(|(member, _)| !execution.acted.contains(member)) {
        Some((member, _)) => Err(Cause::SignerWithoutPart(member)),
        None => Ok(()),
    }
}

fn in_action(place: u32, error: ExecutionError) -> ExecutionError {
    match error {
        ExecutionError::Refused(Refusal { cause, .. }) => {
            Refusal { action: usize::try_from(place).ok(), cause }.into()
        }
        view @ ExecutionError::View(_) => view,
    }
}

impl<V> Execution<'_, '_, V> {
    /// Refuses unless the registration bodies sign.
    pub(crate) fn require_bodies(&self) -> Result<(), Cause> {
        self.signers.require_bodies(self.threshold)
    }

    /// Refuses unless `member` itself signs, or the registration bodies do.
    pub(crate) fn require_holder_or_bodies(&self, member: MemberNumber) -> Result<(), Cause> {
        self.signers.require_holder_or_bodies(member, self.threshold)
    }

    /// Notes that `member` is losing its standing or a key to administer with, which matters when it is an
    /// active registration body.
    pub(crate) fn weaken(&mut self, member: &MemberRecord) {
        if member.status == MemberStatus::Active && member.roles.contains(Role::RegistrationBody) {
            self.weakened.insert(member.number);
        }
    }
}
