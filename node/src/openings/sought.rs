//! Which blocks lack openings, and when others are asked for them.

use std::collections::BTreeMap;
use std::time::Duration;

use bulla_storage::{LACKING_MAX, Lacking};
use bulla_types::Height;
use tokio::time::Instant;

/// Blocks that are asked for at a time. Each takes one question and its answer at a time.
const ROUNDS_AT_A_TIME: usize = 4;

/// So many rounds in which enough peers said that they keep no more end the search.
const ROUNDS_MIN: u32 = 3;

/// How long a round is waited for that was not heard by enough peers.
const UNHEARD_WAIT: Duration = Duration::from_secs(2);

/// How long the next round is waited for after the first one, the second one, and so on; the last one for ever.
const WAITS: [Duration; 4] =
    [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(180), Duration::from_secs(600)];

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Sought(BTreeMap<Height, One>);

#[derive(Debug)]
struct One {
    lacking: Lacking,
    due: Instant,
    under_way: bool,
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RoundEnd {
    /// Entries that lack openings still.
    pub(super) left: u32,
    /// Whether validators with more than a third of the power have said that they keep no more.
    pub(super) heard: bool,
}

/// What follows for what is kept of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing lacks any more.
    Completed,
    /// What lacks nobody has: it is no longer sought.
    GivenUp,
    /// It is asked for again.
    Again(Lacking),
}

impl Sought {
    /// A block lacks openings: it is asked for now, and as if it never was before.
    pub(super) fn add(&mut self, height: Height, lacking: Lacking, now: Instant) {
        let under_way = self.0.get(&height).is_some_and(|one| one.under_way);
        self.0.insert(height, One { lacking, due: now, under_way });
    }

    /// How many more blocks there is room for.
    pub(super) fn room(&self) -> usize {
        LACKING_MAX.saturating_sub(self.0.len())
    }

    /// The blocks whose turn it is, each with how often it was asked for. Each is under way until it has
    /// [ended](Self::ended).
    pub(super) fn start_due(&mut self, now: Instant) -> Vec<(Height, Lacking)> {
        let under_way = self.0.values().filter(|one| one.under_way).count();
        let due = self.0.iter_mut().filter(|(_, one)| !one.under_way && one.due <= now);
        let started = due.take(ROUNDS_AT_A_TIME.saturating_sub(under_way)).map(|(height, one)| {
            one.under_way = true;
            (*height, one.lacking)
        });
        started.collect()
    }

    /// A round has ended; an error ends it unheard.
    pub(super) fn ended(&mut self, height: Height, end: Option<RoundEnd>, now: Instant) -> After {
        let Some(one) = self.0.get_mut(&height) else { return After::Completed };
        one.under_way = false;
        let Some(RoundEnd { left, heard }) = end else {
            one.due = now + UNHEARD_WAIT;
            return After::Again(one.lacking);
        };
        one.lacking.entries = left;
        if heard {
            one.lacking.rounds = one.lacking.rounds.saturating_add(1);
        }
        let rounds = usize::try_from(one.lacking.rounds).unwrap_or(usize::MAX);
        let wait = rounds.checked_sub(1).map(|waited| WAITS[waited.min(WAITS.len() - 1)]);
        one.due = now + wait.filter(|_| heard).unwrap_or(UNHEARD_WAIT);
        if left == 0 {
            self.0.remove(&height);
            After::Completed
        } else if heard && one.lacking.rounds >= ROUNDS_MIN {
            self.0.remove(&height);
            After::GivenUp
        } else {
            After::Again(one.lacking)
        }
    }

    /// When the next block's turn comes; none while as many are under way as may be.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let under_way = self.0.values().filter(|one| one.under_way).count();
        if under_way >= ROUNDS_AT_A_TIME {
            return None;
        }
        self.0.values().filter(|one| !one.under_way).map(|one| one.due).min()
    }

    /// Blocks that lack openings, and their entries that do.
    pub(super) fn count(&self) -> (u64, u64) {
        let entries = self.0.values().map(|one| u64::from(one.lacking.entries)).sum();
        (self.0.len() as u64, entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LACKS: Lacking = Lacking { entries: 2, rounds: 0 };

    fn heights(started: &[(Height, Lacking)]) -> Vec<u64> {
        started.iter().map(|(height, _)| height.0).collect()
    }

    fn end(left: u32, heard: bool) -> Option<RoundEnd> {
        Some(RoundEnd { left, heard })
    }

    #[test]
    fn a_few_are_asked_for_at_a_time_the_oldest_first() {
        let (mut sought, now) = (Sought::default(), Instant::now());
        (1..=6).for_each(|height| sought.add(Height(height), LACKS, now));
        assert_eq!(sought.count(), (6, 12));
        assert_eq!(heights(&sought.start_due(now)), [1, 2, 3, 4]);
        assert_eq!((sought.start_due(now), sought.next_due()), (vec![], None));
        assert_eq!(sought.ended(Height(2), end(0, false), now), After::Completed);
        assert_eq!(heights(&sought.start_due(now)), [5]);
    }

    #[test]
    fn what_too_few_have_spoken_of_is_asked_for_again_without_end() {
        let (mut sought, mut now) = (Sought::default(), Instant::now());
        sought.add(Height(1), LACKS, now);
        for _ in 0..100 {
            assert_eq!(heights(&sought.start_due(now)), [1]);
            assert_eq!(sought.ended(Height(1), end(2, false), now), After::Again(LACKS));
            assert_eq!(sought.start_due(now), []);
            now += UNHEARD_WAIT;
        }
        sought.start_due(now);
        assert_eq!(sought.ended(Height(1), None, now), After::Again(LACKS), "an error says nothing");
    }

    #[test]
    fn what_enough_say_they_do_not_keep_is_given_up_after_some_rounds() {
        let (mut sought, mut now) = (Sought::default(), Instant::now());
        sought.add(Height(1), LACKS, now);
        for (rounds, wait) in [(1, WAITS[0]), (2, WAITS[1])] {
            assert_eq!(sought.start_due(now).len(), 1);
            let again = After::Again(Lacking { entries: 1, rounds });
            assert_eq!(sought.ended(Height(1), end(1, true), now), again);
            assert_eq!(sought.next_due(), Some(now + wait));
            now += wait;
        }
        assert_eq!(sought.start_due(now).len(), 1);
        assert_eq!(sought.ended(Height(1), end(1, true), now), After::GivenUp);
        assert_eq!((sought.count(), sought.next_due()), ((0, 0), None));
    }

    #[test]
    fn what_was_found_to_lack_anew_meanwhile_is_not_started_twice() {
        let (mut sought, now) = (Sought::default(), Instant::now());
        sought.add(Height(1), LACKS, now);
        sought.start_due(now);
        sought.add(Height(1), Lacking { entries: 5, rounds: 0 }, now);
        assert_eq!(sought.start_due(now), []);
        assert_eq!(sought.ended(Height(1), end(0, true), now), After::Completed);
        assert_eq!(sought.room(), LACKING_MAX);
    }
}
