//! The gRPC service.

mod bulk;
mod service;
mod subscribe;

pub(crate) use service::LedgerGrpc;

#[allow(missing_docs, clippy::all, clippy::pedantic, unused_qualifications, unreachable_pub)]
pub(crate) mod generated {
    tonic::include_proto!("bulla.v1");
}
