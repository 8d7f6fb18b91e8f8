//! Numbers of blocks, members, deposits, and of what cases bring about.

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

            /// A number that may be absent, written as 0.
            #[allow(dead_code)]
            pub(crate) fn optional(number: u64) -> Option<Self> {
                (number != 0).then_some(Self(number))
            }

            #[allow(dead_code)]
            pub(crate) fn optional_to_wire(number: Option<Self>) -> u64 {
                number.map_or(0, |number| number.0)
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
    /// Number of an account (账户编号), given from 1.
    AccountNumber;
    /// Number of a case (案件编号), given from 1.
    CaseNumber;
    /// Number of an object (登记对象编号), given from 1; an object keeps it for ever.
    ObjectNumber;
    /// Number of a registration (登记号), given from 1.
    RegistrationNumber;
    /// Number of a certificate or voucher (证书、凭证编号), given from 1.
    CertificateNumber;
    /// Number of a suspension of clocks (期间中止), given from 1.
    SuspensionNumber;
    /// Number of a proposal (提案编号), given from 1.
    ProposalNumber;
    /// Number of a set of validators (验证节点名册) in their history, given from 1; 1 is that of the genesis.
    ValidatorSetNumber;
    /// Number of a set of parameters (账本参数版本) in their history, given from 1; 1 is that of the genesis.
    ParameterSetNumber;
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
