//! The nodes that a client may talk to, one at a time.

use std::future::Future;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use bulla_types::limits::RECEIPT_FILE_BYTES_MAX;
use tokio::time::{Instant, timeout};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};

use crate::error::ClientError;
use crate::generated::ledger_service_client::LedgerServiceClient;
use crate::tls::Tls;

/// A generated client on one channel; cheap to clone.
pub(crate) type Stub = LedgerServiceClient<Channel>;

/// Time to reach a node.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection on which nothing comes back for this long, after a ping, is broken.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// First and longest pause between attempts, before jitter.
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// The longest answer: a receipt file, and room for what stands around it.
const ANSWER_BYTES_MAX: usize = RECEIPT_FILE_BYTES_MAX + 1024 * 1024;

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// One attempt; a stream has no end to wait for.
    pub(crate) attempt: Option<Duration>,
    /// All attempts with the pauses between them.
    pub(crate) whole: Duration,
}

impl Patience {
    /// For what a node answers from its store.
    pub(crate) const READ: Self = Self { attempt: Some(Duration::from_secs(30)), ..Self::STREAM };
    /// For what a node sends as it comes: until it begins to.
    const STREAM: Self = Self { attempt: None, whole: Duration::from_secs(60) };
}

/// The connection that a call goes over.
#[derive(Clone, Copy)]
enum Line {
    /// That of all calls to a node.
    Shared,
    /// One of its own, for answers without an end: what a caller has not read of them fills its connection, and
    /// every other call on it would wait, even one that the caller makes before it reads on.
    Own,
}

/// Nodes in the order of preference. Calls go to one of them until it cannot be reached or is full; then to
/// the next. Staying with one, a caller reads what it wrote.
pub(crate) struct Nodes {
    nodes: Vec<Node>,
    current: AtomicUsize,
}

struct Node {
    address: String,
    endpoint: Endpoint,
    stub: Stub,
    /// Whether nobody on the way can listen.
    private: bool,
}

impl Nodes {
    /// Makes ready to connect, on first use.
    pub(crate) fn new<A: AsRef<str>>(addresses: &[A], tls: Option<&Tls>) -> Result<Self, ClientError> {
        let nodes: Vec<_> =
            addresses.iter().map(|address| Node::new(address.as_ref(), tls)).collect::<Result<_, _>>()?;
        if nodes.is_empty() {
            return Err(ClientError::Address {
                address: String::new(),
                detail: "no node is given".to_owned(),
            });
        }
        Ok(Self { nodes, current: AtomicUsize::new(0) })
    }

    /// The node that calls go to now: its address and a client for it.
    pub(crate) fn current(&self) -> (&str, Stub) {
        self.current_over(Line::Shared)
    }

    /// As [`current`](Self::current), over a connection for one stream.
    pub(crate) fn current_for_stream(&self) -> (&str, Stub) {
        self.current_over(Line::Own)
    }

    fn current_over(&self, line: Line) -> (&str, Stub) {
        let node = &self.nodes[self.current.load(Ordering::Relaxed)];
        let stub = match line {
            Line::Shared => node.stub.clone(),
            Line::Own => stub(&node.endpoint),
        };
        (&node.address, stub)
    }

    /// The first address to which the line is open to others: neither TLS nor this machine.
    pub(crate) fn first_open_to_others(&self) -> Option<&str> {
        self.nodes.iter().find(|node| !node.private).map(|node| node.address.as_str())
    }

    /// Calls the current node, again and at the next node while the errors are transient and patience lasts.
    pub(crate) async fn call<Q, A, F, P>(
        &self,
        patience: Patience,
        request: &Q,
        rpc: F,
    ) -> Result<A, ClientError>
    where
        Q: Clone,
        F: Fn(Stub, Request<Q>) -> P,
        P: Future<Output = Result<Response<A>, Status>>,
    {
        self.call_over(Line::Shared, patience, request, rpc).await
    }

    /// As [`call`](Self::call), for answers that come as a stream, over a connection for them alone.
    pub(crate) async fn stream<Q, A, F, P>(&self, request: &Q, rpc: F) -> Result<A, ClientError>
    where
        Q: Clone,
        F: Fn(Stub, Request<Q>) -> P,
        P: Future<Output = Result<Response<A>, Status>>,
    {
        self.call_over(Line::Own, Patience::STREAM, request, rpc).await
    }

