//! A Bulla node: configuration, wiring, health and lifecycle. It knows no rule of the ledger.

mod application;
mod backups;
mod claims;
pub mod clock_file;
pub mod config;
mod consensus_key;
mod failure;
mod hang_ups;
mod heads;
mod health;
mod housekeeping;
mod joining;
mod keys;
mod nodes;
mod open_files;
mod openings;
pub mod operator;
mod own_keys;
mod peers;
mod ports;
mod powers;
mod protocol;
mod run;
mod signer;
mod signer_height;
mod signing;
mod snapshots;
mod standing;
mod taking_part;
pub mod telemetry;
mod vitals;

pub use failure::NodeError;
pub use run::{Parts, Says, StartConsensus, run, run_with};
