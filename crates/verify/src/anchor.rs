//! What a verifier trusts before it looks at a file (信任锚).

use bulla_types::{Canonical, Genesis, LedgerId, ReasonCode};

use crate::{Refused, TrustedCheckpoint};

/// Where trust starts. Everything in a file must lead back here.
#[derive(Debug, Clone)]
pub enum Anchor {
    /// The ledger's genesis: trusts that the keys of its validators, and of those who followed them, were
    /// not all in wrong hands. Proves everything.
    Genesis(TrustedGenesis),
    /// The head of the log at some time at or after the entry. Proves that the entry stood in the log then,
    /// whatever has become of the validators' keys since.
    ///
    /// Who the signers were rests on the state of the ledger, which hangs on the validators: it is proved
    /// when the genesis is given too, and not reported without it.
    Checkpoint {
        /// The head.
        checkpoint: TrustedCheckpoint,
        /// The genesis of the same ledger. Its digest is in the checkpoint's origin, so that it need not come
        /// from a trusted source.
        genesis: Option<TrustedGenesis>,
    },
}

impl Anchor {
    /// The ledger that the anchor is of.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        match self {
            Self::Genesis(genesis) => genesis.ledger_id,
            Self::Checkpoint { checkpoint, .. } => checkpoint.ledger_id(),
        }
    }

    pub(crate) fn genesis(&self) -> Option<&Genesis> {
        match self {
            Self::Genesis(genesis) | Self::Checkpoint { genesis: Some(genesis), .. } => {
                Some(&genesis.genesis)
            }
            Self::Checkpoint { genesis: None, .. } => None,
        }
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
    genesis: Genesis,
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
        Ok(Self { ledger_id: genesis.ledger_id(), genesis })
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
