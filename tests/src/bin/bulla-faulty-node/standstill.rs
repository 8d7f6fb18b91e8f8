//! Validators that stand still at the worst moment. They stop themselves, since nobody outside can hit it.

use std::sync::Arc;

use async_trait::async_trait;
use bulla_consensus::{
    Application, ApplicationError, Origin, Received, SignerError, SigningRequest, Step, VoteSigner,
};
use bulla_crypto::{PublicKey, Signature};
use bulla_types::Address;
use rustix::process::{Signal, getpid, kill_process};

use crate::faulty::Misconduct;

/// Until someone sends SIGCONT.
fn stand_still() {
    kill_process(getpid(), Signal::STOP).unwrap();
}

/// See [`Fault::StopsBeforePrecommit`](bulla_tests::fault::Fault::StopsBeforePrecommit).
pub(crate) struct StopsBeforePrecommit {
    pub(crate) signer: Arc<dyn VoteSigner>,
    pub(crate) height: u64,
}

impl VoteSigner for StopsBeforePrecommit {
    fn address(&self) -> Address {
        self.signer.address()
    }

    fn public_key(&self) -> PublicKey {
        self.signer.public_key()
    }

    fn sign(&self, request: &SigningRequest) -> Result<Signature, SignerError> {
        let SigningRequest { height, round, step, block_hash, .. } = *request;
        if (height, round, step) != (self.height, 0, Step::Precommit) {
            return self.signer.sign(request);
        }
        if block_hash.is_some() {
            stand_still();
        }
        Err(SignerError::Refused { height, round, step, reason: "it stood still".to_owned() })
    }

    fn sign_validator_proof(&self, message: &[u8]) -> Result<Signature, SignerError> {
        self.signer.sign_validator_proof(message)
    }
}

/// See [`Fault::StopsBeforeCheckingAgain`](bulla_tests::fault::Fault::StopsBeforeCheckingAgain).
pub(crate) struct StopsBeforeCheckingAgain {
    pub(crate) height: u64,
}

#[async_trait]
impl Misconduct for StopsBeforeCheckingAgain {
    async fn check(&self, chain: &dyn Application, received: Received) -> Result<bool, ApplicationError> {
        if received.height == self.height {
            match received.origin {
                Origin::Fresh => return Err(ApplicationError::Transient("too slow to check it".into())),
                Origin::Relocked => stand_still(),
                Origin::Synced => {}
            }
        }
        chain.check(received).await
    }
}
