//! T-GZ on the real profile: from the registration of the parties to the trade voucher, of an asset that R-TJ
//! has registered on the same ledger.

use bulla_types::{
    CaseNumber, CertificateNumber, CertificateRecord, FieldValue, ProfileDigest, ReasonCode,
    RegistrationNumber, Role, StateKey, Subject,
};

use super::tianjin::{Platform, code};
use crate::support::{Party, Take, go_on, open, real, term};

#[derive(Clone)]
pub(super) struct Venue {
    pub(super) register: Platform,
    pub(super) profile: ProfileDigest,
    pub(super) centre: Party,
    pub(super) operator: Party,
    pub(super) seller: Party,
    pub(super) buyer: Party,
    certificate: CertificateNumber,
}

impl Venue {
    pub(super) fn new() -> Self {
        let mut register = Platform::new();
        let certificate = register.certified("asset");
        let ledger = &mut register.ledger;
        let centre = ledger.enrol("centre", Role::Exchange);
        let operator = ledger.enrol("operator", Role::Exchange);
        let buyer = ledger.enrol("buyer", Role::Subject);
        let codes =
            [("91000000MA0000701H", code(ledger, &centre)), ("91000000MA0000702L", code(ledger, &operator))];
        let profile = ledger.adopt(&real("cn-gz-trade-2022", &codes));
        let seller = register.applicant.clone();
        Self { register, profile, centre, operator, seller, buyer, certificate }
    }

    fn take(&mut self, take: &Take) -> bulla_types::CaseOutcome {
        self.register.ledger.take(take)
    }

    fn refused(&mut self, take: &Take, reason: ReasonCode) {
        self.register.ledger.refuse_step(take, reason);
    }

    fn register_party(&mut self, party: &Party, capacity: &str, papers: &[&str]) -> Vec<CertificateNumber> {
        let apply = open(self.profile, "party_registration", "apply")
            .by("applicant", party)
            .field("capacities", term(capacity))
            .attached("party_name", &party.name)
            .attached("party_contact", "contact")
            .paper("identity_proof");
        let apply = papers.iter().fold(apply, |apply, paper| apply.paper(paper));
        let case = self.take(&apply).case;
        let register = go_on(case, "register").by("centre", &self.centre);
        self.take(&register).certificates
    }

    pub(super) fn register_parties(&mut self) -> Vec<CertificateNumber> {
        let (seller, buyer) = (self.seller.clone(), self.buyer.clone());
        let vouchers = self.register_party(&seller, "vendor", &["source_statement", "capability_proof"]);
        assert!(self.register_party(&buyer, "demander", &["protection_proof"]).is_empty());
        vouchers
    }

    pub(super) fn offer(&self) -> Take {
        open(self.profile, "item_registration", "apply")
            .by("offeror", &self.seller)
            .attached("item_name", "item")
            .field("item_kind", term("data"))
            .field("item_voucher", term("element"))
            .field("registration", FieldValue::Certificate(self.certificate))
            .values("delivery_modes", vec![term("dataset"), term("interface")])
            .attached("item_brief", "brief")
            .paper("source_statement")
            .paper("compliance_assessment")
    }

    pub(super) fn register_item(&mut self) -> RegistrationNumber {
        let offer = self.offer();
        let case = self.take(&offer).case;
        let register = go_on(case, "register").by("centre", &self.centre);
        self.take(&register).registrations[0]
    }

    pub(super) fn inquiry(&self, item: RegistrationNumber) -> Take {
        open(self.profile, "trade", "inquire")
            .about(Subject::Registration(item))
            .by("demander", &self.buyer)
            .attached("use_scope", "research")
    }

    pub(super) fn contract(&self, case: CaseNumber, amount: &str) -> Take {
        let clauses = [
            "data_content",
            "data_purpose",
            "data_quality",
            "trade_mode",
            "security_duties",
            "confidentiality",
        ];
        let contract = go_on(case, "sign_contract")
            .by("seller", &self.seller)
            .with("demander", &self.buyer)
            .attached("contract_amount", amount)
            .field("delivery_mode", term("dataset"))
            .paper("contract");
        clauses.iter().fold(contract, |contract, clause| contract.attached(clause, clause))
    }

    /// Terms with a price, by nobody yet.
    pub(super) fn proposal(&self, case: CaseNumber, price: &str) -> Take {
        go_on(case, "propose")
            .field("pricing", term("negotiated"))
            .attached("price", price)
            .attached("use_scope", "research")
            .attached("trade_mode", "once")
            .attached("use_term", "a year")
    }

    /// A trade whose parties have agreed on a price.
    pub(super) fn negotiated(&mut self, item: RegistrationNumber) -> CaseNumber {
        let inquiry = self.inquiry(item);
        let case = self.take(&inquiry).case;
        let propose = self.proposal(case, "1250000").by("seller", &self.seller);
        self.take(&propose);
        case
    }
}

