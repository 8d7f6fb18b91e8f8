//! `bulla verify`: what a receipt file proves, offline. It reads the files that are named and nothing else:
//! no configuration, no network.

mod text;

use std::path::{Path, PathBuf};

use bulla_types::{Lang, LedgerId, ReceiptFile};
use bulla_verify::{Anchor, Original, Report, TrustedCheckpoint, TrustedGenesis, verify};
use bytes::Bytes;
use serde::Serialize;

use crate::context::Context;
use crate::documents;
use crate::failure::Failure;
use crate::output::Show;

/// The first bytes of every checkpoint of a Bulla ledger.
const CHECKPOINT_BEGINS: &[u8] = b"bulla/ledger/";

/// Verify a receipt file offline; exit code 4 when it is refused | 离线核验回执文件；不通过时退出码为 4
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The receipt file | 回执文件
    file: PathBuf,
    /// What you trust: the ledger's genesis or its digest, the ledger id; or a checkpoint at or after the entry; or genesis and checkpoint | 信任锚：账本的创世文件或其摘要（账本标识），或不早于条目的检查点；创世文件与检查点可并用
    #[arg(long, required = true, value_name = "GENESIS_OR_CHECKPOINT")]
    anchor: Vec<PathBuf>,
    /// A verifier key that must have signed the checkpoint, NAME+ID+KEY; without any, and without a genesis, its first three lines are trusted as given | 检查点签名的核验公钥 NAME+ID+KEY；未给出且无创世文件时，直接信任检查点前三行
    #[arg(long, value_name = "VKEY")]
    note_key: Vec<String>,
    /// An original document to compare with the deposits | 与存证比对的原件
    #[arg(long, value_name = "FILE")]
    original: Vec<PathBuf>,
    /// Another receipt file, to take trust bundles from | 另一回执文件，用于补充信任包
    #[arg(long, value_name = "FILE")]
    bundles: Vec<PathBuf>,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let anchor = read_anchor(&self.anchor, &self.note_key)?;
        let originals = self.original.iter().map(|path| read_original(path));
        let originals: Vec<_> = originals.collect::<Result<_, Failure>>()?;
        let file = self.read_receipts()?;
        let report = verify(&file, &anchor, &originals)?;
        context.show(&Verified { verified: true, file: self.file, report })
    }

    /// The bytes to verify: those of the file, unless bundles come from elsewhere.
    fn read_receipts(&self) -> Result<Vec<u8>, Failure> {
        let file = read(&self.file)?;
        if self.bundles.is_empty() {
            return Ok(file);
        }
        let decode = |path: &Path, bytes: Vec<u8>| {
            ReceiptFile::decode(&Bytes::from(bytes)).map_err(|error| Failure::invalid_file(path, &error))
        };
        let receipts = decode(&self.file, file)?;
        let mut bundles = receipts.bundles().to_vec();
        for path in &self.bundles {
            for bundle in decode(path, read(path)?)?.bundles() {
                let named =
                    receipts.receipts().iter().any(|receipt| receipt.bundle_digest == bundle.digest());
                if named && !bundles.contains(bundle) {
                    bundles.push(bundle.clone());
                }
            }
        }
        let joined = ReceiptFile::new(receipts.receipts().to_vec(), bundles);
        Ok(joined.map_err(|error| Failure::invalid_file(&self.file, &error))?.encode())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::file(path, &error))
}

fn read_original(path: &Path) -> Result<Original, Failure> {
    let digests = documents::all(&documents::digest(path)?);
    Ok(Original { name: path.display().to_string(), digests })
}

/// A ledger id, one genesis, one checkpoint, or one of each, told apart by how they begin.
fn read_anchor(paths: &[PathBuf], note_keys: &[String]) -> Result<Anchor, Failure> {
    if let [path] = paths
        && let Some(ledger_id) = ledger_id(path)
    {
        return Ok(Anchor::Ledger(ledger_id));
    }
    let (mut genesis, mut note) = (None, None);
    for path in paths {
        let bytes = read(path)?;
        let known = if bytes.starts_with(CHECKPOINT_BEGINS) {
            note.replace(bytes).is_some()
        } else {
            genesis.replace(TrustedGenesis::from_file(&bytes)?).is_some()
        };
        if known {
            return Err(Failure::usage("--anchor: one genesis and one checkpoint at most"));
        }
    }
    let keys: Vec<&str> = note_keys.iter().map(String::as_str).collect();
    let checkpoint = match (&note, &genesis) {
        (None, _) => None,
        (Some(note), _) if !keys.is_empty() => Some(TrustedCheckpoint::from_note(note, &keys)?),
        (Some(note), Some(genesis)) => Some(TrustedCheckpoint::from_note_of_founders(note, genesis)?),
        (Some(note), None) => Some(TrustedCheckpoint::from_text(note)?),
    };
    match (checkpoint, genesis) {
        (None, Some(_)) if !keys.is_empty() => {
            Err(Failure::usage("--note-key: there is no checkpoint to check"))
        }
        (Some(checkpoint), genesis) => Ok(Anchor::Checkpoint { checkpoint, genesis }),
        (None, Some(genesis)) => Ok(Anchor::Genesis(genesis)),
        (None, None) => Err(Failure::usage("--anchor: name the genesis or a checkpoint")),
    }
}

fn ledger_id(path: &Path) -> Option<LedgerId> {
    path.to_str()?.parse().ok().filter(|_| !path.exists())
}

/// A receipt file that holds.
#[derive(Serialize)]
struct Verified {
    verified: bool,
    file: PathBuf,
    report: Report,
}

impl Show for Verified {
    fn text(&self, lang: Lang) -> String {
        text::report(&self.report, lang)
    }
}
