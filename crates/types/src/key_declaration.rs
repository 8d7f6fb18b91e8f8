//! Keys that enter the ledger, and what becomes of them.

use bulla_crypto::{Domain, PublicKey, Signature, frame};

use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, distinct, list};
use crate::ids::{KeyId, LedgerId};
use crate::key::{key_from_message, key_to_message, signature_from_message, signature_to_message};
use crate::limits::KEYS_MAX;
use crate::number::MemberNumber;
use crate::proto;
use crate::request_id::RequestId;
use crate::time::BlockTime;
use crate::wire_enum::{unknown, wire_enum};

wire_enum! {
    /// What a key may sign. Purposes are separated: a key has one.
    pub enum KeyPurpose: unknown => {
        /// Daily business: deposits, filings.
        Operate = 1,
        /// Membership and keys.
        Administer = 2,
        /// Restricted reads.
        Audit = 3,
        /// Votes of a validator.
        Consensus = 4,
        /// Checkpoints and admission tickets of a node.
        Note = 5,
        /// Identity of a node on the members' network.
        Peer = 6,
    }
}

impl KeyPurpose {
    /// Whether a key of this purpose shows when it is enrolled that its holder has it. NOTE and PEER keys of a
    /// node do not: every use of them shows it. A validator that could not vote would be missed.
    #[must_use]
    pub const fn needs_possession(self) -> bool {
        matches!(self, Self::Operate | Self::Administer | Self::Audit | Self::Consensus)
    }
}

wire_enum! {
    /// Status of a key.
    pub enum KeyStatus: unknown => {
        /// It may sign.
        InForce = 1,
        /// Retired in good order: what it signed before stands.
        Retired = 2,
        /// Reported compromised from a time on; the report shows in every later dossier and never rewrites
        /// history.
        Compromised = 3,
    }
}

/// A key to enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDeclaration {
    /// The key.
    pub key: PublicKey,
    /// What it may sign.
    pub purpose: KeyPurpose,
    /// Signature by the key over its [`possession_message`]; absent in genesis and where the purpose needs
    /// none. In a [`FounderDeclaration`](crate::FounderDeclaration) it is over that, for every purpose.
    pub possession: Option<Signature>,
}

/// What a new key signs to show that its holder has it:
/// frame(possession) ‖ ledger id ‖ request id ‖ u32 purpose ‖ key.
#[must_use]
pub fn possession_message(
    ledger_id: &LedgerId,
    request_id: &RequestId,
    purpose: KeyPurpose,
    key: &PublicKey,
) -> Vec<u8> {
    let mut message = frame(Domain::Possession);
    message.extend_from_slice(ledger_id.as_bytes());
    message.extend_from_slice(request_id.as_bytes());
    message.extend_from_slice(&u32::from(purpose.number()).to_be_bytes());
    message.extend_from_slice(&key.to_bytes());
    message
}

/// Where a declaration stands, which decides whether it proves possession.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeclaredIn {
    Genesis,
    Founding,
    Transaction,
}

