//! Suspensions of clocks and outages, as the ledger keeps them.

use crate::canonical::Canonical;
use crate::cases::{ClockScope, days};
use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::{hash_from_wire, hash_to_wire};
use crate::limits::{RECORD_BYTES_MAX, REGISTER_RECORD_BYTES_MAX};
use crate::number::{SuspensionNumber, counted_from_one};
use crate::opening::Commitment;
use crate::proto;
use crate::time::BlockTime;

/// A suspension of clocks (期间中止计算), as it was adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspensionRecord {
    /// Its number.
    pub number: SuspensionNumber,
    /// The first day that is not counted, YYYYMMDD.
    pub first_day: u32,
    /// The last one.
    pub last_day: u32,
    /// Whose clocks.
    pub scope: ClockScope,
    /// The attached decision that orders it.
    pub authority: Commitment,
    /// The entry that adopted it.
    pub log_index: u64,
    /// When that was.
    pub time: BlockTime,
}

impl Canonical for SuspensionRecord {
    type Message = proto::SuspensionRecord;
    const BYTES_MAX: usize = REGISTER_RECORD_BYTES_MAX;

    fn from_message(message: proto::SuspensionRecord) -> Result<Self, DecodeError> {
        let (first_day, last_day) = days(message.first_day, message.last_day)?;
        Ok(Self {
            number: SuspensionNumber::from_wire(message.number).at("number")?,
            first_day,
            last_day,
            scope: ClockScope::from_wire(message.profiles, message.case_number)?,
            authority: Commitment(hash_from_wire(&message.authority).at("authority")?),
            log_index: counted_from_one(message.log_index).at("log_index")?,
            time: BlockTime::from_wire(message.time_ms).at("time_ms")?,
        })
    }

    fn to_message(&self) -> proto::SuspensionRecord {
        let (profiles, case_number) = self.scope.to_wire();
        proto::SuspensionRecord {
            number: self.number.0,
            first_day: self.first_day,
            last_day: self.last_day,
            profiles,
            case_number,
            authority: hash_to_wire(&self.authority.0),
            log_index: self.log_index,
            time_ms: self.time.0,
        }
    }
}

/// The last outage of the ledger (停机).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutageRecord {
    /// Time of the block before it.
    pub from: BlockTime,
    /// Time of the block after it.
    pub until: BlockTime,
    /// What fell due in it is recorded from this time on.
    pub held_until: BlockTime,
}

impl OutageRecord {
    /// Whether what fell due at `due` waits at `now` for a decision on the outage.
    #[must_use]
    pub fn holds(&self, due: BlockTime, now: BlockTime) -> bool {
        self.from < due && due <= self.until && now < self.held_until
    }
}

impl Canonical for OutageRecord {
    type Message = proto::OutageRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::OutageRecord) -> Result<Self, DecodeError> {
        let outage = Self {
            from: BlockTime::from_wire(message.from_ms).at("from_ms")?,
            until: BlockTime::from_wire(message.until_ms).at("until_ms")?,
            held_until: BlockTime::from_wire(message.held_until_ms).at("held_until_ms")?,
        };
        if outage.until <= outage.from {
            return Err(Fault::NotRising).at("until_ms");
        }
        if outage.held_until <= outage.until {
            return Err(Fault::NotRising).at("held_until_ms");
        }
        Ok(outage)
    }

    fn to_message(&self) -> proto::OutageRecord {
        proto::OutageRecord { from_ms: self.from.0, until_ms: self.until.0, held_until_ms: self.held_until.0 }
    }
}
