//! Who is let in on the members' network: the nodes that the ledger names, and whom it does not know yet of those
//! that the configuration names.
//!
//! The ledger decides: a node whose PEER key is in force comes in, when its member acts or validates, whether the
//! configuration names it or not; any other key that the ledger knows stays out. The configuration says where nodes
//! are found. A peer of the configuration that the ledger does not know, as far as this node has followed it, comes
//! in too: by the records of a node that begins at the genesis, those it could learn more from may all be strangers.
//! Openings are sent, unasked, to the nodes of members alone that may read all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use bulla_chain::{Chain, ChainError, CommittedBlock, Readership};
use bulla_crypto::PublicKey;
use bulla_network::{AddressError, HostHandle, PeerAddress, PeerId, public_key_of};
use bulla_types::{KeyId, MemberNumber, MemberRecord, MemberStatus, StateKey};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;
use tracing::{error, info, warn};

use crate::health::Health;
use crate::nodes::{Node, Nodes};
use crate::powers::powers;

/// Nodes of one member that are let in without being named in the configuration.
const NODES_PER_MEMBER_MAX: usize = 4;

/// Nodes that are let in without being named in the configuration.
const NODES_MAX: usize = 512;

/// A peer of the configuration, by its key on the ledger.
#[derive(Debug, Clone)]
pub(crate) struct Configured {
    peer: PeerAddress,
    /// None for an identity that cannot be of the ledger.
    key_id: Option<KeyId>,
}

/// The peers of the configuration.
pub(crate) fn configured(peers: &[String]) -> Result<Vec<Configured>, AddressError> {
    let configured = |peer: &String| {
        let peer: PeerAddress = peer.parse()?;
        let key = public_key_of(&peer.peer_id).and_then(|bytes| PublicKey::from_bytes(&bytes).ok());
        Ok(Configured { peer, key_id: key.map(|key| KeyId::of(&key)) })
    };
    peers.iter().map(configured).collect()
}

/// Who is let in at one height.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Guests {
    /// Each with its address, where the configuration names one.
    pub(crate) list: Vec<PeerAddress>,
    /// Whose node each is that the ledger knows.
    pub(crate) members: BTreeMap<PeerId, MemberNumber>,
    /// Those whose members may read all openings: what holds some is sent to them alone. None: to everyone.
    pub(crate) readers: Option<BTreeSet<PeerId>>,
    /// Peers of the configuration that the ledger does not know yet. They are on the list.
    not_known: Vec<PeerAddress>,
    /// Peers of the configuration that the ledger knows and that stay out.
    kept_out: Vec<PeerAddress>,
    /// Nodes on the list that the configuration does not name.
    unnamed: usize,
    /// Nodes beyond what is let in without being named in the configuration.
    too_many: usize,
}

impl Guests {
    /// By the ledger as far as this node has followed it.
    pub(crate) fn now(chain: &Chain, nodes: &Nodes, configured: &[Configured]) -> Result<Self, ChainError> {
        let validating: BTreeSet<MemberNumber> = powers(chain).into_keys().collect();
        let mut guests = Self::default();
        let mut comes_in = BTreeMap::new();
        for (member, nodes) in nodes.by_member() {
            if validating.contains(&member) || acts(chain, member)? {
                comes_in.insert(member, nodes);
            }
        }
        for Configured { peer, key_id } in configured {
            match key_id.and_then(|key_id| nodes.get(&key_id)) {
                Some(node) if comes_in.contains_key(&node.member) => {
                    guests.add(peer.clone(), Some(node.member));
                }
                None if is_unknown(chain, *key_id)? => {
                    guests.not_known.push(peer.clone());
                    guests.add(peer.clone(), None);
                }
                _ => guests.kept_out.push(peer.clone()),
            }
        }
        for (member, nodes) in comes_in {
            guests.add_unnamed(member, &nodes);
        }
        guests.readers = readers(chain, &guests.members)?;
        Ok(guests)
    }

    fn add(&mut self, peer: PeerAddress, member: Option<MemberNumber>) {
        if let Some(member) = member {
            self.members.insert(peer.peer_id, member);
        }
        self.list.push(peer);
    }

    fn add_unnamed(&mut self, member: MemberNumber, nodes: &[Node]) {
        let unnamed = nodes.iter().filter(|node| !self.members.contains_key(&node.peer_id));
        for (position, Node { peer_id, .. }) in unnamed.copied().collect::<Vec<_>>().into_iter().enumerate() {
            if position < NODES_PER_MEMBER_MAX && self.unnamed < NODES_MAX {
                self.unnamed += 1;
                self.add(PeerAddress { peer_id, address: None }, Some(member));
            } else {
                self.too_many += 1;
            }
        }
    }

