//! Registration of parties (art. 17–21, 23, 29, 30).

use bulla_crypto::sha256;
use bulla_fixtures::stage::{Ledger, Party, Take, calendar_year, code_of, digests, go_on};
use bulla_types::{
    AccountRecord, BlockTime, CaseNumber, CertificateNumber, Commitment, DocumentItem, EvidenceNumber,
    FieldValue, MemberIdentity, OrganisationForm, Outcome, ReasonCode, RegisterStatus, Role, RuleName,
    StateKey, Subject,
};

use super::stage::Venue;
use crate::neighbour::is_of_class;
use crate::suite::{Law, end_of, first_minute_after, last_minute_of, statutes};

statutes!(super::super::SOURCE:
    article_9_the_centre_registers_and_nobody_else,
    article_17_parties_register_in_the_capacities_listed,
    article_17_vendors_and_intermediaries_get_their_vouchers,
    article_17_vouchers_of_parties_are_known_to_other_profiles,
    article_18_a_provider_states_the_source_of_its_data,
    article_19_a_demander_proves_that_it_can_protect_the_data,
    article_20_a_vendor_states_the_source_and_proves_its_ability,
    article_21_an_intermediary_proves_premises_qualification_and_staff,
    article_21_an_intermediary_is_an_organisation,
    article_23_a_party_says_who_it_is,
    article_23_one_party_has_one_registration,
    article_23_a_registration_may_be_refused_with_reasons,
    article_29_registration_papers_are_kept_for_twenty_years,
    article_29_a_venue_may_keep_papers_longer_and_not_shorter,
    article_30_what_a_party_says_of_itself_stands_as_a_commitment,
    article_42_the_measures_apply_from_their_date,
    registration_article_42_the_profile_applies_from_the_date_of_its_later_source,
);

fn article_9_the_centre_registers_and_nobody_else(law: &Law) {
    let mut venue = Venue::of(law);
    let application = venue.party_application(&venue.buyer, &["demander"]);
    let case = venue.take(&application).case;
    let register = venue.register(case);
    let (operator, buyer) = (venue.operator.clone(), venue.buyer.clone());
    let by_operator = register.clone().without_actors().by("centre", &operator);
    venue.refused(&by_operator, ReasonCode::PartyWrong);
    let by_buyer = register.clone().without_actors().by("applicant", &buyer);
    venue.refused(&by_buyer, ReasonCode::PartyWrong);
    venue.take(&register);
    assert_eq!(venue.state(case), "registered");

    // A member that is no exchange has adopted the rules: it is no centre for that.
    let mut venue = Venue::of(&law.adopted_by(code_of("stranger")));
    let application = venue.party_application(&venue.buyer, &["demander"]);
    let case = venue.take(&application).case;
    let stranger = venue.stranger.clone();
    let register = venue.register(case).without_actors().by("centre", &stranger);
    venue.refused(&register, ReasonCode::RoleMissing);
}

fn article_17_parties_register_in_the_capacities_listed(law: &Law) {
    let mut venue = Venue::of(law);
    let capacities = ["demander", "vendor", "intermediary", "provider"];
    for capacity in capacities {
        venue.would_take(&venue.party_application(&venue.buyer, &[capacity]));
    }
    venue.would_take(&venue.party_application(&venue.buyer, &capacities));
    let unlisted = venue.party_application(&venue.buyer, &["unlisted"]);
    venue.refused(&unlisted, ReasonCode::FieldInvalid);
    let exchange = venue.party_application(&venue.other_exchange, &["demander"]);
    venue.refused(&exchange, ReasonCode::RoleMissing);
    let institution = venue.ledger.party("other institution");
    venue.would_take(&venue.party_application(&institution, &["intermediary"]));
}

fn article_17_vendors_and_intermediaries_get_their_vouchers(law: &Law) {
    let mut venue = Venue::of(law);
    let (seller, buyer, stranger) = (venue.seller.clone(), venue.buyer.clone(), venue.stranger.clone());
    assert_eq!(venue.registered(&buyer, &["demander", "provider"]).certificates, []);
    let one = venue.registered(&seller, &["vendor"]);
    let both = venue.registered(&stranger, &["vendor", "intermediary"]);
    let kinds = |numbers: &[CertificateNumber]| -> Vec<String> {
        numbers.iter().map(|number| venue.certificate(*number).kind.to_string()).collect()
    };
    assert_eq!(kinds(&one.certificates), ["vendor_voucher"]);
    assert_eq!(kinds(&both.certificates), ["vendor_voucher", "intermediary_voucher"]);
    for number in both.certificates {
        let voucher = venue.certificate(number);
        assert_eq!(voucher.subject, Subject::Account(both.accounts[0]));
        assert_eq!(voucher.holders, [stranger.number].into());
        assert_eq!(voucher.valid_until, None);
        let contents: Vec<&str> = voucher.contents.keys().map(RuleName::as_str).collect();
        assert_eq!(contents, ["party_name"]);
    }
}

