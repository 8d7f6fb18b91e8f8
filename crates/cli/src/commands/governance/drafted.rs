//! A draft, as a person reads it before signing.

use std::path::Path;

use bulla_types::{BlockTime, Lang, TransactionDraft};
use serde::Serialize;

use super::described;
use crate::messages::{
    DRAFT_ACTS, DRAFT_NOT_AFTER, DRAFT_OF_TIME, DRAFT_SIGNED, DRAFT_SIGNERS, DRAFT_UNSIGNED, FILE, LEDGER,
    TRANSACTION,
};
use crate::output::{Show, facts};
use crate::text::Said;
use crate::when;

/// What is to be signed, and who has.
#[derive(Serialize)]
pub(super) struct Drafted {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    ledger_id: String,
    transaction_id: String,
    /// The time within its request id.
    at: String,
    not_after: String,
    /// What it does, in words.
    acts: Vec<Said>,
    signers: Vec<Signer>,
    complete: bool,
}

#[derive(Serialize)]
struct Signer {
    member: u64,
    key_id: String,
    signed: bool,
}

impl Drafted {
    pub(super) fn new(draft: &TransactionDraft, file: Option<&Path>) -> Self {
        let body = draft.body();
        let signer = |signer: &bulla_types::SignerRef| Signer {
            member: signer.member.0,
            key_id: signer.key_id.to_string(),
            signed: draft.is_signed_by(&signer.key_id),
        };
        Self {
            file: file.map(|file| file.display().to_string()),
            ledger_id: body.ledger_id.to_string(),
            transaction_id: draft.id().to_string(),
            at: when::show(BlockTime(body.request_id.time_ms())),
            not_after: when::show(body.not_after),
            acts: described::all(draft),
            signers: body.signers.iter().map(signer).collect(),
            complete: draft.missing().is_empty(),
        }
    }
}

impl Show for Drafted {
    fn text(&self, lang: Lang) -> String {
        let acts: Vec<_> = self.acts.iter().map(|act| act.of(lang)).collect();
        let signer = |signer: &Signer| {
            let signed = if signer.signed { DRAFT_SIGNED } else { DRAFT_UNSIGNED };
            format!("{} {} {}", signer.member, signer.key_id, signed.of(lang))
        };
        let signers: Vec<_> = self.signers.iter().map(signer).collect();
        facts([
            (FILE.of(lang), self.file.clone().unwrap_or_default()),
            (DRAFT_ACTS.of(lang), acts.join("\n")),
            (LEDGER.of(lang), self.ledger_id.clone()),
            (TRANSACTION.of(lang), self.transaction_id.clone()),
            (DRAFT_OF_TIME.of(lang), self.at.clone()),
            (DRAFT_NOT_AFTER.of(lang), self.not_after.clone()),
            (DRAFT_SIGNERS.of(lang), signers.join("\n")),
        ])
    }
}
