//! What the ledger, as far as this node has followed it, says of the node's own keys.
//!
//! A key that it does not know may be enrolled further on, or tomorrow: the node starts, follows the ledger once its
//! peers let it in, and says what is missing. A key that it knows to be another's, or to have ended, is a mistake of
//! the configuration: the node does not start. While its NOTE and PEER keys are not in force the node is not ready:
//! nobody believes what it does under them. A CONSENSUS key that is not signs nothing, and no more is the matter, unless
//! its member validates by a key that is not here. What follows for the node: [`crate::standing`].

use std::path::PathBuf;
use std::sync::Arc;

use bulla_chain::{Chain, ChainError, CommittedBlock};
use bulla_types::{
    KeyId, KeyPurpose, KeyRange, KeyRecord, KeyStatus, Lang, MemberNumber, MemberRecord, StateKey,
};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tracing::{error, info, warn};

use crate::failure::NodeError;
use crate::health::Health;
use crate::standing::LedgerStanding;

/// A key as it is configured.
#[derive(Debug, Clone)]
pub(crate) struct OwnKey {
    pub(crate) setting: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) purpose: KeyPurpose,
    pub(crate) key_id: KeyId,
}

/// Why a key is not in force for what it is configured for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Lack {
    /// No member has enrolled it.
    Unknown,
    /// What it is instead.
    Otherwise(String),
}

/// The keys of a node.
#[derive(Debug, Clone)]
pub(crate) struct OwnKeys(pub(crate) Vec<OwnKey>);

impl OwnKeys {
    /// Refuses what the ledger knows to be wrong: every key must be enrolled for its purpose, all of them by one
    /// member, and none have ended but those for consensus.
    pub(crate) fn check(&self, chain: &Chain) -> Result<(), NodeError> {
        let wrong = self.lacks(chain)?.into_iter().zip(&self.0).find_map(|(lack, key)| match lack {
            Some(Lack::Otherwise(whose)) => Some((key, whose)),
            _ => None,
        });
        match wrong {
            Some((key, whose)) => Err(NodeError::ForeignKey {
                setting: key.setting,
                path: key.path.clone(),
                purpose: purpose_name(key.purpose),
                whose,
            }),
            None => Ok(()),
        }
    }

    /// Keeps health true to what the ledger says of the keys, and tells a person. `news` tells of every block from
    /// now on.
    pub(crate) async fn follow(
        self,
        chain: Arc<Chain>,
        health: Arc<Health>,
        mut news: broadcast::Receiver<Arc<CommittedBlock>>,
    ) {
        let mut told = vec![None; self.0.len()];
        let mut stood = LedgerStanding::default();
        loop {
            match self.lacks(&chain).and_then(|lacks| Ok((self.standing(&lacks, &chain)?, lacks))) {
                Ok((standing, lacks)) => {
                    self.tell(lacks, &mut told, &chain);
                    tell_standing(standing, &mut stood, &chain);
                    health.stands(standing);
                }
                Err(error) => error!(%error, "what the ledger says of this node's keys cannot be read"),
            }
            loop {
                match news.recv().await {
                    Ok(block) if !may_change(&block) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return,
                }
            }
        }
    }

    fn standing(&self, lacks: &[Option<Lack>], chain: &Chain) -> Result<LedgerStanding, ChainError> {
        let mut needed = self.0.iter().zip(lacks).filter(|(key, _)| key.purpose != KeyPurpose::Consensus);
        LedgerStanding::now(self, needed.any(|(_, lack)| lack.is_some()), chain)
    }

    fn tell(&self, lacks: Vec<Option<Lack>>, told: &mut Vec<Option<Lack>>, chain: &Chain) {
        let height = chain.tip().height;
        for ((key, now), before) in self.0.iter().zip(&lacks).zip(told.iter()) {
            let (setting, path) = (key.setting, key.path.display());
            match now {
                _ if now == before => {}
                None => info!(setting, %path, height, "this key is in force on the ledger now"),
                Some(Lack::Unknown) if key.purpose == KeyPurpose::Consensus => {
                    warn!(setting, %path, height, "this key is not enrolled yet: it signs nothing");
                }
                Some(Lack::Unknown) => warn!(
                    setting,
                    %path,
                    height,
                    "this key is not enrolled on the ledger as far as this node has followed it: the node is not ready"
                ),
                Some(Lack::Otherwise(whose)) => error!(
                    setting,
                    %path,
                    height,
                    "this is not the {} key of this node: {whose}",
                    purpose_name(key.purpose)
                ),
            }
        }
        *told = lacks;
    }

    /// For each key.
    fn lacks(&self, chain: &Chain) -> Result<Vec<Option<Lack>>, ChainError> {
        let reader = chain.state_reader()?;
        let describe = |member: MemberNumber| -> Result<String, ChainError> {
            let record: Option<MemberRecord> = reader.record(&StateKey::Member(member))?;
            let name = record.as_ref().and_then(|record| record.identity.name());
            Ok(name.map_or_else(|| format!("member {member}"), |name| format!("member {member} ({name})")))
        };
        let mut of_node: Option<(MemberNumber, &OwnKey)> = None;
        let mut lacks = Vec::new();
        for key in &self.0 {
            let Some(enrolled) = reader.record::<KeyRecord>(&StateKey::Key(key.key_id))? else {
                lacks.push(Some(Lack::Unknown));
                continue;
            };
            let owner = describe(enrolled.member)?;
            // A CONSENSUS key that has ended signs nothing, and may stay.
            let ended = match enrolled.status {
                KeyStatus::Retired if key.purpose != KeyPurpose::Consensus => Some("was retired"),
                KeyStatus::Compromised if key.purpose != KeyPurpose::Consensus => {
                    Some("was reported compromised")
                }
                _ => None,
            };
            let otherwise = match (of_node, ended) {
                _ if enrolled.purpose != key.purpose => {
                    Some(format!("it is the {} key of {owner}", purpose_name(enrolled.purpose)))
                }
                (_, Some(how)) => Some(format!("it is of {owner} and {how}")),
                (Some((member, other)), None) if member != enrolled.member => Some(format!(
                    "it is of {owner}, and {} ({}) of {}",
                    other.setting,
                    other.path.display(),
                    describe(member)?
                )),
                _ => None,
            };
            of_node = of_node.or(Some((enrolled.member, key)));
            lacks.push(otherwise.map(Lack::Otherwise));
        }
        Ok(lacks)
    }
}

/// Whether a block may change what the ledger says of a node.
fn may_change(block: &CommittedBlock) -> bool {
    let written = |range| block.written(&range).next().is_some();
    written(KeyRange::keys()) || written(KeyRange::members()) || block.wrote(&StateKey::Validators)
}

fn tell_standing(standing: LedgerStanding, stood: &mut LedgerStanding, chain: &Chain) {
    if std::mem::replace(stood, standing) == standing {
        return;
    }
    let height = chain.tip().height;
    match standing.reason() {
        Some(reason) => warn!(%reason, height, "{}", reason.message(Lang::En)),
        None => info!(height, "the ledger has nothing against this node any more"),
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
