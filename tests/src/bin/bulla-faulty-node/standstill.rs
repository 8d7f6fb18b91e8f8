//! Validators that stand still at the worst moment. They stop themselves, since nobody outside can hit it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

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

/// See [`Fault::StopsAfterWithholdingItsPrecommit`](bulla_tests::fault::Fault::StopsAfterWithholdingItsPrecommit).
pub(crate) struct StopsAfterWithholdingItsPrecommit {
    signer: Arc<dyn VoteSigner>,
    height: u64,
    state: Mutex<State>,
}

enum State {
    Willing,
    /// It has withheld its precommit in this round.
    Withheld(u32),
    StoodStill,
}

impl StopsAfterWithholdingItsPrecommit {
    pub(crate) fn new(signer: Arc<dyn VoteSigner>, height: u64) -> Self {
        Self { signer, height, state: Mutex::new(State::Willing) }
    }
}

impl VoteSigner for StopsAfterWithholdingItsPrecommit {
    fn address(&self) -> Address {
        self.signer.address()
    }

    fn public_key(&self) -> PublicKey {
        self.signer.public_key()
    }

    fn sign(&self, request: &SigningRequest) -> Result<Signature, SignerError> {
        let SigningRequest { height, round, step, block_hash, .. } = *request;
        let mut state = self.state.lock().unwrap();
        match *state {
            State::Willing if height == self.height && step == Step::Precommit && block_hash.is_some() => {
                *state = State::Withheld(round);
                return Err(SignerError::Refused {
                    height,
                    round,
                    step,
                    reason: "it is withheld".to_owned(),
                });
            }
            State::Withheld(withheld) if round > withheld || height > self.height => {
                *state = State::StoodStill;
                stand_still();
            }
            _ => {}
        }
        self.signer.sign(request)
    }

    fn sign_validator_proof(&self, message: &[u8]) -> Result<Signature, SignerError> {
        self.signer.sign_validator_proof(message)
    }
}

/// See [`Fault::StopsBeforeCheckingAgain`](bulla_tests::fault::Fault::StopsBeforeCheckingAgain).
pub(crate) struct StopsBeforeCheckingAgain {
    height: u64,
    has_stood: AtomicBool,
}

impl StopsBeforeCheckingAgain {
    pub(crate) fn new(height: u64) -> Self {
        Self { height, has_stood: AtomicBool::new(false) }
    }
}

#[async_trait]
impl Misconduct for StopsBeforeCheckingAgain {
    async fn check(&self, chain: &dyn Application, received: Received) -> Result<bool, ApplicationError> {
        if received.height == self.height {
            match received.origin {
                Origin::Fresh => return Err(ApplicationError::Transient("too slow to check it".into())),
                // Once: who is locked may propose the block again in a later round too.
                Origin::Relocked if !self.has_stood.swap(true, Ordering::Relaxed) => stand_still(),
                Origin::Relocked | Origin::Synced => {}
            }
        }
        chain.check(received).await
    }
}
