//! The consensus key behind the guard that never signs twice.

use std::sync::Arc;

use bulla_consensus::{SignerError, SigningRequest, Step, VoteSigner};
use bulla_crypto::{PublicKey, SecretKey, Signature};
use bulla_storage::{SignError, SignedGuard, SignedStep, SignedVote};
use bulla_types::{Address, Height};

/// Signs only what the `signed` file, synced first, allows.
pub(crate) struct GuardedSigner {
    key: SecretKey,
    public_key: PublicKey,
    guard: Arc<SignedGuard>,
}

impl GuardedSigner {
    pub(crate) fn new(key: SecretKey, guard: Arc<SignedGuard>) -> Self {
        Self { public_key: key.public_key().clone(), key, guard }
    }
}

impl VoteSigner for GuardedSigner {
    fn address(&self) -> Address {
        Address::of(&self.public_key)
    }

    fn public_key(&self) -> PublicKey {
        self.public_key.clone()
    }

    fn sign(&self, request: &SigningRequest) -> Result<Signature, SignerError> {
        let step = match request.step {
            Step::Propose => SignedStep::Proposal,
            Step::Prevote => SignedStep::Prevote,
            Step::Precommit => SignedStep::Precommit,
        };
        self.guard
            .check_and_record(&SignedVote {
                height: Height(request.height),
                round: request.round,
                step,
                value: request.block_hash,
            })
            .map_err(|error| refusal(request, &error))?;
        Ok(self.key.sign(&request.message))
    }

    fn sign_validator_proof(&self, message: &[u8]) -> Result<Signature, SignerError> {
        Ok(self.key.sign(message))
    }
}

fn refusal(request: &SigningRequest, error: &SignError) -> SignerError {
    let SigningRequest { height, round, step, .. } = *request;
    match error {
        SignError::Bound { value, .. } => SignerError::Bound { height, round, step, block_hash: *value },
        error => SignerError::Refused { height, round, step, reason: error.to_string() },
    }
}
