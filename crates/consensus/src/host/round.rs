//! A round starts.

use std::collections::BTreeMap;

use bulla_types::BlockHash;
use malachitebft_app::consensus::Role;
use malachitebft_app::types::ProposedValue;
use malachitebft_core_types::{Round, Validity};
use ractor::RpcReplyPort;

use super::{ApplicationLoop, reply};
use crate::application::KnownProposal;
use crate::context::{Bulla, Height, ValidatorAddress, Validators, Value};
use crate::error::ConsensusFailure;
use crate::limits::BLOCKS_PER_ROUND_MAX;
use crate::parts::FirstPart;
use crate::status::{Phase, RoundRole};

/// The height that the engine runs.
pub(super) struct RunningHeight {
    pub(super) height: u64,
    pub(super) round: u32,
    pub(super) validators: Validators,
    /// The proposals that this node has the block of, by round and block: what was taken is not taken again,
    /// and is sent again under its proposer's signature.
    taken: BTreeMap<(u32, BlockHash), FirstPart>,
}

impl RunningHeight {
    /// Takes a proposal whose block is there; false if it was taken before, or its proposer has signed too
    /// many for one round.
    pub(super) fn take(&mut self, first: &FirstPart) -> bool {
        let fits = first.height == self.height && !self.is_taken(first.round, first.block_hash);
        if fits {
            self.taken.insert((first.round, first.block_hash), first.clone());
        }
        fits
    }

    /// Lets a proposal be taken again, since it could not be checked.
    pub(super) fn release(&mut self, first: &FirstPart) {
        if first.height == self.height {
            self.taken.remove(&(first.round, first.block_hash));
        }
    }

    /// Whether there is no use in another stream of this proposal.
    pub(super) fn is_taken(&self, round: u32, block: BlockHash) -> bool {
        let of_round = (round, BlockHash::from_bytes([0; 32]))..=(round, BlockHash::from_bytes([0xff; 32]));
        self.taken.contains_key(&(round, block)) || self.taken.range(of_round).count() >= BLOCKS_PER_ROUND_MAX
    }

    pub(super) fn first_part(&self, round: u32, block: BlockHash) -> Option<&FirstPart> {
        self.taken.get(&(round, block))
    }
}

impl ApplicationLoop {
    /// The engine waits for the answer and does nothing else, so it is given at once: the proposals of this
    /// round that were known before (from before a crash, most often).
    pub(super) fn started_round(
        &mut self,
        height: Height,
        round: Round,
        proposer: ValidatorAddress,
        role: Role,
        reply_to: RpcReplyPort<Vec<ProposedValue<Bulla>>>,
    ) -> Result<(), ConsensusFailure> {
        let number = round.as_u32().unwrap_or(0);
        match &mut self.state.running {
            Some(running) if running.height == height.0 => running.round = number,
            _ => self.start_height(height.0, number)?,
        }
        let known = self.app.known(height.0, number);
        reply(reply_to, known.into_iter().map(proposed_value).collect());

        tracing::debug!(height = height.0, round = number, %proposer, ?role, "round started");
        self.board.change(|status| {
            status.phase = Phase::Running;
            (status.height, status.round) = (height.0, number);
            status.role = match role {
                Role::Proposer => RoundRole::Proposer,
                Role::Validator => RoundRole::Validator,
                Role::None => RoundRole::Observer,
            };
        });
        self.take_parts();
        Ok(())
    }

    fn start_height(&mut self, height: u64, round: u32) -> Result<(), ConsensusFailure> {
        let upcoming = self.state.upcoming.take().filter(|(upcoming, _)| *upcoming == height);
        let (_, validators) =
            upcoming.ok_or(ConsensusFailure::Protocol("it started a height that it was not told to"))?;
        self.votes.start(height, validators.clone());
        self.equivocations.start(height);
        self.state.parts.start(height);
        self.state.running = Some(RunningHeight { height, round, validators, taken: BTreeMap::new() });
        Ok(())
    }
}

/// A known proposal as the engine takes it.
pub(super) fn proposed_value(known: KnownProposal) -> ProposedValue<Bulla> {
    ProposedValue {
        height: Height(known.height),
        round: Round::new(known.round),
        valid_round: Round::from(known.pol_round),
        proposer: ValidatorAddress(known.proposer),
        value: Value(known.block_hash),
        validity: Validity::from_bool(known.valid),
    }
}
