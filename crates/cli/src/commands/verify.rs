//! `bulla verify`: what a receipt file or status proof shows, offline. It reads the files that are named and nothing else:
//! no configuration, no network.

pub(crate) mod status_text;
mod status_words;
mod text;

use std::path::{Path, PathBuf};

use bulla_merkle::checkpoint::NOTE_BYTES_MAX;
use bulla_types::limits::{GENESIS_BYTES_MAX, RECEIPT_FILE_BYTES_MAX};
use bulla_types::{Canonical, KeptOpenings, Lang, LedgerId, ReasonCode, ReceiptFile, StatusProofFile};
use bulla_verify::report::StatusReport;
use bulla_verify::{
    Anchor, OpeningsFile, Original, Report, TrustedCheckpoint, TrustedGenesis, verify_opened, verify_status,
};
use bytes::Bytes;
use serde::Serialize;

use crate::asked::asked;
use crate::complaints::{FILE_EMPTY, FOR_RECEIPTS, FOR_STATUS_PROOFS};
use crate::context::{Context, genesis_of, no_anchor};
use crate::failure::{Failure, exit};
use crate::output::Show;
use crate::text::Said;
use crate::{documents, files};

pub(crate) use text::banner;

/// The first bytes of every checkpoint of a Bulla ledger.
const CHECKPOINT_BEGINS: &[u8] = b"bulla/ledger/";
/// The longest anchor: a genesis, or a checkpoint.
const ANCHOR_BYTES_MAX: usize =
    if GENESIS_BYTES_MAX > NOTE_BYTES_MAX { GENESIS_BYTES_MAX } else { NOTE_BYTES_MAX };

/// Verify a receipt file or status proof offline; exit code 4 when it is refused | 离线核验回执文件或状态证明；不通过时退出码为 4
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The receipt file or status proof | 回执文件或状态证明
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
    /// Openings of committed fields, as their owner kept them: say what was committed to | 承诺事项的内容文件（由本人保管）：核验并说明所承诺的内容
    #[arg(long, value_name = "FILE")]
    openings: Vec<PathBuf>,
    /// Another receipt file, to take trust bundles from | 另一回执文件，用于补充信任包
    #[arg(long, value_name = "FILE")]
    bundles: Vec<PathBuf>,
    /// Of a status proof: say what held at this time, or on this day: all of it, in UTC+8 | 用于状态证明：说明该时间或该日（UTC+8 全天）的状态
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let anchor = read_anchor(&self.anchor, &self.note_key)?;
        let originals = self.original.iter().map(|path| read_original(path));
        let originals: Vec<_> = originals.collect::<Result<_, Failure>>()?;
        let file = read(&self.file)?;
        let asked = self.at.as_deref().map(asked).transpose()?;
        if self.is_status_proof(&file)? {
            let report = verify_status(&file, &anchor, asked)?;
            return context.show(&StatusVerified { verified: true, file: self.file, report });
        }
        let openings = self.openings.iter().map(|path| read_openings(path)).collect::<Result<Vec<_>, _>>()?;
        let report = verify_opened(&self.with_bundles(file)?, &anchor, &originals, &openings)?;
        context.show(&Verified { verified: true, file: self.file, report })
    }

    /// What a file is taken for: what it begins as. A file that is neither is damaged, and is refused as what the
    /// options are for.
    fn is_status_proof(&self, file: &[u8]) -> Result<bool, Failure> {
        let of_receipts =
            [&self.original, &self.openings, &self.bundles].iter().any(|files| !files.is_empty());
        if StatusProofFile::is_begun_by(file) {
            return if of_receipts { Err(Failure::usage(FOR_RECEIPTS)) } else { Ok(true) };
        }
        match &self.at {
            Some(_) if ReceiptFile::decode(&Bytes::copy_from_slice(file)).is_ok() => {
                Err(Failure::usage(FOR_STATUS_PROOFS))
            }
            asked => Ok(asked.is_some()),
        }
    }

    /// The bytes to verify: those of the file, unless bundles come from elsewhere.
    fn with_bundles(&self, file: Vec<u8>) -> Result<Vec<u8>, Failure> {
        if self.bundles.is_empty() {
            return Ok(file);
        }
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
        Ok(joined.map_err(|error| no_receipt(&self.file, error.reason(), Said::english(error)))?.encode())
    }
}

