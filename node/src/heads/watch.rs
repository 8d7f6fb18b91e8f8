//! Watching the peers' heads.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bulla_chain::Chain;
use bulla_network::{HostHandle, NodeStatus, PeerId};
use bulla_types::{Address, BlockHash, ForkProof, Height, MemberNumber, ReasonCode, Validator, proto};
use bytes::Bytes;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tracing::{debug, error, info, warn};

use super::alarms::{Alarms, Kind, Raised};
use super::answer::{Finding, Inquirer};
use super::confirmation::{Confirmation, Power, Voice, Warning, confirmed};
use super::inquiries::Inquiries;
use super::kept::KeptProof;
use super::told::{Difference, Told};
use crate::health::Health;
use crate::powers::powers;

/// Compares this node's chain with its peers' words.
pub(crate) struct Heads {
    chain: Arc<Chain>,
    health: Arc<Health>,
    host: HostHandle,
    /// The addresses that this node can sign as.
    me: Vec<Address>,
    data: PathBuf,
    unconfirmed_max: Duration,
    state: Mutex<State>,
    /// There is something to look at.
    news: Notify,
}

struct State {
    told: Told,
    confirmation: Confirmation,
    inquiries: Inquiries,
    alarms: Alarms,
}

/// What a person or a monitor may want to know.
pub(crate) struct HeadsReport {
    pub(crate) confirmed: Height,
    pub(crate) unconfirmed: bool,
    pub(crate) alarms: Vec<proto::HeadAlarm>,
    /// Times that each alarm was raised: a difference, one without proof, a fork.
    pub(crate) differed: u64,
    pub(crate) unproved: u64,
    pub(crate) forked: u64,
}

impl Heads {
    /// `data` is the data folder, where a fork proof is kept; blocks may wait to be confirmed for `unconfirmed_max`.
    pub(crate) fn new(
        chain: Arc<Chain>,
        health: Arc<Health>,
        host: HostHandle,
        me: Vec<Address>,
        data: PathBuf,
        unconfirmed_max: Duration,
    ) -> Arc<Self> {
        let confirmation = Confirmation::from(Height(chain.tip().height));
        let state = State {
            told: Told::default(),
            confirmation,
            inquiries: Inquiries::default(),
            alarms: Alarms::default(),
        };
        let state = Mutex::new(state);
        Arc::new(Self { chain, health, host, me, data, unconfirmed_max, state, news: Notify::new() })
    }

    /// A peer tells where it stands. At height 0 there is no block to compare.
    pub(crate) fn heard(&self, peer: PeerId, status: &NodeStatus) {
        if status.height == Height(0) {
            return;
        }
        let own = if status.height.0 <= self.chain.tip().height {
            match self.chain.block_hash(status.height) {
                Ok(Some(own)) => Some(own),
                // Below what this node holds.
                Ok(None) => return,
                Err(error) => return debug!(%error, "a peer's status is not compared"),
            }
        } else {
            None
        };
        let mut state = self.state();
        let agreed = state.told.agreed(&peer);
        if let Some(difference) = state.told.hear(peer, status.height, status.block_hash, own) {
            self.differs(&mut state, peer, difference);
        } else if state.told.agreed(&peer) == agreed && self.chain.tip().height < status.height.0 {
            // It is compared when that height is reached.
            return;
        }
        drop(state);
        self.news.notify_one();
    }

    /// Watches until the chain is gone. A fork that is found, or was before the node started, goes to `forked`.
    pub(crate) async fn watch(self: Arc<Self>, forked: oneshot::Sender<KeptProof>) {
        let mut forked = Some(forked);
        if let Some(proof) = KeptProof::in_folder(&self.data, self.chain.ledger_id()) {
            error!(reason = %ReasonCode::LedgerForked, path = %proof.path.display(), says = proof.says,
                "a fork proof lies in the data folder: this node signs nothing");
            self.stop(proof, &mut forked);
        }
        let mut news = self.chain.news();
        let mut inquiries = JoinSet::new();
        loop {
            self.look();
            for (peer, difference) in self.state().inquiries.start_due(Instant::now()) {
                let inquirer = Inquirer { chain: Arc::clone(&self.chain), host: self.host.clone(), peer };
                inquiries.spawn(async move { (peer, difference, inquirer.examine(difference).await) });
            }
            let deadline = self.deadline();
            tokio::select! {
                () = self.news.notified() => {}
                block = news.recv() => if let Err(RecvError::Closed) = block {
                    return;
                },
                Some(found) = inquiries.join_next() => match found {
                    Ok((peer, difference, finding)) => self.found(peer, difference, finding, &mut forked).await,
                    Err(error) => error!(%error, "an inquiry into a peer's head panicked"),
                },
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {}
            }
        }
    }

