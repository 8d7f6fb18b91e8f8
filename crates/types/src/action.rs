//! What a transaction asks of the ledger, one step at a time.

use crate::error::{DecodeError, Fault};
use crate::evidence::DepositEvidence;
use crate::field::At;
use crate::key_declaration::{ChangeKeyStatus, DeclaredIn, EnrolKey, KeyDeclaration};
use crate::member::{ChangeMemberStatus, EnrolMember, MemberIdentity};
use crate::opening::Commitment;
use crate::proto;
use crate::proto::action::Kind;

/// One step of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Fixes the digests of a document in time.
    DepositEvidence(DepositEvidence),
    /// Enrols a member.
    EnrolMember(EnrolMember),
    /// Adds a key to a member.
    EnrolKey(EnrolKey),
    /// Retires a key or reports it compromised.
    ChangeKeyStatus(ChangeKeyStatus),
    /// Suspends or readmits a member.
    ChangeMemberStatus(ChangeMemberStatus),
}

impl Action {
    /// The commitments that stand in this action, with the path of the field of each.
    pub fn commitments(&self) -> impl Iterator<Item = (&'static str, Commitment)> {
        let fields = match self {
            Self::DepositEvidence(deposit) => [
                ("title", deposit.title),
                ("description", deposit.description),
                ("provenance.statement", deposit.provenance.statement),
            ],
            Self::EnrolMember(EnrolMember { identity: MemberIdentity::NaturalPerson { person }, .. }) => {
                [("person", Some(*person)), ("", None), ("", None)]
            }
            Self::ChangeMemberStatus(change) => [("grounds", change.grounds), ("", None), ("", None)],
            Self::EnrolMember(_) | Self::EnrolKey(_) | Self::ChangeKeyStatus(_) => [("", None); 3],
        };
        fields.into_iter().filter_map(|(path, commitment)| Some((path, commitment?)))
    }

    /// The keys that this action brings to the ledger.
    #[must_use]
    pub fn declared_keys(&self) -> &[KeyDeclaration] {
        match self {
            Self::EnrolMember(enrolment) => &enrolment.keys,
            Self::EnrolKey(enrolment) => std::slice::from_ref(&enrolment.key),
            Self::DepositEvidence(_) | Self::ChangeKeyStatus(_) | Self::ChangeMemberStatus(_) => &[],
        }
    }

    pub(crate) fn from_message(message: proto::Action) -> Result<Self, DecodeError> {
        match message.kind {
            Some(Kind::DepositEvidence(deposit)) => {
                DepositEvidence::from_message(deposit).at("deposit_evidence").map(Self::DepositEvidence)
            }
            Some(Kind::EnrolMember(enrolment)) => {
                EnrolMember::from_message(enrolment, DeclaredIn::Transaction)
                    .at("enrol_member")
                    .map(Self::EnrolMember)
            }
            Some(Kind::EnrolKey(enrolment)) => {
                EnrolKey::from_message(&enrolment).at("enrol_key").map(Self::EnrolKey)
            }
            Some(Kind::ChangeKeyStatus(change)) => {
                ChangeKeyStatus::from_message(&change).at("change_key_status").map(Self::ChangeKeyStatus)
            }
            Some(Kind::ChangeMemberStatus(change)) => ChangeMemberStatus::from_message(&change)
                .at("change_member_status")
                .map(Self::ChangeMemberStatus),
            None => Err(Fault::Missing.into()),
        }
    }

    pub(crate) fn to_message(&self) -> proto::Action {
        let kind = match self {
            Self::DepositEvidence(deposit) => Kind::DepositEvidence(deposit.to_message()),
            Self::EnrolMember(enrolment) => Kind::EnrolMember(enrolment.to_message()),
            Self::EnrolKey(enrolment) => Kind::EnrolKey(enrolment.to_message()),
            Self::ChangeKeyStatus(change) => Kind::ChangeKeyStatus(change.to_message()),
            Self::ChangeMemberStatus(change) => Kind::ChangeMemberStatus(change.to_message()),
        };
        proto::Action { kind: Some(kind) }
    }
}
