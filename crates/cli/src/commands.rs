//! The commands, one file or folder each: arguments, what is done, and what is said of it.

pub(crate) mod account;
pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod calendar;
pub(crate) mod cases;
pub(crate) mod certificate;
pub(crate) mod checkpoint;
pub(crate) mod clocks;
pub(crate) mod completion;
pub(crate) mod deadlines;
pub(crate) mod evidence;
pub(crate) mod fsck;
pub(crate) mod governance;
pub(crate) mod key;
pub(crate) mod localnet;
pub(crate) mod member;
pub(crate) mod network;
pub(crate) mod profile;
pub(crate) mod receipt;
pub(crate) mod snapshot;
pub(crate) mod status;
pub(crate) mod status_proof;
pub(crate) mod verify;
