//! Secret keys: made from fresh randomness or a seed, wiped when dropped.

use std::fmt;

use ed25519_dalek::{Signer, SigningKey};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::{PublicKey, Signature};

/// An Ed25519 secret key (RFC 8032). Its memory is wiped when it is dropped; it never shows in `Debug`.
#[derive(Clone)]
pub struct SecretKey {
    signing: SigningKey,
    public: PublicKey,
}

impl SecretKey {
    /// Length of the seed in bytes.
    pub const SEED_LENGTH: usize = 32;

    /// A new key from 32 bytes of `rng`.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Self {
        let mut seed = Zeroizing::new([0; Self::SEED_LENGTH]);
        rng.fill_bytes(seed.as_mut());
        Self::from_seed(&seed)
    }

    /// The key that grows from a seed: what RFC 8032 calls the private key.
    #[must_use]
    pub fn from_seed(seed: &[u8; Self::SEED_LENGTH]) -> Self {
        let signing = SigningKey::from_bytes(seed);
        // A clamped scalar is a multiple of 8 between 2^254 and 2^255, of which none is a multiple of the
        // group order: its multiple of the base point is in the prime-order subgroup and not the identity.
        #[allow(clippy::expect_used)]
        let public = PublicKey::from_bytes(signing.verifying_key().as_bytes())
            .expect("invariant: the public key of a clamped scalar is canonical and of prime order");
        Self { signing, public }
    }

    /// The seed, for writing it to a key file.
    #[must_use]
    pub fn to_seed(&self) -> Zeroizing<[u8; Self::SEED_LENGTH]> {
        Zeroizing::new(self.signing.to_bytes())
    }

    /// The public key that belongs to it.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `message`. Deterministic: the same key and message give the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.signing.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SecretKey(of {})", self.public)
    }
}
