//! The lanes on which nodes ask each other for what they lack: snapshots and openings.

use std::time::Instant;

use bytes::Bytes;
use futures::FutureExt;
use libp2p::PeerId;
use libp2p::request_response::{self, Event, Message, OutboundFailure, ResponseChannel};
use tokio::sync::oneshot;
use tracing::debug;

use super::connections::as_u64;
use super::inbound::LaneEvent;
use super::{Host, PendingAnswer};
use crate::budget::InboundBudget;
use crate::codec::FrameCodec;
use crate::counters::{add, count};
use crate::event::NetworkEvent;
use crate::link::Link;
use crate::misconduct::Misconduct;
use crate::openings::{self, OpeningsQuestion, OpeningsReply};
use crate::snapshot::{self, SnapshotQuestion, SnapshotReply};
use crate::sync::{AnswerTo, SyncFailure};

/// One of these lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum QuestionLane {
    Snapshot,
    Openings,
}

impl QuestionLane {
    fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Openings => "openings",
        }
    }

    fn answer_bytes_max(self) -> usize {
        match self {
            Self::Snapshot => snapshot::ANSWER_BYTES_MAX,
            Self::Openings => openings::ANSWER_BYTES_MAX,
        }
    }

    fn budget(self, link: &mut Link) -> &mut InboundBudget {
        match self {
            Self::Snapshot => &mut link.snapshot_budget,
            Self::Openings => &mut link.openings_budget,
        }
    }
}

impl Host {
    fn lane(&mut self, lane: QuestionLane) -> &mut request_response::Behaviour<FrameCodec> {
        let behaviour = self.swarm.behaviour_mut();
        match lane {
            QuestionLane::Snapshot => &mut behaviour.snapshot,
            QuestionLane::Openings => &mut behaviour.openings,
        }
    }

    /// Asks a peer.
    pub(super) fn question(
        &mut self,
        lane: QuestionLane,
        peer: PeerId,
        question: Bytes,
        answer_to: AnswerTo,
    ) {
        let connected = self.links.get(&peer).is_some_and(|link| link.is_connected() && !link.is_set_aside());
        if !connected {
            // Whoever asked may have stopped waiting; here and below.
            let _ = answer_to.send(Err(SyncFailure::NotConnected));
            return;
        }
        if lane == QuestionLane::Openings {
            count(&self.counters.openings_questions_sent);
        }
        self.charge_sent(peer, question.len());
        let id = self.lane(lane).send_request(&peer, Ok(question));
        self.asked.insert((lane, id), answer_to);
    }

    pub(super) fn on_question_lane(&mut self, lane: QuestionLane, event: LaneEvent, now: Instant) {
        match event {
            Event::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                match self.accept(peer, request, |link| lane.budget(link), now) {
                    Some(Ok(question)) => self.on_question(lane, peer, &question, channel, now),
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
                if let Some(answer_to) = self.asked.remove(&(lane, request_id)) {
                    let _ = answer_to.send(Ok(response));
                }
            }
            Event::OutboundFailure { peer, request_id, error, .. } => {
                debug!(%peer, %error, lane = lane.name(), "no answer");
                if matches!(error, OutboundFailure::UnsupportedProtocols) {
                    self.ask_ledger(peer);
                }
                if let Some(answer_to) = self.asked.remove(&(lane, request_id)) {
                    let _ = answer_to.send(Err(SyncFailure::from(&error)));
                }
            }
            Event::InboundFailure { .. } | Event::ResponseSent { .. } => {}
        }
    }

    /// The lane's streams bound the questions that wait, and so the answers. An event that the node does not take
    /// drops its reply, which tells the peer.
    fn on_question(
        &mut self,
        lane: QuestionLane,
        peer: PeerId,
        question: &[u8],
        channel: ResponseChannel<Bytes>,
        now: Instant,
    ) {
        let (reply, answer) = oneshot::channel();
        let event = match lane {
            QuestionLane::Snapshot => {
                count(&self.counters.snapshot_questions_received);
                let reply = SnapshotReply(reply);
                SnapshotQuestion::decode(question).map(|question| NetworkEvent::Snapshot {
                    peer,
                    question,
                    reply,
                })
            }
            QuestionLane::Openings => {
                count(&self.counters.openings_questions_received);
                let reply = OpeningsReply(reply);
                OpeningsQuestion::decode(question).map(|question| NetworkEvent::Openings {
                    peer,
                    question,
                    reply,
                })
            }
        };
        let Some(event) = event else {
            return self.set_aside(peer, &Misconduct::MalformedQuestion { lane: lane.name() }, now);
        };
        self.emit(event);
        let pending =
            async move { PendingAnswer::Question { lane, peer, channel, answer: answer.await.ok() } };
        self.answers.push(pending.boxed());
    }

    pub(super) fn answer_question(
        &mut self,
        lane: QuestionLane,
        peer: PeerId,
        channel: ResponseChannel<Bytes>,
        answer: Option<Bytes>,
    ) {
        // Dropping the channel tells the peer.
        let Some(answer) = answer.filter(|answer| answer.len() <= lane.answer_bytes_max()) else { return };
        let bytes = answer.len();
        if self.lane(lane).send_response(channel, answer).is_ok() {
            self.charge_sent(peer, bytes);
        }
    }
}
