//! The ways through both profiles, step by step.

use bulla_fixtures::stage::{Ledger, Party, Take, calendar_year, code_of, go_on, open, real, term, tianjin};
use bulla_types::{
    CaseNumber, CertificateNumber, DocumentItem, EvidenceNumber, FieldValue, ProfileDigest,
    RegistrationNumber, Role, Subject,
};

/// The register of the first profile.
pub(crate) struct Register {
    pub(crate) ledger: Ledger,
    profile: ProfileDigest,
    platform: Party,
    applicant: Party,
    objector: Party,
    /// Who issues vouchers: on evidence, de-identification, structuring.
    issuers: [Party; 3],
}

impl Register {
    pub(crate) fn new() -> Self {
        let mut ledger = Ledger::new();
        (2025..=2026).for_each(|year| ledger.adopt_year(&calendar_year(year)));
        let platform = ledger.body(1);
        let provider = ledger.enrol("provider", Role::EvidenceService);
        let [deidentifier, structurer] =
            ["deidentifier", "structurer"].map(|name| ledger.enrol(name, Role::ServiceInstitution));
        let [applicant, objector] = ["applicant", "objector"].map(|name| ledger.enrol(name, Role::Subject));
        let codes = [
            ("91000000MA0000101F", bulla_fixtures::stage::credit_code(1)),
            ("91000000MA0000900R", code_of(&provider.name)),
            ("91000000MA0000601U", code_of(&deidentifier.name)),
            ("91000000MA0000602Y", code_of(&structurer.name)),
        ];
        let profile = ledger.adopt(&real("cn-tj-tjifa-003-2022", &codes));
        ledger.until("2025-10-10");
        ledger.request().operated_by(&provider).deposit("asset").recorded();
        let issuers = [provider, deidentifier, structurer];
        Self { ledger, profile, platform, applicant, objector, issuers }
    }

    pub(crate) fn submit(&self, procedure: &str, asset: &str) -> Take {
        tianjin::submission(self.profile, procedure, asset, &self.applicant)
    }

    pub(crate) fn issue(&self, procedure: &str, case: CaseNumber) -> Take {
        let [provider, deidentifier, structurer] = &self.issuers;
        match procedure {
            "evidence_storage" => go_on(case, "issue_report")
                .by("evidence_provider", provider)
                .attached("chain_filing_number", "1")
                .document("evidence_report", vec![DocumentItem::Evidence(EvidenceNumber(1))]),
            "deidentification" => go_on(case, "issue_voucher")
                .by("deidentification_agency", deidentifier)
                .paper("deidentification_report"),
            _ => {
                go_on(case, "issue_voucher").by("structuring_agency", structurer).paper("structuring_report")
            }
        }
    }

    pub(crate) fn voucher(&mut self, procedure: &str, asset: &str) -> CertificateNumber {
        let submit = self.submit(procedure, asset);
        let case = self.ledger.take(&submit).case;
        let issue = self.issue(procedure, case);
        self.ledger.take(&issue).certificates[0]
    }

    fn vouchers(&mut self, asset: &str) -> [CertificateNumber; 3] {
        ["evidence_storage", "deidentification", "structuring"]
            .map(|procedure| self.voucher(procedure, asset))
    }

    fn application(&self, take: Take, asset: &str, vouchers: [CertificateNumber; 3]) -> Take {
        tianjin::application(take.by("applicant", &self.applicant), asset, &self.applicant, vouchers)
    }

    pub(crate) fn apply(&self, asset: &str, vouchers: [CertificateNumber; 3]) -> Take {
        self.application(open(self.profile, "initial_registration", "apply"), asset, vouchers)
    }

    pub(crate) fn resubmit(&self, case: CaseNumber, asset: &str, vouchers: [CertificateNumber; 3]) -> Take {
        self.application(go_on(case, "resubmit"), asset, vouchers)
    }

    pub(crate) fn give_back(&self, case: CaseNumber) -> Take {
        go_on(case, "return_for_supplement").by("platform", &self.platform).attached("deficiencies", "one")
    }

    pub(crate) fn register(&self, case: CaseNumber) -> Take {
        go_on(case, "register")
            .by("platform", &self.platform)
            .field("asset_type", term("dataset"))
            .field("certified_acquisition", term("collected"))
            .attached("permitted_use", "research")
    }

    /// File, reply, dismiss.
    pub(crate) fn objection(&self, case: CaseNumber) -> [Take; 3] {
        let file = open(self.profile, "objection", "file")
            .about(Subject::Case(case))
            .by("objector", &self.objector)
            .attached("objection_grounds", "mine")
            .paper("objection_material")
            .paper("interest_proof");
        let reply = go_on(case, "reply").by("respondent", &self.applicant).attached("objection_reply", "no");
        [file, reply, go_on(case, "dismiss").by("platform", &self.platform).reasons("not proved")]
    }

    pub(crate) fn certify(&self, case: CaseNumber) -> Take {
        go_on(case, "issue_certificate").by("platform", &self.platform)
    }