impl KeyDeclaration {
    /// Id of the key.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        KeyId::of(&self.key)
    }

    /// Whether the declaration proves possession as far as its purpose needs it, by `verify_strict`.
    #[must_use]
    pub fn proves_possession(&self, ledger_id: &LedgerId, request_id: &RequestId) -> bool {
        let message = || possession_message(ledger_id, request_id, self.purpose, &self.key);
        match &self.possession {
            Some(possession) => self.key.verify_strict(&message(), possession).is_ok(),
            None => !self.purpose.needs_possession(),
        }
    }

    pub(crate) fn from_message(
        message: &proto::KeyDeclaration,
        declared_in: DeclaredIn,
    ) -> Result<Self, DecodeError> {
        let key = message.key.as_ref().required("key", key_from_message)?;
        let purpose = KeyPurpose::from_wire(message.purpose).at("purpose")?;
        let possession =
            message.possession.as_ref().map(signature_from_message).transpose().at("possession")?;
        let required = match declared_in {
            DeclaredIn::Genesis => false,
            DeclaredIn::Founding => true,
            DeclaredIn::Transaction => purpose.needs_possession(),
        };
        match (required, possession.is_some()) {
            (true, false) => Err(Fault::Missing).at("possession"),
            (false, true) => Err(Fault::Unexpected("this key needs no proof of possession")).at("possession"),
            _ => Ok(Self { key, purpose, possession }),
        }
    }

    pub(crate) fn to_message(&self) -> proto::KeyDeclaration {
        proto::KeyDeclaration {
            key: Some(key_to_message(&self.key)),
            purpose: self.purpose.to_wire(),
            possession: self.possession.as_ref().map(signature_to_message),
        }
    }

    /// One to 16 declarations, no key twice.
    pub(crate) fn list_from_messages(
        messages: &[proto::KeyDeclaration],
        declared_in: DeclaredIn,
    ) -> Result<Vec<Self>, DecodeError> {
        let read = |message| Self::from_message(message, declared_in);
        let keys = list(messages, "keys", 1..=KEYS_MAX, read)?;
        distinct(&keys, "keys", |declaration| declaration.key.to_bytes())?;
        Ok(keys)
    }
}

/// Adds a key to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolKey {
    /// The member that will hold it.
    pub member: MemberNumber,
    /// The key.
    pub key: KeyDeclaration,
}

impl EnrolKey {
    pub(crate) fn from_message(message: &proto::EnrolKey) -> Result<Self, DecodeError> {
        let key = |key: &proto::KeyDeclaration| KeyDeclaration::from_message(key, DeclaredIn::Transaction);
        Ok(Self {
            member: MemberNumber::from_wire(message.member).at("member")?,
            key: message.key.as_ref().required("key", key)?,
        })
    }

    pub(crate) fn to_message(&self) -> proto::EnrolKey {
        proto::EnrolKey { member: self.member.0, key: Some(self.key.to_message()) }
    }
}

/// Ends a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeKeyStatus {
    /// The key.
    pub key_id: KeyId,
    /// How it ends.
    pub change: KeyChange,
}

/// How a key ends. Neither can be undone: a key that is wanted again is enrolled anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyChange {
    /// In good order.
    Retire,
    /// It is not to be trusted since this time, which may lie before the report.
    ReportCompromised {
        /// Since when.
        from: BlockTime,
    },
}

impl KeyChange {
    /// The status that the key takes.
    #[must_use]
    pub const fn status(self) -> KeyStatus {
        match self {
            Self::Retire => KeyStatus::Retired,
            Self::ReportCompromised { .. } => KeyStatus::Compromised,
        }
    }

    /// Since when a compromised key is not to be trusted.
    #[must_use]
    pub const fn effective_from(self) -> Option<BlockTime> {
        match self {
            Self::Retire => None,
            Self::ReportCompromised { from } => Some(from),
        }
    }
}

impl ChangeKeyStatus {
    pub(crate) fn from_message(message: &proto::ChangeKeyStatus) -> Result<Self, DecodeError> {
        let from = BlockTime::optional(message.effective_from_ms);
        let change = match (KeyStatus::from_wire(message.status).at("status")?, from) {
            (KeyStatus::Retired, None) => KeyChange::Retire,
            (KeyStatus::Retired, Some(_)) => {
                return Err(Fault::Unexpected("only a compromise reaches back")).at("effective_from_ms");
            }
            (KeyStatus::Compromised, Some(from)) => KeyChange::ReportCompromised { from },
            (KeyStatus::Compromised, None) => return Err(Fault::Missing).at("effective_from_ms"),
            (KeyStatus::InForce, _) => {
                return Err(Fault::Rule("a key is never put back in force; enrol a new one")).at("status");
            }
        };
        Ok(Self { key_id: KeyId::from_wire(&message.key_id).at("key_id")?, change })
    }

    pub(crate) fn to_message(self) -> proto::ChangeKeyStatus {
        proto::ChangeKeyStatus {
            key_id: self.key_id.to_wire(),
            status: self.change.status().to_wire(),
            effective_from_ms: BlockTime::optional_to_wire(self.change.effective_from()),
        }
    }
}
