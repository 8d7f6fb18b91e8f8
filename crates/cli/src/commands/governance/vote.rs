//! `bulla governance vote` and `bulla governance withdraw`.

use std::io::{self, BufRead, IsTerminal, Write};

use bulla_client::{Client, VoteRequest};
use bulla_types::{
    Action, Ballot, MemberNumber, ProposalNumber, ProposalStatus, ReasonCode, WithdrawProposal,
};
use clap::Args;

use super::proposal::{Proposal, Shown, now, number};
use super::texts::{
    ASK_VOTE, CARRIES_OUT, HAS_ENDED, NOT_CAST, NOT_CONFIRMED, REFUSED_ACT, REJECTS_IT, STILL_NEEDED,
    STILL_OPEN, TOOK_VOTES_UNTIL,
};
use crate::act;
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::output::Show;
use crate::signers::{Needed, SignerArguments};
use crate::text::Said;
use crate::words::Word;
use crate::{parse, when};

/// Vote on a proposal; shows first what it does and what the vote leads to | 对提案表决；先显示提案内容和此票的后果
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    vote: Vote,
    /// Do not ask at the terminal whether to go on | 不在终端上要求确认
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    signers: SignerArguments,
}

// A vote. No help text: commands that have it say what they do.
#[derive(Args)]
pub(super) struct Vote {
    /// Number or identifier of the proposal | 提案编号或标识
    #[arg(value_name = "PROPOSAL")]
    proposal: String,
    #[command(flatten)]
    ballot: BallotArguments,
    /// Why; erasable, only its commitment goes into the log | 表决理由，可删除，日志中只有其承诺值
    #[arg(long, value_name = "TEXT", value_parser = parse::attached)]
    grounds: Option<String>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct BallotArguments {
    /// For it | 同意
    #[arg(long)]
    approve: bool,
    /// Against it | 反对
    #[arg(long)]
    reject: bool,
}

impl Vote {
    fn ballot(&self) -> Ballot {
        if self.ballot.approve { Ballot::Approve } else { Ballot::Reject }
    }

    /// The proposal, if it takes votes.
    pub(super) async fn proposal(&self, client: &Client) -> Result<Proposal, Failure> {
        let proposal = Proposal::read(client, number(client, &self.proposal)?).await?;
        require_open(client, &proposal)?;
        Ok(proposal)
    }

    /// The vote on it.
    pub(super) fn on(&self, proposal: &Proposal) -> VoteRequest {
        let record = &proposal.record;
        VoteRequest {
            proposal: record.number,
            digest: record.digest,
            ballot: self.ballot(),
            grounds: self.grounds.clone(),
        }
    }
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let proposal = self.vote.proposal(&client).await?;
            context.note(&Shown::new(&client, &proposal).await?.text(context.lang));
            let consequence = consequence(&proposal, self.vote.ballot());
            context.note(&format!("\n{}\n", consequence.of(context.lang)));
            self.confirm(context)?;
            let voted: Vec<MemberNumber> = proposal.record.votes.iter().map(|vote| vote.member).collect();
            let signers = self.signers.load(context, &client, Needed::Body { voted: &voted }).await?;
            let act = act::begin(&client, &signers).action(self.vote.on(&proposal));
            let done = act::recorded(context, &client, &act.build()?, &self.signers.wait).await;
            done.map_err(|failure| not_cast(failure, &proposal))
        })?;
        context.show(&done)
    }

    /// A person who is there to be asked is asked.
    fn confirm(&self, context: &Context) -> Result<(), Failure> {
        if self.yes || context.json() || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Ok(());
        }
        let mut err = io::stderr().lock();
        let _ = write!(err, "{}", context.say(ASK_VOTE)).and_then(|()| err.flush());
        if says_yes(io::stdin().lock()) { Ok(()) } else { Err(Failure::usage(NOT_CONFIRMED)) }
    }
}

fn says_yes(answer: impl BufRead) -> bool {
    /// A longer answer is none.
    const ANSWER_BYTES_MAX: u64 = 64;
    let mut line = String::new();
    let read = answer.take(ANSWER_BYTES_MAX).read_line(&mut line);
    read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes" | "是")
}

