//! Playing stories at a pace: each step is sent when it is due and its predecessor has come about.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bulla_client::{BulkEvent, BulkReceiver, BulkSender, Client, Inclusion};
use bulla_types::{CaseOutcome, Outcome};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::scene::{Part, Scene, Stage};
use super::story::Story;
use crate::commands::bench::drive::{GRACE, LEAD, Stream, Unanswered, show};
use crate::commands::bench::pace::{Pace, Schedule};
use crate::commands::bench::tally::Tally;
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::MEASURING;
use crate::progress;

/// Stories open at a time, at most. Past it a step that is due waits, which shows in its latency.
const OPEN_MAX: usize = 50_000;

/// Where stories come from, as long as there are any.
pub(super) type Source = Box<dyn FnMut() -> Option<Story> + Send>;

/// How stories are played.
pub(super) struct Plan {
    /// Steps a second.
    pub(super) rate: u32,
    /// Steps in all; fewer when the stories end before.
    pub(super) steps: usize,
    /// No step is waited for any longer after this.
    pub(super) within: Duration,
}

/// What came of it.
pub(in super::super) struct Played {
    pub(in super::super) total: Tally,
    pub(in super::super) kinds: BTreeMap<Scene, Tally>,
    /// Stories that have come to their end.
    pub(super) ended: Vec<Story>,
    /// Mean length of what was sent.
    pub(in super::super) submission_bytes: usize,
}

struct Run {
    stage: Arc<Stage>,
    /// Tells the ledger's time.
    client: Client,
    source: Mutex<Source>,
    pace: Pace,
    schedule: Schedule,
    steps: usize,
    streams: usize,
    /// Stories that are kept open, as far as there are any.
    open_min: usize,
    open: AtomicU64,
    start: Instant,
    end: Instant,
    committed: AtomicU64,
    sent_bytes: AtomicU64,
}

/// Stories of one stream: a case stays with one node, which knows its last step.
#[derive(Default)]
struct Lanes {
    stories: Mutex<Stories>,
    changed: Notify,
}

#[derive(Default)]
struct Stories {
    ready: Vec<Story>,
    under_way: HashMap<u64, Story>,
    ended: Vec<Story>,
    sent: BTreeMap<Scene, u64>,
}

