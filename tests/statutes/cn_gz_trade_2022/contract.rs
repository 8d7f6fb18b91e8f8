//! The contract (art. 15, 27, 30).

use bulla_fixtures::stage::{go_on, term};
use bulla_types::{DocumentItem, EvidenceNumber, FieldValue, ReasonCode};

use super::stage::{CLAUSES, Venue};
use crate::suite::{Law, end_of, statutes};

statutes!(super::super::SOURCE:
    article_15_delivery_is_agreed_in_a_mode_that_the_item_offers,
    article_26_the_contract_follows_terms_that_were_proposed,
    article_27_both_parties_sign_the_contract,
    article_27_the_contract_says_what_it_must,
    article_27_the_amount_is_the_price_agreed,
    article_27_both_parties_may_rescind_before_settlement,
    article_30_terms_and_amounts_stand_as_commitments,
);

fn article_15_delivery_is_agreed_in_a_mode_that_the_item_offers(law: &Law) {
    let (mut venue, case) = Venue::negotiated(law);
    let contract = venue.contract(case);
    for offered in ["dataset", "interface"] {
        venue.would_take(&contract.clone().field("delivery_mode", term(offered)));
    }
    venue.refused(&contract.clone().field("delivery_mode", term("report")), ReasonCode::ConditionNotMet);
    let modes = vec![term("dataset"), term("interface")];
    venue.refused(&contract.clone().values("delivery_mode", modes), ReasonCode::FieldInvalid);
    venue.refused(&contract.attached("delivery_mode", "hidden"), ReasonCode::FieldInvalid);
}

fn article_26_the_contract_follows_terms_that_were_proposed(law: &Law) {
    let (mut venue, item) = Venue::with_item(law);
    // A price named in the inquiry is not yet a proposal.
    let inquiry = venue.inquiry(item).attached("price", super::stage::PRICE);
    let case = venue.take(&inquiry).case;
    let contract = venue.contract(case);
    venue.refused(&contract, ReasonCode::StepOutOfOrder);
    let proposal = venue.proposal(case);
    venue.take(&proposal);
    venue.take(&contract);
    assert_eq!(venue.state(case), "contracted");
}

fn article_27_both_parties_sign_the_contract(law: &Law) {
    let (mut venue, case) = Venue::negotiated(law);
    let (seller, buyer, stranger) = (venue.seller.clone(), venue.buyer.clone(), venue.stranger.clone());
    let contract = venue.contract(case);
    let by_seller = contract.clone().without_actors().by("seller", &seller);
    venue.refused(&by_seller, ReasonCode::SignerMissing);
    let by_buyer = contract.clone().without_actors().by("demander", &buyer);
    venue.refused(&by_buyer, ReasonCode::PartyWrong);
    let with_stranger = by_seller.with("demander", &stranger);
    venue.refused(&with_stranger, ReasonCode::PartyWrong);
    venue.take(&contract);
}

fn article_27_the_contract_says_what_it_must(law: &Law) {
    let (mut venue, case) = Venue::negotiated(law);
    let contract = venue.contract(case);
    for field in CLAUSES.iter().chain(&["contract_amount", "delivery_mode"]) {
        venue.refused(&contract.clone().without_field(field), ReasonCode::FieldMissing);
    }
    venue.refused(&contract.clone().without_document("contract"), ReasonCode::DocumentMissing);
    let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
    venue.would_take(&contract.document("contract", deposit));
}

fn article_27_the_amount_is_the_price_agreed(law: &Law) {
    let (mut venue, case) = Venue::negotiated(law);
    let contract = venue.contract(case);
    venue.refused(&contract.clone().attached("contract_amount", "1249999"), ReasonCode::ValuesDiffer);
    venue.take(&contract);
    let record = venue.case(case);
    assert_eq!(record.fields["contract_amount"], record.fields["price"]);
}

fn article_27_both_parties_may_rescind_before_settlement(law: &Law) {
    let (mut venue, case) = Venue::contracted(law);
    let (seller, buyer) = (venue.seller.clone(), venue.buyer.clone());
    let alone = go_on(case, "rescind").by("seller", &seller);
    venue.refused(&alone, ReasonCode::SignerMissing);
    let by_buyer = go_on(case, "rescind").by("demander", &buyer);
    venue.refused(&by_buyer, ReasonCode::PartyWrong);
    let both = alone.with("demander", &buyer);
    let mut settled = venue.clone();
    venue.take(&both);
    assert_eq!(venue.state(case), "rescinded");
    assert_eq!(venue.case(case).retain_until, Some(end_of("2045-10-15")));
    let instruction = settled.instruction(case);
    settled.take(&instruction);
    settled.would_take(&both);
    let settlement = settled.settlement(case);
    settled.take(&settlement);
    settled.refused(&both, ReasonCode::StepOutOfOrder);
}

fn article_30_terms_and_amounts_stand_as_commitments(law: &Law) {
    let clear = || FieldValue::Text("for all to read".to_owned());
    let (mut venue, case) = Venue::negotiated(law);
    let proposal = venue.proposal(case);
    for field in ["use_scope", "trade_mode", "use_term"] {
        venue.refused(&proposal.clone().field(field, clear()), ReasonCode::FieldInvalid);
    }
    let price = proposal.field("price", FieldValue::Amount(1_250_000));
    venue.refused(&price, ReasonCode::FieldInvalid);
    let contract = venue.contract(case);
    for field in CLAUSES {
        venue.refused(&contract.clone().field(field, clear()), ReasonCode::FieldInvalid);
    }
    let amount = contract.clone().field("contract_amount", FieldValue::Amount(1_250_000));
    venue.refused(&amount, ReasonCode::FieldInvalid);
    venue.take(&contract);
    let instruction = venue.instruction(case).field("instructed_amount", FieldValue::Amount(1_250_000));
    venue.refused(&instruction, ReasonCode::FieldInvalid);
    let instruction = venue.instruction(case);
    venue.take(&instruction);
    let settlement = venue.settlement(case).field("settled_amount", FieldValue::Amount(1_250_000));
    venue.refused(&settlement, ReasonCode::FieldInvalid);
}
