//! Lengths of time as statutes state them.

use std::fmt;
use std::num::NonZeroU16;

use crate::limits::PERIOD_COUNT_MAX;

/// How many days, months or years: 1 to [`PERIOD_COUNT_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(NonZeroU16);

/// Not how many days, months or years a period may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period has 1 to {PERIOD_COUNT_MAX} of its unit, not {0}")]
pub struct CountOutOfRange(pub u32);

impl Count {
    /// The number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

impl TryFrom<u32> for Count {
    type Error = CountOutOfRange;

    fn try_from(number: u32) -> Result<Self, CountOutOfRange> {
        let count = u16::try_from(number).ok().filter(|count| *count <= PERIOD_COUNT_MAX);
        count.and_then(NonZeroU16::new).map(Self).ok_or(CountOutOfRange(number))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How long (期间), in the unit that the source uses.
///
/// The day from which it runs is never counted (民法典第二百零一条).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Until the end of the day from which it runs (当日).
    SameDay,
    /// So many working days (工作日).
    WorkingDays(Count),
    /// So many days, working or not (日、自然日).
    NaturalDays(Count),
    /// So many months (月): until the corresponding day, or the last of a month that has none
    /// (民法典第二百零二条).
    Months(Count),
    /// So many years (年), counted as twelve months each.
    Years(Count),
}

/// What becomes of a last day that is not worked. The profile says which holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roll {
    /// It stays the last day.
    Stays,
    /// The first working day after it takes its place (民法典第二百零三条第一款).
    ToWorkingDay,
}

/// A length of time that ends as [`Roll`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// How long.
    pub length: Length,
    /// What becomes of a last day that is not worked.
    pub roll: Roll,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_period_has_at_least_one_of_its_unit_and_not_too_many() {
        assert_eq!(Count::try_from(0), Err(CountOutOfRange(0)));
        assert_eq!(Count::try_from(1).unwrap().get(), 1);
        assert_eq!(Count::try_from(10_000).unwrap().to_string(), "10000");
        assert_eq!(Count::try_from(10_001), Err(CountOutOfRange(10_001)));
        assert_eq!(Count::try_from(65_537), Err(CountOutOfRange(65_537)));
    }
}
