//! Steps made from words go through the rules of a ledger.

use bulla_client::{
    AdoptedProfile, BuildError, CaseReport, Signer, StepBuilder, StepRequest, TransactionBuilder,
};
use bulla_fixtures::stage::{Ledger, Party, calendar_year, code_of, credit_code, real};
use bulla_rules::profile::{Disposition, Field, Profile, Table};
use bulla_types::{
    BlockTime, Canonical, CaseNumber, FieldContent, FieldValue, FieldValues, KeptOpenings, KeyPurpose,
    Outcome, RequestId, Role, RuleName, Submission,
};

use super::desk::adopted;

struct Desk {
    ledger: Ledger,
    adopted: AdoptedProfile,
    applicant: Party,
    provider: Party,
}

impl Desk {
    fn new(change: impl FnOnce(&mut Profile)) -> Self {
        let mut ledger = Ledger::new();
        (2025..=2026).for_each(|year| ledger.adopt_year(&calendar_year(year)));
        let provider = ledger.enrol("provider", Role::EvidenceService);
        let applicant = ledger.enrol("applicant", Role::Subject);
        let codes = [("91000000MA0000101F", credit_code(1)), ("91000000MA0000900R", code_of(&provider.name))];
        let mut profile = real("cn-tj-tjifa-003-2022", &codes);
        change(&mut profile);
        ledger.adopt(&profile);
        ledger.until("2025-10-10");
        Self { ledger, adopted: adopted(profile), applicant, provider }
    }

    fn submit(&self) -> StepRequest {
        let digest = format!("sha256:{}", "ab".repeat(32));
        let code = code_of(&self.applicant.name).to_string();
        let fields = [
            ("asset_name", "城市交通流量数据集"),
            ("asset_digest", &digest),
            ("applicant_name", "某某数据有限公司"),
            ("credit_code", &code),
            ("acquisition", "collected"),
        ];
        let step = StepBuilder::opening(self.ledger.id, &self.adopted, "evidence_storage", "submit").unwrap();
        let step = step.actor("applicant", self.applicant.number).unwrap();
        let step = fields.iter().fold(step, |step, (name, text)| step.field(name, text).unwrap());
        let papers = ["title_declaration", "collection_declaration"];
        let step = papers.iter().fold(step, |step, paper| step.document(paper, &digest).unwrap());
        step.finish().unwrap()
    }

    fn sign(&mut self, party: &Party, request: StepRequest) -> (Submission, Option<KeptOpenings>) {
        assert_eq!(request.signers(), [party.number].into());
        let signer = Signer::new(party.number, party.key(KeyPurpose::Operate));
        let request_id = self.ledger.request_id();
        let transaction = TransactionBuilder::with_request_id(self.ledger.id, request_id);
        transaction.signer(&signer).action(request).build_keeping().unwrap()
    }

    fn record(&mut self, submission: &Submission) -> CaseNumber {
        let outcomes = self.ledger.record(submission.transaction()).unwrap();
        let [Outcome::Case(outcome)] = &outcomes[..] else { panic!("{outcomes:?}") };
        outcome.case
    }

    fn report(&self, case: CaseNumber) -> CaseReport {
        let record = self.ledger.case(case);
        CaseReport {
            record,
            past: vec![],
            possible: vec![],
            at: BlockTime(1),
            deadlines: vec![],
            openings: vec![],
        }
    }
}

fn field(name: &str) -> RuleName {
    name.parse().unwrap()
}

#[test]
fn what_is_said_in_words_stands_on_the_ledger_where_the_profile_puts_it() {
    let mut desk = Desk::new(|_| {});
    let applicant = desk.applicant.clone();
    let request = desk.submit();
    let (submission, kept) = desk.sign(&applicant, request);
    assert_eq!(kept, None);
    let case = desk.record(&submission);
    let record = desk.ledger.case(case);
    let clear = |value: FieldValue| FieldContent::Clear(value.into());
    assert_eq!(record.fields[&field("credit_code")], clear(FieldValue::CreditCode(code_of("applicant"))));
    assert_eq!(record.fields[&field("acquisition")], clear(FieldValue::Term(field("collected"))));

    let opening = submission.openings().iter().find(|opening| opening.path.as_str() == "fields.asset_name");
    let opening = opening.unwrap();
    let request_id = submission.transaction().body().request_id;
    let committed = FieldContent::Committed(opening.commitment(&request_id));
    assert_eq!(record.fields[&field("asset_name")], committed);
    let said: FieldValues = FieldValue::Text("城市交通流量数据集".to_owned()).into();
    assert_eq!(FieldValues::decode(&opening.value).unwrap(), said);
    assert_eq!(submission.openings().len(), 2, "the names are attached, all else is clear");
}

#[test]
fn a_case_goes_on_by_the_next_step_made_from_words() {
    let mut desk = Desk::new(|_| {});
    let (applicant, provider) = (desk.applicant.clone(), desk.provider.clone());
    let request = desk.submit();
    let (submission, _) = desk.sign(&applicant, request);
    let case = desk.record(&submission);
    desk.ledger.request().operated_by(&provider).deposit("report").recorded();
    let report = desk.report(case);
    let step = StepBuilder::of_case(desk.ledger.id, &desk.adopted, &report, "issue_report").unwrap();
    let step = step.actor("evidence_provider", provider.number).unwrap();
    let step = step.field("chain_filing_number", "津网信备1号").unwrap();
    let identifier = bulla_types::Identifier::evidence(&desk.ledger.id, bulla_types::EvidenceNumber(1));
    let request = step.document("evidence_report", &identifier.to_string()).unwrap().finish().unwrap();
    let (submission, _) = desk.sign(&provider, request);
    let outcomes = desk.ledger.record(submission.transaction()).unwrap();
    let [Outcome::Case(outcome)] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(outcome.certificates.len(), 1);
}

#[test]
fn openings_of_committed_fields_stay_with_their_owner() {
    let commit = |profile: &mut Profile| {
        let change = |field: &Field| match field.head.name.as_str() {
            "asset_name" => Field { disposition: Disposition::Committed, ..field.clone() },
            _ => field.clone(),
        };
        profile.fields = Table::sorted(profile.fields.iter().map(change).collect()).unwrap();
    };
    let mut desk = Desk::new(commit);
    let applicant = desk.applicant.clone();
    let request = desk.submit();
    assert!(request.keeps_openings());
    let (submission, kept) = desk.sign(&applicant, request);
    let kept = kept.unwrap();
    let paths: Vec<_> = submission.openings().iter().map(|opening| opening.path.as_str()).collect();
    assert_eq!(paths, ["fields.applicant_name"]);
    assert_eq!(kept.openings().len(), 1);
    assert_eq!(kept.openings()[0].path.as_str(), "fields.asset_name");
    assert_eq!(KeptOpenings::decode(&kept.encode()).unwrap(), kept);
    kept.verify(submission.transaction()).unwrap();
    desk.record(&submission);

    let lost = TransactionBuilder::with_request_id(desk.ledger.id, RequestId::new(1, &[0; 10]));
    let signer = Signer::new(applicant.number, applicant.key(KeyPurpose::Operate));
    let lost = lost.signer(&signer).action(desk.submit()).build();
    assert_eq!(lost.unwrap_err(), BuildError::OpeningsKept("fields.asset_name".to_owned()));
}
