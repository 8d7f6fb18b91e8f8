//! Which blocks lack openings, and when others are asked for them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use bulla_storage::{LACKING_MAX, Lacking};
use bulla_types::Height;
use tokio::time::Instant;

/// Blocks that are asked for at a time. Each takes one question and its answer at a time.
const ROUNDS_AT_A_TIME: usize = 4;

/// So many rounds in which enough peers said that they keep no more end the search, if all other validators have said
/// so in the last of them.
pub(super) const ROUNDS_MIN: u32 = 3;

/// So many end it although some validators are away.
const ROUNDS_MAX: u32 = ROUNDS_MIN + 2;

/// How long a round is waited for after one that was not heard by enough peers: twice as long each time, up to the
/// second.
const UNHEARD_WAITS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(16)];

/// So many rounds in which somebody answered and too few have heard let a block give way to others.
const UNHEARD_MIN: u32 = 8;

/// How long the next round is waited for after the first one, the second one, and so on. Together a quarter of an
/// hour: for a validator that is away.
const WAITS: [Duration; ROUNDS_MAX as usize - 1] =
    [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(180), Duration::from_secs(600)];

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Sought(BTreeMap<Height, One>);

#[derive(Debug)]
struct One {
    lacking: Lacking,
    due: Instant,
    under_way: bool,
    /// Found to lack once more while it was asked for: what the round knows of it is not all.
    anew: bool,
    /// Rounds in a row in which somebody answered and too few have heard.
    unheard: u32,
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RoundEnd {
    /// Entries that lack openings still.
    pub(super) left: u32,
    /// Who has said that there is no more of it to have.
    pub(super) heard: Heard,
}

/// Who has said in a round that it keeps no more of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nobody has answered.
    Nobody,
    /// Some have answered, and validators with more than a third of the power have not said so.
    TooFew,
    /// Validators with more than a third of the power.
    Enough,
    /// All other validators.
    All,
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
        self.0.insert(height, One { lacking, due: now, under_way, anew: under_way, unheard: 0 });
    }

    /// How many more blocks there is room for.
    pub(super) fn room(&self) -> usize {
        LACKING_MAX.saturating_sub(self.0.len())
    }

    /// Gives up as many blocks as that, of those that were asked for often and in vain, the most often first: there is
    /// no room for newer ones, which others may have. Gives their heights.
    pub(super) fn give_way(&mut self, count: usize) -> Vec<Height> {
        let often = |one: &One| one.unheard.max(one.lacking.rounds);
        let in_vain = |one: &One| one.unheard >= UNHEARD_MIN || one.lacking.rounds >= ROUNDS_MIN;
        let mut found: Vec<_> = self.0.iter().filter(|(_, one)| !one.under_way && in_vain(one)).collect();
        found.sort_by_key(|(height, one)| (Reverse(often(one)), **height));
        let heights: Vec<Height> = found.into_iter().take(count).map(|(height, _)| *height).collect();
        heights.iter().for_each(|height| _ = self.0.remove(height));
        heights
    }

    /// The blocks whose turn it is, each with how often it was asked for: who has waited longest first, so that none
    /// that nobody gives keeps others from theirs. Each is under way until it has [ended](Self::ended).
    pub(super) fn start_due(&mut self, now: Instant) -> Vec<(Height, Lacking)> {
        let under_way = self.0.values().filter(|one| one.under_way).count();
        let mut started = Vec::new();
        for _ in under_way..ROUNDS_AT_A_TIME {
            let due = self.0.iter_mut().filter(|(_, one)| !one.under_way && one.due <= now);
            let Some((height, one)) = due.min_by_key(|(height, one)| (one.due, **height)) else { break };
            one.under_way = true;
            started.push((*height, one.lacking));
        }
        started
    }

    /// A round has ended; an error ends it unheard.
    pub(super) fn ended(&mut self, height: Height, end: Option<RoundEnd>, now: Instant) -> After {
        let Some(one) = self.0.get_mut(&height) else { return After::Completed };
        one.under_way = false;
        if std::mem::take(&mut one.anew) {
            one.due = now;
            return After::Again(one.lacking);
        }
        let Some(RoundEnd { left, heard }) = end else {
            one.due = now + UNHEARD_WAITS[0];
            return After::Again(one.lacking);
        };
        one.lacking.entries = left;
        match heard {
            Heard::Nobody => one.due = now + UNHEARD_WAITS[0],
            Heard::TooFew => {
                let wait = UNHEARD_WAITS[0].saturating_mul(1_u32.wrapping_shl(one.unheard.min(8)));
                one.due = now + wait.min(UNHEARD_WAITS[1]);
                one.unheard = one.unheard.saturating_add(1);
            }
            Heard::Enough | Heard::All => {
                let waited = usize::try_from(one.lacking.rounds).unwrap_or(usize::MAX);
                one.due = now + WAITS[waited.min(WAITS.len() - 1)];
                one.lacking.rounds = one.lacking.rounds.saturating_add(1);
                one.unheard = 0;
            }
        }
        let rounds_needed = match heard {
            Heard::Nobody | Heard::TooFew => u32::MAX,
            Heard::Enough => ROUNDS_MAX,
            Heard::All => ROUNDS_MIN,
        };
        if left == 0 {
            self.0.remove(&height);
            After::Completed
        } else if one.lacking.rounds >= rounds_needed {
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
    use std::collections::BTreeSet;

    use super::*;

    const LACKS: Lacking = Lacking { entries: 2, rounds: 0 };

    fn heights(started: &[(Height, Lacking)]) -> Vec<u64> {
        started.iter().map(|(height, _)| height.0).collect()
    }

    fn end(left: u32, heard: Heard) -> Option<RoundEnd> {
        Some(RoundEnd { left, heard })
    }

    #[test]
    fn a_few_are_asked_for_at_a_time_the_oldest_first() {
        let (mut sought, now) = (Sought::default(), Instant::now());
        (1..=6).for_each(|height| sought.add(Height(height), LACKS, now));
        assert_eq!(sought.count(), (6, 12));
        assert_eq!(heights(&sought.start_due(now)), [1, 2, 3, 4]);
        assert_eq!((sought.start_due(now), sought.next_due()), (vec![], None));
        assert_eq!(sought.ended(Height(2), end(0, Heard::TooFew), now), After::Completed);
        assert_eq!(heights(&sought.start_due(now)), [5]);
    }

    #[test]
    fn blocks_that_nobody_gives_keep_no_other_from_its_turn() {
        let (mut sought, mut now) = (Sought::default(), Instant::now());
        (1..=100).for_each(|height| sought.add(Height(height), LACKS, now));
        let mut had_a_turn = BTreeSet::new();
        // Every round takes as long as the wait for the next.
        for _ in 0..25 {
            let started = heights(&sought.start_due(now));
            now += UNHEARD_WAITS[0];
            for height in started {
                had_a_turn.insert(height);
                sought.ended(Height(height), end(2, Heard::Nobody), now);
            }
        }
        assert_eq!(had_a_turn.len(), 100);
    }

    #[test]
    fn what_too_few_have_spoken_of_is_asked_for_again_without_end() {
        let (mut sought, mut now) = (Sought::default(), Instant::now());
        sought.add(Height(1), LACKS, now);
        for round in 0..100 {
            assert_eq!(heights(&sought.start_due(now)), [1]);
            let heard = if round % 2 == 0 { Heard::TooFew } else { Heard::Nobody };
            assert_eq!(sought.ended(Height(1), end(2, heard), now), After::Again(LACKS));
            assert_eq!(sought.start_due(now), []);
            now += UNHEARD_WAITS[1];
        }
        sought.start_due(now);
        assert_eq!(sought.ended(Height(1), None, now), After::Again(LACKS), "an error says nothing");
    }

    #[test]
    fn what_all_say_they_do_not_keep_is_given_up_after_some_rounds() {
        let (mut sought, mut now) = (Sought::default(), Instant::now());
        sought.add(Height(1), LACKS, now);
        for (rounds, wait) in [(1, WAITS[0]), (2, WAITS[1])] {
            assert_eq!(sought.start_due(now).len(), 1);
            let again = After::Again(Lacking { entries: 1, rounds });
            assert_eq!(sought.ended(Height(1), end(1, Heard::All), now), again);
            assert_eq!(sought.next_due(), Some(now + wait));
            now += wait;
        }
        assert_eq!(sought.start_due(now).len(), 1);
        assert_eq!(sought.ended(Height(1), end(1, Heard::All), now), After::GivenUp);
        assert_eq!((sought.count(), sought.next_due()), ((0, 0), None));
    }

    #[test]
    fn a_validator_that_is_away_is_waited_for_and_not_for_ever() {
        let (mut sought, mut now) = (Sought::default(), Instant::now());
        sought.add(Height(1), LACKS, now);
        for wait in WAITS {
            assert_eq!(sought.start_due(now).len(), 1);
            assert!(matches!(sought.ended(Height(1), end(1, Heard::Enough), now), After::Again(_)));
            now += wait;
        }
        assert_eq!(sought.start_due(now).len(), 1);
        assert_eq!(sought.ended(Height(1), end(1, Heard::Enough), now), After::GivenUp);
    }

    #[test]
    fn what_was_found_to_lack_anew_meanwhile_is_not_started_twice_and_not_forgotten() {
        let (mut sought, now) = (Sought::default(), Instant::now());
        sought.add(Height(1), LACKS, now);
        sought.start_due(now);
        let more = Lacking { entries: 5, rounds: 0 };
        sought.add(Height(1), more, now);
        assert_eq!(sought.start_due(now), []);
        // The round knew of less.
        assert_eq!(sought.ended(Height(1), end(0, Heard::All), now), After::Again(more));
        assert_eq!(heights(&sought.start_due(now)), [1]);
        assert_eq!(sought.ended(Height(1), end(0, Heard::All), now), After::Completed);
        assert_eq!(sought.room(), LACKING_MAX);
    }

    #[test]
    fn where_there_is_no_room_what_was_asked_for_often_in_vain_gives_way() {
        let (mut sought, mut now) = (Sought::default(), Instant::now());
        (1..=3).for_each(|height| sought.add(Height(height), LACKS, now));
        assert_eq!(sought.give_way(9), [], "nobody was asked");
        for round in 0..=UNHEARD_MIN {
            for height in heights(&sought.start_due(now)) {
                let heard = if height == 1 { Heard::Nobody } else { Heard::TooFew };
                if height != 3 || round > 0 {
                    sought.ended(Height(height), end(2, heard), now);
                } else {
                    sought.ended(Height(height), None, now);
                }
            }
            now += UNHEARD_WAITS[1];
        }
        assert_eq!(sought.give_way(1), [Height(2)]);
        assert_eq!(sought.give_way(9), [Height(3)], "of the first nobody has said a word");
        assert_eq!(sought.count().0, 1);
    }
}
