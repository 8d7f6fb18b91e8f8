//! `bulla deadlines`: what falls due (期限).

use bulla_client::DueDeadline;
use bulla_rules::CivilDate;
use bulla_rules::profile::Profile;
use bulla_types::{BlockTime, DeadlineStanding, Lang, Subject};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::lookup::{Lookup, People};
use crate::messages::{
    CASE_OR_CERTIFICATE, DEADLINE, DUE, MOVED_FROM, NOTHING_DUE, PROCEDURE_OR_KIND, STATUS,
};
use crate::numbers::within;
use crate::output::{Show, table};
use crate::titled::{Titled, joined};
use crate::words::{Word, of_code};
use crate::{parse, when};

/// List what falls due, in that order, as the node says | 依届满先后列出期限（以节点所述为准）
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What falls due by the end of this day | 截至该日终了届满的期限
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    until: Option<CivilDate>,
    /// At most this many; 0 for the node's limit | 最多条数；0 表示按节点上限
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = within::<u32>(0, u32::MAX.into()))]
    limit: u32,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        // What is due at the end of a day is due at its last instant's end, and the node's bound is exclusive.
        let until = self.until.map(|day| BlockTime(day.ends().0.saturating_add(1)));
        let deadlines = context.run(async {
            let client = context.client().await?;
            let mut lookup = Lookup::new(&client);
            let mut deadlines = Vec::new();
            let mut found = client.deadlines(BlockTime(0), until, self.limit).await?;
            // The node lists what a suspension has moved where it was due before.
            found.sort_by_key(|due| due.moved.unwrap_or(due.due));
            found.retain(|due| until.is_none_or(|until| due.moved.unwrap_or(due.due) < until));
            for due in found {
                let profile = lookup.profile(due.profile).await?;
                deadlines.push(Deadline::new(&due, &profile, lookup.people()));
            }
            Ok(deadlines)
        })?;
        context.show(&Deadlines(deadlines))
    }
}

/// Deadlines in the order in which they fall due.
#[derive(Serialize)]
#[serde(transparent)]
struct Deadlines(Vec<Deadline>);

#[derive(Serialize)]
struct Deadline {
    due: String,
    /// Where a suspension of clocks has moved it: when it was due before, and is settled anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<String>,
    /// Case or certificate.
    subject: String,
    /// `None` for the term of a certificate.
    deadline: Option<Titled>,
    /// Procedure of the case, or kind of the certificate.
    procedure: Titled,
    standing: &'static str,
}

impl Deadline {
    fn new(due: &DueDeadline, profile: &Profile, people: &People) -> Self {
        let name = due.procedure.as_str();
        let procedure = profile.procedures.get(name);
        Self {
            due: when::show(due.moved.unwrap_or(due.due)),
            moved_from: due.moved.map(|_| when::show(due.due)),
            subject: people.identifier(due.subject),
            deadline: due.deadline.as_ref().map(|name| Titled::deadline(procedure, name.as_str())),
            procedure: match due.subject {
                Subject::Certificate(_) => Titled::certificate(profile, name),
                _ => Titled::procedure(profile, name),
            },
            standing: due.standing.code(),
        }
    }
}

impl Show for Deadlines {
    fn text(&self, lang: Lang) -> String {
        if self.0.is_empty() {
            return NOTHING_DUE.of(lang).to_owned();
        }
        let heading = [DUE, CASE_OR_CERTIFICATE, PROCEDURE_OR_KIND, DEADLINE, STATUS];
        let row = |due: &Deadline| {
            let deadline = due.deadline.as_ref().map(|deadline| deadline.with_article(lang));
            [
                due.due.clone(),
                due.subject.clone(),
                due.procedure.in_lang(lang).to_owned(),
                deadline.unwrap_or_else(|| crate::messages::VALID_UNTIL.of(lang).to_owned()),
                {
                    let standing = of_code::<DeadlineStanding>(due.standing, lang);
                    let moved = due.moved_from.as_ref().map(|from| MOVED_FROM.fill(lang, &[from]));
                    joined(std::iter::once(standing).chain(moved), lang)
                },
            ]
        };
        table(heading.map(|text| text.of(lang)), self.0.iter().map(row))
    }
}
