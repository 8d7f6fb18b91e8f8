//! Which node is whose, and who is let in, by the members' PEER keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_chain::{Chain, ChainError};
use bulla_crypto::PublicKey;
use bulla_network::{AddressError, HostHandle, PeerAddress, PeerId, peer_id_of, public_key_of};
use bulla_types::{
    Canonical, Genesis, KeyId, KeyPurpose, KeyRecord, KeyStatus, MemberNumber, MemberRecord, MemberStatus,
    StateKey,
};
use tokio::sync::broadcast::error::RecvError;
use tracing::{error, warn};

use crate::health::Peer;

/// A peer of the configuration, by its key on the ledger.
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

/// Of the configured peers, those that the ledger lets in now: their PEER key is in force, and its member acts
/// or validates. Without the votes of a suspended member that is still a validator others might lack a quorum.
pub(crate) fn let_in(chain: &Chain, configured: &[Configured]) -> Result<Vec<PeerAddress>, ChainError> {
    let mut peers = Vec::new();
    for Configured { peer, key_id } in configured {
        if let Some(key_id) = key_id
            && is_let_in(chain, *key_id)?
        {
            peers.push(peer.clone());
        }
    }
    Ok(peers)
}

fn is_let_in(chain: &Chain, key_id: KeyId) -> Result<bool, ChainError> {
    let Some(key) = record::<KeyRecord>(chain, &StateKey::Key(key_id))? else { return Ok(false) };
    if key.purpose != KeyPurpose::Peer || key.status != KeyStatus::InForce {
        return Ok(false);
    }
    let member = record::<MemberRecord>(chain, &StateKey::Member(key.member))?;
    let acts = member.is_some_and(|member| member.status == MemberStatus::Active);
    Ok(acts || validates(chain, key.member)?)
}

fn validates(chain: &Chain, member: MemberNumber) -> Result<bool, ChainError> {
    for validator in chain.tip().validators.validators() {
        let key = record::<KeyRecord>(chain, &StateKey::Key(KeyId::of(validator.key())))?;
        if key.is_some_and(|key| key.member == member) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn record<T: Canonical>(chain: &Chain, key: &StateKey) -> Result<Option<T>, ChainError> {
    let Some(bytes) = chain.state(key)? else { return Ok(None) };
    let record = T::decode(&bytes).map_err(|error| ChainError::Invariant(format!("a record: {error}")))?;
    Ok(Some(record))
}

/// Says which configured peers the ledger does not let in.
pub(crate) fn warn_of_others(configured: &[Configured], let_in: &[PeerAddress]) {
    for Configured { peer, .. } in configured.iter().filter(|configured| !let_in.contains(&configured.peer)) {
        warn!(%peer, "by the ledger this is no node of a member that acts: not let in");
    }
}

/// Changes who is let in with the ledger, at the height at which it changes.
pub(crate) async fn keep_list(chain: Arc<Chain>, configured: Vec<Configured>, host: HostHandle) {
    let mut news = chain.news();
    let mut listed = None;
    loop {
        match let_in(&chain, &configured) {
            Ok(peers) if listed.as_ref() != Some(&peers) => {
                if listed.is_some() {
                    warn_of_others(&configured, &peers);
                }
                host.set_allowed(peers.clone());
                listed = Some(peers);
            }
            Ok(_) => {}
            Err(error) => error!(%error, "who is let in cannot be read: it stays as it was"),
        }
        if let Err(RecvError::Closed) = news.recv().await {
            return;
        }
    }
}

/// The nodes of the founders, this one left out.
pub(crate) fn of_founders(genesis: &Genesis, own: PeerId) -> BTreeMap<PeerId, Peer> {
    let mut peers = BTreeMap::new();
    for (number, founder) in (1..).zip(genesis.founders()) {
        for declared in founder.member.keys.iter().filter(|key| key.purpose == KeyPurpose::Peer) {
            let Ok(peer_id) = peer_id_of(&declared.key.to_bytes()) else { continue };
            if peer_id != own {
                let member = MemberNumber(number);
                let peer = Peer { member, power: founder.power, connected: false, status: None };
                peers.insert(peer_id, peer);
            }
        }
    }
    peers
}