    /// What is to be told now.
    pub(crate) fn report(&self) -> HeadsReport {
        let members: BTreeMap<_, _> =
            self.health.peers().into_iter().map(|(id, peer)| (id, peer.member)).collect();
        let state = self.state();
        let hash = |hash: BlockHash| Bytes::copy_from_slice(hash.as_bytes());
        let of_peers = state.alarms.standing().map(|(peer, kind, alarm)| proto::HeadAlarm {
            reason: kind.reason().as_str().to_owned(),
            member: members.get(&peer).map_or(0, |member| member.0),
            peer_id: peer.to_string(),
            height: alarm.last.height.0,
            own_block_hash: hash(alarm.last.own),
            told_block_hash: hash(alarm.last.told),
            times: alarm.times,
        });
        let unconfirmed = state.confirmation.is_overdue();
        let of_none = unconfirmed.then(|| {
            let tip = self.chain.tip();
            proto::HeadAlarm {
                reason: ReasonCode::HeadUnconfirmed.as_str().to_owned(),
                height: tip.height,
                own_block_hash: hash(tip.block_hash),
                times: 1,
                ..proto::HeadAlarm::default()
            }
        });
        HeadsReport {
            confirmed: state.confirmation.confirmed(),
            unconfirmed,
            alarms: of_peers.chain(of_none).collect(),
            differed: state.alarms.total(Kind::Differs),
            unproved: state.alarms.total(Kind::Unproved),
            forked: state.alarms.total(Kind::Forked),
        }
    }

    /// Compares what was told ahead of this node with what it has reached, and says how far it is confirmed.
    fn look(&self) {
        let tip = Height(self.chain.tip().height);
        let (voices, power) = self.voices();
        let mut state = self.state();
        let own = |height| self.chain.block_hash(height).ok().flatten();
        for (peer, difference) in state.told.reached(tip, own) {
            self.differs(&mut state, peer, difference);
        }
        let of_member = |(peers, power): (Vec<PeerId>, u64)| Voice {
            power,
            agreed: peers.iter().map(|peer| state.told.agreed(peer)).max().unwrap_or(Height(0)),
        };
        let voices: Vec<_> = voices.into_iter().map(of_member).collect();
        let confirmed = confirmed(voices, power, tip);
        match state.confirmation.look(tip, confirmed, Instant::now(), self.unconfirmed_max) {
            Some(Warning::Begins) => {
                let waited_s = self.unconfirmed_max.as_secs();
                warn!(reason = %ReasonCode::HeadUnconfirmed, %tip, %confirmed, waited_s,
                    "validators with more than a third of the power have not named these blocks as theirs");
            }
            Some(Warning::Ends) => {
                info!(%tip, %confirmed, "enough validators stand by this node's blocks again");
            }
            None => {}
        }
    }

    /// The other validators, each with the nodes of its member and its power; and the power of all and of this node.
    fn voices(&self) -> (Vec<(Vec<PeerId>, u64)>, Power) {
        let validators = Arc::clone(&self.chain.tip().validators);
        let me = validators.address_among(&self.me);
        let mut powers = powers(&self.chain);
        // Whatever other nodes its member has say nothing that counts beside this one.
        powers.retain(|_, validator| Some(validator.address) != me);
        let own = me.and_then(|me| validators.get(&me)).map_or(0, Validator::power);
        let power = Power { total: validators.total_power(), own };
        let mut members: BTreeMap<MemberNumber, (Vec<PeerId>, u64)> = BTreeMap::new();
        for (id, peer) in self.health.peers() {
            if let Some(validator) = powers.get(&peer.member) {
                let (nodes, power) = members.entry(peer.member).or_default();
                nodes.push(id);
                *power = validator.power;
            }
        }
        (members.into_values().collect(), power)
    }

