//! The lanes on which nodes ask each other for what they lack: blocks, snapshots and openings.

use std::time::Instant;

use bytes::Bytes;
use futures::FutureExt;
use libp2p::PeerId;
use libp2p::request_response::{
    self, Event, InboundRequestId, Message, OutboundFailure, OutboundRequestId, ResponseChannel,
};
use tokio::sync::oneshot;
use tracing::debug;

use super::connections::as_u64;
use super::inbound::LaneEvent;
use super::{Host, PendingAnswer};
use crate::asked::{AnswerTo, SyncFailure};
use crate::budget::InboundBudget;
use crate::codec::FrameCodec;
use crate::config::Limits;
use crate::counters::{add, count};
use crate::event::NetworkEvent;
use crate::link::Link;
use crate::misconduct::Misconduct;
use crate::openings::{self, OpeningsQuestion, OpeningsReply};
use crate::serving::Turn;
use crate::snapshot::{self, SnapshotQuestion, SnapshotReply};
use crate::streams::{SyncReply, SyncRequest};

/// One of these lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum QuestionLane {
    Sync,
    Snapshot,
    Openings,
}

impl QuestionLane {
    fn name(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Snapshot => "snapshot",
            Self::Openings => "openings",
        }
    }

    fn answer_bytes_max(self, limits: &Limits) -> usize {
        match self {
            Self::Sync => limits.sync_answer_bytes_max,
            Self::Snapshot => snapshot::ANSWER_BYTES_MAX,
            Self::Openings => openings::ANSWER_BYTES_MAX,
        }
    }

    fn budget(self, link: &mut Link) -> &mut InboundBudget {
        match self {
            Self::Sync => &mut link.sync_budget,
            Self::Snapshot => &mut link.snapshot_budget,
            Self::Openings => &mut link.openings_budget,
        }
    }
}

/// What a peer asks.
enum Question {
    /// For blocks; opaque here.
    Sync(Bytes),
    Snapshot(SnapshotQuestion),
    Openings(OpeningsQuestion),
}

impl Question {
    fn decode(lane: QuestionLane, bytes: Bytes) -> Option<Self> {
        match lane {
            QuestionLane::Sync => Some(Self::Sync(bytes)),
            QuestionLane::Snapshot => SnapshotQuestion::decode(&bytes).map(Self::Snapshot),
            QuestionLane::Openings => OpeningsQuestion::decode(&bytes).map(Self::Openings),
        }
    }
}

/// A question of a peer, on its way.
pub(super) struct PeerQuestion {
    lane: QuestionLane,
    peer: PeerId,
    id: InboundRequestId,
    /// None when it has been handed on.
    question: Option<Question>,
    channel: ResponseChannel<Bytes>,
    turn: Turn,
    given_up: oneshot::Receiver<()>,
}

