//! R-TJ on the real profile: from the vouchers over registration, return, publicity and objection to the
//! certificate and its lapse.

use bulla_types::{
    CaseNumber, CertificateNumber, CertificateRecord, CertificateStatus, CreditCode, DocumentItem,
    EvidenceNumber, MemberRecord, ProfileDigest, ReasonCode, Role, StateKey, Subject, SystemEvent,
};

use crate::support::{Ledger, Party, Take, calendar_year, credit_code, go_on, open, real, term, tianjin};

const NAME: &str = "cn-tj-tjifa-003-2022";

#[derive(Clone)]
pub(super) struct Platform {
    pub(super) ledger: Ledger,
    pub(super) profile: ProfileDigest,
    pub(super) platform: Party,
    pub(super) applicant: Party,
    pub(super) provider: Party,
    pub(super) deidentifier: Party,
    pub(super) structurer: Party,
}

pub(super) fn code(ledger: &Ledger, party: &Party) -> CreditCode {
    let member: MemberRecord = ledger.view.record(StateKey::Member(party.number)).unwrap();
    *member.identity.credit_code().unwrap()
}

impl Platform {
    pub(super) fn new() -> Self {
        let mut ledger = Ledger::new();
        (2025..=2026).for_each(|year| ledger.adopt_year(&calendar_year(year)));
        let platform = ledger.body(1);
        let provider = ledger.enrol("provider", Role::EvidenceService);
        let deidentifier = ledger.enrol("deidentifier", Role::ServiceInstitution);
        let structurer = ledger.enrol("structurer", Role::ServiceInstitution);
        let applicant = ledger.enrol("applicant", Role::Subject);
        let codes = [
            ("91000000MA0000101F", credit_code(1)),
            ("91000000MA0000900R", code(&ledger, &provider)),
            ("91000000MA0000601U", code(&ledger, &deidentifier)),
            ("91000000MA0000602Y", code(&ledger, &structurer)),
        ];
        let profile = ledger.adopt(&real(NAME, &codes));
        ledger.until("2025-10-10");
        Self { ledger, profile, platform, applicant, provider, deidentifier, structurer }
    }

    /// The voucher that one procedure leads to.
    fn voucher(
        &mut self,
        procedure: &str,
        asset: &str,
        issue: Take,
        issuer: (&str, Party),
    ) -> CertificateNumber {
        let submit = tianjin::submission(self.profile, procedure, asset, &self.applicant);
        let case = self.ledger.take(&submit).case;
        let issue = issue.of(case).by(issuer.0, &issuer.1);
        self.ledger.take(&issue).certificates[0]
    }

    /// Evidence certificate, de-identification voucher and structuring voucher for an asset.
    pub(super) fn vouchers(&mut self, asset: &str) -> [CertificateNumber; 3] {
        let service = self.provider.clone();
        self.ledger.request().operated_by(&service).deposit(asset).recorded();
        let report = vec![DocumentItem::Evidence(EvidenceNumber(1))];
        let none = CaseNumber(1);
        let issue_report = go_on(none, "issue_report")
            .attached("chain_filing_number", "津网信备1号")
            .document("evidence_report", report);
        let provider = ("evidence_provider", self.provider.clone());
        let evidence = self.voucher("evidence_storage", asset, issue_report, provider);
        let issue = go_on(none, "issue_voucher").paper("deidentification_report");
        let issuer = ("deidentification_agency", self.deidentifier.clone());
        let deidentified = self.voucher("deidentification", asset, issue, issuer);
        let issue = go_on(none, "issue_voucher").paper("structuring_report");
        let issuer = ("structuring_agency", self.structurer.clone());
        let structured = self.voucher("structuring", asset, issue, issuer);
        [evidence, deidentified, structured]
    }

    pub(super) fn application(&self, take: Take, asset: &str, vouchers: [CertificateNumber; 3]) -> Take {
        tianjin::application(take, asset, &self.applicant, vouchers)
    }

    pub(super) fn apply(&mut self, asset: &str, vouchers: [CertificateNumber; 3]) -> CaseNumber {
        let take = open(self.profile, "initial_registration", "apply").by("applicant", &self.applicant);
        let take = self.application(take, asset, vouchers);
        self.ledger.take(&take).case
    }

    pub(super) fn register(&self, case: CaseNumber) -> Take {
        go_on(case, "register")
            .by("platform", &self.platform)
            .field("asset_type", term("dataset"))
            .field("certified_acquisition", term("collected"))
            .attached("permitted_use", "research")
    }

    /// An asset with a certificate, issued on 2025-10-15.
    pub(super) fn certified(&mut self, asset: &str) -> CertificateNumber {
        let vouchers = self.vouchers(asset);
        let case = self.apply(asset, vouchers);
        let register = self.register(case);
        self.ledger.take(&register);
        self.ledger.until("2025-10-15");
        self.ledger.take(&go_on(case, "issue_certificate").by("platform", &self.platform)).certificates[0]
    }

    fn certificate(&self, number: CertificateNumber) -> CertificateRecord {
        self.ledger.view.record(StateKey::Certificate(number)).unwrap()
    }
}

