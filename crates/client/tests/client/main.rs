//! What a client makes, and what it believes of nodes that are honest, faulty or hostile.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod bulk;
mod calls;
/// The small ledger of the verifier's tests: executed by the real rules, decided by keys that are all here.
#[path = "../../../verify/tests/verify/ledger.rs"]
#[allow(dead_code)]
mod ledger;
mod node;
mod transactions;
