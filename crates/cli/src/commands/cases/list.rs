//! `bulla registration list` and `work`, `bulla trade list` and `work`.

use bulla_client::{CaseSummary, CasesOf, Client, Ended};
use bulla_rules::profile::{Profile, ProfileKind};
use bulla_types::{BlockTime, CaseNumber, CaseStatus, DeadlineStanding, Lang, MemberNumber, Subject};
use serde::Serialize;

use super::texts::{ABOUT, NEXT_DEADLINE, NO_CASES, OPENED, POSSIBLE, STATE, STATE_AND_STATUS, WORK_OF};
use super::view::{DeadlineState, is_provisional};
use crate::complaints::NO_MEMBER;
use crate::context::Context;
use crate::failure::Failure;
use crate::lookup::{Lookup, People, Person};
use crate::messages::{CASE, PROCEDURE};
use crate::output::{Show, table};
use crate::records::Span;
use crate::titled::{Titled, joined};
use crate::words::{Word, of_code};
use crate::{members, parse, when};

/// Which part of a list is wanted.
#[derive(clap::Args)]
struct Range {
    /// Also cases that have ended | 包括已终结的案件
    #[arg(long)]
    ended: bool,
    #[command(flatten)]
    span: Span,
}

/// List open cases, as the node says | 列出办理中的案件（以节点所述为准）
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only cases about this: a registration, certificate, account or case, by its identifier | 仅列出关于该登记、证书、账户或案件的案件，以标识指明
    #[arg(long, value_name = "IDENTIFIER")]
    about: Option<String>,
    #[command(flatten)]
    range: Range,
}

/// List the cases in which a member can act, with the steps that it may take now | 待办案件：成员可参与的案件及其现可办理的步骤
#[derive(clap::Args)]
pub(super) struct WorkArguments {
    /// The member; the configured one by default | 成员，默认为配置中的成员
    #[arg(long)]
    member: Option<String>,
    #[command(flatten)]
    range: Range,
}

impl Arguments {
    pub(super) fn run(self, context: &Context, kind: ProfileKind) -> Result<u8, Failure> {
        let cases = context.run(async {
            let client = context.client().await?;
            let about = self.about.as_deref().map(|text| parse::anything(text, client.ledger_id()));
            let of = about.transpose()?.map_or(CasesOf::Everyone, CasesOf::Subject);
            self.range.read(&client, of, kind, None).await
        })?;
        context.show(&cases)
    }
}

impl WorkArguments {
    pub(super) fn run(self, context: &Context, kind: ProfileKind) -> Result<u8, Failure> {
        let cases = context.run(async {
            let client = context.client().await?;
            let member = match &self.member {
                Some(named) => members::find(&client, named).await?,
                None => {
                    let configured = context.config()?.member.map(MemberNumber);
                    configured.ok_or_else(|| Failure::config(NO_MEMBER))?
                }
            };
            self.range.read(&client, CasesOf::Member(member), kind, Some(member)).await
        })?;
        context.show(&cases)
    }
}

impl Range {
    async fn read(
        &self,
        client: &Client,
        of: CasesOf,
        kind: ProfileKind,
        member: Option<MemberNumber>,
    ) -> Result<Cases, Failure> {
        let ended = if self.ended { Ended::Included } else { Ended::LeftOut };
        let mut lookup = Lookup::new(client);
        lookup.meet(member).await?;
        let mut at = BlockTime(0);
        let cases = self.span.read(async |from| {
            let page = client.cases(of, ended, CaseNumber(from), 0).await?;
            at = page.at;
            let mut cases = Vec::new();
            for summary in &page.cases {
                let profile = lookup.profile(summary.profile).await?;
                if profile.kind == kind {
                    cases.push(CaseLine::new(summary, page.at, &profile, lookup.people()));
                }
            }
            Ok((cases, page.next.map(|next| next.0)))
        });
        let cases = cases.await?;
        let member = member.map(|member| lookup.people().person(member));
        Ok(Cases { member, at: when::show(at), cases })
    }
}

/// Cases, rising by number.
#[derive(Serialize)]
struct Cases {
    /// Whose work it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Person>,
    at: String,
    cases: Vec<CaseLine>,
}

/// A case in a list.
#[derive(Serialize)]
struct CaseLine {
    case: String,
    number: u64,
    profile: Titled,
    procedure: Titled,
    status: &'static str,
    state: Titled,
    opened: String,
    about: Option<String>,
    next_deadline: Option<NextDeadline>,
    /// Steps that may be taken now.
    possible: Vec<Titled>,
}

#[derive(Serialize)]
struct NextDeadline {
    deadline: Titled,
    due: String,
    status: &'static str,
    standing: &'static str,
}

impl CaseLine {
    fn new(summary: &CaseSummary, at: BlockTime, profile: &Profile, people: &People) -> Self {
        let procedure = profile.procedures.get(summary.procedure.as_str());
        Self {
            case: people.identifier(Subject::Case(summary.number)),
            number: summary.number.0,
            profile: Titled::profile(profile),
            procedure: Titled::procedure(profile, summary.procedure.as_str()),
            status: summary.status.code(),
            state: Titled::state(procedure, summary.state.as_str()),
            opened: when::show(summary.opened),
            about: summary.about.map(|about| people.identifier(about)),
            next_deadline: summary.next_deadline.as_ref().map(|next| NextDeadline {
                deadline: Titled::deadline(procedure, next.deadline.as_str()),
                due: when::show(next.due),
                status: DeadlineState::running(next.due, next.standing, None, at).code(),
                standing: next.standing.code(),
            }),
            possible: summary.possible.iter().map(|step| Titled::step(procedure, step.as_str())).collect(),
        }
    }

    fn row(&self, lang: Lang) -> [String; 7] {
        let next = self.next_deadline.as_ref().map(|next| next.line(lang));
        let status = of_code::<CaseStatus>(self.status, lang);
        let step = |step: &Titled| format!("{} {}", step.name, step.in_lang(lang));
        [
            self.case.clone(),
            self.procedure.in_lang(lang).to_owned(),
            STATE_AND_STATUS.fill(lang, &[&self.state.in_lang(lang), &status]),
            self.opened.clone(),
            self.about.clone().unwrap_or_default(),
            next.unwrap_or_default(),
            self.possible.iter().map(step).collect::<Vec<_>>().join("\n"),
        ]
    }
}

impl NextDeadline {
    fn line(&self, lang: Lang) -> String {
        let mut words = vec![self.deadline.in_lang(lang).to_owned()];
        if self.status == DeadlineState::Due.code() {
            words.push(of_code::<DeadlineState>(self.status, lang));
        }
        if is_provisional(self.standing) {
            words.push(of_code::<DeadlineStanding>(self.standing, lang));
        }
        format!("{} {}", self.due, joined(words, lang))
    }
}

impl Show for Cases {
    fn text(&self, lang: Lang) -> String {
        let head = self.member.as_ref().map(|member| WORK_OF.fill(lang, &[&member.line(), &self.at]));
        let cases = if self.cases.is_empty() {
            NO_CASES.of(lang).to_owned()
        } else {
            let heading = [CASE, PROCEDURE, STATE, OPENED, ABOUT, NEXT_DEADLINE, POSSIBLE];
            table(heading.map(|text| text.of(lang)), self.cases.iter().map(|case| case.row(lang)))
        };
        head.into_iter().chain([cases]).collect::<Vec<_>>().join("\n\n")
    }
}
