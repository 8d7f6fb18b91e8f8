//! What the verifier accepts and what it refuses, on receipts of a whole small ledger.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod accepted;
mod bytes;
mod checkpoint;
mod fields;
mod history;
mod hostile;
mod ledger;
mod originals;
mod pieces;
mod script;
mod signers;
mod vectors;