/// Plays stories over all streams.
pub(super) async fn play(
    context: &Context,
    stage: &Arc<Stage>,
    client: &Client,
    streams: Vec<Stream>,
    source: Source,
    plan: &Plan,
) -> Result<Played, Failure> {
    let start = Instant::now() + LEAD;
    let run = Arc::new(Run {
        stage: Arc::clone(stage),
        client: client.clone(),
        source: Mutex::new(source),
        pace: Pace::rate(plan.rate),
        schedule: Schedule::new(plan.steps),
        steps: plan.steps,
        streams: streams.len(),
        open_min: usize::try_from(plan.rate).unwrap_or(OPEN_MAX).min(OPEN_MAX),
        open: AtomicU64::new(0),
        start,
        end: start + plan.within,
        committed: AtomicU64::new(0),
        sent_bytes: AtomicU64::new(0),
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
    let mut all = Played::new()?;
    while let Some(stream) = under_way.join_next().await {
        all.add(stream.map_err(|error| Failure::internal(&error))??)?;
    }
    shown.abort();
    bar.finish_and_clear();
    let sent = all.kinds.values().map(|kind| kind.offered).sum::<u64>().max(1);
    all.submission_bytes =
        usize::try_from(run.sent_bytes.load(Ordering::Relaxed) / sent).unwrap_or(usize::MAX);
    Ok(all)
}

impl Run {
    async fn stream(self: &Arc<Self>, first: usize, stream: Stream) -> Result<Played, Failure> {
        let Stream { sender, receiver } = stream;
        let lanes = Arc::new(Lanes::default());
        let sending = (Arc::clone(self), Arc::clone(&lanes));
        let sending = tokio::spawn(async move { sending.0.send(first, sender, &sending.1).await });
        let (mut played, unanswered) = self.receive(receiver, &lanes).await?;
        if sending.is_finished() {
            sending.await.map_err(|error| Failure::internal(&error))??;
        } else {
            // It waits for answers that will not come.
            sending.abort();
        }
        let mut stories = lanes.lock();
        for story in std::mem::take(&mut stories.under_way).into_values() {
            played.failed(&story, unanswered.reason())?;
        }
        for (scene, sent) in std::mem::take(&mut stories.sent) {
            played.kind(scene)?.offered = sent;
            played.total.offered += sent;
        }
        played.ended = std::mem::take(&mut stories.ended);
        Ok(played)
    }

    async fn send(&self, first: usize, sender: BulkSender, lanes: &Lanes) -> Result<(), Failure> {
        for position in (first..self.steps).step_by(self.streams) {
            self.pace.wait(position, self.start, &self.schedule).await;
            let Some(mut story) = self.next(position, lanes).await else { break };
            let Some(scene) = story.scene() else { continue };
            let tag = u64::try_from(position).unwrap_or(u64::MAX);
            let (parts, memory) = (&story.parts, &story.memory);
            let request_id = self.client.transaction().request_id();
            let part = Part { stage: &self.stage, parts, memory, request_id };
            let form = scene.form(&part);
            let price = form.commitment("price");
            let prepared = form.sign(self.client.ledger_id())?;
            story.taking(price);
            self.sent_bytes.fetch_add(prepared.encoded().len() as u64, Ordering::Relaxed);
            {
                let mut stories = lanes.lock();
                stories.under_way.insert(tag, story);
                *stories.sent.entry(scene).or_default() += 1;
            }
            if sender.send(tag, prepared).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// A story whose next step can be taken: an open one, or a new one while there are few or none is ready.
    async fn next(&self, position: usize, lanes: &Lanes) -> Option<Story> {
        loop {
            let changed = lanes.changed.notified();
            let open = usize::try_from(self.open.load(Ordering::Relaxed)).unwrap_or(usize::MAX);
            if open < self.open_min
                && let Some(story) = self.begin()
            {
                return Some(story);
            }
            if let Some(story) = lanes.ready(position) {
                return Some(story);
            }
            if open < OPEN_MAX
                && let Some(story) = self.begin()
            {
                return Some(story);
            }
            if lanes.lock().under_way.is_empty() {
                return lanes.ready(position);
            }
            changed.await;
        }
    }

    fn begin(&self) -> Option<Story> {
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        let story = (*source)()?;
        self.open.fetch_add(1, Ordering::Relaxed);
        Some(story)
    }

    async fn receive(
        &self,
        mut receiver: BulkReceiver,
        lanes: &Lanes,
    ) -> Result<(Played, Unanswered), Failure> {
        let mut played = Played::new()?;
        let lost_at = self.end + GRACE;
        loop {
            match timeout_at(lost_at, receiver.next()).await {
                Ok(Ok(Some(BulkEvent::Admitted { .. }))) => {}
                Ok(Ok(Some(BulkEvent::Included(inclusion)))) => {
                    self.included(&inclusion, lanes, &mut played)?;
                }
                Ok(Ok(Some(BulkEvent::Refused { tag, refusal, .. }))) => {
                    if let Some(story) = lanes.close(tag) {
                        self.open.fetch_sub(1, Ordering::Relaxed);
                        played.failed(&story, &refusal.reason)?;
                    }
                }
                Ok(Ok(None)) => return Ok((played, Unanswered::None)),
                Ok(Err(error)) => return Ok((played, Unanswered::Broken(error))),
                Err(_) => return Ok((played, Unanswered::Late)),
            }
        }
    }

    fn included(&self, inclusion: &Inclusion, lanes: &Lanes, played: &mut Played) -> Result<(), Failure> {
        let at = self.start.elapsed();
        let Some(Outcome::Case(outcome)) = inclusion.entry.outcomes.first() else {
            return Err(Failure::internal(&"a step of a case has no outcome of a case"));
        };
        let Some(Taken { scene, has_ended }) = lanes.taken(inclusion.tag, outcome) else { return Ok(()) };
        if has_ended {
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
        self.committed.fetch_add(1, Ordering::Relaxed);
        let latency = at.saturating_sub(self.schedule.get(inclusion.tag));
        let bytes = inclusion.entry.encode().len();
        for tally in [&mut played.total, kind_of(&mut played.kinds, scene)?] {
            tally.included(at, latency);
            tally.entry_bytes = tally.entry_bytes.max(bytes);
        }
        Ok(())
    }
}

/// A step that has been taken.
struct Taken {
    scene: Scene,
    /// Whether it was the last of its story.
    has_ended: bool,
}

impl Lanes {
    fn lock(&self) -> MutexGuard<'_, Stories> {
        self.stories.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of those that are ready: any, so that stories which began together do not stay together.
    fn ready(&self, position: usize) -> Option<Story> {
        let mut stories = self.lock();
        let count = stories.ready.len();
        // Knuth's multiplicative hash.
        let mixed = position.wrapping_mul(2_654_435_761) >> 7;
        (count > 0).then(|| stories.ready.swap_remove(mixed % count))
    }

    fn close(&self, tag: u64) -> Option<Story> {
        let closed = self.lock().under_way.remove(&tag);
        self.changed.notify_one();
        closed
    }

    /// Goes on with the story of a step that has been taken. At no time is it neither under way nor ready: who
    /// waits for a story would give up.
    fn taken(&self, tag: u64, outcome: &CaseOutcome) -> Option<Taken> {
        let mut stories = self.lock();
        let mut story = stories.under_way.remove(&tag)?;
        let scene = story.scene()?;
        story.taken(outcome);
        let has_ended = story.scene().is_none();
        if has_ended {
            stories.ended.push(story);
        } else {
            stories.ready.push(story);
        }
        drop(stories);
        self.changed.notify_one();
        Some(Taken { scene, has_ended })
    }
}

impl Played {
    fn new() -> Result<Self, Failure> {
        Ok(Self { total: Tally::new()?, kinds: BTreeMap::new(), ended: Vec::new(), submission_bytes: 0 })
    }

    fn kind(&mut self, scene: Scene) -> Result<&mut Tally, Failure> {
        kind_of(&mut self.kinds, scene)
    }

    fn failed(&mut self, story: &Story, reason: &str) -> Result<(), Failure> {
        self.total.failed(reason, 1);
        if let Some(scene) = story.scene() {
            self.kind(scene)?.failed(reason, 1);
        }
        Ok(())
    }

    fn add(&mut self, other: Self) -> Result<(), Failure> {
        self.total.add(&other.total)?;
        for (scene, tally) in &other.kinds {
            self.kind(*scene)?.add(tally)?;
        }
        self.ended.extend(other.ended);
        Ok(())
    }
}

fn kind_of(kinds: &mut BTreeMap<Scene, Tally>, scene: Scene) -> Result<&mut Tally, Failure> {
    use std::collections::btree_map::Entry;
    match kinds.entry(scene) {
        Entry::Occupied(kind) => Ok(kind.into_mut()),
        Entry::Vacant(kind) => Ok(kind.insert(Tally::new()?)),
    }
}
