//! `bulla receipt`: the file that proves an entry offline (回执).

use std::path::{Path, PathBuf};

use bulla_client::VerifiedReceipt;
use bulla_merkle::checkpoint::NOTE_BYTES_MAX;
use bulla_types::{Lang, ReasonCode, ReceiptFile};
use bulla_verify::TrustedCheckpoint;
use serde::Serialize;

use crate::complaints::NOT_A_CHECKPOINT;
use crate::context::Context;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::messages::{FILE, SIZE_BYTES};
use crate::output::{Show, facts};
use crate::recorded::Recorded;
use crate::text::Said;
use crate::{files, parse};

/// Fetch and verify the receipt of an entry | 获取并核验一个条目的回执
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Log index, transaction id or evidence identifier | 日志索引、交易编号或存证标识
    #[arg(value_name = "INDEX_OR_TXID")]
    entry: String,
    #[command(flatten)]
    destination: Destination,
    /// Carry the trust bundle (default); --bundle=false leaves it out | 附带信任包（默认）；--bundle=false 则不附带
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true")]
    #[arg(action = clap::ArgAction::Set, value_name = "BOOL")]
    bundle: bool,
    /// Also prove the entry in the log of this later checkpoint | 同时证明条目包含于此后续检查点的日志
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        self.destination.check()?;
        let later = self.checkpoint.as_deref().map(log_size).transpose()?;
        let receipt = context.run(async {
            let client = context.client().await?;
            let entry = parse::entry(&self.entry, client.ledger_id())?;
            Ok(client.receipt(entry, later).await?)
        })?;
        let bytes = encode(&receipt, self.bundle)?;
        context.show(&Written {
            file: self.destination.write(&bytes)?,
            size_bytes: bytes.len(),
            bundle: self.bundle,
            recorded: Recorded::of(&receipt),
        })
    }
}

fn encode(receipt: &VerifiedReceipt, bundle: bool) -> Result<Vec<u8>, Failure> {
    if bundle {
        return Ok(receipt.file().encode());
    }
    let bare = ReceiptFile::new(receipt.file().receipts().to_vec(), Vec::new());
    bare.map(|file| file.encode()).map_err(|error| Failure::internal(&error))
}

/// The size of the log at a checkpoint. Whoever verifies the receipt against it judges its signature.
fn log_size(path: &Path) -> Result<u64, Failure> {
    let text = files::read(path, NOTE_BYTES_MAX)?;
    let checkpoint = TrustedCheckpoint::from_text(&text).map_err(|refused| {
        let why = NOT_A_CHECKPOINT.with(&[&Said::english(refused.detail)]);
        Failure::new(ReasonCode::CheckpointInvalid, why.of_thing(path.display()))
    })?;
    Ok(checkpoint.head().size)
}

/// A receipt that was verified and written.
#[derive(Serialize)]
struct Written {
    file: PathBuf,
    size_bytes: usize,
    bundle: bool,
    #[serde(flatten)]
    recorded: Recorded,
}

impl Show for Written {
    fn text(&self, lang: Lang) -> String {
        let head = [
            (FILE.of(lang), self.file.display().to_string()),
            (SIZE_BYTES.of(lang), self.size_bytes.to_string()),
        ];
        facts(head.into_iter().chain(self.recorded.facts(lang)))
    }
}
