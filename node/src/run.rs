//! Wiring: from a configuration to a running node, and back down in order.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bulla_api::{NodeApi, Tls};
use bulla_chain::{Chain, ChainError, CommittedState, open_or_found};
use bulla_consensus::{Application, ConsensusConfig, ConsensusError, ConsensusHandle, Role};
use bulla_mempool::{Announcements, Clock, Mempool, Source, SystemClock, relay_batch};
use bulla_network::{Host, HostConfig, HostHandle, Lanes, NetworkEvent, NodeKey, NodeStatus, RelayReply};
use bulla_storage::{CopiedFolder, ENGINE_LOG, Opened, StoreOptions, clear_joining};
use bulla_types::{Address, Canonical, Genesis, Height, KeyId, KnownProtocols};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinError, JoinSet};
use tracing::{info, warn};

use crate::application::ChainApplication;
use crate::backups::Backups;
use crate::clock_file::FollowedClock;
use crate::config::NodeConfig;
use crate::failure::NodeError;
use crate::heads::{Heads, KeptProof};
use crate::health::Health;
use crate::housekeeping::keep_house;
use crate::joining::join;
use crate::keys::Keys;
use crate::nodes::Nodes;
use crate::open_files;
use crate::openings::Openings;
use crate::operator;
use crate::peers::{self, Door, Doorkeeper, Guests};
use crate::ports::{Ports, listen_address};
use crate::protocol::tell_protocol;
use crate::snapshots::Snapshots;
use crate::taking_part::TakingPart;
use crate::vitals::NodeVitals;

/// When a peer is to offer again what it relays to a node that goes no further.
const RELAY_AFTER_UNKNOWN_PROTOCOL: Duration = Duration::from_secs(60);

/// How consensus is started: [`bulla_consensus::spawn`], except in a test that plays a faulty validator.
pub type StartConsensus = Box<
    dyn FnMut(
            ConsensusConfig,
            Lanes,
            Arc<dyn Application>,
            Role,
        ) -> BoxFuture<'static, Result<ConsensusHandle, ConsensusError>>
        + Send
        + Sync,
>;

/// What a node stands on, and a test may replace.
pub struct Parts {
    /// What tells the time to mempool, chain and api, unless the configuration names a clock file.
    pub clock: Arc<dyn Clock>,
    /// How consensus is started.
    pub start_consensus: StartConsensus,
    /// What is told to the peers of where this node stands.
    pub says: Says,
    /// The versions of the protocol that the node goes by.
    pub protocols: KnownProtocols,
}

/// What a node says of where it stands: the truth, except in a test that plays a liar.
pub type Says = Box<dyn Fn(NodeStatus) -> NodeStatus + Send + Sync>;

impl Default for Parts {
    fn default() -> Self {
        let start = |config, lanes, application, role| {
            bulla_consensus::spawn(config, lanes, application, role).boxed()
        };
        let says = Box::new(|status| status);
        let protocols = KnownProtocols::OF_THIS_PROGRAM;
        Self { clock: Arc::new(SystemClock), start_consensus: Box::new(start), says, protocols }
    }
}

/// Runs a node until it is told to stop or cannot go on.
///
/// # Errors
/// [`NodeError`] says what a person should do.
pub async fn run(
    config: NodeConfig,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), NodeError> {
    run_with(config, Parts::default(), stop).await
}

