//! `bulla governance proposal`, and what every command on a proposal reads of it.

use std::collections::BTreeMap;

use bulla_client::{Client, EntryRef, StoredEntry};
use bulla_types::{
    Action, Ballot, BlockTime, BodyCount, CastVote, Content, KeyRecord, KeyStatus, Lang, MemberNumber,
    MemberRecord, MemberStatus, OpenedProposal, Opening, Parameters, ProposalNumber, ProposalRecord,
    ProposalStatus, Propose, ReasonCode, RecordKey, Role, StateKey, Subject, SubjectKind, VotedOn,
};
use serde::Serialize;

use super::described::{self, Known};
use super::parameters;
use super::texts::{
    ACTS, ACTS_WITHHELD, APPROVALS, APPROVED_BY, BODY, COUNTS, DIGEST, ENDED_AT, GROUNDS, GROUNDS_OF_VOTES,
    NO_SUCH_PROPOSAL, PROPOSED_AT, PROPOSED_BY, REJECTED_BY, REJECTIONS, VOTE,
};
use crate::context::Context;
use crate::failure::Failure;
use crate::history::{self, Step};
use crate::lookup::{Lookup, Person};
use crate::messages::{ENTRY_INDEX, NO, NOT_OPEN, PROPOSAL, STATUS, TIME, VOTES_UNTIL, YES};
use crate::output::{Show, facts, table};
use crate::text::Said;
use crate::words::{self, Word};
use crate::written::quoted;
use crate::{parse, when};

/// Show a proposal: what it does, who has voted and how, what is still needed; proved | 显示提案：内容、已投各票及尚需票数（经证明）
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Number or identifier of the proposal | 提案编号或标识
    #[arg(value_name = "PROPOSAL")]
    proposal: String,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let shown = context.run(async {
            let client = context.client().await?;
            let number = number(&client, &self.proposal)?;
            Shown::new(&client, &Proposal::read(&client, number).await?).await
        })?;
        context.show(&shown)
    }
}

/// The proposal that is named by its number or identifier.
pub(super) fn number(client: &Client, named: &str) -> Result<ProposalNumber, Failure> {
    parse::numbered(named, client.ledger_id(), SubjectKind::Proposal).map(ProposalNumber)
}

/// A proposal as the ledger proves it.
pub(super) struct Proposal {
    pub(super) record: ProposalRecord,
    /// What is proposed, by the digest in the record. `None` if only an entry holds it that is not shown.
    pub(super) propose: Option<Propose>,
    /// Of its entry, as far as they are shown.
    openings: Vec<Opening>,
    pub(super) parameters: Parameters,
    /// Registration bodies that are active.
    bodies: u32,
    /// Whose votes count, by whether they approve.
    counted: BTreeMap<MemberNumber, Ballot>,
    /// Why they vote so, of those who say it; none for what is not shown.
    grounds: BTreeMap<MemberNumber, Option<String>>,
}

impl Proposal {
    pub(super) async fn read(client: &Client, number: ProposalNumber) -> Result<Self, Failure> {
        let record = client.record(&StateKey::Proposal(number)).await?.read::<ProposalRecord>()?;
        let unknown = || Failure::new(ReasonCode::ProposalUnknown, NO_SUCH_PROPOSAL.with(&[&number]));
        let record = record.ok_or_else(unknown)?;
        let (of_entry, openings) = match entry(client, record.log_index).await? {
            Some(stored) => (proposed_in(&stored, &record), stored.openings),
            None => (None, Vec::new()),
        };
        let propose = match of_entry {
            Some(propose) => Some(propose),
            None => client.record(&StateKey::Proposed(number)).await?.read::<Propose>()?,
        };
        let bodies = client.record(&StateKey::BodyCount).await?.read::<BodyCount>()?;
        let (mut counted, mut grounds) = (BTreeMap::new(), BTreeMap::new());
        for vote in &record.votes {
            if counts(client, vote).await? {
                counted.insert(vote.member, vote.ballot);
            }
            // That of the proposer is the proposal itself.
            if vote.log_index != record.log_index
                && let Some(stored) = entry(client, vote.log_index).await?
            {
                grounds.extend(grounds_in(&stored, number).map(|grounds| (vote.member, grounds)));
            }
        }
        Ok(Self {
            propose: propose.filter(|propose| propose.digest() == record.digest),
            openings,
            parameters: parameters::read(client).await?,
            bodies: bodies.map_or(0, |count| count.active),
            counted,
            grounds,
            record,
        })
    }

    /// So many votes that count are of this kind.
    pub(super) fn count(&self, ballot: Ballot) -> u32 {
        u32::try_from(self.counted.values().filter(|cast| **cast == ballot).count()).unwrap_or(u32::MAX)
    }

    /// How many votes of this kind decide it.
    pub(super) fn deciding(&self, ballot: Ballot) -> u32 {
        match ballot {
            Ballot::Approve => self.parameters.admin_threshold,
            Ballot::Reject => self.bodies.saturating_sub(self.parameters.admin_threshold).saturating_add(1),
        }
    }

