//! What a signer answers.

use std::sync::Arc;

use bulla_crypto::PublicKey;
use bulla_storage::{SignError, SignedGuard, SignedRecord};
use bulla_types::{Address, LedgerId};
use tracing::{info, warn};

use crate::guarded::{GuardedKey, Unsigned};
use crate::key::SigningKey;
use crate::wire::{Answer, Refusal, Request, RequestError, State};

/// One consensus key of one ledger, its guard, and the answers to whoever asks for signatures. Calls block.
pub struct Signer {
    ledger_id: LedgerId,
    address: Address,
    key: GuardedKey<Record>,
}

struct Record(SignedRecord);

impl AsRef<SignedGuard> for Record {
    fn as_ref(&self) -> &SignedGuard {
        self.0.guard()
    }
}

impl Signer {
    /// A signer for this ledger, whose record is that ledger's too.
    #[must_use]
    pub fn new(ledger_id: LedgerId, key: Arc<dyn SigningKey>, record: SignedRecord) -> Self {
        let address = Address::of(key.public_key());
        Self { ledger_id, address, key: GuardedKey::new(key, Record(record)) }
    }

    /// The key that its signatures verify under.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// The validator's address.
    #[must_use]
    pub fn address(&self) -> Address {
        self.address
    }

    /// Answers a frame, whatever is in it.
    #[must_use]
    pub fn answer(&self, frame: &[u8]) -> Answer {
        match Request::decode(frame, self.public_key()) {
            Ok(request) if request.ledger_id() != self.ledger_id => Answer::Refused(Refusal::OtherLedger),
            Ok(request) => self.follow(&request),
            Err(RequestError::UnknownVersion(_)) => Answer::Refused(Refusal::UnknownVersion),
            Err(RequestError::Malformed(_)) => Answer::Refused(Refusal::Malformed),
        }
    }

    fn follow(&self, request: &Request) -> Answer {
        match request {
            Request::Hello { .. } => {
                Answer::Welcome { public_key: self.public_key().to_bytes(), state: self.state() }
            }
            Request::Sign(message) => match self.key.sign(message) {
                Ok(signature) => Answer::Signature(signature),
                Err(error) => {
                    warn!(%error, "a message was not signed");
                    Answer::Refused(refusal(&error))
                }
            },
            Request::ProveValidator(proof) => match self.key.sign_validator_proof(proof) {
                Ok(signature) => Answer::Signature(signature),
                Err(error) => {
                    warn!(%error, "a network identity was not signed");
                    Answer::Refused(Refusal::KeyFailed)
                }
            },
            Request::NetworkHeight { height, .. } => {
                let guard = self.key.guard();
                if guard.is_settled() {
                    return Answer::State(self.state());
                }
                match guard.settle(*height) {
                    Ok(()) => {
                        info!(%height, floor = %guard.floor(), "the network is heard: this signer signs above the floor");
                        Answer::State(self.state())
                    }
                    Err(error) => {
                        warn!(%error, "the record of votes could not be written");
                        Answer::Refused(Refusal::RecordFailed)
                    }
                }
            }
        }
    }

    fn state(&self) -> State {
        let guard = self.key.guard();
        State { settled: guard.is_settled(), floor: guard.floor() }
    }
}

fn refusal(error: &Unsigned) -> Refusal {
    match error {
        Unsigned::Guard(SignError::WouldEquivocate { .. } | SignError::Bound { .. }) => {
            Refusal::WouldEquivocate
        }
        Unsigned::Guard(SignError::BelowFloor { floor: height } | SignError::HeldBack { height }) => {
            Refusal::BelowFloor { floor: *height }
        }
        Unsigned::Guard(SignError::Unsettled) => Refusal::Unsettled,
        Unsigned::Guard(SignError::Record(_)) => Refusal::RecordFailed,
        Unsigned::Key(_) => Refusal::KeyFailed,
    }
}
