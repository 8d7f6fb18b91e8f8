//! Settlement, delivery and filing (art. 8, 13, 15, 22, 28, 29; registration measures art. 28).

use bulla_fixtures::stage::{digests, go_on, term};
use bulla_types::{DocumentItem, EvidenceNumber, ReasonCode, RuleName, Subject};

use super::stage::Venue;
use crate::neighbour::is_of_class;
use crate::suite::{Law, end_of, statutes};

statutes!(super::super::SOURCE:
    article_13_settlement_follows_an_instruction_of_the_contract_amount,
    article_13_settlement_matches_the_instruction,
    article_13_funds_are_in_third_party_custody_and_separate_accounts,
    article_15_delivery_is_recorded_as_its_mode_asks,
    article_15_the_demander_confirms_the_delivery,
    article_22_a_trade_is_settled_and_delivered_before_it_is_filed,
    article_28_settlement_goes_through_the_venue,
    article_29_trade_papers_are_kept_for_twenty_years,
    registration_article_28_both_parties_get_the_trade_voucher,
    registration_article_28_the_centre_files_with_the_papers_of_the_trade,
);

fn article_13_settlement_follows_an_instruction_of_the_contract_amount(law: &Law) {
    let (mut venue, case) = Venue::contracted(law);
    let settlement = venue.settlement(case);
    venue.refused(&settlement, ReasonCode::StepOutOfOrder);
    let instruction = venue.instruction(case);
    venue.refused(&instruction.clone().without_field("instructed_amount"), ReasonCode::FieldMissing);
    let other = instruction.clone().attached("instructed_amount", "1249999");
    venue.refused(&other, ReasonCode::ValuesDiffer);
    let seller = venue.seller.clone();
    let by_seller = instruction.clone().without_actors().by("seller", &seller);
    venue.refused(&by_seller, ReasonCode::PartyWrong);
    venue.take(&instruction);
    venue.refused(&instruction, ReasonCode::StepOutOfOrder);
    venue.take(&settlement);
}

fn article_13_settlement_matches_the_instruction(law: &Law) {
    let (mut venue, case) = Venue::contracted(law);
    let instruction = venue.instruction(case);
    venue.take(&instruction);
    let settlement = venue.settlement(case);
    venue.refused(&settlement.clone().without_field("settled_amount"), ReasonCode::FieldMissing);
    venue.refused(&settlement.clone().attached("settled_amount", "1249999"), ReasonCode::ValuesDiffer);
    venue.take(&settlement);
    venue.refused(&settlement, ReasonCode::StepOutOfOrder);
    let record = venue.case(case);
    assert_eq!(record.fields["settled_amount"], record.fields["contract_amount"]);
}

fn article_13_funds_are_in_third_party_custody_and_separate_accounts(law: &Law) {
    let (mut venue, case) = Venue::contracted(law);
    let instruction = venue.instruction(case);
    venue.take(&instruction);
    let settlement = venue.settlement(case);
    venue.refused(&settlement.clone().without_document("custody_statement"), ReasonCode::DocumentMissing);
    let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
    venue.would_take(&settlement.document("custody_statement", deposit));
}

fn article_28_settlement_goes_through_the_venue(law: &Law) {
    let (mut venue, case) = Venue::contracted(law);
    let instruction = venue.instruction(case);
    venue.take(&instruction);
    let settlement = venue.settlement(case);
    for exchange in [venue.other_exchange.clone(), venue.centre.clone()] {
        let by_other = settlement.clone().without_actors().by("operator", &exchange);
        venue.refused(&by_other, ReasonCode::PartyWrong);
    }
    let seller = venue.seller.clone();
    let by_seller = settlement.clone().without_actors().by("seller", &seller);
    venue.refused(&by_seller, ReasonCode::PartyWrong);
    venue.take(&settlement);

    // Who is named and is no exchange does not settle either.
    let stranger = bulla_fixtures::stage::code_of("stranger").to_string();
    let (mut venue, case) = Venue::contracted(&law.deciding("operator", vec![stranger]));
    let instruction = venue.instruction(case);
    venue.take(&instruction);
    let named = venue.stranger.clone();
    let settlement = venue.settlement(case).without_actors().by("operator", &named);
    venue.refused(&settlement, ReasonCode::RoleMissing);
}

