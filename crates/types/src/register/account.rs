//! Accounts (账簿、账户).

use std::collections::BTreeMap;

use crate::FieldContent;
use crate::canonical::Canonical;
use crate::error::DecodeError;
use crate::field::At;
use crate::ids::ProfileDigest;
use crate::limits::REGISTER_RECORD_BYTES_MAX;
use crate::number::{AccountNumber, CaseNumber, CertificateNumber, MemberNumber};
use crate::proto;
use crate::rule_name::RuleName;

use super::flag::{self, RecordFlag};
use super::rows;
use super::status::RegisterStatus;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its number.
    pub number: AccountNumber,
    /// The profile that it was opened under.
    pub profile: ProfileDigest,
    /// Its kind.
    pub kind: RuleName,
    /// Whose it is.
    pub holder: MemberNumber,
    /// The holder's account that it belongs to.
    pub within: Option<AccountNumber>,
    /// The case that opened it.
    pub case: CaseNumber,
    /// What stands in it.
    pub contents: BTreeMap<RuleName, FieldContent>,
    /// Flags on it.
    pub flags: BTreeMap<RuleName, RecordFlag>,
    /// Its newest certificate of each kind.
    pub certificates: BTreeMap<RuleName, CertificateNumber>,
    /// Its status now.
    pub status: RegisterStatus,
    /// How many steps its past has, 1 or more.
    pub history_count: u32,
}

impl Canonical for AccountRecord {
    type Message = proto::AccountRecord;
    const BYTES_MAX: usize = REGISTER_RECORD_BYTES_MAX;

    fn from_message(message: proto::AccountRecord) -> Result<Self, DecodeError> {
        Ok(Self {
            number: AccountNumber::from_wire(message.number).at("number")?,
            profile: ProfileDigest::from_wire(&message.profile).at("profile")?,
            kind: rows::name(message.kind, "kind")?,
            holder: MemberNumber::from_wire(message.holder).at("holder")?,
            within: AccountNumber::optional(message.within),
            case: CaseNumber::from_wire(message.case_number).at("case_number")?,
            contents: rows::fields(message.contents, "contents")?,
            flags: flag::flags(message.flags)?,
            certificates: rows::certificates(message.certificates)?,
            status: RegisterStatus::from_wire(message.status).at("status")?,
            history_count: rows::count(message.history_count)?,
        })
    }

    fn to_message(&self) -> proto::AccountRecord {
        proto::AccountRecord {
            number: self.number.0,
            profile: self.profile.to_wire(),
            kind: self.kind.to_wire(),
            holder: self.holder.0,
            within: AccountNumber::optional_to_wire(self.within),
            case_number: self.case.0,
            contents: rows::fields_to_messages(&self.contents),
            flags: flag::to_messages(&self.flags),
            certificates: rows::certificates_to_messages(&self.certificates),
            status: self.status.to_wire(),
            history_count: self.history_count,
        }
    }
}
