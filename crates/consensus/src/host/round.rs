//! A round starts.

use std::collections::{BTreeMap, BTreeSet};

use bulla_types::BlockHash;
use malachitebft_app::consensus::Role;
use malachitebft_app::types::ProposedValue;
use malachitebft_core_types::{Round, Validity};
use ractor::RpcReplyPort;

use super::{ApplicationLoop, reply};
use crate::application::KnownProposal;
use crate::context::{Bulla, Height, ValidatorAddress, Validators, Value};
use crate::parts::FirstPart;
use crate::status::{Phase, RoundRole};

/// The height that the engine runs.
pub(super) struct RunningHeight {
    pub(super) height: u64,
    pub(super) validators: Validators,
    /// Blocks of each round that were taken for checking.
    pub(super) taken: BTreeMap<u32, BTreeSet<BlockHash>>,
    /// First parts of the streams taken, to send them again under their proposer's signature.
    pub(super) firsts: BTreeMap<(u32, BlockHash), FirstPart>,
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
    ) {
        if self.state.running.as_ref().is_none_or(|running| running.height != height.0) {
            self.start_height(height.0);
        }
        let number = round.as_u32().unwrap_or(0);
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
    }

    fn start_height(&mut self, height: u64) {
        let Some((_, validators)) = self.state.upcoming.take().filter(|(upcoming, _)| *upcoming == height) else {
            tracing::error!(height, "the engine started a height that it was not told to");
            return;
        };
        self.votes.start(height, validators.clone());
        self.state.parts.start(height);
        self.state.running = Some(RunningHeight {
            height,
            validators,
            taken: BTreeMap::new(),
            firsts: BTreeMap::new(),
        });
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
