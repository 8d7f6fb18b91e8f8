//! The sync lane: questions of this node and of its peers.

use std::time::Instant;

use bytes::Bytes;
use futures::FutureExt;
use libp2p::PeerId;
use libp2p::request_response::{Event, InboundRequestId, Message, ResponseChannel};
use tokio::sync::oneshot;
use tracing::debug;

use super::connections::as_u64;
use super::inbound::LaneEvent;
use super::{Host, PendingAnswer};
use crate::counters::{add, count};
use crate::streams::{SyncReply, SyncRequest};
use crate::sync::{AnswerTo, SyncFailure};

impl Host {
    /// Asks a peer for blocks.
    pub(super) fn ask(&mut self, peer: PeerId, request: Bytes, answer_to: AnswerTo) {
        let connected = self.links.get(&peer).is_some_and(|link| link.is_connected() && !link.is_set_aside());
        if !connected {
            // Whoever asked may have stopped waiting; here and below.
            let _ = answer_to.send(Err(SyncFailure::NotConnected));
            return;
        }
        count(&self.counters.sync_requests_sent);
        self.charge_sent(peer, request.len());
        let id = self.swarm.behaviour_mut().sync.send_request(&peer, Ok(request));
        self.sync.asked.insert(id, answer_to);
    }

    pub(super) fn on_sync(&mut self, event: LaneEvent, now: Instant) {
        match event {
            Event::Message { peer, message: Message::Request { request_id, request, channel }, .. } => {
                match self.accept(peer, request, |link| &mut link.sync_budget, now) {
                    Some(Ok(request)) => self.on_sync_request(peer, request_id, request, channel),
                    Some(Err(misconduct)) => self.set_aside(peer, &misconduct, now),
                    None => {}
                }
            }
            Event::Message { peer, message: Message::Response { request_id, response }, .. } => {
                let bytes = as_u64(response.len());
                add(&self.counters.bytes_in, bytes);
                if let Some(link) = self.links.get_mut(&peer) {
                    link.bytes_in += bytes;
                }
                if let Some(answer_to) = self.sync.asked.remove(&request_id) {
                    let _ = answer_to.send(Ok(response));
                }
            }
            Event::OutboundFailure { peer, request_id, error, .. } => {
                debug!(%peer, %error, "no answer with blocks");
                count(&self.counters.sync_requests_failed);
                if let Some(answer_to) = self.sync.asked.remove(&request_id) {
                    let _ = answer_to.send(Err(SyncFailure::from(&error)));
                }
            }
            Event::InboundFailure { peer, request_id, .. } | Event::ResponseSent { peer, request_id, .. } => {
                self.sync.waiting.remove(&request_id);
                if let Some(link) = self.links.get_mut(&peer) {
                    link.sync_answers.remove(&request_id);
                }
            }
        }
    }

    fn on_sync_request(
        &mut self,
        peer: PeerId,
        id: InboundRequestId,
        request: Bytes,
        channel: ResponseChannel<Bytes>,
    ) {
        count(&self.counters.sync_requests_received);
        let (reply, answer) = oneshot::channel();
        let request = SyncRequest { peer, request, reply: SyncReply(reply) };
        let taken = self.attendance.now().is_some_and(|attendance| attendance.sync.try_send(request).is_ok());
        if !taken {
            // Dropping the channel tells the peer.
            count(&self.counters.sync_requests_refused);
            return;
        }
        let (waits, waits_no_longer) = oneshot::channel();
        self.sync.waiting.insert(id, waits);
        let pending = async move {
            let answer = tokio::select! {
                answer = answer => answer.ok(),
                _ = waits_no_longer => None,
            };
            PendingAnswer::Sync { peer, id, channel, answer }
        };
        self.answers.push(pending.boxed());
    }

    pub(super) fn answer_sync(
        &mut self,
        peer: PeerId,
        id: InboundRequestId,
        channel: ResponseChannel<Bytes>,
        answer: Option<Bytes>,
    ) {
        self.sync.waiting.remove(&id);
        let (Some(answer), Some(link)) = (answer, self.links.get_mut(&peer)) else { return };
        let bytes = as_u64(answer.len());
        if link.sync_bytes() + bytes > self.limits.sync_answers_bytes_max
            || answer.len() > self.limits.sync_answer_bytes_max
        {
            debug!(%peer, bytes, "too much under way to a peer that asks for blocks");
            count(&self.counters.sync_requests_refused);
            return;
        }
        if self.swarm.behaviour_mut().sync.send_response(channel, answer).is_ok() {
            link.sync_answers.insert(id, bytes);
            self.charge_sent(peer, usize::try_from(bytes).unwrap_or(usize::MAX));
        }
    }
}
