//! Before a validator that may have forgotten votes takes part, it hears how far the others are.
//!
//! A folder that is new, or put back from a copy, cannot tell which votes were signed before. What the others
//! have decided needs no vote of this node any more, and its own were at most one height further.

use std::time::Duration;

use bulla_chain::Chain;
use bulla_storage::SignedGuard;
use bulla_types::Height;
use tracing::{info, warn};

use crate::health::Health;

/// How often the peers' heights are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Waits until nothing is in doubt. Consensus must not start before: a node that stays silent in the first
/// round of a height is missed in it for ever.
pub(crate) async fn settle(signed: &SignedGuard, health: &Health, chain: &Chain) {
    while !signed.is_settled() {
        match highest(health, chain).map(|highest| (highest, signed.settle(highest))) {
            Some((highest, Ok(()))) => {
                let floor = signed.floor();
                info!(%highest, %floor, "the others are heard: this node signs above the floor");
            }
            Some((_, Err(error))) => {
                warn!(%error, "the signed file could not be written");
                tokio::time::sleep(LOOK_EVERY).await;
            }
            None => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

/// The highest of the heights heard from enough peers that, with this node, more than two thirds of the
/// validators speak.
fn highest(health: &Health, chain: &Chain) -> Option<Height> {
    let peers = health.peers().into_iter().filter(|(_, peer)| peer.validator && peer.connected);
    let heights: Vec<Height> = peers.filter_map(|(_, peer)| Some(peer.status?.height)).collect();
    let tip = chain.tip();
    let enough = 3 * (heights.len() + 1) > 2 * tip.validators.validators().len();
    enough.then(|| heights.into_iter().fold(Height(tip.height), Height::max))
}