    /// Says what a person may want to do something about.
    pub(crate) fn tell(&self, height: u64) {
        for peer in &self.not_known {
            warn!(%peer, height, "the ledger does not know this peer as far as this node has followed it: let in for the time being");
        }
        for peer in &self.kept_out {
            warn!(%peer, height, "by the ledger this is no node of a member that acts: not let in");
        }
        if self.too_many > 0 {
            warn!(
                nodes = self.too_many,
                per_member_max = NODES_PER_MEMBER_MAX,
                all_max = NODES_MAX,
                "more nodes than are let in without being named in network.peers"
            );
        }
    }
}

/// Those of the members' nodes that may read all openings; none where everybody may.
fn readers(
    chain: &Chain,
    members: &BTreeMap<PeerId, MemberNumber>,
) -> Result<Option<BTreeSet<PeerId>>, ChainError> {
    if chain.readership(None)? == Readership::All {
        return Ok(None);
    }
    let mut readers = BTreeSet::new();
    for (peer, member) in members {
        if chain.readership(Some(*member))? == Readership::All {
            readers.insert(*peer);
        }
    }
    Ok(Some(readers))
}

/// Without the votes of a suspended member that is still a validator others might lack a quorum; those come in
/// without this.
fn acts(chain: &Chain, member: MemberNumber) -> Result<bool, ChainError> {
    let record: Option<MemberRecord> = chain.state_reader()?.record(&StateKey::Member(member))?;
    Ok(record.is_some_and(|member| member.status == MemberStatus::Active))
}

fn is_unknown(chain: &Chain, key_id: Option<KeyId>) -> Result<bool, ChainError> {
    let Some(key_id) = key_id else { return Ok(false) };
    Ok(chain.state(&StateKey::Key(key_id))?.is_none())
}

/// Keeps the list of who is let in.
pub(crate) struct Doorkeeper {
    pub(crate) chain: Arc<Chain>,
    pub(crate) health: Arc<Health>,
    pub(crate) host: HostHandle,
    pub(crate) configured: Vec<Configured>,
    pub(crate) door: Mutex<Door>,
}

/// The nodes of the ledger, and who of them is let in, as of some block.
pub(crate) struct Door {
    /// Tells of every block after that one.
    news: broadcast::Receiver<Arc<CommittedBlock>>,
    nodes: Nodes,
    guests: Guests,
    /// Whether who is let in may be others by now.
    stale: bool,
}

impl Door {
    pub(crate) fn new(news: broadcast::Receiver<Arc<CommittedBlock>>, nodes: Nodes, guests: Guests) -> Self {
        Self { news, nodes, guests, stale: false }
    }

    fn follow(&mut self, chain: &Chain) -> Result<(), ChainError> {
        loop {
            match self.news.try_recv() {
                Ok(block) => self.stale |= self.nodes.follow(chain, &block)?,
                Err(TryRecvError::Lagged(blocks)) => {
                    info!(blocks, "who is let in is read anew");
                    self.nodes = Nodes::read(chain)?;
                    self.stale = true;
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(()),
            }
        }
    }
}

impl Doorkeeper {
    /// Changes who is let in, and to whom openings go, with the ledger at the height at which it changes. To be called
    /// when a block is committed, before the next height: nothing of that goes to who may have none of it. Blocking.
    pub(crate) fn committed(&self) {
        let mut door = self.door.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.follow(&mut door) {
            // What was not taken in is read again with the next block.
            error!(%error, "who is let in cannot be read: it stays as it was");
        }
    }

    fn follow(&self, door: &mut Door) -> Result<(), ChainError> {
        if let Err(error) = door.follow(&self.chain) {
            // The block that was not taken in is not told of again.
            door.nodes = Nodes::read(&self.chain)?;
            door.stale = true;
            error!(%error, "the keys of nodes could not be followed: they were read anew");
        }
        if !door.stale {
            return Ok(());
        }
        let guests = Guests::now(&self.chain, &door.nodes, &self.configured)?;
        if guests != door.guests {
            guests.tell(self.chain.tip().height);
            // Before the list, so that whoever comes in is known.
            self.health.know(&guests.members);
            self.host.set_readers(guests.readers.clone());
            self.host.set_allowed(guests.list.clone());
            door.guests = guests;
        }
        door.stale = false;
        Ok(())
    }
}
