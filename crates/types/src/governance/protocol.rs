//! Scheduling of a version of the protocol (协议版本排期).

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::limits::RECORD_BYTES_MAX;
use crate::number::Height;
use crate::proto;

/// A version of the protocol, and the first height that goes by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProtocolAtHeight {
    /// The version, which this program need not know.
    pub version: u32,
    /// Its first height.
    pub height: Height,
}

impl ProtocolAtHeight {
    /// Both or neither.
    fn optional(version: u32, height: u64) -> Result<Option<Self>, DecodeError> {
        match (version, height) {
            (0, 0) => Ok(None),
            (0, _) => Err(Fault::Missing).at("version"),
            (version, height) => Ok(Some(Self { version, height: Height::from_wire(height).at("height")? })),
        }
    }

    fn to_wire(scheduled: Option<Self>) -> (u32, u64) {
        scheduled.map_or((0, 0), |scheduled| (scheduled.version, scheduled.height.0))
    }
}

/// Schedules a version of the protocol, in place of the one that was scheduled before and whose height has not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleProtocol {
    /// What is scheduled; `None` takes back what was.
    pub scheduled: Option<ProtocolAtHeight>,
}

impl ScheduleProtocol {
    pub(crate) fn from_message(message: proto::ScheduleProtocol) -> Result<Self, DecodeError> {
        Ok(Self { scheduled: ProtocolAtHeight::optional(message.version, message.height)? })
    }

    pub(crate) fn to_message(self) -> proto::ScheduleProtocol {
        let (version, height) = ProtocolAtHeight::to_wire(self.scheduled);
        proto::ScheduleProtocol { version, height }
    }
}

/// The schedule as the state map holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProtocolScheduleRecord {
    /// What was scheduled last; `None` when it was taken back.
    pub scheduled: Option<ProtocolAtHeight>,
    /// Log index of the entry that did either.
    pub log_index: u64,
}

impl ProtocolScheduleRecord {
    /// What is to come after this height.
    #[must_use]
    pub fn pending_after(&self, height: Height) -> Option<ProtocolAtHeight> {
        self.scheduled.filter(|scheduled| scheduled.height > height)
    }
}

impl Canonical for ProtocolScheduleRecord {
    type Message = proto::ProtocolScheduleRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::ProtocolScheduleRecord) -> Result<Self, DecodeError> {
        if message.log_index == 0 {
            return Err(Fault::Missing).at("log_index");
        }
        let scheduled = ProtocolAtHeight::optional(message.version, message.height)?;
        Ok(Self { scheduled, log_index: message.log_index })
    }

    fn to_message(&self) -> proto::ProtocolScheduleRecord {
        let (version, height) = ProtocolAtHeight::to_wire(self.scheduled);
        proto::ProtocolScheduleRecord { version, height, log_index: self.log_index }
    }
}
