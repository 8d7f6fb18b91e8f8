//! What peers send. Every byte is hostile until it is within its peer's budget and its lane's rules.

use std::time::Instant;

use bytes::Bytes;
use futures::FutureExt;
use libp2p::PeerId;
use libp2p::request_response::{Event, Message, OutboundFailure, ResponseChannel};
use tokio::sync::oneshot;
use tracing::warn;

use super::connections::as_u64;
use super::{Host, PendingAnswer};
use crate::budget::InboundBudget;
use crate::counters::{add, count};
use crate::event::{NetworkEvent, RelayReply, RelayVerdict};
use crate::frame::Oversize;
use crate::link::Link;
use crate::misconduct::Misconduct;
use crate::relay::RelayAnswer;
use crate::relay_credit::Offer;
use crate::status::NodeStatus;

pub(super) type LaneEvent = Event<Result<Bytes, Oversize>, Bytes>;

impl Host {
    pub(super) fn on_relay(&mut self, event: LaneEvent, now: Instant) {
        match event {
            Event::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                match self.accept(peer, request, |link| &mut link.relay_budget, now) {
                    Some(Ok(batch)) => self.on_batch(peer, batch, channel, now),
                    Some(Err(misconduct)) => self.set_aside(peer, &misconduct, now),
                    None => {}
                }
            }
            Event::Message { peer, message: Message::Response { request_id, response }, .. } => {
                match RelayAnswer::decode(&response) {
                    Some(answer) => self.on_relay_answer(peer, request_id, answer, now),
                    None => {
                        let misconduct = Misconduct::MalformedAnswer { bytes: response.len() };
                        self.set_aside(peer, &misconduct, now);
                    }
                }
            }
            Event::OutboundFailure { peer, request_id, error, .. } => {
                self.on_relay_failed(peer, request_id, &error, now);
            }
            // The peer went away before it had its answer; it will offer the batch again.
            Event::InboundFailure { .. } | Event::ResponseSent { .. } => {}
        }
    }

    pub(super) fn on_status(&mut self, event: LaneEvent, now: Instant) {
        match event {
            Event::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                match self.accept(peer, request, |link| &mut link.status_budget, now) {
                    Some(Ok(frame)) => self.on_peer_status(peer, &frame, channel, now),
                    Some(Err(misconduct)) => self.set_aside(peer, &misconduct, now),
                    None => {}
                }
            }
            Event::Message { peer, message: Message::Response { request_id, .. }, .. } => {
                if let Some(link) = self.links.get_mut(&peer) {
                    link.status.answered(request_id);
                    self.attend_to(peer, now);
                }
            }
            Event::OutboundFailure { peer, request_id, error, .. } => {
                if let Some(link) = self.links.get_mut(&peer) {
                    link.status.failed(request_id, now);
                }
                if matches!(error, OutboundFailure::UnsupportedProtocols) {
                    self.ask_ledger(peer);
                }
            }
            Event::InboundFailure { .. } | Event::ResponseSent { .. } => {}
        }
    }

    /// Charges a frame to its peer. `None` when the peer has just been removed or set aside.
    pub(super) fn accept(
        &mut self,
        peer: PeerId,
        frame: Result<Bytes, Oversize>,
        budget: impl FnOnce(&mut Link) -> &mut InboundBudget,
        now: Instant,
    ) -> Option<Result<Bytes, Misconduct>> {
        let link = self.links.get_mut(&peer).filter(|link| !link.is_set_aside())?;
        let frame = match frame {
            Ok(frame) => frame,
            Err(oversize) => return Some(Err(oversize.into())),
        };
        let bytes = as_u64(frame.len());
        link.bytes_in += bytes;
        add(&self.counters.bytes_in, bytes);
        Some(budget(link).spend(now, bytes).map(|()| frame).map_err(Misconduct::from))
    }

    fn on_batch(&mut self, peer: PeerId, batch: Bytes, channel: ResponseChannel<Bytes>, now: Instant) {
        count(&self.counters.relay_batches_received);
        let Some(link) = self.links.get_mut(&peer) else { return };
        match link.relay_credit.offered(now, &self.limits) {
            Offer::LookAt => {}
            Offer::TooEarly { retry_after } => {
                count(&self.counters.relay_batches_unread);
                return self.answer_batch(peer, channel, RelayAnswer::Busy { retry_after });
            }
            Offer::DoesNotWait { batches } => {
                return self.set_aside(peer, &Misconduct::DoesNotWait { batches }, now);
            }
        }
        let (reply, verdict) = oneshot::channel();
        // An event that the node does not take drops its reply, which answers "busy".
        self.emit(NetworkEvent::Relay { peer, batch, reply: RelayReply(reply) });
        let pending = async move {
            let verdict = verdict.await.unwrap_or(RelayVerdict::NOT_TAKEN);
            PendingAnswer::Relay { peer, channel, verdict }
        };
        self.answers.push(pending.boxed());
    }

    pub(super) fn answer(&mut self, pending: PendingAnswer, now: Instant) {
        match pending {
            PendingAnswer::Relay { peer, channel, verdict } => self.on_verdict(peer, channel, verdict, now),
            PendingAnswer::Turn(question) => self.hand_on(question),
            PendingAnswer::Answered { question, answer } => self.answer_question(question, answer),
            PendingAnswer::GivenUp => {}
        }
    }

    fn on_verdict(
        &mut self,
        peer: PeerId,
        channel: ResponseChannel<Bytes>,
        verdict: RelayVerdict,
        now: Instant,
    ) {
        let (answer, new, useless) = match verdict {
            RelayVerdict::Taken { new, useless } => (RelayAnswer::Taken(new), new, useless),
            RelayVerdict::Busy { retry_after, new, useless } => {
                (RelayAnswer::Busy { retry_after }, new, useless)
            }
            RelayVerdict::Misconduct(what) => return self.set_aside(peer, &Misconduct::Relayed(what), now),
        };
        add(&self.counters.relay_entries_useless, useless.into());
        if let Some(link) = self.links.get_mut(&peer) {
            let repeated = link.relay_credit.useless(now, useless);
            if let RelayAnswer::Busy { retry_after } = answer {
                link.relay_credit.comes_again(new.saturating_add(repeated), &self.limits);
                link.relay_credit.busy(now, retry_after);
            }
        }
        self.answer_batch(peer, channel, answer);
    }

    fn answer_batch(&mut self, peer: PeerId, channel: ResponseChannel<Bytes>, answer: RelayAnswer) {
        if matches!(answer, RelayAnswer::Busy { .. }) {
            count(&self.counters.relay_busy_said);
        }
        let bytes = answer.encode();
        self.charge_sent(peer, bytes.len());
        // An error means that the peer is gone or lost patience; it will offer the batch again.
        let _ = self.swarm.behaviour_mut().relay.send_response(channel, bytes);
    }

    fn on_peer_status(&mut self, peer: PeerId, frame: &[u8], channel: ResponseChannel<Bytes>, now: Instant) {
        let Some(status) = NodeStatus::decode(frame) else {
            return self.set_aside(peer, &Misconduct::MalformedStatus { bytes: frame.len() }, now);
        };
        count(&self.counters.statuses_received);
        if let Some(link) = self.links.get_mut(&peer) {
            link.status.heard = Some(status);
        }
        self.emit(NetworkEvent::Status { peer, status });
        // An error means that the peer is gone.
        let _ = self.swarm.behaviour_mut().status.send_response(channel, Bytes::new());
    }

    /// Cuts the peer off and keeps it out for a while. The list does both.
    pub(super) fn set_aside(&mut self, peer: PeerId, misconduct: &Misconduct, now: Instant) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        warn!(%peer, %misconduct, kept_out = ?self.limits.set_aside, "peer set aside");
        count(&self.counters.peers_set_aside);
        link.set_aside(now + self.limits.set_aside);
        self.swarm.behaviour_mut().allowed.disallow_peer(peer);
    }
}
