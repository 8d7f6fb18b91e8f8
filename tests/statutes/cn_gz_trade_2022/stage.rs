//! The venue, its operator, a seller with a registered asset and a buyer, and the steps that they take in the
//! usual way.

use std::sync::OnceLock;

use bulla_fixtures::stage::{Ledger, Party, Take, code_of, go_on, open, term};
use bulla_types::{
    CaseNumber, CaseOutcome, CaseRecord, CertificateNumber, CertificateRecord, CreditCode, FieldValue,
    ProfileDigest, ReasonCode, RegistrationNumber, RegistrationRecord, Role, StateKey, Subject,
};

use crate::cn_tj_tjifa_003_2022::stage::Platform;
use crate::neighbour::{Neighbour, Registered};
use crate::suite::Law;

/// The terms of a contract that are attached to it.
pub(crate) const CLAUSES: [&str; 6] =
    ["data_content", "data_purpose", "data_quality", "trade_mode", "security_duties", "confidentiality"];
/// The price that the parties agree on, in fen.
pub(crate) const PRICE: &str = "1250000";
/// The certificate of the seller's asset.
pub(crate) const REGISTERED: CertificateNumber = CertificateNumber(4);

const MEMBERS: [(&str, Role); 5] = [
    ("centre", Role::Exchange),
    ("operator", Role::Exchange),
    ("other exchange", Role::Exchange),
    ("buyer", Role::Subject),
    ("stranger", Role::Subject),
];

/// A ledger on 2025-10-15, on which the asset of the member `applicant` is registered and certified under the
/// published profile of the register.
pub(crate) fn base() -> &'static Ledger {
    static BASE: OnceLock<Ledger> = OnceLock::new();
    BASE.get_or_init(|| {
        let mut register = Platform::of(&crate::cn_tj_tjifa_003_2022::SOURCE.law());
        let (_, certificate) = register.certified("asset");
        assert_eq!(certificate, REGISTERED);
        enrol(&mut register.ledger);
        register.ledger
    })
}

fn enrol(ledger: &mut Ledger) {
    for (name, role) in MEMBERS {
        ledger.enrol(name, role);
    }
}

/// The voucher of a trade under the published profile, on a ledger on which the seller's asset is certified.
pub(crate) fn trade_voucher(ledger: &mut Ledger) -> CertificateNumber {
    enrol(ledger);
    let profile = ledger.adopt(&super::SOURCE.law().profile);
    let mut venue = Venue::on(ledger.clone(), profile);
    let (case, _) = venue.traded();
    let filing = venue.filing(case);
    let voucher = venue.take(&filing).certificates[0];
    *ledger = venue.ledger;
    voucher
}

pub(crate) fn codes() -> Vec<(&'static str, CreditCode)> {
    vec![("91000000MA0000701H", code_of("centre")), ("91000000MA0000702L", code_of("operator"))]
}

#[derive(Clone)]
pub(crate) struct Venue {
    pub(crate) ledger: Ledger,
    pub(crate) profile: ProfileDigest,
    pub(crate) centre: Party,
    pub(crate) operator: Party,
    pub(crate) other_exchange: Party,
    pub(crate) seller: Party,
    pub(crate) buyer: Party,
    pub(crate) stranger: Party,
}

impl Venue {
    pub(crate) fn of(law: &Law) -> Self {
        let (ledger, profile) = law.ledger();
        Self::on(ledger, profile)
    }

