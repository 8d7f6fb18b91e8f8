//! `bulla certificate`: certificates and vouchers (证书、凭证).

use bulla_client::CaseReport;
use bulla_types::{
    BlockTime, CertificateNumber, CertificateRecord, CertificateStatus, Lang, RecordKey, StateKey, Subject,
    SubjectKind,
};
use clap::Subcommand;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::history::{self, Step};
use crate::lookup::{Lookup, Person};
use crate::messages::{
    CERTIFICATE, CERTIFIES, HOLDERS, ISSUED, KIND_OF, NO, OF_CASE, PROFILE, STATUS, VALID_NOW, VALID_UNTIL,
    WITHOUT_TERM, YES,
};
use crate::output::{Show, facts, table};
use crate::records::{self, FieldView, Listed, Listing, OfLedger, ProfileView};
use crate::titled::{Titled, joined};
use crate::words::{Word, of_code};
use crate::{parse, when};

/// Certificates and vouchers | 证书与凭证
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List certificates, as the node says | 列出证书（以节点所述为准）
    List(Listing),
    /// Show a certificate with its history, proved | 显示证书及其历史（经证明）
    Show {
        /// Certificate number or identifier | 证书编号或标识
        #[arg(value_name = "CERTIFICATE")]
        certificate: String,
    },
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::List(listing) => listing.show::<Certificate>(context),
            Command::Show { certificate } => show(context, &certificate),
        }
    }
}

fn show(context: &Context, named: &str) -> Result<u8, Failure> {
    let shown = context.run(async {
        let client = context.client().await?;
        let number = CertificateNumber(parse::numbered(named, client.ledger_id(), SubjectKind::Certificate)?);
        let proved = client.record(&StateKey::Certificate(number)).await?;
        let record = proved.read::<CertificateRecord>()?.ok_or_else(|| records::unknown(named))?;
        let cases = records::cases_behind(&client, record.case).await;
        let mut lookup = Lookup::new(&client);
        let certificate = Certificate::read(&record, &mut lookup, &cases.iter().collect::<Vec<_>>()).await?;
        let key = RecordKey::Certificate(number);
        let history = history::read::<CertificateStatus>(&client, key, record.history_count).await?;
        // The ledger's time: the block that the record is proved in.
        let at = BlockTime(proved.header.header().time.0);
        let valid = record.is_valid(at);
        Ok(OfLedger::new(&client, Shown { certificate, valid, at: when::show(at), history }))
    })?;
    context.show(&shown)
}

/// A certificate.
#[derive(Serialize)]
struct Certificate {
    certificate: String,
    number: u64,
    kind: Titled,
    status: &'static str,
    /// What it certifies.
    subject: String,
    holders: Vec<Person>,
    issued: String,
    /// The first instant at which it is no longer valid; `None`: it does not expire.
    valid_until: Option<String>,
    case: String,
    profile: ProfileView,
    fields: Vec<FieldView>,
}

impl Certificate {
    async fn read(
        record: &CertificateRecord,
        lookup: &mut Lookup<'_>,
        cases: &[&CaseReport],
    ) -> Result<Self, Failure> {
        let profile = lookup.profile(record.profile).await?;
        lookup.meet(record.holders.iter().copied()).await?;
        let people = lookup.people();
        Ok(Self {
            certificate: people.identifier(Subject::Certificate(record.number)),
            number: record.number.0,
            kind: Titled::certificate(&profile, record.kind.as_str()),
            status: record.status.code(),
            subject: people.identifier(record.subject),
            holders: people.persons(record.holders.iter().copied()),
            issued: when::show(record.issued),
            valid_until: record.valid_until.map(when::show),
            case: people.identifier(Subject::Case(record.case)),
            profile: ProfileView::new(&profile, record.profile),
            fields: records::fields(&record.contents, &profile, people, cases),
        })
    }

    fn holders(&self, lang: Lang) -> String {
        joined(self.holders.iter().map(Person::line), lang)
    }

    fn valid_until(&self, lang: Lang) -> String {
        self.valid_until.clone().unwrap_or_else(|| WITHOUT_TERM.of(lang).to_owned())
    }
}

impl Listed for Certificate {
    type Record = CertificateRecord;

    async fn of(record: &CertificateRecord, lookup: &mut Lookup<'_>) -> Result<Self, Failure> {
        Self::read(record, lookup, &[]).await
    }

    fn table(listed: &[Self], lang: Lang) -> String {
        let heading = [CERTIFICATE, KIND_OF, HOLDERS, CERTIFIES, ISSUED, VALID_UNTIL, STATUS];
        let row = |certificate: &Certificate| {
            [
                certificate.certificate.clone(),
                certificate.kind.in_lang(lang).to_owned(),
                certificate.holders(lang),
                certificate.subject.clone(),
                certificate.issued.clone(),
                certificate.valid_until(lang),
                of_code::<CertificateStatus>(certificate.status, lang),
            ]
        };
        table(heading.map(|text| text.of(lang)), listed.iter().map(row))
    }
}

/// A certificate with its past.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    certificate: Certificate,
    /// Whether it was valid at `at`, the time of the newest block.
    valid: bool,
    at: String,
    history: Vec<Step>,
}

impl Show for Shown {
    fn text(&self, lang: Lang) -> String {
        let certificate = &self.certificate;
        let valid = format!("{} ({})", if self.valid { YES } else { NO }.of(lang), self.at);
        let head = [
            (CERTIFICATE.of(lang), certificate.certificate.clone()),
            (KIND_OF.of(lang), certificate.kind.with_article(lang)),
            (STATUS.of(lang), of_code::<CertificateStatus>(certificate.status, lang)),
            (VALID_NOW.of(lang), valid),
            (CERTIFIES.of(lang), certificate.subject.clone()),
            (HOLDERS.of(lang), certificate.holders(lang)),
            (ISSUED.of(lang), certificate.issued.clone()),
            (VALID_UNTIL.of(lang), certificate.valid_until(lang)),
            (OF_CASE.of(lang), certificate.case.clone()),
            (PROFILE.of(lang), certificate.profile.line(lang)),
        ];
        let fields = certificate.fields.iter().map(|field| field.row(lang));
        let known = facts(head.into_iter().chain(fields));
        format!("{known}\n\n{}", history::table::<CertificateStatus>(&self.history, lang))
    }
}
