//! Starting consensus, and what is held while it runs.

use std::sync::Arc;

use bulla_network::Lanes;
use malachitebft_app::metrics::SharedRegistry;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::ahead::{self, look_ahead};
use crate::application::Application;
use crate::config::{ConsensusConfig, Role};
use crate::engine::{Engine, EngineParts, NetworkLayer};
use crate::equivocation::EquivocationWatch;
use crate::error::{ConsensusError, ConsensusFailure};
use crate::frontier::Frontier;
use crate::host::{ApplicationLoop, LoopState, Publisher};
use crate::limits::{INPUT_QUEUE_MAX, STOP_WAIT};
use crate::network;
use crate::peers::Peers;
use crate::signing::{StrictVerifier, ValidatorKey};
use crate::status::{ConsensusStatus, StatusBoard};
use crate::votes::VoteWatch;

/// Starts consensus over the lanes of the members' network, and attends to them until it ends. The first height starts when validators with a
/// quorum are connected, or after [`ConsensusConfig::quorum_wait`].
///
/// # Errors
/// The log is taken, or an actor does not start. Nothing runs then.
pub async fn spawn(
    config: ConsensusConfig,
    lanes: Lanes,
    app: Arc<dyn Application>,
    role: Role,
) -> Result<ConsensusHandle, ConsensusError> {
    let span = tracing::info_span!("consensus", node = %config.label);
    let start = async {
        let key = match role {
            Role::Validator(signer) => Some(ValidatorKey::new(config.ledger_id, signer)),
            Role::Observer => None,
        };
        let registry = SharedRegistry::global().with_moniker(&config.label);
        let (messages, ears, herald) = network::spawn(lanes, key.as_ref()).await?;
        let publisher = Publisher::new(messages.clone(), herald);
        let network = NetworkLayer { actors: vec![messages.get_cell()], messages, ears };
        launch(&config, app, key, &registry, network, publisher).await
    };
    start.instrument(span).await
}

/// Starts everything above the network layer.
pub(crate) async fn launch(
    config: &ConsensusConfig,
    app: Arc<dyn Application>,
    key: Option<ValidatorKey>,
    registry: &SharedRegistry,
    network: NetworkLayer,
    publisher: Publisher,
) -> Result<ConsensusHandle, ConsensusError> {
    let votes = Arc::new(VoteWatch::new());
    let (equivocations, proofs) = EquivocationWatch::new();
    let equivocations = Arc::new(equivocations);
    let verifier = StrictVerifier::new(config.ledger_id, Arc::clone(&votes), Arc::clone(&equivocations));
    let (board, frontier) = (Arc::new(StatusBoard::new()), Arc::new(Frontier::new()));
    let own = key.as_ref().map(ValidatorKey::address);
    let (later, answers) = ahead::answers();
    let looking = tokio::spawn(look_ahead(Arc::clone(&app), verifier.clone(), answers).in_current_span());
    let peers = Peers::new(own, verifier.clone(), Arc::clone(&frontier), Arc::clone(&board), later);
    let peers = Arc::new(peers);

    let (questions, asked) = mpsc::channel(INPUT_QUEUE_MAX);
    let application_loop = ApplicationLoop {
        app,
        ledger: config.ledger_id,
        key: key.clone(),
        publisher,
        votes,
        equivocations,
        peers: Arc::clone(&peers),
        frontier,
        board: Arc::clone(&board),
        quorum_wait: config.quorum_wait,
        state: LoopState::new(),
    };
    let parts = EngineParts { config, key: key.as_ref(), verifier, peers, registry, questions };
    let engine = Engine::start(parts, network).await?;

    let (stop, stopping) = watch::channel(false);
    let (failure, failed) = watch::channel(None);
    let running =
        supervise(engine, application_loop.run(asked, proofs), stopping, failure, Arc::clone(&board));
    let running = async move {
        running.await;
        // Nobody hands answers in any more.
        if tokio::time::timeout(STOP_WAIT, looking).await.is_err() {
            tracing::error!("gave up waiting for a look at later blocks");
        }
    };
    let running = tokio::spawn(running.in_current_span());
    Ok(ConsensusHandle { status: board.subscribe(), failed, stop, running })
}

/// Runs until the node fails or is told to stop, and leaves nothing running.
async fn supervise(
    mut engine: Engine,
    answering: impl Future<Output = ConsensusFailure>,
    mut stopping: watch::Receiver<bool>,
    failure: watch::Sender<Option<Arc<ConsensusFailure>>>,
    board: Arc<StatusBoard>,
) {
    tokio::pin!(answering);
    let failed = tokio::select! {
        failed = &mut answering => Some(failed),
        // Also when the handle was dropped.
        _ = stopping.wait_for(|stop| *stop) => None,
    };
    match failed {
        Some(failed) => {
            board.error(&failed);
            engine.stop().await;
            failure.send_replace(Some(Arc::new(failed)));
        }
        // The engine may wait for an answer while it stops. That it then ends the loop is no failure.
        None => {
            tokio::join!(engine.stop(), answering);
        }
    }
}

/// A running node's consensus. Dropping it stops the node, without waiting.
pub struct ConsensusHandle {
    status: watch::Receiver<ConsensusStatus>,
    failed: watch::Receiver<Option<Arc<ConsensusFailure>>>,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl ConsensusHandle {
    /// The status, now and as it changes. Do not hold what you borrow from it: consensus waits to change it.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<ConsensusStatus> {
        self.status.clone()
    }

    /// Waits until this node's part in consensus has ended by itself, and says why. Never returns after
    /// [`shutdown`](Self::shutdown).
    pub fn failed(&self) -> impl Future<Output = Arc<ConsensusFailure>> + Send + use<> {
        let mut failed = self.failed.clone();
        async move {
            let failure = failed.wait_for(Option::is_some).await.ok().and_then(|failure| failure.clone());
            match failure {
                Some(failure) => failure,
                None => std::future::pending().await,
            }
        }
    }

    /// Stops the node and waits until its log is free. A commit under way is finished.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.running.await {
            tracing::error!(%error, "consensus did not stop in order");
        }
    }
}
