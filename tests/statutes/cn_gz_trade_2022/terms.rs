//! Negotiation (art. 17, 19, 22, 25, 26, 29, 39).

use bulla_fixtures::stage::{go_on, term};
use bulla_types::{DocumentItem, EvidenceNumber, FieldValue, ReasonCode};

use super::stage::{REGISTERED, Venue};
use crate::suite::{Law, end_of, statutes};

statutes!(super::super::SOURCE:
    article_17_only_a_registered_demander_inquires,
    article_22_a_trade_is_of_a_registered_item,
    article_22_nobody_trades_with_itself,
    article_24_an_item_whose_registration_has_lapsed_is_not_traded,
    article_24_an_item_under_objection_is_not_traded,
    article_25_prices_are_found_in_one_of_the_ways_listed,
    article_25_a_calculated_or_assessed_price_is_proved,
    article_26_an_inquiry_says_the_scope_of_use,
    article_26_terms_are_proposed_by_either_side_until_both_sign,
    article_26_a_party_may_break_off,
    article_39_an_effective_document_ends_a_trade,
);

fn article_17_only_a_registered_demander_inquires(law: &Law) {
    let (mut venue, item) = Venue::with_item(law);
    let inquiry = venue.inquiry(item);
    let stranger = venue.stranger.clone();
    let by_stranger = inquiry.clone().without_actors().by("demander", &stranger);
    venue.refused(&by_stranger, ReasonCode::AccountMissing);
    let exchange = venue.other_exchange.clone();
    let by_exchange = inquiry.clone().without_actors().by("demander", &exchange);
    venue.refused(&by_exchange, ReasonCode::RoleMissing);
    venue.take(&inquiry);
}

fn article_22_a_trade_is_of_a_registered_item(law: &Law) {
    let (mut venue, item) = Venue::with_item(law);
    let asset = venue.certificate(REGISTERED).subject;
    let inquiry = venue.inquiry(item);
    venue.refused(&inquiry.clone().about(asset), ReasonCode::CaseSubjectInvalid);
    let certificate = bulla_types::Subject::Certificate(REGISTERED);
    venue.refused(&inquiry.about(certificate), ReasonCode::CaseSubjectInvalid);

    // The vouchers of either kind will do.
    let mut venue = Venue::with_parties(law);
    let trust = venue.offer().field("item_voucher", term("trust"));
    let item = venue.offered(&trust);
    let inquiry = venue.inquiry(item);
    let case = venue.take(&inquiry).case;
    let proposal = venue.proposal(case);
    venue.take(&proposal);
    let contract = venue.contract(case);
    venue.take(&contract);
}

fn article_22_nobody_trades_with_itself(law: &Law) {
    let (mut venue, item) = Venue::with_item(law);
    let seller = venue.seller.clone();
    let own = venue.inquiry(item).without_actors().by("demander", &seller);
    venue.refused(&own, ReasonCode::PartyWrong);
}

fn article_24_an_item_whose_registration_has_lapsed_is_not_traded(law: &Law) {
    let (mut venue, item) = Venue::with_item(law);
    let inquiry = venue.inquiry(item);
    let case = venue.take(&inquiry).case;
    let proposal = venue.proposal(case);
    venue.take(&proposal);
    let contract = venue.contract(case);
    venue.ledger.until("2028-10-15");
    venue.would_take(&inquiry);
    venue.would_take(&contract);
    venue.ledger.until("2028-10-16");
    venue.refused(&inquiry, ReasonCode::CertificateNotValid);
    venue.refused(&contract, ReasonCode::CertificateNotValid);
}

fn article_24_an_item_under_objection_is_not_traded(law: &Law) {
    let (mut venue, neighbour, asset) = Venue::with_neighbour(law);
    let offer = venue.offer().field("registration", FieldValue::Certificate(asset.certificate));
    let item = venue.offered(&offer);
    let inquiry = venue.inquiry(item);
    let case = venue.take(&inquiry).case;
    let proposal = venue.proposal(case);
    venue.take(&proposal);
    let contract = venue.contract(case);
    neighbour.object(&asset, &mut venue.ledger);
    venue.refused(&inquiry, ReasonCode::RecordFlagged);
    venue.refused(&contract, ReasonCode::RecordFlagged);
}

