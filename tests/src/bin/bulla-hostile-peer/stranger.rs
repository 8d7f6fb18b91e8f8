//! Somebody whom nobody lists.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, StreamExt};
use libp2p::multiaddr::Protocol;
use libp2p::request_response::{Behaviour, Codec, Config, ProtocolSupport};
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, StreamProtocol, SwarmBuilder, noise, tcp, yamux};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::Told;

/// Connections at work at a time.
const AT_WORK: usize = 8;

/// Connections that say nothing, at a time.
const SILENT: usize = 40;

/// How long one try lasts at most.
const TRY: Duration = Duration::from_secs(2);

/// Requests on each connection that stands.
const REQUESTS: usize = 4;

static JUNK: [u8; 64 << 10] = [0x42; 64 << 10];

#[derive(Default)]
struct Gained {
    tries: AtomicU64,
    connections: AtomicU64,
    /// Bytes written to a stream whose protocol the node had agreed to.
    bytes_written: AtomicU64,
    bytes_read: AtomicU64,
    /// Streams that the node opened.
    streams_offered: AtomicU64,
    silent_connections: AtomicU64,
}

/// Tries for the time that it is told, and says what came of it.
pub(crate) async fn intrude(told: Told) -> Value {
    let gained = Arc::new(Gained::default());
    let end = Instant::now() + told.time;
    let names = protocols(&told);
    let mut at_work = JoinSet::new();
    for worker in 0..AT_WORK {
        let (gained, names, targets) = (Arc::clone(&gained), names.clone(), told.targets.clone());
        at_work.spawn(async move {
            let mut turn = worker;
            while Instant::now() < end {
                let target = targets[turn % targets.len()].parse().unwrap();
                try_once(target, &names[turn % names.len()], &gained, end).await;
                turn += AT_WORK + 1;
            }
        });
    }
    for turn in 0..SILENT {
        let (gained, target) = (Arc::clone(&gained), told.targets[turn % told.targets.len()].clone());
        at_work.spawn(async move {
            while Instant::now() < end {
                say_nothing(&target.parse().unwrap(), &gained, end).await;
            }
        });
    }
    at_work.join_all().await;
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    json!({
        "tries": read(&gained.tries),
        "connections": read(&gained.connections),
        "bytes_written": read(&gained.bytes_written),
        "bytes_read": read(&gained.bytes_read),
        "streams_offered": read(&gained.streams_offered),
        "silent_connections": read(&gained.silent_connections),
    })
}

/// Protocols of ours and of the consensus engine, on this ledger.
fn protocols(told: &Told) -> Vec<StreamProtocol> {
    let id = told.ledger_id.to_string();
    let (short, long) = (&id[..16], &id[..32]);
    let ours = ["votes/1", "parts/1", "sync/1", "relay/1", "status/2"];
    let ours = ours.map(|lane| format!("/bulla/{lane}/{short}"));
    let engines = ["consensus", "sync", "validator-proof", "discovery"];
    let engines = engines.map(|name| format!("/bulla/{long}/{name}/1"));
    let common = ["/meshsub/1.1.0", "/ipfs/id/1.0.0", "/ipfs/ping/1.0.0", "/ipfs/kad/1.0.0"];
    let names = ours.into_iter().chain(engines).chain(common.map(str::to_owned));
    names.map(|name| StreamProtocol::try_from_owned(name).unwrap()).collect()
}

/// Connects under a new identity and makes the most of it.
async fn try_once(target: Multiaddr, name: &StreamProtocol, gained: &Arc<Gained>, end: Instant) {
    gained.tries.fetch_add(1, Ordering::Relaxed);
    let support = [(name.clone(), ProtocolSupport::Full)];
    let behaviour = Behaviour::with_codec(Greedy(Arc::clone(gained)), support, Config::default());
    let mut swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_behaviour(|_| behaviour)
        .unwrap()
        .with_swarm_config(|config| config.with_idle_connection_timeout(TRY))
        .build();
    swarm.dial(target).unwrap();
    let work = async {
        loop {
            match swarm.select_next_some().await {
                SwarmEvent::ConnectionEstablished { peer_id, .. } => {
                    gained.connections.fetch_add(1, Ordering::Relaxed);
                    for _ in 0..REQUESTS {
                        swarm.behaviour_mut().send_request(&peer_id, ());
                    }
                }
                SwarmEvent::ConnectionClosed { .. } | SwarmEvent::OutgoingConnectionError { .. } => return,
                _ => {}
            }
        }
    };
    let _ = timeout_at(end.min(Instant::now() + TRY), work).await;
}

/// Holds a connection and says next to nothing on it.
async fn say_nothing(target: &Multiaddr, gained: &Gained, end: Instant) {
    let port = target.iter().find_map(|part| match part {
        Protocol::Tcp(port) => Some(port),
        _ => None,
    });
    let Ok(mut connection) = TcpStream::connect(("127.0.0.1", port.unwrap())).await else {
        return sleep(TRY / 10).await;
    };
    gained.silent_connections.fetch_add(1, Ordering::Relaxed);
    let _ = connection.write_all(&[0]).await;
    let mut buffer = [0; 64];
    let hears = async {
        while tokio::io::AsyncReadExt::read(&mut connection, &mut buffer).await.is_ok_and(|bytes| bytes > 0) {
        }
    };
    let _ = timeout(end.saturating_duration_since(Instant::now()), hears).await;
}

/// Writes junk, and counts what it can read.
#[derive(Clone)]
struct Greedy(Arc<Gained>);

impl Greedy {
    async fn write<T: AsyncWrite + Unpin + Send>(&self, io: &mut T) -> io::Result<()> {
        io.write_all(&JUNK).await?;
        io.flush().await?;
        self.0.bytes_written.fetch_add(JUNK.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    async fn read<T: AsyncRead + Unpin + Send>(&self, io: &mut T) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            let bytes = io.read(&mut buffer).await?;
            if bytes == 0 {
                return Ok(());
            }
            self.0.bytes_read.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }
}

#[async_trait]
impl Codec for Greedy {
    type Protocol = StreamProtocol;
    type Request = ();
    type Response = ();

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<()>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.0.streams_offered.fetch_add(1, Ordering::Relaxed);
        self.read(io).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<()>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.read(io).await
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, (): ()) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        self.write(io).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, (): ()) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        self.write(io).await
    }
}
