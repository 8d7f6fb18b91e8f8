//! What a client makes, and what it believes of nodes that are honest, faulty or hostile.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod bulk;
mod calls;
mod node;
mod steps;
mod transactions;
