//! Which node is whose, by the members' PEER keys.

use std::collections::BTreeMap;

use bulla_network::{PeerId, peer_id_of};
use bulla_types::{Genesis, KeyPurpose, MemberNumber};

use crate::health::Peer;

/// The nodes of the founders, this one left out.
pub(crate) fn of_founders(genesis: &Genesis, own: PeerId) -> BTreeMap<PeerId, Peer> {
    let mut peers = BTreeMap::new();
    for (number, founder) in (1..).zip(genesis.founders()) {
        for declared in founder.member.keys.iter().filter(|key| key.purpose == KeyPurpose::Peer) {
            let Ok(peer_id) = peer_id_of(&declared.key.to_bytes()) else { continue };
            if peer_id != own {
                let peer = Peer { member: MemberNumber(number), connected: false, status: None };
                peers.insert(peer_id, peer);
            }
        }
    }
    peers
}
