//! What a node answers, and what it refuses, over real connections and a ledger with one validator.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod access;
mod cases;
mod connections;
mod http;
mod office;
mod proposals;
mod reads;
mod served;
mod submissions;
