//! Before a validator takes part, it hears how far the others are.
//!
//! What the others have decided needs no vote of this node any more. If its folder is an older state put back,
//! it has voted there already and forgotten it: a new folder or a copy says so itself, a disk put back whole
//! does not. So nobody signs at heights that the others have passed.
//!
//! # A record that may lack votes
//! Such a record (new, or a copy: `bulla_storage::SignedGuard`) signs nothing before it is told a height, and then only
//! above it, for ever. Were that height too low, votes could be given twice; were it too high, this validator would be
//! silent for ever. So it is no one's word: it is the height that this node has itself followed the ledger to, block by
//! block with its certificates, once that is as far as the others said ([`Hearing`]). A peer that claims more than there
//! is cannot show the blocks.
//!
//! **Not too low.** A forgotten vote at height h means that this validator had seen h − 1 decided: validators with more
//! than two thirds of the power, of whom those that keep to the protocol had by then committed h − 2. Validators that
//! with this one have more than two thirds of the power have said how far they are, after it lost its record. Both
//! groups share more than a third of the power; if one of the shared ones besides this validator is honest, its word is
//! h − 2 at least, and this node has followed to it. The record adds [two heights](bulla_storage::SignedGuard::settle).
//! That one such is honest is assumed, as the protocol assumes that less than a third is not; a validator that has lost
//! its record counts among those, so that of four no other may be faulty in the same moment.
//!
//! **Not too high.** The height is one that this node has committed, so it is at most that of the ledger.
//!
//! **Not never.** Who claims more than he shows holds this validator up. Claims of less than a third of the power are
//! let go when for [`SHOWN_WITHIN`] this node has come no further than the others say that they are: an honest peer that
//! is further and connected would have sent blocks that they do not have. More than that cannot all be lies. Meanwhile the node follows as an observer, so that members who came later are let
//! in, and changes of validators count: a folder that begins at the genesis knows the founders alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bulla_chain::Chain;
use bulla_network::{NodeStatus, PeerId};
use bulla_storage::SignedGuard;
use bulla_types::{Address, Height, MemberNumber};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::health::{Health, Peer};
use crate::powers::{MemberPower, powers};

/// How often the peers' heights are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How often it is looked at whether a height that is held back is passed.
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(1);

/// A peer that has blocks which no other one has, and is connected, has sent some within this.
const SHOWN_WITHIN: Duration = Duration::from_secs(30);

/// Nodes tell their height when it changes, some times a second at most; so many heights they may be apart in
/// what they said and yet be at one.
const STALE_HEIGHTS: u64 = 32;

/// What a validator says of itself.
#[derive(Debug, Clone, Copy)]
struct Claim {
    member: MemberNumber,
    height: Height,
    power: u64,
}

