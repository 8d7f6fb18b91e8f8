//! Checkpoints: the head of the log, signed by a node as a note (C2SP `tlog-checkpoint` and `signed-note`).
//!
//! ```text
//! bulla/ledger/<64 hex digits of the ledger id>
//! <size, decimal>
//! <root, base64>
//!
//! — bulla/ledger/<64 hex digits of the ledger id> <base64 of key id ‖ Ed25519 signature of the lines above the blank>
//! ```
//!
//! All nodes of a ledger sign under its origin, each with its own note key; a reader trusts the keys he names. Notes
//! may carry further signatures, of other nodes or of witnesses.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bulla_crypto::{Hash, PublicKey, SecretKey, Signature};
use signed_note::{Note, NoteError, Verifier, VerifierList};
use thiserror::Error;

use crate::log::TreeHead;

/// A note longer than this is not read. The specification asks for room for sixteen signatures, the longest of them
/// (post-quantum ones) close to five kilobytes: 107 kilobytes in base64.
pub const NOTE_BYTES_MAX: usize = 128 * 1024;

/// The signature type of plain Ed25519 in the specification's table.
const TYPE_ED25519: u8 = 1;

/// The head of one ledger's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: see [`origin`].
    pub origin: String,
    /// Its size and root.
    pub head: TreeHead,
}

/// A checkpoint that was read, and who vouches for it.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Those of the trusted keys that signed it, at least one, in the order of the note's signatures.
    pub signers: Vec<PublicKey>,
}

/// A checkpoint cannot be signed, or a note is not one that can be trusted.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// An origin is a name without spaces and plus signs.
    #[error("{0:?} cannot be the origin of a log")]
    Origin(String),
    /// The note is too long to be read.
    #[error("the note has {0} bytes; at most {NOTE_BYTES_MAX} are read")]
    TooLong(usize),
    /// The note has no valid signature of a trusted key, or an invalid one.
    #[error("the note cannot be trusted")]
    Note(#[source] NoteError),
    /// The signed text is not origin, size and root.
    #[error("the note's text is not a checkpoint")]
    Malformed,
    /// The checkpoint is of another log.
    #[error("the checkpoint is of log {found:?}, not {expected:?}")]
    OtherLog {
        /// The log asked for.
        expected: String,
        /// The log that signed.
        found: String,
    },
    /// A text is not a verifier key.
    #[error("not a verifier key of the form <name>+<key id>+<base64 of an Ed25519 key>")]
    VerifierKey,
}

/// The origin of a ledger's log, which is also the name of each of its note keys.
#[must_use]
pub fn origin(ledger_id: &Hash) -> String {
    format!("bulla/ledger/{ledger_id}")
}

/// The signed note of a checkpoint.
///
/// # Errors
/// When the origin cannot name a key.
pub fn sign(checkpoint: &Checkpoint, key: &SecretKey) -> Result<String, CheckpointError> {
    let Checkpoint { origin, head } = checkpoint;
    if !signed_note::is_key_name_valid(origin) {
        return Err(CheckpointError::Origin(origin.clone()));
    }
    let text = format!("{origin}\n{}\n{}\n", head.size, BASE64_STANDARD.encode(head.root));
    let signature = signed_note::Signature::new(
        origin.clone(),
        key_id(origin, key.public_key()),
        key.sign(text.as_bytes()).0.to_vec(),
    )
    .map_err(CheckpointError::Note)?;
    let note = Note::new(text.as_bytes(), &[signature]).map_err(CheckpointError::Note)?;
    String::from_utf8(note.to_bytes()).map_err(|_| CheckpointError::Malformed)
}

/// Reads a checkpoint of the log `origin` that at least one of the `trusted` keys signed.
///
/// Signatures of other keys are passed over; a wrong signature in the name of a trusted key refuses the note.
///
/// # Errors
/// When the note is not such a checkpoint; the error says why.
pub fn parse_and_verify(
    note: &[u8],
    origin: &str,
    trusted: &[PublicKey],
) -> Result<Verified, CheckpointError> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(CheckpointError::TooLong(note.len()));
    }
    let keys: Vec<NoteKey> = trusted.iter().map(|key| NoteKey::new(origin, key.clone())).collect();
    let note = Note::from_bytes(note).map_err(CheckpointError::Note)?;
    let (signatures, _) = note.verify(&verifiers(&keys)).map_err(CheckpointError::Note)?;
    let signed_by = |id| keys.iter().find(|key| key.id == id).map(|key| key.key.clone());
    let body = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| CheckpointError::Malformed)?;
    if body.origin() != origin {
        return Err(CheckpointError::OtherLog { expected: origin.into(), found: body.origin().into() });
    }
    Ok(Verified {
        checkpoint: Checkpoint {
            origin: origin.into(),
            head: TreeHead { size: body.size(), root: Hash(body.hash().0) },
        },
        signers: signatures.iter().filter_map(|signature| signed_by(signature.id())).collect(),
    })
}

/// The text by which a note key is handed to readers: `<origin>+<key id, 8 hex digits>+<base64 of 1 ‖ key>`.
#[must_use]
pub fn verifier_key(origin: &str, key: &PublicKey) -> String {
    format!("{origin}+{:08x}+{}", key_id(origin, key), BASE64_STANDARD.encode(typed(key)))
}

/// Reads a verifier key: the origin and the key.
///
/// # Errors
/// When the text is not one, its key id is not that of the key, or the key is weak.
pub fn parse_verifier_key(text: &str) -> Result<(String, PublicKey), CheckpointError> {
    let read = || {
        let (name, rest) = text.split_once('+')?;
        let (_, key) = rest.split_once('+')?;
        let key = BASE64_STANDARD.decode(key).ok()?;
        let key = PublicKey::from_bytes(key.strip_prefix(&[TYPE_ED25519])?).ok()?;
        // One text for each key: the key id follows, and so does the spelling.
        (signed_note::is_key_name_valid(name) && verifier_key(name, &key) == text)
            .then(|| (name.to_owned(), key))
    };
    read().ok_or(CheckpointError::VerifierKey)
}

/// A trusted key under the name of its log, verified by the strict rule that holds for all of the ledger's own
/// signatures, so that no two readers differ about a note.
#[derive(Clone)]
struct NoteKey {
    name: String,
    id: u32,
    key: PublicKey,
}

impl NoteKey {
    fn new(origin: &str, key: PublicKey) -> Self {
        Self { name: origin.into(), id: key_id(origin, &key), key }
    }
}

impl Verifier for NoteKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        signature
            .try_into()
            .is_ok_and(|signature| self.key.verify_strict(text, &Signature(signature)).is_ok())
    }
}

/// A key that is named twice is listed once; two keys with one id stay ambiguous and refuse the notes that use it.
fn verifiers(keys: &[NoteKey]) -> VerifierList {
    let mut list: Vec<&NoteKey> = Vec::new();
    for key in keys {
        if !list.iter().any(|known| known.key == key.key) {
            list.push(key);
        }
    }
    VerifierList::new(list.into_iter().map(|key| Box::new(key.clone()) as Box<dyn Verifier>).collect())
}

fn key_id(origin: &str, key: &PublicKey) -> u32 {
    signed_note::key_id(origin, &typed(key))
}

fn typed(key: &PublicKey) -> Vec<u8> {
    [&[TYPE_ED25519], &key.to_bytes()[..]].concat()
}
