//! What every consensus key can do, wherever it is kept.

use std::error::Error;

use bulla_crypto::{PublicKey, SecretKey, Signature};
use bulla_types::{ConsensusMessage, Height, ReasonCode, ValidatorProof};

/// A consensus key. It may only stand behind a [`GuardedKey`](crate::GuardedKey).
///
/// Calls may block, for as long as a device or a process takes; they come from a thread that may wait.
pub trait SigningKey: Send + Sync + 'static {
    /// The key that its signatures verify under.
    fn public_key(&self) -> &PublicKey;

    /// Signs a message of consensus.
    ///
    /// # Errors
    /// [`KeyFailure`]; then there is no signature.
    fn sign(&self, message: &ConsensusMessage) -> Result<Signature, KeyFailure>;

    /// Signs that a node of the network is this validator's. It has its own domain and no order, so nothing can be
    /// signed twice here.
    ///
    /// # Errors
    /// [`KeyFailure`]; then there is no signature.
    fn sign_validator_proof(&self, proof: &ValidatorProof) -> Result<Signature, KeyFailure>;

    /// Whether it would sign now, as far as is known without asking.
    fn standing(&self) -> Standing {
        Standing::Able
    }

    /// Tells a key that [awaits it](Standing::AwaitsNetworkHeight) how far the network is.
    ///
    /// # Errors
    /// [`KeyFailure`] when it was not heard.
    fn tell_network_height(&self, _height: Height) -> Result<(), KeyFailure> {
        Ok(())
    }
}

/// Whether a key would sign now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has not been reached yet, for the first time.
    Starting,
    /// It signs.
    Able,
    /// Its guard is in doubt about what it has signed, and signs nothing before it knows the network's height.
    AwaitsNetworkHeight,
    /// It does not work.
    Unable(ReasonCode),
}

/// Why a key made no signature.
#[derive(Debug, thiserror::Error)]
pub enum KeyFailure {
    /// The signer does not answer: it is not running, not reachable or too slow.
    #[error("the signer at {place} is away: {reason}")]
    Away {
        /// Where it is looked for.
        place: String,
        /// What is known.
        reason: String,
    },
    /// The signer answered that it does not sign this.
    #[error("the signer refused: {0}")]
    Refused(crate::wire::Refusal),
    /// The token, or its library, failed.
    #[error(transparent)]
    Token(Box<dyn Error + Send + Sync>),
}

impl SigningKey for SecretKey {
    fn public_key(&self) -> &PublicKey {
        Self::public_key(self)
    }

    fn sign(&self, message: &ConsensusMessage) -> Result<Signature, KeyFailure> {
        Ok(Self::sign(self, &message.preimage()))
    }

    fn sign_validator_proof(&self, proof: &ValidatorProof) -> Result<Signature, KeyFailure> {
        Ok(Self::sign(self, &proof.preimage()))
    }
}
