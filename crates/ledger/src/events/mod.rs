//! The rules of system events, which no member signs.

pub(crate) mod equivocation;
pub(crate) mod founded;
pub(crate) mod outage;
