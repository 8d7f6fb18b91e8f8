//! What a node offers over gRPC and HTTP.
//!
//! [`NodeApi`] answers every read and submission once; `grpc` and `http` only translate. Errors carry a
//! stable reason code of `docs/reason-codes.md`; [`error::code_of`] is the one place that maps reasons to
//! gRPC codes.

mod access;
mod case_lists;
mod cases;
mod deadlines;
pub mod error;
mod grpc;
mod http;
mod joining;
mod limits;
mod listen;
mod node_api;
mod proposals;
mod register;
mod rules;
mod serve;
mod status_proof;
mod submit;
mod ticket;
mod vitals;

pub use joining::{JoinStatus, serve_joining};
pub use node_api::NodeApi;
pub use serve::{ServeError, Tls, serve, serve_on};
pub use ticket::TicketIssuer;
pub use vitals::{Assessment, Vitals};
