use std::sync::Arc;
use std::time::Duration;

use bulla_crypto::PublicKey;
use bulla_types::{Address, ConsensusTimeouts, ValidatorSet};
use malachitebft_core_types::LinearTimeouts;

use super::{Bulla, ValidatorAddress};
use crate::limits::TIMEOUT_GROWTH_MAX;

/// One validator, as the engine sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Validator {
    pub(crate) address: ValidatorAddress,
    pub(crate) key: PublicKey,
    pub(crate) power: u64,
}

impl malachitebft_core_types::Validator<Bulla> for Validator {
    fn address(&self) -> &ValidatorAddress {
        &self.address
    }

    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn voting_power(&self) -> u64 {
        self.power
    }
}

/// The validators of a height, rising by address. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Validators {
    set: Arc<ValidatorSet>,
    list: Arc<[Validator]>,
}

impl Validators {
    /// The set as the ledger knows it.
    pub(crate) fn set(&self) -> &ValidatorSet {
        &self.set
    }

    pub(crate) fn get(&self, address: &Address) -> Option<&Validator> {
        let index = self.list.binary_search_by(|validator| validator.address.0.cmp(address)).ok()?;
        self.list.get(index)
    }

    /// Validators take turns by address: one place further with each height and each round. So one that is
    /// down costs the others one timeout in each turn, whatever its power.
    pub(crate) fn proposer(&self, height: u64, round: u32) -> &Validator {
        let turn = height.wrapping_sub(1).wrapping_add(u64::from(round));
        // Never zero, and the remainder fits: a set holds 1 to 128 validators.
        let count = self.list.len() as u64;
        &self.list[usize::try_from(turn % count).unwrap_or(0)]
    }
}

impl From<ValidatorSet> for Validators {
    fn from(set: ValidatorSet) -> Self {
        let list = set.validators().iter().map(|validator| Validator {
            address: ValidatorAddress(validator.address()),
            key: validator.key().clone(),
            power: validator.power(),
        });
        let list = list.collect();
        Self { set: Arc::new(set), list }
    }
}

impl malachitebft_core_types::ValidatorSet<Bulla> for Validators {
    fn count(&self) -> usize {
        self.list.len()
    }

    fn total_voting_power(&self) -> u64 {
        self.set.total_power()
    }

    fn get_by_address(&self, address: &ValidatorAddress) -> Option<&Validator> {
        self.get(&address.0)
    }

    fn get_by_index(&self, index: usize) -> Option<&Validator> {
        self.list.get(index)
    }
}

/// The ledger's timeouts in the engine's form.
pub(crate) fn linear_timeouts(timeouts: &ConsensusTimeouts) -> LinearTimeouts {
    let ms = |ms: u32| Duration::from_millis(u64::from(ms));
    let first = [timeouts.propose_ms, timeouts.prevote_ms, timeouts.precommit_ms, timeouts.rebroadcast_ms];
    let longest = first.map(ms).into_iter().max().unwrap_or_default();
    LinearTimeouts {
        propose: ms(timeouts.propose_ms),
        propose_delta: ms(timeouts.propose_delta_ms),
        prevote: ms(timeouts.prevote_ms),
        prevote_delta: ms(timeouts.prevote_delta_ms),
        precommit: ms(timeouts.precommit_ms),
        precommit_delta: ms(timeouts.precommit_delta_ms),
        rebroadcast: ms(timeouts.rebroadcast_ms),
        max_timeout: longest.max(TIMEOUT_GROWTH_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::validators;

    #[test]
    fn validators_take_turns_with_each_height_and_each_round() {
        let validators = Validators::from(validators(4).0);
        let proposer = |height, round| validators.proposer(height, round).address;
        let first: Vec<_> = (1..=4).map(|height| proposer(height, 0)).collect();
        let mut distinct = first.clone();
        distinct.dedup();
        assert_eq!(distinct.len(), 4);
        assert_eq!(proposer(5, 0), first[0]);
        assert_eq!(proposer(1, 3), first[3]);
    }
}
