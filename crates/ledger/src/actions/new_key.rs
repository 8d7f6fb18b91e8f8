//! What every enrolment after genesis asks of a new key.

use bulla_types::{KeyDeclaration, KeyId, MemberNumber};

use crate::enrolment;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

/// Enrols a key of `member`. The request id in the proof of possession ties it to the one transaction that asks for
/// it.
pub(super) fn enrol<V: StateView>(
    member: MemberNumber,
    declaration: &KeyDeclaration,
    execution: &mut Execution<'_, '_, V>,
) -> Result<KeyId, ExecutionError> {
    let key_id = declaration.key_id();
    if !declaration.proves_possession(&execution.context.ledger_id, &execution.request_id) {
        return Err(Cause::PossessionInvalid(key_id).into());
    }
    enrolment::key(member, declaration, execution.stamp, execution.state)?;
    execution.enrolled.push(key_id);
    Ok(key_id)
}
