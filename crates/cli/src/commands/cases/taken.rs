//! A step that is recorded, and what it led to.

use std::path::PathBuf;

use bulla_client::{Client, VerifiedReceipt};
use bulla_rules::profile::{Procedure, Profile, Step};
use bulla_types::{
    CaseOutcome, CaseRecord, CaseStatus, Lang, Outcome, ReasonCode, StateKey, Subject, SubjectKind,
};
use serde::Serialize;

use super::texts::{
    ACCOUNTS, CASES, CERTIFICATES, DEADLINES_AHEAD, OBJECTS, OPENINGS_FILE, RECEIPT_WITHOUT_STEP,
    REGISTRATIONS, STATE, STATE_AND_STATUS, STEP,
};
use super::view::{DeadlineView, deadlines};
use crate::failure::Failure;
use crate::lookup::identifier;
use crate::messages::{CASE, PROCEDURE};
use crate::output::{Show, facts};
use crate::recorded::Recorded;
use crate::titled::Titled;
use crate::words::{Word, of_code};

/// What a step led to.
#[derive(Serialize)]
pub(super) struct Taken {
    case: String,
    number: u64,
    procedure: Titled,
    step: Titled,
    /// After the step, and what the ledger did by itself since.
    state: Titled,
    status: &'static str,
    /// Deadlines that run after it.
    deadlines: Vec<DeadlineView>,
    accounts: Vec<String>,
    objects: Vec<String>,
    registrations: Vec<String>,
    certificates: Vec<String>,
    /// Opened besides its own.
    cases: Vec<String>,
    /// Where the openings of committed fields are.
    #[serde(skip_serializing_if = "Option::is_none")]
    openings: Option<PathBuf>,
    #[serde(flatten)]
    recorded: Recorded,
}

impl Taken {
    /// Reads it from a receipt, and the state of the case from the ledger.
    pub(super) async fn read(
        client: &Client,
        receipt: &VerifiedReceipt,
        profile: &Profile,
        procedure: &Procedure,
        step: &Step,
        openings: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let outcome = receipt.entry().outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Case(outcome) => Some(outcome),
            _ => None,
        });
        let missing = || Failure::new(ReasonCode::Malformed, RECEIPT_WITHOUT_STEP);
        let outcome = outcome.ok_or_else(missing)?;
        let record = client.record(&StateKey::Case(outcome.case)).await?.read::<CaseRecord>()?;
        let record = record.ok_or_else(missing)?;
        let ledger = client.ledger_id();
        let given = |kind| given(outcome, kind).map(|subject| identifier(ledger, subject)).collect();
        Ok(Self {
            case: identifier(ledger, Subject::Case(outcome.case)),
            number: outcome.case.0,
            procedure: Titled::procedure(profile, procedure.head.name.as_str()),
            step: Titled::step(Some(procedure), step.head.name.as_str()),
            state: Titled::state(Some(procedure), record.state.as_str()),
            status: record.status.code(),
            deadlines: {
                let all = deadlines(&record, Some(procedure), &[], receipt.entry().time);
                all.into_iter().filter(|deadline| record.is_open() && deadline.is_ahead()).collect()
            },
            accounts: given(SubjectKind::Account),
            objects: given(SubjectKind::Object),
            registrations: given(SubjectKind::Registration),
            certificates: given(SubjectKind::Certificate),
            cases: given(SubjectKind::Case),
            openings,
            recorded: Recorded::of(receipt),
        })
    }
}

/// What was given a number, of this kind.
fn given(outcome: &CaseOutcome, kind: SubjectKind) -> impl Iterator<Item = Subject> {
    // The first is the case itself.
    outcome.subjects().skip(1).filter(move |subject| subject.kind() == kind)
}

impl Show for Taken {
    fn text(&self, lang: Lang) -> String {
        let status = of_code::<CaseStatus>(self.status, lang);
        let head = [
            (CASE.of(lang), self.case.clone()),
            (PROCEDURE.of(lang), self.procedure.with_article(lang)),
            (STEP.of(lang), self.step.with_article(lang)),
            (STATE.of(lang), STATE_AND_STATUS.fill(lang, &[&self.state.in_lang(lang), &status])),
            (DEADLINES_AHEAD.of(lang), {
                self.deadlines.iter().map(|deadline| deadline.line(lang)).collect::<Vec<_>>().join("\n")
            }),
            (ACCOUNTS.of(lang), self.accounts.join("\n")),
            (OBJECTS.of(lang), self.objects.join("\n")),
            (REGISTRATIONS.of(lang), self.registrations.join("\n")),
            (CERTIFICATES.of(lang), self.certificates.join("\n")),
            (CASES.of(lang), self.cases.join("\n")),
        ];
        let openings = self.openings.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let openings = [(OPENINGS_FILE.of(lang), openings)];
        facts(head.into_iter().chain(self.recorded.facts(lang)).chain(openings))
    }
}