    /// Its status at a time of the ledger: one that is over by its time may not be recorded as such.
    pub(super) fn status_at(&self, time: BlockTime) -> ProposalStatus {
        status_at(&self.record, time)
    }

    /// The acts in words, a line or more each; `None` if they are not known.
    pub(super) fn acts(&self) -> Option<Vec<Said>> {
        Some(described::proposed(self.propose.as_ref()?, self.known()))
    }

    /// What a vote on it is on, with what is attached to it as far as this reader may see it.
    pub(super) fn into_voted_on(self) -> Option<VotedOn> {
        let Self { record, propose, openings, .. } = self;
        let of_it = |opening: &Opening| opening.action == record.action;
        let openings: Vec<_> = openings.into_iter().filter(of_it).collect();
        let opened =
            (!openings.is_empty()).then_some(OpenedProposal { request_id: record.request_id, openings });
        Some(VotedOn { propose: propose?, opened })
    }

    fn known(&self) -> Known<'_> {
        Known {
            openings: &self.openings,
            action: self.record.action,
            missing: NOT_OPEN,
            draft: None,
            // What has ended was made for those of its time.
            parameters: (self.record.status == ProposalStatus::Open).then_some(&self.parameters),
        }
    }

    fn grounds(&self) -> Option<Said> {
        self.propose.as_ref()?.grounds?;
        let text = self.known().text(described::GROUNDS).map(|text| Said::name(quoted(text)));
        Some(text.unwrap_or_else(|| NOT_OPEN.into()))
    }
}

/// The status of a proposal at a time of the ledger.
pub(super) fn status_at(record: &ProposalRecord, time: BlockTime) -> ProposalStatus {
    match record.status {
        ProposalStatus::Open if !record.is_open_at(time) => ProposalStatus::Expired,
        status => status,
    }
}

/// The time by the ledger's clock.
pub(super) fn now(client: &Client) -> BlockTime {
    BlockTime(client.transaction().request_id().time_ms())
}

/// The entry of a proposal or vote; `None` where the node does not show it.
async fn entry(client: &Client, log_index: u64) -> Result<Option<StoredEntry>, Failure> {
    match client.entry(EntryRef::Index(log_index)).await {
        Ok(stored) => Ok(Some(stored)),
        Err(error) => match error.reason() {
            Some(ReasonCode::Unauthenticated | ReasonCode::HistoryNotHeld) => Ok(None),
            _ => Err(error.into()),
        },
    }
}

/// The grounds of the vote on this proposal in an entry, if it has any; without the text where it is not shown.
fn grounds_in(stored: &StoredEntry, number: ProposalNumber) -> Option<Option<String>> {
    let Content::Transaction(transaction) = &stored.entry.content else { return None };
    let mut actions = (0_u32..).zip(&transaction.body().actions);
    let place = actions.find_map(|(place, action)| match action {
        Action::VoteOnProposal(vote) if vote.proposal == number => vote.grounds.map(|_| place),
        _ => None,
    })?;
    let known =
        Known { openings: &stored.openings, action: place, missing: NOT_OPEN, draft: None, parameters: None };
    Some(known.text(described::GROUNDS).map(ToOwned::to_owned))
}

fn proposed_in(stored: &StoredEntry, record: &ProposalRecord) -> Option<Propose> {
    let Content::Transaction(transaction) = &stored.entry.content else { return None };
    match transaction.body().actions.get(usize::try_from(record.action).ok()?)? {
        Action::Propose(propose) => Some(propose.clone()),
        _ => None,
    }
}

/// Whether a vote counts now: the body is an active one, and the key in force.
async fn counts(client: &Client, vote: &CastVote) -> Result<bool, Failure> {
    let member = client.record(&StateKey::Member(vote.member)).await?.read::<MemberRecord>()?;
    let key = client.record(&StateKey::Key(vote.key_id)).await?.read::<KeyRecord>()?;
    let active = |member: MemberRecord| {
        member.status == MemberStatus::Active && member.roles.contains(Role::RegistrationBody)
    };
    Ok(member.is_some_and(active) && key.is_some_and(|key| key.status == KeyStatus::InForce))
}

/// A proposal for people and programs.
#[derive(Serialize)]
pub(super) struct Shown {
    proposal: String,
    number: u64,
    status: &'static str,
    proposer: Person,
    /// In words; `null` where only an entry holds them that is not shown.
    pub(super) acts: Option<Vec<Said>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grounds: Option<Said>,
    digest: String,
    not_after: String,
    proposed_at: String,
    entry_index: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    approvals: u32,
    approvals_needed: u32,
    rejections: u32,
    rejections_deciding: u32,
    votes: Vec<Vote>,
}

#[derive(Serialize)]
struct Vote {
    body: Person,
    ballot: &'static str,
    key_id: String,
    /// Whether it counts now.
    counts: bool,
    time: Option<String>,
    entry_index: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    grounds: Option<Said>,
}

