//! Two chains without a network: what one builds the other checks, commits and proves.

#![allow(clippy::unwrap_used, missing_docs)]

mod checks;
mod commits;
mod equivocations;
mod ledger;
