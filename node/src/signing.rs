//! Before a validator takes part, it hears how far the others are.
//!
//! What the others have decided needs no vote of this node any more. If its folder is an older state put back,
//! it has voted there already and forgotten it: a new folder or a copy says so itself, a disk put back whole
//! does not. So nobody signs at heights that the others have passed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bulla_chain::Chain;
use bulla_storage::SignedGuard;
use bulla_types::{Address, Height, MemberNumber};
use tracing::{info, warn};

use crate::health::{Health, Peer};
use crate::powers::{MemberPower, powers};

/// How often the peers' heights are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How often it is looked at whether a height that is held back is passed.
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(1);

/// Nodes tell their height when it changes, some times a second at most; so many heights they may be apart in
/// what they said and yet be at one.
const STALE_HEIGHTS: u64 = 32;

/// What a validator says of itself.
#[derive(Debug, Clone, Copy)]
struct Claim {
    height: Height,
    power: u64,
}

/// Waits until validators with more than two thirds of the power, this one included, have said how far they
/// are, and holds this node's signatures back accordingly. Consensus must not start before: a node that stays
/// silent in the first round of a height is missed in it for ever.
pub(crate) async fn settle(signed: &SignedGuard, health: &Health, chain: &Chain, me: Address) {
    let claims = loop {
        match claims(health, chain, me) {
            Some(claims) => break claims,
            None => tokio::time::sleep(LOOK_EVERY).await,
        }
    };
    let tip = Height(chain.tip().height);
    while !signed.is_settled() {
        let highest = claims.iter().map(|claim| claim.height).fold(tip, Height::max);
        match signed.settle(highest) {
            Ok(()) => {
                let floor = signed.floor();
                info!(%highest, %floor, "the others are heard: this node signs above the floor");
            }
            Err(error) => {
                warn!(%error, "the signed file could not be written");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
    let decided = decided(&claims, total_power(chain)).max(tip);
    if decided > tip {
        info!(%tip, %decided, "the others are further: this node signs above what they have decided");
    }
    signed.hold_back(decided);
}

/// Lets go of a height that was held back on a false claim, so that no single validator can silence another.
/// Ends when this node has passed it.
pub(crate) async fn release(signed: Arc<SignedGuard>, health: Arc<Health>, chain: Arc<Chain>, me: Address) {
    while signed.held_back().0 > chain.tip().height {
        tokio::time::sleep(LOOK_AGAIN_EVERY).await;
        let Some(claims) = claims(&health, &chain, me) else { continue };
        let decided = decided(&claims, total_power(&chain));
        if decided < signed.held_back() {
            signed.hold_back(decided);
        }
    }
}

/// The highest height that anybody credible or not has told, this node included, when enough have told theirs: see
/// [`settle`].
pub(crate) fn highest(health: &Health, chain: &Chain, me: Address) -> Option<Height> {
    let claims = claims(health, chain, me)?;
    Some(claims.iter().map(|claim| claim.height).fold(Height(chain.tip().height), Height::max))
}

/// What the connected validators claim, when they and this one have more than two thirds of the power.
fn claims(health: &Health, chain: &Chain, me: Address) -> Option<Vec<Claim>> {
    let tip = chain.tip();
    let mut powers = powers(chain);
    let own_power = tip.validators.get(&me).map_or(0, |own| {
        // Whatever other nodes its member has say nothing that counts beside this one.
        powers.retain(|_, validator| validator.address != me);
        own.power()
    });
    let claims = claims_of(health.peers().into_iter().map(|(_, peer)| peer), &powers);
    let power = claims.iter().fold(own_power, |power, claim| power.saturating_add(claim.power));
    tip.validators.quorum(power).then_some(claims)
}

/// One claim for each member, however many nodes it has: the highest.
fn claims_of(
    peers: impl IntoIterator<Item = Peer>,
    powers: &BTreeMap<MemberNumber, MemberPower>,
) -> Vec<Claim> {
    let mut claims = BTreeMap::<MemberNumber, Claim>::new();
    for peer in peers.into_iter().filter(|peer| peer.connected) {
        let (Some(status), Some(validator)) = (peer.status, powers.get(&peer.member)) else { continue };
        let claim = Claim { height: status.height, power: validator.power };
        let highest = claims.entry(peer.member).or_insert(claim);
        highest.height = highest.height.max(claim.height);
    }
    claims.into_values().collect()
}

fn total_power(chain: &Chain) -> u64 {
    chain.tip().validators.total_power()
}

/// The highest claim that can be true. A height is decided by more than two thirds of the power, all of them at
/// the one before it; so it is not, when a third says it is far below.
fn decided(claims: &[Claim], total: u64) -> Height {
    let far_below = |height: Height| {
        claims
            .iter()
            .filter(|claim| claim.height.0.saturating_add(STALE_HEIGHTS) < height.0)
            .fold(0_u128, |power, claim| power + u128::from(claim.power))
    };
    let credible = claims.iter().filter(|claim| 3 * far_below(claim.height) < u128::from(total));
    credible.map(|claim| claim.height).max().unwrap_or(Height(0))
}

#[cfg(test)]
mod tests {
    use bulla_types::BlockHash;

    use super::*;

    fn decided_of(heights: &[u64]) -> u64 {
        let claims: Vec<_> =
            heights.iter().map(|&height| Claim { height: Height(height), power: 1 }).collect();
        decided(&claims, 4).0
    }

    #[test]
    fn a_member_with_many_nodes_counts_once() {
        let status = |height| {
            Some(bulla_network::NodeStatus {
                height: Height(height),
                block_hash: BlockHash::from_bytes([1; 32]),
                waiting: 0,
            })
        };
        let peer =
            |member, height| Peer { member: MemberNumber(member), connected: true, status: status(height) };
        let power = |byte| MemberPower { address: Address::from_bytes([byte; 32]), power: 1 };
        let powers = BTreeMap::from([(MemberNumber(1), power(1)), (MemberNumber(2), power(2))]);
        let peers = [peer(1, 7), peer(1, 9), peer(1, 8), peer(2, 5), peer(3, 99)];
        let claims = claims_of(peers, &powers);
        let claims: Vec<_> = claims.iter().map(|claim| (claim.height.0, claim.power)).collect();
        assert_eq!(claims, [(9, 1), (5, 1)]);
    }

    #[test]
    fn the_furthest_of_the_others_is_believed() {
        assert_eq!(decided_of(&[100, 98, 99]), 100);
        assert_eq!(decided_of(&[100, 3]), 100);
        assert_eq!(decided_of(&[]), 0);
    }

    #[test]
    fn a_height_that_too_many_are_far_from_is_not_believed() {
        assert_eq!(decided_of(&[u64::MAX, 100, 99]), 100);
        assert_eq!(decided_of(&[u64::MAX, 3, 99]), 99);
    }
}