fn article_15_delivery_is_recorded_as_its_mode_asks(law: &Law) {
    let modes = [
        ("interface", "interface_record"),
        ("dataset", "delivered_data"),
        ("report", "delivered_data"),
        ("model", "delivered_data"),
        ("computing", "deployment_record"),
        ("system", "deployment_record"),
        ("other", "service_record"),
    ];
    let mut venue = Venue::with_parties(law);
    let all = modes.map(|(mode, _)| term(mode)).to_vec();
    let offer = venue.offer().values("delivery_modes", all);
    let item = venue.offered(&offer);
    for (mode, record) in modes {
        let inquiry = venue.inquiry(item);
        let case = venue.take(&inquiry).case;
        let proposal = venue.proposal(case);
        venue.take(&proposal);
        let contract = venue.contract(case).field("delivery_mode", term(mode));
        venue.take(&contract);
        let deliver = go_on(case, "deliver").by("seller", &venue.seller);
        venue.refused(&deliver, ReasonCode::DocumentMissing);
        let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
        venue.would_take(&deliver.clone().document(record, deposit));
        let many = |count: usize| {
            let items = (0..count).map(|item| DocumentItem::Digests(digests(&item.to_string())));
            deliver.clone().document(record, items.collect())
        };
        if record == "delivered_data" {
            // As many as an action may bring.
            venue.take(&many(64));
        } else {
            venue.refused(&many(2), ReasonCode::DocumentInvalid);
            venue.take(&many(1));
        }
    }
}

fn article_15_the_demander_confirms_the_delivery(law: &Law) {
    let (mut venue, case) = Venue::contracted(law);
    let (delivery, confirmation) = (venue.delivery(case), venue.confirmation(case));
    venue.refused(&confirmation, ReasonCode::StepOutOfOrder);
    let buyer = venue.buyer.clone();
    let by_buyer = delivery.clone().without_actors().by("demander", &buyer);
    venue.refused(&by_buyer, ReasonCode::PartyWrong);
    venue.take(&delivery);
    // What was delivered badly is delivered again, until it is confirmed.
    venue.take(&delivery);
    let seller = venue.seller.clone();
    let by_seller = confirmation.clone().without_actors().by("seller", &seller);
    venue.refused(&by_seller, ReasonCode::PartyWrong);
    venue.take(&confirmation);
    venue.refused(&confirmation, ReasonCode::StepOutOfOrder);
    venue.refused(&delivery, ReasonCode::StepOutOfOrder);
    assert_eq!(venue.state(case), "contracted", "it is not settled yet");
}

fn article_22_a_trade_is_settled_and_delivered_before_it_is_filed(law: &Law) {
    let (mut venue, case) = Venue::contracted(law);
    let filing = venue.filing(case);
    let steps =
        [venue.instruction(case), venue.settlement(case), venue.delivery(case), venue.confirmation(case)];
    for step in steps {
        assert_eq!(venue.state(case), "contracted");
        venue.refused(&filing, ReasonCode::StepOutOfOrder);
        venue.take(&step);
    }
    assert_eq!(venue.state(case), "performed");
    venue.take(&filing);
    assert_eq!(venue.state(case), "filed");
    venue.refused(&filing, ReasonCode::CaseEnded);
}

fn article_29_trade_papers_are_kept_for_twenty_years(law: &Law) {
    let (mut venue, case) = Venue::performed(law);
    venue.ledger.until("2025-10-20");
    let filing = venue.filing(case);
    venue.take(&filing);
    assert_eq!(venue.case(case).retain_until, Some(end_of("2045-10-20")));
}

fn registration_article_28_both_parties_get_the_trade_voucher(law: &Law) {
    let (mut venue, case) = Venue::performed(law);
    let filing = venue.filing(case);
    let given = venue.take(&filing);
    let [voucher] = given.certificates[..] else { panic!("{given:?}") };
    let voucher = venue.certificate(voucher);
    assert_eq!(voucher.kind, "trade_voucher");
    assert_eq!(voucher.subject, Subject::Case(case));
    assert_eq!(voucher.holders, [venue.seller.number, venue.buyer.number].into());
    assert_eq!(voucher.valid_until, None);
    is_of_class(&venue.ledger, voucher.number, "trade");
    let contents: Vec<&str> = voucher.contents.keys().map(RuleName::as_str).collect();
    assert_eq!(contents, ["contract_amount", "data_content", "data_purpose", "delivery_mode", "item_name"]);
    assert_eq!(voucher.contents["contract_amount"], venue.case(case).fields["contract_amount"]);
}

fn registration_article_28_the_centre_files_with_the_papers_of_the_trade(law: &Law) {
    let (mut venue, case) = Venue::performed(law);
    let filing = venue.filing(case);
    venue.refused(&filing.clone().without_document("filing"), ReasonCode::DocumentMissing);
    let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
    venue.would_take(&filing.clone().document("filing", deposit));
    let operator = venue.operator.clone();
    let by_operator = filing.clone().without_actors().by("centre", &operator);
    venue.refused(&by_operator, ReasonCode::PartyWrong);
    let seller = venue.seller.clone();
    let by_seller = filing.without_actors().by("seller", &seller);
    venue.refused(&by_seller, ReasonCode::PartyWrong);
}
