use malachitebft_core_types::Round;

use super::{Bulla, Height, ValidatorAddress, Value};

/// A proposer's word that it proposes a block in a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) value: Value,
    /// Round in which more than two thirds prevoted for the block; nil when it is proposed afresh.
    pub(crate) pol_round: Round,
    pub(crate) proposer: ValidatorAddress,
}

impl malachitebft_core_types::Proposal<Bulla> for Proposal {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &Value {
        &self.value
    }

    fn take_value(self) -> Value {
        self.value
    }

    fn pol_round(&self) -> Round {
        self.pol_round
    }

    fn validator_address(&self) -> &ValidatorAddress {
        &self.proposer
    }
}
