//! The stage that stories are told on, and the made-up register.

use bulla_rules::profile::Profile;

pub(crate) use bulla_fixtures::stage::{
    Ledger, MemoryView, Party, Request, START, Take, adopted_by, calendar_year, credit_code, digests, go_on,
    made_up, name, open, real, refusal, secret, term,
};

/// The small register, as body 1 has adopted it.
pub(crate) fn register() -> Profile {
    made_up(include_str!("../profiles/register.toml"))
}
