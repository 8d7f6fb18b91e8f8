//! Validators that break the protocol, for tests of everyone else.

use std::ops::RangeInclusive;
use std::sync::Arc;

use bulla_network::Lanes;
use bulla_types::BlockHash;
use malachitebft_app::metrics::SharedRegistry;
use malachitebft_engine_byzantine::{ByzantineConfig, ByzantineNetworkProxy, Trigger};

use crate::application::Application;
use crate::config::ConsensusConfig;
use crate::context::{Bulla, ValidatorAddress, Value};
use crate::engine::NetworkLayer;
use crate::error::ConsensusError;
use crate::handle::{ConsensusHandle, launch};
use crate::host::Publisher;
use crate::network;
use crate::parts::FirstPart;
use crate::signer::VoteSigner;
use crate::signing::{EngineSigner, ValidatorKey};

/// How a validator breaks the protocol. Blocks that are wrong in themselves come from its
/// [`Application`]; its [`VoteSigner`] must sign anything.
#[derive(Clone, Debug, Default)]
pub struct Byzantine {
    /// Votes once more for another block in each step.
    pub equivocate_votes: bool,
    /// Proposes once more another block in each of its rounds (the message alone, without parts).
    pub equivocate_proposals: bool,
    /// Sends no votes.
    pub drop_votes: bool,
    /// Sends parts and no proposal.
    pub drop_proposals: bool,
    /// Sends the first part of its blocks and no data.
    pub withhold_parts: bool,
    /// Says in the first part of fresh blocks, from round 1 on, that they were locked in the round before.
    pub claim_locks: bool,
    /// Only at these heights; everywhere when there is none.
    pub heights: Option<RangeInclusive<u64>>,
}

impl Byzantine {
    /// What the first part says instead.
    pub(crate) fn alter(&self, first: FirstPart) -> FirstPart {
        if self.claim_locks && self.active_at(first.height) {
            FirstPart { pol_round: first.pol_round.or(first.round.checked_sub(1)), ..first }
        } else {
            first
        }
    }

    /// How many messages of a stream are sent.
    pub(crate) fn parts_sent(&self, first: &FirstPart) -> usize {
        if self.withhold_parts && self.active_at(first.height) { 1 } else { usize::MAX }
    }

    fn active_at(&self, height: u64) -> bool {
        self.heights.as_ref().is_none_or(|heights| heights.contains(&height))
    }

    fn engine_config(&self) -> ByzantineConfig {
        let trigger = |on: bool| match &self.heights {
            _ if !on => Trigger::Never,
            None => Trigger::Always,
            Some(heights) => Trigger::HeightRange { from: *heights.start(), to: *heights.end() },
        };
        ByzantineConfig::new(Some(1))
            .with_equivocate_votes(trigger(self.equivocate_votes))
            .with_equivocate_proposals(trigger(self.equivocate_proposals))
            .with_drop_votes(trigger(self.drop_votes))
            .with_drop_proposals(trigger(self.drop_proposals))
    }
}

/// Starts a validator that breaks the protocol as told; see [`spawn`](crate::spawn).
///
/// # Errors
/// As for `spawn`, and when `misconduct` asks to drop and to double the same messages.
pub async fn spawn_byzantine(
    config: ConsensusConfig,
    lanes: Lanes,
    app: Arc<dyn Application>,
    signer: Arc<dyn VoteSigner>,
    misconduct: Byzantine,
) -> Result<ConsensusHandle, ConsensusError> {
    let key = ValidatorKey::new(config.ledger_id, signer);
    let registry = SharedRegistry::global().with_moniker(&config.label);
    let (real, ears, herald) = network::spawn(lanes, Some(&key)).await?;
    let messages = ByzantineNetworkProxy::spawn(
        misconduct.engine_config(),
        real.clone(),
        Box::new(EngineSigner(key.clone())),
        Bulla,
        ValidatorAddress(key.address()),
        tracing::Span::current(),
        Some(Box::new(|value: &Value| Value(other_block(value.0)))),
        Some(Box::new(|block: Option<&BlockHash>| {
            other_block(block.copied().unwrap_or(BlockHash::from_bytes([7; 32])))
        })),
    )
    .await
    .inspect_err(|_| real.stop(None))
    .map_err(|error| ConsensusError::Actor { actor: "byzantine network", reason: format!("{error:#}") })?;
    let publisher = Publisher::new(messages.clone(), herald).with_misconduct(misconduct);
    let network = NetworkLayer { actors: vec![real.get_cell(), messages.get_cell()], messages, ears };
    launch(&config, app, Some(key), &registry, network, publisher).await
}

fn other_block(block: BlockHash) -> BlockHash {
    let mut bytes = *block.as_bytes();
    bytes[31] ^= 1;
    BlockHash::from_bytes(bytes)
}
