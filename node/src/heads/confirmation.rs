//! Which of this node's blocks other validators stand by.

use std::time::Duration;

use bulla_types::Height;
use tokio::time::Instant;

/// Another validator's word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice {
    pub(super) power: u64,
    /// The highest block of this node that it has named as its own; it stands by all before it.
    pub(super) agreed: Height,
}

/// The voting power of all, and of this node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Power {
    pub(super) total: u64,
    pub(super) own: u64,
}

/// The highest block that others with more than a third of the power stand by: at least one of them keeps the rules, as
/// long as those that break them have no more than a third. Where the others have no more than that together, this
/// node's own word decides.
pub(super) fn confirmed(mut voices: Vec<Voice>, power: Power, tip: Height) -> Height {
    let suffices = |power_of: u128| 3 * power_of > u128::from(power.total);
    if !suffices(u128::from(power.total.saturating_sub(power.own))) {
        return tip;
    }
    voices.sort_by_key(|voice| std::cmp::Reverse(voice.agreed));
    let mut behind = 0_u128;
    for voice in voices {
        behind += u128::from(voice.power);
        if suffices(behind) {
            return voice.agreed;
        }
    }
    Height(0)
}

/// How far this node's blocks are confirmed, and since when they wait for it.
#[derive(Debug)]
pub(super) struct Confirmation {
    tip: Height,
    confirmed: Height,
    waits_since: Option<Instant>,
    overdue: bool,
}

/// What has become of the warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Warning {
    Begins,
    Ends,
}

impl Confirmation {
    /// Blocks up to here were committed before this node started, and wait for nothing.
    pub(super) fn from(tip: Height) -> Self {
        Self { tip, confirmed: Height(0), waits_since: None, overdue: false }
    }

    /// The state at this moment. A warning begins when blocks have waited for longer than the limit with none confirmed
    /// meanwhile, and ends when one is.
    pub(super) fn look(
        &mut self,
        tip: Height,
        confirmed: Height,
        now: Instant,
        limit: Duration,
    ) -> Option<Warning> {
        let goes_on = confirmed > self.confirmed;
        if confirmed >= tip {
            self.waits_since = None;
        } else if goes_on {
            self.waits_since = self.waits_since.map(|_| now);
        } else if tip > self.tip {
            self.waits_since.get_or_insert(now);
        }
        (self.tip, self.confirmed) = (tip, confirmed);
        let was_overdue = self.overdue;
        self.overdue = self.due_at(limit).is_some_and(|due| now >= due);
        match (was_overdue, self.overdue) {
            (false, true) => Some(Warning::Begins),
            (true, false) => Some(Warning::Ends),
            _ => None,
        }
    }

    /// When a warning is due, if nothing happens before.
    pub(super) fn due_at(&self, limit: Duration) -> Option<Instant> {
        self.waits_since.and_then(|since| since.checked_add(limit))
    }

    pub(super) fn confirmed(&self) -> Height {
        self.confirmed
    }

    pub(super) fn is_overdue(&self) -> bool {
        self.overdue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    fn of(voices: &[(u64, u64)], total: u64, own: u64) -> u64 {
        let voices = voices.iter().map(|&(power, agreed)| Voice { power, agreed: Height(agreed) }).collect();
        confirmed(voices, Power { total, own }, Height(50)).0
    }

    #[test]
    fn more_than_a_third_of_the_power_confirms_and_a_third_does_not() {
        assert_eq!(of(&[(1, 40)], 4, 0), 0);
        assert_eq!(of(&[(1, 40), (1, 30)], 4, 0), 30);
        assert_eq!(of(&[(1, 40), (1, 30), (1, 35)], 4, 1), 35);
        assert_eq!(of(&[(1, 40)], 3, 1), 0, "a third is not more than a third");
        assert_eq!(of(&[(2, 40)], 4, 1), 40);
    }

    #[test]
    fn a_validator_that_others_cannot_outweigh_confirms_itself() {
        assert_eq!(of(&[], 1, 1), 50);
        assert_eq!(of(&[(1, 40)], 4, 3), 50);
        assert_eq!(of(&[(2, 40)], 5, 3), 40);
    }

    #[test]
    fn blocks_that_wait_too_long_are_warned_of_until_one_is_confirmed() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut state = Confirmation::from(Height(10));
        assert_eq!(state.look(Height(10), Height(0), at(500), LIMIT), None, "old blocks wait for nothing");
        assert_eq!(state.look(Height(11), Height(0), at(500), LIMIT), None);
        assert_eq!(state.due_at(LIMIT), Some(at(560)));
        assert_eq!(state.look(Height(12), Height(0), at(559), LIMIT), None);
        assert_eq!(state.look(Height(12), Height(0), at(560), LIMIT), Some(Warning::Begins));
        assert_eq!(state.look(Height(13), Height(0), at(600), LIMIT), None, "it is told once");
        assert!(state.is_overdue());
        assert_eq!(state.look(Height(13), Height(11), at(700), LIMIT), Some(Warning::Ends));
        assert_eq!(state.due_at(LIMIT), Some(at(760)), "two blocks still wait");
        assert_eq!(state.look(Height(13), Height(13), at(701), LIMIT), None);
        assert_eq!((state.due_at(LIMIT), state.confirmed()), (None, Height(13)));
    }

    #[test]
    fn a_ledger_that_moves_and_is_confirmed_step_by_step_is_not_warned_of() {
        let start = Instant::now();
        let mut state = Confirmation::from(Height(0));
        for second in 1..1_000 {
            let now = start + Duration::from_secs(second);
            assert_eq!(state.look(Height(second + 1), Height(second / 30 * 30), now, LIMIT), None);
        }
    }
}
