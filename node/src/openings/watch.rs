//! Watching over what lacks.

use std::future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bulla_chain::{Chain, ChainError, Readership};
use bulla_network::{HostHandle, OpeningsQuestion, OpeningsReply, PeerId};
use bulla_storage::{Lacking, Looked};
use bulla_types::{Address, Height, KeyId, KeyRecord, MemberNumber, ReasonCode, StateKey, Validator};
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tracing::{debug, info, warn};

use super::answer::answer;
use super::pace::Pace;
use super::recent::Recent;
use super::round::{Candidate, Others, Round, blocking};
use super::sought::{After, ROUNDS_MIN, RoundEnd, Sought};
use super::tally::{Tally, count};
use crate::health::Health;
use crate::powers::powers;

/// Questions of peers that are answered at a time; each reads a block.
const ANSWERS_MAX: usize = 2;

/// Blocks that are looked through at a time.
const LOOK_BLOCKS: u64 = 64;

/// Blocks that were looked through without finding anything until that is written down.
const UNWRITTEN_MAX: u64 = 256;

/// How long openings wait at most for a node that catches up.
const CATCHING_UP_MAX: Duration = Duration::from_secs(300);

/// How long the look through the blocks waits when the store cannot do it.
const LOOK_RETRY: Duration = Duration::from_secs(2);

/// See the [module](super).
pub(crate) struct Openings {
    chain: Arc<Chain>,
    health: Arc<Health>,
    host: HostHandle,
    /// The node's PEER key, by which others know whose node it is.
    peer_key: KeyId,
    /// The addresses that this node can sign as.
    me: Vec<Address>,
    sought: Mutex<Sought>,
    answers: Semaphore,
    pace: Arc<Pace>,
    tally: Arc<Tally>,
}

/// How far the blocks were looked through.
struct Look {
    looked: Looked,
    /// What the database says of it.
    written: Option<Looked>,
    recent: Recent,
    /// Not before this moment.
    due: Instant,
}

/// Since when the node has been catching up with its peers. Blocks come first then.
#[derive(Debug, Default)]
struct CatchingUp(Option<Instant>);

impl CatchingUp {
    /// Whether openings wait. Not for ever: it is the peers' word that there is something to catch up with.
    fn is_awaited(&mut self, behind: bool, now: Instant) -> bool {
        if !behind {
            self.0 = None;
            return false;
        }
        now.duration_since(*self.0.get_or_insert(now)) < CATCHING_UP_MAX
    }
}

/// Whether there is more to look through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Further {
    Now,
    /// With the next commit, or when there is room.
    Later,
}

impl Openings {
    pub(crate) fn new(
        chain: Arc<Chain>,
        health: Arc<Health>,
        host: HostHandle,
        peer_key: KeyId,
        me: Vec<Address>,
    ) -> Arc<Self> {
        Arc::new(Self {
            chain,
            health,
            host,
            peer_key,
            me,
            sought: Mutex::default(),
            answers: Semaphore::new(ANSWERS_MAX),
            pace: Arc::default(),
            tally: Arc::default(),
        })
    }

    /// Answers a peer. Without an answer, the peer hears that there is none.
    pub(crate) async fn answer(
        self: Arc<Self>,
        peer: PeerId,
        question: OpeningsQuestion,
        reply: OpeningsReply,
    ) {
        // The lane's streams bound those that wait.
        let Ok(_permit) = self.answers.acquire().await else { return };
        let (chain, reader) = (Arc::clone(&self.chain), self.health.member_of(&peer));
        match blocking(move || answer(&chain, reader, &question)).await {
            Ok(answer) => {
                if !answer.entries.is_empty() {
                    count(&self.tally.given);
                }
                reply.give(&answer);
            }
            Err(error) => warn!(%peer, %error, "openings cannot be read"),
        }
    }

