//! The offline verifier: what a receipt file or status proof proves against a trust anchor, without network, clock or trust
//! in any node (验证).
//!
//! [`verify`] takes the bytes of a receipt file, an [`Anchor`] and the digests of original documents, and
//! either says what is proved ([`Report`]) or refuses with a stable reason and the place ([`Refused`]). There
//! is nothing between: a file of which any part does not hold is refused whole.
//!
//! A file brings the ledger's genesis with it, so that an anchor need not be more than its 32-byte digest, or
//! a checkpoint, whose origin names that digest.
//!
//! The steps stand in one module each, in the order of `docs/formats/receipt.md`:
//!
//! 1. `history`: which validators were in force at each height, from the genesis on;
//! 2. `certified`: a header that a quorum of them precommitted;
//! 3. `bundle`, `record`: the records of members and keys, proved against a certified state root;
//! 4. `chronicle`: the certified headers of a file do not contradict each other;
//! 5. `entry`: the entry stands in the log of its header, at its index;
//! 6. `later`: it also stands in the log of a later checkpoint;
//! 7. `signers`, `standing`: the signatures verify, and who signed was entitled to at that index;
//! 8. `originals`: documents are the ones that were deposited;
//! 9. `openings`: openings that their owner kept open what was committed to.
//!
//! [`verify_status`] does the same for a status proof: what a record is and was (状态证明), in `status`.
//!
//! An SDK uses the same steps singly: [`HeaderVerifier`], [`verify_inclusion_of`], [`verify_record`].
//!
//! This crate knows no file, network, clock, thread or random number, and its work is bounded by the length
//! of its input, which `bulla_types::limits` bounds.

mod anchor;
mod bundle;
mod certified;
mod checkpoint;
mod chronicle;
mod entry;
mod header_verifier;
mod history;
mod later;
mod openings;
mod originals;
mod receipt;
mod record;
mod refused;
pub mod report;
mod signers;
mod standing;
mod status;
mod verify;

pub use anchor::{Anchor, TrustedGenesis};
pub use certified::CertifiedHeader;
pub use checkpoint::TrustedCheckpoint;
pub use entry::verify_inclusion_of;
pub use header_verifier::HeaderVerifier;
pub use history::ValidatorHistory;
pub use openings::OpeningsFile;
pub use originals::Original;
pub use record::verify_record;
pub use refused::Refused;
pub use report::Report;
pub use status::{Asked, verify_status};
pub use verify::{verify, verify_opened};
