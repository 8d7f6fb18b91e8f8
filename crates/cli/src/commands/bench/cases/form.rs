//! A step in the making, with its attached fields, ready to be signed and sent.

use bulla_client::Prepared;
use bulla_crypto::{Signature, blake3};
use bulla_types::{
    Action, BlockTime, Canonical, CaseNumber, CaseRef, Commitment, CreditCode, DigestAlgorithm, Digests,
    DocumentDigest, DocumentItem, FieldContent, FieldValue, FieldValues, LedgerId, OpenCase, Opening,
    ProfileDigest, RequestId, RuleName, SignerRef, StepActor, StepDocument, StepField, Subject, Submission,
    TakeStep, Transaction, TransactionBody, commit, signing_message,
};

use super::people::Person;
use crate::failure::Failure;

/// How long a step may be recorded.
const VALID_FOR_MS: u64 = 5 * 60 * 1000;

/// A step in the making.
pub(super) struct Form<'p> {
    request_id: RequestId,
    step: TakeStep,
    openings: Vec<Opening>,
    signers: Vec<&'p Person>,
}

/// A name of a profile that is carried with this program.
#[allow(clippy::expect_used, reason = "every kind of step is made in a test")]
pub(super) fn name(name: &str) -> RuleName {
    name.parse().expect("invariant: names written here are names of rules")
}

pub(super) fn term(term: &str) -> FieldValue {
    FieldValue::Term(name(term))
}

/// Digests of a document that nobody has.
pub(super) fn digests(document: &[&[u8]]) -> Digests {
    let digest = |algorithm, suite: &[u8]| {
        let parts: Vec<&[u8]> = [suite].into_iter().chain(document.iter().copied()).collect();
        DocumentDigest { algorithm, value: blake3(&parts) }
    };
    let digests = vec![digest(DigestAlgorithm::Sha256, b"sha-256"), digest(DigestAlgorithm::Sm3, b"sm3")];
    #[allow(clippy::expect_used)]
    Digests::new(digests).expect("invariant: two algorithms, each once")
}

impl<'p> Form<'p> {
    /// Opens a case of this procedure.
    pub(super) fn open(request_id: RequestId, profile: ProfileDigest, procedure: &str, step: &str) -> Self {
        let case = OpenCase { profile, procedure: name(procedure), about: None, parties: Vec::new() };
        Self::new(request_id, CaseRef::Open(case), step)
    }

    /// Goes on with a case.
    pub(super) fn go_on(request_id: RequestId, case: CaseNumber, step: &str) -> Self {
        Self::new(request_id, CaseRef::Number(case), step)
    }

    fn new(request_id: RequestId, case: CaseRef, step: &str) -> Self {
        let step = TakeStep {
            case,
            step: name(step),
            party: name("nobody"),
            actors: Vec::new(),
            fields: Vec::new(),
            documents: Vec::new(),
            reasons: None,
        };
        Self { request_id, step, openings: Vec::new(), signers: Vec::new() }
    }

    pub(super) fn about(mut self, subject: Subject) -> Self {
        if let CaseRef::Open(open) = &mut self.step.case {
            open.about = Some(subject);
        }
        self
    }

    /// Who takes it, as which party.
    pub(super) fn by(mut self, party: &str, person: &'p Person) -> Self {
        self.step.party = name(party);
        self.with(party, person)
    }

    /// Who signs besides, as which party.
    pub(super) fn with(mut self, party: &str, person: &'p Person) -> Self {
        self.step.actors.push(StepActor { party: name(party), member: person.member, agent: None });
        self.signers.push(person);
        self
    }

    pub(super) fn clear(self, field: &str, value: FieldValue) -> Self {
        self.clear_list(field, vec![value])
    }

    pub(super) fn clear_list(self, field: &str, values: Vec<FieldValue>) -> Self {
        self.content(field, FieldContent::Clear(several(values)))
    }

    pub(super) fn code(self, field: &str, code: CreditCode) -> Self {
        self.clear(field, FieldValue::CreditCode(code))
    }

    pub(super) fn text(self, field: &str, words: &str) -> Self {
        self.attached(field, FieldValue::Text(words.to_owned()))
    }

    /// A field that only a commitment of stands in the entry; its opening travels beside it.
    pub(super) fn attached(mut self, field: &str, value: FieldValue) -> Self {
        let value = several(vec![value]).encode();
        let commitment = self.seal(&format!("fields.{field}"), value);
        self.committed(field, commitment)
    }

    /// The same commitment as stands in an earlier step.
    pub(super) fn committed(self, field: &str, commitment: Commitment) -> Self {
        self.content(field, FieldContent::Committed(commitment))
    }

    pub(super) fn reasons(mut self, words: &str) -> Self {
        self.step.reasons = Some(self.seal("reasons", words.as_bytes().to_vec()));
        self
    }

    /// The commitment in a field.
    pub(super) fn commitment(&self, field: &str) -> Option<Commitment> {
        let found = self.step.fields.iter().find(|found| found.name.as_str() == field)?;
        match found.content {
            FieldContent::Committed(commitment) => Some(commitment),
            FieldContent::Clear(_) => None,
        }
    }

    /// A document that is kept elsewhere.
    pub(super) fn paper(self, category: &str) -> Self {
        let digests = digests(&[self.request_id.as_bytes(), category.as_bytes()]);
        self.document(category, DocumentItem::Digests(digests))
    }

    pub(super) fn papers(self, categories: &[&str]) -> Self {
        categories.iter().fold(self, |form, category| form.paper(category))
    }

    pub(super) fn document(mut self, category: &str, item: DocumentItem) -> Self {
        self.step.documents.push(StepDocument { category: name(category), items: vec![item] });
        self
    }

    /// Signs it.
    pub(super) fn sign(self, ledger_id: LedgerId) -> Result<Prepared, Failure> {
        let Self { request_id, mut step, openings, signers } = self;
        step.actors.sort();
        step.fields.sort_by(|a, b| a.name.cmp(&b.name));
        step.documents.sort_by(|a, b| a.category.cmp(&b.category));
        let body = TransactionBody {
            ledger_id,
            request_id,
            not_after: BlockTime(request_id.time_ms() + VALID_FOR_MS),
            signers: signers
                .iter()
                .map(|person| SignerRef { member: person.member, key_id: person.key_id })
                .collect(),
            actions: vec![Action::TakeStep(step)],
        };
        let message = signing_message(&body.id());
        let signatures: Vec<Signature> = signers.iter().map(|person| person.key.sign(&message)).collect();
        let made = Transaction::new(&body, &signatures)
            .and_then(|transaction| Submission::new(transaction, openings));
        Ok(Prepared::from(&made.map_err(|error| Failure::internal(&error))?))
    }

    fn content(mut self, field: &str, content: FieldContent) -> Self {
        self.step.fields.push(StepField { name: name(field), content });
        self
    }

    /// Commits to a value. Its salt need not be kept from anyone: the load says nothing.
    #[allow(clippy::expect_used)]
    fn seal(&mut self, path: &str, value: Vec<u8>) -> Commitment {
        let salt = *blake3(&[self.request_id.as_bytes(), path.as_bytes()]).as_bytes();
        let commitment = commit(&salt, &self.request_id, 0, path, &value);
        let path = path.parse().expect("invariant: a name of a rule makes a path of a field");
        self.openings.push(Opening { action: 0, path, salt, value: value.into() });
        commitment
    }
}

#[allow(clippy::expect_used)]
fn several(values: Vec<FieldValue>) -> FieldValues {
    FieldValues::new(values).expect("invariant: values written here are of one kind")
}
