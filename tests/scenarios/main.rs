//! Scenarios over real processes: what happens to the ledger when nodes, disks, members and callers misbehave.
//!
//! One file per theme. They need the programs: `scripts/test` builds them, or
//! `cargo build --workspace --bins`.
#![allow(clippy::unwrap_used, missing_docs)]

mod agency;
mod backup;
mod byzantine;
mod cases;
mod cases_access;
mod cases_crash;
mod clocks;
mod command_line;
mod consensus_keys;
mod crashes;
mod damage;
mod founding;
mod full_disk;
mod governance;
mod governance_drafts;
mod heads;
mod hostile;
mod http;
mod idle;
mod joining;
mod large;
mod newcomers;
mod observer;
mod openings;
mod out_of_files;
mod pages;
mod partition;
mod perturbed;
mod proposals;
mod protocol_version;
mod quorum;
mod receipts;
mod refusals;
mod repeated;
mod restored;
mod startup;
mod strangers;
mod succession;
mod test_clock;
mod tls;
