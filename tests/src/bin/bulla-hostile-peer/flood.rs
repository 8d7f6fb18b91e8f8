//! A member turned hostile.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use bulla_crypto::key_file;
use bulla_network::{
    Budget, Host, HostConfig, HostHandle, Inbox, Limits, NetworkEvent, NodeKey, NodeStatus, PeerId,
    StreamLane,
};
use bulla_types::{BlockHash, Height};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tokio::time::sleep;

use crate::{Told, junk};

/// What is flooded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    Votes,
    Parts,
    Sync,
    Snapshot,
    Openings,
    Relay,
    Status,
    /// None: it burns the processor time that it is allowed, as what the floods are compared with.
    Idle,
}

/// How hard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// For each target.
    pub(crate) frames_per_second: u64,
    /// Of one core.
    pub(crate) cpu_percent: u64,
}

/// How often it sends.
const TICK: Duration = Duration::from_millis(5);

impl FromStr for Lane {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "votes" => Ok(Self::Votes),
            "parts" => Ok(Self::Parts),
            "sync" => Ok(Self::Sync),
            "snapshot" => Ok(Self::Snapshot),
            "openings" => Ok(Self::Openings),
            "relay" => Ok(Self::Relay),
            "status" => Ok(Self::Status),
            "idle" => Ok(Self::Idle),
            other => Err(format!("no lane {other}")),
        }
    }
}

/// What it knows.
struct Flooder {
    host: HostHandle,
    events: Receiver<NetworkEvent>,
    inbox: Inbox,
    targets: Vec<PeerId>,
    height: u64,
    sent: u64,
    disconnected: u64,
    /// What others relayed, to be relayed again.
    relayed: VecDeque<Bytes>,
    /// Blocks that others named, to be asked for the openings of.
    blocks: VecDeque<NodeStatus>,
}

/// Relayed batches and named blocks that it keeps.
const KEPT_MAX: usize = 64;

/// Floods for the time that it is told, and says what came of it.
pub(crate) async fn flood(lane: Lane, told: Told, key: &Path, effort: Effort) -> Value {
    let mut seed = *key_file::read(key, None).unwrap().to_seed();
    let peers: Vec<bulla_network::PeerAddress> =
        told.targets.iter().map(|target| target.parse().unwrap()).collect();
    let targets = peers.iter().map(|peer| peer.peer_id).collect();
    let anything = Budget { frames_per_second_max: u32::MAX, bytes_per_second_max: u64::MAX };
    let mut limits = Limits { relay_budget: anything, status_budget: anything, ..Limits::default() };
    (limits.votes.budget, limits.parts.budget) = (anything, anything);
    limits.status_interval = Duration::from_millis(1);
    // It does not wait when it is told to, and not for answers.
    (limits.relay_tries_max, limits.relay_in_flight_max) = (1, 16);
    let (_, events, lanes) = Host::spawn(HostConfig {
        key: NodeKey::from_seed(&mut seed),
        ledger_id: told.ledger_id,
        listen: "/ip4/127.0.0.1/tcp/0".parse().unwrap(),
        peers,
        limits,
    })
    .await
    .unwrap();
    let (host, inbox) = lanes.attend();
    let (relayed, blocks) = (VecDeque::new(), VecDeque::new());
    let mut flooder =
        Flooder { host, events, inbox, targets, height: 1, sent: 0, disconnected: 0, relayed, blocks };
    flooder.run(lane, told.time, effort).await;
    json!({
        "sent": flooder.sent,
        "disconnected": flooder.disconnected,
        "height": flooder.height,
        "cpu_ms": u64::try_from(cpu_time().as_millis()).unwrap(),
    })
}

