//! Clients that deposit at a constant rate, whatever becomes of the nodes that they use.
//!
//! When each deposit is due follows from the rate alone, and its latency runs from then to its verified inclusion. Each
//! client has all nodes to choose from and uses one at a time. When that one breaks off, refuses what another would
//! take, says nothing, or is to be left, the client goes on with the next, and sends it again what is open: a request
//! takes effect once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bulla_client::{BulkEvent, BulkReceiver, BulkSender, Client, EntryRef, NodeRefusal, Prepared, Signer};
use bulla_types::ReasonCode;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::acknowledged::Acknowledged;
use crate::deposits::submission;
use crate::network::Network;
use crate::wait::until;

/// A node that owes answers and gives none for this long is left.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// From leaving a node to calling the next.
const PAUSE: Duration = Duration::from_millis(20);

/// Deposits of one client under way: with more, the ledger stands still.
const UNDER_WAY_MAX: usize = 100_000;

/// Answers that wait to be taken in.
const ANSWERS_MAX: usize = 1_024;

/// See the [module](self).
pub struct SteadyLoad {
    told: Arc<Mutex<Told>>,
    orders: watch::Sender<Orders>,
    clients: Vec<JoinHandle<()>>,
}

/// What the clients were told.
#[derive(Debug, Default)]
pub struct Told {
    /// What was acknowledged.
    pub acknowledged: Acknowledged,
    /// The deposits in the order of their acknowledgement.
    pub deposits: Vec<Deposited>,
    /// How often a client has left a node for another.
    pub moves: u64,
}

/// A deposit that was acknowledged.
#[derive(Debug, Clone, Copy)]
pub struct Deposited {
    /// When it was to be sent.
    pub due: Instant,
    /// From then to its verified inclusion.
    pub latency: Duration,
}

#[derive(Debug, Clone, Default)]
struct Orders {
    stop: bool,
    /// Nodes that clients leave.
    leave: BTreeSet<usize>,
}

impl SteadyLoad {
    /// Begins to deposit so much a second, by one client for each of these nodes.
    pub async fn on(network: &Network, nodes: &[usize], rate_per_second: u32) -> Self {
        let (told, orders) = (Arc::<Mutex<Told>>::default(), watch::Sender::new(Orders::default()));
        let mut ways = Vec::new();
        for node in nodes {
            ways.push((*node, network.client(*node).await.reading_as(network.service()).unwrap()));
        }
        let schedule = Schedule { start: Instant::now(), rate_per_second, clients: nodes.len() as u64 };
        let client = |at: usize| DepositClient {
            ways: ways.clone(),
            at,
            service: network.service(),
            schedule,
            next: at as u64,
            open: BTreeMap::new(),
            orders: orders.subscribe(),
            told: Arc::clone(&told),
        };
        let clients = (0..nodes.len()).map(|at| tokio::spawn(client(at).run())).collect();
        Self { told, orders, clients }
    }

    /// Waits until so many more deposits are acknowledged than now.
    pub async fn goes_on(&self, deposits: usize) {
        let count = || self.told.lock().unwrap().deposits.len();
        let enough = count() + deposits;
        until(&format!("{enough} deposits are acknowledged"), || {
            std::future::ready((count() >= enough).then_some(()))
        })
        .await;
    }

    /// Has the clients of a node use others from now on.
    pub fn leave(&self, node: usize) {
        self.orders.send_modify(|orders| _ = orders.leave.insert(node));
    }

    /// Sends no more, and waits until all that was sent is acknowledged.
    pub async fn stop(self) -> Told {
        self.orders.send_modify(|orders| orders.stop = true);
        for client in self.clients {
            crate::wait::ends("all deposits are acknowledged", client).await.unwrap();
        }
        std::mem::take(&mut *self.told.lock().unwrap())
    }
}

/// When deposits are due.
#[derive(Clone, Copy)]
struct Schedule {
    start: Instant,
    rate_per_second: u32,
    clients: u64,
}

impl Schedule {
    fn due(&self, number: u64) -> Instant {
        self.start + Duration::from_nanos(number * 1_000_000_000 / u64::from(self.rate_per_second))
    }
}

struct DepositClient {
    /// Nodes by their position in the network.
    ways: Vec<(usize, Client)>,
    at: usize,
    service: Signer,
    schedule: Schedule,
    /// Number of the next deposit, and its tag.
    next: u64,
    open: BTreeMap<u64, Open>,
    orders: watch::Receiver<Orders>,
    told: Arc<Mutex<Told>>,
}

/// A deposit that is not acknowledged yet.
struct Open {
    due: Instant,
    prepared: Prepared,
}

/// How a client has ended with a node.
enum End {
    /// Everything is acknowledged, and no more is to be sent.
    Done,
    /// Another node may do better.
    Move,
}