/// What one more vote leads to.
fn consequence(proposal: &Proposal, ballot: Ballot) -> Said {
    let (cast, deciding) = (proposal.count(ballot).saturating_add(1), proposal.deciding(ballot));
    let (left, until) = (deciding.saturating_sub(cast), when::show(proposal.record.not_after));
    match (ballot, left) {
        (Ballot::Approve, 0) => CARRIES_OUT.into(),
        (Ballot::Approve, left) => STILL_NEEDED.with(&[&left, &until]),
        (Ballot::Reject, 0) => REJECTS_IT.into(),
        (Ballot::Reject, left) => STILL_OPEN.with(&[&until, &left]),
    }
}

/// Why a vote was not recorded, and what may be done about it: what the vote would have carried out was refused.
fn not_cast(mut failure: Failure, proposal: &Proposal) -> Failure {
    let record = &proposal.record;
    let Some(act) = refused_act(&failure.detail.en, &record.number) else { return failure };
    if failure.exit == exit::FAILED {
        let refused = act.and_then(|place| proposal.acts()?.into_iter().nth(place));
        let refused = refused.map(|act| REFUSED_ACT.with(&[&act]));
        let open = NOT_CAST.with(&[&when::show(record.not_after), &record.number]);
        let told = [Some(failure.detail), refused, Some(open)];
        failure.detail = Said::lines(&told.into_iter().flatten().collect::<Vec<_>>());
    }
    failure
}

/// What a node says that refused to carry a proposal out: the place of the act, if it names one.
fn refused_act(message: &str, number: &ProposalNumber) -> Option<Option<usize>> {
    let (before, _) = message.split_once(&format!("proposal {number}: "))?;
    let place = before.strip_suffix(" of ").and_then(|before| before.rsplit_once("act "));
    Some(place.and_then(|(_, place)| place.parse().ok()))
}

fn require_open(client: &Client, proposal: &Proposal) -> Result<(), Failure> {
    let record = &proposal.record;
    match proposal.status_at(now(client)) {
        ProposalStatus::Open => Ok(()),
        ProposalStatus::Expired => {
            let said = TOOK_VOTES_UNTIL.with(&[&record.number, &when::show(record.not_after)]);
            Err(Failure::new(ReasonCode::ProposalExpired, said))
        }
        ended => {
            let said = HAS_ENDED.with(&[&record.number, &ended.name()]);
            Err(Failure::new(ReasonCode::ProposalEnded, said))
        }
    }
}

/// Withdraw a proposal, signed by the body that made it | 撤回提案，由提出该提案的登记机构签名
#[derive(Args)]
pub(super) struct WithdrawArguments {
    #[command(flatten)]
    withdrawal: Withdrawal,
    #[command(flatten)]
    signers: SignerArguments,
}

// What is withdrawn. No help text: commands that have it say what they do.
#[derive(Args)]
pub(super) struct Withdrawal {
    /// Number or identifier of the proposal | 提案编号或标识
    #[arg(value_name = "PROPOSAL")]
    proposal: String,
}

impl Withdrawal {
    /// The withdrawal, of a proposal that takes votes, and who made that.
    pub(super) async fn read(&self, client: &Client) -> Result<(Action, MemberNumber), Failure> {
        let proposal = Proposal::read(client, number(client, &self.proposal)?).await?;
        require_open(client, &proposal)?;
        let withdrawal = WithdrawProposal { proposal: proposal.record.number };
        Ok((Action::WithdrawProposal(withdrawal), proposal.record.proposer))
    }
}

impl WithdrawArguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let (withdrawal, proposer) = self.withdrawal.read(&client).await?;
            let signers = self.signers.load(context, &client, Needed::Member(proposer)).await?;
            let act = act::begin(&client, &signers).action(withdrawal);
            act::recorded(context, &client, &act.build()?, &self.signers.wait).await
        })?;
        context.show(&done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_act_that_stands_in_the_way_is_the_one_that_the_node_names() {
        let number = ProposalNumber(7);
        let said = "action 0: act 3 of proposal 7: there is no member 9";
        assert_eq!(refused_act(said, &number), Some(Some(3)));
        assert_eq!(refused_act("action 0: proposal 7: no validator would be left", &number), Some(None));
        for other in ["action 0: member 3 has voted on proposal 7", "act 1 of proposal 17: missing", ""] {
            assert_eq!(refused_act(other, &number), None, "{other}");
        }
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        for answer in ["y\n", "Yes\n", " 是\n", "YES"] {
            assert!(says_yes(answer.as_bytes()), "{answer}");
        }
        for answer in ["", "\n", "n\n", "yesterday\n", "no y\n"] {
            assert!(!says_yes(answer.as_bytes()), "{answer}");
        }
        assert!(!says_yes("y".repeat(1 << 20).as_bytes()));
    }
}
