//! The tasks that carry frames between streams and queues.
//!
//! Each is told when its connection has ended: a read that waits on a stream of yamux 0.13 never returns when
//! this end closes the connection (rust-yamux issue 216).

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::io::{BufWriter, ReadHalf, WriteHalf};
use futures::{AsyncReadExt, AsyncWriteExt};
use libp2p::PeerId;
use libp2p::swarm::Stream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::attendance::{Attendance, AttendanceWatch};
use super::inbox::InboundFrame;
use super::lane::StreamLane;
use super::outlet::{Outlet, Waiting};
use super::presence::{PresenceBoard, StreamNumber};
use crate::budget::{SharedBudget, spend};
use crate::config::Limits;
use crate::counters::{Counters, add, count, note_max};
use crate::frame;
use crate::misconduct::Misconduct;

/// What the hearing side says when it is ready.
pub(crate) const READY: u8 = 1;

/// A frame that has begun must be whole within this, or its sender only wants to hold memory.
const FRAME_PATIENCE: Duration = Duration::from_secs(30);

/// Frames up to this leave together with what waits behind them, and with their length, in one write.
const WRITE_BYTES: usize = 16 << 10;

/// The tasks of all streams.
pub(crate) type Pumps = JoinSet<PumpEnd>;

/// A task has ended, and so has its stream.
#[derive(Debug)]
pub(crate) enum PumpEnd {
    Said(Said),
    Heard(Heard),
}

/// A stream on which this node sent.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) peer: PeerId,
    pub(crate) session: u64,
    pub(crate) lane: StreamLane,
}

/// A stream on which a peer sent.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) peer: PeerId,
    pub(crate) session: u64,
    /// What it did, if it broke the rules.
    pub(crate) misconduct: Option<Misconduct>,
}

/// What a writer works with.
pub(crate) struct Writer {
    pub(crate) peer: PeerId,
    pub(crate) session: u64,
    pub(crate) connection_ended: CancellationToken,
    pub(crate) lane: StreamLane,
    pub(crate) number: StreamNumber,
    pub(crate) attendance: AttendanceWatch,
    pub(crate) outlet: Arc<Outlet>,
    pub(crate) presence: PresenceBoard,
    pub(crate) counters: Arc<Counters>,
}

impl Writer {
    /// Writes what the outlet holds until the stream ends, or the attendance that it began with.
    pub(crate) async fn run(mut self, stream: Stream) -> PumpEnd {
        let Self { peer, session, lane, number, .. } = self;
        let (mut answers, frames) = stream.split();
        let connection_ended = self.connection_ended.clone();
        let begun = tokio::select! {
            () = connection_ended.cancelled() => None,
            begun = self.begun(&mut answers) => begun,
        };
        if let Some(attendance) = begun {
            self.outlet.open();
            self.presence.hears(&peer, session, lane, Some(number));
            let mut watch = self.attendance.clone();
            tokio::select! {
                () = connection_ended.cancelled() => {}
                // The hearing side says nothing more: it has gone, or it has lost its way.
                _ = heard_ready(&mut answers) => {}
                () = watch.ended(&attendance) => {}
                _ = self.write(frames) => {}
            }
            self.presence.hears(&peer, session, lane, None);
            add(&lane.counters(&self.counters).frames_dropped, self.outlet.close() as u64);
        }
        PumpEnd::Said(Said { peer, session, lane })
    }

    /// Waits until the hearing side is ready and somebody here has something to say; none when the stream ends
    /// before.
    async fn begun(&mut self, answers: &mut ReadHalf<Stream>) -> Option<Attendance> {
        if !heard_ready(answers).await {
            return None;
        }
        tokio::select! {
            attendance = self.attendance.begun() => attendance,
            _ = heard_ready(answers) => None,
        }
    }

    async fn write(&self, frames: WriteHalf<Stream>) -> io::Result<()> {
        let mut frames = BufWriter::with_capacity(WRITE_BYTES, frames);
        loop {
            let mut next = Some(self.outlet.next().await);
            while let Some(waiting) = next {
                self.write_one(&mut frames, &waiting).await?;
                next = self.outlet.try_next();
            }
            frames.flush().await?;
        }
    }

    async fn write_one(
        &self,
        frames: &mut BufWriter<WriteHalf<Stream>>,
        waiting: &Waiting,
    ) -> io::Result<()> {
        let counters = self.lane.counters(&self.counters);
        let waited = u64::try_from(waiting.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        add(&counters.waited_us, waited);
        note_max(&counters.waited_us_max, waited);
        frame::put(frames, &waiting.frame).await?;
        count(&counters.frames_out);
        add(&counters.bytes_out, waiting.frame.len() as u64);
        Ok(())
    }
}

/// Whether the one byte came that may come.
async fn heard_ready(answers: &mut ReadHalf<Stream>) -> bool {
    let mut byte = [0];
    answers.read_exact(&mut byte).await.is_ok() && byte == [READY]
}

/// What a reader works with.
pub(crate) struct Reader {
    pub(crate) peer: PeerId,
    pub(crate) session: u64,
    pub(crate) connection_ended: CancellationToken,
    pub(crate) lane: StreamLane,
    pub(crate) number: StreamNumber,
    pub(crate) attendance: AttendanceWatch,
    pub(crate) presence: PresenceBoard,
    pub(crate) budget: SharedBudget,
    pub(crate) limits: Limits,
    pub(crate) counters: Arc<Counters>,
}

impl Reader {
    /// Reads frames until the stream ends, its peer breaks the rules, or the attendance is over that it began
    /// with.
    pub(crate) async fn run(mut self, stream: Stream) -> PumpEnd {
        let Self { peer, session, .. } = self;
        let connection_ended = self.connection_ended.clone();
        let misconduct = tokio::select! {
            () = connection_ended.cancelled() => None,
            misconduct = self.read_while_attended(stream) => misconduct,
        };
        PumpEnd::Heard(Heard { peer, session, misconduct })
    }

    async fn read_while_attended(&mut self, stream: Stream) -> Option<Misconduct> {
        let attendance = self.attendance.begun().await?;
        let mut watch = self.attendance.clone();
        tokio::select! {
            // An error means that the stream ended, which is nobody's fault.
            read = self.read(stream, &attendance) => read.unwrap_or(None),
            () = watch.ended(&attendance) => None,
        }
    }

    async fn read(&self, mut stream: Stream, attendance: &Attendance) -> io::Result<Option<Misconduct>> {
        stream.write_all(&[READY]).await?;
        stream.flush().await?;
        self.presence.heard(&self.peer, self.session, self.number);

        let limits = *self.lane.limits(&self.limits);
        let counters = self.lane.counters(&self.counters);
        loop {
            let length = match frame::read_length(&mut stream, limits.frame_bytes_max).await? {
                Ok(length) => length,
                Err(oversize) => return Ok(Some(oversize.into())),
            };
            let Ok(read) = timeout(FRAME_PATIENCE, frame::read_payload(&mut stream, length)).await else {
                return Ok(Some(Misconduct::SlowFrame { bytes: length }));
            };
            let frame: Bytes = read?;
            count(&counters.frames_in);
            add(&counters.bytes_in, frame.len() as u64);
            if let Err(over) = spend(&self.budget, Instant::now(), frame.len() as u64) {
                return Ok(Some(over.into()));
            }
            // Waits its turn among the other peers' readers when the inbox is full.
            let frame = InboundFrame { peer: self.peer, frame };
            if attendance.of(self.lane).send(frame).await.is_err() {
                return Ok(None);
            }
        }
    }
}
