//! How a deadline of a case stands at a time.

use bulla_rules::DeadlineKind;
use bulla_types::{BlockTime, CaseDeadline, CaseDeadlineStatus, DeadlineStanding};

use crate::text::Text;
use crate::words::Word;

/// What the record says, and what the time says that no block has recorded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeadlineState {
    Running,
    /// It has come, and the next block records it.
    Due,
    /// A window whose time is over: nothing records that.
    Over,
    Met,
    Reached,
    Left,
}

impl DeadlineState {
    pub(crate) fn of(deadline: &CaseDeadline, kind: Option<DeadlineKind>, at: BlockTime) -> Self {
        match deadline.status {
            CaseDeadlineStatus::Running => match deadline.due {
                Some(due) => Self::running(due, deadline.standing, kind, at),
                None => Self::Running,
            },
            CaseDeadlineStatus::Met => Self::Met,
            CaseDeadlineStatus::Reached => Self::Reached,
            CaseDeadlineStatus::Left => Self::Left,
        }
    }

    /// Of one that runs, by the record.
    pub(crate) fn running(
        due: BlockTime,
        standing: DeadlineStanding,
        kind: Option<DeadlineKind>,
        at: BlockTime,
    ) -> Self {
        match (standing == DeadlineStanding::Settled && due <= at, kind) {
            (false, _) => Self::Running,
            (true, Some(DeadlineKind::Window)) => Self::Over,
            (true, _) => Self::Due,
        }
    }
}

impl Word for DeadlineState {
    const ALL: &'static [Self] =
        &[Self::Running, Self::Due, Self::Over, Self::Met, Self::Reached, Self::Left];

    fn code(self) -> &'static str {
        match self {
            Self::Running => CaseDeadlineStatus::Running.code(),
            Self::Due => "due",
            Self::Over => "over",
            Self::Met => CaseDeadlineStatus::Met.code(),
            Self::Reached => CaseDeadlineStatus::Reached.code(),
            Self::Left => CaseDeadlineStatus::Left.code(),
        }
    }

    fn name(self) -> Text {
        match self {
            Self::Running => CaseDeadlineStatus::Running.name(),
            Self::Due => Text {
                en: "due, to be recorded with the next block", zh: "已届满，待下一区块记载"
            },
            Self::Over => Text { en: "over", zh: "已过" },
            Self::Met => CaseDeadlineStatus::Met.name(),
            Self::Reached => CaseDeadlineStatus::Reached.name(),
            Self::Left => CaseDeadlineStatus::Left.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use bulla_types::Lang;

    use super::*;

    const DUE: BlockTime = BlockTime(1_760_058_000_000);

    fn state(standing: DeadlineStanding, kind: DeadlineKind, at: u64) -> DeadlineState {
        DeadlineState::running(DUE, standing, Some(kind), BlockTime(at))
    }

    #[test]
    fn what_has_come_runs_no_more_though_no_block_has_recorded_it() {
        use DeadlineStanding::{Provisional, Settled};
        assert_eq!(state(Settled, DeadlineKind::Duty, DUE.0 - 1), DeadlineState::Running);
        let due = state(Settled, DeadlineKind::Lapse, DUE.0);
        assert_eq!(due, DeadlineState::Due);
        assert_eq!(due.of(Lang::En), "due, to be recorded with the next block");
        assert_eq!(state(Settled, DeadlineKind::Window, DUE.0), DeadlineState::Over);
        // It never comes while a calendar is missing.
        assert_eq!(state(Provisional, DeadlineKind::Duty, DUE.0), DeadlineState::Running);
    }
}
