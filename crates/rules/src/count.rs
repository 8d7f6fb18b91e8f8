//! Counting days, forward and backward.

use crate::calendar::{Calendar, Standing};
use crate::civil_date::{CivilDate, DateError};
use crate::period::{Length, Period, Roll};
use crate::suspension::StoppedDays;

/// One count: a calendar, the days that do not count, and whether all that was asked of the calendar so
/// far is settled.
pub(crate) struct Counting<'a> {
    calendar: &'a Calendar,
    stopped: &'a StoppedDays,
    standing: Standing,
}

impl<'a> Counting<'a> {
    pub(crate) fn new(calendar: &'a Calendar, stopped: &'a StoppedDays) -> Self {
        Self { calendar, stopped, standing: Standing::Settled }
    }

    pub(crate) fn standing(&self) -> Standing {
        self.standing
    }

    /// The last day of a period that runs from a day on.
    pub(crate) fn after(&mut self, anchor: CivilDate, period: Period) -> Result<CivilDate, DateError> {
        let last = match period.length {
            Length::SameDay => self.stopped.free_from(anchor)?,
            Length::WorkingDays(count) => self.working_days_after(anchor, count.get())?,
            Length::NaturalDays(count) => self.stopped.nth_free_after(anchor, count.get().into())?,
            Length::Months(count) => self.months_after(anchor, count.get().into())?,
            Length::Years(count) => self.months_after(anchor, u32::from(count.get()) * 12)?,
        };
        match period.roll {
            Roll::Stays => Ok(last),
            Roll::ToWorkingDay => self.working_day_from(last),
        }
    }

    /// The day from which a length of time reaches a later day: counted from there forward it would end
    /// on that day, if that is worked and no day between is stopped.
    pub(crate) fn before(&mut self, anchor: CivilDate, length: Length) -> Result<CivilDate, DateError> {
        match length {
            Length::SameDay => Ok(anchor),
            Length::WorkingDays(count) => self.working_days_before(anchor, count.get()),
            Length::NaturalDays(count) => anchor.minus_days(count.get().into()),
            Length::Months(count) => anchor.minus_months(count.get().into()),
            Length::Years(count) => anchor.minus_months(u32::from(count.get()) * 12),
        }
    }

    fn working_days_after(&mut self, anchor: CivilDate, count: u16) -> Result<CivilDate, DateError> {
        let mut day = anchor;
        for _ in 0..count {
            day = self.working_day_from(day.plus_days(1)?)?;
        }
        Ok(day)
    }

    fn working_days_before(&mut self, anchor: CivilDate, count: u16) -> Result<CivilDate, DateError> {
        let mut day = anchor;
        for _ in 0..count {
            day = day.minus_days(1)?;
            while !self.is_working_day(day) {
                day = day.minus_days(1)?;
            }
        }
        Ok(day)
    }

    /// A month is a length of its own, so the days cut out of it are added at its end.
    fn months_after(&self, anchor: CivilDate, months: u32) -> Result<CivilDate, DateError> {
        let last = anchor.plus_months(months)?;
        self.stopped.nth_free_after(last, self.stopped.between(anchor, last))
    }

    /// The first day from this one on that is worked and not stopped.
    fn working_day_from(&mut self, day: CivilDate) -> Result<CivilDate, DateError> {
        let mut day = self.stopped.free_from(day)?;
        while !self.is_working_day(day) {
            day = self.stopped.free_from(day.plus_days(1)?)?;
        }
        Ok(day)
    }

    fn is_working_day(&mut self, day: CivilDate) -> bool {
        let judged = self.calendar.judge(day);
        self.standing = self.standing.max(judged.standing);
        judged.is_working_day
    }
}
