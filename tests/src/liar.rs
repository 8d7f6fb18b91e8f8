//! A node that lies: what it is asked it passes on to an honest one, and alters the answers.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::{Buf, BufMut, Bytes};
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::{BoxFuture, Context, Poll, Service, http};
use tonic::server::{NamedService, UnaryService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};

/// What becomes of an answer: the method's name and the message of the honest node give the one that is sent.
pub type Lie = Box<dyn Fn(&str, Bytes) -> Bytes + Send + Sync>;

/// A server of the ledger service that can be made to lie. It stops when this is dropped.
pub struct Liar {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    honest: Channel,
    lie: Mutex<Option<Lie>>,
    answered: Mutex<Vec<(String, Bytes)>>,
}

impl Liar {
    /// Stands before the node at this address.
    pub fn before(honest: &str) -> Self {
        let honest = Endpoint::from_shared(honest.to_owned()).unwrap().connect_lazy();
        let shared = Arc::new(Shared { honest, lie: Mutex::default(), answered: Mutex::default() });
        let incoming = TcpIncoming::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = incoming.local_addr().unwrap();
        let server = Server::builder().add_service(Passing(Arc::clone(&shared)));
        let serving = tokio::spawn(async move {
            server.serve_with_incoming(incoming).await.unwrap();
        });
        Self { address, shared, serving }
    }

    /// Where it listens, as clients write it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lies from now on.
    pub fn lies(&self, lie: impl Fn(&str, Bytes) -> Bytes + Send + Sync + 'static) {
        *self.shared.lie.lock().unwrap() = Some(Box::new(lie));
    }

    /// Passes on what the honest node says.
    pub fn is_honest(&self) {
        *self.shared.lie.lock().unwrap() = None;
    }

    /// What the honest node has answered since this was asked last: method and message.
    #[must_use]
    pub fn answered(&self) -> Vec<(String, Bytes)> {
        std::mem::take(&mut self.shared.answered.lock().unwrap())
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Any call with one question and one answer, as bytes.
#[derive(Clone)]
struct Passing(Arc<Shared>);

impl NamedService for Passing {
    const NAME: &'static str = "bulla.v1.LedgerService";
}

impl Service<http::Request<Body>> for Passing {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let call = Call { shared: Arc::clone(&self.0), path: request.uri().path().to_owned() };
        Box::pin(async move { Ok(tonic::server::Grpc::new(Raw).unary(call, request).await) })
    }
}

struct Call {
    shared: Arc<Shared>,
    path: String,
}

impl UnaryService<Bytes> for Call {
    type Response = Bytes;
    type Future = BoxFuture<Response<Bytes>, Status>;

    fn call(&mut self, asked: Request<Bytes>) -> Self::Future {
        let (shared, path) = (Arc::clone(&self.shared), self.path.clone());
        Box::pin(async move {
            let method = path.rsplit('/').next().unwrap_or_default();
            let mut grpc = tonic::client::Grpc::new(shared.honest.clone());
            grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
            let (metadata, _, question) = asked.into_parts();
            let mut passed = Request::new(question);
            *passed.metadata_mut() = metadata;
            let path = PathAndQuery::try_from(path.as_str()).unwrap();
            let answer: Bytes = grpc.unary(passed, path, Raw).await?.into_inner();
            shared.answered.lock().unwrap().push((method.to_owned(), answer.clone()));
            let told = match &*shared.lie.lock().unwrap() {
                Some(lie) => lie(method, answer),
                None => answer,
            };
            Ok(Response::new(told))
        })
    }
}

/// Messages as they are.
#[derive(Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
