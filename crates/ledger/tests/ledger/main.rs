//! The rules of the ledger as sentences. Each test tells a story on a small ledger in memory; each refusal
//! is shown with the reason and with a state that it left as it was.

#![allow(clippy::unwrap_used)]

mod blocks;
mod cases;
mod deposits;
mod enrolment;
mod equivocation;
mod founding;
mod governance;
mod key_status;
mod lookup;
mod member_status;
mod properties;
mod reading;
mod requests;
mod signers;
mod support;
mod vectors;
mod views;
