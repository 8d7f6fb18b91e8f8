//! Registration of items (art. 14–16, 24, 29).

use bulla_fixtures::stage::{digests, go_on, term};
use bulla_types::{
    CertificateNumber, DocumentItem, EvidenceNumber, FieldValue, ReasonCode, RuleName, Subject,
};

use super::stage::{REGISTERED, Venue};
use crate::cn_tj_tjifa_003_2022::stage::Platform;
use crate::neighbour::is_of_class;
use crate::suite::{Law, end_of, statutes};

statutes!(super::super::SOURCE:
    article_14_items_are_of_the_kinds_listed,
    article_15_modes_of_delivery_are_those_listed,
    article_16_an_item_may_be_refused_on_the_grounds_listed_and_with_reasons,
    article_17_whether_a_provider_registers_first_is_decided_by_the_venue,
    article_18_and_20_the_source_of_an_item_is_stated,
    article_24_an_item_is_described_and_assessed,
    article_24_an_item_rests_on_a_valid_certificate_of_registration,
    article_24_an_item_rests_on_a_certificate_of_its_offeror,
    article_24_an_item_rests_on_a_register_that_the_venue_recognises,
    article_24_an_asset_under_objection_is_no_item,
    article_24_one_item_has_one_registration,
    article_24_only_the_centre_registers_an_item,
    article_24_an_item_gets_the_voucher_applied_for,
    article_24_vouchers_of_items_are_known_to_other_profiles,
    article_24_and_25_a_venue_may_add_vouchers_and_ways_of_pricing_and_nothing_else,
    article_24_the_entry_says_what_the_item_is,
    article_29_item_papers_are_kept_for_twenty_years,
);

fn article_14_items_are_of_the_kinds_listed(law: &Law) {
    let mut venue = Venue::with_parties(law);
    let offer = venue.offer();
    for kind in ["data", "computing", "algorithm", "other"] {
        venue.would_take(&offer.clone().field("item_kind", term(kind)));
    }
    venue.refused(&offer.field("item_kind", term("unlisted")), ReasonCode::FieldInvalid);
}

const MODES: [&str; 7] = ["interface", "dataset", "report", "model", "computing", "system", "other"];

fn article_15_modes_of_delivery_are_those_listed(law: &Law) {
    let mut venue = Venue::with_parties(law);
    let offer = venue.offer();
    for mode in MODES {
        venue.would_take(&offer.clone().field("delivery_modes", term(mode)));
    }
    venue.would_take(&offer.clone().values("delivery_modes", MODES.map(term).to_vec()));
    venue.refused(&offer.field("delivery_modes", term("unlisted")), ReasonCode::FieldInvalid);
}

fn article_16_an_item_may_be_refused_on_the_grounds_listed_and_with_reasons(law: &Law) {
    let mut venue = Venue::with_parties(law);
    let offer = venue.offer();
    let case = venue.take(&offer).case;
    let refuse = go_on(case, "refuse").by("centre", &venue.centre);
    let grounds = ["security", "personal", "enterprise", "illegal_source", "law", "requirements"];
    for ground in grounds {
        venue.would_take(&refuse.clone().reasons("because").field("refusal_ground", term(ground)));
    }
    let all = refuse.clone().values("refusal_ground", grounds.map(term).to_vec());
    venue.refused(&all, ReasonCode::ReasonsMissing);
    let all = all.reasons("because");
    venue.refused(&all.clone().without_field("refusal_ground"), ReasonCode::FieldMissing);
    let unlisted = all.clone().field("refusal_ground", term("unlisted"));
    venue.refused(&unlisted, ReasonCode::FieldInvalid);
    venue.refused(&all.clone().attached("refusal_ground", "hidden"), ReasonCode::FieldInvalid);
    let operator = venue.operator.clone();
    let by_operator = all.clone().without_actors().by("centre", &operator);
    venue.refused(&by_operator, ReasonCode::PartyWrong);
    venue.take(&all);
    assert_eq!(venue.state(case), "refused");
    assert!(venue.case(case).documents.is_empty(), "the documents are handed back");
    let register = venue.register(case);
    venue.refused(&register, ReasonCode::CaseEnded);
}

