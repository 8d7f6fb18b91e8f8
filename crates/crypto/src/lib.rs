//! Digests, keys, signatures, key files and domain framing: everything of Bulla that is cryptography.
//!
//! This crate knows nothing of transactions, blocks or members. It decides three things for all others:
//!
//! * **What is hashed or signed** starts with a [`Domain`], so that bytes made for one purpose never
//!   pass for another ([`frame`], [`framed`]).
//! * **Which keys exist**: a [`PublicKey`] cannot be built from an encoding that two verifiers might
//!   read in two ways.
//! * **What a valid signature is**: [`PublicKey::verify_strict`] for validators and at admission,
//!   [`PublicKey::verify_zip215`] and [`batch::verify`] for members' signatures on the ledger.
//!
//! The formats are restated for other languages in `docs/formats/framing-and-keys.md`, with vectors in
//! `docs/formats/vectors/crypto.json`.

pub mod batch;
mod digest;
mod domain;
mod hash;
#[cfg(unix)]
pub mod key_file;
pub mod key_pem;
mod public_key;
mod secret_key;
mod signature;
#[cfg(unix)]
pub mod whole_file;

#[cfg(test)]
mod edge_cases;

pub use digest::{DocumentDigests, DocumentHasher, blake3, sha256, sm3};
pub use domain::{Domain, SUITE, frame, framed};
pub use hash::{Hash, ParseHashError};
pub use public_key::{KeyError, PublicKey, VerificationError};
pub use secret_key::SecretKey;
pub use signature::{Signature, SignatureLengthError};
