//! What became of an act of administration: where it is recorded, and of a proposal how it stands.

use bulla_client::VerifiedReceipt;
use bulla_types::{Action, BlockTime, Lang, LedgerId, Outcome, ProposalOutcome, ProposalStatus, Subject};
use serde::Serialize;

use crate::lookup::identifier;
use crate::messages::{PROPOSAL, STATUS, TO_VOTE, VOTES_UNTIL};
use crate::recorded::Recorded;
use crate::when;
use crate::words::{self, Word};

/// An act that is recorded, or a proposal or vote in its place.
#[derive(Serialize)]
pub(crate) struct Decided {
    /// Proposals that it made, voted on or took back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    proposals: Vec<Standing>,
    #[serde(flatten)]
    recorded: Recorded,
}

/// A proposal after an entry.
#[derive(Serialize)]
struct Standing {
    /// Its identifier.
    proposal: String,
    number: u64,
    status: &'static str,
    /// Until when it takes votes; of one that the entry made.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<String>,
}

impl Decided {
    pub(crate) fn new(ledger: LedgerId, receipt: &VerifiedReceipt) -> Self {
        let done = done(receipt).filter_map(|(action, outcome)| match outcome {
            Outcome::Proposal(outcome) => Some(Standing::new(ledger, action, outcome)),
            _ => None,
        });
        Self { proposals: done.collect(), recorded: Recorded::of(receipt) }
    }

    /// The same for a person.
    pub(crate) fn facts(&self, lang: Lang) -> impl Iterator<Item = (&'static str, String)> {
        let standing = self.proposals.iter().flat_map(move |standing| standing.facts(lang));
        standing.chain(self.recorded.facts(lang))
    }
}

impl Standing {
    fn new(ledger: LedgerId, action: &Action, outcome: &ProposalOutcome) -> Self {
        let not_after = match action {
            Action::Propose(propose) => Some(propose.not_after),
            _ => None,
        };
        Self {
            proposal: identifier(ledger, Subject::Proposal(outcome.number)),
            number: outcome.number.0,
            status: outcome.status.code(),
            not_after: not_after.map(|time: BlockTime| when::show(time)),
        }
    }

    fn facts(&self, lang: Lang) -> [(&'static str, String); 4] {
        let Self { proposal, number: _, status, not_after } = self;
        let until = not_after.clone().filter(|_| *status == ProposalStatus::Open.code());
        let vote = until.as_ref().map(|_| format!("bulla governance vote {proposal} --approve"));
        [
            (PROPOSAL.of(lang), proposal.clone()),
            (STATUS.of(lang), words::of_code::<ProposalStatus>(status, lang)),
            (VOTES_UNTIL.of(lang), until.unwrap_or_default()),
            (TO_VOTE.of(lang), vote.unwrap_or_default()),
        ]
    }
}

/// What a transaction asked, each with what the ledger made of it.
fn done(receipt: &VerifiedReceipt) -> impl Iterator<Item = (&Action, &Outcome)> {
    let actions = receipt.transaction().into_iter().flat_map(|transaction| &transaction.body().actions);
    actions.zip(&receipt.entry().outcomes)
}

/// What the ledger made of each act that took effect, those of a proposal that was carried out among them.
pub(crate) fn outcomes(receipt: &VerifiedReceipt) -> Vec<&Outcome> {
    let all = receipt.entry().outcomes.iter().flat_map(|outcome| match outcome {
        Outcome::Proposal(proposal) => proposal.outcomes.iter().collect(),
        outcome => vec![outcome],
    });
    all.collect()
}
