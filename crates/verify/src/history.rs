//! Which validators were in force at each height.

use bulla_types::{Genesis, Height, LedgerId, ReasonCode, ValidatorSet, ValidatorTransition};

use crate::refused::Within;
use crate::{CertifiedHeader, Refused};

/// The validators of a ledger from its genesis on. Each set was put in force by a header that the set before
/// it certified, so that the whole hangs on the genesis alone.
#[derive(Debug, Clone)]
pub struct ValidatorHistory {
    ledger_id: LedgerId,
    /// Each set with the first height that it decides, rising from 1; never empty.
    sets: Vec<(Height, ValidatorSet)>,
}

impl ValidatorHistory {
    /// The history at the founding.
    #[must_use]
    pub fn of(genesis: &Genesis) -> Self {
        Self { ledger_id: genesis.ledger_id(), sets: vec![(Height(1), genesis.validators().clone())] }
    }

    /// The ledger.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.ledger_id
    }

    /// How often the validators had changed when this height was decided.
    #[must_use]
    pub fn changes_before(&self, height: Height) -> usize {
        // The first set is in force from height 1 on, and no format holds height 0.
        self.sets.partition_point(|(from, _)| *from <= height).saturating_sub(1)
    }

    /// The validators that decide this height, if the history is complete up to it. When it is not, no
    /// header at that height verifies: it names validators that are not here.
    #[must_use]
    pub fn in_force_at(&self, height: Height) -> &ValidatorSet {
        &self.sets[self.changes_before(height)].1
    }

    /// Takes the next change of validators.
    ///
    /// # Errors
    /// The header is not later than the change before it, is not certified, or does not bring these
    /// validators.
    pub fn follow(&mut self, transition: &ValidatorTransition) -> Result<CertifiedHeader, Refused> {
        let ValidatorTransition { header, certificate, next_validators } = transition;
        let (newest, _) = self.sets[self.sets.len() - 1];
        if header.height < newest {
            let detail = format!("height {} does not follow the change before it", header.height);
            return Err(Refused::new(ReasonCode::ValidatorsMismatch, "header.height", detail));
        }
        let validators = self.in_force_at(header.height);
        let certified = CertifiedHeader::new(&self.ledger_id, validators, header, certificate)?;
        let brought = next_validators.hash();
        if header.next_validators_hash != brought {
            let detail = format!("hash to {brought}, the header brings {}", header.next_validators_hash);
            return Err(Refused::new(ReasonCode::ValidatorsMismatch, "next_validators", detail));
        }
        if header.next_validators_hash == header.validators_hash {
            let detail = "the validators stay the same: this is no change";
            return Err(Refused::new(ReasonCode::ValidatorsMismatch, "next_validators", detail));
        }
        let from = header.height.0.checked_add(1).map(Height).ok_or_else(|| {
            Refused::new(ReasonCode::HeaderInvalid, "header.height", "no height can follow this one")
        })?;
        self.sets.push((from, next_validators.clone()));
        Ok(certified)
    }

    /// Takes changes in order; gives their headers.
    pub(crate) fn follow_all(
        &mut self,
        transitions: &[ValidatorTransition],
    ) -> Result<Vec<CertifiedHeader>, Refused> {
        let items = transitions.iter().enumerate();
        items.map(|(index, transition)| self.follow(transition).within_item("transitions", index)).collect()
    }
}