    /// As many applications that were returned and whose time for the supplement has run out.
    pub(crate) fn not_supplemented(&mut self, count: usize) {
        let vouchers = self.vouchers("asset");
        let apply: Vec<_> =
            (0..count).map(|number| self.apply(&format!("asset {number}"), vouchers)).collect();
        self.ledger.take_together(&apply);
        let first = 4;
        let numbers = (first..).take(count);
        let back: Vec<_> = numbers.map(|number| self.give_back(CaseNumber(number))).collect();
        self.ledger.take_together(&back);
        let day: bulla_rules::CivilDate = "2025-10-31".parse().expect("a day");
        self.ledger.time = day.ends();
    }
}

/// The venue of the second profile, with a party that sells what is certified.
pub(crate) struct Venue {
    register: Register,
    profile: ProfileDigest,
    centre: Party,
    operator: Party,
    pub(crate) buyer: Party,
    certificate: CertificateNumber,
}

impl Venue {
    pub(crate) fn new() -> Self {
        let mut register = Register::new();
        let vouchers = register.vouchers("asset");
        let apply = register.apply("asset", vouchers);
        let case = register.ledger.take(&apply).case;
        let passed = register.register(case);
        register.ledger.take(&passed);
        register.ledger.until("2025-10-15");
        let certify = register.certify(case);
        let certificate = register.ledger.take(&certify).certificates[0];
        let [centre, operator] =
            ["centre", "operator"].map(|name| register.ledger.enrol(name, Role::Exchange));
        let buyer = register.ledger.enrol("buyer", Role::Subject);
        let codes =
            [("91000000MA0000701H", code_of(&centre.name)), ("91000000MA0000702L", code_of(&operator.name))];
        let profile = register.ledger.adopt(&real("cn-gz-trade-2022", &codes));
        let mut venue = Self { register, profile, centre, operator, buyer, certificate };
        let seller = venue.register.applicant.clone();
        let [apply, register] = venue.party(&seller);
        let case = venue.ledger().take(&apply).case;
        venue.ledger().take(&register.of(case));
        venue
    }

    pub(crate) fn ledger(&mut self) -> &mut Ledger {
        &mut self.register.ledger
    }

    /// Applied for and registered. The case of a later step is not known yet.
    pub(crate) fn party(&self, party: &Party) -> [Take; 2] {
        let apply = open(self.profile, "party_registration", "apply")
            .by("applicant", party)
            .values("capacities", vec![term("demander"), term("vendor")])
            .attached("party_name", &party.name)
            .attached("party_contact", "contact");
        let papers = ["identity_proof", "protection_proof", "source_statement", "capability_proof"];
        let apply = papers.iter().fold(apply, |apply, paper| apply.paper(paper));
        [apply, self.by_centre("register")]
    }

    pub(crate) fn item(&self) -> [Take; 2] {
        let apply = open(self.profile, "item_registration", "apply")
            .by("offeror", &self.register.applicant)
            .attached("item_name", "item")
            .field("item_kind", term("data"))
            .field("item_voucher", term("element"))
            .field("registration", FieldValue::Certificate(self.certificate))
            .values("delivery_modes", vec![term("dataset"), term("interface")])
            .attached("item_brief", "brief")
            .paper("source_statement")
            .paper("compliance_assessment");
        [apply, self.by_centre("register")]
    }

    fn by_centre(&self, step: &str) -> Take {
        go_on(CaseNumber(1), step).by("centre", &self.centre)
    }

    pub(crate) fn inquiry(&self, item: RegistrationNumber) -> Take {
        open(self.profile, "trade", "inquire")
            .about(Subject::Registration(item))
            .by("demander", &self.buyer)
            .attached("use_scope", "research")
    }

    /// From the proposal to the vouchers.
    pub(crate) fn trade(&self, case: CaseNumber) -> [(&'static str, Take); 7] {
        let (seller, buyer) = (&self.register.applicant, &self.buyer);
        let propose = go_on(case, "propose")
            .by("seller", seller)
            .field("pricing", term("negotiated"))
            .attached("price", "1250000")
            .attached("use_scope", "research")
            .attached("trade_mode", "once")
            .attached("use_term", "a year");
        let clauses = [
            "data_content",
            "data_purpose",
            "data_quality",
            "trade_mode",
            "security_duties",
            "confidentiality",
        ];
        let contract = go_on(case, "sign_contract")
            .by("seller", seller)
            .with("demander", buyer)
            .attached("contract_amount", "1250000")
            .field("delivery_mode", term("dataset"))
            .paper("contract");
        let contract = clauses.iter().fold(contract, |contract, clause| contract.attached(clause, clause));
        let settle = go_on(case, "settle")
            .by("operator", &self.operator)
            .attached("settled_amount", "1250000")
            .paper("custody_statement");
        [
            ("trade.propose", propose),
            ("trade.sign_contract", contract),
            (
                "trade.instruct",
                go_on(case, "instruct").by("demander", buyer).attached("instructed_amount", "1250000"),
            ),
            ("trade.settle", settle),
            ("trade.deliver", go_on(case, "deliver").by("seller", seller).paper("delivered_data")),
            ("trade.confirm_delivery", go_on(case, "confirm_delivery").by("demander", buyer)),
            ("trade.file", go_on(case, "file").by("centre", &self.centre).paper("filing")),
        ]
    }
}
