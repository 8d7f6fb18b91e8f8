//! Sending a load and taking in what comes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bulla_client::{BulkEvent, BulkReceiver, BulkSender, Client, ClientError, Prepared};
use bulla_types::ReasonCode;
use indicatif::ProgressBar;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::pace::{Pace, Schedule};
use super::tally::Tally;
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::MEASURING;
use crate::progress;

/// What is still under way this long after the last deposit counts as lost.
pub(super) const GRACE: Duration = Duration::from_secs(30);
/// Streams are set going this long before the first deposit is due.
pub(super) const LEAD: Duration = Duration::from_millis(100);
/// Interval of the figure that a person sees.
const SHOWN_EVERY: Duration = Duration::from_millis(500);

/// A stream to one node.
pub(super) struct Stream {
    pub(super) sender: BulkSender,
    pub(super) receiver: BulkReceiver,
}

impl Stream {
    pub(super) async fn open(client: &Client) -> Result<Self, Failure> {
        let (sender, receiver) = client.submit_stream().await?;
        Ok(Self { sender, receiver })
    }
}

/// What all streams share.
struct Run {
    submissions: Arc<Vec<Prepared>>,
    pace: Pace,
    schedule: Schedule,
    start: Instant,
    end: Instant,
    /// Streams: each takes every so-many-th deposit.
    streams: usize,
    committed: AtomicU64,
}

/// Sends the deposits at their pace over all streams in turn; gives what became of them.
pub(super) async fn run(
    context: &Context,
    streams: Vec<Stream>,
    submissions: &Arc<Vec<Prepared>>,
    pace: &Pace,
    duration: Duration,
) -> Result<Tally, Failure> {
    let start = Instant::now() + LEAD;
    let run = Arc::new(Run {
        submissions: Arc::clone(submissions),
        pace: pace.clone(),
        schedule: Schedule::new(submissions.len()),
        start,
        end: start + duration,
        streams: streams.len(),
        committed: AtomicU64::new(0),
    });
    let mut under_way = JoinSet::new();
    for (first, stream) in streams.into_iter().enumerate() {
        let run = Arc::clone(&run);
        under_way.spawn(async move { run.stream(first, stream).await });
    }
    let bar = progress::waiting("");
    let shown = Arc::clone(&run);
    let committed = move || shown.committed.load(Ordering::Relaxed);
    let shown = tokio::spawn(show(bar.clone(), context.say(MEASURING), committed));
    let mut all = Tally::new()?;
    while let Some(stream) = under_way.join_next().await {
        all.add(&stream.map_err(|error| Failure::internal(&error))??)?;
    }
    shown.abort();
    bar.finish_and_clear();
    Ok(all)
}

impl Run {
    async fn stream(self: &Arc<Self>, first: usize, stream: Stream) -> Result<Tally, Failure> {
        let Stream { sender, receiver } = stream;
        let sent = Arc::new(AtomicU64::new(0));
        let sending = (Arc::clone(self), Arc::clone(&sent));
        let sending = tokio::spawn(async move { sending.0.send(first, sender, &sending.1).await });
        let (mut tally, unanswered) = self.receive(receiver).await?;
        // It has ended by itself, or waits for answers that will not come.
        sending.abort();
        tally.offered = match self.pace {
            // What was due counts, whether or not the stream could take it.
            Pace::Rate(_) => u64::try_from(self.share(first).count()).unwrap_or(u64::MAX),
            Pace::Window(_) => sent.load(Ordering::Relaxed),
        };
        let answered = tally.committed + tally.errors.values().sum::<u64>();
        tally.failed(unanswered.reason(), tally.offered.saturating_sub(answered));
        Ok(tally)
    }

    /// Positions of the deposits of one stream.
    fn share(&self, first: usize) -> impl Iterator<Item = usize> + use<> {
        (first..self.submissions.len()).step_by(self.streams)
    }

    async fn send(&self, first: usize, sender: BulkSender, sent: &AtomicU64) {
        for position in self.share(first) {
            self.pace.wait(position, self.start, &self.schedule).await;
            if matches!(self.pace, Pace::Window(_)) && Instant::now() >= self.end {
                break;
            }
            sent.fetch_add(1, Ordering::Relaxed);
            let tag = u64::try_from(position).unwrap_or(u64::MAX);
            if sender.send(tag, self.submissions[position].clone()).await.is_err() {
                break;
            }
        }
    }

    /// Takes in answers until there are no more.
    async fn receive(&self, mut receiver: BulkReceiver) -> Result<(Tally, Unanswered), Failure> {
        let mut tally = Tally::new()?;
        let lost_at = self.end + GRACE;
        loop {
            match timeout_at(lost_at, receiver.next()).await {
                Ok(Ok(Some(event))) => self.take(&mut tally, event),
                Ok(Ok(None)) => return Ok((tally, Unanswered::None)),
                Ok(Err(error)) => return Ok((tally, Unanswered::Broken(error))),
                Err(_) => return Ok((tally, Unanswered::Late)),
            }
        }
    }

    fn take(&self, tally: &mut Tally, event: BulkEvent) {
        match event {
            BulkEvent::Admitted { .. } => return,
            BulkEvent::Included(inclusion) => {
                let at = self.start.elapsed();
                tally.included(at, at.saturating_sub(self.schedule.get(inclusion.tag)));
                if tally.committed == 1 {
                    tally.entry_bytes = inclusion.entry.encode().len();
                }
                self.committed.fetch_add(1, Ordering::Relaxed);
            }
            BulkEvent::Refused { refusal, .. } => tally.failed(&refusal.reason, 1),
        }
        self.pace.answered();
    }
}

/// Why deposits have no answer.
pub(super) enum Unanswered {
    None,
    Broken(ClientError),
    Late,
}

impl Unanswered {
    pub(super) fn reason(&self) -> &'static str {
        let reason = match self {
            Self::None | Self::Late => ReasonCode::WaitTimedOut,
            Self::Broken(error) => error.reason().unwrap_or(ReasonCode::Unreachable),
        };
        reason.as_str()
    }
}

/// Shows for ever how much has been committed.
pub(super) async fn show(bar: ProgressBar, label: &'static str, committed: impl Fn() -> u64) {
    let mut before = 0;
    loop {
        tokio::time::sleep(SHOWN_EVERY).await;
        let committed = committed();
        let per_second = (committed - before) * 2;
        before = committed;
        bar.set_message(format!("{label} {committed} ({per_second}/s)"));
    }
}