    fn differs(&self, state: &mut State, peer: PeerId, difference: Difference) {
        let Difference { height, own, told } = difference;
        let reason = Kind::Differs.reason();
        match state.alarms.raise(peer, Kind::Differs, difference) {
            Raised::First => error!(%reason, %peer, member = self.member(&peer), %height, %own, %told,
                "a peer names another block at a height that is committed here; it is asked for its certificate"),
            Raised::Again => debug!(%reason, %peer, %height, %own, %told, "a peer names another block again"),
        }
        if !state.inquiries.open(peer, difference, Instant::now()) {
            state.alarms.settle(peer);
        }
    }

    async fn found(
        &self,
        peer: PeerId,
        difference: Difference,
        finding: Finding,
        forked: &mut Option<oneshot::Sender<KeptProof>>,
    ) {
        match finding {
            Finding::NoAnswer(why) => {
                if self.state().inquiries.unanswered(&peer, Instant::now()) {
                    self.unproved(peer, difference, &why);
                } else {
                    info!(%peer, height = %difference.height, why, "a peer is asked for its certificate again");
                }
            }
            Finding::Unproved(why) => {
                self.state().inquiries.over(&peer, Instant::now());
                self.unproved(peer, difference, &why);
            }
            Finding::Forked(proof) => {
                self.state().inquiries.over(&peer, Instant::now());
                self.fork(peer, difference, *proof, forked).await;
            }
        }
    }

    fn unproved(&self, peer: PeerId, difference: Difference, why: &str) {
        let Difference { height, own, told } = difference;
        let reason = Kind::Unproved.reason();
        let mut state = self.state();
        state.alarms.settle(peer);
        match state.alarms.raise(peer, Kind::Unproved, difference) {
            Raised::First => error!(%reason, %peer, member = self.member(&peer), %height, %own, %told, why,
                "the peer has no proof of the block that it names: it lies or is damaged; this node goes on"),
            Raised::Again => debug!(%reason, %peer, %height, why, "the peer has no proof again"),
        }
    }

    async fn fork(
        &self,
        peer: PeerId,
        difference: Difference,
        proof: ForkProof,
        forked: &mut Option<oneshot::Sender<KeptProof>>,
    ) {
        let height = proof.height();
        let [one, other] = proof.blocks().each_ref().map(|(header, _)| header.hash());
        let raised = {
            let mut state = self.state();
            state.alarms.settle(peer);
            state.alarms.raise(peer, Kind::Forked, difference)
        };
        if raised == Raised::First {
            error!(reason = %Kind::Forked.reason(), %peer, member = self.member(&peer), %height, %one, %other,
                "THE LEDGER HAS FORKED: two certified blocks at one height; this node signs nothing more");
        }
        let data = self.data.clone();
        let written = tokio::task::spawn_blocking(move || KeptProof::write(&data, &proof)).await;
        let kept = match written.map_err(std::io::Error::other).flatten() {
            Ok(kept) => {
                error!(path = %kept.path.display(), "the fork proof is kept: bulla verify says who signed both blocks");
                kept
            }
            Err(error) => {
                error!(%error, "the fork proof could not be written");
                let says = format!("two certified blocks at height {height}, not written: {error}");
                KeptProof { path: self.data.join(super::FORK_PROOF), says }
            }
        };
        self.stop(kept, forked);
    }

    /// The node signs no more; reads go on.
    fn stop(&self, proof: KeptProof, forked: &mut Option<oneshot::Sender<KeptProof>>) {
        self.health.forked();
        if let Some(forked) = forked.take() {
            // Nobody listens when the node stops anyway.
            let _ = forked.send(proof);
        }
    }

    fn member(&self, peer: &PeerId) -> u64 {
        let peers = self.health.peers();
        peers.iter().find(|(id, _)| id == peer).map_or(0, |(_, known)| known.member.0)
    }

    fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        let overdue =
            state.confirmation.due_at(self.unconfirmed_max).filter(|_| !state.confirmation.is_overdue());
        [overdue, state.inquiries.next_due()].into_iter().flatten().min()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