/// A stream to one node. Its answers are read by a task of their own, since to leave off in the middle of one would
/// lose it.
struct Stream {
    sender: Option<BulkSender>,
    answers: mpsc::Receiver<BulkEvent>,
    reading: AbortHandle,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Stream {
    async fn open(client: &Client) -> Option<Self> {
        let (sender, mut receiver): (_, BulkReceiver) =
            timeout(SILENCE_MAX, client.submit_stream()).await.ok()?.ok()?;
        let (answered, answers) = mpsc::channel(ANSWERS_MAX);
        let reading = tokio::spawn(async move {
            // The end of the answers, in whatever way, closes the channel.
            while let Ok(Some(event)) = receiver.next().await {
                if answered.send(event).await.is_err() {
                    return;
                }
            }
        });
        Some(Self { sender: Some(sender), answers, reading: reading.abort_handle() })
    }

    /// Whether the deposit could be handed to the stream.
    async fn send(&self, tag: u64, prepared: &Prepared) -> bool {
        let Some(sender) = &self.sender else { return false };
        matches!(timeout(SILENCE_MAX, sender.send(tag, prepared.clone())).await, Ok(Ok(())))
    }
}

impl DepositClient {
    async fn run(mut self) {
        while let End::Move = self.use_node().await {
            self.told.lock().unwrap().moves += 1;
            self.at = (self.at + 1) % self.ways.len();
            sleep(PAUSE).await;
        }
    }

    async fn use_node(&mut self) -> End {
        let (node, client) = self.ways[self.at].clone();
        if self.orders.borrow().leave.contains(&node) {
            return End::Move;
        }
        let Some(mut stream) = Stream::open(&client).await else { return End::Move };
        for (tag, open) in &self.open {
            if !stream.send(*tag, &open.prepared).await {
                return End::Move;
            }
        }
        let mut orders = self.orders.clone();
        // Looked at as soon as the loop begins.
        orders.mark_changed();
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                Ok(()) = orders.changed() => {
                    let orders = orders.borrow_and_update();
                    if orders.leave.contains(&node) {
                        return End::Move;
                    }
                    if orders.stop {
                        stream.sender = None;
                    }
                }
                () = sleep_until(self.schedule.due(self.next)), if stream.sender.is_some() => {
                    let tag = self.make_next(&client);
                    if !stream.send(tag, &self.open[&tag].prepared).await {
                        return End::Move;
                    }
                }
                answer = stream.answers.recv() => match answer {
                    Some(event) => {
                        heard = Instant::now();
                        if !self.take(event, &client).await {
                            return End::Move;
                        }
                    }
                    None if self.open.is_empty() && stream.sender.is_none() => return End::Done,
                    None => return End::Move,
                },
                () = sleep_until(self.silent_at(heard)), if !self.open.is_empty() => return End::Move,
            }
        }
    }

    /// When the node counts as silent: so long after it was heard, or after the oldest open deposit.
    fn silent_at(&self, heard: Instant) -> Instant {
        let oldest = self.open.first_key_value().map_or(heard, |(_, open)| open.due);
        heard.max(oldest) + SILENCE_MAX
    }

    /// Signs the next deposit; gives its tag.
    fn make_next(&mut self, client: &Client) -> u64 {
        assert!(self.open.len() < UNDER_WAY_MAX, "{UNDER_WAY_MAX} deposits of one client are under way");
        let tag = self.next;
        let prepared =
            Prepared::from(&submission(client.ledger_id(), &self.service, &format!("第 {tag} 份文件")));
        self.open.insert(tag, Open { due: self.schedule.due(tag), prepared });
        self.next += self.schedule.clients;
        tag
    }

    /// Takes in an answer. Says whether this node will do for what comes next.
    async fn take(&mut self, event: BulkEvent, client: &Client) -> bool {
        match event {
            BulkEvent::Admitted { .. } => true,
            BulkEvent::Included(inclusion) => {
                self.acknowledge(inclusion.tag, |acknowledged| acknowledged.included(&inclusion));
                true
            }
            // What was sent again was recorded by way of the node that broke off.
            BulkEvent::Refused { tag, transaction_id, refusal } if was_recorded(&refusal) => {
                let receipt = client.receipt(EntryRef::Transaction(transaction_id), None).await;
                let Ok(receipt) = receipt else { return false };
                self.acknowledge(tag, |acknowledged| acknowledged.receipt(&receipt));
                true
            }
            BulkEvent::Refused { refusal, .. } if another_may_take(&refusal) => false,
            BulkEvent::Refused { refusal, .. } => panic!("a good deposit was refused: {refusal}"),
        }
    }

    fn acknowledge(&mut self, tag: u64, note: impl FnOnce(&mut Acknowledged)) {
        let open = self.open.remove(&tag).expect("the client answers for tags that are open");
        let mut told = self.told.lock().unwrap();
        told.deposits.push(Deposited { due: open.due, latency: open.due.elapsed() });
        note(&mut told.acknowledged);
    }
}

fn was_recorded(refusal: &NodeRefusal) -> bool {
    refusal.known_reason() == Some(ReasonCode::RequestRepeated)
}

/// Whether the refusal is for the node's own trouble.
fn another_may_take(refusal: &NodeRefusal) -> bool {
    matches!(
        refusal.known_reason(),
        Some(
            ReasonCode::NodeKeysNotInForce
                | ReasonCode::NodeMemberExpelled
                | ReasonCode::NodeMemberSuspended
                | ReasonCode::NodeNotLetIn
                | ReasonCode::ShuttingDown
                | ReasonCode::QueueFull
                | ReasonCode::NodeFailed
        )
    )
}
