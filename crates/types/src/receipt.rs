//! Receipts: what proves an entry offline (回执). `docs/formats/receipt.md`.

use bulla_crypto::{Domain, Hash, framed};
use bytes::Bytes;

use crate::canonical::{self, Canonical};
use crate::certificate::CommitCertificate;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list};
use crate::header::Header;
use crate::ids::{hash_from_wire, hash_to_wire};
use crate::limits::{
    ATTESTATION_BYTES_MAX, ATTESTATIONS_MAX, CERTIFICATE_BYTES_MAX, ENTRY_BYTES_MAX, INCLUSION_PATH_MAX,
    LATER_INCLUSIONS_MAX, RECEIPT_BYTES_MAX,
};
use crate::map_proof::{hashes_from_wire, hashes_to_wire};
use crate::number::counted_from_one;
use crate::proto;
use crate::wire::{Field, Shape};
use crate::wire_enum::{unknown, wire_enum};

/// Format version of receipts.
const VERSION: u32 = 1;

pub(crate) const RECEIPT_SHAPE: Shape = Shape(&[
    Field::one(2, "entry", ENTRY_BYTES_MAX),
    Field::hashes(4, "inclusion_path", INCLUSION_PATH_MAX),
    Field::one(5, "header", Header::BYTES),
    Field::one(6, "certificate", CERTIFICATE_BYTES_MAX),
    Field::one(7, "bundle_digest", 32),
    Field::list(8, "later_inclusions", LATER_INCLUSIONS_MAX, 64 * INCLUSION_PATH_MAX).of(&LATER_SHAPE),
    Field::list(9, "attestations", ATTESTATIONS_MAX, ATTESTATION_BYTES_MAX + 16),
]);
const LATER_SHAPE: Shape = Shape(&[Field::hashes(2, "inclusion_path", INCLUSION_PATH_MAX)]);

wire_enum! {
    /// What attests to a receipt from outside.
    pub enum AttestationKind: unknown => {
        /// RFC 3161 time-stamp token over the receipt's digest.
        Rfc3161 = 1,
        /// C2SP witness cosignature.
        Witness = 2,
        /// RFC 4998 evidence record.
        Rfc4998 = 3,
    }
}

/// What someone else says of a receipt. Its bytes are not read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// What it is.
    pub kind: AttestationKind,
    /// The attestation itself, in its own format.
    pub value: Bytes,
}

impl Attestation {
    fn from_message(message: proto::Attestation) -> Result<Self, DecodeError> {
        let kind = AttestationKind::from_wire(message.kind).at("kind")?;
        if message.value.is_empty() {
            return Err(Fault::Missing).at("value");
        }
        canonical::check_length(&message.value, ATTESTATION_BYTES_MAX).at("value")?;
        Ok(Self { kind, value: message.value })
    }

    fn to_message(&self) -> proto::Attestation {
        proto::Attestation { kind: self.kind.to_wire(), value: self.value.clone() }
    }
}

/// The same entry in a larger tree: renews a receipt against a later checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterInclusion {
    /// Size of the larger tree.
    pub log_size: u64,
    /// RFC 9162 inclusion path in it.
    pub inclusion_path: Vec<Hash>,
}

impl LaterInclusion {
    fn from_message(message: &proto::LaterInclusion) -> Result<Self, DecodeError> {
        Ok(Self {
            log_size: counted_from_one(message.log_size).at("log_size")?,
            inclusion_path: inclusion_path(&message.inclusion_path)?,
        })
    }

    fn to_message(&self) -> proto::LaterInclusion {
        proto::LaterInclusion {
            log_size: self.log_size,
            inclusion_path: hashes_to_wire(&self.inclusion_path),
        }
    }
}

/// The proof of one entry. Nothing in it is verified by reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The canonical entry: the leaf. Read it with [`Entry::decode`](crate::Entry::decode).
    pub entry: Bytes,
    /// Its index in the log.
    pub index: u64,
    /// RFC 9162 inclusion path in the tree of the header's log size.
    pub inclusion_path: Vec<Hash>,
    /// Header of the entry's block.
    pub header: Header,
    /// Certificate of that header.
    pub certificate: CommitCertificate,
    /// Digest of the [`TrustBundle`](crate::TrustBundle) that goes with it.
    pub bundle_digest: Hash,
    /// Proofs to later sizes of the same log, in rising order of size. Outside the digest: they renew it.
    pub later_inclusions: Vec<LaterInclusion>,
    /// What others say of it. Outside the digest: they are about it.
    pub attestations: Vec<Attestation>,
}

impl Receipt {
    /// Reads a canonical encoding; bytes from anywhere. Entry and attestations share them.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, or the first field that breaks the format.
    pub fn decode(bytes: &Bytes) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, RECEIPT_BYTES_MAX)?;
        RECEIPT_SHAPE.check(bytes)?;
        Self::from_message(canonical::decode(bytes, RECEIPT_BYTES_MAX)?)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(&self.to_message())
    }

    /// What attestations attest to: framed(receipt, canonical receipt without later inclusions and
    /// attestations).
    #[must_use]
    pub fn digest(&self) -> Hash {
        framed(Domain::Receipt, &[&canonical::encode(&self.core())])
    }

    /// Checks a message from anywhere.
    ///
    /// # Errors
    /// The first field that breaks the format.
    pub fn from_message(message: proto::Receipt) -> Result<Self, DecodeError> {
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        if message.entry.is_empty() {
            return Err(Fault::Missing).at("entry");
        }
        canonical::check_length(&message.entry, ENTRY_BYTES_MAX).at("entry")?;
        let receipt = Self {
            entry: message.entry,
            index: message.index,
            inclusion_path: inclusion_path(&message.inclusion_path)?,
            header: Header::decode(&message.header).at("header")?,
            certificate: message.certificate.required("certificate", CommitCertificate::from_message)?,
            bundle_digest: hash_from_wire(&message.bundle_digest).at("bundle_digest")?,
            later_inclusions: list(
                &message.later_inclusions,
                "later_inclusions",
                0..=LATER_INCLUSIONS_MAX,
                LaterInclusion::from_message,
            )?,
            attestations: list(
                message.attestations,
                "attestations",
                0..=ATTESTATIONS_MAX,
                Attestation::from_message,
            )?,
        };
        if !receipt.later_inclusions.is_sorted_by(|a, b| a.log_size < b.log_size) {
            return Err(Fault::NotRising).at("later_inclusions");
        }
        Ok(receipt)
    }

    /// The message that says this receipt.
    #[must_use]
    pub fn to_message(&self) -> proto::Receipt {
        proto::Receipt {
            later_inclusions: self.later_inclusions.iter().map(LaterInclusion::to_message).collect(),
            attestations: self.attestations.iter().map(Attestation::to_message).collect(),
            ..self.core()
        }
    }

    /// The part that the digest covers.
    fn core(&self) -> proto::Receipt {
        proto::Receipt {
            version: VERSION,
            entry: self.entry.clone(),
            index: self.index,
            inclusion_path: hashes_to_wire(&self.inclusion_path),
            header: Bytes::copy_from_slice(&self.header.encode()),
            certificate: Some(self.certificate.to_message()),
            bundle_digest: hash_to_wire(&self.bundle_digest),
            later_inclusions: Vec::new(),
            attestations: Vec::new(),
        }
    }
}

fn inclusion_path(hashes: &[Bytes]) -> Result<Vec<Hash>, DecodeError> {
    hashes_from_wire(hashes, INCLUSION_PATH_MAX, "inclusion_path")
}
