//! `bulla governance submit`.

use std::path::PathBuf;

use bulla_types::{ReasonCode, TransactionDraft};
use clap::Args;

use super::sign::{read, require_for};
use crate::act;
use crate::complaints::{DRAFT_EXPIRED, DRAFT_NONE, DRAFT_OTHER, DRAFT_UNSIGNED_BY};
use crate::context::Context;
use crate::failure::Failure;
use crate::waiting::WaitArguments;
use crate::when;

/// Submit a draft that all have signed, or join copies that were signed apart | 提交各方均已签名的文件，或合并分别签名的各份文件后提交
#[derive(Args)]
pub(super) struct Arguments {
    /// The draft, or copies of it with signatures of their own | 决定文件，或分别签名的各份
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    wait: WaitArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let draft = self.read()?;
        let missing = draft.missing();
        if !missing.is_empty() {
            let missing: Vec<_> =
                missing.iter().map(|signer| format!("{} ({})", signer.member, signer.key_id)).collect();
            return Err(Failure::new(
                ReasonCode::SignerMissing,
                DRAFT_UNSIGNED_BY.with(&[&missing.join(", ")]),
            ));
        }
        let submission = draft
            .complete()
            .map_err(|error| Failure::new(error.reason(), crate::text::Said::english(error)))?;
        let done = context.run(async {
            let client = context.client().await?;
            let body = draft.body();
            require_for(&draft, client.ledger_id())?;
            if client.transaction().request_id().time_ms() > body.not_after.0 {
                let said = DRAFT_EXPIRED.with(&[&when::show(body.not_after)]);
                return Err(Failure::new(ReasonCode::Expired, said));
            }
            act::recorded(context, &client, &submission, &self.wait).await
        })?;
        context.show(&done)
    }

    /// The draft with the signatures of all its copies.
    fn read(&self) -> Result<TransactionDraft, Failure> {
        let Some((first, copies)) = self.files.split_first() else {
            return Err(Failure::usage(DRAFT_NONE));
        };
        let mut draft = read(first)?;
        for file in copies {
            let id = draft.id();
            draft.join(read(file)?).map_err(|other| {
                let said = DRAFT_OTHER.with(&[&other, &id]).of_thing(file.display());
                Failure::new(ReasonCode::Malformed, said)
            })?;
        }
        Ok(draft)
    }
}
