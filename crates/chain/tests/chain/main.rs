//! Two chains without a network: what one builds the other checks, commits and proves.

#![allow(clippy::unwrap_used, missing_docs)]

mod checks;
mod clock;
mod commits;
mod deadlines;
mod due;
mod equivocations;
mod governance;
mod ledger;
mod openings;
mod openings_of_cases;
mod proposals;
mod protocol;
mod snapshots;
mod work;
