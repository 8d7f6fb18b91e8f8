//! Adoption of rule profiles and calendars.

use bytes::Bytes;

use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::proto;

/// Puts a rule profile (规则配置) in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptProfile {
    /// Its canonical bytes. What they say is for the rules to read.
    pub profile: Bytes,
}

/// Puts a year of the working-day calendar (工作日历), or a later revision of it, in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptCalendar {
    /// Its canonical bytes.
    pub year: Bytes,
}

impl AdoptProfile {
    pub(crate) fn from_message(message: proto::AdoptProfile) -> Result<Self, DecodeError> {
        Ok(Self { profile: present(message.profile).at("profile")? })
    }

    pub(crate) fn to_message(&self) -> proto::AdoptProfile {
        proto::AdoptProfile { profile: self.profile.clone() }
    }
}

impl AdoptCalendar {
    pub(crate) fn from_message(message: proto::AdoptCalendar) -> Result<Self, DecodeError> {
        Ok(Self { year: present(message.year).at("year")? })
    }

    pub(crate) fn to_message(&self) -> proto::AdoptCalendar {
        proto::AdoptCalendar { year: self.year.clone() }
    }
}

fn present(bytes: Bytes) -> Result<Bytes, Fault> {
    if bytes.is_empty() { Err(Fault::Missing) } else { Ok(bytes) }
}
