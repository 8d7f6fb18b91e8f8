//! One file that shows offline what a record is and was. `docs/formats/status-proof.md`.

use bulla_crypto::{Domain, Hash, framed};
use bytes::Bytes;

use crate::bundle::{BUNDLE_SHAPE, TrustBundle};
use crate::canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required};
use crate::limits::{
    BUNDLE_BYTES_MAX, STATE_KEY_BYTES_MAX, STATUS_PROOF_BYTES_MAX, STATUS_PROOF_KIND_BYTES_MAX,
    STATUS_STEPS_MAX,
};
use crate::map_proof::RecordProof;
use crate::proto;
use crate::state_key::RecordKey;
use crate::wire::{Field, Shape};

/// Format version of status proofs.
const VERSION: u32 = 1;

const FILE_SHAPE: Shape = Shape(&[
    Field::one(1, "kind", STATUS_PROOF_KIND_BYTES_MAX),
    Field::one(3, "record", STATE_KEY_BYTES_MAX),
    Field::one(4, "bundle", BUNDLE_BYTES_MAX).of(&BUNDLE_SHAPE),
]);

/// A record and every step of its past, each with its path in the state map of one certified header (状态证明).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusProofFile {
    record: RecordKey,
    bundle: TrustBundle,
}

impl StatusProofFile {
    /// Joins a record with what proves it.
    ///
    /// # Errors
    /// The bundle holds something else than this record and its steps from the first one on.
    pub fn new(record: RecordKey, bundle: TrustBundle) -> Result<Self, DecodeError> {
        check_whole(record, &bundle.records).at("bundle")?;
        Ok(Self { record, bundle })
    }

    /// Whether these bytes begin as every such file does; all other files begin otherwise.
    #[must_use]
    pub fn is_begun_by(bytes: &[u8]) -> bool {
        let kind = Domain::StatusProof.as_str().as_bytes();
        let begin = [1 << 3 | 2, u8::try_from(kind.len()).unwrap_or(u8::MAX)];
        bytes.strip_prefix(&begin).is_some_and(|rest| rest.starts_with(kind))
    }

    /// Reads a canonical encoding; bytes from anywhere. Values share them.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, or the first field that breaks the format.
    pub fn decode(bytes: &Bytes) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, STATUS_PROOF_BYTES_MAX)?;
        FILE_SHAPE.check(bytes)?;
        Self::from_message(canonical::decode(bytes, STATUS_PROOF_BYTES_MAX)?)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(&self.to_message())
    }

    /// framed(status-proof, canonical file).
    #[must_use]
    pub fn digest(&self) -> Hash {
        framed(Domain::StatusProof, &[&self.encode()])
    }

    /// Which record it is about.
    #[must_use]
    pub fn record(&self) -> RecordKey {
        self.record
    }

    /// What proves it: its records are the head and all steps.
    #[must_use]
    pub fn bundle(&self) -> &TrustBundle {
        &self.bundle
    }

    /// How many steps of the past it holds, 1 or more.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.bundle.records.len() - 1
    }

    /// Checks a message from anywhere.
    ///
    /// # Errors
    /// The first field that breaks the format.
    pub fn from_message(message: proto::StatusProofFile) -> Result<Self, DecodeError> {
        if message.kind != Domain::StatusProof.as_str() {
            return Err(Fault::Rule("a file of this kind says that it is a status proof")).at("kind");
        }
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let record = RecordKey::decode(&message.record).at("record")?;
        Self::new(record, message.bundle.required("bundle", TrustBundle::from_message)?)
    }

    /// The message that says this file.
    #[must_use]
    pub fn to_message(&self) -> proto::StatusProofFile {
        proto::StatusProofFile {
            kind: Domain::StatusProof.as_str().to_owned(),
            version: VERSION,
            record: self.record.encode().into(),
            bundle: Some(self.bundle.to_message()),
        }
    }
}

/// The head and the steps 0, 1, 2, …, and nothing else; all of them there.
fn check_whole(record: RecordKey, proofs: &[RecordProof]) -> Result<(), DecodeError> {
    let Some(steps) = proofs.len().checked_sub(1).filter(|steps| *steps > 0) else {
        return Err(Fault::Missing).at("records");
    };
    let count = u32::try_from(steps).ok().filter(|_| steps <= STATUS_STEPS_MAX);
    let count = count.ok_or(Fault::TooMany { max: STATUS_STEPS_MAX }).at("records")?;
    for (index, (proof, expected)) in proofs.iter().zip(record.keys_with_steps(count)).enumerate() {
        let fault = if proof.key != expected {
            Fault::Rule("not the record and its steps from the first one on, in order of their keys")
        } else if proof.value.is_none() {
            Fault::Missing
        } else {
            continue;
        };
        return Err(fault).at_item("records", index);
    }
    Ok(())
}