fn article_25_prices_are_found_in_one_of_the_ways_listed(law: &Law) {
    let (mut venue, case) = Venue::inquired(law);
    let proposal = venue.proposal(case).paper("price_calculation").paper("price_proposal");
    for pricing in ["negotiated", "automatic", "assessed"] {
        venue.would_take(&proposal.clone().field("pricing", term(pricing)));
    }
    venue.refused(&proposal.clone().field("pricing", term("unlisted")), ReasonCode::FieldInvalid);
    venue.refused(&proposal.attached("pricing", "hidden"), ReasonCode::FieldInvalid);
}

fn article_25_a_calculated_or_assessed_price_is_proved(law: &Law) {
    let (mut venue, case) = Venue::inquired(law);
    for (pricing, paper) in [("automatic", "price_calculation"), ("assessed", "price_proposal")] {
        let proposal = venue.proposal(case).field("pricing", term(pricing));
        venue.refused(&proposal, ReasonCode::DocumentMissing);
        venue.would_take(&proposal.clone().paper(paper));
        let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
        venue.would_take(&proposal.document(paper, deposit));
    }
    venue.would_take(&venue.proposal(case));
}

fn article_26_an_inquiry_says_the_scope_of_use(law: &Law) {
    let (mut venue, item) = Venue::with_item(law);
    let inquiry = venue.inquiry(item);
    venue.refused(&inquiry.clone().without_field("use_scope"), ReasonCode::FieldMissing);
    for optional in ["price", "trade_mode", "use_term"] {
        venue.would_take(&inquiry.clone().attached(optional, "first thoughts"));
    }
}

fn article_26_terms_are_proposed_by_either_side_until_both_sign(law: &Law) {
    let (mut venue, case) = Venue::inquired(law);
    let proposal = venue.proposal(case);
    for field in ["use_scope", "pricing", "price", "trade_mode", "use_term"] {
        venue.refused(&proposal.clone().without_field(field), ReasonCode::FieldMissing);
    }
    let buyer = venue.buyer.clone();
    let by_buyer = proposal.clone().without_actors().by("demander", &buyer).attached("price", "1");
    venue.take(&by_buyer);
    let centre = venue.centre.clone();
    let by_centre = proposal.clone().without_actors().by("centre", &centre);
    venue.refused(&by_centre, ReasonCode::PartyWrong);
    // The last proposal counts.
    let contract = venue.contract(case);
    venue.refused(&contract, ReasonCode::ValuesDiffer);
    venue.take(&proposal);
    assert_eq!(venue.state(case), "negotiating");
    venue.take(&contract);
    venue.refused(&proposal, ReasonCode::StepOutOfOrder);
}

fn article_26_a_party_may_break_off(law: &Law) {
    let (venue, case) = Venue::negotiated(law);
    for (party, member) in [("demander", &venue.buyer), ("seller", &venue.seller)] {
        let mut venue = venue.clone();
        venue.take(&go_on(case, "break_off").by(party, member));
        assert_eq!(venue.state(case), "broken_off");
        assert_eq!(venue.case(case).retain_until, Some(end_of("2045-10-15")));
        let contract = venue.contract(case);
        venue.refused(&contract, ReasonCode::CaseEnded);
    }
    let mut venue = venue;
    let centre = venue.centre.clone();
    venue.refused(&go_on(case, "break_off").by("centre", &centre), ReasonCode::PartyWrong);
    let contract = venue.contract(case);
    venue.take(&contract);
    let buyer = venue.buyer.clone();
    venue.refused(&go_on(case, "break_off").by("demander", &buyer), ReasonCode::StepOutOfOrder);
}

fn article_39_an_effective_document_ends_a_trade(law: &Law) {
    let stages = [Venue::inquired(law), Venue::contracted(law), Venue::performed(law)];
    for (mut venue, case) in stages {
        let end = go_on(case, "end_by_document").by("centre", &venue.centre).paper("legal_document");
        venue.refused(&end, ReasonCode::ReasonsMissing);
        let end = end.reasons("judgment");
        venue.refused(&end.clone().without_document("legal_document"), ReasonCode::DocumentMissing);
        let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
        venue.would_take(&end.clone().document("legal_document", deposit));
        let seller = venue.seller.clone();
        let by_seller = end.clone().without_actors().by("seller", &seller);
        venue.refused(&by_seller, ReasonCode::PartyWrong);
        venue.take(&end);
        assert_eq!(venue.state(case), "decided");
        assert_eq!(venue.case(case).retain_until, Some(end_of("2045-10-15")));
    }
    let (mut venue, case) = Venue::performed(law);
    let file = venue.filing(case);
    venue.take(&file);
    let end =
        go_on(case, "end_by_document").by("centre", &venue.centre).paper("legal_document").reasons("late");
    venue.refused(&end, ReasonCode::CaseEnded);
}
