//! How far the validators say that they are, and how much of it is believed.
//!
//! A height is a word. Less than a third of the power may say anything; a third and more holds somebody who keeps to the
//! protocol. What rests on less is borne for a while at most.

use std::collections::BTreeMap;

use bulla_chain::Chain;
use bulla_types::{Address, Height, MemberNumber};

use crate::health::{Health, Peer};
use crate::powers::{MemberPower, powers};

/// Nodes tell their height when it changes, some times a second at most; so many heights they may be apart in
/// what they said and yet be at one.
pub(crate) const STALE_HEIGHTS: u64 = 32;

/// What a validator says of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) member: MemberNumber,
    pub(crate) height: Height,
    pub(crate) power: u64,
}

/// Less than a third of the power may all be faulty.
pub(crate) fn may_all_lie(power: u128, total: u64) -> bool {
    3 * power < u128::from(total)
}

/// As [`claims_among`], of what the peers have said last.
pub(crate) fn claims(health: &Health, chain: &Chain, me: Option<Address>) -> Option<Vec<Claim>> {
    claims_among(health.peers().into_iter().map(|(_, peer)| peer), chain, me)
}

/// What the connected validators claim, when they and this one have more than two thirds of the power.
pub(crate) fn claims_among(
    peers: impl Iterator<Item = Peer>,
    chain: &Chain,
    me: Option<Address>,
) -> Option<Vec<Claim>> {
    let tip = chain.tip();
    let mut powers = powers(chain);
    let own_power = me.and_then(|me| tip.validators.get(&me)).map_or(0, |own| {
        // Whatever other nodes its member has say nothing that counts beside this one.
        powers.retain(|_, validator| validator.address != own.address());
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

pub(crate) fn total_power(chain: &Chain) -> u64 {
    chain.tip().validators.total_power()
}

/// The highest claim that can be true. A height is decided by more than two thirds of the power, all of them at
/// the one before it; so it is not, when a third says it is far below.
pub(crate) fn decided(claims: &[Claim], total: u64) -> Height {
    let far_below = |height: Height| {
        claims
            .iter()
            .filter(|claim| claim.height.0.saturating_add(STALE_HEIGHTS) < height.0)
            .fold(0_u128, |power, claim| power + u128::from(claim.power))
    };
    let credible = claims.iter().filter(|claim| may_all_lie(far_below(claim.height), total));
    credible.map(|claim| claim.height).max().unwrap_or(Height(0))
}

/// The highest height that some honest validator says it has reached, if less than a third of the power is faulty; none
/// when those who have said something have less.
pub(crate) fn vouched(peers: impl Iterator<Item = Peer>, chain: &Chain) -> Option<Height> {
    vouched_among(claims_of(peers, &powers(chain)), total_power(chain))
}

fn vouched_among(mut claims: Vec<Claim>, total: u64) -> Option<Height> {
    claims.sort_by_key(|claim| std::cmp::Reverse(claim.height));
    let mut power = 0_u128;
    let vouched = claims.iter().find(|claim| {
        power += u128::from(claim.power);
        !may_all_lie(power, total)
    });
    vouched.map(|claim| claim.height)
}

#[cfg(test)]
mod tests {
    use bulla_network::NodeStatus;
    use bulla_types::BlockHash;

    use super::*;

    fn of_four(heights: &[u64]) -> Vec<Claim> {
        let claim =
            |(member, &height)| Claim { member: MemberNumber(member), height: Height(height), power: 1 };
        (1..).zip(heights).map(claim).collect()
    }

    fn decided_of(heights: &[u64]) -> u64 {
        decided(&of_four(heights), 4).0
    }

    #[test]
    fn one_of_four_alone_vouches_for_nothing_and_two_do() {
        let vouched = |heights: &[u64]| vouched_among(of_four(heights), 4).map(|height| height.0);
        assert_eq!(vouched(&[u64::MAX]), None);
        assert_eq!(vouched(&[7, u64::MAX]), Some(7));
        assert_eq!(vouched(&[9, 7, u64::MAX, 8]), Some(9));
        assert_eq!(vouched(&[]), None);
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
