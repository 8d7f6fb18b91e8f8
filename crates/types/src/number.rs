//! Numbers of blocks, members and deposits.

use std::fmt;

use crate::error::Fault;

macro_rules! numbers {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl $name {
            #[allow(dead_code)]
            pub(crate) fn from_wire(number: u64) -> Result<Self, Fault> {
                counted_from_one(number).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

numbers! {
    /// Height of a block. The first block has height 1; no format holds height 0.
    Height;
    /// Number of a member (成员编号), given in order of enrolment from 1.
    MemberNumber;
    /// Number of a deposit (存证号), given in order of deposit from 1.
    EvidenceNumber;
}

/// A number that starts at 1, so that the wire's default 0 can never stand for one.
pub(crate) fn counted_from_one(number: u64) -> Result<u64, Fault> {
    if number == 0 { Err(Fault::Missing) } else { Ok(number) }
}

/// A number within inclusive bounds.
pub(crate) fn within<N: Copy + PartialOrd + Into<u64>>(found: N, min: N, max: N) -> Result<N, Fault> {
    if found < min || found > max {
        Err(Fault::OutOfRange { found: found.into(), min: min.into(), max: max.into() })
    } else {
        Ok(found)
    }
}
