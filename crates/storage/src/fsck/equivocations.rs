//! Proofs of equivocation that wait to be recorded.

use bulla_types::{Canonical, Equivocation, LedgerId, StateKey, ValidatorSet};

use super::FsckReport;
use crate::{
    column::Column,
    view::{View, place, read_equivocation},
};

/// Checks that every proof proves what it says, and is not recorded already.
pub(super) fn check(view: &View<'_>, ledger_id: LedgerId, report: &mut FsckReport) {
    let validators = view.state(&StateKey::Validators.encode()).ok().flatten();
    let validators = validators.and_then(|bytes| ValidatorSet::decode(&bytes).ok());
    for row in view.scan(Column::Equivocations, &[], &[]) {
        let Some(row) = report.take(Column::Equivocations.name(), row) else { break };
        let place = place(Column::Equivocations, &row.0);
        if let Some(Some(_)) = report.take(&place, view.state(&row.0)) {
            report.wrong(&place, "it is recorded and was not taken away");
        }
        let Some(proof) = report.take(&place, read_equivocation(&row)) else { continue };
        if validators.as_ref().is_some_and(|validators| !proves(&proof, ledger_id, validators)) {
            report.wrong(&place, "it does not prove that a validator voted twice");
        }
    }
}

fn proves(proof: &Equivocation, ledger_id: LedgerId, validators: &ValidatorSet) -> bool {
    validators.get(&proof.address()).is_some_and(|validator| proof.is_proved(ledger_id, validator.key()))
}
