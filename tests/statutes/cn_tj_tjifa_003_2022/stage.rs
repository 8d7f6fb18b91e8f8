//! The platform, the right holder and the institutions, and the steps that they take in the usual way.

use std::sync::OnceLock;

use bulla_fixtures::stage::{Ledger, Party, Take, code_of, credit_code, go_on, open, term, tianjin};
use bulla_types::{
    AccountNumber, AccountRecord, CaseNumber, CaseOutcome, CaseRecord, CertificateNumber, CertificateRecord,
    CreditCode, DocumentItem, EvidenceNumber, ProfileDigest, ReasonCode, RegistrationNumber,
    RegistrationRecord, Role, StateKey, Subject, SystemEvent,
};

use crate::suite::{self, Law};

pub(crate) use bulla_fixtures::stage::tianjin::{ATTACHED, PAPERS, VOUCHERS};

/// Everyone who has a part, enrolled.
pub(crate) fn base() -> &'static Ledger {
    static BASE: OnceLock<Ledger> = OnceLock::new();
    BASE.get_or_init(|| {
        let mut ledger = suite::founded();
        for (name, role) in MEMBERS {
            ledger.enrol(name, role);
        }
        ledger
    })
}

const MEMBERS: [(&str, Role); 8] = [
    ("provider", Role::EvidenceService),
    ("deidentifier", Role::ServiceInstitution),
    ("structurer", Role::ServiceInstitution),
    ("applicant", Role::Subject),
    ("competitor", Role::Subject),
    ("objector", Role::Supervisor),
    ("other provider", Role::EvidenceService),
    ("other institution", Role::ServiceInstitution),
];

pub(crate) fn codes() -> Vec<(&'static str, CreditCode)> {
    vec![
        ("91000000MA0000101F", credit_code(1)),
        ("91000000MA0000900R", code_of("provider")),
        ("91000000MA0000601U", code_of("deidentifier")),
        ("91000000MA0000602Y", code_of("structurer")),
    ]
}

/// A ledger on Friday 2025-10-10, at ten o'clock. The next working days are Saturday 11, Monday 13, Tuesday 14.
#[derive(Clone)]
pub(crate) struct Platform {
    pub(crate) ledger: Ledger,
    pub(crate) profile: ProfileDigest,
    pub(crate) platform: Party,
    pub(crate) provider: Party,
    pub(crate) deidentifier: Party,
    pub(crate) structurer: Party,
    pub(crate) applicant: Party,
    pub(crate) competitor: Party,
    pub(crate) objector: Party,
    pub(crate) other_provider: Party,
    pub(crate) other_institution: Party,
}

impl Platform {
    pub(crate) fn of(law: &Law) -> Self {
        let (mut ledger, profile) = law.ledger();
        ledger.until("2025-10-10");
        Self::on(ledger, profile)
    }

    /// The platform on a ledger on which its profile is in force.
    pub(crate) fn on(ledger: Ledger, profile: ProfileDigest) -> Self {
        let party = |name: &str| ledger.party(name);
        Self {
            profile,
            platform: ledger.body(1),
            provider: party("provider"),
            deidentifier: party("deidentifier"),
            structurer: party("structurer"),
            applicant: party("applicant"),
            competitor: party("competitor"),
            objector: party("objector"),
            other_provider: party("other provider"),
            other_institution: party("other institution"),
            ledger,
        }
    }

    // What happens.

    pub(crate) fn take(&mut self, take: &Take) -> CaseOutcome {
        self.ledger.take(take)
    }

    pub(crate) fn refused(&mut self, take: &Take, reason: ReasonCode) {
        let refusal = self.ledger.refuse(take);
        assert_eq!(refusal.reason(), reason, "{refusal}");
    }

    /// It would be taken now.
    pub(crate) fn would_take(&self, take: &Take) {
        self.ledger.clone().take(take);
    }

    pub(crate) fn until(&mut self, day: &str) -> Vec<SystemEvent> {
        self.ledger.until(day)
    }

    // What is on the ledger.

    pub(crate) fn case(&self, number: CaseNumber) -> CaseRecord {
        self.ledger.case(number)
    }

    pub(crate) fn state(&self, number: CaseNumber) -> String {
        self.ledger.state(number)
    }

    pub(crate) fn certificate(&self, number: CertificateNumber) -> CertificateRecord {
        self.ledger.view.record(StateKey::Certificate(number)).unwrap()
    }

    pub(crate) fn registration(&self, number: RegistrationNumber) -> RegistrationRecord {
        self.ledger.view.record(StateKey::Registration(number)).unwrap()
    }

    pub(crate) fn account(&self, number: AccountNumber) -> AccountRecord {
        self.ledger.view.record(StateKey::Account(number)).unwrap()
    }

    // Third parties.

    /// An asset is submitted to a third party.
    pub(crate) fn submission(&self, procedure: &str, asset: &str, holder: &Party) -> Take {
        tianjin::submission(self.profile, procedure, asset, holder)
    }

