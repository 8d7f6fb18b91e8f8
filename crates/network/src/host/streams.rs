//! The lanes that stay open: opens their streams, accepts those of peers, and gives each its task.

use std::sync::Arc;
use std::time::Instant;

use libp2p::PeerId;
use libp2p::swarm::{ConnectionId, Stream};
use tokio::task::JoinError;
use tracing::{debug, error};

use super::Host;
use crate::link::Said;
use crate::misconduct::Misconduct;
use crate::streams::{PumpEnd, Reader, StreamEvent, StreamLane, StreamNumber, What, Writer};

impl Host {
    /// Asks for the streams that a connected peer lacks.
    pub(super) fn open_lanes(&mut self, peer: PeerId, now: Instant) {
        let Some(link) = self.links.get_mut(&peer).filter(|link| !link.is_set_aside()) else { return };
        let Some(on) = link.connection() else { return };
        for lane in StreamLane::ALL {
            let says = &mut link.says[lane.index()];
            if matches!(says, Said::Closed { not_before } if *not_before <= now) {
                *says = Said::Opening { on };
                self.swarm.behaviour_mut().streams.open(peer, on, lane);
            }
        }
    }

    pub(super) fn on_stream(&mut self, event: StreamEvent, now: Instant) {
        let StreamEvent { peer, connection, lane, what } = event;
        match what {
            What::Accepted(stream) => {
                let link = self.links.get_mut(&peer);
                if let Some(redundant) = link.and_then(|link| link.spoken_on(connection)) {
                    self.swarm.close_connection(redundant);
                }
                self.hear(peer, connection, lane, stream, now);
            }
            What::Opened(stream) => self.say(peer, connection, lane, stream, now),
            What::NotOpened => {
                debug!(%peer, ?lane, "the peer does not open the lane");
                if let Some(link) = self.links.get_mut(&peer)
                    && link.says[lane.index()] == (Said::Opening { on: connection })
                {
                    link.said(lane, now);
                }
            }
        }
    }

    /// The peer opened a stream to send on. It takes the place of an older one.
    fn hear(&mut self, peer: PeerId, on: ConnectionId, lane: StreamLane, stream: Stream, now: Instant) {
        let Some(link) = self.links.get_mut(&peer).filter(|link| !link.is_set_aside()) else { return };
        let Some(connection_ended) = link.end_of(on) else { return };
        if link.streams_budget.spend(now, 0).is_err() {
            return self.set_aside(peer, &Misconduct::Streams, now);
        }
        self.streams += 1;
        let reader = Reader {
            peer,
            session: link.session,
            connection_ended,
            lane,
            number: StreamNumber(self.streams),
            attendance: self.attendance.clone(),
            presence: self.presence.clone(),
            budget: link.frames_budgets[lane.index()].clone(),
            limits: self.limits,
            counters: Arc::clone(&self.counters),
        };
        let reading = self.pumps.spawn(reader.run(stream));
        if let Some(older) = link.hears[lane.index()].replace(reading) {
            older.abort();
        }
    }

    /// A stream that was asked for is there.
    fn say(&mut self, peer: PeerId, on: ConnectionId, lane: StreamLane, stream: Stream, now: Instant) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        let Some(outlet) = self.outlets.of(&peer, lane) else { return };
        let Some(connection_ended) = link.end_of(on) else { return };
        let says = &mut link.says[lane.index()];
        if *says != (Said::Opening { on }) {
            return;
        }
        *says = Said::Open { on, since: now };
        self.streams += 1;
        let writer = Writer {
            peer,
            session: link.session,
            connection_ended,
            lane,
            number: StreamNumber(self.streams),
            attendance: self.attendance.clone(),
            outlet,
            presence: self.presence.clone(),
            counters: Arc::clone(&self.counters),
        };
        self.pumps.spawn(writer.run(stream));
    }

    pub(super) fn on_pump_ended(&mut self, ended: Result<PumpEnd, JoinError>, now: Instant) {
        match ended {
            Ok(PumpEnd::Said(said)) => {
                let link = self.links.get_mut(&said.peer).filter(|link| link.session == said.session);
                if let Some(link) = link {
                    link.said(said.lane, now);
                    self.attend_to(said.peer, now);
                }
            }
            Ok(PumpEnd::Heard(heard)) => {
                let is_there = self.links.get(&heard.peer).is_some_and(|link| link.session == heard.session);
                if let Some(misconduct) = heard.misconduct.filter(|_| is_there) {
                    self.set_aside(heard.peer, &misconduct, now);
                }
            }
            // The reader of a stream whose place another took.
            Err(ended) if ended.is_cancelled() => {}
            Err(panic) => error!(%panic, "a task of a stream panicked"),
        }
    }
}
