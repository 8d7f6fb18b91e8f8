//! Starts the engine's actors and stops them.
//!
//! This is what the engine's own builder does, but for one actor: the builder's application side handles
//! one message at a time and waits for each answer, so that a block under check would keep the next round
//! from starting. [`Host`](crate::host::Host) takes its place and never waits.
//!
//! The actors watch each other: when one fails, the engine's supervisor stops them all; when the log cannot
//! be written it does too, and stays, lest a restart sign twice. Either way the host's queue closes, which
//! is how the rest of the crate learns of it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use malachitebft_app::engine::host::HostMsg;
use malachitebft_app::engine::network::{NetworkMsg, NetworkRef};
use malachitebft_app::engine::node::NodeRef;
use malachitebft_app::engine::sync::SyncRef;
use malachitebft_app::engine::util::output_port::{OutputPort, OutputPortSubscriberTrait};
use malachitebft_app::engine::wal::WalRef;
use malachitebft_app::events::TxEvent;
use malachitebft_app::metrics::{Metrics, SharedRegistry};
use malachitebft_app::spawn::{spawn_consensus_actor, spawn_node_actor, spawn_sync_actor, spawn_wal_actor};
use malachitebft_config::ValuePayload;
use ractor::{Actor, ActorCell};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::codec::BullaCodec;
use crate::config::ConsensusConfig;
use crate::context::{Bulla, ValidatorAddress};
use crate::error::ConsensusError;
use crate::host::Host;
use crate::limits::{LOG_POLL, STOP_WAIT};
use crate::network::{self, Ears};
use crate::no_log::NoLog;
use crate::peers::{PeerWatch, Peers};
use crate::signing::{EngineSigner, StrictVerifier, ValidatorKey};

/// The actors of the network layer and the one that takes messages.
pub(crate) struct NetworkLayer {
    pub(crate) actors: Vec<ActorCell>,
    pub(crate) messages: NetworkRef<Bulla>,
    /// Whether the engine is told what arrives.
    pub(crate) ears: Ears,
}

/// The running engine.
pub(crate) struct Engine {
    supervisor: NodeRef,
    ears: Ears,
    /// In the order in which they started.
    actors: Vec<ActorCell>,
    /// The log, once it is open; a node without a vote has none.
    log: Option<PathBuf>,
}

/// What the engine is started with.
pub(crate) struct EngineParts<'a> {
    pub(crate) config: &'a ConsensusConfig,
    pub(crate) key: Option<&'a ValidatorKey>,
    pub(crate) verifier: StrictVerifier,
    pub(crate) peers: Arc<Peers>,
    pub(crate) registry: &'a SharedRegistry,
    /// Where the engine's questions go.
    pub(crate) questions: mpsc::Sender<HostMsg<Bulla>>,
}

/// The engine's settings for consensus. The value is a hash and blocks travel as parts: with whole blocks
/// as values the engine would take every block for valid without asking.
fn settings() -> malachitebft_config::ConsensusConfig {
    malachitebft_config::ConsensusConfig {
        enabled: true,
        value_payload: ValuePayload::ProposalAndParts,
        ..malachitebft_config::ConsensusConfig::default()
    }
}

impl Engine {
    /// Starts all actors beside the network layer.
    pub(crate) async fn start(parts: EngineParts<'_>, network: NetworkLayer) -> Result<Self, ConsensusError> {
        let metrics = Metrics::register(parts.registry);
        let (supervisor, _) = spawn_node_actor(metrics.clone()).await.map_err(failed("supervisor"))?;
        let mut engine = Self { supervisor, ears: network.ears.clone(), actors: Vec::new(), log: None };
        match engine.start_actors(&parts, metrics, network).await {
            Ok(()) => Ok(engine),
            Err(error) => {
                engine.stop().await;
                Err(error)
            }
        }
    }

