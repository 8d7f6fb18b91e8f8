//! A signer in memory with the guard that a real one has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bulla_consensus::{SignerError, SigningRequest, Step, VoteSigner};
use bulla_crypto::{PublicKey, SecretKey, Signature};
use bulla_types::{Address, BlockHash, ValidatorProof};

type RefusalRule = Box<dyn Fn(&SigningRequest) -> bool + Send + Sync>;

/// Refuses what contradicts an earlier signature, and whatever its rule says.
pub(crate) struct MemorySigner {
    key: SecretKey,
    signed: Mutex<HashMap<(u64, u32, Step), Option<BlockHash>>>,
    refuses: RefusalRule,
    guarded: bool,
}

impl MemorySigner {
    pub(crate) fn new(key: SecretKey) -> Arc<Self> {
        Self::that_refuses(key, |_| false)
    }

    pub(crate) fn that_refuses(
        key: SecretKey,
        rule: impl Fn(&SigningRequest) -> bool + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { key, signed: Mutex::default(), refuses: Box::new(rule), guarded: true })
    }

    /// Signs anything.
    #[cfg(feature = "byzantine")]
    pub(crate) fn without_guard(key: SecretKey) -> Arc<Self> {
        Arc::new(Self { key, signed: Mutex::default(), refuses: Box::new(|_| false), guarded: false })
    }

    /// How many steps it signed at heights from this one on.
    pub(crate) fn signed_from(&self, height: u64) -> usize {
        self.signed.lock().unwrap().keys().filter(|(signed, _, _)| *signed >= height).count()
    }
}

impl VoteSigner for MemorySigner {
    fn address(&self) -> Address {
        Address::of(&self.public_key())
    }

    fn public_key(&self) -> PublicKey {
        self.key.public_key().clone()
    }

    fn sign(&self, request: &SigningRequest) -> Result<Signature, SignerError> {
        let SigningRequest { height, round, step, block_hash, .. } = *request;
        let refused = |reason: &str| SignerError::Refused { height, round, step, reason: reason.to_owned() };
        if (self.refuses)(request) {
            return Err(refused("by rule"));
        }
        let mut signed = self.signed.lock().unwrap();
        let before = signed.insert((height, round, step), block_hash);
        if self.guarded && before.is_some_and(|before| before != block_hash) {
            return Err(refused("signed for another block before"));
        }
        Ok(self.key.sign(&request.message.preimage()))
    }

    fn sign_validator_proof(&self, proof: &ValidatorProof) -> Result<Signature, SignerError> {
        Ok(self.key.sign(&proof.preimage()))
    }
}
