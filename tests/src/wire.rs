//! gRPC as a stranger speaks it: any bytes, one attempt, and the status as it came.

use std::net::SocketAddr;
use std::time::Duration;

use bulla_types::proto;
use bytes::Bytes;
use prost::Message;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_prost::ProstCodec;
use tonic_types::StatusExt;

/// A node on this machine answers within this, or counts as silent.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A connection to one node.
#[derive(Debug, Clone)]
pub struct Wire(Channel);

/// How a node refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The gRPC status code.
    pub code: Code,
    /// The stable reason code, if the node gave one.
    pub reason: Option<String>,
    /// When to try again, if the node said so.
    pub retry_after: Option<Duration>,
    /// The message for people.
    pub message: String,
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        Self {
            code: status.code(),
            reason: details
                .error_info()
                .filter(|info| info.domain == "bulla")
                .map(|info| info.reason.clone()),
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
            message: status.message().to_owned(),
        }
    }
}

impl Wire {
    /// Makes ready to call the node at this address.
    #[must_use]
    pub fn to(address: SocketAddr) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        let endpoint = endpoint.connect_timeout(ANSWER_WITHIN).timeout(ANSWER_WITHIN).tcp_nodelay(true);
        Self(endpoint.connect_lazy())
    }

    /// Calls a method of the ledger service.
    ///
    /// # Errors
    /// What the node, or the connection, answers instead.
    pub async fn call<Q, A>(&self, method: &str, request: Q) -> Result<A, Refused>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let mut grpc = Grpc::new(self.0.clone());
        grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = PathAndQuery::try_from(format!("/bulla.v1.LedgerService/{method}")).unwrap();
        let codec = ProstCodec::<Q, A>::default();
        Ok(grpc.unary(Request::new(request), path, codec).await?.into_inner())
    }

    /// The node's word on itself; `None` while it does not answer.
    pub async fn status(&self) -> Option<proto::GetStatusResponse> {
        self.call("GetStatus", proto::GetStatusRequest {}).await.ok()
    }

    /// Submits any bytes and asks for a ticket.
    ///
    /// # Errors
    /// How the node refused.
    pub async fn submit(&self, submission: impl Into<Bytes>) -> Result<proto::SubmitResponse, Refused> {
        let wait_for = proto::WaitFor::Ticket.into();
        self.call("Submit", proto::SubmitRequest { submission: submission.into(), wait_for }).await
    }

    /// What the standard health service says of the ledger service; `None` while there is no answer.
    pub async fn serving(&self) -> Option<bool> {
        let request = HealthCheckRequest { service: "bulla.v1.LedgerService".to_owned() };
        let answer = HealthClient::new(self.0.clone()).check(request).await.ok()?.into_inner();
        Some(answer.status() == ServingStatus::Serving)
    }
}
