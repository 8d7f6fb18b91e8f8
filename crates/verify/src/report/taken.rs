//! Steps of procedures (程序步骤), as their entries say them.

use std::collections::BTreeMap;

use bulla_crypto::Hash;
use bulla_types::{CaseRef, DocumentItem, Identifier, LedgerId, RuleName, StepActor, Subject, TakeStep};
use serde::Serialize;

use super::names::{Names, digests_text};
use super::record::Contents;
use super::{text, text_if_any};

/// What was signed: which step, by whom, in whose name, with what. That the ledger's rules let it pass shows in
/// the entry standing in the log.
#[derive(Debug, Clone, Serialize)]
pub struct TakenReport {
    /// The step, by its name in the profile.
    #[serde(serialize_with = "text")]
    pub step: RuleName,
    /// As which party it was taken.
    #[serde(serialize_with = "text")]
    pub party: RuleName,
    /// What was opened with it; `None`: the case was open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<OpenedCaseReport>,
    /// Everyone who acted.
    pub actors: Vec<ActorReport>,
    /// Fields: values in clear, or the commitment to them.
    pub fields: Contents,
    /// Documents handed in, by category: digests, or the identifier of a deposit or certificate.
    pub documents: BTreeMap<String, Vec<String>>,
    /// Commitment to the reasons.
    #[serde(serialize_with = "text_if_any", skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Hash>,
}

/// A case, as whoever opens it says.
#[derive(Debug, Clone, Serialize)]
pub struct OpenedCaseReport {
    /// Digest of the profile under which it runs.
    pub profile: String,
    /// The procedure, by its name there.
    #[serde(serialize_with = "text")]
    pub procedure: RuleName,
    /// What it is about.
    #[serde(serialize_with = "text_if_any", skip_serializing_if = "Option::is_none")]
    pub about: Option<Identifier>,
    /// Parties that the opener named.
    pub named: BTreeMap<String, String>,
}

/// A member that acted.
#[derive(Debug, Clone, Serialize)]
pub struct ActorReport {
    /// As which party.
    #[serde(serialize_with = "text")]
    pub party: RuleName,
    /// The member.
    #[serde(serialize_with = "text")]
    pub member: Identifier,
    /// The agent that signed in its place; that it had a mandate of the member is the agent's word.
    #[serde(serialize_with = "text_if_any", skip_serializing_if = "Option::is_none")]
    pub agent: Option<Identifier>,
}

impl TakenReport {
    pub(crate) fn new(ledger_id: &LedgerId, take: &TakeStep) -> Self {
        let names = Names(ledger_id);
        let documents = take.documents.iter().map(|document| {
            let items = document.items.iter().map(|item| match item {
                DocumentItem::Digests(digests) => digests_text(digests),
                DocumentItem::Evidence(number) => Identifier::evidence(ledger_id, *number).to_string(),
                DocumentItem::Certificate(number) => names.of(Subject::Certificate(*number)).to_string(),
            });
            (document.category.to_string(), items.collect())
        });
        let fields = take.fields.iter().map(|field| (field.name.to_string(), names.content(&field.content)));
        Self {
            step: take.step.clone(),
            party: take.party.clone(),
            opened: match &take.case {
                CaseRef::Open(open) => Some(OpenedCaseReport {
                    profile: open.profile.to_string(),
                    procedure: open.procedure.clone(),
                    about: open.about.map(|about| names.of(about)),
                    named: open
                        .parties
                        .iter()
                        .map(|named| {
                            (named.party.to_string(), names.of(Subject::Member(named.member)).to_string())
                        })
                        .collect(),
                }),
                CaseRef::Number(_) => None,
            },
            actors: take.actors.iter().map(|actor| ActorReport::new(&names, actor)).collect(),
            fields: fields.collect(),
            documents: documents.collect(),
            reasons: take.reasons.map(|commitment| commitment.0),
        }
    }
}

impl ActorReport {
    fn new(names: &Names<'_>, actor: &StepActor) -> Self {
        Self {
            party: actor.party.clone(),
            member: names.of(Subject::Member(actor.member)),
            agent: actor.agent.map(|agent| names.of(Subject::Member(agent))),
        }
    }
}
