//! The ledger lane: which ledger a peer is of that has no lane in common with this node.

use std::time::Instant;

use bulla_types::LedgerId;
use bytes::Bytes;
use libp2p::PeerId;
use libp2p::request_response::{Event, Message};
use tracing::debug;

use super::Host;
use super::inbound::LaneEvent;
use crate::event::NetworkEvent;
use crate::lane::LEDGER_ID_BYTES;

impl Host {
    /// Asks a peer which ledger it is of.
    pub(super) fn ask_ledger(&mut self, peer: PeerId) {
        self.swarm.behaviour_mut().ledger.send_request(&peer, Ok(Bytes::new()));
    }

    pub(super) fn on_ledger(&mut self, event: LaneEvent, now: Instant) {
        match event {
            Event::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                match self.accept(peer, request, |link| &mut link.status_budget, now) {
                    Some(Ok(_)) => {
                        let own = Bytes::copy_from_slice(self.ledger_id.as_bytes());
                        self.charge_sent(peer, own.len());
                        // The peer may have stopped waiting.
                        let _ = self.swarm.behaviour_mut().ledger.send_response(channel, own);
                    }
                    Some(Err(misconduct)) => self.set_aside(peer, &misconduct, now),
                    None => {}
                }
            }
            Event::Message { peer, message: Message::Response { response, .. }, .. } => {
                let answered = <[u8; LEDGER_ID_BYTES]>::try_from(response.as_ref()).map(LedgerId::from_bytes);
                match answered {
                    Ok(ledger_id) if ledger_id != self.ledger_id => {
                        self.emit(NetworkEvent::OtherLedger { peer, ledger_id });
                    }
                    _ => debug!(%peer, "a peer speaks other versions of the lanes"),
                }
            }
            Event::OutboundFailure { .. } | Event::InboundFailure { .. } | Event::ResponseSent { .. } => {}
        }
    }
}
