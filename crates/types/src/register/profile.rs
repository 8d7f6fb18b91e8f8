//! Rule profiles on the ledger.

use bytes::Bytes;

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::ProfileDigest;
use crate::limits::{RECORD_BYTES_MAX, REGISTER_RECORD_BYTES_MAX};
use crate::proto;
use crate::wire_enum::{unknown, wire_enum};

use super::rows::count;

wire_enum! {
    /// Status of a profile that was adopted.
    pub enum ProfileStatus: unknown => {
        /// New cases run under it.
        InForce = 1,
        /// A later version has taken its place; cases opened under it keep it.
        Superseded = 2,
    }
}

/// A profile that was adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileRecord {
    /// Its canonical bytes.
    pub profile: Bytes,
    /// Its status now.
    pub status: ProfileStatus,
    /// How many steps its past has, 1 or more.
    pub history_count: u32,
}

impl Canonical for ProfileRecord {
    type Message = proto::ProfileRecord;
    const BYTES_MAX: usize = REGISTER_RECORD_BYTES_MAX;

    fn from_message(message: proto::ProfileRecord) -> Result<Self, DecodeError> {
        if message.profile.is_empty() {
            return Err(Fault::Missing).at("profile");
        }
        Ok(Self {
            profile: message.profile,
            status: ProfileStatus::from_wire(message.status).at("status")?,
            history_count: count(message.history_count)?,
        })
    }

    fn to_message(&self) -> proto::ProfileRecord {
        proto::ProfileRecord {
            profile: self.profile.clone(),
            status: self.status.to_wire(),
            history_count: self.history_count,
        }
    }
}

/// The version of a profile that new cases run under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileVersionRecord {
    /// Its digest.
    pub digest: ProfileDigest,
    /// Its version, from 1.
    pub version: u32,
}

impl Canonical for ProfileVersionRecord {
    type Message = proto::ProfileVersionRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::ProfileVersionRecord) -> Result<Self, DecodeError> {
        if message.version == 0 {
            return Err(Fault::Missing).at("version");
        }
        Ok(Self { digest: ProfileDigest::from_wire(&message.digest).at("digest")?, version: message.version })
    }

    fn to_message(&self) -> proto::ProfileVersionRecord {
        proto::ProfileVersionRecord { digest: self.digest.to_wire(), version: self.version }
    }
}
