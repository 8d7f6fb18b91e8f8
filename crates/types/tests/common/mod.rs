//! Sample values for the tests of formats: fixed, so that vectors can be made of them.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used, clippy::wildcard_imports)]

pub mod samples;
pub mod strategies;
