//! What validators sign, and how it is verified and signed.

pub(crate) mod preimage;
mod signer;
mod verifier;
mod votes_ahead;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod vectors;

pub(crate) use signer::{ABSTAINED, EngineSigner, ValidatorKey};
pub(crate) use verifier::StrictVerifier;
