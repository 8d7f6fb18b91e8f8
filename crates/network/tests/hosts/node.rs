//! Hosts on loopback, and waiting for what they do.

use std::time::Duration;

use bulla_network::{
    CounterValues, Host, HostConfig, HostHandle, Inbox, Lanes, Limits, Multiaddr, NetworkEvent, NodeKey,
    NodeStatus, PeerAddress, PeerId,
};
use bulla_types::LedgerId;
use bytes::Bytes;
use tokio::sync::mpsc::Receiver;
use tokio::time::{sleep, timeout};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for something on loopback that must not happen to have happened.
pub(crate) const MOMENT: Duration = Duration::from_millis(700);

/// A host on loopback.
pub(crate) struct Node {
    pub(crate) handle: HostHandle,
    pub(crate) events: Receiver<NetworkEvent>,
    pub(crate) lanes: Lanes,
}

pub(crate) fn key(number: u8) -> NodeKey {
    NodeKey::from_seed(&mut [number; 32])
}

pub(crate) fn config(number: u8) -> HostConfig {
    HostConfig {
        key: key(number),
        ledger_id: LedgerId::from_bytes([1; 32]),
        listen: "/ip4/127.0.0.1/tcp/0".parse().unwrap(),
        peers: Vec::new(),
        limits: Limits::default(),
    }
}

pub(crate) async fn start(config: HostConfig) -> Node {
    let (handle, events, lanes) = Host::spawn(config).await.unwrap();
    Node { handle, events, lanes }
}

impl Node {
    pub(crate) fn address(&self) -> Multiaddr {
        self.handle.listen_addresses()[0].clone()
    }

    /// As others list it.
    pub(crate) fn listed(&self) -> PeerAddress {
        PeerAddress { peer_id: self.handle.peer_id(), address: Some(self.address()) }
    }

    /// As those list it who wait for its call.
    pub(crate) fn awaited(&self) -> PeerAddress {
        PeerAddress { peer_id: self.handle.peer_id(), address: None }
    }

    pub(crate) fn counters(&self) -> CounterValues {
        self.handle.counters().values()
    }

    /// The next event that `pick` wants; others are passed over.
    pub(crate) async fn next<T>(&mut self, mut pick: impl FnMut(NetworkEvent) -> Option<T>) -> T {
        let wanted = async {
            loop {
                if let Some(wanted) = pick(self.events.recv().await.unwrap()) {
                    return wanted;
                }
            }
        };
        timeout(PATIENCE, wanted).await.unwrap()
    }

    pub(crate) async fn connected_to(&mut self, other: PeerId) {
        self.next(|event| matches!(event, NetworkEvent::Connected { peer } if peer == other).then_some(()))
            .await;
    }

    pub(crate) async fn disconnected_from(&mut self, other: PeerId) {
        self.next(|event| {
            matches!(event, NetworkEvent::Disconnected { peer } if peer == other).then_some(())
        })
        .await;
    }

    /// Waits for a batch and says that all of it was taken.
    pub(crate) async fn takes_batch(&mut self) -> (PeerId, Bytes) {
        self.next(|event| match event {
            NetworkEvent::Relay { peer, batch, reply } => {
                reply.taken(1, 0);
                Some((peer, batch))
            }
            _ => None,
        })
        .await
    }

    pub(crate) async fn hears_status(&mut self) -> NodeStatus {
        self.next(|event| match event {
            NetworkEvent::Status { status, .. } => Some(status),
            _ => None,
        })
        .await
    }

    /// Takes the lanes of agreement.
    pub(crate) fn attend(&self) -> Inbox {
        self.lanes.attend().1
    }

    pub(crate) async fn nothing_happens(&mut self) {
        assert!(timeout(MOMENT, self.events.recv()).await.is_err());
    }
}

pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    let wait = async {
        while !holds() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap();
}

/// Two hosts that list each other, connected.
pub(crate) async fn pair(first: HostConfig, second: HostConfig) -> (Node, Node) {
    let (mut a, mut b) = (start(first).await, start(second).await);
    a.handle.set_allowed(vec![b.listed()]);
    b.handle.set_allowed(vec![a.listed()]);
    a.connected_to(b.handle.peer_id()).await;
    b.connected_to(a.handle.peer_id()).await;
    (a, b)
}
