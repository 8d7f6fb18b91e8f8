//! Acts of administration: signed, submitted, and shown with where they were recorded.

use bulla_client::{Client, Signer, TransactionBuilder, VerifiedReceipt};
use bulla_types::{Action, Identifier, Lang, LedgerId, Outcome, Submission};
use serde::Serialize;

use crate::context::Context;
use crate::decided::{self, Decided};
use crate::failure::Failure;
use crate::messages::{AWAITING_RECEIPT, KEY_ID, MEMBER};
use crate::output::{Show, facts};
use crate::progress;
use crate::waiting::WaitArguments;

/// Begins an act in the name of these signers.
pub(crate) fn begin(client: &Client, signers: &[Signer]) -> TransactionBuilder {
    signers.iter().fold(client.transaction(), TransactionBuilder::signer)
}

/// Submits an act that is signed already, and waits for its receipt.
pub(crate) async fn recorded(
    context: &Context,
    client: &Client,
    submission: &Submission,
    wait: &WaitArguments,
) -> Result<Done, Failure> {
    let receipt = submit(context, client, submission, wait).await?;
    Ok(Done::new(client.ledger_id(), &receipt))
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
    decided: Decided,
}

impl Done {
    pub(crate) fn new(ledger: LedgerId, receipt: &VerifiedReceipt) -> Self {
        let outcomes = decided::outcomes(receipt);
        let member = outcomes.iter().find_map(|outcome| match outcome {
            Outcome::MemberNumber(number) => Some(*number),
            _ => None,
        });
        let actions = receipt.transaction().into_iter().flat_map(|transaction| &transaction.body().actions);
        // What is only proposed enrols no key yet.
        let declared = actions.filter(|action| !action.is_about_proposal()).flat_map(Action::declared_keys);
        let keys = declared.map(|key| key.key_id().to_string());
        Self {
            member: member.map(|number| Identifier::member(&ledger, number).to_string()),
            number: member.map(|number| number.0),
            keys: keys.collect(),
            decided: Decided::new(ledger, receipt),
        }
    }
}

impl Show for Done {
    fn text(&self, lang: Lang) -> String {
        let member = self.member.clone().unwrap_or_default();
        let head = [(MEMBER.of(lang), member), (KEY_ID.of(lang), self.keys.join("\n"))];
        facts(head.into_iter().chain(self.decided.facts(lang)))
    }
}
