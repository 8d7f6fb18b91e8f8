//! Certificates and vouchers (证书、凭证).

use std::collections::{BTreeMap, BTreeSet};

use crate::FieldContent;
use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required};
use crate::ids::ProfileDigest;
use crate::limits::REGISTER_RECORD_BYTES_MAX;
use crate::number::{CaseNumber, CertificateNumber, MemberNumber};
use crate::proto;
use crate::rule_name::RuleName;
use crate::subject::Subject;
use crate::time::BlockTime;

use super::rows;
use super::status::CertificateStatus;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Its number.
    pub number: CertificateNumber,
    /// The profile that it was issued under.
    pub profile: ProfileDigest,
    /// Its kind.
    pub kind: RuleName,
    /// The case that issued it.
    pub case: CaseNumber,
    /// What it certifies: a registration, an account or a case.
    pub subject: Subject,
    /// To whom it was issued.
    pub holders: BTreeSet<MemberNumber>,
    /// What stands on it.
    pub contents: BTreeMap<RuleName, FieldContent>,
    /// When it was issued.
    pub issued: BlockTime,
    /// The first instant at which it is no longer valid; `None`: it does not expire.
    pub valid_until: Option<BlockTime>,
    /// Its status now.
    pub status: CertificateStatus,
    /// How many steps its past has, 1 or more.
    pub history_count: u32,
}

impl CertificateRecord {
    /// Whether it is valid at `time`, not before the entries that this record comes from. Times decide, not
    /// whether the lapse has been recorded.
    #[must_use]
    pub fn is_valid(&self, time: BlockTime) -> bool {
        self.status == CertificateStatus::InForce && self.issued <= time && !self.has_lapsed(time)
    }

    /// Whether its term has come at `time`, unless it was void before.
    #[must_use]
    pub fn has_lapsed(&self, time: BlockTime) -> bool {
        match self.status {
            CertificateStatus::Lapsed => true,
            CertificateStatus::Void => false,
            CertificateStatus::InForce | CertificateStatus::Suspended => {
                self.valid_until.is_some_and(|until| time >= until)
            }
        }
    }
}

impl Canonical for CertificateRecord {
    type Message = proto::CertificateRecord;
    const BYTES_MAX: usize = REGISTER_RECORD_BYTES_MAX;

    fn from_message(message: proto::CertificateRecord) -> Result<Self, DecodeError> {
        let subject = message.subject.as_ref().required("subject", Subject::from_message)?;
        if !matches!(subject, Subject::Registration(_) | Subject::Account(_) | Subject::Case(_)) {
            return Err(Fault::Rule("a certificate is about a registration, an account or a case"))
                .at("subject");
        }
        Ok(Self {
            number: CertificateNumber::from_wire(message.number).at("number")?,
            profile: ProfileDigest::from_wire(&message.profile).at("profile")?,
            kind: rows::name(message.kind, "kind")?,
            case: CaseNumber::from_wire(message.case_number).at("case_number")?,
            subject,
            holders: rows::members(&message.holders, "holders")?,
            contents: rows::fields(message.contents, "contents")?,
            issued: BlockTime::from_wire(message.issued_ms).at("issued_ms")?,
            valid_until: BlockTime::optional(message.valid_until_ms),
            status: CertificateStatus::from_wire(message.status).at("status")?,
            history_count: rows::count(message.history_count)?,
        })
    }

    fn to_message(&self) -> proto::CertificateRecord {
        proto::CertificateRecord {
            number: self.number.0,
            profile: self.profile.to_wire(),
            kind: self.kind.to_wire(),
            case_number: self.case.0,
            subject: Some(self.subject.to_message()),
            holders: rows::members_to_messages(&self.holders),
            contents: rows::fields_to_messages(&self.contents),
            issued_ms: self.issued.0,
            valid_until_ms: BlockTime::optional_to_wire(self.valid_until),
            status: self.status.to_wire(),
            history_count: self.history_count,
        }
    }
}