/// Waits until validators with more than two thirds of the power, this one included, have said how far they
/// are, and holds this node's signatures back accordingly; if the record of votes is in doubt, until that is shown.
/// Consensus must not start before, but as an observer: a validator that stays silent in the first round of a height is
/// missed in it for ever.
pub(crate) async fn settle(signed: &SignedGuard, health: &Health, chain: &Chain, me: Address) {
    let mut hearing = Hearing::default();
    while !signed.is_settled() {
        if let Some(height) = hearing.shown(health, chain, me) {
            match signed.settle(height) {
                Ok(()) => {
                    let floor = signed.floor();
                    info!(%height, %floor, "the others are heard: this node signs above the floor");
                }
                Err(error) => warn!(%error, "the signed file could not be written"),
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let claims = loop {
        match claims(health, chain, me) {
            Some(claims) => break claims,
            None => tokio::time::sleep(LOOK_EVERY).await,
        }
    };
    let tip = Height(chain.tip().height);
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

/// How far the ledger is, as its validators say and this node has seen.
#[derive(Default)]
pub(crate) struct Hearing {
    /// What each peer said first. What it has said since is of blocks that nobody can have forgotten votes for.
    first: BTreeMap<PeerId, Height>,
    /// How far this node was when it last looked.
    tip: u64,
    /// Since when it waits for what less than a third of the power claims.
    waits: Option<Instant>,
}

impl Hearing {
    /// The height to which this node has followed the ledger, once enough validators have said how far they are, and
    /// that is as far: see the [module](self).
    pub(crate) fn shown(&mut self, health: &Health, chain: &Chain, me: Address) -> Option<Height> {
        let peers = health.peers();
        for (id, peer) in &peers {
            if let (true, Some(status)) = (peer.connected, peer.status) {
                self.first.entry(*id).or_insert(status.height);
            }
        }
        let first = |(id, peer): &(PeerId, Peer)| {
            let height = self.first.get(id);
            let status =
                peer.status.zip(height).map(|(status, height)| NodeStatus { height: *height, ..status });
            Peer { status, ..peer.clone() }
        };
        let claims = claims_among(peers.iter().map(first), chain, me)?;
        let tip = Height(chain.tip().height);
        let moved = std::mem::replace(&mut self.tip, tip.0) != tip.0;
        let (beyond, reached): (Vec<&Claim>, Vec<&Claim>) =
            claims.iter().partition(|claim| claim.height > tip);
        let power = beyond.iter().fold(0_u128, |power, claim| power + u128::from(claim.power));
        if beyond.is_empty() {
            return Some(tip);
        }
        if !may_all_lie(power, total_power(chain)) {
            self.waits = None;
            return None;
        }
        // Blocks that nobody else has are from who claims them.
        let now = |claim: &Claim| {
            let nodes = peers.iter().filter(|(_, peer)| peer.member == claim.member);
            nodes.filter_map(|(_, peer)| peer.status).map(|status| status.height.0).max()
        };
        let others = reached.into_iter().filter_map(now).max().unwrap_or(0);
        if moved && tip.0 > others.saturating_add(STALE_HEIGHTS) {
            self.waits = None;
        }
        if self.waits.get_or_insert_with(Instant::now).elapsed() < SHOWN_WITHIN {
            return None;
        }
        for Claim { member, height, .. } in beyond {
            warn!(%member, claimed = %height, %tip, "a validator claims a height that no block shows: it is not believed");
        }
        Some(tip)
    }
}

/// Less than a third of the power may all be faulty.
fn may_all_lie(power: u128, total: u64) -> bool {
    3 * power < u128::from(total)
}

/// As [`claims_among`], of what the peers have said last.
fn claims(health: &Health, chain: &Chain, me: Address) -> Option<Vec<Claim>> {
    claims_among(health.peers().into_iter().map(|(_, peer)| peer), chain, me)
}

/// What the connected validators claim, when they and this one have more than two thirds of the power.
fn claims_among(peers: impl Iterator<Item = Peer>, chain: &Chain, me: Address) -> Option<Vec<Claim>> {
    let tip = chain.tip();
    let mut powers = powers(chain);
    let own_power = tip.validators.get(&me).map_or(0, |own| {
        // Whatever other nodes its member has say nothing that counts beside this one.
        powers.retain(|_, validator| validator.address != me);
        own.power()
    });
    let claims = claims_of(peers, &powers);
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
        let claim = Claim { member: peer.member, height: status.height, power: validator.power };
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
    let credible = claims.iter().filter(|claim| may_all_lie(far_below(claim.height), total));
    credible.map(|claim| claim.height).max().unwrap_or(Height(0))
}

#[cfg(test)]
mod tests {
    use bulla_types::BlockHash;

    use super::*;

    fn decided_of(heights: &[u64]) -> u64 {
        let claims: Vec<_> = (1..)
            .zip(heights)
            .map(|(member, &height)| Claim { member: MemberNumber(member), height: Height(height), power: 1 })
            .collect();
        decided(&claims, 4).0
    }

    #[test]
    fn a_member_with_many_nodes_counts_once() {
        let status = |height| {
            Some(NodeStatus {
                height: Height(height),
                block_hash: BlockHash::from_bytes([1; 32]),
                waiting: 0,
                newest_protocol: 1,
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
    fn a_third_of_the_power_cannot_all_lie_and_less_can() {
        assert!(may_all_lie(1, 4) && may_all_lie(33, 100));
        assert!(!may_all_lie(2, 4) && !may_all_lie(1, 3) && !may_all_lie(1, 1));
    }

    #[test]
    fn a_height_that_too_many_are_far_from_is_not_believed() {
        assert_eq!(decided_of(&[u64::MAX, 100, 99]), 100);
        assert_eq!(decided_of(&[u64::MAX, 3, 99]), 99);
    }
}
