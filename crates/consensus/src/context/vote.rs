use bulla_types::BlockHash;
use malachitebft_core_types::{NilOrVal, Round, SignedExtension, VoteType};

use super::{Bulla, Height, ValidatorAddress};

/// A validator's vote in one step of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vote {
    pub(crate) kind: VoteType,
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) value: NilOrVal<BlockHash>,
    pub(crate) voter: ValidatorAddress,
}

impl malachitebft_core_types::Vote<Bulla> for Vote {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<BlockHash> {
        &self.value
    }

    fn take_value(self) -> NilOrVal<BlockHash> {
        self.value
    }

    fn vote_type(&self) -> VoteType {
        self.kind
    }

    fn validator_address(&self) -> &ValidatorAddress {
        &self.voter
    }

    // No height of ours asks for vote extensions, so there is never one to hold.
    fn extension(&self) -> Option<&SignedExtension<Bulla>> {
        None
    }

    fn take_extension(&mut self) -> Option<SignedExtension<Bulla>> {
        None
    }

    fn extend(self, _extension: SignedExtension<Bulla>) -> Self {
        self
    }
}