#[test]
fn an_asset_is_registered_publicised_certified_and_archived() {
    let mut story = Platform::new();
    let vouchers = story.vouchers("asset");
    let case = story.apply("asset", vouchers);
    let register = story.register(case);
    let given = story.ledger.take(&register);
    assert_eq!((given.accounts.len(), given.objects.len(), given.registrations.len()), (2, 1, 1));

    let issue = go_on(case, "issue_certificate").by("platform", &story.platform);
    story.ledger.until("2025-10-14");
    story.ledger.refuse_step(&issue, ReasonCode::TooEarly);
    story.ledger.until("2025-10-15");
    let number = story.ledger.take(&issue).certificates[0];
    story.ledger.take(&go_on(case, "archive").by("platform", &story.platform).paper("archive_file"));
    assert_eq!(story.ledger.state(case), "archived");
    let certificate = story.certificate(number);
    assert!(certificate.is_valid(story.ledger.time));
    assert!(certificate.contents.contains_key("certified_acquisition"));
}

#[test]
fn vouchers_of_another_asset_will_not_do() {
    let mut story = Platform::new();
    let vouchers = story.vouchers("another asset");
    let case = story.apply("asset", vouchers);
    let register = story.register(case);
    story.ledger.refuse_step(&register, ReasonCode::ValuesDiffer);
}

#[test]
fn only_recognised_institutions_issue_vouchers() {
    let mut story = Platform::new();
    let submit = tianjin::submission(story.profile, "deidentification", "asset", &story.applicant);
    let case = story.ledger.take(&submit).case;
    let issue = go_on(case, "issue_voucher")
        .by("deidentification_agency", &story.structurer)
        .paper("deidentification_report");
    story.ledger.refuse_step(&issue, ReasonCode::PartyWrong);
}

#[test]
fn an_application_that_is_returned_is_supplemented_in_time_or_ends() {
    let mut story = Platform::new();
    let vouchers = story.vouchers("asset");
    let [in_time, late] = [(); 2].map(|()| {
        let case = story.apply("asset", vouchers);
        let back = go_on(case, "return_for_supplement")
            .by("platform", &story.platform)
            .attached("deficiencies", "one");
        story.ledger.take(&back);
        case
    });
    // Fifteen working days after 10 October, 11 October being one.
    story.ledger.until("2025-10-30");
    let resubmit = go_on(in_time, "resubmit").by("applicant", &story.applicant);
    let resubmit = story.application(resubmit, "asset", vouchers);
    story.ledger.take(&resubmit);
    let events = story.ledger.until("2025-10-31");
    assert!(
        matches!(&events[..], [SystemEvent::DeadlineReached(reached)] if reached.subject == Subject::Case(late))
    );
    assert_eq!(story.ledger.state(late), "not_supplemented");
    let register = story.register(in_time);
    story.ledger.take(&register);
}

#[test]
fn an_objection_that_is_upheld_returns_the_application_and_the_object_keeps_its_number() {
    let mut story = Platform::new();
    let vouchers = story.vouchers("asset");
    let case = story.apply("asset", vouchers);
    let register = story.register(case);
    let first = story.ledger.take(&register);
    let objector = story.ledger.enrol("objector", Role::Subject);
    let objection = open(story.profile, "objection", "file")
        .about(Subject::Case(case))
        .by("objector", &objector)
        .attached("objection_grounds", "mine")
        .paper("objection_material")
        .paper("interest_proof");
    let objection = story.ledger.take(&objection).case;
    let reply =
        go_on(objection, "reply").by("respondent", &story.applicant).attached("objection_reply", "no");
    story.ledger.take(&reply);
    story.ledger.take(&go_on(objection, "uphold").by("platform", &story.platform).reasons("proved"));
    assert_eq!(story.ledger.state(case), "returned");
    let resubmit = go_on(case, "resubmit").by("applicant", &story.applicant);
    let resubmit = story.application(resubmit, "asset", vouchers);
    story.ledger.take(&resubmit);
    let register = story.register(case);
    let second = story.ledger.take(&register);
    assert_eq!((first.objects.len(), second.objects.len()), (1, 0));
    // The publicity runs anew from here.
    let issue = go_on(case, "issue_certificate").by("platform", &story.platform);
    story.ledger.refuse_step(&issue, ReasonCode::TooEarly);
    story.ledger.until("2025-10-15");
    story.ledger.take(&issue);
}

#[test]
fn a_certificate_lapses_after_three_years_unless_it_is_renewed_in_its_last_month() {
    let mut story = Platform::new();
    let number = story.certified("asset");
    let apply = open(story.profile, "renewal", "apply")
        .about(Subject::Certificate(number))
        .by("holder", &story.applicant)
        .paper("renewal_application");
    story.ledger.until("2028-09-15");
    story.ledger.refuse_step(&apply, ReasonCode::WindowClosed);
    story.ledger.until("2028-09-16");
    let case = story.ledger.take(&apply).case;
    story.ledger.take(&go_on(case, "grant").by("platform", &story.platform));
    story.ledger.until("2031-10-15");
    assert!(story.certificate(number).is_valid(story.ledger.time));
    story.ledger.until("2031-10-16");
    assert_eq!(story.certificate(number).status, CertificateStatus::Lapsed);
}
