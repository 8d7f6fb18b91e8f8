//! The node's health, from what it knows of its peers, its disk and its own progress.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bulla_chain::Chain;
use bulla_consensus::ConsensusStatus;
use bulla_network::{NodeStatus, PeerId};
use bulla_signer::{SigningKey, Standing};
use bulla_types::{Height, LedgerId, MemberNumber, ReasonCode, proto};
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::error;

use crate::claims::vouched;
use crate::hang_ups::HangUps;
use crate::signing::SHOWN_WITHIN;
use crate::standing::LedgerStanding;

/// Entries that wait longer than this without a commit mean that the ledger does not decide.
const STALL: Duration = Duration::from_secs(10);

/// A node this many heights behind a peer is catching up; one or two heights are the way of things.
const BEHIND_HEIGHTS: u64 = 3;

/// A peer that the ledger names.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) member: MemberNumber,
    pub(crate) connected: bool,
    pub(crate) status: Option<NodeStatus>,
}

/// What is known of a peer that the ledger names, or that is connected.
#[derive(Debug, Default, Clone)]
struct Known {
    /// None as long as the ledger does not know it, as far as this node has followed it.
    member: Option<MemberNumber>,
    connected: bool,
    status: Option<NodeStatus>,
    /// The ledger that it says it is of, when that is not this one.
    other_ledger: Option<LedgerId>,
    hang_ups: HangUps,
}

/// Keeps what the node learns about its own health.
pub(crate) struct Health {
    chain: Arc<Chain>,
    consensus: Mutex<Option<watch::Receiver<ConsensusStatus>>>,
    own: PeerId,
    peers: Mutex<BTreeMap<PeerId, Known>>,
    trouble: Mutex<Trouble>,
    key: Mutex<Option<Arc<dyn SigningKey>>>,
    started: Instant,
}

#[derive(Debug, Default)]
struct Trouble {
    failed: Option<String>,
    standing: LedgerStanding,
    /// Two certified blocks stand at one height.
    forked: bool,
    lacks: Option<Lack>,
}

/// What the store cannot write without, and may get back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// Room on the disk.
    Room,
    /// Files: the process, or the system, has too many open.
    Files,
}

/// Everything a verdict rests on.
#[derive(Debug, Clone, Copy)]
struct Signs {
    forked: bool,
    failed: bool,
    lacks: Option<Lack>,
    /// The next height goes by rules that are not in this program.
    protocol_unknown: bool,
    /// Whoever is connected is of another ledger.
    ledger_differs: bool,
    standing: LedgerStanding,
    /// Nobody speaks with this node, and whoever can be reached hangs up on it.
    not_let_in: bool,
    quorum_connected: bool,
    height: u64,
    highest_peer: u64,
    entries_wait: bool,
    since_progress: Duration,
    /// Why this validator's key does not sign.
    silent: Option<ReasonCode>,
}

/// The verdict, worst sign first.
fn judge(signs: &Signs) -> (proto::NodeHealth, Option<ReasonCode>) {
    use proto::NodeHealth;
    if signs.forked {
        (NodeHealth::Failed, Some(ReasonCode::LedgerForked))
    } else if signs.failed {
        (NodeHealth::Failed, Some(ReasonCode::NodeFailed))
    } else if let Some(lack) = signs.lacks {
        match lack {
            Lack::Room => (NodeHealth::DiskFull, Some(ReasonCode::DiskFull)),
            Lack::Files => (NodeHealth::Failed, Some(ReasonCode::StorageFailed)),
        }
    } else if signs.protocol_unknown {
        (NodeHealth::Failed, Some(ReasonCode::ProtocolVersionUnknown))
    } else if signs.ledger_differs {
        (NodeHealth::NoQuorum, Some(ReasonCode::LedgerDiffers))
    } else if let Some((health, reason)) = signs.standing.shuts_out() {
        (health, Some(reason))
    } else if signs.not_let_in && !signs.quorum_connected {
        (NodeHealth::NoQuorum, Some(ReasonCode::NodeNotLetIn))
    } else if signs.height + BEHIND_HEIGHTS <= signs.highest_peer {
        (NodeHealth::Syncing, Some(ReasonCode::Syncing))
    } else if !signs.quorum_connected || (signs.entries_wait && signs.since_progress > STALL) {
        (NodeHealth::NoQuorum, Some(ReasonCode::NoQuorum))
    } else if signs.height == 0 {
        (NodeHealth::Syncing, Some(ReasonCode::Syncing))
    } else if let Some(reason) = signs.silent.or(signs.standing.silences()) {
        (NodeHealth::Abstaining, Some(reason))
    } else {
        (NodeHealth::Ready, None)
    }
}