fn article_17_whether_a_provider_registers_first_is_decided_by_the_venue(law: &Law) {
    let mut venue = Venue::of(law);
    let offer = venue.offer();
    venue.refused(&offer, ReasonCode::ConditionNotMet);
    let seller = venue.seller.clone();
    venue.registered(&seller, &["provider"]);
    venue.take(&offer);

    let mut venue = Venue::of(&law.deciding("provider_registration", "not_required"));
    let offer = venue.offer();
    venue.take(&offer);
}

fn article_18_and_20_the_source_of_an_item_is_stated(law: &Law) {
    let mut venue = Venue::with_parties(law);
    let offer = venue.offer();
    venue.refused(&offer.clone().without_document("source_statement"), ReasonCode::DocumentMissing);
    let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
    venue.would_take(&offer.document("source_statement", deposit));
}

fn article_24_an_item_is_described_and_assessed(law: &Law) {
    let mut venue = Venue::with_parties(law);
    let offer = venue.offer();
    let fields = ["item_name", "item_kind", "item_voucher", "registration", "delivery_modes", "item_brief"];
    for field in fields {
        venue.refused(&offer.clone().without_field(field), ReasonCode::FieldMissing);
    }
    for field in ["item_name", "item_brief"] {
        let clear = FieldValue::Text("for all to read".to_owned());
        venue.refused(&offer.clone().field(field, clear), ReasonCode::FieldInvalid);
    }
    for field in ["item_kind", "item_voucher", "registration", "delivery_modes"] {
        venue.refused(&offer.clone().attached(field, "hidden"), ReasonCode::FieldInvalid);
    }
    let assessed = |items| offer.clone().document("compliance_assessment", items);
    venue.refused(&offer.clone().without_document("compliance_assessment"), ReasonCode::DocumentMissing);
    venue.would_take(&assessed(vec![DocumentItem::Evidence(EvidenceNumber(1))]));
    // A voucher of the agency of de-identification, on this ledger, is one of a service; one of evidence not.
    venue.would_take(&assessed(vec![DocumentItem::Certificate(CertificateNumber(2))]));
    let evidence = assessed(vec![DocumentItem::Certificate(CertificateNumber(1))]);
    venue.refused(&evidence, ReasonCode::DocumentInvalid);
    let two = assessed(["one", "two"].map(|item| DocumentItem::Digests(digests(item))).to_vec());
    venue.refused(&two, ReasonCode::DocumentInvalid);
}

fn article_24_an_item_rests_on_a_valid_certificate_of_registration(law: &Law) {
    let mut venue = Venue::with_parties(law);
    let offer = venue.offer();
    // A voucher is no certificate of registration.
    let voucher = offer.clone().field("registration", FieldValue::Certificate(CertificateNumber(2)));
    venue.refused(&voucher, ReasonCode::FieldInvalid);
    let case = venue.take(&offer).case;
    venue.ledger.until("2028-10-16");
    venue.refused(&offer, ReasonCode::CertificateNotValid);
    let register = venue.register(case);
    venue.refused(&register, ReasonCode::CertificateNotValid);
}

fn article_24_an_item_rests_on_a_certificate_of_its_offeror(law: &Law) {
    let mut venue = Venue::with_parties(law);
    let buyer = venue.buyer.clone();
    let offer = venue.offer().without_actors().by("offeror", &buyer);
    venue.refused(&offer, ReasonCode::CertificateNotValid);
    let exchange = venue.other_exchange.clone();
    let offer = venue.offer().without_actors().by("offeror", &exchange);
    venue.refused(&offer, ReasonCode::RoleMissing);
}

fn article_24_an_item_rests_on_a_register_that_the_venue_recognises(law: &Law) {
    let mut venue = Venue::with_parties(&law.deciding("recognised_registers", vec!["another-register"]));
    let offer = venue.offer();
    venue.refused(&offer, ReasonCode::CertificateNotValid);
}

fn article_24_an_asset_under_objection_is_no_item(law: &Law) {
    let (mut venue, neighbour, asset) = Venue::with_neighbour(law);
    let offer = venue.offer().field("registration", FieldValue::Certificate(asset.certificate));
    let case = venue.take(&offer).case;
    neighbour.object(&asset, &mut venue.ledger);
    venue.refused(&offer, ReasonCode::RecordFlagged);
    let register = venue.register(case);
    venue.refused(&register, ReasonCode::RecordFlagged);
}

