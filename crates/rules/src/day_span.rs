//! Runs of days.

use std::fmt;

use crate::civil_date::CivilDate;

/// A run of days from its first to its last, both in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySpan {
    first: CivilDate,
    last: CivilDate,
}

impl DaySpan {
    /// The days from `first` to `last`; `None` when `last` comes before `first`.
    #[must_use]
    pub fn new(first: CivilDate, last: CivilDate) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The first day.
    #[must_use]
    pub fn first(&self) -> CivilDate {
        self.first
    }

    /// The last day.
    #[must_use]
    pub fn last(&self) -> CivilDate {
        self.last
    }

    /// Its days, rising.
    pub fn iter(&self) -> impl Iterator<Item = CivilDate> + use<> {
        let Self { first, last } = *self;
        (0..=last.days_since(first)).filter_map(move |days| first.plus_days(days).ok())
    }

    /// Whether a day is one of them.
    #[must_use]
    pub fn contains(&self, day: CivilDate) -> bool {
        self.first <= day && day <= self.last
    }

    /// Both as one run, if this one starts first and no day lies between them.
    pub(crate) fn joined(&self, later: Self) -> Option<Self> {
        let joins = later.first <= self.last || later.first.days_since(self.last) == 1;
        joins.then(|| Self { first: self.first, last: self.last.max(later.last) })
    }
}

impl fmt::Display for DaySpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.first, self.last)
    }
}
