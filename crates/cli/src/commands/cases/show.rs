//! `bulla registration show`, `bulla trade show`.

use bulla_client::{CaseReport, Client};
use bulla_rules::profile::{Profile, ProfileKind};
use bulla_types::{CaseNumber, FieldContent, FieldValue, FieldValues, Lang, MemberNumber, Subject};
use serde::Serialize;

use super::kind;
use super::registered::Registered;
use super::view::CaseView;
use crate::context::Context;
use crate::failure::Failure;
use crate::lookup::{Lookup, People};
use crate::output::Show;
use crate::parse;
use crate::records;
use crate::records::OfLedger;

/// Show a case: state, fields, documents, deadlines, past, what may happen next; or a registration, proved | 查看案件：状态、登记事项、材料、期限、办理经过和接下来可以办理的步骤；或登记（经证明）
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Case number or identifier, 7 or C-4K7QPX-7-31; or the identifier of a registration, R-4K7QPX-2-40 | 案件编号或标识，如 7 或 C-4K7QPX-7-31；或登记的标识，如 R-4K7QPX-2-40
    #[arg(value_name = "CASE")]
    case: String,
}

impl Arguments {
    pub(super) fn run(self, context: &Context, wanted: ProfileKind) -> Result<u8, Failure> {
        context.show(&context.run(self.read(context, wanted))?)
    }

    async fn read(&self, context: &Context, wanted: ProfileKind) -> Result<OfLedger<Shown>, Failure> {
        let client = context.client().await?;
        if let Ok(Subject::Registration(number)) = parse::anything(&self.case, client.ledger_id()) {
            let registered = Registered::read(&client, number, wanted).await?;
            return Ok(OfLedger::new(&client, Shown::Registration(Box::new(registered))));
        }
        let number = parse::case(&self.case, client.ledger_id())?;
        let mut lookup = Lookup::new(&client);
        let report = client.case(number).await?;
        let profile = lookup.profile(report.record.profile).await?;
        kind::require(&profile, wanted)?;
        let before = records::cases_before(&client, &report).await;
        let case = view(&report, &before, &profile, &mut lookup).await?;
        Ok(OfLedger::new(&client, Shown::Case(Box::new(case))))
    }
}

/// What is shown.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown {
    Case(Box<CaseView>),
    Registration(Box<Registered>),
}

impl Show for Shown {
    fn text(&self, lang: Lang) -> String {
        match self {
            Self::Case(case) => case.text(lang),
            Self::Registration(registered) => registered.text(lang),
        }
    }
}

/// A case as a node tells it, with the names of everyone in it.
pub(super) async fn read(
    client: &Client,
    number: CaseNumber,
    lookup: &mut Lookup<'_>,
) -> Result<CaseView, Failure> {
    let report = client.case(number).await?;
    let profile = lookup.profile(report.record.profile).await?;
    view(&report, &[], &profile, lookup).await
}

pub(super) async fn view(
    report: &CaseReport,
    before: &[CaseReport],
    profile: &Profile,
    lookup: &mut Lookup<'_>,
) -> Result<CaseView, Failure> {
    lookup.meet(members(report)).await?;
    let people: &People = lookup.people();
    Ok(CaseView::new(report, before, profile, people))
}

/// Everyone whom a case speaks of.
fn members(report: &CaseReport) -> Vec<MemberNumber> {
    let parties = report.record.parties.values().flatten().copied();
    let actors = report.possible.iter().flat_map(|step| step.by.iter().chain(&step.signed_by));
    let actors = actors.flat_map(|party| party.members.iter().copied());
    let clear = report.record.fields.values().filter_map(FieldContent::clear);
    let opened = report.openings.iter().map(|opened| &opened.values);
    let named = clear.chain(opened).flat_map(FieldValues::as_slice).flat_map(members_of);
    parties.chain(actors).chain(named).collect()
}

/// Members whom a value names.
pub(super) fn members_of(value: &FieldValue) -> Vec<MemberNumber> {
    match value {
        FieldValue::Member(member) => vec![*member],
        FieldValue::Shares(shares) => shares.members().collect(),
        _ => Vec::new(),
    }
}
