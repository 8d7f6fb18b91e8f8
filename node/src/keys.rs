//! The keys of a node.

use std::path::PathBuf;

use bulla_crypto::{PublicKey, SecretKey, key_file};
use bulla_types::{Address, Genesis, KeyId, KeyPurpose};

use crate::config::NodeConfig;
use crate::consensus_key::{self, ConsensusKey};
use crate::failure::NodeError;
use crate::own_keys::{OwnKey, OwnKeys};

/// The keys that `node.toml` names.
pub(crate) struct Keys {
    /// Every CONSENSUS key, each with where it is configured.
    pub(crate) consensus: Vec<ConsensusKey>,
    pub(crate) note: SecretKey,
    pub(crate) peer: SecretKey,
}

impl Keys {
    pub(crate) fn read(config: &NodeConfig, genesis: &Genesis) -> Result<Self, NodeError> {
        let peer = key_file::read(&config.keys.peer, None)?;
        Ok(Self {
            consensus: consensus_key::read(&config.keys, genesis.ledger_id(), &peer)?,
            note: key_file::read(&config.keys.note, None)?,
            peer,
        })
    }

    /// The addresses that this node can sign as; none for an observer.
    pub(crate) fn addresses(&self) -> Vec<Address> {
        self.consensus.iter().map(ConsensusKey::address).collect()
    }

    /// Refuses keys of which the genesis knows none, at a node that names no peer from which it could hear of them:
    /// it would wait for ever. Nothing is made on the disk for such a mistake.
    pub(crate) fn check_ledger(&self, config: &NodeConfig, genesis: &Genesis) -> Result<(), NodeError> {
        let mut declared = genesis.founders().iter().flat_map(|founder| &founder.member.keys);
        let OwnKeys(own) = self.own(config);
        if !config.network.peers.is_empty()
            || declared.any(|declared| own.iter().any(|key| key.key_id == declared.key_id()))
        {
            Ok(())
        } else {
            Err(NodeError::ForeignGenesis { path: config.genesis.clone() })
        }
    }

    /// What the ledger is asked about.
    pub(crate) fn own(&self, config: &NodeConfig) -> OwnKeys {
        let own = |setting, path: &PathBuf, purpose, key: &PublicKey| OwnKey {
            setting,
            path: path.clone(),
            purpose,
            key_id: KeyId::of(key),
        };
        let consensus = self
            .consensus
            .iter()
            .map(|key| own(key.setting, &key.path, KeyPurpose::Consensus, key.public_key()));
        let node = [
            own("keys.note", &config.keys.note, KeyPurpose::Note, self.note.public_key()),
            own("keys.peer", &config.keys.peer, KeyPurpose::Peer, self.peer.public_key()),
        ];
        OwnKeys(consensus.chain(node).collect())
    }
}