fn article_24_one_item_has_one_registration(law: &Law) {
    let mut venue = Venue::with_parties(law);
    let offer = venue.offer();
    let [first, second] = [(); 2].map(|()| venue.take(&offer).case);
    let register = venue.register(first);
    venue.take(&register);
    let register = venue.register(second);
    venue.refused(&register, ReasonCode::ObjectRegistered);
    venue.refused(&offer, ReasonCode::ObjectRegistered);
    let renamed = offer.attached("item_name", "another name").field("item_kind", term("algorithm"));
    venue.refused(&renamed, ReasonCode::ObjectRegistered);
    // Another asset of the seller is another item.
    let register_profile = venue.certificate(REGISTERED).profile;
    let mut platform = Platform::on(venue.ledger, register_profile);
    let (asset, _) = platform.registered("second asset");
    platform.until("2025-10-25");
    let issue = platform.issue(asset);
    let certificate = platform.take(&issue).certificates[0];
    venue.ledger = platform.ledger;
    let other = venue.offer().field("registration", FieldValue::Certificate(certificate));
    venue.offered(&other);
}

fn article_24_only_the_centre_registers_an_item(law: &Law) {
    let mut venue = Venue::with_parties(law);
    let offer = venue.offer();
    let case = venue.take(&offer).case;
    let register = venue.register(case);
    let (operator, seller) = (venue.operator.clone(), venue.seller.clone());
    let by_operator = register.clone().without_actors().by("centre", &operator);
    venue.refused(&by_operator, ReasonCode::PartyWrong);
    let by_seller = register.clone().without_actors().by("offeror", &seller);
    venue.refused(&by_seller, ReasonCode::PartyWrong);
    venue.take(&register);
    assert_eq!(venue.state(case), "registered");
}

fn article_24_an_item_gets_the_voucher_applied_for(law: &Law) {
    for (applied, kind) in [("element", "element_voucher"), ("trust", "trust_voucher")] {
        let mut venue = Venue::with_parties(law);
        let offer = venue.offer().field("item_voucher", term(applied));
        let case = venue.take(&offer).case;
        let register = venue.register(case);
        let given = venue.take(&register);
        let [voucher] = given.certificates[..] else { panic!("{given:?}") };
        let voucher = venue.certificate(voucher);
        assert_eq!(voucher.kind, kind);
        assert_eq!(voucher.subject, Subject::Registration(given.registrations[0]));
        assert_eq!(voucher.holders, [venue.seller.number].into());
        assert_eq!(voucher.valid_until, None);
        let contents: Vec<&str> = voucher.contents.keys().map(RuleName::as_str).collect();
        assert_eq!(contents, ["delivery_modes", "item_kind", "item_name", "registration"]);
        let unlisted = venue.offer().field("item_voucher", term("unlisted"));
        venue.refused(&unlisted, ReasonCode::FieldInvalid);
    }
}

fn article_24_vouchers_of_items_are_known_to_other_profiles(law: &Law) {
    for applied in ["element", "trust"] {
        let mut venue = Venue::with_parties(law);
        let offer = venue.offer().field("item_voucher", term(applied));
        let case = venue.take(&offer).case;
        let register = venue.register(case);
        let voucher = venue.take(&register).certificates[0];
        is_of_class(&venue.ledger, voucher, "item");
    }
}

fn article_24_and_25_a_venue_may_add_vouchers_and_ways_of_pricing_and_nothing_else(law: &Law) {
    for vocabulary in ["item_voucher", "pricing"] {
        assert!(law.adding(vocabulary, "further").is_ok(), "{vocabulary}");
    }
    for vocabulary in ["capacity", "item_kind", "delivery_mode", "barred"] {
        assert!(law.adding(vocabulary, "further").is_err(), "{vocabulary}");
    }
}

fn article_24_the_entry_says_what_the_item_is(law: &Law) {
    let (venue, item) = Venue::with_item(law);
    let record = venue.registration(item);
    let contents: Vec<&str> = record.contents.keys().map(RuleName::as_str).collect();
    assert_eq!(contents, ["delivery_modes", "item_brief", "item_kind", "item_name", "registration"]);
    assert_eq!(record.holders.members().collect::<Vec<_>>(), [venue.seller.number]);
    assert!(record.holders.are_whole());
    assert_eq!((record.rights.len(), record.account), (0, None));
}

fn article_29_item_papers_are_kept_for_twenty_years(law: &Law) {
    let (venue, item) = Venue::with_item(law);
    let case = venue.registration(item).case;
    assert_eq!(venue.case(case).retain_until, Some(end_of("2045-10-15")));
}
