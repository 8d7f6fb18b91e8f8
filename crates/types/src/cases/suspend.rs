//! Suspension of clocks (期间中止计算).

use std::collections::BTreeSet;

use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list, rising};
use crate::limits::SUSPENSION_PROFILES_MAX;
use crate::number::{CaseNumber, within};
use crate::opening::Commitment;
use crate::proto;
use crate::text::Name;

/// Whose clocks a suspension stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockScope {
    /// Those of every case.
    Ledger,
    /// Those of the cases that run under these profiles, in whichever version; 1 to 16 ids.
    Profiles(BTreeSet<Name>),
    /// Those of one case.
    Case(CaseNumber),
}

/// Suspends clocks: these days are not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspendClocks {
    /// The first day that is not counted, YYYYMMDD.
    pub first_day: u32,
    /// The last one.
    pub last_day: u32,
    /// Whose clocks.
    pub scope: ClockScope,
    /// The attached decision that orders it. Path `authority`.
    pub authority: Commitment,
}

impl ClockScope {
    pub(crate) fn from_wire(profiles: Vec<String>, case: u64) -> Result<Self, DecodeError> {
        let ids = list(profiles, "profiles", 0..=SUSPENSION_PROFILES_MAX, Name::try_from)?;
        rising(&ids, "profiles", Clone::clone)?;
        match (ids.is_empty(), CaseNumber::optional(case)) {
            (true, None) => Ok(Self::Ledger),
            (true, Some(case)) => Ok(Self::Case(case)),
            (false, None) => Ok(Self::Profiles(ids.into_iter().collect())),
            (false, Some(_)) => Err(Fault::Unexpected("profiles are named already")).at("case_number"),
        }
    }

    pub(crate) fn to_wire(&self) -> (Vec<String>, u64) {
        match self {
            Self::Ledger => (Vec::new(), 0),
            Self::Profiles(ids) => (ids.iter().map(|id| id.as_str().to_owned()).collect(), 0),
            Self::Case(case) => (Vec::new(), case.0),
        }
    }
}

/// The first and last day of a suspension, which do not fall.
pub(crate) fn days(first: u32, last: u32) -> Result<(u32, u32), DecodeError> {
    let day = |found| within(found, 19_700_101, 99_991_231);
    let (first, last) = (day(first).at("first_day")?, day(last).at("last_day")?);
    if last < first { Err(Fault::NotRising).at("last_day") } else { Ok((first, last)) }
}

impl SuspendClocks {
    pub(crate) fn from_message(message: proto::SuspendClocks) -> Result<Self, DecodeError> {
        let (first_day, last_day) = days(message.first_day, message.last_day)?;
        Ok(Self {
            first_day,
            last_day,
            scope: ClockScope::from_wire(message.profiles, message.case_number)?,
            authority: message.authority.as_ref().required("authority", Commitment::from_message)?,
        })
    }

    pub(crate) fn to_message(&self) -> proto::SuspendClocks {
        let (profiles, case_number) = self.scope.to_wire();
        proto::SuspendClocks {
            first_day: self.first_day,
            last_day: self.last_day,
            profiles,
            case_number,
            authority: Some(self.authority.to_message()),
        }
    }
}
