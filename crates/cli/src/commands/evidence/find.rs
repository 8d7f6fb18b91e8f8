//! `bulla evidence find`.

use std::path::Path;

use bulla_client::{Client, EvidenceHit};
use bulla_crypto::Hash;
use bulla_types::{Identifier, Lang, ReasonCode};
use serde::Serialize;

use super::Digest;
use crate::complaints::NOT_A_DOCUMENT;
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::messages::{ENTRY_INDEX, EVIDENCE_NUMBER, HEIGHT, NOT_DEPOSITED, SIZE_BYTES, TIME};
use crate::numbers::within;
use crate::output::{Show, table};
use crate::{documents, when};

/// Find the deposits of a document; exit code 1 when the node knows none | 查找文件的存证；节点未找到时退出码为 1
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A file, or a digest in hexadecimal | 文件，或十六进制摘要
    #[arg(value_name = "FILE|DIGEST", value_hint = clap::ValueHint::AnyPath)]
    document: String,
    /// At most this many, oldest first; 0 for the node's limit | 最多条数，由早到晚；0 表示按节点上限
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = within::<u32>(0, u32::MAX.into()))]
    limit: u32,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let path = Path::new(&self.document);
        let digest = match self.document.parse::<Hash>() {
            Ok(digest) if !path.exists() => digest,
            Err(_) if !path.exists() => {
                let detail = NOT_A_DOCUMENT.with(&[&self.document]);
                return Err(Failure::new(ReasonCode::FileUnreadable, detail));
            }
            _ => documents::digest(path)?.sha256,
        };
        let (ledger_id, hits) = context.run(async {
            let client: Client = context.client().await?;
            Ok((client.ledger_id(), client.find(digest, self.limit).await?))
        })?;
        let found = hits.iter().map(|hit| Found::new(&Identifier::evidence(&ledger_id, hit.number), hit));
        context.show(&FoundList(found.collect()))
    }
}

/// Deposits of a document, as the node found them.
#[derive(Serialize)]
#[serde(transparent)]
struct FoundList(Vec<Found>);

#[derive(Serialize)]
struct Found {
    evidence_number: String,
    entry_index: u64,
    transaction_id: Option<String>,
    height: u64,
    time: String,
    media_type: String,
    size_bytes: u64,
    digests: Vec<Digest>,
}

impl Found {
    fn new(identifier: &Identifier, hit: &EvidenceHit) -> Self {
        let transaction_id = match &hit.entry.content {
            bulla_types::Content::Transaction(transaction) => Some(transaction.id().to_string()),
            bulla_types::Content::Event(_) => None,
        };
        Self {
            evidence_number: identifier.to_string(),
            entry_index: hit.index,
            transaction_id,
            height: hit.entry.height.0,
            time: when::show(hit.entry.time),
            media_type: hit.deposit.media_type.to_string(),
            size_bytes: hit.deposit.size_bytes,
            digests: Digest::list(&hit.deposit.digests),
        }
    }
}

impl Show for FoundList {
    fn text(&self, lang: Lang) -> String {
        if self.0.is_empty() {
            return NOT_DEPOSITED.of(lang).to_owned();
        }
        let heading = [EVIDENCE_NUMBER, ENTRY_INDEX, HEIGHT, TIME, SIZE_BYTES].map(|text| text.of(lang));
        let row = |found: &Found| {
            let Found { evidence_number, entry_index, height, time, size_bytes, .. } = found;
            [
                evidence_number.clone(),
                entry_index.to_string(),
                height.to_string(),
                time.clone(),
                size_bytes.to_string(),
            ]
        };
        table(heading, self.0.iter().map(row))
    }

    fn exit(&self) -> u8 {
        if self.0.is_empty() { exit::FAILED } else { exit::OK }
    }
}
