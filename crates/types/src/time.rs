//! Time as the ledger counts it.

use std::fmt;

use crate::error::Fault;

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds. The time of a block, or any other time on
/// the same scale. Statutes read it in UTC+8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockTime(pub u64);

impl BlockTime {
    /// Milliseconds between two times, whichever is the later.
    #[must_use]
    pub fn distance_ms(self, other: Self) -> u64 {
        self.0.abs_diff(other.0)
    }

    /// A time that must be given: 0 on the wire says that it is not.
    pub(crate) fn from_wire(ms: u64) -> Result<Self, Fault> {
        Self::optional(ms).ok_or(Fault::Missing)
    }

    /// A time that may be absent, written as 0.
    pub(crate) fn optional(ms: u64) -> Option<Self> {
        (ms != 0).then_some(Self(ms))
    }

    pub(crate) fn optional_to_wire(time: Option<Self>) -> u64 {
        time.map_or(0, |time| time.0)
    }
}

impl fmt::Display for BlockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}
