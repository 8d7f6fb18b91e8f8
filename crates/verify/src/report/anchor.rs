//! The ledger, and the anchor that was used.

use bulla_crypto::{Hash, PublicKey};
use bulla_types::{Genesis, LedgerClass, LedgerId, LedgerShortId, Name};
use serde::{Serialize, Serializer};

use super::{text, texts, words};
use crate::Anchor;

/// The ledger of all receipts.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerReport {
    /// Digest of its genesis.
    #[serde(serialize_with = "text")]
    pub id: LedgerId,
    /// The six characters that stand in its identifiers.
    #[serde(serialize_with = "text")]
    pub short_id: LedgerShortId,
    /// Its name.
    #[serde(serialize_with = "text")]
    pub name: Name,
    /// Whether its word counts: whoever shows the report of a test ledger must say TEST.
    #[serde(serialize_with = "class")]
    pub class: LedgerClass,
}

/// The anchor that was used.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AnchorReport {
    /// The genesis, or its digest.
    Genesis {
        /// Time of the genesis.
        time_ms: u64,
    },
    /// A head of the log.
    Checkpoint {
        /// Its size.
        log_size: u64,
        /// Its root.
        #[serde(serialize_with = "text")]
        root: Hash,
        /// The trusted keys that signed it; none when it was trusted as given.
        #[serde(serialize_with = "texts")]
        signed_by: Vec<PublicKey>,
        /// Whether the genesis is trusted as an anchor too, so that nothing is proved under a condition only.
        with_genesis: bool,
    },
}

impl LedgerReport {
    pub(crate) fn new(genesis: &Genesis) -> Self {
        let id = genesis.ledger_id();
        Self { id, short_id: LedgerShortId::from(&id), name: genesis.name().clone(), class: genesis.class() }
    }
}

impl AnchorReport {
    pub(crate) fn new(anchor: &Anchor, genesis: &Genesis) -> Self {
        match anchor {
            Anchor::Genesis(_) | Anchor::Ledger(_) => Self::Genesis { time_ms: genesis.time().0 },
            Anchor::Checkpoint { checkpoint, genesis } => Self::Checkpoint {
                log_size: checkpoint.head().size,
                root: checkpoint.head().root,
                signed_by: checkpoint.signers().to_vec(),
                with_genesis: genesis.is_some(),
            },
        }
    }
}

fn class<S: Serializer>(class: &LedgerClass, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(words::class(*class))
}
