//! A step that is ready to be signed.

use std::collections::BTreeSet;

use bulla_rules::profile::Disposition;
use bulla_types::{
    Action, Canonical, CaseRef, FieldContent, MemberNumber, RuleName, StepActor, StepDocument, StepField,
    TakeStep,
};

use crate::transaction::{ActionRequest, AttachedFields};

use super::fields::Said;

/// A step that a profile allows. Its commitments are made when it goes into a transaction.
#[derive(Debug, Clone)]
pub struct StepRequest {
    pub(super) case: CaseRef,
    pub(super) step: RuleName,
    pub(super) party: RuleName,
    pub(super) actors: Vec<StepActor>,
    pub(super) fields: Vec<(RuleName, Said)>,
    pub(super) documents: Vec<StepDocument>,
    pub(super) reasons: Option<String>,
}

impl StepRequest {
    /// The members whose OPERATE keys must sign, rising; agents in place of those for whom they act.
    #[must_use]
    pub fn signers(&self) -> BTreeSet<MemberNumber> {
        self.actors.iter().map(StepActor::signer).collect()
    }

    /// As which party the step is taken.
    #[must_use]
    pub fn party(&self) -> &RuleName {
        &self.party
    }

    /// Whether some field's opening stays with its owner.
    #[must_use]
    pub fn keeps_openings(&self) -> bool {
        self.fields.iter().any(|(_, said)| matches!(said, Said::Values(Disposition::Committed, _)))
    }
}

impl ActionRequest for StepRequest {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let field = |(name, said): (RuleName, Said)| {
            let path = || format!("fields.{name}");
            let content = match said {
                Said::Values(Disposition::Clear, values) => FieldContent::Clear(values),
                Said::Values(Disposition::Attached, values) => {
                    FieldContent::Committed(attached.attach_bytes(path(), values.encode().into()))
                }
                Said::Values(Disposition::Committed, values) => {
                    FieldContent::Committed(attached.keep_bytes(path(), values.encode().into()))
                }
                Said::AsBefore(commitment) => FieldContent::Committed(commitment),
            };
            StepField { name, content }
        };
        Action::TakeStep(TakeStep {
            case: self.case,
            step: self.step,
            party: self.party,
            actors: self.actors,
            fields: self.fields.into_iter().map(field).collect(),
            documents: self.documents,
            reasons: self.reasons.map(|reasons| attached.attach("reasons", reasons)),
        })
    }
}
