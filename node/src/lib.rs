//! A Bulla node: configuration, wiring, health and lifecycle. It knows no rule of the ledger.

mod application;
pub mod clock_file;
pub mod config;
mod failure;
mod health;
mod housekeeping;
mod keys;
mod nodes;
mod open_files;
mod own_keys;
mod peers;
mod ports;
mod powers;
mod run;
mod signer;
mod signing;
mod taking_part;
pub mod telemetry;
mod vitals;

pub use failure::NodeError;
pub use run::{Parts, StartConsensus, run, run_with};
