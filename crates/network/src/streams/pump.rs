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

use super::inbox::{InboundFrame, InboxSenders};
use super::lane::StreamLane;
use super::outlet::{Outlet, Waiting};
use super::presence::PresenceBoard;
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
    pub(crate) outlet: Arc<Outlet>,
    pub(crate) presence: PresenceBoard,
    pub(crate) counters: Arc<Counters>,
}

impl Writer {
    /// Writes what the outlet holds until the stream ends.
    pub(crate) async fn run(self, stream: Stream) -> PumpEnd {
        let Self { peer, session, lane, .. } = self;
        let (mut answers, frames) = stream.split();
        let is_heard = tokio::select! {
            () = self.connection_ended.cancelled() => false,
            ready = heard_ready(&mut answers) => ready,
        };
        if is_heard {
            self.outlet.open();
            self.presence.hears(&peer, session, lane, true);
            tokio::select! {
                () = self.connection_ended.cancelled() => {}
                // The hearing side says nothing more: it has gone, or it has lost its way.
                _ = heard_ready(&mut answers) => {}
                _ = self.write(frames) => {}
            }
            self.presence.hears(&peer, session, lane, false);
            add(&lane.counters(&self.counters).frames_dropped, self.outlet.close() as u64);
        }
        PumpEnd::Said(Said { peer, session, lane })
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
    pub(crate) inbox: InboxSenders,
    pub(crate) budget: SharedBudget,
    pub(crate) limits: Limits,
    pub(crate) counters: Arc<Counters>,
}

impl Reader {
    /// Reads frames until the stream ends or its peer breaks the rules.
    pub(crate) async fn run(mut self, stream: Stream) -> PumpEnd {
        let Self { peer, session, .. } = self;
        let connection_ended = self.connection_ended.clone();
        let misconduct = tokio::select! {
            () = connection_ended.cancelled() => None,
            // An error means that the stream ended, which is nobody's fault.
            read = self.read(stream) => read.unwrap_or(None),
        };
        PumpEnd::Heard(Heard { peer, session, misconduct })
    }

    async fn read(&mut self, mut stream: Stream) -> io::Result<Option<Misconduct>> {
        // Whoever holds the inbox going away means the same as not attending to it.
        if self.inbox.attended.wait_for(|attended| *attended).await.is_err() {
            return Ok(None);
        }
        stream.write_all(&[READY]).await?;
        stream.flush().await?;

        let limits = *self.lane.limits(&self.limits);
        let counters = Arc::clone(&self.counters);
        let counters = self.lane.counters(&counters);
        loop {
            let length = tokio::select! {
                length = frame::read_length(&mut stream, limits.frame_bytes_max) => length?,
                _ = self.inbox.attended.wait_for(|attended| !*attended) => return Ok(None),
            };
            let length = match length {
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
            if self.inbox.of(self.lane).send(frame).await.is_err() {
                return Ok(None);
            }
        }
    }
}
