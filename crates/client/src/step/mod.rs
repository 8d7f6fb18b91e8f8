//! Steps of cases, made from a rule profile and what a person says.
//!
//! [`StepBuilder`] takes values as text under the names of the profile, finds out who must act, and refuses early
//! what the profile says cannot be, naming field, article and what is asked for ([`StepError`], in both languages).
//! What depends on the state of the ledger beyond the case at hand is for the nodes to say.
//!
//! Each field goes where the profile puts it: *clear* into the entry; *attached* as a commitment, with the opening
//! beside the transaction; *committed* as a commitment, whose opening its owner keeps
//! ([`TransactionBuilder::build_keeping`](crate::TransactionBuilder::build_keeping)).

mod actors;
mod amount;
mod builder;
mod documents;
mod error;
mod fields;
mod names;
mod numbers;
mod place;
mod request;
mod twin;
mod value;
mod words;

pub use builder::StepBuilder;
pub use error::{Asked, ItemAt, StepError, StepFault};
pub use request::StepRequest;
pub use words::kind_in;
