//! This node's part in consensus: the validator's whose key it holds, or an observer's.
//!
//! Which of its keys is a validator's, the ledger says, and changes it with a block. Consensus knows one key, so it
//! is started again for another one, or for none: the height after the block that changes the validators runs without
//! this node for as long as that takes, and it joins it like any validator that starts. The record of votes is that
//! of the node, whatever key signs: at no place of a height do two of its keys sign different values.

use std::sync::Arc;
use std::time::Duration;

use bulla_chain::Chain;
use bulla_consensus::{Application, ConsensusConfig, ConsensusFailure, ConsensusHandle, Role, serve_only};
use bulla_network::Lanes;
use bulla_signer::{SigningKey, Standing};
use bulla_storage::SignedGuard;
use bulla_types::Address;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::info;

use crate::failure::NodeError;
use crate::health::Health;
use crate::keys::Keys;
use crate::run::StartConsensus;
use crate::signer::GuardedSigner;
use crate::signer_height;
use crate::signing;

/// A validator whose record of votes is in doubt follows as an observer when that has not ended within this: where
/// nothing was decided yet, as when a ledger is founded, the others are heard sooner.
const FOLLOW_AFTER: Duration = Duration::from_secs(1);

/// So does one that hears too few of the validators that it knows: others may have taken their places, in blocks that it
/// does not have yet. Nodes that are started together hear each other sooner.
const FOLLOW_UNHEARD_AFTER: Duration = Duration::from_secs(10);

/// How often it is looked at whether the record of votes was found to lack some.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What a node takes part with.
pub(crate) struct TakingPart<'a> {
    pub(crate) config: ConsensusConfig,
    /// Attended to by one consensus after the other.
    pub(crate) lanes: Lanes,
    pub(crate) keys: &'a Keys,
    pub(crate) chain: Arc<Chain>,
    pub(crate) health: Arc<Health>,
    pub(crate) signed: Arc<SignedGuard>,
    pub(crate) application: Arc<dyn Application>,
    pub(crate) start: StartConsensus,
    /// Whether the others were heard since this node started: see [`signing::hold_back`].
    pub(crate) heard: bool,
}

