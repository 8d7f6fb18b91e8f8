//! The four kinds of deadline, and when they fall.

use bulla_types::BlockTime;

use crate::calendar::{Calendar, Standing};
use crate::civil_date::{CivilDate, DateError};
use crate::count::Counting;
use crate::period::{Length, Period};
use crate::suspension::StoppedDays;

/// What a deadline asks, of whom, and what follows when it has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadlineKind {
    /// Someone must act before it (应当在……内): a miss is recorded and changes nothing else.
    Duty,
    /// Someone may act between two instants, and not before or after (可以在……内).
    Window,
    /// The ledger acts when it has come (期满失效、视为……), by its due time.
    Lapse,
    /// Someone must act so long before a planned event (至少提前……).
    Backward,
}

/// A deadline, to be counted from its anchor: the day of the event that starts it, or that it precedes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// Someone must act before the end of the period after the anchor.
    Duty(Period),
    /// Someone may act from the anchor's event to the end of the period after it. A publicity of at least
    /// so many days is one: whoever closes it may do so once the period is over.
    Window(Period),
    /// Someone may act in the last such length of time before the end of the anchor, as in the month before
    /// a certificate expires.
    WindowBefore(Length),
    /// The ledger acts at the end of the period after the anchor.
    Lapse(Period),
    /// Someone must act this long before the anchor, the day of a planned event.
    Backward(Length),
}

impl Deadline {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> DeadlineKind {
        match self {
            Self::Duty(_) => DeadlineKind::Duty,
            Self::Window(_) | Self::WindowBefore(_) => DeadlineKind::Window,
            Self::Lapse(_) => DeadlineKind::Lapse,
            Self::Backward(_) => DeadlineKind::Backward,
        }
    }
}

/// When a deadline falls: the end of a day in UTC+8.
///
/// One instant divides time for every kind. Before it, "within the period" and "at least so long before"
/// are kept, and the ledger has not acted; from it on, the period has run in full: "at least so many days"
/// is kept, a window before an anchor is open, and what lapses has lapsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What follows from it.
    pub kind: DeadlineKind,
    /// The day at whose end it falls.
    pub day: CivilDate,
    /// Whether a calendar that is not on the ledger yet can still move it.
    pub standing: Standing,
}

impl Due {
    /// The instant: the first after the day.
    #[must_use]
    pub fn at(&self) -> BlockTime {
        self.day.ends()
    }

    /// Whether the instant has come.
    #[must_use]
    pub fn is_over(&self, time: BlockTime) -> bool {
        time >= self.at()
    }

    /// When the ledger acts of itself: never for another kind than a lapse, nor while it is provisional.
    #[must_use]
    pub fn lapses_at(&self) -> Option<BlockTime> {
        let lapses = self.kind == DeadlineKind::Lapse && self.standing == Standing::Settled;
        lapses.then(|| self.at())
    }
}

/// When a deadline falls that is counted from the anchor.
///
/// Days on which its clock stands still are not counted forward. They change nothing backward: a planned
/// event does not move, and who prepares for it loses no time by a stopped clock.
///
/// # Errors
/// It falls before 1970 or after 9999.
pub fn due(
    deadline: Deadline,
    anchor: CivilDate,
    calendar: &Calendar,
    stopped: &StoppedDays,
) -> Result<Due, DateError> {
    let mut counting = Counting::new(calendar, stopped);
    let day = match deadline {
        Deadline::Duty(period) | Deadline::Window(period) | Deadline::Lapse(period) => {
            counting.after(anchor, period)?
        }
        Deadline::WindowBefore(length) | Deadline::Backward(length) => counting.before(anchor, length)?,
    };
    Ok(Due { kind: deadline.kind(), day, standing: counting.standing() })
}
