//! How the registration bodies decide an act: by signing it together, or by votes on a proposal.

use bulla_client::{Client, TransactionBuilder, VerifiedReceipt};
use bulla_types::{Action, BlockTime};
use clap::Args;

use crate::act::{self, Done};
use crate::context::Context;
use crate::decided::Decided;
use crate::failure::Failure;
use crate::parse;
use crate::signers::{Needed, SignerArguments};

/// How long a proposal takes votes unless somebody says otherwise.
const VOTES_FOR_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Who decides, on the command line.
#[derive(Args)]
pub(crate) struct DecisionArguments {
    #[command(flatten)]
    proposal: ProposalArguments,
    #[command(flatten)]
    signers: SignerArguments,
}

/// Whether an act is proposed in place of being carried out.
#[derive(Args)]
pub(crate) struct ProposalArguments {
    /// Do not carry it out: propose it to the registration bodies, who vote with `governance vote`. One body signs, and thereby approves | 不立即执行，而是提交各登记机构表决（governance vote）；由一个登记机构签名提出，提出即同意
    #[arg(long)]
    propose: bool,
    /// Until when votes are taken, in UTC+8 unless it says otherwise; 30 days from now by default | 表决截止时间，未注明时区的按 UTC+8，默认为 30 天后
    #[arg(long, value_name = "TIME", requires = "propose")]
    propose_until: Option<String>,
    /// Why it is proposed; erasable, only its commitment goes into the log | 提案理由，可删除，日志中只有其承诺值
    #[arg(long, value_name = "TEXT", requires = "propose", value_parser = parse::attached)]
    propose_grounds: Option<String>,
}

impl ProposalArguments {
    pub(crate) fn is_asked(&self) -> bool {
        self.propose
    }

    /// Has what follows be proposed, if that is asked for.
    pub(crate) fn begin(&self, act: TransactionBuilder) -> Result<TransactionBuilder, Failure> {
        if !self.propose {
            return Ok(act);
        }
        let not_after = match &self.propose_until {
            Some(until) => parse::time(until)?,
            None => BlockTime(act.request_id().time_ms().saturating_add(VOTES_FOR_MS)),
        };
        Ok(act.proposing(not_after, self.propose_grounds.clone()))
    }
}

impl DecisionArguments {
    /// Begins an act, or a proposal of it.
    pub(crate) async fn begin(
        &self,
        context: &Context,
        client: &Client,
        needed: Needed<'_>,
    ) -> Result<TransactionBuilder, Failure> {
        let needed = if self.proposal.is_asked() { Needed::Body { voted: &[] } } else { needed };
        let signers = self.signers.load(context, client, needed).await?;
        self.proposal.begin(act::begin(client, &signers))
    }

    /// Submits it and waits for its receipt.
    pub(crate) async fn submit(
        &self,
        context: &Context,
        client: &Client,
        act: TransactionBuilder,
    ) -> Result<VerifiedReceipt, Failure> {
        act::submit(context, client, &act.build()?, &self.signers.wait).await
    }

    /// The same; gives what became of it.
    pub(crate) async fn carry_out(
        &self,
        context: &Context,
        client: &Client,
        act: TransactionBuilder,
    ) -> Result<Done, Failure> {
        let receipt = self.submit(context, client, act).await?;
        Ok(Done::new(client.ledger_id(), &receipt))
    }

    /// Has the registration bodies decide all of this or nothing; gives where it is recorded.
    pub(crate) async fn on(
        &self,
        context: &Context,
        actions: impl IntoIterator<Item = Action>,
    ) -> Result<Decided, Failure> {
        let client = context.client().await?;
        let act = self.begin(context, &client, Needed::Bodies).await?;
        let act = actions.into_iter().fold(act, TransactionBuilder::action);
        Ok(Decided::new(client.ledger_id(), &self.submit(context, &client, act).await?))
    }
}
