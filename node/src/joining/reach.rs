//! Whom a node that joins reaches, as far as the network tells.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bulla_network::{NetworkEvent, PeerId};
use bulla_types::ReasonCode;

use crate::hang_ups::HangUps;

/// See the [module](self). Only whom the configuration names comes here.
#[derive(Debug, Default)]
pub(super) struct Reach(Mutex<BTreeMap<PeerId, Reached>>);

#[derive(Debug, Default)]
struct Reached {
    connected: bool,
    of_another_ledger: bool,
    hang_ups: HangUps,
}

impl Reach {
    pub(super) fn note(&self, event: &NetworkEvent) {
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut peer = |peer: &PeerId, note: fn(&mut Reached)| note(peers.entry(*peer).or_default());
        match event {
            NetworkEvent::Connected { peer: id } => peer(id, |peer| {
                peer.connected = true;
                peer.of_another_ledger = false;
                peer.hang_ups.connected();
            }),
            NetworkEvent::Disconnected { peer: id } => peer(id, |peer| {
                peer.connected = false;
                peer.hang_ups.disconnected();
            }),
            NetworkEvent::Status { peer: id, .. } => peer(id, |peer| peer.hang_ups.spoke()),
            NetworkEvent::OtherLedger { peer: id, .. } => peer(id, |peer| {
                peer.of_another_ledger = true;
                peer.hang_ups.spoke();
            }),
            _ => {}
        }
    }

    /// What is wrong when nobody can be asked for a snapshot; none when somebody can.
    pub(super) fn trouble(&self) -> Option<ReasonCode> {
        let peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connected = || peers.values().filter(|peer| peer.connected);
        if !connected().any(|peer| peer.hang_ups.speaks())
            && peers.values().any(|peer| peer.hang_ups.refuses())
        {
            Some(ReasonCode::NodeNotLetIn)
        } else if connected().next().is_none() {
            Some(ReasonCode::NoPeerConnected)
        } else if connected().all(|peer| peer.of_another_ledger) {
            Some(ReasonCode::LedgerDiffers)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use bulla_types::LedgerId;

    use super::*;

    #[test]
    fn it_is_told_apart_why_nobody_can_be_asked() {
        let (reach, peer) = (Reach::default(), PeerId::random());
        assert_eq!(reach.trouble(), Some(ReasonCode::NoPeerConnected));
        for _ in 0..3 {
            reach.note(&NetworkEvent::Connected { peer });
            reach.note(&NetworkEvent::Disconnected { peer });
        }
        assert_eq!(reach.trouble(), Some(ReasonCode::NodeNotLetIn));
        reach.note(&NetworkEvent::Connected { peer });
        let ledger_id = LedgerId::from_bytes([7; 32]);
        reach.note(&NetworkEvent::OtherLedger { peer, ledger_id });
        assert_eq!(reach.trouble(), Some(ReasonCode::LedgerDiffers));
        let other = PeerId::random();
        reach.note(&NetworkEvent::Connected { peer: other });
        assert_eq!(reach.trouble(), None, "it can be asked");
    }
}