fn article_17_vouchers_of_parties_are_known_to_other_profiles(law: &Law) {
    let mut venue = Venue::of(law);
    let stranger = venue.stranger.clone();
    for number in venue.registered(&stranger, &["vendor", "intermediary"]).certificates {
        is_of_class(&venue.ledger, number, "party");
    }
}

/// Parties of this capacity, and no others, hand these papers in.
fn papers_are_asked(law: &Law, capacity: &str, papers: &[&str], unasked: &[&str]) {
    let mut venue = Venue::of(law);
    let application = venue.party_application(&venue.buyer, &[capacity]);
    for paper in papers {
        let without = application.clone().without_document(paper);
        venue.refused(&without, ReasonCode::DocumentMissing);
        let also = venue.party_application(&venue.buyer, &["demander", "provider", "vendor", "intermediary"]);
        venue.refused(&also.without_document(paper), ReasonCode::DocumentMissing);
        let items = vec![DocumentItem::Evidence(EvidenceNumber(1))];
        venue.would_take(&application.clone().document(paper, items));
        let two = ["one", "two"].map(|item| DocumentItem::Digests(digests(item))).to_vec();
        venue.refused(&application.clone().document(paper, two), ReasonCode::DocumentInvalid);
    }
    let plain = unasked.iter().fold(application, |take, paper| take.without_document(paper));
    venue.would_take(&plain);
}

fn article_18_a_provider_states_the_source_of_its_data(law: &Law) {
    let others =
        ["protection_proof", "capability_proof", "premises_proof", "qualification_proof", "staff_proof"];
    papers_are_asked(law, "provider", &["source_statement", "identity_proof"], &others);
}

fn article_19_a_demander_proves_that_it_can_protect_the_data(law: &Law) {
    let others =
        ["source_statement", "capability_proof", "premises_proof", "qualification_proof", "staff_proof"];
    papers_are_asked(law, "demander", &["protection_proof"], &others);
}

fn article_20_a_vendor_states_the_source_and_proves_its_ability(law: &Law) {
    let others = ["protection_proof", "premises_proof", "qualification_proof", "staff_proof"];
    papers_are_asked(law, "vendor", &["source_statement", "capability_proof"], &others);
}

fn article_21_an_intermediary_proves_premises_qualification_and_staff(law: &Law) {
    let others = ["protection_proof", "source_statement", "capability_proof"];
    let papers = ["premises_proof", "qualification_proof", "staff_proof"];
    papers_are_asked(law, "intermediary", &papers, &others);
}

fn article_21_an_intermediary_is_an_organisation(law: &Law) {
    let mut venue = Venue::of(law);
    let person = MemberIdentity::NaturalPerson { person: Commitment(sha256(&[b"person"])) };
    let person = enrolled(&mut venue, "person", person);
    let intermediary = venue.party_application(&person, &["demander", "intermediary"]);
    venue.refused(&intermediary, ReasonCode::ConditionNotMet);
    venue.would_take(&venue.party_application(&person, &["demander"]));
    let (form, name) = (OrganisationForm::Unincorporated, "partnership");
    let credit_code = code_of(name);
    let unincorporated = MemberIdentity::Organisation { form, name: name.parse().unwrap(), credit_code };
    let unincorporated = enrolled(&mut venue, name, unincorporated);
    for organisation in [venue.stranger.clone(), unincorporated] {
        venue.would_take(&venue.party_application(&organisation, &["intermediary"]));
    }
}

fn enrolled(venue: &mut Venue, name: &str, identity: MemberIdentity) -> Party {
    let outcomes = venue.ledger.administered().enrol_as(name, identity, [Role::Subject]).recorded();
    let [Outcome::MemberNumber(number)] = outcomes[..] else { panic!("{outcomes:?}") };
    Party { number, name: name.to_owned() }
}

fn article_23_a_party_says_who_it_is(law: &Law) {
    let mut venue = Venue::of(law);
    let application = venue.party_application(&venue.buyer, &["demander"]);
    for field in ["capacities", "party_name", "party_contact"] {
        venue.refused(&application.clone().without_field(field), ReasonCode::FieldMissing);
    }
    venue.refused(&application.without_document("identity_proof"), ReasonCode::DocumentMissing);
}

fn applied(venue: &mut Venue, application: &Take) -> CaseNumber {
    venue.take(application).case
}

