//! Links between nodes that can be cut, held up and joined again.
//!
//! Each node finds each of its peers at a relay of ours on loopback instead of at the peer itself. It does to connections what a network does, and needs no
//! privileges for it, as network namespaces would.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::node::Node;

const BUFFER_BYTES: usize = 16 << 10;

/// The links of a network, by the positions of their two nodes.
#[derive(Default)]
pub struct Links {
    states: BTreeMap<[usize; 2], watch::Sender<State>>,
    relays: JoinSet<()>,
}

/// What a link does with connections over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Carries them.
    Joined,
    /// Ends them, new ones at once.
    Cut,
    /// Carries nothing of what this node sends, and does not say so, as when a network loses packets one way.
    HeldUp(usize),
    /// Carries so many bytes a second of what this node sends.
    Dripping(usize, u32),
}

impl Links {
    /// Puts relays between the nodes, from their next start on.
    pub(crate) fn between(nodes: &mut [Node]) -> Self {
        let listening = |(position, node): (usize, &Node)| (split(&node.config().network.listen).1, position);
        let by_port: BTreeMap<u16, usize> = nodes.iter().enumerate().map(listening).collect();
        let mut links = Self::default();
        for (dialler, node) in nodes.iter_mut().enumerate() {
            node.configure(|config| {
                for address in &mut config.network.peers {
                    let (_, port, _) = split(address);
                    *address = links.relay(address, [dialler, by_port[&port]]);
                }
            });
        }
        links
    }

    /// Cuts all links between a node of one side and a node of the other.
    pub fn cut(&self, side: &[usize], other: &[usize]) {
        for one in side {
            other.iter().for_each(|other| self.set([*one, *other], State::Cut));
        }
    }

    /// From now on nothing that this node sends arrives anywhere, though its connections stand.
    pub fn hold_up(&self, sender: usize) {
        let links = self.states.iter().filter(|(ends, _)| ends.contains(&sender));
        links.for_each(|(_, state)| _ = state.send_replace(State::HeldUp(sender)));
    }

    /// From now on what the first node sends to the second comes at so many bytes a second.
    pub fn drip(&self, sender: usize, receiver: usize, bytes_per_s: u32) {
        self.set([sender, receiver], State::Dripping(sender, bytes_per_s));
    }

    /// Joins all links.
    pub fn join(&self) {
        self.states.values().for_each(|state| _ = state.send_replace(State::Joined));
    }

    fn set(&self, mut ends: [usize; 2], state: State) {
        ends.sort_unstable();
        self.states[&ends].send_replace(state);
    }

    /// Starts a relay to an address, and gives the address at which the dialling node finds it.
    fn relay(&mut self, address: &str, ends: [usize; 2]) -> String {
        let mut link = ends;
        link.sort_unstable();
        let state = self.states.entry(link).or_insert_with(|| watch::Sender::new(State::Joined)).subscribe();
        // The port stays taken as long as the links exist.
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (before, target, after) = split(address);
        let listener = TcpListener::from_std(listener).unwrap();
        self.relays.spawn(listen(listener, SocketAddr::from((Ipv4Addr::LOCALHOST, target)), ends, state));
        format!("{before}{port}{after}")
    }
}

/// What stands before the TCP port of a multiaddr, the port, and what follows.
fn split(address: &str) -> (&str, u16, &str) {
    let start = address.find("/tcp/").unwrap() + "/tcp/".len();
    let end = address[start..].find('/').map_or(address.len(), |length| start + length);
    (&address[..start], address[start..end].parse().unwrap(), &address[end..])
}

async fn listen(listener: TcpListener, target: SocketAddr, ends: [usize; 2], state: watch::Receiver<State>) {
    loop {
        let Ok((dialled, _)) = listener.accept().await else { continue };
        if *state.borrow() != State::Cut {
            tokio::spawn(carry(dialled, target, ends, state.clone()));
        }
    }
}

/// Carries a connection until one end closes it or the link is cut.
async fn carry(
    dialled: TcpStream,
    target: SocketAddr,
    [dialler, listener]: [usize; 2],
    state: watch::Receiver<State>,
) {
    // The node may be down.
    let Ok(listening) = TcpStream::connect(target).await else { return };
    for stream in [&dialled, &listening] {
        stream.set_nodelay(true).unwrap();
    }
    let (from_dialler, to_dialler) = dialled.into_split();
    let (from_listener, to_listener) = listening.into_split();
    let mut link = state.clone();
    tokio::select! {
        _ = link.wait_for(|state| *state == State::Cut) => {}
        _ = pass(from_dialler, to_listener, dialler, state.clone()) => {}
        _ = pass(from_listener, to_dialler, listener, state) => {}
    }
}

/// Passes on what a node sends until it ends. What is held up waits where it does in a network: with its
/// sender.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    sender: usize,
    mut state: watch::Receiver<State>,
) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let bytes = from.read(&mut buffer).await?;
        let open = state.wait_for(|state| *state != State::HeldUp(sender)).await.is_ok();
        if bytes == 0 || !open {
            return Ok(());
        }
        to.write_all(&buffer[..bytes]).await?;
        let dripping = match *state.borrow() {
            State::Dripping(of, bytes_per_s) if of == sender => Some(bytes_per_s),
            _ => None,
        };
        if let (Some(bytes_per_s), Ok(bytes)) = (dripping, u32::try_from(bytes)) {
            tokio::time::sleep(Duration::from_secs(1) * bytes / bytes_per_s).await;
        }
    }
}
