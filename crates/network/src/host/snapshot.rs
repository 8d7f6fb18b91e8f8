//! The snapshot lane: questions of a node that joins, and answers to others.

use std::time::Instant;

use bytes::Bytes;
use futures::FutureExt;
use libp2p::PeerId;
use libp2p::request_response::{Event, Message, ResponseChannel};
use tokio::sync::oneshot;
use tracing::debug;

use super::connections::as_u64;
use super::inbound::LaneEvent;
use super::{Host, PendingAnswer};
use crate::counters::{add, count};
use crate::event::NetworkEvent;
use crate::misconduct::Misconduct;
use crate::snapshot::{ANSWER_BYTES_MAX, SnapshotQuestion, SnapshotReply};
use crate::sync::{AnswerTo, SyncFailure};

impl Host {
    /// Asks a peer for a snapshot.
    pub(super) fn ask_snapshot(&mut self, peer: PeerId, question: Bytes, answer_to: AnswerTo) {
        let connected = self.links.get(&peer).is_some_and(|link| link.is_connected() && !link.is_set_aside());
        if !connected {
            // Whoever asked may have stopped waiting; here and below.
            let _ = answer_to.send(Err(SyncFailure::NotConnected));
            return;
        }
        self.charge_sent(peer, question.len());
        let id = self.swarm.behaviour_mut().snapshot.send_request(&peer, Ok(question));
        self.snapshots_asked.insert(id, answer_to);
    }

    pub(super) fn on_snapshot(&mut self, event: LaneEvent, now: Instant) {
        match event {
            Event::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                match self.accept(peer, request, |link| &mut link.snapshot_budget, now) {
                    Some(Ok(question)) => match SnapshotQuestion::decode(&question) {
                        Some(question) => self.on_snapshot_question(peer, question, channel),
                        None => self.set_aside(peer, &Misconduct::MalformedSnapshotQuestion, now),
                    },
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
                if let Some(answer_to) = self.snapshots_asked.remove(&request_id) {
                    let _ = answer_to.send(Ok(response));
                }
            }
            Event::OutboundFailure { peer, request_id, error, .. } => {
                debug!(%peer, %error, "no answer about a snapshot");
                if let Some(answer_to) = self.snapshots_asked.remove(&request_id) {
                    let _ = answer_to.send(Err(SyncFailure::from(&error)));
                }
            }
            Event::InboundFailure { .. } | Event::ResponseSent { .. } => {}
        }
    }

    /// The lane's streams bound the questions that wait, and so the answers.
    fn on_snapshot_question(
        &mut self,
        peer: PeerId,
        question: SnapshotQuestion,
        channel: ResponseChannel<Bytes>,
    ) {
        count(&self.counters.snapshot_questions_received);
        let (reply, answer) = oneshot::channel();
        // An event that the node does not take drops its reply.
        self.emit(NetworkEvent::Snapshot { peer, question, reply: SnapshotReply(reply) });
        let pending = async move { PendingAnswer::Snapshot { peer, channel, answer: answer.await.ok() } };
        self.answers.push(pending.boxed());
    }

    pub(super) fn answer_snapshot(
        &mut self,
        peer: PeerId,
        channel: ResponseChannel<Bytes>,
        answer: Option<Bytes>,
    ) {
        // Dropping the channel tells the peer.
        let Some(answer) = answer.filter(|answer| answer.len() <= ANSWER_BYTES_MAX) else { return };
        let bytes = answer.len();
        if self.swarm.behaviour_mut().snapshot.send_response(channel, answer).is_ok() {
            self.charge_sent(peer, bytes);
        }
    }
}
