//! What the verifier accepts and what it refuses, on receipts of a whole small ledger.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod accepted;
mod bytes;
mod checkpoint;
mod fields;
mod fork;
mod history;
mod hostile;
mod openings;
mod originals;
mod pieces;
mod proposals;
mod script;
mod signers;
mod status;
mod vectors;

use bulla_fixtures::Ledger;
use bulla_types::Canonical;
use bulla_verify::{Anchor, TrustedGenesis};

fn trusted_genesis(ledger: &Ledger) -> TrustedGenesis {
    TrustedGenesis::from_file(&ledger.genesis.encode()).unwrap()
}

/// The genesis as the anchor.
fn anchor(ledger: &Ledger) -> Anchor {
    Anchor::Genesis(trusted_genesis(ledger))
}