impl Flooder {
    async fn run(&mut self, lane: Lane, time: Duration, effort: Effort) {
        let start = Instant::now();
        let mut owed = 0.0;
        while start.elapsed() < time {
            let tick = Instant::now();
            self.listen();
            let allowed =
                start.elapsed().as_secs_f64() * f64::from(u32::try_from(effort.cpu_percent).unwrap()) / 100.0;
            if lane == Lane::Idle {
                while cpu_time().as_secs_f64() < allowed {}
            } else if cpu_time().as_secs_f64() < allowed {
                #[allow(clippy::cast_precision_loss)]
                let frames_per_second = effort.frames_per_second as f64;
                owed = (owed + frames_per_second * TICK.as_secs_f64()).min(frames_per_second);
                while owed >= 1.0 {
                    owed -= 1.0;
                    self.send(lane);
                }
            }
            sleep(TICK.saturating_sub(tick.elapsed())).await;
        }
    }

    fn listen(&mut self) {
        while let Ok(frame) = self.inbox.votes.try_recv() {
            self.height = junk::height_of(&frame.frame).unwrap_or(0).max(self.height);
        }
        while self.inbox.parts.try_recv().is_ok() {}
        while let Ok(request) = self.inbox.sync.try_recv() {
            drop(request);
        }
        while let Ok(event) = self.events.try_recv() {
            match event {
                NetworkEvent::Disconnected { .. } => self.disconnected += 1,
                NetworkEvent::Relay { batch, reply, .. } => {
                    reply.taken(0, 0);
                    keep(&mut self.relayed, batch);
                }
                NetworkEvent::Status { status, .. } => keep(&mut self.blocks, status),
                NetworkEvent::Connected { .. }
                | NetworkEvent::OtherLedger { .. }
                | NetworkEvent::Snapshot { .. }
                | NetworkEvent::Openings { .. } => {}
            }
        }
    }

    /// Asks each target, and does not wait for the answers.
    fn ask<Answer>(&self, question: impl Fn(HostHandle, PeerId) -> Answer)
    where
        Answer: Future<Output = bool> + Send + 'static,
    {
        for target in &self.targets {
            tokio::spawn(question(self.host.clone(), *target));
        }
    }

    fn send(&mut self, lane: Lane) {
        self.sent += 1;
        match lane {
            Lane::Votes => {
                _ = self.host.push(StreamLane::Votes, self.sent, &junk::vote(self.height, self.sent));
            }
            Lane::Parts => {
                _ = self.host.push(StreamLane::Parts, self.sent, &junk::part(self.height, self.sent));
            }
            Lane::Sync => self.ask(|host, peer| async move { host.ask(peer, junk::request()).await.is_ok() }),
            Lane::Snapshot => {
                self.ask(|host, peer| async move { host.snapshot_offers(peer).await.is_ok() });
            }
            Lane::Openings => {
                let Some(block) = self.blocks.pop_front() else { return };
                self.blocks.push_back(block);
                let question = junk::openings_question(&block);
                self.ask(move |host, peer| {
                    let question = question.clone();
                    async move { host.openings(peer, &question).await.is_ok() }
                });
            }
            Lane::Relay => {
                if let Some(batch) = self.relayed.pop_front() {
                    self.relayed.push_back(batch.clone());
                    _ = self.host.relay(batch);
                }
            }
            Lane::Status => self.host.send_status(NodeStatus {
                height: Height(self.sent),
                block_hash: BlockHash::from_bytes([3; 32]),
                waiting: self.sent,
                newest_protocol: 1,
            }),
            Lane::Idle => {}
        }
    }
}

/// Keeps the newest.
fn keep<T>(kept: &mut VecDeque<T>, one: T) {
    kept.push_back(one);
    if kept.len() > KEPT_MAX {
        kept.pop_front();
    }
}

/// Processor time of this process.
fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    // The name, in parentheses, may hold anything; user and system time are the twelfth and thirteenth after.
    let fields: Vec<u64> =
        stat.rsplit_once(") ").unwrap().1.split(' ').filter_map(|field| field.parse().ok()).collect();
    // The state is a letter and no number, so all stand one further left.
    Duration::from_millis((fields[10] + fields[11]) * 10)
}
