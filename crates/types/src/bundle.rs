//! What links receipts to the anchor and to their signers. `docs/formats/receipt.md`.

use bulla_crypto::{Domain, Hash, framed};
use bytes::Bytes;

use crate::canonical::{self, Canonical};
use crate::certificate::CommitCertificate;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list};
use crate::genesis::Genesis;
use crate::header::Header;
use crate::limits::{
    BUNDLE_BYTES_MAX, CERTIFICATE_BYTES_MAX, GENESIS_BYTES_MAX, RECORD_PROOFS_MAX, SIBLINGS_MAX,
    STATE_KEY_BYTES_MAX, STATE_VALUE_BYTES_MAX, TRANSITION_BYTES_MAX, TRANSITIONS_MAX,
    VALIDATOR_SET_BYTES_MAX,
};
use crate::map_proof::RecordProof;
use crate::proto;
use crate::validators::ValidatorSet;
use crate::wire::{Field, Shape};

/// Format version of bundles.
const VERSION: u32 = 1;

pub(crate) const BUNDLE_SHAPE: Shape = Shape(&[
    Field::one(2, "genesis", GENESIS_BYTES_MAX),
    Field::list(3, "transitions", TRANSITIONS_MAX, TRANSITION_BYTES_MAX).of(&TRANSITION_SHAPE),
    Field::one(4, "state_header", Header::BYTES),
    Field::one(5, "state_certificate", CERTIFICATE_BYTES_MAX),
    Field::list(6, "records", RECORD_PROOFS_MAX, STATE_VALUE_BYTES_MAX + 64 * SIBLINGS_MAX).of(&RECORD_SHAPE),
]);
pub(crate) const TRANSITION_SHAPE: Shape = Shape(&[
    Field::one(1, "header", Header::BYTES),
    Field::one(2, "certificate", CERTIFICATE_BYTES_MAX),
    Field::one(3, "next_validators", VALIDATOR_SET_BYTES_MAX),
]);
const RECORD_SHAPE: Shape = Shape(&[
    Field::one(1, "key", STATE_KEY_BYTES_MAX),
    Field::one(2, "value", STATE_VALUE_BYTES_MAX),
    Field::one(3, "proof", 64 * SIBLINGS_MAX).of(&PROOF_SHAPE),
]);
const PROOF_SHAPE: Shape = Shape(&[
    Field::one(1, "other_key_hash", 32),
    Field::one(2, "other_value_hash", 32),
    Field::hashes(3, "siblings", SIBLINGS_MAX),
]);

/// A certified header whose next validators differ from its own, with those next validators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorTransition {
    /// The header.
    pub header: Header,
    /// Its certificate, by the old validators.
    pub certificate: CommitCertificate,
    /// The validators of the next height, whose hash the header holds.
    pub next_validators: ValidatorSet,
}

impl ValidatorTransition {
    pub(crate) fn from_message(message: proto::ValidatorTransition) -> Result<Self, DecodeError> {
        Ok(Self {
            header: Header::decode(&message.header).at("header")?,
            certificate: message.certificate.required("certificate", CommitCertificate::from_message)?,
            next_validators: message
                .next_validators
                .required("next_validators", ValidatorSet::from_message)?,
        })
    }

    pub(crate) fn to_message(&self) -> proto::ValidatorTransition {
        proto::ValidatorTransition {
            header: Bytes::copy_from_slice(&self.header.encode()),
            certificate: Some(self.certificate.to_message()),
            next_validators: Some(self.next_validators.to_message()),
        }
    }
}

/// All that a verifier needs beside receipts and an anchor. Receipts name it by its digest. Nothing in it is
/// verified by reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustBundle {
    /// The genesis of the ledger: whoever trusts its digest alone finds it here.
    pub genesis: Genesis,
    /// Every change of validators from genesis up to the newest header used, in rising order of height.
    pub transitions: Vec<ValidatorTransition>,
    /// A header at or after every receipt that names this bundle: the records are proved against its state
    /// root.
    pub state_header: Header,
    /// Its certificate.
    pub state_certificate: CommitCertificate,
    /// Member, key and status records of every signer, in rising order of key bytes.
    pub records: Vec<RecordProof>,
}

impl TrustBundle {
    /// Reads a canonical encoding; bytes from anywhere. Values of records share them.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, or the first field that breaks the format.
    pub fn decode(bytes: &Bytes) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, BUNDLE_BYTES_MAX)?;
        BUNDLE_SHAPE.check(bytes)?;
        Self::from_message(canonical::decode(bytes, BUNDLE_BYTES_MAX)?)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(&self.to_message())
    }

    /// framed(bundle, canonical bundle).
    #[must_use]
    pub fn digest(&self) -> Hash {
        framed(Domain::Bundle, &[&self.encode()])
    }

    /// Checks a message from anywhere.
    ///
    /// # Errors
    /// The first field that breaks the format.
    pub fn from_message(message: proto::TrustBundle) -> Result<Self, DecodeError> {
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let bundle = Self {
            genesis: Genesis::decode(&message.genesis).at("genesis")?,
            transitions: list(
                message.transitions,
                "transitions",
                0..=TRANSITIONS_MAX,
                ValidatorTransition::from_message,
            )?,
            state_header: Header::decode(&message.state_header).at("state_header")?,
            state_certificate: message
                .state_certificate
                .required("state_certificate", CommitCertificate::from_message)?,
            records: list(message.records, "records", 0..=RECORD_PROOFS_MAX, RecordProof::from_message)?,
        };
        if !bundle.transitions.is_sorted_by(|a, b| a.header.height < b.header.height) {
            return Err(Fault::NotRising).at("transitions");
        }
        if !bundle.records.is_sorted_by(|a, b| a.key.encode() < b.key.encode()) {
            return Err(Fault::NotRising).at("records");
        }
        Ok(bundle)
    }

    /// The message that says this bundle.
    #[must_use]
    pub fn to_message(&self) -> proto::TrustBundle {
        proto::TrustBundle {
            version: VERSION,
            genesis: self.genesis.encode().into(),
            transitions: self.transitions.iter().map(ValidatorTransition::to_message).collect(),
            state_header: Bytes::copy_from_slice(&self.state_header.encode()),
            state_certificate: Some(self.state_certificate.to_message()),
            records: self.records.iter().map(RecordProof::to_message).collect(),
        }
    }
}