impl Health {
    pub(crate) fn new(chain: Arc<Chain>, own: PeerId) -> Self {
        Self {
            chain,
            consensus: Mutex::default(),
            own,
            peers: Mutex::default(),
            trouble: Mutex::default(),
            key: Mutex::default(),
            started: Instant::now(),
        }
    }

    /// From now on the engine's own view of its peers counts.
    pub(crate) fn follow(&self, consensus: watch::Receiver<ConsensusStatus>) {
        *lock(&self.consensus) = Some(consensus);
    }

    /// From now on it counts whether this key signs; none of an observer.
    pub(crate) fn signs_with(&self, key: Option<Arc<dyn SigningKey>>) {
        *lock(&self.key) = key;
    }

    /// Why this validator's key does not sign.
    fn silent(&self) -> Option<ReasonCode> {
        match lock(&self.key).as_ref()?.standing() {
            Standing::Able => None,
            Standing::Unable(reason) => Some(reason),
            Standing::Starting | Standing::AwaitsNetworkHeight => Some(ReasonCode::SignerAway),
        }
    }

    /// These are the nodes of members now, this one maybe among them.
    pub(crate) fn know(&self, members: &BTreeMap<PeerId, MemberNumber>) {
        let mut peers = lock(&self.peers);
        for (id, known) in peers.iter_mut() {
            known.member = members.get(id).copied();
        }
        for (id, member) in members.iter().filter(|(id, _)| **id != self.own) {
            peers.entry(*id).or_default().member = Some(*member);
        }
        peers.retain(|_, known| known.member.is_some() || known.connected);
    }

    /// Only who is let in comes here, so there are never many.
    pub(crate) fn connected(&self, peer: &PeerId, connected: bool) {
        let mut peers = lock(&self.peers);
        let known = peers.entry(*peer).or_default();
        known.connected = connected;
        known.other_ledger = None;
        if connected {
            known.hang_ups.connected();
        } else {
            known.hang_ups.disconnected();
            // One that hangs up is remembered until the list changes.
            if known.member.is_none() && !known.hang_ups.refuses() {
                peers.remove(peer);
            }
        }
    }

    pub(crate) fn heard(&self, peer: &PeerId, status: NodeStatus) {
        if let Some(peer) = lock(&self.peers).get_mut(peer) {
            peer.status = Some(status);
            peer.other_ledger = None;
            peer.hang_ups.spoke();
        }
    }

    /// A peer that speaks nothing of this ledger says that it is of that one.
    pub(crate) fn is_of_another_ledger(&self, peer: &PeerId, ledger_id: LedgerId) {
        let before = lock(&self.peers).get_mut(peer).map(|peer| {
            peer.hang_ups.spoke();
            peer.other_ledger.replace(ledger_id)
        });
        if before.is_some_and(|before| before != Some(ledger_id)) {
            tell_other_ledger(peer, &self.chain.ledger_id(), &ledger_id);
        }
    }

    /// What the ledger, as far as this node has followed it, says of the node.
    pub(crate) fn stands(&self, standing: LedgerStanding) {
        lock(&self.trouble).standing = standing;
    }

    /// The store lacks this, or nothing any more.
    pub(crate) fn lack(&self, lack: Option<Lack>) {
        lock(&self.trouble).lacks = lack;
    }

    pub(crate) fn lacks(&self) -> Option<Lack> {
        lock(&self.trouble).lacks
    }

    /// The node cannot go on.
    pub(crate) fn failed(&self, why: &str) {
        lock(&self.trouble).failed.get_or_insert_with(|| why.to_owned());
    }

    /// The ledger has forked: this node signs nothing more.
    pub(crate) fn forked(&self) {
        lock(&self.trouble).forked = true;
    }

    pub(crate) fn is_forked(&self) -> bool {
        lock(&self.trouble).forked
    }

    /// The nodes of members, connected or not.
    pub(crate) fn peers(&self) -> Vec<(PeerId, Peer)> {
        let peers = lock(&self.peers);
        let of_members = peers.iter().filter_map(|(id, known)| {
            let Known { member, connected, status, .. } = known.clone();
            Some((*id, Peer { member: member?, connected, status }))
        });
        of_members.collect()
    }

    /// The member whose node this is, if the ledger names it and it is let in.
    pub(crate) fn member_of(&self, peer: &PeerId) -> Option<MemberNumber> {
        lock(&self.peers).get(peer).and_then(|known| known.member)
    }

