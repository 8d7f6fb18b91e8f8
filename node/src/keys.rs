//! The keys of a node.

use std::path::PathBuf;

use bulla_crypto::{SecretKey, key_file};
use bulla_types::{Address, Genesis, KeyId, KeyPurpose};

use crate::config::NodeConfig;
use crate::failure::NodeError;
use crate::own_keys::{OwnKey, OwnKeys};

/// The keys that `node.toml` names.
pub(crate) struct Keys {
    /// Every CONSENSUS key, each with where it is configured.
    pub(crate) consensus: Vec<ConsensusKey>,
    pub(crate) note: SecretKey,
    pub(crate) peer: SecretKey,
}

/// A CONSENSUS key of this node.
pub(crate) struct ConsensusKey {
    setting: &'static str,
    path: PathBuf,
    pub(crate) key: SecretKey,
}

impl ConsensusKey {
    pub(crate) fn address(&self) -> Address {
        Address::of(self.key.public_key())
    }
}

impl Keys {
    pub(crate) fn read(config: &NodeConfig) -> Result<Self, NodeError> {
        let first = config.keys.consensus.iter().map(|path| ("keys.consensus", path));
        let besides = config.keys.consensus_besides.iter().map(|path| ("keys.consensus_besides", path));
        let consensus = first.chain(besides).map(|(setting, path)| {
            Ok::<_, NodeError>(ConsensusKey { setting, path: path.clone(), key: key_file::read(path, None)? })
        });
        Ok(Self {
            consensus: consensus.collect::<Result<_, _>>()?,
            note: key_file::read(&config.keys.note, None)?,
            peer: key_file::read(&config.keys.peer, None)?,
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
        let own = |setting, path: &PathBuf, purpose, key: &SecretKey| OwnKey {
            setting,
            path: path.clone(),
            purpose,
            key_id: KeyId::of(key.public_key()),
        };
        let consensus = self
            .consensus
            .iter()
            .map(|ConsensusKey { setting, path, key }| own(*setting, path, KeyPurpose::Consensus, key));
        let node = [
            own("keys.note", &config.keys.note, KeyPurpose::Note, &self.note),
            own("keys.peer", &config.keys.peer, KeyPurpose::Peer, &self.peer),
        ];
        OwnKeys(consensus.chain(node).collect())
    }
}