/// Reads a receipt file.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = files::read(path, RECEIPT_FILE_BYTES_MAX)?;
    if bytes.is_empty() { Err(no_receipt(path, ReasonCode::Malformed, FILE_EMPTY.into())) } else { Ok(bytes) }
}

fn decode(path: &Path, bytes: Vec<u8>) -> Result<ReceiptFile, Failure> {
    let decoded = ReceiptFile::decode(&Bytes::from(bytes));
    decoded.map_err(|error| no_receipt(path, error.reason(), Said::english(error)))
}

/// A file that proves nothing, for it is no receipt.
fn no_receipt(path: &Path, reason: ReasonCode, why: Said) -> Failure {
    Failure { place: path.display().to_string(), exit: exit::REFUSED, ..Failure::new(reason, why) }
}

fn read_original(path: &Path) -> Result<Original, Failure> {
    let digests = documents::all(&documents::digest(path)?);
    Ok(Original { name: path.display().to_string(), digests })
}

fn read_openings(path: &Path) -> Result<OpeningsFile, Failure> {
    let bytes = files::read(path, KeptOpenings::BYTES_MAX)?;
    Ok(OpeningsFile { name: path.display().to_string(), bytes })
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
        let bytes = files::read(path, ANCHOR_BYTES_MAX)?;
        let known = if bytes.starts_with(CHECKPOINT_BEGINS) {
            note.replace((path, bytes)).is_some()
        } else {
            genesis.replace(genesis_of(path, &bytes)?).is_some()
        };
        if known {
            return Err(Failure::usage("--anchor: one genesis and one checkpoint at most"));
        }
    }
    let checkpoint =
        note.map(|(path, note)| checkpoint_of(path, &note, genesis.as_ref(), note_keys)).transpose()?;
    match (checkpoint, genesis) {
        (None, Some(_)) if !note_keys.is_empty() => {
            Err(Failure::usage("--note-key: there is no checkpoint to check"))
        }
        (Some(checkpoint), genesis) => Ok(Anchor::Checkpoint { checkpoint, genesis }),
        (None, Some(genesis)) => Ok(Anchor::Genesis(genesis)),
        (None, None) => Err(Failure::usage("--anchor: name the genesis or a checkpoint")),
    }
}

/// Reads a checkpoint, its signature too where it is known who must have signed.
fn checkpoint_of(
    path: &Path,
    note: &[u8],
    genesis: Option<&TrustedGenesis>,
    note_keys: &[String],
) -> Result<TrustedCheckpoint, Failure> {
    let keys: Vec<&str> = note_keys.iter().map(String::as_str).collect();
    let checkpoint = match genesis {
        _ if !keys.is_empty() => TrustedCheckpoint::from_note(note, &keys),
        Some(genesis) => TrustedCheckpoint::from_note_of_founders(note, genesis),
        None => TrustedCheckpoint::from_text(note),
    };
    checkpoint.map_err(|refused| match refused.reason {
        // Which keys were asked for is no matter of the file.
        ReasonCode::AnchorInvalid if !keys.is_empty() => {
            Failure::usage(Said::english(refused.detail).of_thing("--note-key"))
        }
        ReasonCode::AnchorInvalid => no_anchor(path, Said::english(refused.detail)),
        _ => Failure { place: path.display().to_string(), ..refused.into() },
    })
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

/// A status proof that holds.
#[derive(Serialize)]
struct StatusVerified {
    verified: bool,
    file: PathBuf,
    report: StatusReport,
}

impl Show for StatusVerified {
    fn text(&self, lang: Lang) -> String {
        status_text::report(&self.report, lang)
    }
}

impl Show for Verified {
    fn text(&self, lang: Lang) -> String {
        text::report(&self.report, lang)
    }
}
