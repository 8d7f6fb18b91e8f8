//! Records of the state map.

use std::collections::BTreeMap;

use bulla_crypto::Hash;
use bulla_merkle::state;
use bulla_types::{
    Canonical, KeyId, KeyRecord, MemberNumber, MemberRecord, ReasonCode, RecordKey, RecordProof,
    RecordStatus, StateKey, StatusRecord,
};
use bytes::Bytes;

use crate::refused::Within;
use crate::{CertifiedHeader, Refused};

/// Checks that the state after this block holds the value of a record proof under its key, or, without a
/// value, nothing.
///
/// # Errors
/// `STATE_PROOF_INVALID` when the proof does not show it.
pub fn verify_record(header: &CertifiedHeader, proof: &RecordProof) -> Result<(), Refused> {
    verify_in(header.header().state_root, proof)
}

fn verify_in(state_root: Hash, proof: &RecordProof) -> Result<(), Refused> {
    state::verify(state_root, &proof.key.encode(), proof.value.as_deref(), &proof.proof)
        .map_err(|error| Refused::new(ReasonCode::StateProofInvalid, "proof", error.to_string()))
}

/// Values of the state map by key, all of one block.
#[derive(Debug)]
pub(crate) struct Records(BTreeMap<StateKey, Bytes>);

impl Records {
    /// Takes records that all proofs show to stand in the state after this block.
    pub(crate) fn proved(header: &CertifiedHeader, proofs: &[RecordProof]) -> Result<Self, Refused> {
        for (index, proof) in proofs.iter().enumerate() {
            verify_record(header, proof).within_item("records", index)?;
        }
        let present = proofs.iter().filter_map(|proof| Some((proof.key, proof.value.clone()?)));
        Ok(Self(present.collect()))
    }

    pub(crate) fn member(&self, number: MemberNumber) -> Result<MemberRecord, Refused> {
        self.read(StateKey::Member(number))
    }

    pub(crate) fn key(&self, id: KeyId) -> Result<KeyRecord, Refused> {
        self.read(StateKey::Key(id))
    }

    /// The steps of a record's past that are here, with their `seq`, rising.
    pub(crate) fn steps<S: RecordStatus>(
        &self,
        record: RecordKey,
    ) -> Result<Vec<(u32, StatusRecord<S>)>, Refused> {
        let step = |seq| StateKey::History { record, seq };
        let here = self.0.range(step(0)..=step(u32::MAX)).filter_map(|(key, _)| match key {
            StateKey::History { seq, .. } => Some(*seq),
            _ => None,
        });
        here.map(|seq| Ok((seq, self.read(step(seq))?))).collect()
    }

    pub(crate) fn read<R: Canonical>(&self, key: StateKey) -> Result<R, Refused> {
        let value = self.0.get(&key).ok_or_else(|| {
            Refused::new(ReasonCode::RecordMissing, "records", format!("there is no record under {key}"))
        })?;
        R::decode(value).map_err(|error| Refused::malformed(&format!("records[{key}]"), &error))
    }
}