    async fn start_actors(
        &mut self,
        parts: &EngineParts<'_>,
        metrics: Metrics,
        network: NetworkLayer,
    ) -> Result<(), ConsensusError> {
        network.actors.into_iter().for_each(|actor| self.adopt(actor));
        let network = network.messages;

        let (watch, _) =
            Actor::spawn(None, PeerWatch, Arc::clone(&parts.peers)).await.map_err(failed("peer watch"))?;
        self.adopt(watch.get_cell());
        network.cast(NetworkMsg::Subscribe(Box::new(watch))).map_err(failed("peer watch"))?;

        let log = self.start_log(parts).await?;
        self.adopt(log.get_cell());

        let (host, _) = Actor::spawn(None, Host, parts.questions.clone()).await.map_err(failed("host"))?;
        self.adopt(host.get_cell());

        let address =
            parts.key.map_or_else(ValidatorAddress::of_observer, |key| ValidatorAddress(key.address()));
        let signer = parts.key.map(|key| Box::new(EngineSigner(key.clone())) as _);
        let sync_port = Arc::new(OutputPort::new());
        let consensus = spawn_consensus_actor(
            Bulla,
            address,
            settings(),
            Box::new(parts.verifier.clone()),
            signer,
            network.clone(),
            host.clone(),
            log,
            Arc::clone(&sync_port),
            metrics,
            TxEvent::new(),
            self.supervisor.clone(),
        )
        .await
        .map_err(failed("consensus"))?;
        self.adopt(consensus.get_cell());

        let sync_settings = network::sync_settings(parts.config);
        let sync: Option<SyncRef<Bulla>> =
            spawn_sync_actor(Bulla, network, host, consensus, BullaCodec, &sync_settings, parts.registry)
                .await
                .map_err(failed("sync"))?;
        if let Some(sync) = sync {
            self.adopt(sync.get_cell());
            sync.subscribe_to_port(&sync_port);
        }
        Ok(())
    }

    async fn start_log(&mut self, parts: &EngineParts<'_>) -> Result<WalRef<Bulla>, ConsensusError> {
        if parts.key.is_none() {
            let (log, _) = Actor::spawn(None, NoLog, ()).await.map_err(failed("log"))?;
            return Ok(log);
        }
        let path = &parts.config.log_path;
        let log = spawn_wal_actor(&Bulla, BullaCodec, path, parts.registry, self.supervisor.clone())
            .await
            .map_err(|error| ConsensusError::Log { path: path.clone(), reason: format!("{error:#}") })?;
        self.log = Some(path.clone());
        Ok(log)
    }

    fn adopt(&mut self, actor: ActorCell) {
        actor.link(self.supervisor.get_cell());
        self.actors.push(actor);
    }

    /// Stops every actor, the last started first, and waits for each: afterwards the log is free. They leave their supervisor before, or it would take the first stop for a failure.
    pub(crate) async fn stop(&mut self) {
        self.ears.close();
        for actor in &self.actors {
            actor.unlink(self.supervisor.get_cell());
        }
        for actor in self.actors.drain(..).rev() {
            if actor.stop_and_wait(None, Some(STOP_WAIT)).await.is_err() {
                tracing::debug!(actor = %actor.get_id(), "had stopped before");
            }
        }
        self.supervisor.stop(None);
        if let Some(log) = self.log.take() {
            released(&log).await;
        }
    }
}

/// Waits until nobody holds the log: its actor does not wait for the thread that does.
async fn released(log: &Path) {
    let deadline = Instant::now() + STOP_WAIT;
    while Instant::now() < deadline {
        match File::open(log).map(|file| file.try_lock()) {
            Ok(Err(TryLockError::WouldBlock)) => tokio::time::sleep(LOG_POLL).await,
            _ => return,
        }
    }
    tracing::warn!(log = %log.display(), "the consensus log is still held");
}

fn failed<E: std::fmt::Display>(actor: &'static str) -> impl Fn(E) -> ConsensusError {
    move |error| ConsensusError::Actor { actor, reason: format!("{error:#}") }
}