    /// The third party does its work.
    pub(crate) fn work(&self, procedure: &str, case: CaseNumber) -> Take {
        match procedure {
            "evidence_storage" => go_on(case, "issue_report")
                .by("evidence_provider", &self.provider)
                .attached("chain_filing_number", "津网信备1号")
                .document("evidence_report", vec![DocumentItem::Evidence(EvidenceNumber(1))]),
            "deidentification" => go_on(case, "issue_voucher")
                .by("deidentification_agency", &self.deidentifier)
                .paper("deidentification_report"),
            _ => go_on(case, "issue_voucher")
                .by("structuring_agency", &self.structurer)
                .paper("structuring_report"),
        }
    }

    /// The provider puts evidence on the chain.
    pub(crate) fn deposit(&mut self) {
        let provider = self.provider.clone();
        self.ledger.request().operated_by(&provider).deposit("report").recorded();
    }

    /// The vouchers of all third parties for an asset.
    pub(crate) fn vouchers(&mut self, asset: &str, holder: &Party) -> [CertificateNumber; 3] {
        self.deposit();
        ["evidence_storage", "deidentification", "structuring"].map(|procedure| {
            let submission = self.submission(procedure, asset, holder);
            let case = self.take(&submission).case;
            let work = self.work(procedure, case);
            self.take(&work).certificates[0]
        })
    }

    // Registration.

    /// All that an application says and hands in.
    pub(crate) fn file(take: Take, asset: &str, holder: &Party, vouchers: [CertificateNumber; 3]) -> Take {
        tianjin::application(take, asset, holder, vouchers)
    }

    /// The application of a holder for an asset with these vouchers.
    pub(crate) fn application_of(
        &self,
        holder: &Party,
        asset: &str,
        vouchers: [CertificateNumber; 3],
    ) -> Take {
        let take = open(self.profile, "initial_registration", "apply").by("applicant", holder);
        Self::file(take, asset, holder, vouchers)
    }

    /// The applicant's application for an asset, whose vouchers have been issued just now.
    pub(crate) fn application(&mut self, asset: &str) -> Take {
        let applicant = self.applicant.clone();
        let vouchers = self.vouchers(asset, &applicant);
        self.application_of(&applicant, asset, vouchers)
    }

    pub(crate) fn applied(&mut self, asset: &str) -> CaseNumber {
        let application = self.application(asset);
        self.take(&application).case
    }

    pub(crate) fn register(&self, case: CaseNumber) -> Take {
        go_on(case, "register")
            .by("platform", &self.platform)
            .field("asset_type", term("dataset"))
            .field("certified_acquisition", term("collected"))
            .attached("permitted_use", "research")
    }

    pub(crate) fn registered(&mut self, asset: &str) -> (CaseNumber, CaseOutcome) {
        let case = self.applied(asset);
        let register = self.register(case);
        (case, self.take(&register))
    }

    pub(crate) fn return_for_supplement(&self, case: CaseNumber) -> Take {
        go_on(case, "return_for_supplement").by("platform", &self.platform).attached("deficiencies", "one")
    }

    /// The whole file of the applicant again.
    pub(crate) fn resubmission(
        &self,
        case: CaseNumber,
        asset: &str,
        vouchers: [CertificateNumber; 3],
    ) -> Take {
        let take = go_on(case, "resubmit").by("applicant", &self.applicant);
        Self::file(take, asset, &self.applicant, vouchers)
    }

    pub(crate) fn issue(&self, case: CaseNumber) -> Take {
        go_on(case, "issue_certificate").by("platform", &self.platform)
    }

    /// An asset whose certificate was issued on 2025-10-15.
    pub(crate) fn certified(&mut self, asset: &str) -> (CaseNumber, CertificateNumber) {
        let (case, _) = self.registered(asset);
        self.until("2025-10-15");
        let issue = self.issue(case);
        (case, self.take(&issue).certificates[0])
    }

    // Objection.

    pub(crate) fn objection(&self, case: CaseNumber) -> Take {
        open(self.profile, "objection", "file")
            .about(Subject::Case(case))
            .by("objector", &self.objector)
            .attached("objection_grounds", "mine")
            .paper("objection_material")
            .paper("interest_proof")
    }

    pub(crate) fn objected(&mut self, case: CaseNumber) -> CaseNumber {
        let objection = self.objection(case);
        self.take(&objection).case
    }

    pub(crate) fn decide(&self, objection: CaseNumber, step: &str) -> Take {
        go_on(objection, step).by("platform", &self.platform).reasons("because")
    }

    // Renewal.

    pub(crate) fn renewal(&self, certificate: CertificateNumber) -> Take {
        open(self.profile, "renewal", "apply")
            .about(Subject::Certificate(certificate))
            .by("holder", &self.applicant)
            .paper("renewal_application")
    }
}