    /// Seeks what lacks until the chain is gone.
    pub(crate) async fn seek(self: Arc<Self>) {
        let mut news = self.chain.news();
        let mut look = match self.begin() {
            Ok(look) => look,
            Err(error) => return warn!(%error, "openings that lack are not sought: the store cannot be read"),
        };
        let (mut rounds, mut after_blocks) = (JoinSet::new(), CatchingUp::default());
        loop {
            let (behind, now) = (self.health.assess().1 == Some(ReasonCode::Syncing), Instant::now());
            let (further, due) = if after_blocks.is_awaited(behind, now) {
                (Further::Later, Some(now + LOOK_RETRY))
            } else {
                let further = self.look(&mut look).await;
                self.start(&mut rounds);
                (further, self.sought().next_due())
            };
            tokio::select! {
                heard = news.recv() => match heard {
                    Ok(block) => look.recent.note(&block),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
                Some(ended) = rounds.join_next() => match ended {
                    Ok((height, end)) => self.ended(height, end).await,
                    Err(error) => warn!(%error, "a round for openings panicked"),
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
                () = sleep_until(look.due), if look.due > Instant::now() => {}
                () = future::ready(()), if further == Further::Now => {}
            }
        }
    }

    /// How many blocks lack openings, and how many of their entries.
    pub(crate) fn lacking(&self) -> (u64, u64) {
        self.sought().count()
    }

    /// Names and values of what is counted.
    pub(crate) fn counters(&self) -> [(&'static str, u64); 5] {
        self.tally.values()
    }

    fn begin(&self) -> Result<Look, ChainError> {
        let view = self.chain.store().view()?;
        let now = Instant::now();
        for row in view.lacking() {
            let (height, lacking) = row?;
            self.sought().add(height, lacking, now);
        }
        let written = view.looked()?;
        let begin = Looked { height: self.base()?, member: None, reads_all: false };
        Ok(Look { looked: written.unwrap_or(begin), written, recent: Recent::default(), due: now })
    }

    /// The height whose block and all before it this node does not hold.
    fn base(&self) -> Result<Height, ChainError> {
        Ok(self.chain.base()?.map_or(Height(0), |base| base.height))
    }

    /// The member whose node this is, as far as the ledger knows it.
    fn reader(&self) -> Result<Option<MemberNumber>, ChainError> {
        let record: Option<KeyRecord> = self.chain.state_reader()?.record(&StateKey::Key(self.peer_key))?;
        Ok(record.map(|key| key.member))
    }

    /// Looks through some of the blocks that were committed since the last look.
    async fn look(self: &Arc<Self>, look: &mut Look) -> Further {
        if look.due > Instant::now() {
            return Further::Later;
        }
        match self.look_further(look).await {
            Ok(further) => further,
            Err(error) => {
                warn!(%error, height = %look.looked.height, "the blocks cannot be looked through for openings that lack");
                look.due = Instant::now() + LOOK_RETRY;
                Further::Later
            }
        }
    }

    async fn look_further(self: &Arc<Self>, look: &mut Look) -> Result<Further, ChainError> {
        let (from, tip) = (look.looked.height.0, self.chain.tip().height);
        if from >= tip && look.written.is_some() {
            // Rights change with blocks only.
            return Ok(Further::Later);
        }
        let (reader, readership) = {
            let reader = self.reader()?;
            (reader, self.chain.readership(reader)?)
        };
        let now = Looked {
            height: look.looked.height,
            member: reader.filter(|_| readership != Readership::Nobody),
            reads_all: readership == Readership::All,
        };
        if widens(&look.looked, &now) {
            look.looked.height = self.base()?;
        }
        look.looked = Looked { height: look.looked.height, ..now };
        let mut found = Vec::new();
        let to = tip.min(look.looked.height.0 + LOOK_BLOCKS);
        while look.looked.height.0 < to {
            let height = Height(look.looked.height.0 + 1);
            let is_whole = readership == Readership::All && look.recent.is_whole(height);
            if !is_whole && readership != Readership::Nobody {
                let chain = Arc::clone(&self.chain);
                let lacks = blocking(move || chain.look_for_openings(reader, height)).await?;
                if !self.make_room(found.len() + lacks.len()).await? {
                    break;
                }
                let lacking = |(height, entries)| (height, Lacking { entries, rounds: 0 });
                found.extend(lacks.into_iter().map(lacking));
            }
            look.looked.height = height;
        }
        self.write(look, found).await?;
        let goes_on = look.looked.height.0 == to && to < self.chain.tip().height;
        Ok(if goes_on { Further::Now } else { Further::Later })
    }

    /// Whether there is room for so many more blocks, after those have given way that were sought in vain.
    async fn make_room(&self, blocks: usize) -> Result<bool, ChainError> {
        let gone = {
            let mut sought = self.sought();
            let lacks = blocks.saturating_sub(sought.room());
            if lacks == 0 { Vec::new() } else { sought.give_way(lacks) }
        };
        for height in gone {
            count(&self.tally.given_up);
            info!(%height, "openings of this block were sought in vain: it is no longer asked for, and others are");
            let chain = Arc::clone(&self.chain);
            blocking(move || Ok(chain.store().set_lacking(height, None)?)).await?;
        }
        Ok(blocks <= self.sought().room())
    }

    async fn write(
        self: &Arc<Self>,
        look: &mut Look,
        found: Vec<(Height, Lacking)>,
    ) -> Result<(), ChainError> {
        let looked = look.looked;
        let is_written = look.written.is_some_and(|written| {
            let unwritten = looked.height.0.saturating_sub(written.height.0);
            unwritten < UNWRITTEN_MAX
                && written.height <= looked.height
                && (written.member, written.reads_all) == (looked.member, looked.reads_all)
        });
        if found.is_empty() && is_written {
            return Ok(());
        }
        let chain = Arc::clone(&self.chain);
        let found = blocking(move || {
            chain.store().note_lacking(&found, &looked)?;
            Ok(found)
        })
        .await?;
        look.written = Some(looked);
        let (mut sought, now) = (self.sought(), Instant::now());
        for (height, lacking) in found {
            debug!(%height, entries = lacking.entries, "a block lacks openings: they are asked for");
            sought.add(height, lacking, now);
        }
        Ok(())
    }

    fn start(&self, rounds: &mut JoinSet<(Height, Result<RoundEnd, ChainError>)>) {
        let due = self.sought().start_due(Instant::now());
        for (height, lacking) in due {
            match self.round(height, lacking) {
                Ok(round) => _ = rounds.spawn(async move { (height, round.run().await) }),
                Err(error) => _ = rounds.spawn(future::ready((height, Err(error)))),
            }
        }
    }

    /// Validators are asked first, another one at the beginning of each round; then whoever else may keep some; and
    /// after all others who did not answer lately.
    fn round(&self, height: Height, lacking: Lacking) -> Result<Round, ChainError> {
        let validators = Arc::clone(&self.chain.tip().validators);
        let me = validators.address_among(&self.me);
        let powers = powers(&self.chain);
        let own = me.and_then(|me| validators.get(&me)).map_or(0, Validator::power);
        let (mut voting, mut others) = (Vec::new(), Vec::new());
        for (peer, known) in self.health.peers() {
            if !known.connected {
                continue;
            }
            let power = powers.get(&known.member).map_or(0, |validator| validator.power);
            let candidate = Candidate { peer, member: known.member, power };
            if power > 0 { voting.push(candidate) } else { others.push(candidate) }
        }
        for candidates in [&mut voting, &mut others] {
            let turn = height.0.wrapping_add(lacking.rounds.into());
            let length = candidates.len().max(1) as u64;
            candidates.rotate_left(usize::try_from(turn % length).unwrap_or(0));
        }
        let mut candidates: Vec<Candidate> = voting.into_iter().chain(others).collect();
        candidates.sort_by_key(|candidate| self.pace.is_silent(&candidate.peer));
        Ok(Round {
            chain: Arc::clone(&self.chain),
            host: self.host.clone(),
            pace: Arc::clone(&self.pace),
            tally: Arc::clone(&self.tally),
            reader: self.reader()?,
            height,
            candidates,
            others: Others { total: validators.total_power(), own },
            thorough: lacking.rounds + 1 >= ROUNDS_MIN,
        })
    }

    async fn ended(self: &Arc<Self>, height: Height, end: Result<RoundEnd, ChainError>) {
        let end = end.inspect_err(|error| warn!(%error, %height, "openings could not be sought")).ok();
        let after = self.sought().ended(height, end, Instant::now());
        let kept = match after {
            After::Completed => {
                count(&self.tally.completed);
                None
            }
            After::GivenUp => {
                count(&self.tally.given_up);
                info!(%height, "nobody keeps more openings of this block: it is no longer asked for");
                None
            }
            After::Again(lacking) => Some(lacking),
        };
        let chain = Arc::clone(&self.chain);
        let written = blocking(move || Ok(chain.store().set_lacking(height, kept)?)).await;
        if let Err(error) = written {
            // After a restart it is asked for once more.
            warn!(%error, %height, "what lacks of a block could not be written down");
        }
    }

    fn sought(&self) -> MutexGuard<'_, Sought> {
        self.sought.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether this node may read what it could not when it looked.
fn widens(before: &Looked, now: &Looked) -> bool {
    match (before.reads_all, now.reads_all) {
        (true, _) => false,
        (false, true) => true,
        (false, false) => now.member.is_some() && now.member != before.member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings_wait_for_a_node_that_catches_up_but_not_for_ever() {
        let (mut catching_up, now) = (CatchingUp::default(), Instant::now());
        let just_before = now + CATCHING_UP_MAX - Duration::from_millis(1);
        assert!(!catching_up.is_awaited(false, now));
        assert!(catching_up.is_awaited(true, now) && catching_up.is_awaited(true, just_before));
        assert!(!catching_up.is_awaited(true, now + CATCHING_UP_MAX));
        assert!(!catching_up.is_awaited(false, now + CATCHING_UP_MAX));
        assert!(catching_up.is_awaited(true, now + 2 * CATCHING_UP_MAX), "it is behind anew");
    }

    #[test]
    fn the_blocks_are_looked_through_anew_when_more_may_be_read() {
        let looked = |member: Option<u64>, reads_all| Looked {
            height: Height(9),
            member: member.map(MemberNumber),
            reads_all,
        };
        for (before, now, anew) in [
            (looked(None, false), looked(None, false), false),
            (looked(None, false), looked(Some(1), false), true),
            (looked(Some(1), false), looked(Some(1), false), false),
            (looked(Some(1), false), looked(Some(2), false), true),
            (looked(Some(1), false), looked(Some(1), true), true),
            (looked(Some(1), true), looked(Some(1), true), false),
            (looked(Some(1), true), looked(Some(1), false), false),
            (looked(Some(1), true), looked(None, false), false),
        ] {
            assert_eq!(widens(&before, &now), anew, "{before:?} to {now:?}");
        }
    }
}
