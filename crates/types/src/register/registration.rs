//! Registrations (登记): what is held of an object, and by whom.

use std::collections::{BTreeMap, BTreeSet};

use crate::canonical::Canonical;
use crate::error::DecodeError;
use crate::field::{At, Required};
use crate::ids::ProfileDigest;
use crate::limits::{RECORD_ROWS_MAX, REGISTER_RECORD_BYTES_MAX};
use crate::number::{AccountNumber, CaseNumber, CertificateNumber, ObjectNumber, RegistrationNumber};
use crate::proto;
use crate::rule_name::RuleName;
use crate::{FieldContent, Shares};

use super::apart;
use super::encumbrance::{self, Encumbrance};
use super::flag::{self, RecordFlag};
use super::rows;
use super::status::RegisterStatus;

/// A registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRecord {
    /// Its number (登记号).
    pub number: RegistrationNumber,
    /// The profile that it was recorded under.
    pub profile: ProfileDigest,
    /// Its object.
    pub object: ObjectNumber,
    /// The account in which it is booked.
    pub account: Option<AccountNumber>,
    /// The case that recorded it.
    pub case: CaseNumber,
    /// The case that changed it last.
    pub changed_by: CaseNumber,
    /// The rights that are held.
    pub rights: BTreeSet<RuleName>,
    /// Who holds the first of them, and all that [`apart`](Self::apart) does not name; all there is to hold, when
    /// no right is named. The shares sum to the whole.
    pub holders: Shares,
    /// Rights that others hold (权利分置), with their shares, which sum to the whole: never the first right, and
    /// never as `holders` says.
    pub apart: BTreeMap<RuleName, Shares>,
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
    /// Rights of others that lie on it, in the order in which they were laid.
    pub encumbrances: Vec<Encumbrance>,
}

impl Canonical for RegistrationRecord {
    type Message = proto::RegistrationRecord;
    const BYTES_MAX: usize = REGISTER_RECORD_BYTES_MAX;

    fn from_message(message: proto::RegistrationRecord) -> Result<Self, DecodeError> {
        let rights = rows::names(message.rights, "rights", RECORD_ROWS_MAX)?;
        let holders = message.holders.as_ref().required("holders", Shares::whole_from_message)?;
        Ok(Self {
            number: RegistrationNumber::from_wire(message.number).at("number")?,
            profile: ProfileDigest::from_wire(&message.profile).at("profile")?,
            object: ObjectNumber::from_wire(message.object).at("object")?,
            account: AccountNumber::optional(message.account),
            case: CaseNumber::from_wire(message.case_number).at("case_number")?,
            changed_by: CaseNumber::from_wire(message.changed_by).at("changed_by")?,
            apart: apart::from_messages(message.apart, &rights, &holders)?,
            rights,
            holders,
            contents: rows::fields(message.contents, "contents")?,
            flags: flag::flags(message.flags)?,
            certificates: rows::certificates(message.certificates)?,
            status: RegisterStatus::from_wire(message.status).at("status")?,
            history_count: rows::count(message.history_count)?,
            encumbrances: encumbrance::encumbrances(message.encumbrances)?,
        })
    }

    fn to_message(&self) -> proto::RegistrationRecord {
        proto::RegistrationRecord {
            number: self.number.0,
            profile: self.profile.to_wire(),
            object: self.object.0,
            account: AccountNumber::optional_to_wire(self.account),
            case_number: self.case.0,
            changed_by: self.changed_by.0,
            rights: rows::names_to_messages(&self.rights),
            holders: Some(self.holders.to_message()),
            contents: rows::fields_to_messages(&self.contents),
            flags: flag::to_messages(&self.flags),
            certificates: rows::certificates_to_messages(&self.certificates),
            status: self.status.to_wire(),
            history_count: self.history_count,
            encumbrances: encumbrance::to_messages(&self.encumbrances),
            apart: apart::to_messages(&self.apart),
        }
    }
}
