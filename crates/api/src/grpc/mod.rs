//! The gRPC service.

mod bulk;
mod reason;
mod service;
mod subscribe;

use std::sync::Arc;

use crate::limits::MESSAGE_BYTES_MAX;
use crate::node_api::NodeApi;
use generated::ledger_service_server::LedgerServiceServer;
use service::LedgerGrpc;

pub(crate) use reason::with_reason;

/// The service of the contract.
pub(crate) fn service(api: Arc<NodeApi>) -> LedgerServiceServer<LedgerGrpc> {
    LedgerServiceServer::new(LedgerGrpc(api)).max_decoding_message_size(MESSAGE_BYTES_MAX)
}

#[allow(missing_docs, clippy::all, clippy::pedantic, unused_qualifications, unreachable_pub)]
pub(crate) mod generated {
    tonic::include_proto!("bulla.v1");
}
