//! The keys of a node, and whose they are.

use std::path::{Path, PathBuf};

use bulla_chain::{Chain, ChainError};
use bulla_crypto::{PublicKey, SecretKey, key_file};
use bulla_types::{
    Address, Canonical, Genesis, KeyId, KeyPurpose, KeyRecord, KeyStatus, MemberNumber, StateKey,
};
use tracing::warn;

use crate::config::NodeConfig;
use crate::failure::NodeError;

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

/// A key as it is configured.
struct Configured<'a> {
    setting: &'static str,
    path: &'a Path,
    purpose: KeyPurpose,
    key: PublicKey,
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

    /// Refuses keys of which the genesis knows none: it is another ledger's, or they are another node's. Nothing
    /// is made on the disk for such a mistake.
    pub(crate) fn check_ledger(&self, config: &NodeConfig, genesis: &Genesis) -> Result<(), NodeError> {
        let mut declared = genesis.founders().iter().flat_map(|founder| &founder.member.keys);
        let configured = self.configured(config);
        if declared.any(|declared| configured.iter().any(|key| key.key == declared.key)) {
            Ok(())
        } else {
            Err(NodeError::ForeignGenesis { path: config.genesis.clone() })
        }
    }

    /// Every key must be enrolled for its purpose, all of them by one member: what a node does under a key that is
    /// not its own, nobody believes, or takes for another's. A CONSENSUS key may be enrolled later, as far as this
    /// node has come in the log: it signs nothing before.
    pub(crate) fn check_enrolled(
        &self,
        config: &NodeConfig,
        genesis: &Genesis,
        chain: &Chain,
    ) -> Result<(), NodeError> {
        let mut of_node: Option<(MemberNumber, &'static str, PathBuf)> = None;
        for configured in self.configured(config) {
            let Configured { setting, path, purpose, key } = configured;
            let foreign = |whose: String| NodeError::ForeignKey {
                setting,
                path: path.to_owned(),
                purpose: purpose_name(purpose),
                whose,
            };
            let Some(enrolled) = record_of(chain, &key)? else {
                if purpose == KeyPurpose::Consensus && self.knows_another(chain, &key)? {
                    warn!(setting, path = %path.display(), "this key is not enrolled yet: it signs nothing");
                    continue;
                }
                return Err(foreign("no member has enrolled it".to_owned()));
            };
            let owner = || describe(genesis, enrolled.member);
            if enrolled.purpose != purpose {
                return Err(foreign(format!(
                    "it is the {} key of {}",
                    purpose_name(enrolled.purpose),
                    owner()
                )));
            }
            // A key that has ended is believed no more. A CONSENSUS key that has signs nothing, and may stay.
            if enrolled.status != KeyStatus::InForce && purpose != KeyPurpose::Consensus {
                let how = match enrolled.status {
                    KeyStatus::Compromised => "was reported compromised",
                    KeyStatus::InForce | KeyStatus::Retired => "was retired",
                };
                return Err(foreign(format!("it is of {} and {how}", owner())));
            }
            match &of_node {
                Some((member, other_setting, other_path)) if *member != enrolled.member => {
                    return Err(foreign(format!(
                        "it is of {}, and {other_setting} ({}) of {}",
                        owner(),
                        other_path.display(),
                        describe(genesis, *member)
                    )));
                }
                Some(_) => {}
                None => of_node = Some((enrolled.member, setting, path.to_owned())),
            }
        }
        Ok(())
    }

    /// Whether another key of this node is enrolled.
    fn knows_another(&self, chain: &Chain, key: &PublicKey) -> Result<bool, NodeError> {
        let consensus = self.consensus.iter().map(|consensus| &consensus.key);
        for other in consensus.chain([&self.note, &self.peer]).map(SecretKey::public_key) {
            if other != key && record_of(chain, other)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn configured<'a>(&'a self, config: &'a NodeConfig) -> Vec<Configured<'a>> {
        let configured = |setting, path: &'a PathBuf, purpose, key: &SecretKey| Configured {
            setting,
            path,
            purpose,
            key: key.public_key().clone(),
        };
        let consensus = self.consensus.iter().map(|ConsensusKey { setting, path, key }| {
            configured(*setting, path, KeyPurpose::Consensus, key)
        });
        let node = [
            configured("keys.note", &config.keys.note, KeyPurpose::Note, &self.note),
            configured("keys.peer", &config.keys.peer, KeyPurpose::Peer, &self.peer),
        ];
        consensus.chain(node).collect()
    }
}

/// The record of a key, in the state that this node has; the genesis puts the founders' keys into it.
fn record_of(chain: &Chain, key: &PublicKey) -> Result<Option<KeyRecord>, NodeError> {
    let Some(bytes) = chain.state(&StateKey::Key(KeyId::of(key)))? else { return Ok(None) };
    let record = KeyRecord::decode(&bytes)
        .map_err(|error| ChainError::Invariant(format!("the record of a key: {error}")))?;
    Ok(Some(record))
}

/// The member as a person knows it, where the genesis names it.
fn describe(genesis: &Genesis, member: MemberNumber) -> String {
    let founder = (1..).zip(genesis.founders()).find(|(number, _)| *number == member.0);
    match founder.and_then(|(_, founder)| founder.member.identity.name()) {
        Some(name) => format!("member {member} ({name})"),
        None => format!("member {member}"),
    }
}

fn purpose_name(purpose: KeyPurpose) -> &'static str {
    match purpose {
        KeyPurpose::Operate => "OPERATE",
        KeyPurpose::Administer => "ADMINISTER",
        KeyPurpose::Audit => "AUDIT",
        KeyPurpose::Consensus => "CONSENSUS",
        KeyPurpose::Note => "NOTE",
        KeyPurpose::Peer => "PEER",
    }
}
