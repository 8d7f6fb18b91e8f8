//! `bulla account`: accounts in which registers book what is held (账簿、账户).

use bulla_client::CaseReport;
use bulla_types::{
    AccountNumber, AccountRecord, Lang, RecordKey, RegisterStatus, StateKey, Subject, SubjectKind,
};
use clap::Subcommand;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::history::{self, Step};
use crate::lookup::{Lookup, Person};
use crate::messages::{ACCOUNT, CASE, FLAGS, HOLDER, KIND_OF, OF_CASE, PROFILE, STATUS, WITHIN};
use crate::output::{Show, facts, table};
use crate::parse;
use crate::records::{self, CertificateView, FieldView, FlagView, Listed, Listing, OfLedger, ProfileView};
use crate::titled::Titled;
use crate::words::{Word, of_code};

/// Accounts | 账户
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List accounts, as the node says | 列出账户（以节点所述为准）
    List(Listing),
    /// Show an account with its history, proved | 显示账户及其历史（经证明）
    Show {
        /// Account number or identifier | 账户编号或标识
        #[arg(value_name = "ACCOUNT")]
        account: String,
    },
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::List(listing) => listing.show::<Account>(context),
            Command::Show { account } => show(context, &account),
        }
    }
}

fn show(context: &Context, named: &str) -> Result<u8, Failure> {
    let shown = context.run(async {
        let client = context.client().await?;
        let number = AccountNumber(parse::numbered(named, client.ledger_id(), SubjectKind::Account)?);
        let record = client.record(&StateKey::Account(number)).await?.read::<AccountRecord>()?;
        let record = record.ok_or_else(|| records::unknown(named))?;
        let cases = records::cases_behind(&client, record.case).await;
        let mut lookup = Lookup::new(&client);
        let account = Account::read(&record, &mut lookup, &cases.iter().collect::<Vec<_>>()).await?;
        let key = RecordKey::Account(number);
        let history = history::read::<RegisterStatus>(&client, key, record.history_count).await?;
        Ok(OfLedger::new(&client, Shown { account, history }))
    })?;
    context.show(&shown)
}

/// An account.
#[derive(Serialize)]
struct Account {
    account: String,
    number: u64,
    kind: Titled,
    status: &'static str,
    holder: Person,
    within: Option<String>,
    case: String,
    profile: ProfileView,
    fields: Vec<FieldView>,
    flags: Vec<FlagView>,
    certificates: Vec<CertificateView>,
}

impl Account {
    async fn read(
        record: &AccountRecord,
        lookup: &mut Lookup<'_>,
        cases: &[&CaseReport],
    ) -> Result<Self, Failure> {
        let profile = lookup.profile(record.profile).await?;
        lookup.meet([record.holder]).await?;
        let people = lookup.people();
        Ok(Self {
            account: people.identifier(Subject::Account(record.number)),
            number: record.number.0,
            kind: Titled::account(&profile, record.kind.as_str()),
            status: record.status.code(),
            holder: people.person(record.holder),
            within: record.within.map(|within| people.identifier(Subject::Account(within))),
            case: people.identifier(Subject::Case(record.case)),
            profile: ProfileView::new(&profile, record.profile),
            fields: records::fields(&record.contents, &profile, people, cases),
            flags: records::flags(&record.flags, &profile, people),
            certificates: records::certificates(&record.certificates, &profile, people),
        })
    }
}

impl Listed for Account {
    type Record = AccountRecord;

    async fn of(record: &AccountRecord, lookup: &mut Lookup<'_>) -> Result<Self, Failure> {
        Self::read(record, lookup, &[]).await
    }

    fn table(listed: &[Self], lang: Lang) -> String {
        let heading = [ACCOUNT, KIND_OF, HOLDER, STATUS, CASE].map(|text| text.of(lang));
        let row = |account: &Account| {
            [
                account.account.clone(),
                account.kind.in_lang(lang).to_owned(),
                account.holder.line(),
                of_code::<RegisterStatus>(account.status, lang),
                account.case.clone(),
            ]
        };
        table(heading, listed.iter().map(row))
    }
}

/// An account with its past.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    account: Account,
    history: Vec<Step>,
}

impl Show for Shown {
    fn text(&self, lang: Lang) -> String {
        let account = &self.account;
        let flags: Vec<_> = account.flags.iter().map(|flag| flag.line(lang)).collect();
        let head = [
            (ACCOUNT.of(lang), account.account.clone()),
            (KIND_OF.of(lang), account.kind.with_article(lang)),
            (STATUS.of(lang), of_code::<RegisterStatus>(account.status, lang)),
            (HOLDER.of(lang), account.holder.line()),
            (WITHIN.of(lang), account.within.clone().unwrap_or_default()),
            (OF_CASE.of(lang), account.case.clone()),
            (PROFILE.of(lang), account.profile.line(lang)),
            (FLAGS.of(lang), flags.join("\n")),
        ];
        let certificates = account.certificates.iter().map(|certificate| certificate.row(lang));
        let fields = account.fields.iter().map(|field| field.row(lang));
        let known = facts(head.into_iter().chain(certificates).chain(fields));
        format!("{known}\n\n{}", history::table::<RegisterStatus>(&self.history, lang))
    }
}
