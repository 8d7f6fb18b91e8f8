//! Records that keep their past.

use crate::ids::{KeyId, ProfileDigest};
use crate::number::{
    AccountNumber, CaseNumber, CertificateNumber, MemberNumber, ObjectNumber, ProposalNumber,
    RegistrationNumber,
};

use super::StateKey;

/// A record that keeps its past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKey {
    /// A member.
    Member(MemberNumber),
    /// A key.
    Key(KeyId),
    /// A profile.
    Profile(ProfileDigest),
    /// A year of the calendar.
    Calendar(u16),
    /// An account.
    Account(AccountNumber),
    /// A case.
    Case(CaseNumber),
    /// An object.
    Object(ObjectNumber),
    /// A registration.
    Registration(RegistrationNumber),
    /// A certificate.
    Certificate(CertificateNumber),
    /// A proposal.
    Proposal(ProposalNumber),
}

impl From<RecordKey> for StateKey {
    fn from(record: RecordKey) -> Self {
        match record {
            RecordKey::Member(number) => Self::Member(number),
            RecordKey::Key(id) => Self::Key(id),
            RecordKey::Profile(digest) => Self::Profile(digest),
            RecordKey::Calendar(year) => Self::Calendar(year),
            RecordKey::Account(number) => Self::Account(number),
            RecordKey::Case(number) => Self::Case(number),
            RecordKey::Object(number) => Self::Object(number),
            RecordKey::Registration(number) => Self::Registration(number),
            RecordKey::Certificate(number) => Self::Certificate(number),
            RecordKey::Proposal(number) => Self::Proposal(number),
        }
    }
}
