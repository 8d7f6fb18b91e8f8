//! Proofs of equivocation that wait to be recorded.

use bulla_crypto::Signature;
use bulla_types::{BlockHash, Equivocation, SignedValue, StateKey};

use super::{KeyValue, View, damaged};
use crate::{
    column::Column,
    error::Result,
    local_encoding::{self, EquivocationRow},
};

impl View<'_> {
    /// The proofs of equivocation that no block has recorded yet, by validator, height, round and step.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unrecorded_equivocations(&self) -> Result<Vec<Equivocation>> {
        self.scan(Column::Equivocations, &[], &[]).map(|row| read(&row?)).collect()
    }
}

pub(crate) fn read((key, value): &KeyValue) -> Result<Equivocation> {
    let broken = |why: String| damaged(Column::Equivocations, key, why);
    let place = StateKey::decode(key).map_err(|error| broken(error.to_string()))?;
    let StateKey::Equivocation { address, height, round, vote_type } = place else {
        return Err(broken("the key is of another record".to_owned()));
    };
    let row: EquivocationRow = local_encoding::decode(value).map_err(|error| broken(error.to_string()))?;
    let votes = row.votes.map(|(value, signature)| SignedValue {
        value: value.map(BlockHash::from_bytes),
        signature: Signature(signature),
    });
    Equivocation::new(address, height, round, vote_type, votes).map_err(|fault| broken(fault.to_string()))
}