impl Shown {
    pub(super) async fn new(client: &Client, proposal: &Proposal) -> Result<Self, Failure> {
        let record = &proposal.record;
        let key = RecordKey::Proposal(record.number);
        let steps = history::read::<ProposalStatus>(client, key, record.history_count).await?;
        let mut lookup = Lookup::new(client);
        let bodies = record.votes.iter().map(|vote| vote.member);
        lookup.meet(bodies.chain([record.proposer])).await?;
        let people = lookup.people();
        let at = |index: u64| steps.iter().find(|step| step.log_index == index).map(|step| step.time.clone());
        let vote = |vote: &CastVote| Vote {
            body: people.person(vote.member),
            ballot: vote.ballot.code(),
            key_id: vote.key_id.to_string(),
            counts: proposal.counted.contains_key(&vote.member),
            time: at(vote.log_index),
            entry_index: vote.log_index,
            grounds: proposal.grounds.get(&vote.member).map(|grounds| match grounds {
                Some(grounds) => Said::name(quoted(grounds)),
                None => NOT_OPEN.into(),
            }),
        };
        let ended = |step: &&Step| step.status != ProposalStatus::Open.code();
        Ok(Self {
            proposal: people.identifier(Subject::Proposal(record.number)),
            number: record.number.0,
            status: proposal.status_at(now(client)).code(),
            proposer: people.person(record.proposer),
            acts: proposal.acts(),
            grounds: proposal.grounds(),
            digest: record.digest.to_string(),
            not_after: when::show(record.not_after),
            proposed_at: at(record.log_index).unwrap_or_default(),
            entry_index: record.log_index,
            ended_at: steps.last().filter(ended).map(|step| step.time.clone()),
            approvals: proposal.count(Ballot::Approve),
            approvals_needed: proposal.deciding(Ballot::Approve),
            rejections: proposal.count(Ballot::Reject),
            rejections_deciding: proposal.deciding(Ballot::Reject),
            votes: record.votes.iter().map(vote).collect(),
        })
    }
}

/// Acts, each from a line of its own on.
pub(super) fn listed(acts: &[Said], lang: Lang) -> String {
    let act = |act: &Said| format!("- {}", act.of(lang).replace('\n', "\n  "));
    acts.iter().map(act).collect::<Vec<_>>().join("\n")
}

impl Show for Shown {
    fn text(&self, lang: Lang) -> String {
        let acts = match &self.acts {
            Some(acts) => listed(acts, lang),
            None => ACTS_WITHHELD.of(lang).to_owned(),
        };
        let grounds = self.grounds.as_ref().map(|grounds| grounds.of(lang).to_owned());
        let open = self.status == ProposalStatus::Open.code();
        // How many would decide is of no interest when something has.
        let of = |text: crate::text::Text, count: u32, deciding: u32| match open {
            true => text.fill(lang, &[&count, &deciding]),
            false => count.to_string(),
        };
        let head = facts([
            (PROPOSAL.of(lang), format!("{} ({})", self.proposal, self.number)),
            (STATUS.of(lang), words::of_code::<ProposalStatus>(self.status, lang)),
            (ACTS.of(lang), acts),
            (GROUNDS.of(lang), grounds.unwrap_or_default()),
            (PROPOSED_BY.of(lang), self.proposer.line()),
            (PROPOSED_AT.of(lang), self.proposed_at.clone()),
            (ENTRY_INDEX.of(lang), self.entry_index.to_string()),
            (VOTES_UNTIL.of(lang), self.not_after.clone()),
            (ENDED_AT.of(lang), self.ended_at.clone().unwrap_or_default()),
            (APPROVALS.of(lang), of(APPROVED_BY, self.approvals, self.approvals_needed)),
            (REJECTIONS.of(lang), of(REJECTED_BY, self.rejections, self.rejections_deciding)),
            (DIGEST.of(lang), self.digest.clone()),
        ]);
        let heading = [BODY, VOTE, COUNTS, TIME, ENTRY_INDEX].map(|text| text.of(lang));
        let row = |vote: &Vote| {
            [
                vote.body.line(),
                words::of_code::<Ballot>(vote.ballot, lang),
                if vote.counts { YES } else { NO }.of(lang).to_owned(),
                vote.time.clone().unwrap_or_default(),
                vote.entry_index.to_string(),
            ]
        };
        let votes = table(heading, self.votes.iter().map(row));
        let grounds: Vec<_> =
            self.votes.iter().filter_map(|vote| Some((vote.body.line(), vote.grounds.as_ref()?))).collect();
        if grounds.is_empty() {
            return format!("{head}\n\n{votes}");
        }
        let grounds = grounds.iter().map(|(body, grounds)| (body.as_str(), grounds.of(lang).to_owned()));
        format!("{head}\n\n{votes}\n\n{}\n{}", GROUNDS_OF_VOTES.of(lang), facts(grounds))
    }
}
