//! What this node sends: relay batches and statuses.

use std::time::Instant;

use bytes::Bytes;
use libp2p::PeerId;
use libp2p::request_response::{OutboundFailure, OutboundRequestId};
use tracing::debug;

use super::Host;
use super::connections::as_u64;
use crate::counters::{add, count};
use crate::relay::RelayAnswer;
use crate::relay_queue::Progress;

impl Host {
    /// Queues a batch for every connected peer that may have openings.
    pub(super) fn relay(&mut self, batch: &Bytes) {
        let connected = self.links.iter_mut().filter(|(_, link)| link.is_connected());
        for (_, link) in connected.filter(|(peer, _)| self.readers.has(peer)) {
            if !link.relay.push(batch.clone(), &self.limits) {
                link.relay_dropped += 1;
                count(&self.counters.relay_batches_dropped);
            }
        }
        self.attend_to_all();
    }

    /// Sends to a connected peer what it may be sent now.
    pub(super) fn send_waiting(&mut self, peer: PeerId, now: Instant) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        if !self.readers.has(&peer) {
            // It could have openings when these were queued.
            let dropped = as_u64(link.relay.clear());
            link.relay_dropped += dropped;
            add(&self.counters.relay_batches_dropped, dropped);
        }
        let mut sent_bytes = 0;
        let behaviour = self.swarm.behaviour_mut();
        while let Some(batch) = link.relay.pop(now, &self.limits) {
            sent_bytes += batch.bytes.len();
            count(&self.counters.relay_batches_sent);
            let id = behaviour.relay.send_request(&peer, Ok(batch.bytes.clone()));
            link.relay.sent(id, batch);
        }
        let status = *self.status.borrow();
        if let Some(status) =
            status.filter(|_| link.status.tell_at(status.as_ref()).is_some_and(|at| at <= now))
        {
            let frame = status.encode();
            sent_bytes += frame.len();
            count(&self.counters.statuses_sent);
            let id = behaviour.status.send_request(&peer, Ok(frame));
            link.status.telling(id, status, now, self.limits.status_interval);
        }
        self.charge_sent(peer, sent_bytes);
    }

    pub(super) fn on_relay_answer(
        &mut self,
        peer: PeerId,
        id: OutboundRequestId,
        answer: RelayAnswer,
        now: Instant,
    ) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        if matches!(answer, RelayAnswer::Busy { .. }) {
            count(&self.counters.relay_busy_heard);
        }
        let progress = link.relay.answered(id, answer, now, &self.limits);
        self.account(peer, progress);
        self.attend_to(peer, now);
    }

    pub(super) fn on_relay_failed(
        &mut self,
        peer: PeerId,
        id: OutboundRequestId,
        failure: &OutboundFailure,
        now: Instant,
    ) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        debug!(%peer, %failure, "relay batch not delivered");
        let closed_one_of_two = matches!(failure, OutboundFailure::ConnectionClosed) && link.is_connected();
        let progress = link.relay.failed(id, closed_one_of_two);
        self.account(peer, progress);
        self.attend_to(peer, now);
    }

    fn account(&mut self, peer: PeerId, progress: Progress) {
        match progress {
            Progress::Taken(entries) => add(&self.counters.relay_entries_taken, entries.into()),
            Progress::Dropped => {
                count(&self.counters.relay_batches_dropped);
                if let Some(link) = self.links.get_mut(&peer) {
                    link.relay_dropped += 1;
                }
            }
            Progress::Kept | Progress::Unknown => {}
        }
    }

    pub(super) fn charge_sent(&mut self, peer: PeerId, bytes: usize) {
        let bytes = as_u64(bytes);
        add(&self.counters.bytes_out, bytes);
        if let Some(link) = self.links.get_mut(&peer) {
            link.bytes_out += bytes;
        }
    }
}
