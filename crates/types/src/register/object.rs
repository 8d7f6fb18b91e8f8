//! Objects that are registered (登记对象): one object has one number.

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::{ObjectKey, ProfileDigest};
use crate::limits::{RECORD_BYTES_MAX, REGISTER_RECORD_BYTES_MAX};
use crate::number::{ObjectNumber, RegistrationNumber};
use crate::proto;
use crate::rule_name::RuleName;

use super::rows;
use super::status::ObjectStatus;

/// An object. It keeps its number when its registration ends and it is registered anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRecord {
    /// Its number.
    pub number: ObjectNumber,
    /// The profile under which it was registered first.
    pub profile: ProfileDigest,
    /// Its kind.
    pub kind: RuleName,
    /// What makes it unique.
    pub key: ObjectKey,
    /// The registration of it that stands.
    pub registration: Option<RegistrationNumber>,
    /// How many steps its past has, 1 or more.
    pub history_count: u32,
}

impl ObjectRecord {
    /// Its status now.
    #[must_use]
    pub fn status(&self) -> ObjectStatus {
        if self.registration.is_some() { ObjectStatus::Registered } else { ObjectStatus::Free }
    }
}

impl Canonical for ObjectRecord {
    type Message = proto::ObjectRecord;
    const BYTES_MAX: usize = REGISTER_RECORD_BYTES_MAX;

    fn from_message(message: proto::ObjectRecord) -> Result<Self, DecodeError> {
        let object = Self {
            number: ObjectNumber::from_wire(message.number).at("number")?,
            profile: ProfileDigest::from_wire(&message.profile).at("profile")?,
            kind: rows::name(message.kind, "kind")?,
            key: ObjectKey::from_wire(&message.key).at("key")?,
            registration: RegistrationNumber::optional(message.registration),
            history_count: rows::count(message.history_count)?,
        };
        if ObjectStatus::from_wire(message.status).at("status")? != object.status() {
            return Err(Fault::Rule("an object is registered exactly while a registration of it stands"))
                .at("status");
        }
        Ok(object)
    }

    fn to_message(&self) -> proto::ObjectRecord {
        proto::ObjectRecord {
            number: self.number.0,
            profile: self.profile.to_wire(),
            kind: self.kind.to_wire(),
            key: self.key.to_wire(),
            registration: RegistrationNumber::optional_to_wire(self.registration),
            status: self.status().to_wire(),
            history_count: self.history_count,
        }
    }
}

/// Points from what makes an object unique to the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectKeyRecord {
    /// The object.
    pub object: ObjectNumber,
}

impl Canonical for ObjectKeyRecord {
    type Message = proto::ObjectKeyRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::ObjectKeyRecord) -> Result<Self, DecodeError> {
        Ok(Self { object: ObjectNumber::from_wire(message.object).at("object")? })
    }

    fn to_message(&self) -> proto::ObjectKeyRecord {
        proto::ObjectKeyRecord { object: self.object.0 }
    }
}
