//! The consensus key of this node as consensus asks for it.

use std::sync::Arc;

use bulla_consensus::{SignerError, SigningRequest, VoteSigner};
use bulla_crypto::{PublicKey, Signature};
use bulla_signer::{GuardedKey, SigningKey, Unsigned};
use bulla_storage::{SignError, SignedGuard};
use bulla_types::{Address, ValidatorProof};

/// Signs only what the `signed` file, synced first, allows; and what the key's own guard does, if it has one.
pub(crate) struct GuardedSigner(GuardedKey<Arc<SignedGuard>>);

impl GuardedSigner {
    pub(crate) fn new(key: Arc<dyn SigningKey>, guard: Arc<SignedGuard>) -> Self {
        Self(GuardedKey::new(key, guard))
    }
}

impl VoteSigner for GuardedSigner {
    fn address(&self) -> Address {
        Address::of(self.0.public_key())
    }

    fn public_key(&self) -> PublicKey {
        self.0.public_key().clone()
    }

    fn sign(&self, request: &SigningRequest) -> Result<Signature, SignerError> {
        self.0.sign(&request.message).map_err(|error| refusal(request, error))
    }

    fn sign_validator_proof(&self, proof: &ValidatorProof) -> Result<Signature, SignerError> {
        self.0.sign_validator_proof(proof).map_err(|error| SignerError::Failed(Box::new(error)))
    }
}

fn refusal(request: &SigningRequest, error: Unsigned) -> SignerError {
    let SigningRequest { height, round, step, .. } = *request;
    match error {
        Unsigned::Guard(SignError::Bound { value, .. }) => {
            SignerError::Bound { height, round, step, block_hash: value }
        }
        Unsigned::Guard(error) => SignerError::Refused { height, round, step, reason: error.to_string() },
        Unsigned::Key(error) => SignerError::Failed(Box::new(error)),
    }
}
