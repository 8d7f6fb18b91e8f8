//! Values for unit tests.

use bulla_crypto::{SecretKey, Signature};
use bulla_types::{BlockHash, Validator, ValidatorSet};

pub(crate) fn block(number: u8) -> BlockHash {
    BlockHash::from_bytes([number; 32])
}

pub(crate) fn signature(number: u8) -> Signature {
    Signature([number; 64])
}

/// Validators of equal power, and their keys in the order of the set.
pub(crate) fn validators(count: u8) -> (ValidatorSet, Vec<SecretKey>) {
    let mut keys: Vec<_> = (1..=count).map(|seed| SecretKey::from_seed(&[seed; 32])).collect();
    keys.sort_by_key(|key| bulla_types::Address::of(key.public_key()));
    let validators =
        keys.iter().map(|key| Validator::new(key.public_key().clone(), 1).expect("a power of one"));
    (ValidatorSet::new(validators.collect()).expect("a few validators"), keys)
}
