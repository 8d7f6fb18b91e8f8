//! What becomes of records.

use crate::wire_enum::{unknown, wire_enum};

wire_enum! {
    /// Status of an account or registration.
    pub enum RegisterStatus: unknown => {
        /// 有效.
        InForce = 1,
        /// 中止、冻结: not valid while a flag says so.
        Suspended = 2,
        /// 注销.
        Cancelled = 3,
        /// 撤销.
        Revoked = 4,
        /// 终止.
        Terminated = 5,
        /// 失效.
        Lapsed = 6,
    }
}

wire_enum! {
    /// Status of an object.
    pub enum ObjectStatus: unknown => {
        /// A registration of it is in force.
        Registered = 1,
        /// Its registration has ended.
        Free = 2,
    }
}

wire_enum! {
    /// Status of a certificate. One in force is valid from its issue until before its term, whatever is
    /// recorded later.
    pub enum CertificateStatus: unknown => {
        /// 有效, within its term.
        InForce = 1,
        /// Its record is suspended.
        Suspended = 2,
        /// 作废.
        Void = 3,
        /// 失效: recorded at its term.
        Lapsed = 4,
    }
}

impl RegisterStatus {
    /// Whether it has not ended: it is in force or suspended.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, Self::InForce | Self::Suspended)
    }
}

impl CertificateStatus {
    /// Whether it is neither void nor recorded as lapsed.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, Self::InForce | Self::Suspended)
    }
}
