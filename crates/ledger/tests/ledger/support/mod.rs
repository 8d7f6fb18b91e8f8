//! A ledger in memory and a language to tell stories on it.

mod founders;
mod ledger;
mod request;
mod view;

pub(crate) use founders::{Party, credit_code, founder, parameters, secret};
pub(crate) use ledger::{Ledger, START};
pub(crate) use request::Request;
pub(crate) use view::MemoryView;