    async fn call_over<Q, A, F, P>(
        &self,
        line: Line,
        patience: Patience,
        request: &Q,
        rpc: F,
    ) -> Result<A, ClientError>
    where
        Q: Clone,
        F: Fn(Stub, Request<Q>) -> P,
        P: Future<Output = Result<Response<A>, Status>>,
    {
        let pauses = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(PAUSE_MIN)
            .with_max_delay(PAUSE_MAX)
            .without_max_times();
        let attempt = || self.attempt(line, patience.attempt, request, &rpc);
        let started = Instant::now();
        let calling = attempt.retry(pauses).when(ClientError::is_transient).adjust(|error, pause| {
            let pause = pause?.max(error.retry_after().unwrap_or_default());
            (started.elapsed() + pause < patience.whole).then_some(pause)
        });
        timeout(patience.whole, calling).await.unwrap_or_else(|_| Err(self.silence(patience.whole)))
    }

    /// Calls the current node once.
    pub(crate) async fn call_once<Q, A, F, P>(
        &self,
        within: Duration,
        request: &Q,
        rpc: F,
    ) -> Result<A, ClientError>
    where
        Q: Clone,
        F: Fn(Stub, Request<Q>) -> P,
        P: Future<Output = Result<Response<A>, Status>>,
    {
        let attempt = self.attempt(Line::Shared, None, request, &rpc);
        timeout(within, attempt).await.unwrap_or_else(|_| Err(self.silence(within)))
    }

    async fn attempt<Q, A, F, P>(
        &self,
        line: Line,
        timeout: Option<Duration>,
        request: &Q,
        rpc: &F,
    ) -> Result<A, ClientError>
    where
        Q: Clone,
        F: Fn(Stub, Request<Q>) -> P,
        P: Future<Output = Result<Response<A>, Status>>,
    {
        let (address, stub) = self.current_over(line);
        let mut request = Request::new(request.clone());
        if let Some(timeout) = timeout {
            request.set_timeout(timeout);
        }
        rpc(stub, request).await.map(Response::into_inner).map_err(|status| self.failed(address, &status))
    }

    /// That the current node has not answered in this time.
    fn silence(&self, waited: Duration) -> ClientError {
        let (address, _) = self.current();
        ClientError::Transport {
            address: address.to_owned(),
            code: Code::DeadlineExceeded,
            transient: true,
            detail: format!("nothing came back within {} s", waited.as_secs()),
        }
    }

    /// Reads the status of a failed call. When the node at this address could not answer, calls go to the next
    /// one, unless they do already.
    pub(crate) fn failed(&self, address: &str, status: &Status) -> ClientError {
        let error = ClientError::of_status(address, status);
        let at = self.current.load(Ordering::Relaxed);
        if error.is_transient() && self.nodes[at].address == address {
            let next = (at + 1) % self.nodes.len();
            let _ = self.current.compare_exchange(at, next, Ordering::Relaxed, Ordering::Relaxed);
        }
        error
    }
}

impl Node {
    fn new(address: &str, tls: Option<&Tls>) -> Result<Self, ClientError> {
        let unusable = |detail: String| ClientError::Address { address: address.to_owned(), detail };
        let uri = match (address.contains("://"), tls) {
            (true, _) => address.to_owned(),
            (false, Some(_)) => format!("https://{address}"),
            (false, None) => format!("http://{address}"),
        };
        let mut endpoint = Endpoint::from_shared(uri.clone())
            .map_err(|error| unusable(error.to_string()))?
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .keep_alive_while_idle(true)
            .http2_adaptive_window(true)
            .tcp_nodelay(true);
        match (endpoint.uri().scheme_str(), tls) {
            (Some("http"), None) => {}
            (Some("https"), Some(tls)) => {
                endpoint = endpoint.tls_config(tls.config()).map_err(|error| unusable(error.to_string()))?;
            }
            (Some("https"), None) => return Err(unusable("say which authorities certify nodes".to_owned())),
            (_, Some(_)) => {
                return Err(unusable("it is not https, though transport security is asked for".to_owned()));
            }
            (_, None) => return Err(unusable("it is neither http nor https".to_owned())),
        }
        let private = tls.is_some() || endpoint.uri().host().is_some_and(is_loopback);
        Ok(Self { address: uri, stub: stub(&endpoint), endpoint, private })
    }
}