fn article_23_one_party_has_one_registration(law: &Law) {
    let mut venue = Venue::of(law);
    let application = venue.party_application(&venue.buyer, &["demander"]);
    let [first, second] = [(); 2].map(|()| applied(&mut venue, &application));
    let register = venue.register(first);
    let [account] = venue.take(&register).accounts[..] else { panic!("one account is opened") };
    let account: AccountRecord = venue.ledger.view.record(StateKey::Account(account)).unwrap();
    assert_eq!((account.holder, account.status), (venue.buyer.number, RegisterStatus::InForce));
    assert_eq!(account.kind, "party");
    let register = venue.register(second);
    venue.refused(&register, ReasonCode::AccountExists);
    venue.refused(&application, ReasonCode::AccountExists);
    let vendor = venue.party_application(&venue.buyer, &["vendor"]);
    venue.refused(&vendor, ReasonCode::AccountExists);
}

fn article_23_a_registration_may_be_refused_with_reasons(law: &Law) {
    let mut venue = Venue::of(law);
    let application = venue.party_application(&venue.buyer, &["demander"]);
    let case = applied(&mut venue, &application);
    let refuse = go_on(case, "refuse").by("centre", &venue.centre);
    venue.refused(&refuse, ReasonCode::ReasonsMissing);
    let refuse = refuse.reasons("unable");
    let buyer = venue.buyer.clone();
    let by_buyer = refuse.clone().without_actors().by("applicant", &buyer);
    venue.refused(&by_buyer, ReasonCode::PartyWrong);
    venue.take(&refuse);
    assert_eq!(venue.state(case), "refused");
    assert!(venue.case(case).documents.is_empty(), "the documents are handed back");
    let register = venue.register(case);
    venue.refused(&register, ReasonCode::CaseEnded);
    // The party may apply anew.
    venue.take(&application);
}

fn article_29_registration_papers_are_kept_for_twenty_years(law: &Law) {
    let mut venue = Venue::of(law);
    let buyer = venue.buyer.clone();
    let case = venue.registered(&buyer, &["demander"]).case;
    assert_eq!(venue.case(case).retain_until, Some(end_of("2045-10-15")));
}

fn article_29_a_venue_may_keep_papers_longer_and_not_shorter(law: &Law) {
    let years = |number: i64| {
        let parts = [("years".to_owned(), number.into()), ("roll".to_owned(), "stays".into())];
        toml::Table::from_iter(parts)
    };
    assert!(law.decided("retention", years(19)).is_err());
    let mut venue = Venue::of(&law.deciding("retention", years(30)));
    let buyer = venue.buyer.clone();
    let case = venue.registered(&buyer, &["demander"]).case;
    assert_eq!(venue.case(case).retain_until, Some(end_of("2055-10-15")));
}

fn article_30_what_a_party_says_of_itself_stands_as_a_commitment(law: &Law) {
    let mut venue = Venue::of(law);
    let application = venue.party_application(&venue.buyer, &["demander"]);
    for field in ["party_name", "party_contact"] {
        let clear = FieldValue::Text("for all to read".to_owned());
        venue.refused(&application.clone().field(field, clear), ReasonCode::FieldInvalid);
    }
    venue.refused(&application.attached("capacities", "hidden"), ReasonCode::FieldInvalid);
}

/// A profile that is refused on one day is adopted on the next, and a party registers.
fn applies_from_the_day_after(law: &Law, day: &str) {
    let (before, year) = (BlockTime(end_of(day).0 - 3_600_000), day[..4].parse().unwrap());
    let mut ledger = Ledger::founded_at(before);
    ledger.adopt_year(&calendar_year(year));
    for name in ["centre", "operator", "other exchange"] {
        ledger.enrol(name, Role::Exchange);
    }
    for name in ["applicant", "buyer", "stranger"] {
        ledger.enrol(name, Role::Subject);
    }
    last_minute_of(&mut ledger, day);
    let adoption = ledger.administered().adopt_profile(&law.profile).transaction();
    let refusal = ledger.record(&adoption).unwrap_err();
    assert_eq!(refusal.reason(), ReasonCode::ProfileNotInForce, "{refusal}");
    first_minute_after(&mut ledger, day);
    let profile = ledger.adopt(&law.profile);
    let mut venue = Venue::on(ledger, profile);
    let application = venue.party_application(&venue.buyer, &["demander"]);
    venue.take(&application);
}

/// The measures are of 2022-12-23.
fn article_42_the_measures_apply_from_their_date(law: &Law) {
    applies_from_the_day_after(&law.undated("registration"), "2022-12-22");
}

/// The measures on registration, which say when a trade voucher is issued, are of 2023-11-15.
fn registration_article_42_the_profile_applies_from_the_date_of_its_later_source(law: &Law) {
    applies_from_the_day_after(law, "2023-11-14");
}
