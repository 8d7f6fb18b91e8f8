//! Submissions between two steps of their way: on it still, or settled.

use bulla_crypto::PublicKey;
use bulla_types::{Submission, Transaction};
use bytes::Bytes;

use super::{Admitted, Source, Verdict};
use crate::error::AdmissionError;
use crate::signatures::Signed;

/// A submission on its way.
pub(super) enum Step {
    OnTheWay(Box<Candidate>),
    Settled(Verdict),
}

pub(super) struct Candidate {
    pub(super) submission: Submission,
    pub(super) encoded: Bytes,
    pub(super) source: Source,
    pub(super) keys: Vec<PublicKey>,
}

impl Candidate {
    pub(super) fn transaction(&self) -> &Transaction {
        self.submission.transaction()
    }

    pub(super) fn signed(&self) -> Signed<'_> {
        Signed { transaction: self.transaction(), keys: &self.keys }
    }

    pub(super) fn admitted(&self, already_known: bool) -> Admitted {
        let transaction = self.transaction();
        Admitted { transaction_id: transaction.id(), not_after: transaction.body().not_after, already_known }
    }

    pub(super) fn bad_signature(&self, position: usize) -> AdmissionError {
        AdmissionError::BadSignature { signer: self.transaction().body().signers[position] }
    }
}

/// Those that no step has settled.
pub(super) fn on_the_way(steps: &[Step]) -> impl Iterator<Item = &Candidate> {
    steps.iter().filter_map(|step| match step {
        Step::OnTheWay(candidate) => Some(&**candidate),
        Step::Settled(_) => None,
    })
}

/// Settles those of the submissions on the way for which `settle` has a verdict.
pub(super) fn settle_each(steps: &mut [Step], mut settle: impl FnMut(&mut Candidate) -> Option<Verdict>) {
    for step in steps {
        if let Step::OnTheWay(candidate) = step
            && let Some(verdict) = settle(candidate)
        {
            *step = Step::Settled(verdict);
        }
    }
}