    /// The venue on a ledger on which its profile is in force.
    pub(crate) fn on(ledger: Ledger, profile: ProfileDigest) -> Self {
        let party = |name: &str| ledger.party(name);
        Self {
            profile,
            centre: party("centre"),
            operator: party("operator"),
            other_exchange: party("other exchange"),
            seller: party("applicant"),
            buyer: party("buyer"),
            stranger: party("stranger"),
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

    // Parties.

    /// An application for registration in some capacities, with every paper that any of them asks.
    pub(crate) fn party_application(&self, party: &Party, capacities: &[&str]) -> Take {
        let papers = [
            "identity_proof",
            "protection_proof",
            "source_statement",
            "capability_proof",
            "premises_proof",
            "qualification_proof",
            "staff_proof",
        ];
        let take = open(self.profile, "party_registration", "apply")
            .by("applicant", party)
            .values("capacities", capacities.iter().map(|name| term(name)).collect())
            .attached("party_name", &party.name)
            .attached("party_contact", "contact");
        papers.iter().fold(take, |take, paper| take.paper(paper))
    }

    pub(crate) fn register(&self, case: CaseNumber) -> Take {
        go_on(case, "register").by("centre", &self.centre)
    }

    pub(crate) fn registered(&mut self, party: &Party, capacities: &[&str]) -> CaseOutcome {
        let application = self.party_application(party, capacities);
        let case = self.take(&application).case;
        let register = self.register(case);
        self.take(&register)
    }

    /// A venue at which seller and buyer are registered.
    pub(crate) fn with_parties(law: &Law) -> Self {
        let mut venue = Self::of(law);
        venue.register_parties();
        venue
    }

    pub(crate) fn register_parties(&mut self) {
        let (seller, buyer) = (self.seller.clone(), self.buyer.clone());
        self.registered(&seller, &["vendor"]);
        self.registered(&buyer, &["demander"]);
    }

    // Items.

    /// A venue that recognises another register too, with that register, and an asset of the seller there.
    pub(crate) fn with_neighbour(law: &Law) -> (Self, Neighbour, Registered) {
        let registers = vec!["cn-tj-tjifa-003-2022-test", "neighbouring-register"];
        let mut venue = Self::with_parties(&law.deciding("recognised_registers", registers));
        let neighbour = Neighbour::on(&mut venue.ledger);
        let registered = neighbour.registered(&venue.seller, &mut venue.ledger);
        (venue, neighbour, registered)
    }

    pub(crate) fn offer(&self) -> Take {
        open(self.profile, "item_registration", "apply")
            .by("offeror", &self.seller)
            .attached("item_name", "item")
            .field("item_kind", term("data"))
            .field("item_voucher", term("element"))
            .field("registration", FieldValue::Certificate(REGISTERED))
            .values("delivery_modes", vec![term("dataset"), term("interface")])
            .attached("item_brief", "brief")
            .paper("source_statement")
            .paper("compliance_assessment")
    }

    /// The seller's item, as this offer says.
    pub(crate) fn offered(&mut self, offer: &Take) -> RegistrationNumber {
        let case = self.take(offer).case;
        let register = self.register(case);
        self.take(&register).registrations[0]
    }

    /// A venue with registered parties and an item.
    pub(crate) fn with_item(law: &Law) -> (Self, RegistrationNumber) {
        let mut venue = Self::with_parties(law);
        let offer = venue.offer();
        let item = venue.offered(&offer);
        (venue, item)
    }

    // Trade.

    /// A trade of the seller's asset with the buyer, settled and delivered, and its item.
    fn traded(&mut self) -> (CaseNumber, RegistrationNumber) {
        self.register_parties();
        let offer = self.offer();
        let item = self.offered(&offer);
        let inquiry = self.inquiry(item);
        let case = self.take(&inquiry).case;
        for take in [self.proposal(case), self.contract(case)] {
            self.take(&take);
        }
        self.perform(case);
        (case, item)
    }

    pub(crate) fn inquiry(&self, item: RegistrationNumber) -> Take {
        open(self.profile, "trade", "inquire")
            .about(Subject::Registration(item))
            .by("demander", &self.buyer)
            .attached("use_scope", "research")
    }

    pub(crate) fn proposal(&self, case: CaseNumber) -> Take {
        go_on(case, "propose")
            .by("seller", &self.seller)
            .field("pricing", term("negotiated"))
            .attached("price", PRICE)
            .attached("use_scope", "research")
            .attached("trade_mode", "once")
            .attached("use_term", "a year")
    }

    pub(crate) fn contract(&self, case: CaseNumber) -> Take {
        let contract = go_on(case, "sign_contract")
            .by("seller", &self.seller)
            .with("demander", &self.buyer)
            .attached("contract_amount", PRICE)
            .field("delivery_mode", term("dataset"))
            .paper("contract");
        CLAUSES.iter().fold(contract, |contract, clause| contract.attached(clause, clause))
    }

    pub(crate) fn inquired(law: &Law) -> (Self, CaseNumber) {
        let (mut venue, item) = Self::with_item(law);
        let inquiry = venue.inquiry(item);
        let case = venue.take(&inquiry).case;
        (venue, case)
    }

    /// A trade whose parties have agreed on a price.
    pub(crate) fn negotiated(law: &Law) -> (Self, CaseNumber) {
        let (mut venue, case) = Self::inquired(law);
        let proposal = venue.proposal(case);
        venue.take(&proposal);
        (venue, case)
    }

    /// A trade whose contract is signed.
    pub(crate) fn contracted(law: &Law) -> (Self, CaseNumber) {
        let (mut venue, case) = Self::negotiated(law);
        let contract = venue.contract(case);
        venue.take(&contract);
        (venue, case)
    }

    pub(crate) fn instruction(&self, case: CaseNumber) -> Take {
        go_on(case, "instruct").by("demander", &self.buyer).attached("instructed_amount", PRICE)
    }

    pub(crate) fn settlement(&self, case: CaseNumber) -> Take {
        go_on(case, "settle")
            .by("operator", &self.operator)
            .attached("settled_amount", PRICE)
            .paper("custody_statement")
    }

    pub(crate) fn delivery(&self, case: CaseNumber) -> Take {
        go_on(case, "deliver").by("seller", &self.seller).paper("delivered_data")
    }

    pub(crate) fn confirmation(&self, case: CaseNumber) -> Take {
        go_on(case, "confirm_delivery").by("demander", &self.buyer)
    }

    pub(crate) fn filing(&self, case: CaseNumber) -> Take {
        go_on(case, "file").by("centre", &self.centre).paper("filing")
    }

    /// A contract is settled and delivered.
    pub(crate) fn perform(&mut self, case: CaseNumber) {
        for take in
            [self.instruction(case), self.settlement(case), self.delivery(case), self.confirmation(case)]
        {
            self.take(&take);
        }
    }

    /// A trade that is settled and delivered.
    pub(crate) fn performed(law: &Law) -> (Self, CaseNumber) {
        let (mut venue, case) = Self::contracted(law);
        venue.perform(case);
        (venue, case)
    }
}
