//! Deadlines of a case (期限).

use std::collections::BTreeMap;

use crate::DeadlineStanding;
use crate::error::{DecodeError, Fault};
use crate::field::{At, list, rising};
use crate::limits::{CASE_DEADLINES_MAX, DAYS_AWAY_MAX, DEADLINE_ANCHORS_MAX, YEARS_COUNTED_MAX};
use crate::number::within;
use crate::proto;
use crate::rule_name::RuleName;
use crate::time::BlockTime;
use crate::wire_enum::{unknown, wire_enum};

use super::rows;

wire_enum! {
    /// What has become of a deadline of a case.
    pub enum CaseDeadlineStatus: unknown => {
        /// It runs.
        Running = 1,
        /// A step that meets it was taken.
        Met = 2,
        /// It came due, and that is recorded.
        Reached = 3,
        /// The case has left the states in which it runs.
        Left = 4,
    }
}

/// Days that a deadline does not count, from the first to the last, as YYYYMMDD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaysAway {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

/// A deadline of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDeadline {
    /// What has become of it.
    pub status: CaseDeadlineStatus,
    /// When it is due; `None` while no date of its rule counts.
    pub due: Option<BlockTime>,
    /// Whether that can still move.
    pub standing: DeadlineStanding,
    /// For each date of its rule the time of the event from which it is counted, if that date counts.
    pub anchors: Vec<Option<BlockTime>>,
    /// Days that are not counted, rising.
    pub away: Vec<DaysAway>,
    /// When the case left the states in which it runs, if it has not come back.
    pub left: Option<BlockTime>,
    /// The years whose calendar it counts, each with the revision by which it was reckoned: 0 where no calendar
    /// of the year was on the ledger.
    pub counted: BTreeMap<u16, u32>,
}

impl CaseDeadline {
    fn from_message(message: &proto::CaseDeadline) -> Result<Self, DecodeError> {
        let date = |found: u32| within(found, 19_700_101, 99_991_231);
        let away = list(&message.away, "away", 0..=DAYS_AWAY_MAX, |away| {
            let days = DaysAway { first: date(away.first).at("first")?, last: date(away.last).at("last")? };
            if days.first > days.last { Err(Fault::NotRising).at("last") } else { Ok(days) }
        })?;
        if let Some(index) = away.windows(2).position(|pair| pair[0].last >= pair[1].first) {
            return Err(Fault::NotRising).at_item("away", index + 1);
        }
        Ok(Self {
            status: CaseDeadlineStatus::from_wire(message.status).at("status")?,
            due: BlockTime::optional(message.due_ms),
            standing: DeadlineStanding::from_wire(message.standing).at("standing")?,
            anchors: list(&message.anchors_ms, "anchors_ms", 1..=DEADLINE_ANCHORS_MAX, |&ms| {
                Ok::<_, Fault>(BlockTime::optional(ms))
            })?,
            away,
            left: BlockTime::optional(message.left_ms),
            counted: counted(&message.counted)?,
        })
    }

    fn to_message(&self, deadline: String) -> proto::CaseDeadline {
        let days = |days: &DaysAway| proto::DaysAway { first: days.first, last: days.last };
        let year = |(&year, &revision): (&u16, &u32)| proto::CountedYear { year: year.into(), revision };
        proto::CaseDeadline {
            deadline,
            status: self.status.to_wire(),
            due_ms: BlockTime::optional_to_wire(self.due),
            standing: self.standing.to_wire(),
            anchors_ms: self.anchors.iter().map(|&anchor| BlockTime::optional_to_wire(anchor)).collect(),
            away: self.away.iter().map(days).collect(),
            left_ms: BlockTime::optional_to_wire(self.left),
            counted: self.counted.iter().map(year).collect(),
        }
    }
}

fn counted(messages: &[proto::CountedYear]) -> Result<BTreeMap<u16, u32>, DecodeError> {
    let years = list(messages, "counted", 0..=YEARS_COUNTED_MAX, |message| {
        let year = within(message.year, 1970, 9999).at("year")?;
        Ok::<_, DecodeError>((u16::try_from(year).unwrap_or(u16::MAX), message.revision))
    })?;
    rising(&years, "counted", |&(year, _)| year)?;
    Ok(years.into_iter().collect())
}

pub(super) fn deadlines(
    messages: Vec<proto::CaseDeadline>,
) -> Result<BTreeMap<RuleName, CaseDeadline>, DecodeError> {
    rows::rows(messages, "deadlines", CASE_DEADLINES_MAX, |mut row| {
        let name = rows::name(std::mem::take(&mut row.deadline), "deadline")?;
        Ok((name, CaseDeadline::from_message(&row)?))
    })
}

pub(super) fn to_messages(deadlines: &BTreeMap<RuleName, CaseDeadline>) -> Vec<proto::CaseDeadline> {
    rows::to_messages(deadlines, |name, deadline| deadline.to_message(name))
}
