//! The end of a key: retired in good order, or reported compromised.
//!
//! Neither rewrites history. What the key signed before stays in the book, and a report of compromise with
//! its *from* time shows beside it in every later dossier: what to make of signatures between that time and
//! the report is for a court.

use bulla_types::{BlockTime, ChangeKeyStatus, KeyChange, KeyPurpose, KeyRecord, KeyStatus, Outcome};

use crate::history;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::validators;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    action: &ChangeKeyStatus,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    let &ChangeKeyStatus { key_id, change } = action;
    let key = execution.state.key(key_id)?.ok_or(Cause::KeyUnknown(key_id))?;
    execution.require_holder_or_bodies(key.member)?;
    if key.purpose == KeyPurpose::Consensus && validators::is_validator(key_id, execution.state)? {
        return Err(Cause::KeyOfValidator(key_id).into());
    }
    match change {
        KeyChange::Retire if key.status != KeyStatus::InForce => {
            return Err(Cause::KeyEnded { key_id, status: key.status }.into());
        }
        KeyChange::Retire => {}
        KeyChange::ReportCompromised { from } => check_report(action, &key, from, execution)?,
    }
    if key.purpose == KeyPurpose::Administer && key.status == KeyStatus::InForce {
        let holder = execution.state.holder(&key)?;
        execution.weaken(&holder);
    }
    let history_count = history::one_more(key.history_count);
    let head = KeyRecord { status: change.status(), history_count, ..key };
    history::write_key(key_id, head, change.effective_from(), execution.stamp, execution.state);
    Ok(Outcome::Done)
}

/// A report may follow retirement, and a second report may reach further back than the first: that is what
/// investigations find. None may take anything back.
fn check_report<V: StateView>(
    action: &ChangeKeyStatus,
    key: &KeyRecord,
    from: BlockTime,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let (key_id, time) = (action.key_id, execution.context.time);
    if from > time {
        return Err(Cause::CompromiseInFuture { from, time }.into());
    }
    if key.status == KeyStatus::Compromised {
        let known = execution.state.last_step(key_id, key)?.effective_from;
        if let Some(known) = known.filter(|known| *known <= from) {
            return Err(Cause::CompromiseNotEarlier { key_id, known }.into());
        }
    }
    Ok(())
}
