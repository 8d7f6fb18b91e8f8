//! What peers tell of their chains, compared with this node's.

use std::collections::{BTreeMap, VecDeque};

use bulla_network::PeerId;
use bulla_types::{BlockHash, Height};

/// Statuses of one peer, for heights that this node has not reached, that are kept until it has. A node that is further
/// behind compares with the newest of them.
const AHEAD_MAX: usize = 64;

/// Peers of which something is kept: more than any ledger lets in.
const PEERS_MAX: usize = 1024;

/// A peer names another block than this node has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) height: Height,
    pub(super) own: BlockHash,
    pub(super) told: BlockHash,
}

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Told {
    peers: BTreeMap<PeerId, Peer>,
}

#[derive(Debug, Default)]
struct Peer {
    /// Heights that this node has not committed, oldest word first.
    ahead: VecDeque<(Height, BlockHash)>,
    /// The highest block of this node that the peer has named as its own.
    agreed: Option<Height>,
}

impl Told {
    /// Takes a peer's word. `own` is this node's block at that height, once it has one.
    pub(super) fn hear(
        &mut self,
        peer: PeerId,
        height: Height,
        told: BlockHash,
        own: Option<BlockHash>,
    ) -> Option<Difference> {
        if self.peers.len() >= PEERS_MAX && !self.peers.contains_key(&peer) {
            self.peers.pop_first();
        }
        let known = self.peers.entry(peer).or_default();
        match own {
            Some(own) => known.compare(height, told, own),
            None => {
                if !known.ahead.contains(&(height, told)) {
                    if known.ahead.len() >= AHEAD_MAX {
                        known.ahead.pop_front();
                    }
                    known.ahead.push_back((height, told));
                }
                None
            }
        }
    }

    /// Compares what was told of heights that this node has reached since. `own` gives its block; a height of which it
    /// holds none is passed over.
    pub(super) fn reached(
        &mut self,
        tip: Height,
        mut own: impl FnMut(Height) -> Option<BlockHash>,
    ) -> Vec<(PeerId, Difference)> {
        let mut differences = Vec::new();
        for (id, peer) in &mut self.peers {
            let ahead = std::mem::take(&mut peer.ahead);
            for (height, told) in ahead {
                if height > tip {
                    peer.ahead.push_back((height, told));
                } else if let Some(own) = own(height) {
                    differences.extend(peer.compare(height, told, own).map(|found| (*id, found)));
                }
            }
        }
        differences
    }

    /// The highest block of this node that a peer has named as its own, so far; 0 for none.
    pub(super) fn agreed(&self, peer: &PeerId) -> Height {
        self.peers.get(peer).and_then(|peer| peer.agreed).unwrap_or(Height(0))
    }
}

impl Peer {
    fn compare(&mut self, height: Height, told: BlockHash, own: BlockHash) -> Option<Difference> {
        if told == own {
            self.agreed = self.agreed.max(Some(height));
            return None;
        }
        Some(Difference { height, own, told })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn hash(number: u8) -> BlockHash {
        BlockHash::from_bytes([number; 32])
    }

    /// The chain of this node: at each height the hash of that number.
    fn own(height: Height) -> Option<BlockHash> {
        Some(hash(u8::try_from(height.0).unwrap()))
    }

    #[test]
    fn another_block_at_a_committed_height_is_a_difference_and_the_same_one_is_agreement() {
        let (mut told, peer) = (Told::default(), PeerId::random());
        assert_eq!(told.hear(peer, Height(7), hash(7), own(Height(7))), None);
        assert_eq!(told.agreed(&peer), Height(7));
        let found = told.hear(peer, Height(8), hash(99), own(Height(8)));
        assert_eq!(found, Some(Difference { height: Height(8), own: hash(8), told: hash(99) }));
        assert_eq!(told.agreed(&peer), Height(7));
        assert_eq!(told.hear(peer, Height(3), hash(3), own(Height(3))), None);
        assert_eq!(told.agreed(&peer), Height(7), "a late word takes nothing back");
    }

    #[test]
    fn what_is_told_of_a_height_ahead_is_compared_when_it_is_reached() {
        let (mut told, [honest, other]) = (Told::default(), [PeerId::random(), PeerId::random()]);
        assert_eq!(told.hear(honest, Height(9), hash(9), None), None);
        assert_eq!(told.hear(other, Height(9), hash(99), None), None);
        assert_eq!(told.hear(other, Height(12), hash(99), None), None);
        assert_eq!(told.reached(Height(8), own), []);
        let difference =
            |height| Difference { height: Height(height), own: own(Height(height)).unwrap(), told: hash(99) };
        assert_eq!(told.reached(Height(10), own), [(other, difference(9))]);
        assert_eq!((told.agreed(&honest), told.agreed(&other)), (Height(9), Height(0)));
        assert_eq!(told.reached(Height(20), own), [(other, difference(12))]);
        assert_eq!(told.reached(Height(20), own), [], "each word is compared once");
    }

    #[test]
    fn two_words_of_one_peer_for_one_height_are_both_compared() {
        let (mut told, peer) = (Told::default(), PeerId::random());
        told.hear(peer, Height(9), hash(9), None);
        told.hear(peer, Height(9), hash(99), None);
        assert_eq!(told.reached(Height(9), own).len(), 1);
        assert_eq!(told.agreed(&peer), Height(9));
    }

    #[test]
    fn a_height_whose_block_is_not_held_is_passed_over() {
        let (mut told, peer) = (Told::default(), PeerId::random());
        told.hear(peer, Height(9), hash(99), None);
        assert_eq!(told.reached(Height(20), |_| None), []);
        assert_eq!(told.reached(Height(20), own), []);
    }

    #[test]
    fn a_peer_that_runs_ahead_takes_no_more_room_than_its_own_share() {
        let (mut told, [flood, quiet]) = (Told::default(), [PeerId::random(), PeerId::random()]);
        told.hear(quiet, Height(9), hash(99), None);
        for height in 100..100_000 {
            told.hear(flood, Height(height), hash(1), None);
            told.hear(flood, Height(height), hash(1), None);
        }
        assert_eq!(told.peers[&flood].ahead.len(), AHEAD_MAX);
        assert_eq!(told.reached(Height(9), own).len(), 1, "the word of another is still there");
        for _ in 0..2 * PEERS_MAX {
            told.hear(PeerId::random(), Height(1), hash(1), None);
        }
        assert_eq!(told.peers.len(), PEERS_MAX);
    }
}
