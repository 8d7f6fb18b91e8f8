//! What a verifier trusts before it looks at a file (信任锚).

use std::sync::Arc;

use bulla_types::{Canonical, Genesis, LedgerId, ReasonCode};

use crate::{Refused, TrustedCheckpoint};

/// Where trust starts. Everything in a file must lead back here.
///
/// Each anchor names the ledger by its id, which is the digest of its genesis; the genesis itself stands in
/// every file. So everything in a file is examined under every anchor. What differs is what follows from it.
#[derive(Debug, Clone)]
pub enum Anchor {
    /// The ledger's genesis: trusts that the keys of its validators, and of those who followed them, were
    /// not all in wrong hands. Proves everything.
    Genesis(TrustedGenesis),
    /// The digest of the ledger's genesis. Trusts and proves the same.
    Ledger(LedgerId),
    /// The head of the log at some time at or after the entry. Proves that the entry stood in the log then,
    /// whatever has become of the validators' keys since.
    ///
    /// Who the signers were and who decided the block is not in the log: it hangs on the validators' keys,
    /// of which a checkpoint says nothing. It is examined from the genesis on all the same, and reported
    /// under that condition ([`Claims::conditional`](crate::report::Claims)).
    Checkpoint {
        /// The head.
        checkpoint: TrustedCheckpoint,
        /// The genesis of the same ledger, if it is trusted as an anchor as well: then nothing is left under
        /// a condition.
        genesis: Option<TrustedGenesis>,
    },
}

impl Anchor {
    /// The ledger that the anchor is of.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        match self {
            Self::Genesis(genesis) => genesis.ledger_id,
            Self::Ledger(ledger_id) => *ledger_id,
            Self::Checkpoint { checkpoint, .. } => checkpoint.ledger_id(),
        }
    }

    pub(crate) fn checkpoint(&self) -> Option<&TrustedCheckpoint> {
        match self {
            Self::Genesis(_) | Self::Ledger(_) => None,
            Self::Checkpoint { checkpoint, .. } => Some(checkpoint),
        }
    }

    /// Whether the keys of past validators are trusted.
    pub(crate) fn trusts_validators(&self) -> bool {
        !matches!(self, Self::Checkpoint { genesis: None, .. })
    }

    /// Both anchors, if there are two, are of one ledger.
    pub(crate) fn check(&self) -> Result<(), Refused> {
        match self {
            Self::Checkpoint { checkpoint, genesis: Some(genesis) } => {
                expect_ledger(genesis.ledger_id, checkpoint.ledger_id())
            }
            _ => Ok(()),
        }
    }
}

/// A genesis that the reader trusts, or that has the digest that he trusts.
#[derive(Debug, Clone)]
pub struct TrustedGenesis {
    genesis: Arc<Genesis>,
    ledger_id: LedgerId,
}

impl TrustedGenesis {
    /// A genesis file from a source that the reader trusts.
    ///
    /// # Errors
    /// `ANCHOR_INVALID` when the bytes are no genesis.
    pub fn from_file(bytes: &[u8]) -> Result<Self, Refused> {
        let genesis = Genesis::decode(bytes).map_err(|error| {
            Refused::new(ReasonCode::AnchorInvalid, "anchor", format!("not a genesis: {error}"))
        })?;
        Ok(Self { ledger_id: genesis.ledger_id(), genesis: Arc::new(genesis) })
    }

    /// A genesis file from anywhere, whose digest the reader trusts.
    ///
    /// # Errors
    /// `ANCHOR_INVALID` when the bytes are no genesis, `ANCHOR_MISMATCH` when they have another digest.
    pub fn with_digest(bytes: &[u8], trusted: LedgerId) -> Result<Self, Refused> {
        let genesis = Self::from_file(bytes)?;
        expect_ledger(genesis.ledger_id, trusted)?;
        Ok(genesis)
    }

    /// Its digest, which is the ledger's id.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.ledger_id
    }

    /// What it says.
    #[must_use]
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }
}

fn expect_ledger(found: LedgerId, trusted: LedgerId) -> Result<(), Refused> {
    if found == trusted {
        Ok(())
    } else {
        let detail = format!("the genesis has the digest {found}, trusted is {trusted}");
        Err(Refused::new(ReasonCode::AnchorMismatch, "anchor", detail))
    }
}
