//! `bulla evidence show`.

use bulla_client::{EntryRef, EvidenceHit, VerifiedReceipt};
use bulla_types::{Identifier, Lang, LedgerId, ReasonCode};
use bulla_verify::report::{Content, SignerReport};
use serde::Serialize;

use super::Digest;
use crate::complaints::NOT_THE_ENTRY_PROVED;
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::messages::{
    CAPTURED_AT, DEPOSITOR, DESCRIPTION, DIGESTS, EVIDENCE_NUMBER, LINKS, MEDIA_TYPE, OBTAINED, SIZE_BYTES,
    STATEMENT, TITLE,
};
use crate::output::{Show, facts};
use crate::recorded::Recorded;
use crate::words::Word;
use crate::written::quoted;
use crate::{parse, when};

/// Show a deposit with its proof | 显示一项存证及其证明
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Evidence number or identifier, 1024 or E-4K7QPX-1024-53 | 存证号或存证标识，如 1024 或 E-4K7QPX-1024-53
    #[arg(value_name = "NUMBER")]
    number: String,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let evidence = context.run(async {
            let client = context.client().await?;
            let number = parse::evidence(&self.number, client.ledger_id())?;
            // The receipt proves the deposit; the openings of its attached texts come beside it.
            let hit = client.find_number(number).await?;
            let receipt = client.receipt(EntryRef::Evidence(number), None).await?;
            if *receipt.entry() != hit.entry {
                return Err(Failure {
                    place: "entry".to_owned(),
                    exit: exit::REFUSED,
                    ..Failure::new(ReasonCode::LeafMismatch, NOT_THE_ENTRY_PROVED)
                });
            }
            Ok(Evidence::new(client.ledger_id(), &hit, &receipt))
        })?;
        context.show(&evidence)
    }
}

/// A deposit. Everything but the attached texts is proved to stand in the log; they fit their commitments.
#[derive(Serialize)]
struct Evidence {
    evidence_number: String,
    #[serde(flatten)]
    recorded: Recorded,
    depositors: Vec<Depositor>,
    digests: Vec<Digest>,
    media_type: String,
    size_bytes: u64,
    mode: &'static str,
    captured_at: Option<String>,
    links: Vec<Link>,
    title: Option<String>,
    description: Option<String>,
    statement: Option<String>,
    #[serde(skip)]
    obtained: bulla_types::CaptureMode,
}

#[derive(Serialize)]
struct Depositor {
    member: String,
    name: Option<String>,
    credit_code: Option<String>,
    key_id: String,
}

#[derive(Serialize)]
struct Link {
    relation: &'static str,
    evidence_number: String,
}

impl Evidence {
    fn new(ledger: LedgerId, hit: &EvidenceHit, receipt: &VerifiedReceipt) -> Self {
        let deposit = &hit.deposit;
        let opened = |path: &str| {
            let opening = hit.openings.iter().find(|o| o.action == hit.action && o.path.as_str() == path)?;
            Some(String::from_utf8_lossy(&opening.value).into_owned())
        };
        Self {
            evidence_number: Identifier::evidence(&ledger, hit.number).to_string(),
            recorded: Recorded::of(receipt),
            depositors: signers(receipt).iter().map(Depositor::new).collect(),
            digests: Digest::list(&deposit.digests),
            media_type: deposit.media_type.to_string(),
            size_bytes: deposit.size_bytes,
            mode: deposit.provenance.mode.code(),
            captured_at: deposit.provenance.captured_at.map(when::show),
            links: deposit
                .links
                .iter()
                .map(|link| Link {
                    relation: link.relation.code(),
                    evidence_number: Identifier::evidence(&ledger, link.evidence_number).to_string(),
                })
                .collect(),
            title: opened("title"),
            description: opened("description"),
            statement: opened("provenance.statement"),
            obtained: deposit.provenance.mode,
        }
    }
}

fn signers(receipt: &VerifiedReceipt) -> &[SignerReport] {
    match receipt.report().receipts.first().map(|receipt| &receipt.content) {
        Some(Content::Transaction(transaction)) => &transaction.signers,
        _ => &[],
    }
}

impl Depositor {
    fn new(signer: &SignerReport) -> Self {
        let enrolment = &signer.enrolment;
        Self {
            member: signer.member.to_string(),
            name: enrolment.name.as_ref().map(ToString::to_string),
            credit_code: enrolment.credit_code.map(|code| code.to_string()),
            key_id: signer.key_id.to_string(),
        }
    }

    fn line(&self) -> String {
        let known = [Some(&self.member), self.name.as_ref(), self.credit_code.as_ref()];
        known.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
    }
}

impl Show for Evidence {
    fn text(&self, lang: Lang) -> String {
        let lines = |lines: Vec<String>| lines.join("\n");
        let depositors = lines(self.depositors.iter().map(Depositor::line).collect());
        let links = self.links.iter().map(|link| {
            format!(
                "{} {}",
                crate::words::of_code::<bulla_types::LinkRelation>(link.relation, lang),
                link.evidence_number
            )
        });
        let text = |text: &Option<String>| text.as_deref().map(quoted).unwrap_or_default();
        let head = [(EVIDENCE_NUMBER.of(lang), self.evidence_number.clone())];
        let rest = [
            (DEPOSITOR.of(lang), depositors),
            (DIGESTS.of(lang), Digest::lines(&self.digests)),
            (MEDIA_TYPE.of(lang), self.media_type.clone()),
            (SIZE_BYTES.of(lang), self.size_bytes.to_string()),
            (OBTAINED.of(lang), self.obtained.of(lang).to_owned()),
            (CAPTURED_AT.of(lang), text(&self.captured_at)),
            (LINKS.of(lang), lines(links.collect())),
            (TITLE.of(lang), text(&self.title)),
            (DESCRIPTION.of(lang), text(&self.description)),
            (STATEMENT.of(lang), text(&self.statement)),
        ];
        facts(head.into_iter().chain(self.recorded.facts(lang)).chain(rest))
    }
}
