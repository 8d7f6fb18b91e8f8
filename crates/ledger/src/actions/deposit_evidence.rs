//! Deposit of evidence (电子数据存证): gives a number to the digests of a document.
//!
//! The format has checked the digests (one per algorithm), media type and links (none twice). The same
//! document may be deposited again and by others: a deposit says who held it when, not whose it is. What it
//! declares of the time before the deposit is not judged here.

use bulla_types::{Counter, DepositEvidence, EvidenceNumber, Outcome};

use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    deposit: &DepositEvidence,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    execution.signers.require_operator(execution.context.parameters.evidence_roles)?;
    let number = execution.state.take(Counter::Evidence)?;
    // Numbers are given without gaps, so that every smaller one is an earlier deposit.
    match deposit.links.iter().find(|link| link.evidence_number.0 >= number) {
        Some(link) => Err(Cause::EvidenceUnknown(link.evidence_number).into()),
        None => Ok(Outcome::EvidenceNumber(EvidenceNumber(number))),
    }
}
