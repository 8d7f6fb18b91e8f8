//! A signer without a guard.

use bulla_consensus::{SignerError, SigningRequest, VoteSigner};
use bulla_crypto::{PublicKey, SecretKey, Signature};
use bulla_types::{Address, ValidatorProof};

/// Signs anything, twice if asked.
pub(crate) struct Unguarded(pub(crate) SecretKey);

impl VoteSigner for Unguarded {
    fn address(&self) -> Address {
        Address::of(self.0.public_key())
    }

    fn public_key(&self) -> PublicKey {
        self.0.public_key().clone()
    }

    fn sign(&self, request: &SigningRequest) -> Result<Signature, SignerError> {
        Ok(self.0.sign(&request.message.preimage()))
    }

    fn sign_validator_proof(&self, proof: &ValidatorProof) -> Result<Signature, SignerError> {
        Ok(self.0.sign(&proof.preimage()))
    }
}