/// As [`run`], with other parts.
///
/// # Errors
/// As [`run`].
pub async fn run_with(
    config: NodeConfig,
    parts: Parts,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), NodeError> {
    let genesis = read_genesis(&config)?;
    let keys = Keys::read(&config, &genesis)?;
    keys.check_ledger(&config, &genesis)?;
    let Parts { mut clock, start_consensus: start, says, protocols } = parts;
    let mut tasks = JoinSet::new();
    if let Some(path) = &config.clock {
        let followed = FollowedClock::open(path, &genesis)?;
        info!(
            clock_ms = followed.now().0,
            speed = followed.speed(),
            "a ledger for tests, by a clock of its own"
        );
        tasks.spawn(Arc::clone(&followed).follow());
        clock = followed;
    }
    let me = keys.addresses();
    let mut stop = Box::pin(stop);
    if config.snapshots.join {
        tokio::select! {
            joined = join(&config, &genesis, &keys, read_tls(&config)?) => joined?,
            () = &mut stop => return Ok(()),
        }
    }
    let Opened { store, signed, signing } = open_store(&config, &genesis, me.clone(), protocols)?;
    if signing.is_alarming() {
        warn!(?signing, "this node may have forgotten votes: it observes before it signs again");
    }
    if let Some((height, how)) = signing.lost_log() {
        warn!(%height, %how, "the consensus log is lost: at this height the node votes as its record of votes binds it");
    }
    let (store, signed) = (Arc::new(store), Arc::new(signed));
    let view = Arc::new(CommittedState::new(Arc::clone(&store), Arc::clone(&clock))?);
    let limits = bulla_mempool::Limits {
        entries_max: config.limits.mempool_transactions_max,
        bytes_max: config.limits.mempool_bytes_max,
        ..bulla_mempool::Limits::default()
    };
    let (mempool, announcements) = Mempool::new(limits, genesis.ledger_id(), view, Arc::clone(&clock));
    let chain = Arc::new(Chain::open(store, Arc::new(mempool), Arc::clone(&clock))?);

    let own_keys = keys.own(&config);
    own_keys.check(&chain)?;
    let (tls, ports) = (read_tls(&config)?, Ports::take(&config).await?);
    let configured = peers::configured(&config.network.peers)?;
    let news = chain.news();
    let nodes = Nodes::read(&chain)?;
    let guests = Guests::now(&chain, &nodes, &configured)?;
    let (host, events, lanes) = start_host(&config, &genesis, &keys, &guests).await?;
    // Before anything is sent.
    host.set_readers(guests.readers.clone());
    let health = Arc::new(Health::new(Arc::clone(&chain), host.peer_id()));
    guests.tell(chain.tip().height);
    health.know(&guests.members);
    tasks.spawn(own_keys.follow(Arc::clone(&chain), Arc::clone(&health), chain.news()));
    let unconfirmed_max = Duration::from_secs(config.limits.head_unconfirmed_s_max);
    let heads = Heads::new(
        Arc::clone(&chain),
        Arc::clone(&health),
        host.clone(),
        me.clone(),
        config.data.clone(),
        unconfirmed_max,
    );
    let openings = Openings::new(
        Arc::clone(&chain),
        Arc::clone(&health),
        host.clone(),
        KeyId::of(keys.peer.public_key()),
        me.clone(),
    );
    let (fork, forked) = oneshot::channel();
    let (stopping, stopped) = watch::channel(false);
    let snapshots = Arc::new(Snapshots::open(&config.data, config.snapshots));
    let doorkeeper = Doorkeeper {
        chain: Arc::clone(&chain),
        health: Arc::clone(&health),
        host: host.clone(),
        configured,
        door: Mutex::new(Door::new(news, nodes, guests)),
    };
    let application: Arc<dyn Application> = Arc::new(ChainApplication::new(
        Arc::clone(&chain),
        Arc::clone(&health),
        me.clone(),
        Arc::clone(&signed),
        Arc::new(doorkeeper),
        Arc::clone(&snapshots),
        stopped.clone(),
    )?);
    tasks.spawn(Arc::clone(&chain).follow_mempool());
    tasks.spawn(announce(announcements, host.clone()));
    tasks.spawn(listen(
        events,
        Arc::clone(&chain),
        Arc::clone(&health),
        Arc::clone(&heads),
        Arc::clone(&snapshots),
        Arc::clone(&openings),
    ));
    tasks.spawn(Arc::clone(&openings).seek());
    tasks.spawn(Arc::clone(&heads).watch(fork));
    tasks.spawn(tell_status(Arc::clone(&chain), host.clone(), says));
    tasks.spawn(tell_protocol(Arc::clone(&chain)));
    let (stuck, found_stuck) = oneshot::channel();
    tasks.spawn(keep_house(Arc::clone(&chain), Arc::clone(&health), Arc::clone(&clock), stuck));

    let backups = Arc::new(Backups::new(Arc::clone(&chain), config.backup.clone(), stopped.clone()));
    tasks.spawn(Arc::clone(&backups).keep_schedule());
    tasks.spawn(operator::serve(
        config.data.clone(),
        Arc::clone(&backups),
        Arc::clone(&snapshots),
        Arc::clone(&chain),
    ));

    let vitals = NodeVitals {
        chain: Arc::clone(&chain),
        health: Arc::clone(&health),
        heads,
        host: host.clone(),
        addresses: me,
        backups,
        openings,
    };
    let api = Arc::new(NodeApi::new(
        Arc::clone(&chain),
        Arc::new(vitals),
        clock,
        keys.note.clone(),
        genesis.clone(),
    ));
    info!(label = config.label, grpc = %config.api.grpc, http = %config.api.http, "the node is up");
    let stopped = async move {
        let mut stopped = stopped;
        // The sender going away means the same.
        let _ = stopped.wait_for(|stop| *stop).await;
    }
    .boxed()
    .shared();
    let serving = bulla_api::serve_on(api, ports.grpc, ports.http, tls, stopped);
    tokio::pin!(serving);
    let mut consensus = None;
    let taking_part = TakingPart {
        config: ConsensusConfig::new(genesis.ledger_id(), config.label.clone(), config.data.join(ENGINE_LOG)),
        lanes,
        keys: &keys,
        chain: Arc::clone(&chain),
        health: Arc::clone(&health),
        signed: Arc::clone(&signed),
        application,
        start,
        heard: false,
    };
    let taking_part = taking_part.run(&mut consensus);
    // A fork proof in the data folder keeps the node from signing anything before it is told of.
    let was_forked = KeptProof::in_folder(&config.data, genesis.ledger_id()).is_some();
    let ended = tokio::select! {
        served = &mut serving => served.map_err(NodeError::from),
        () = &mut stop => Ok(()),
        Ok(()) = found_stuck => Err(NodeError::StoreStuck),
        Ok(proof) = forked => {
            if let Some(running) = consensus.take() {
                running.shutdown().await;
            }
            // Reads go on: both histories are evidence. The members decide what comes next.
            tokio::select! {
                served = &mut serving => served.map_err(NodeError::from),
                () = &mut stop => Ok(()),
            }
            .and(Err(NodeError::LedgerForked { path: proof.path, says: proof.says }))
        }
        failure = taking_part, if !was_forked => match failure {
            Err(error) => Err(error),
            Ok(failure) => {
                // Reads go on: what is committed stays true. A person decides what comes next.
                health.failed(&failure.to_string());
                warn!(%failure, "consensus ended; the node goes on answering reads");
                tokio::select! {
                    served = &mut serving => served.map_err(NodeError::from),
                    () = &mut stop => Ok(()),
                }
                .and(Err(NodeError::ConsensusEnded(failure.to_string())))
            }
        },
    };
    stopping.send_replace(true);
    if let Some(consensus) = consensus {
        consensus.shutdown().await;
    }
    tell_if_unsettled(tokio::task::spawn_blocking(move || chain.settle()).await);
    tasks.abort_all();
    host.shutdown().await;
    info!("the node has stopped");
    ended
}

