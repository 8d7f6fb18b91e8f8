//! The clock of a ledger for tests.

use crate::error::DecodeError;
use crate::field::At;
use crate::limits::TEST_CLOCK_SPEED_MAX;
use crate::number::within;
use crate::proto;

/// What a ledger for tests permits the clocks of its nodes: to show another time than their machines', and to run
/// at another speed. A ledger for use permits neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestClock {
    /// Milliseconds of the ledger for one of the machine, at most: 1 to 86,400, a day a second. Windows that are
    /// counted in the ledger's time may be as many times as long as otherwise.
    pub speed_max: u32,
}

impl TestClock {
    pub(crate) fn from_message(message: proto::TestClock) -> Result<Self, DecodeError> {
        let speed_max = within(message.speed_max, 1, TEST_CLOCK_SPEED_MAX).at("speed_max")?;
        Ok(Self { speed_max })
    }

    pub(crate) fn to_message(self) -> proto::TestClock {
        proto::TestClock { speed_max: self.speed_max }
    }
}
