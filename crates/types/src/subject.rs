//! What has a number on a ledger.

use std::fmt;

use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::number::{
    AccountNumber, CaseNumber, CertificateNumber, EvidenceNumber, MemberNumber, ObjectNumber, ProposalNumber,
    RegistrationNumber,
};
use crate::proto;
use crate::wire_enum::{unknown, wire_enum};

wire_enum! {
    /// The kinds of things that have a number.
    pub enum SubjectKind: unknown => {
        /// 成员.
        Member = 1,
        /// 存证.
        Evidence = 2,
        /// 账户.
        Account = 3,
        /// 案件.
        Case = 4,
        /// 登记对象.
        Object = 5,
        /// 登记.
        Registration = 6,
        /// 证书、凭证.
        Certificate = 7,
        /// 提案.
        Proposal = 8,
    }
}

/// Something that has a number on a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A member, letter `M`.
    Member(MemberNumber),
    /// A deposit of evidence, letter `E`.
    Evidence(EvidenceNumber),
    /// An account, letter `A`.
    Account(AccountNumber),
    /// A case, letter `C`.
    Case(CaseNumber),
    /// An object, letter `O`.
    Object(ObjectNumber),
    /// A registration, letter `R`.
    Registration(RegistrationNumber),
    /// A certificate or voucher, letter `Z`.
    Certificate(CertificateNumber),
    /// A proposal of acts of administration, letter `P`.
    Proposal(ProposalNumber),
}

impl SubjectKind {
    /// The letter with which identifiers of this kind begin.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Member => 'M',
            Self::Evidence => 'E',
            Self::Account => 'A',
            Self::Case => 'C',
            Self::Object => 'O',
            Self::Registration => 'R',
            Self::Certificate => 'Z',
            Self::Proposal => 'P',
        }
    }
}

impl Subject {
    /// The thing of this kind and number.
    #[must_use]
    pub const fn new(kind: SubjectKind, number: u64) -> Self {
        match kind {
            SubjectKind::Member => Self::Member(MemberNumber(number)),
            SubjectKind::Evidence => Self::Evidence(EvidenceNumber(number)),
            SubjectKind::Account => Self::Account(AccountNumber(number)),
            SubjectKind::Case => Self::Case(CaseNumber(number)),
            SubjectKind::Object => Self::Object(ObjectNumber(number)),
            SubjectKind::Registration => Self::Registration(RegistrationNumber(number)),
            SubjectKind::Certificate => Self::Certificate(CertificateNumber(number)),
            SubjectKind::Proposal => Self::Proposal(ProposalNumber(number)),
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> SubjectKind {
        match self {
            Self::Member(_) => SubjectKind::Member,
            Self::Evidence(_) => SubjectKind::Evidence,
            Self::Account(_) => SubjectKind::Account,
            Self::Case(_) => SubjectKind::Case,
            Self::Object(_) => SubjectKind::Object,
            Self::Registration(_) => SubjectKind::Registration,
            Self::Certificate(_) => SubjectKind::Certificate,
            Self::Proposal(_) => SubjectKind::Proposal,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::Member(number) => number.0,
            Self::Evidence(number) => number.0,
            Self::Account(number) => number.0,
            Self::Case(number) => number.0,
            Self::Object(number) => number.0,
            Self::Registration(number) => number.0,
            Self::Certificate(number) => number.0,
            Self::Proposal(number) => number.0,
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// An unknown kind, or no number.
    pub fn from_message(message: &proto::Subject) -> Result<Self, DecodeError> {
        let kind = SubjectKind::from_wire(message.kind).at("kind")?;
        if message.number == 0 {
            return Err(Fault::Missing).at("number");
        }
        Ok(Self::new(kind, message.number))
    }

    /// The message that says it.
    #[must_use]
    pub fn to_message(self) -> proto::Subject {
        proto::Subject { kind: self.kind().to_wire(), number: self.number() }
    }
}

/// Letter and number, as in `C-1024`: within one ledger.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.kind().letter(), self.number())
    }
}
