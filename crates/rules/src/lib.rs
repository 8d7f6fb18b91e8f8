//! Law as data: the working-day calendar, and the arithmetic of periods and deadlines.
//!
//! Everything here is a pure function of ledger bytes: no clock, randomness, float or unordered map. No
//! jurisdiction, day count or step of a source stands in the code; they come in calendars and profiles.
//! `docs/statutory-time.md` is the page that a lawyer reads; `docs/formats/calendar.md` gives the bytes.
//!
//! - [`CivilDate`]: a day in UTC+8, and the one rule of when a day ends;
//! - [`CalendarYear`], [`Calendar`]: which days are worked;
//! - [`Period`]: so many working days, natural days, months or years;
//! - [`Deadline`], [`due`]: the four kinds of deadline, and when they fall;
//! - [`StoppedDays`]: days on which clocks stand still.

mod calendar;
mod civil_date;
mod count;
mod day_span;
mod deadline;
pub mod limits;
mod period;
pub mod profile;
mod suspension;

pub use calendar::{
    AdoptionError, Arrangement, Calendar, CalendarId, CalendarIdError, CalendarTextError, CalendarYear,
    Holiday, Judged, Source, Standing,
};
pub use civil_date::{CivilDate, DateError};
pub use day_span::DaySpan;
pub use deadline::{Deadline, DeadlineKind, Due, due};
pub use period::{Count, CountOutOfRange, Length, Period, Roll};
pub use suspension::StoppedDays;
