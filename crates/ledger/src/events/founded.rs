//! The founding: the first entry of every ledger, so that its log names the genesis it grew from. It changes
//! nothing, since the state of the genesis is in force before it.

use bulla_types::{Height, LedgerId};

use crate::block::BlockContext;
use crate::refusal::Cause;

pub(crate) fn check(context: &BlockContext, log_index: u64, ledger_id: LedgerId) -> Result<(), Cause> {
    if (context.height, log_index) != (Height(1), 0) {
        return Err(Cause::FoundingMisplaced { height: context.height, log_index });
    }
    if ledger_id != context.ledger_id {
        return Err(Cause::WrongLedger { found: ledger_id, expected: context.ledger_id });
    }
    Ok(())
}
