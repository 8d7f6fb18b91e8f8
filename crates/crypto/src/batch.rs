//! Verification of many signatures at once, with a verdict for each.

use ed25519_zebra::batch::{Item, Verifier};
use rand_core::CryptoRngCore;

use crate::{PublicKey, Signature};

/// The verdict of ZIP-215 on each (key, signature, message), in the order given.
///
/// All are checked as one batch; terms of equal keys are gathered, so that many signatures of few
/// signers cost about half as much each as those of as many signers. If the batch fails, each item is
/// checked alone, so every verdict equals that of [`PublicKey::verify_zip215`], but for a chance of 2⁻¹²⁸ as
/// long as `rng` cannot be foreseen by who made the signatures.
///
/// There is no limit here: the caller bounds its batches.
pub fn verify(items: &[(PublicKey, Signature, &[u8])], rng: &mut impl CryptoRngCore) -> Vec<bool> {
    if holds(items, rng) {
        return vec![true; items.len()];
    }
    items.iter().map(|(key, signature, message)| key.verify_zip215(message, signature).is_ok()).collect()
}

/// Whether all of them are valid. Where one is not, it costs no more to find that out, and nothing says which.
pub fn holds(items: &[(PublicKey, Signature, &[u8])], rng: &mut impl CryptoRngCore) -> bool {
    let mut batch = Verifier::new();
    for (key, signature, message) in items {
        let signature = ed25519_zebra::Signature::from_bytes(&signature.0);
        batch.queue(Item::from((key.verification_key_bytes(), signature, *message)));
    }
    batch.verify(rng).is_ok()
}