fn stub(endpoint: &Endpoint) -> Stub {
    LedgerServiceClient::new(endpoint.connect_lazy()).max_decoding_message_size(ANSWER_BYTES_MAX)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn refused(addresses: &[&str], tls: Option<&Tls>) -> String {
        Nodes::new(addresses, tls).err().unwrap().to_string()
    }

    #[tokio::test]
    async fn an_address_without_scheme_is_taken_as_plain_text_unless_tls_is_asked_for() {
        assert_eq!(Nodes::new(&["localhost:7000"], None).unwrap().current().0, "http://localhost:7000");
    }

    #[tokio::test]
    async fn what_the_caller_asked_to_protect_never_goes_in_the_clear() {
        let tls = Tls::of_authorities("");
        assert!(refused(&["http://localhost:7000"], Some(&tls)).contains("not https"));
        assert!(refused(&["https://localhost:7000"], None).contains("which authorities"));
    }

    #[tokio::test]
    async fn no_address_and_a_broken_one_are_refused() {
        assert!(refused(&[], None).contains("no node is given"));
        assert!(refused(&["http://a b"], None).contains("a b"));
    }

    #[tokio::test]
    async fn calls_move_on_to_the_next_node_and_round() {
        let nodes = Nodes::new(&["a:1", "b:1"], None).unwrap();
        let down = Status::unavailable("down");
        nodes.failed("http://a:1", &down);
        nodes.failed("http://a:1", &down);
        assert_eq!(nodes.current().0, "http://b:1");
        nodes.failed("http://b:1", &Status::invalid_argument("the caller's fault"));
        assert_eq!(nodes.current().0, "http://b:1");
        nodes.failed("http://b:1", &down);
        assert_eq!(nodes.current().0, "http://a:1");
    }

    /// Calls a node that is down; gives the number of attempts with the error.
    async fn attempts(patience: Option<Patience>) -> (usize, ClientError) {
        let nodes = Nodes::new(&["a:1"], None).unwrap();
        let count = AtomicUsize::new(0);
        let rpc = |_: Stub, _: Request<()>| {
            count.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Err::<Response<()>, _>(Status::unavailable("down")))
        };
        let called = match patience {
            Some(patience) => nodes.call(patience, &(), rpc).await,
            None => nodes.call_once(Duration::from_secs(1), &(), rpc).await,
        };
        (count.into_inner(), called.unwrap_err())
    }

    #[tokio::test]
    async fn a_call_is_repeated_until_patience_ends_or_made_once() {
        let patience = Patience { attempt: None, whole: Duration::from_millis(900) };
        let (count, error) = attempts(Some(patience)).await;
        assert!(count > 1 && error.to_string().contains("down"), "{count} {error}");
        assert_eq!(attempts(None).await.0, 1);
    }

    #[tokio::test]
    async fn a_node_that_says_nothing_does_not_outlast_patience() {
        let nodes = Nodes::new(&["a:1"], None).unwrap();
        let silent = |_: Stub, _: Request<()>| std::future::pending::<Result<Response<()>, Status>>();
        let patience = Patience { attempt: None, whole: Duration::from_millis(50) };
        let error = nodes.call(patience, &(), silent).await.unwrap_err();
        assert!(matches!(error, ClientError::Transport { code: Code::DeadlineExceeded, .. }), "{error}");
    }

    #[tokio::test]
    async fn only_tls_and_this_machine_are_private() {
        let local = ["localhost:1", "127.0.0.1:1", "http://[::1]:1"];
        assert_eq!(Nodes::new(&local, None).unwrap().first_open_to_others(), None);
        let mixed = Nodes::new(&["localhost:1", "192.0.2.1:1"], None).unwrap();
        assert_eq!(mixed.first_open_to_others(), Some("http://192.0.2.1:1"));
    }
}