/// Who stops in order has everything on the disk that it has told. What is not there would be fetched again.
fn tell_if_unsettled(settled: Result<Result<(), ChainError>, JoinError>) {
    match settled {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn!(%error, "the newest commits may not be on the disk"),
        Err(panic) => warn!(%panic, "the newest commits may not be on the disk"),
    }
}

fn read_genesis(config: &NodeConfig) -> Result<Genesis, NodeError> {
    let path = || config.genesis.clone();
    let bytes =
        std::fs::read(&config.genesis).map_err(|source| NodeError::ReadFile { path: path(), source })?;
    Genesis::decode(&bytes).map_err(|source| NodeError::Genesis { path: path(), source })
}

fn read_tls(config: &NodeConfig) -> Result<Option<Tls>, NodeError> {
    let read = |path: &std::path::Path| {
        std::fs::read(path).map_err(|source| NodeError::ReadFile { path: path.to_owned(), source })
    };
    let tls = config.api.tls.as_ref();
    tls.map(|tls| Ok(Tls { certificate: read(&tls.certificate)?, key: read(&tls.key)? })).transpose()
}

/// Opens the data folder; makes it when there is none.
fn open_store(
    config: &NodeConfig,
    genesis: &Genesis,
    me: Vec<Address>,
    protocols: KnownProtocols,
) -> Result<Opened, NodeError> {
    let copied_folder = match (me.is_empty(), config.trust_copied_data) {
        (true, _) => CopiedFolder::NoVoter,
        (false, true) => CopiedFolder::Trust,
        (false, false) => CopiedFolder::Observe,
    };
    let options = StoreOptions {
        open_files_max: open_files::for_the_store(),
        voters: me,
        copied_folder,
        reserve_bytes: config.limits.disk_reserve_bytes,
        free_floor_bytes: config.limits.disk_free_bytes_min,
        protocols,
        ..StoreOptions::default()
    };
    let opened = open_or_found(&config.data, &options, genesis)?;
    // What joining may have left when it was interrupted just after it was done.
    clear_joining(&config.data)?;
    Ok(opened)
}

