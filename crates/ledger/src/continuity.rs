//! No transaction may leave the ledger with fewer registration bodies able to administer it than the
//! threshold asks for: nobody could ever add one.
//!
//! The state holds no list of a member's keys, and an execution that walked all members would have no bound.
//! So the transaction shows it itself. A body is *able* when it is active and has an ADMINISTER key in
//! force. A transaction that takes such a key from an active body, or suspends one, stands only when
//!
//! - each of these bodies is still able by another key that signs this transaction or is enrolled by it, or
//! - threshold bodies that stay able sign it (or are enrolled by it).
//!
//! A transaction that raises the threshold shows in the same way that as many bodies as it asks are able.
//!
//! This is safe: able bodies named by the transaction are able bodies, so their number only falls where
//! threshold of them are known to remain; genesis starts with at least as many. And it never locks anyone
//! out: where threshold bodies remain, they can sign. Nobody's own signature carries its suspension.

use std::collections::BTreeSet;

use bulla_types::{KeyId, KeyPurpose, KeyStatus, MemberNumber, MemberStatus, Role};

use crate::overlay::Overlay;
use crate::refusal::{Cause, ExecutionError};
use crate::signers::count;
use crate::transaction::Execution;
use crate::view::{StateView, ViewError};

/// Checks a transaction whose actions have all been carried out.
pub(crate) fn check<V: StateView>(execution: &mut Execution<'_, '_, V>) -> Result<(), ExecutionError> {
    if execution.weakened.is_empty() && !execution.threshold_raised {
        return Ok(());
    }
    let mut able = BTreeSet::new();
    for key_id in execution.signers.key_ids().chain(execution.enrolled.iter().copied()) {
        able.extend(body_able_by(key_id, execution.state)?);
    }
    // Of this block and of the next one.
    let next = execution.state.parameters()?.admin_threshold;
    let (needed, present) = (execution.threshold.max(next), count(&able));
    let nobody_lost = execution.weakened.is_subset(&able) && !execution.threshold_raised;
    if nobody_lost || present >= needed {
        Ok(())
    } else if execution.threshold_raised {
        Err(Cause::ThresholdNotShown { needed, present }.into())
    } else {
        Err(Cause::ThresholdUnreachable { needed, present }.into())
    }
}

/// The registration body that can administer the ledger by this key, if any.
fn body_able_by<V: StateView>(
    key_id: KeyId,
    state: &mut Overlay<'_, V>,
) -> Result<Option<MemberNumber>, ViewError> {
    let Some(key) = state.key(key_id)? else { return Ok(None) };
    let holder = state.holder(&key)?;
    let able = key.purpose == KeyPurpose::Administer
        && key.status == KeyStatus::InForce
        && holder.status == MemberStatus::Active
        && holder.roles.contains(Role::RegistrationBody);
    Ok(able.then_some(holder.number))
}
