//! `bulla status-proof`: the file that proves offline what a record is and was (状态证明).

use std::path::PathBuf;

use bulla_types::{Lang, LedgerId, RecordKey};
use bulla_verify::report::StatusReport;
use serde::Serialize;

use crate::asked::asked;
use crate::commands::verify::status_text;
use crate::complaints::NEVER_CHANGES;
use crate::context::Context;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::messages::{FILE, SIZE_BYTES};
use crate::output::{Show, facts};
use crate::parse;

/// Fetch and verify the proof of what a record is and was | 获取并核验一项记录的状态证明
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Identifier of a member (M), account (A), object (O), registration (R), certificate (Z), case (C) or proposal (P); or a key, by its id or key file | 成员（M）、账户（A）、登记对象（O）、登记（R）、证书（Z）、案件（C）或提案（P）的标识；或密钥的编号、密钥文件
    #[arg(value_name = "RECORD")]
    record: String,
    #[command(flatten)]
    destination: Destination,
    /// Also say what held at this time, or on this day: all of it, in UTC+8 | 同时说明该时间或该日（UTC+8 全天）的状态
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        self.destination.check()?;
        let asked = self.at.as_deref().map(asked).transpose()?;
        let proof = context.run(async {
            let client = context.client().await?;
            let record = record(&self.record, client.ledger_id())?;
            Ok(client.status_proof(record, asked).await?)
        })?;
        let bytes = proof.file().encode();
        context.show(&Written {
            file: self.destination.write(&bytes)?,
            size_bytes: bytes.len(),
            report: proof.report().clone(),
        })
    }
}

/// What an identifier names, or a key.
fn record(text: &str, ledger: LedgerId) -> Result<RecordKey, Failure> {
    let is_identifier = text.contains('-') || text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_identifier || text.len() == 64 || std::path::Path::new(text).is_file() {
        return parse::key(text).map(RecordKey::Key);
    }
    let subject = parse::anything(text, ledger)?;
    RecordKey::of(subject).ok_or_else(|| Failure::usage(NEVER_CHANGES.with(&[&text])))
}

/// A status proof that was verified and written.
#[derive(Serialize)]
struct Written {
    file: PathBuf,
    size_bytes: usize,
    report: StatusReport,
}

impl Show for Written {
    fn text(&self, lang: Lang) -> String {
        let head = [
            (FILE.of(lang), self.file.display().to_string()),
            (SIZE_BYTES.of(lang), self.size_bytes.to_string()),
        ];
        format!("{}\n\n{}", facts(head), status_text::report(&self.report, lang))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::{CertificateNumber, Identifier, KeyId, ReasonCode, Subject};

    use super::*;

    #[test]
    fn records_are_named_by_identifier_and_keys_by_their_id() {
        let ledger = LedgerId::from_bytes([7; 32]);
        let subject = Subject::Certificate(CertificateNumber(12));
        let name = Identifier { ledger: (&ledger).into(), subject }.to_string();
        assert_eq!(record(&name, ledger).unwrap(), RecordKey::Certificate(CertificateNumber(12)));
        let id = KeyId::from_bytes([0x11; 32]);
        assert_eq!(record(&id.to_string(), ledger).unwrap(), RecordKey::Key(id));
        let deposit = Identifier::evidence(&ledger, bulla_types::EvidenceNumber(3)).to_string();
        for text in [deposit.as_str(), "12", "Z-12"] {
            assert!(record(text, ledger).is_err(), "{text}");
        }
        assert_eq!(record("nothing", ledger).unwrap_err().reason, ReasonCode::FileUnreadable);
    }
}
