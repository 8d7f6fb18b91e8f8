//! `bulla governance show` and `bulla governance sign`: drafts, where there is no ledger at hand.

use std::path::{Path, PathBuf};

use bulla_types::limits::DRAFT_BYTES_MAX;
use bulla_types::{DraftError, LedgerId, ReasonCode, TransactionDraft};
use clap::Args;

use super::drafted::Drafted;
use crate::complaints::DRAFT_OTHER_LEDGER;
use crate::context::Context;
use crate::failure::Failure;
use crate::text::Said;
use crate::{files, key_files};

/// Show what a draft asks, and who has signed it; needs no network | 显示文件所载的决定和已签名的各方，无需联网
#[derive(Args)]
pub(super) struct ShowArguments {
    /// The draft | 决定文件
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl ShowArguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        context.show(&Drafted::new(&read(&self.file)?, Some(&self.file)))
    }
}

/// Sign a draft, and show what was signed; needs no network | 签署文件并显示所签内容，无需联网
#[derive(Args)]
pub(super) struct SignArguments {
    /// The draft | 决定文件
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The ADMINISTER key that signs | 用于签名的管理密钥
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Write the signed draft there, and leave the other as it is | 将签名后的文件写到此处，原文件不变
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl SignArguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let mut draft = read(&self.file)?;
        draft.sign(&key_files::read(&self.key)?).map_err(refused)?;
        let file = self.output.as_ref().unwrap_or(&self.file);
        files::write(file, draft.encode())?;
        context.show(&Drafted::new(&draft, Some(file)))
    }
}

fn refused(error: DraftError) -> Failure {
    let reason = match error {
        DraftError::NotNamed(_) => ReasonCode::SignerUnknown,
        DraftError::SignedAlready(_) => ReasonCode::SignedAlready,
    };
    Failure::new(reason, Said::english(error))
}

/// Refuses a draft that is for another ledger than this.
pub(super) fn require_for(draft: &TransactionDraft, ledger: LedgerId) -> Result<(), Failure> {
    let found = draft.body().ledger_id;
    if found == ledger {
        return Ok(());
    }
    Err(Failure::new(ReasonCode::WrongLedger, DRAFT_OTHER_LEDGER.with(&[&found, &ledger])))
}

/// Reads a draft. One that was altered since it was signed is refused.
pub(super) fn read(path: &Path) -> Result<TransactionDraft, Failure> {
    let bytes = files::read(path, DRAFT_BYTES_MAX)?;
    TransactionDraft::decode(&bytes)
        .map_err(|error| Failure::new(error.reason(), Said::english(error).of_thing(path.display())))
}
