//! `bulla checkpoint`: a node's signed head of the log, to keep as a trust anchor.

use std::path::PathBuf;

use bulla_types::Lang;
use bulla_verify::TrustedCheckpoint;
use serde::Serialize;

use crate::context::Context;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::messages::{FILE, LEDGER, LOG_ROOT, LOG_SIZE, SIGNED_BY};
use crate::output::{Show, facts};

/// Fetch a signed checkpoint of the log | 获取日志的签名检查点
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    destination: Destination,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        self.destination.check()?;
        let (note, checkpoint) = context.run(async {
            let client = context.client().await?;
            let note = client.checkpoint().await?;
            let checkpoint = TrustedCheckpoint::from_note_of_founders(note.as_bytes(), client.genesis())?;
            Ok((note, checkpoint))
        })?;
        context.show(&Checkpoint {
            file: self.destination.write(note)?,
            ledger_id: checkpoint.ledger_id().to_string(),
            log_size: checkpoint.head().size,
            log_root: checkpoint.head().root.to_string(),
            signed_by: checkpoint.signers().iter().map(ToString::to_string).collect(),
        })
    }
}

/// A checkpoint whose signature was verified.
#[derive(Serialize)]
struct Checkpoint {
    file: PathBuf,
    ledger_id: String,
    log_size: u64,
    log_root: String,
    /// Note keys of nodes of the ledger.
    signed_by: Vec<String>,
}

impl Show for Checkpoint {
    fn text(&self, lang: Lang) -> String {
        facts([
            (FILE.of(lang), self.file.display().to_string()),
            (LEDGER.of(lang), self.ledger_id.clone()),
            (LOG_SIZE.of(lang), self.log_size.to_string()),
            (LOG_ROOT.of(lang), self.log_root.clone()),
            (SIGNED_BY.of(lang), self.signed_by.join("\n")),
        ])
    }
}
