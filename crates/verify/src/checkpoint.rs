//! Checkpoints as trust anchors: the head of a log that the reader trusts (C2SP `tlog-checkpoint`).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bulla_crypto::{Hash, PublicKey};
use bulla_merkle::checkpoint::{self, NOTE_BYTES_MAX};
use bulla_merkle::log::TreeHead;
use bulla_types::{KeyPurpose, LedgerId, ReasonCode};

use crate::{Refused, TrustedGenesis};

/// A head of one ledger's log, and why it is trusted.
#[derive(Debug, Clone)]
pub struct TrustedCheckpoint {
    ledger_id: LedgerId,
    head: TreeHead,
    signers: Vec<PublicKey>,
}

impl TrustedCheckpoint {
    /// A head that the reader has from a source he trusts.
    #[must_use]
    pub fn as_given(ledger_id: LedgerId, head: TreeHead) -> Self {
        Self { ledger_id, head, signers: Vec::new() }
    }

    /// The first three lines of a checkpoint that the reader has from a source he trusts, such as a printed
    /// notice: origin, size, root. What follows them, signatures included, is not read.
    ///
    /// # Errors
    /// `ANCHOR_INVALID` when the lines are no checkpoint of a Bulla ledger.
    pub fn from_text(text: &[u8]) -> Result<Self, Refused> {
        let invalid =
            || Refused::new(ReasonCode::AnchorInvalid, "anchor", "not the origin, size and root of a log");
        let read = || {
            let text = std::str::from_utf8(text.get(..text.len().min(NOTE_BYTES_MAX))?).ok()?;
            let mut lines = text.lines();
            let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
            let head = TreeHead {
                size: size.parse().ok().filter(|parsed: &u64| parsed.to_string() == size)?,
                root: Hash::from_bytes(BASE64_STANDARD.decode(root).ok()?.try_into().ok()?),
            };
            Some(Self::as_given(ledger_of(origin)?, head))
        };
        read().ok_or_else(invalid)
    }

    /// A signed note that at least one of the given verifier keys signed, each of the form
    /// `<origin>+<key id>+<base64>` (C2SP `signed-note`) and all of one log.
    ///
    /// # Errors
    /// `ANCHOR_INVALID` when a verifier key cannot be read or they are not of one Bulla ledger;
    /// `CHECKPOINT_INVALID` when the note is not a checkpoint of it signed by one of them.
    pub fn from_note(note: &[u8], verifier_keys: &[&str]) -> Result<Self, Refused> {
        let invalid = |detail: String| Refused::new(ReasonCode::AnchorInvalid, "anchor", detail);
        let parsed = verifier_keys.iter().map(|text| checkpoint::parse_verifier_key(text));
        let parsed: Vec<_> = parsed.collect::<Result<_, _>>().map_err(|error| invalid(error.to_string()))?;
        let (origin, _) =
            parsed.first().ok_or_else(|| invalid("no verifier key is given".to_owned()))?.clone();
        let ledger_id = ledger_of(&origin)
            .filter(|_| parsed.iter().all(|(name, _)| *name == origin))
            .ok_or_else(|| invalid("the verifier keys are not of one ledger".to_owned()))?;
        let keys: Vec<PublicKey> = parsed.into_iter().map(|(_, key)| key).collect();
        Self::verified(note, ledger_id, &keys)
    }

    /// A signed note that at least one of the founders' nodes signed, by a note key that stands in the
    /// genesis.
    ///
    /// # Errors
    /// `CHECKPOINT_INVALID` when the note is not such a checkpoint.
    pub fn from_note_of_founders(note: &[u8], genesis: &TrustedGenesis) -> Result<Self, Refused> {
        let declared = genesis.genesis().founders().iter().flat_map(|founder| &founder.member.keys);
        let keys = declared.filter(|key| key.purpose == KeyPurpose::Note).map(|key| key.key.clone());
        Self::verified(note, genesis.ledger_id(), &keys.collect::<Vec<_>>())
    }

    fn verified(note: &[u8], ledger_id: LedgerId, keys: &[PublicKey]) -> Result<Self, Refused> {
        let verified = checkpoint::parse_and_verify(note, &checkpoint::origin(&ledger_id.0), keys)
            .map_err(|error| Refused::new(ReasonCode::CheckpointInvalid, "anchor", error.to_string()))?;
        Ok(Self { ledger_id, head: verified.checkpoint.head, signers: verified.signers })
    }

    /// The ledger whose log this is.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.ledger_id
    }

    /// Size and root of the log.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.head
    }

    /// The trusted keys that signed it; none when it is trusted as given.
    #[must_use]
    pub fn signers(&self) -> &[PublicKey] {
        &self.signers
    }
}

/// The ledger that an origin names.
fn ledger_of(origin: &str) -> Option<LedgerId> {
    let ledger_id: LedgerId = origin.strip_prefix("bulla/ledger/")?.parse().ok()?;
    (checkpoint::origin(&ledger_id.0) == origin).then_some(ledger_id)
}