    pub(crate) fn assess(&self) -> (proto::NodeHealth, Option<ReasonCode>) {
        let (forked, failed, lacks, standing) = {
            let trouble = lock(&self.trouble);
            (trouble.forked, trouble.failed.is_some(), trouble.lacks, trouble.standing)
        };
        let consensus = lock(&self.consensus).as_ref().map(|status| status.borrow().quorum_connected);
        let (highest_peer, ledger_differs, not_let_in) = {
            let peers = lock(&self.peers);
            let connected = || peers.values().filter(|peer| peer.connected);
            let highest = connected().filter_map(|peer| peer.status).map(|status| status.height.0).max();
            let differs = connected().count() > 0 && connected().all(|peer| peer.other_ledger.is_some());
            let speaks = connected().any(|peer| peer.hang_ups.speaks());
            (highest, differs, !speaks && peers.values().any(|peer| peer.hang_ups.refuses()))
        };
        let vouched = vouched(self.peers().into_iter().map(|(_, peer)| peer), &self.chain);
        let since_progress = self.chain.committed_at().max(self.started).elapsed();
        judge(&Signs {
            forked,
            failed,
            lacks,
            protocol_unknown: self.chain.unknown_protocol().is_some(),
            ledger_differs,
            standing,
            not_let_in,
            quorum_connected: consensus.unwrap_or(false),
            height: self.chain.tip().height,
            highest_peer: believed(vouched, highest_peer, since_progress),
            entries_wait: self.chain.waiting() > 0,
            since_progress,
            silent: self.silent(),
        })
    }
}

/// How far the ledger is, by what the peers claim: what honest validators must be among counts. Where too few of them
/// are heard anyone counts, but not for long: who has blocks sends them.
fn believed(vouched: Option<Height>, highest: Option<u64>, since_progress: Duration) -> u64 {
    let unproved = highest.filter(|_| since_progress < SHOWN_WITHIN);
    vouched.map(|height| height.0).or(unproved).unwrap_or(0)
}