#[test]
fn an_item_is_traded_from_inquiry_to_the_voucher_of_both_parties() {
    let mut venue = Venue::new();
    assert_eq!(venue.register_parties().len(), 1, "the vendor's voucher");
    let item = venue.register_item();
    let case = venue.negotiated(item);
    let contract = venue.contract(case, "1250000");
    venue.take(&contract);

    let (seller, buyer, operator) = (venue.seller.clone(), venue.buyer.clone(), venue.operator.clone());
    let settle = go_on(case, "settle").by("operator", &operator).paper("custody_statement");
    venue.refused(&settle.clone().attached("settled_amount", "1250000"), ReasonCode::StepOutOfOrder);
    venue.take(&go_on(case, "instruct").by("demander", &buyer).attached("instructed_amount", "1250000"));
    venue.refused(&settle.clone().attached("settled_amount", "1249999"), ReasonCode::ValuesDiffer);
    venue.take(&settle.attached("settled_amount", "1250000"));
    venue.take(&go_on(case, "deliver").by("seller", &seller).paper("delivered_data"));
    // Settled and delivered: the ledger goes on by itself.
    venue.take(&go_on(case, "confirm_delivery").by("demander", &buyer));
    assert_eq!(venue.register.ledger.state(case), "performed");
    let file = go_on(case, "file").by("centre", &venue.centre).paper("filing");
    let voucher = venue.take(&file).certificates[0];
    let voucher: CertificateRecord =
        venue.register.ledger.view.record(StateKey::Certificate(voucher)).unwrap();
    assert_eq!(voucher.subject, Subject::Case(case));
    assert_eq!(voucher.holders, [seller.number, buyer.number].into());
    let record = venue.register.ledger.case(case);
    assert_eq!(voucher.contents["contract_amount"], record.fields["contract_amount"]);
    // The name of the item stands on it as the item's entry says it.
    assert!(voucher.contents.contains_key("item_name"));
}

#[test]
fn one_party_has_one_registration_and_one_item_too() {
    let mut venue = Venue::new();
    venue.register_parties();
    let again = open(venue.profile, "party_registration", "apply")
        .by("applicant", &venue.buyer)
        .field("capacities", term("demander"))
        .attached("party_name", "buyer")
        .attached("party_contact", "contact")
        .paper("identity_proof")
        .paper("protection_proof");
    venue.refused(&again, ReasonCode::AccountExists);
    venue.register_item();
    let offer = venue.offer();
    venue.refused(&offer, ReasonCode::ObjectRegistered);
}

#[test]
fn who_is_not_registered_neither_offers_nor_inquires() {
    let mut venue = Venue::new();
    let offer = venue.offer();
    venue.refused(&offer, ReasonCode::ConditionNotMet);
    venue.register_parties();
    let item = venue.register_item();
    venue.buyer = venue.register.ledger.enrol("stranger", Role::Subject);
    let inquiry = venue.inquiry(item);
    venue.refused(&inquiry, ReasonCode::AccountMissing);
}

#[test]
fn a_certificate_that_is_not_the_offerors_or_has_lapsed_is_not_traded() {
    let mut venue = Venue::new();
    venue.register_parties();
    let item = venue.register_item();
    let seller = std::mem::replace(&mut venue.seller, venue.buyer.clone());
    let offer = venue.offer();
    venue.refused(&offer, ReasonCode::CertificateNotValid);
    venue.seller = seller;
    let case = venue.negotiated(item);
    venue.register.ledger.until("2028-10-16");
    let contract = venue.contract(case, "1250000");
    venue.refused(&contract, ReasonCode::CertificateNotValid);
    let inquiry = venue.inquiry(item);
    venue.refused(&inquiry, ReasonCode::CertificateNotValid);
}

#[test]
fn a_contract_is_signed_by_both_for_the_price_agreed_and_a_mode_that_is_offered() {
    let mut venue = Venue::new();
    venue.register_parties();
    let item = venue.register_item();
    let case = venue.negotiated(item);
    let other_amount = venue.contract(case, "1");
    venue.refused(&other_amount, ReasonCode::ValuesDiffer);
    let other_mode = venue.contract(case, "1250000").field("delivery_mode", term("report"));
    venue.refused(&other_mode, ReasonCode::ConditionNotMet);
    let inquiry = venue.inquiry(item);
    let unproposed = venue.take(&inquiry).case;
    let contract = venue.contract(unproposed, "1250000");
    venue.refused(&contract, ReasonCode::StepOutOfOrder);
}

#[test]
fn a_party_breaks_off_and_both_rescind_before_settlement() {
    let mut venue = Venue::new();
    venue.register_parties();
    let item = venue.register_item();
    let first = venue.negotiated(item);
    let (seller, buyer) = (venue.seller.clone(), venue.buyer.clone());
    venue.take(&go_on(first, "break_off").by("demander", &buyer));
    let second = venue.negotiated(item);
    let contract = venue.contract(second, "1250000");
    venue.take(&contract);
    let alone = go_on(second, "rescind").by("seller", &seller);
    venue.refused(&alone, ReasonCode::SignerMissing);
    venue.take(&alone.with("demander", &buyer));
    assert_eq!(venue.register.ledger.state(second), "rescinded");
}