impl TakingPart<'_> {
    /// Takes part until that ends by itself, and says why. What runs meanwhile stands in `consensus`, for whoever
    /// stops the node.
    pub(crate) async fn run(
        mut self,
        consensus: &mut Option<ConsensusHandle>,
    ) -> Result<Arc<ConsensusFailure>, NodeError> {
        loop {
            if self.chain.unknown_protocol().is_some() {
                // Reads go on, and so does whatever else the node answers; `tell_protocol` says why it stands.
                let (lanes, application) = (self.lanes.clone(), Arc::clone(&self.application));
                serve_only(lanes, application, self.config.status_interval).await;
                return std::future::pending().await;
            }
            let me = self.me();
            let key = self.key(me);
            self.health.signs_with(key.clone());
            // What runs beside one consensus ends with it.
            let mut beside = JoinSet::new();
            if let Some(me) = me {
                if let Some(failure) = self.settle(consensus, me, key.as_ref()).await? {
                    return Ok(failure);
                }
                if let Some(key) = &key {
                    let (key, health, chain) =
                        (Arc::clone(key), Arc::clone(&self.health), Arc::clone(&self.chain));
                    beside.spawn(signer_height::keep_settled(key, health, chain, Some(me)));
                }
            } else {
                self.keep_settled(&mut beside);
            }
            if self.me() != me || self.chain.unknown_protocol().is_some() {
                continue;
            }
            let role = key.map_or(Role::Observer, |key| {
                Role::Validator(Arc::new(GuardedSigner::new(key, Arc::clone(&self.signed))))
            });
            let (lanes, application) = (self.lanes.clone(), Arc::clone(&self.application));
            let started = (self.start)(self.config.clone(), lanes, application, role).await?;
            self.health.follow(started.status());
            let failed = consensus.insert(started).failed();
            tokio::select! {
                failure = failed => return Ok(failure),
                _ = self.chain.reaches_unknown_protocol() => {}
                () = self.changes_from(me) => {
                    let now = self.me();
                    info!(before = ?me, ?now, "the ledger has changed which key of this node is a validator's");
                }
                () = self.finds_votes_missing(), if me.is_some() => {}
                () = self.is_released(me) => info!("this node votes again at the height that runs"),
            }
            if let Some(running) = consensus.take() {
                running.shutdown().await;
            }
        }
    }

    /// Ends the doubts about the keys of a node that has no vote, before it is given one.
    fn keep_settled(&self, beside: &mut JoinSet<()>) {
        if self.keys.consensus.is_empty() {
            return;
        }
        let shared = || (Arc::clone(&self.health), Arc::clone(&self.chain));
        let (health, chain) = shared();
        beside.spawn(signing::keep_settled(Arc::clone(&self.signed), health, chain));
        for own in &self.keys.consensus {
            let (health, chain) = shared();
            beside.spawn(signer_height::keep_settled(Arc::clone(&own.key), health, chain, None));
        }
    }

    /// Waits until a height that was held back on a claim is let go before it is passed.
    async fn is_released(&self, me: Option<Address>) {
        match me {
            Some(me) => signing::release(&self.signed, &self.health, &self.chain, me).await,
            None => std::future::pending().await,
        }
    }

    /// Waits until a block has shown that the record of votes lacks some.
    async fn finds_votes_missing(&self) {
        while self.signed.is_settled() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until this node may sign as this validator, is it no more, or can go no further. As long as its record of
    /// votes is in doubt, or that of its signer, or too few validators are heard, it follows as an observer: what the
    /// others have decided is shown by their blocks. Gives what ended that, if it ended by itself.
    async fn settle(
        &mut self,
        consensus: &mut Option<ConsensusHandle>,
        me: Address,
        key: Option<&Arc<dyn SigningKey>>,
    ) -> Result<Option<Arc<ConsensusFailure>>, NodeError> {
        let (signed, health, chain) =
            (Arc::clone(&self.signed), Arc::clone(&self.health), Arc::clone(&self.chain));
        let in_doubt = || {
            let waits = |key: &Arc<dyn SigningKey>| key.standing() == Standing::AwaitsNetworkHeight;
            !signed.is_settled() || key.is_some_and(waits)
        };
        let heard = self.heard;
        let settled = async {
            signing::settle(&signed, &health, &chain, me).await;
            if !heard {
                signing::hold_back(&signed, &health, &chain, me).await;
            }
            if let Some(key) = key {
                signer_height::settle(key, &health, &chain, Some(me)).await;
            }
        };
        tokio::pin!(settled);
        let follow = async {
            let unheard = Instant::now() + FOLLOW_UNHEARD_AFTER;
            tokio::time::sleep(FOLLOW_AFTER).await;
            while !in_doubt() && Instant::now() < unheard {
                tokio::time::sleep(FOLLOW_AFTER).await;
            }
        };
        tokio::select! {
            () = &mut settled => {
                self.heard = true;
                return Ok(None);
            }
            () = follow => {}
        }
        if in_doubt() {
            info!(
                "votes may be forgotten: this node follows as an observer until it is as far as the others"
            );
        } else {
            info!("too few of the validators are heard: this node follows as an observer until they are");
        }
        let (lanes, application) = (self.lanes.clone(), Arc::clone(&self.application));
        let started = (self.start)(self.config.clone(), lanes, application, Role::Observer).await?;
        self.health.follow(started.status());
        let failed = consensus.insert(started).failed();
        tokio::select! {
            failure = failed => return Ok(Some(failure)),
            () = settled => self.heard = true,
            () = self.changes_from(Some(me)) => {}
            // It would go on fetching blocks that nobody here may check.
            _ = self.chain.reaches_unknown_protocol() => {}
        }
        if let Some(running) = consensus.take() {
            running.shutdown().await;
        }
        Ok(None)
    }

    /// The address that this node has at the next height.
    fn me(&self) -> Option<Address> {
        self.chain.tip().validators.address_among(&self.keys.addresses())
    }

    fn key(&self, me: Option<Address>) -> Option<Arc<dyn SigningKey>> {
        let own = self.keys.consensus.iter().find(|key| Some(key.address()) == me)?;
        Some(Arc::clone(&own.key))
    }

    /// Waits until a block gives this node another address than this one.
    async fn changes_from(&self, me: Option<Address>) {
        use tokio::sync::broadcast::error::RecvError;
        let mut news = self.chain.news();
        while self.me() == me {
            if let Err(RecvError::Closed) = news.recv().await {
                // The chain is gone, and the node with it.
                std::future::pending::<()>().await;
            }
        }
    }
}
