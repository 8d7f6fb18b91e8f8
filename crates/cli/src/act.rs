//! Acts of administration: signed, submitted, and shown with where they were recorded.

use bulla_client::{Client, Signer, TransactionBuilder, VerifiedReceipt};
use bulla_types::{Action, Identifier, Lang, LedgerId, Outcome, Submission};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{AWAITING_RECEIPT, KEY_ID, MEMBER};
use crate::output::{Show, facts};
use crate::progress;
use crate::recorded::Recorded;
use crate::signers::{Needed, SignerArguments};
use crate::waiting::WaitArguments;

/// Begins an act in the name of these signers.
pub(crate) fn begin(client: &Client, signers: &[Signer]) -> TransactionBuilder {
    signers.iter().fold(client.transaction(), TransactionBuilder::signer)
}

/// Submits it and waits for its receipt.
pub(crate) async fn carry_out(
    context: &Context,
    client: &Client,
    act: TransactionBuilder,
    wait: &WaitArguments,
) -> Result<Done, Failure> {
    recorded(context, client, &act.build()?, wait).await
}

/// The same for a transaction that is made already.
pub(crate) async fn recorded(
    context: &Context,
    client: &Client,
    submission: &Submission,
    wait: &WaitArguments,
) -> Result<Done, Failure> {
    let receipt = submit(context, client, submission, wait).await?;
    Ok(Done::new(client.ledger_id(), &receipt))
}

/// Has the registration bodies do this, all or nothing; gives where it is recorded.
pub(crate) async fn of_bodies(
    context: &Context,
    signers: &SignerArguments,
    actions: impl IntoIterator<Item = Action>,
) -> Result<Recorded, Failure> {
    let client = context.client().await?;
    let bodies = signers.load(context, &client, Needed::Bodies).await?;
    let act = actions.into_iter().fold(begin(&client, &bodies), TransactionBuilder::action);
    let receipt = submit(context, &client, &act.build()?, &signers.wait).await?;
    Ok(Recorded::of(&receipt))
}

/// Submits a transaction and waits for its receipt, with a sign of it for a person.
pub(crate) async fn submit(
    context: &Context,
    client: &Client,
    submission: &Submission,
    wait: &WaitArguments,
) -> Result<VerifiedReceipt, Failure> {
    let bar = progress::receipts(1, context.say(AWAITING_RECEIPT));
    let receipt = wait.start().submit(client, submission).await;
    bar.finish_and_clear();
    receipt
}

/// An act that is recorded.
#[derive(Serialize)]
pub(crate) struct Done {
    /// Identifier of a member that was enrolled.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    /// Keys that were enrolled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<String>,
    #[serde(flatten)]
    recorded: Recorded,
}

impl Done {
    fn new(ledger: LedgerId, receipt: &VerifiedReceipt) -> Self {
        let outcomes = &receipt.entry().outcomes;
        let member = outcomes.iter().find_map(|outcome| match outcome {
            Outcome::MemberNumber(number) => Some(*number),
            _ => None,
        });
        let declared = receipt.transaction().into_iter().flat_map(|transaction| &transaction.body().actions);
        let keys = declared.flat_map(Action::declared_keys).map(|key| key.key_id().to_string());
        Self {
            member: member.map(|number| Identifier::member(&ledger, number).to_string()),
            number: member.map(|number| number.0),
            keys: keys.collect(),
            recorded: Recorded::of(receipt),
        }
    }
}

impl Show for Done {
    fn text(&self, lang: Lang) -> String {
        let member = self.member.clone().unwrap_or_default();
        let head = [(MEMBER.of(lang), member), (KEY_ID.of(lang), self.keys.join("\n"))];
        facts(head.into_iter().chain(self.recorded.facts(lang)))
    }
}
