//! What every enrolment after genesis asks of a new key.

use bulla_types::{KeyDeclaration, KeyId, MemberNumber};

use crate::enrolment;
use crate::refusal::ExecutionError;
use crate::transaction::Execution;
use crate::view::StateView;

/// Enrols a key of `member`, whose holder shows to have it.
pub(super) fn enrol<V: StateView>(
    member: MemberNumber,
    declaration: &KeyDeclaration,
    execution: &mut Execution<'_, '_, V>,
) -> Result<KeyId, ExecutionError> {
    let key_id = declaration.key_id();
    if !execution.possession_shown {
        enrolment::check_possession(declaration, &execution.context.ledger_id, &execution.request_id)?;
    }
    enrolment::key(member, declaration, execution.stamp, execution.state)?;
    execution.enrolled.push(key_id);
    Ok(key_id)
}
