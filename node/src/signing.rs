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
use bulla_types::{Address, Height, Validator};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::claims::{Claim, STALE_HEIGHTS, claims, claims_among, decided, may_all_lie, total_power};
use crate::health::{Health, Peer};

/// How often the peers' heights are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How often it is looked at whether a height that is held back is passed.
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(1);

/// A peer that has blocks which no other one has, and is connected, has sent some within this.
pub(crate) const SHOWN_WITHIN: Duration = Duration::from_secs(30);

/// Waits until a record of votes that is in doubt is settled. Consensus must not start before, but as an observer: a
/// validator that stays silent in the first round of a height is missed in it for ever.
pub(crate) async fn settle(signed: &SignedGuard, health: &Health, chain: &Chain, me: Address) {
    let mut hearing = Hearing::default();
    while !signed.is_settled() {
        if let Some(height) = hearing.shown(health, chain, Some(me)) {
            end_doubt(signed, height);
            tell_if_needed(signed, chain, me);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Waits until validators with more than two thirds of the power, this one included, have said how far they are, and
/// holds this node's signatures back accordingly. Once, before the first consensus with a vote: the disk is not put back
/// while the node runs.
pub(crate) async fn hold_back(signed: &SignedGuard, health: &Health, chain: &Chain, me: Address) {
    let claims = loop {
        match claims(health, chain, Some(me)) {
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

/// Settles the record of a node that has a key and no vote, so that it does not stand in doubt when the ledger gives it
/// one: the heights that a record gives up are its first then, and where the others cannot decide without it, none would
/// ever be decided.
pub(crate) async fn keep_settled(signed: Arc<SignedGuard>, health: Arc<Health>, chain: Arc<Chain>) {
    let mut hearing = None;
    loop {
        tokio::time::sleep(LOOK_AGAIN_EVERY).await;
        if signed.is_settled() {
            hearing = None;
        } else if let Some(height) = hearing.get_or_insert_with(Hearing::default).shown(&health, &chain, None)
        {
            end_doubt(&signed, height);
        }
    }
}

fn end_doubt(signed: &SignedGuard, height: Height) {
    match signed.settle(height) {
        Ok(()) => {
            let floor = signed.floor();
            info!(%height, %floor, "the others are heard: this node signs above the floor");
        }
        Err(error) => warn!(%error, "the signed file could not be written"),
    }
}

/// Nobody decides the heights that are given up where the others have too little power without this node.
fn tell_if_needed(signed: &SignedGuard, chain: &Chain, me: Address) {
    let (tip, floor) = (chain.tip(), signed.floor());
    let own = tip.validators.get(&me).map_or(0, Validator::power);
    let others = total_power(chain).saturating_sub(own);
    if floor.0 > tip.height && !tip.validators.quorum(others) {
        warn!(
            %floor,
            "the others decide nothing without this validator, which has bound itself to silence up to the floor: if the \
                ledger stands still and no newer state of this data folder exists, trust_copied_data unbinds it"
        );
    }
}

/// Lets go of a height that was held back on a false claim, so that no single validator can silence another: at once
/// when too many say that they are far below it, and otherwise when no block shows it for [`SHOWN_WITHIN`]. Ends when
/// this node may sign at the height that runs and was silent in it so far: its consensus has to start again to vote
/// there. Never ends when the height is passed.
pub(crate) async fn release(signed: &SignedGuard, health: &Health, chain: &Chain, me: Address) {
    let mut patience = Patience::default();
    while signed.held_back().0 > chain.tip().height {
        tokio::time::sleep(LOOK_AGAIN_EVERY).await;
        let Some(claims) = claims(health, chain, Some(me)) else { continue };
        let (held_back, tip) = (signed.held_back(), Height(chain.tip().height));
        let (beyond, others): (Vec<Claim>, Vec<Claim>) =
            claims.iter().partition(|claim| claim.height >= held_back);
        let furthest = others.iter().map(|claim| claim.height).max().unwrap_or(tip);
        let decided = if patience.ends(&beyond, furthest, tip, total_power(chain)) {
            tell_not_believed(&beyond, tip);
            furthest.max(tip)
        } else {
            decided(&claims, total_power(chain))
        };
        if decided < held_back {
            signed.hold_back(decided);
            if decided.0 <= chain.tip().height {
                return;
            }
        }
    }
    std::future::pending::<()>().await;
}

fn tell_not_believed(beyond: &[Claim], tip: Height) {
    for Claim { member, height, .. } in beyond {
        warn!(%member, claimed = %height, %tip, "a validator claims a height that no block shows: it is not believed");
    }
}

/// How long claims are borne that no block has shown yet.
#[derive(Default)]
struct Patience {
    /// How far this node was when it last looked.
    tip: u64,
    /// Since when it waits for what less than a third of the power claims.
    waits: Option<Instant>,
}

impl Patience {
    /// Whether these claims are let go: all of them may be false, and for [`SHOWN_WITHIN`] this node has come no further
    /// than the others say that they are. Blocks that nobody else has would be from who claims them.
    fn ends(&mut self, beyond: &[Claim], others: Height, tip: Height, total: u64) -> bool {
        let moved = std::mem::replace(&mut self.tip, tip.0) != tip.0;
        let power = beyond.iter().fold(0_u128, |power, claim| power + u128::from(claim.power));
        if !may_all_lie(power, total) {
            self.waits = None;
            return false;
        }
        if moved && tip.0 > others.0.saturating_add(STALE_HEIGHTS) {
            self.waits = None;
        }
        !beyond.is_empty() && self.waits.get_or_insert_with(Instant::now).elapsed() >= SHOWN_WITHIN
    }
}

/// How far the ledger is, as its validators say and this node has seen.
#[derive(Default)]
pub(crate) struct Hearing {
    /// What each peer said first. What it has said since is of blocks that nobody can have forgotten votes for.
    first: BTreeMap<PeerId, Height>,
    patience: Patience,
}

impl Hearing {
    /// The height to which this node has followed the ledger, once enough validators have said how far they are, and
    /// that is as far: see the [module](self). `me` is the validator that this node is, if it is one.
    pub(crate) fn shown(&mut self, health: &Health, chain: &Chain, me: Option<Address>) -> Option<Height> {
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
        let (beyond, reached): (Vec<Claim>, Vec<Claim>) = claims.iter().partition(|claim| claim.height > tip);
        let now = |claim: &Claim| {
            let nodes = peers.iter().filter(|(_, peer)| peer.member == claim.member);
            nodes.filter_map(|(_, peer)| peer.status).map(|status| status.height).max()
        };
        let others = reached.iter().filter_map(now).max().unwrap_or(Height(0));
        let let_go = self.patience.ends(&beyond, others, tip, total_power(chain));
        if let_go {
            tell_not_believed(&beyond, tip);
        }
        (let_go || beyond.is_empty()).then_some(tip)
    }
}

#[cfg(test)]
mod tests {
    use bulla_types::MemberNumber;

    use super::*;

    fn claim(height: u64, power: u64) -> Claim {
        Claim { member: MemberNumber(1), height: Height(height), power }
    }

    /// What a node at height 10, of which the others say that they are at 9 or so, thinks of a claim of 40 that comes
    /// from this much of a power of four.
    async fn lets_go_after(patience: &mut Patience, power: u64, wait: Duration) -> bool {
        patience.ends(&[claim(40, power)], Height(9), Height(10), 4);
        tokio::time::advance(wait).await;
        patience.ends(&[claim(40, power)], Height(9), Height(10), 4)
    }

    #[tokio::test(start_paused = true)]
    async fn what_one_of_four_claims_and_no_block_shows_is_let_go_in_time() {
        assert!(!lets_go_after(&mut Patience::default(), 1, SHOWN_WITHIN / 2).await);
        assert!(lets_go_after(&mut Patience::default(), 1, SHOWN_WITHIN).await);
    }

    #[tokio::test(start_paused = true)]
    async fn what_two_of_four_claim_is_waited_for_however_long_it_takes() {
        assert!(!lets_go_after(&mut Patience::default(), 2, 100 * SHOWN_WITHIN).await);
    }

    #[tokio::test(start_paused = true)]
    async fn blocks_that_nobody_else_has_bear_a_claim_out() {
        let mut patience = Patience::default();
        for tip in [1_000, 2_000, 3_000] {
            assert!(!patience.ends(&[claim(9_000, 1)], Height(9), Height(tip), 4));
            tokio::time::advance(SHOWN_WITHIN).await;
        }
        assert!(patience.ends(&[claim(9_000, 1)], Height(9), Height(3_000), 4));
    }
}
