//! `bulla governance proposals`.

use bulla_client::{Client, ListedProposal};
use bulla_types::{Ballot, BlockTime, Lang, LedgerId, Parameters, ProposalNumber, ProposalStatus, Subject};
use serde::Serialize;

use super::described::{self, Known};
use super::parameters;
use super::proposal::{listed, now, status_at};
use super::texts::{ACTS, APPROVALS, NEVER_PROPOSED, NO_PROPOSALS, PROPOSED_BY, REJECTIONS};
use crate::context::Context;
use crate::failure::Failure;
use crate::lookup::{Lookup, Person, identifier};
use crate::messages::{NOT_OPEN, NUMBER, STATUS, VOTES_UNTIL};
use crate::output::{Show, table};
use crate::records::Span;
use crate::text::Said;
use crate::when;
use crate::words::{self, Word};

/// List the proposals that take votes, as the node says | 列出表决中的提案（以节点所述为准）
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Also those that were carried out, rejected or withdrawn, or have expired | 包括已执行、已否决、已撤回和已过期的提案
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    span: Span,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let shown = context.run(async {
            let client = context.client().await?;
            let listed = self.read(&client).await?;
            let parameters = parameters::read(&client).await?;
            let mut lookup = Lookup::new(&client);
            lookup.meet(listed.iter().map(|listed| listed.record.proposer)).await?;
            let row = |listed: &ListedProposal| {
                let proposer = lookup.people().person(listed.record.proposer);
                Row::new(client.ledger_id(), listed, proposer, &parameters, now(&client))
            };
            Ok(Shown { rows: listed.iter().map(row).collect(), all: self.all })
        })?;
        context.show(&shown)
    }

    async fn read(&self, client: &Client) -> Result<Vec<ListedProposal>, Failure> {
        let page = async |from| {
            let (page, next) = client.proposals(ProposalNumber(from), 0, self.all).await?;
            Ok((page, next.map(|next| next.0)))
        };
        self.span.read(page).await
    }
}

/// Rising by number.
#[derive(Serialize)]
#[serde(transparent)]
struct Shown {
    rows: Vec<Row>,
    #[serde(skip)]
    all: bool,
}

#[derive(Serialize)]
struct Row {
    proposal: String,
    number: u64,
    status: &'static str,
    proposer: Person,
    /// In words, while it takes votes; `governance proposal` shows those of an ended one.
    acts: Option<Vec<Said>>,
    not_after: String,
    /// Votes, whether they count or not.
    approvals: usize,
    rejections: usize,
}

impl Row {
    fn new(
        ledger: LedgerId,
        listed: &ListedProposal,
        proposer: Person,
        parameters: &Parameters,
        now: BlockTime,
    ) -> Self {
        let record = &listed.record;
        let known = Known {
            openings: &[],
            action: record.action,
            missing: NOT_OPEN,
            draft: None,
            parameters: Some(parameters),
        };
        let cast = |ballot: Ballot| record.votes.iter().filter(|vote| vote.ballot == ballot).count();
        Self {
            proposal: identifier(ledger, Subject::Proposal(record.number)),
            number: record.number.0,
            status: status_at(record, now).code(),
            proposer,
            acts: listed.propose.as_ref().map(|propose| described::proposed(propose, known)),
            not_after: when::show(record.not_after),
            approvals: cast(Ballot::Approve),
            rejections: cast(Ballot::Reject),
        }
    }
}

impl Show for Shown {
    fn text(&self, lang: Lang) -> String {
        if self.rows.is_empty() {
            return if self.all { NEVER_PROPOSED } else { NO_PROPOSALS }.of(lang).to_owned();
        }
        let heading = [NUMBER, STATUS, ACTS, PROPOSED_BY, APPROVALS, REJECTIONS, VOTES_UNTIL];
        let row = |row: &Row| {
            [
                row.number.to_string(),
                words::of_code::<ProposalStatus>(row.status, lang),
                row.acts.as_ref().map(|acts| listed(acts, lang)).unwrap_or_default(),
                row.proposer.line(),
                row.approvals.to_string(),
                row.rejections.to_string(),
                row.not_after.clone(),
            ]
        };
        table(heading.map(|text| text.of(lang)), self.rows.iter().map(row))
    }
}