async fn start_host(
    config: &NodeConfig,
    genesis: &Genesis,
    keys: &Keys,
    guests: &Guests,
) -> Result<(HostHandle, mpsc::Receiver<NetworkEvent>, Lanes), NodeError> {
    let listen = listen_address(&config.network.listen)?;
    let mut seed = *keys.peer.to_seed();
    let host = HostConfig {
        key: NodeKey::from_seed(&mut seed),
        ledger_id: genesis.ledger_id(),
        listen,
        peers: guests.list.clone(),
        limits: bulla_network::Limits::default(),
    };
    Ok(Host::spawn(host).await?)
}

/// Carries the mempool's batches to the peers.
async fn announce(mut announcements: Announcements, host: HostHandle) {
    while let Some(batch) = announcements.next().await {
        if let Err(error) = host.relay(batch) {
            // What stays uncommitted is announced again.
            warn!(%error, "a relay batch was not sent");
        }
    }
}

/// Takes in what the members' network brings.
async fn listen(
    mut events: mpsc::Receiver<NetworkEvent>,
    chain: Arc<Chain>,
    health: Arc<Health>,
    heads: Arc<Heads>,
    snapshots: Arc<Snapshots>,
    openings: Arc<Openings>,
) {
    while let Some(event) = events.recv().await {
        match event {
            NetworkEvent::Connected { peer } => health.connected(&peer, true),
            NetworkEvent::Disconnected { peer } => health.connected(&peer, false),
            NetworkEvent::Status { peer, status } => {
                health.heard(&peer, status);
                heads.heard(peer, &status);
            }
            NetworkEvent::OtherLedger { peer, ledger_id } => health.is_of_another_ledger(&peer, ledger_id),
            NetworkEvent::Snapshot { question, reply, .. } => {
                tokio::spawn(Arc::clone(&snapshots).answer(question, reply));
            }
            NetworkEvent::Openings { peer, question, reply } => {
                tokio::spawn(Arc::clone(&openings).answer(peer, question, reply));
            }
            NetworkEvent::Relay { batch, reply, .. } => {
                tokio::spawn(take_in(Arc::clone(&chain), batch, reply));
            }
        }
    }
}

/// Admits what a peer relays. An honest node relays only what is well-formed, for this ledger and validly
/// signed, whatever its view of the ledger.
async fn take_in(chain: Arc<Chain>, batch: Bytes, reply: RelayReply) {
    // What is well-formed by rules that are not here cannot be told from what is not.
    if chain.unknown_protocol().is_some() {
        return reply.busy(RELAY_AFTER_UNKNOWN_PROTOCOL, 0, 0);
    }
    let submissions = match relay_batch::decode(batch) {
        Ok(submissions) => submissions,
        Err(error) => return reply.misconduct(error.to_string()),
    };
    let verdicts = chain.mempool().admit_batch(submissions, Source::Peer).await;
    let mut refusals = verdicts.iter().filter_map(|verdict| verdict.as_ref().err());
    if let Some(error) = refusals.clone().find(|error| error.is_misconduct()) {
        return reply.misconduct(error.to_string());
    }
    let number = |entries: usize| u32::try_from(entries).unwrap_or(u32::MAX);
    let new = verdicts.iter().flatten().filter(|admitted| !admitted.already_known).count();
    let nobodys_fault = refusals.clone().filter(|error| error.is_of_the_node()).count();
    let useless = number(verdicts.len() - new - nobodys_fault);
    match refusals.find_map(bulla_mempool::AdmissionError::retry_after) {
        Some(retry_after) => reply.busy(retry_after, number(new), useless),
        None => reply.taken(number(new), useless),
    }
}

/// Tells the peers where this node stands, when it has moved and when entries begin or cease to wait.
async fn tell_status(chain: Arc<Chain>, host: HostHandle, says: Says) {
    let mut news = chain.news();
    loop {
        let tip = chain.tip();
        host.send_status(says(NodeStatus {
            height: Height(tip.height),
            block_hash: tip.block_hash,
            waiting: chain.waiting() as u64,
            newest_protocol: chain.protocols().newest(),
        }));
        if let Err(tokio::sync::broadcast::error::RecvError::Closed) = news.recv().await {
            return;
        }
    }
}
