//! Statute tests: one sentence for each rule that the reports find in a source, shown on a ledger that has
//! adopted the profile of the source, by signed transactions and the time of blocks alone.
//!
//! `docs/statutes.md` lists them. The same sentences are asked of altered profiles: `mutation`.
#![allow(clippy::unwrap_used)]

mod cn_gz_trade_2022;
mod cn_tj_tjifa_003_2022;
mod mutants;
mod mutation;
mod names;
mod neighbour;
mod page;
mod suite;