impl Host {
    fn lane(&mut self, lane: QuestionLane) -> &mut request_response::Behaviour<FrameCodec> {
        let behaviour = self.swarm.behaviour_mut();
        match lane {
            QuestionLane::Sync => &mut behaviour.sync,
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
        match lane {
            QuestionLane::Sync => count(&self.counters.sync_requests_sent),
            QuestionLane::Openings => count(&self.counters.openings_questions_sent),
            QuestionLane::Snapshot => {}
        }
        self.charge_sent(peer, question.len());
        let id = self.lane(lane).send_request(&peer, Ok(question));
        self.asked.here.insert((lane, id), answer_to);
    }

    pub(super) fn on_question_lane(&mut self, lane: QuestionLane, event: LaneEvent, now: Instant) {
        match event {
            Event::Message { peer, message: Message::Request { request_id, request, channel }, .. } => {
                match self.accept(peer, request, |link| lane.budget(link), now) {
                    Some(Ok(question)) => self.on_question(lane, peer, request_id, question, channel, now),
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
                self.answered_here(lane, request_id, Ok(response));
            }
            Event::OutboundFailure { peer, request_id, error, .. } => {
                debug!(%peer, %error, lane = lane.name(), "no answer");
                if lane == QuestionLane::Sync {
                    count(&self.counters.sync_requests_failed);
                } else if matches!(error, OutboundFailure::UnsupportedProtocols) {
                    self.ask_ledger(peer);
                }
                self.answered_here(lane, request_id, Err(SyncFailure::from(&error)));
            }
            Event::InboundFailure { peer, request_id, .. } | Event::ResponseSent { peer, request_id, .. } => {
                self.asked.of_peers.remove(&(lane, request_id));
                if let Some(link) = self.links.get_mut(&peer) {
                    link.answers.remove(&(lane, request_id));
                }
            }
        }
    }

    fn answered_here(
        &mut self,
        lane: QuestionLane,
        id: OutboundRequestId,
        answer: Result<Bytes, SyncFailure>,
    ) {
        if let Some(answer_to) = self.asked.here.remove(&(lane, id)) {
            let _ = answer_to.send(answer);
        }
    }

    /// A peer's question waits for its turn. The lanes' streams bound those that do.
    fn on_question(
        &mut self,
        lane: QuestionLane,
        peer: PeerId,
        id: InboundRequestId,
        question: Bytes,
        channel: ResponseChannel<Bytes>,
        now: Instant,
    ) {
        count(match lane {
            QuestionLane::Sync => &self.counters.sync_requests_received,
            QuestionLane::Snapshot => &self.counters.snapshot_questions_received,
            QuestionLane::Openings => &self.counters.openings_questions_received,
        });
        let Some(question) = Question::decode(lane, question) else {
            return self.set_aside(peer, &Misconduct::MalformedQuestion { lane: lane.name() }, now);
        };
        let Some(link) = self.links.get(&peer) else { return };
        let serving = link.serving.clone();
        let (waits, mut given_up) = oneshot::channel();
        self.asked.of_peers.insert((lane, id), waits);
        let pending = async move {
            let turn = tokio::select! {
                turn = serving.turn() => turn,
                _ = &mut given_up => return PendingAnswer::GivenUp,
            };
            let question = Some(question);
            PendingAnswer::Turn(PeerQuestion { lane, peer, id, question, channel, turn, given_up })
        };
        self.answers.push(pending.boxed());
    }

    /// Hands a question to whoever answers it. One that is not taken drops its reply, which tells the peer.
    pub(super) fn hand_on(&mut self, mut question: PeerQuestion) {
        let (reply, answer) = oneshot::channel();
        let peer = question.peer;
        match question.question.take() {
            Some(Question::Sync(request)) => {
                let request = SyncRequest { peer, request, reply: SyncReply(reply) };
                let attendance = self.attendance.now();
                if attendance.is_none_or(|attendance| attendance.sync.try_send(request).is_err()) {
                    count(&self.counters.sync_requests_refused);
                }
            }
            Some(Question::Snapshot(question)) => {
                self.emit(NetworkEvent::Snapshot { peer, question, reply: SnapshotReply(reply) });
            }
            Some(Question::Openings(question)) => {
                self.emit(NetworkEvent::Openings { peer, question, reply: OpeningsReply(reply) });
            }
            None => {}
        }
        let answer_bytes_max = as_u64(question.lane.answer_bytes_max(&self.limits));
        let pending = async move {
            let answer = tokio::select! {
                answer = answer => answer.ok(),
                _ = &mut question.given_up => {
                    // Whoever answers it may be at it for as long as ever.
                    question.turn.costs(answer_bytes_max);
                    None
                }
            };
            PendingAnswer::Answered { question, answer }
        };
        self.answers.push(pending.boxed());
    }

    pub(super) fn answer_question(&mut self, question: PeerQuestion, answer: Option<Bytes>) {
        let PeerQuestion { lane, peer, id, channel, mut turn, .. } = question;
        self.asked.of_peers.remove(&(lane, id));
        // Dropping the channel tells the peer.
        let Some(answer) = answer else { return };
        let bytes = as_u64(answer.len());
        // The work is done: whoever does not read what it asked for pays as well.
        turn.costs(bytes);
        let Some(link) = self.links.get(&peer) else { return };
        if link.answers_bytes() + bytes > self.limits.answers_bytes_max
            || answer.len() > lane.answer_bytes_max(&self.limits)
        {
            debug!(%peer, bytes, lane = lane.name(), "too much under way to a peer that asks");
            if lane == QuestionLane::Sync {
                count(&self.counters.sync_requests_refused);
            }
            return;
        }
        if self.lane(lane).send_response(channel, answer).is_ok() {
            self.charge_sent(peer, usize::try_from(bytes).unwrap_or(usize::MAX));
            if let Some(link) = self.links.get_mut(&peer) {
                link.answers.insert((lane, id), bytes);
            }
        }
    }
}