/// Tells a person that this node and a peer have different geneses.
pub(crate) fn tell_other_ledger(peer: &PeerId, own: &LedgerId, other: &LedgerId) {
    error!(
        reason = ReasonCode::LedgerDiffers.as_str(), %peer, %own, %other,
        "this peer is of another ledger: one of the two nodes has the wrong genesis"
    );
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Signs = Signs {
        forked: false,
        failed: false,
        lacks: None,
        protocol_unknown: false,
        ledger_differs: false,
        standing: LedgerStanding::InForce,
        not_let_in: false,
        quorum_connected: true,
        height: 10,
        highest_peer: 10,
        entries_wait: false,
        since_progress: Duration::from_secs(30),
        silent: None,
    };

    #[test]
    fn an_idle_node_with_a_quorum_is_ready() {
        assert_eq!(judge(&WELL), (proto::NodeHealth::Ready, None));
    }

    #[test]
    fn a_node_without_a_quorum_is_not_ready() {
        let signs = Signs { quorum_connected: false, ..WELL };
        assert_eq!(judge(&signs).0, proto::NodeHealth::NoQuorum);
    }

    #[test]
    fn entries_that_wait_without_progress_mean_no_quorum() {
        let signs = Signs { entries_wait: true, ..WELL };
        assert_eq!(judge(&signs).0, proto::NodeHealth::NoQuorum);
        let moving = Signs { since_progress: Duration::from_secs(1), ..signs };
        assert_eq!(judge(&moving).0, proto::NodeHealth::Ready);
    }

    #[test]
    fn what_one_peer_claims_counts_only_where_no_others_are_heard_and_not_for_long() {
        let (soon, late) = (SHOWN_WITHIN / 2, SHOWN_WITHIN);
        assert_eq!(believed(Some(Height(10)), Some(u64::MAX), soon), 10);
        assert_eq!(believed(None, Some(1_000), soon), 1_000);
        assert_eq!(believed(None, Some(1_000), late), 0);
        assert_eq!(believed(None, None, soon), 0);
    }

    #[test]
    fn a_node_behind_its_peers_is_syncing() {
        let signs = Signs { highest_peer: 13, ..WELL };
        assert_eq!(judge(&signs).0, proto::NodeHealth::Syncing);
        let signs = Signs { highest_peer: 12, ..WELL };
        assert_eq!(judge(&signs).0, proto::NodeHealth::Ready);
    }

    #[test]
    fn a_node_whose_keys_are_not_in_force_is_not_ready_and_says_so() {
        let signs = Signs { standing: LedgerStanding::KeysNotInForce, ..WELL };
        let verdict = (proto::NodeHealth::Syncing, Some(ReasonCode::NodeKeysNotInForce));
        let that_may_be_why = Signs { quorum_connected: false, ..signs };
        let not_yet = Signs { highest_peer: 13, ..signs };
        for signs in [signs, that_may_be_why, not_yet] {
            assert_eq!(judge(&signs), verdict);
        }
    }

    #[test]
    fn a_node_that_lacks_the_rules_of_the_next_height_says_so_however_far_the_others_are() {
        let signs = Signs { protocol_unknown: true, ..WELL };
        let verdict = (proto::NodeHealth::Failed, Some(ReasonCode::ProtocolVersionUnknown));
        let alone = Signs { quorum_connected: false, ..signs };
        let left_behind = Signs { highest_peer: 100, ..signs };
        let its_keys_came_later = Signs { standing: LedgerStanding::KeysNotInForce, ..signs };
        for signs in [signs, alone, left_behind, its_keys_came_later] {
            assert_eq!(judge(&signs), verdict);
        }
    }

    #[test]
    fn a_node_among_nodes_of_another_ledger_says_so_before_what_follows_from_it() {
        let standing = LedgerStanding::KeysNotInForce;
        let signs =
            Signs { ledger_differs: true, not_let_in: true, standing, quorum_connected: false, ..WELL };
        assert_eq!(judge(&signs), (proto::NodeHealth::NoQuorum, Some(ReasonCode::LedgerDiffers)));
    }

    #[test]
    fn a_validator_whose_key_does_not_sign_says_so_when_nothing_else_is_wrong() {
        let signs = Signs { silent: Some(ReasonCode::SignerAway), ..WELL };
        assert_eq!(judge(&signs), (proto::NodeHealth::Abstaining, Some(ReasonCode::SignerAway)));
        let signs = Signs { quorum_connected: false, ..signs };
        assert_eq!(judge(&signs).0, proto::NodeHealth::NoQuorum);
    }

    #[test]
    fn a_node_that_is_shut_out_says_whose_decision_that_is() {
        let alone = Signs { quorum_connected: false, entries_wait: true, ..WELL };
        let (expelled, suspended) = (LedgerStanding::MemberExpelled, LedgerStanding::MemberSuspended);
        for (standing, reason) in
            [(expelled, ReasonCode::NodeMemberExpelled), (suspended, ReasonCode::NodeMemberSuspended)]
        {
            // Also as long as the others have not hung up yet.
            for signs in [Signs { standing, ..alone }, Signs { standing, not_let_in: true, ..alone }] {
                assert_eq!(judge(&signs), (proto::NodeHealth::NoQuorum, Some(reason)));
            }
            assert_eq!(judge(&Signs { standing, ..WELL }), (proto::NodeHealth::NoQuorum, Some(reason)));
        }
        // It was cut off before it saw the block that says so.
        let signs = Signs { not_let_in: true, ..alone };
        assert_eq!(judge(&signs), (proto::NodeHealth::NoQuorum, Some(ReasonCode::NodeNotLetIn)));
        // Some peer hangs up, others do not.
        assert_eq!(judge(&Signs { not_let_in: true, ..WELL }).0, proto::NodeHealth::Ready);
    }

    #[test]
    fn a_validator_whose_keys_were_all_rotated_away_says_so_when_nothing_else_is_wrong() {
        let signs = Signs { standing: LedgerStanding::ConsensusKeyEnded, ..WELL };
        let said = Some(ReasonCode::NodeConsensusKeyEnded);
        assert_eq!(judge(&signs), (proto::NodeHealth::Abstaining, said));
        assert_eq!(judge(&Signs { highest_peer: 13, ..signs }).0, proto::NodeHealth::Syncing);
    }

    #[test]
    fn failure_and_a_full_disk_come_before_all_else() {
        let signs = Signs { lacks: Some(Lack::Room), quorum_connected: false, ..WELL };
        assert_eq!(judge(&signs).0, proto::NodeHealth::DiskFull);
        let files = Signs { lacks: Some(Lack::Files), ..WELL };
        assert_eq!(judge(&files), (proto::NodeHealth::Failed, Some(ReasonCode::StorageFailed)));
        let signs = Signs { failed: true, ..signs };
        assert_eq!(judge(&signs), (proto::NodeHealth::Failed, Some(ReasonCode::NodeFailed)));
        let signs = Signs { forked: true, ..signs };
        assert_eq!(judge(&signs), (proto::NodeHealth::Failed, Some(ReasonCode::LedgerForked)));
    }
}
