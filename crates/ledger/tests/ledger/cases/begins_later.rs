//! Papers whose term begins later: the ledger issues them on their first day, and nobody relies on them before.

use bulla_rules::CivilDate;
use bulla_types::{CaseNumber, CertificateNumber, FieldValue, ReasonCode};

use super::apart_story::Apart;
use crate::support::{Take, open};

/// A licence for the other member from 2025-11-03 to 2025-11-28.
fn agreed(story: &mut Apart) -> CaseNumber {
    story.registered();
    let agree = story
        .about("licensing", "agree")
        .naming("licensee", &story.other)
        .by("keeper", &story.applicant)
        .with("licensee", &story.other)
        .field("begins", FieldValue::Date(20_251_103))
        .field("until", FieldValue::Date(20_251_128));
    story.ledger.take(&agree).case
}

/// What only who has a valid licence may do.
fn sale(story: &Apart) -> Take {
    open(story.profile, "sale", "sell_on")
        .by("seller", &story.other)
        .field("licence_paper", FieldValue::Certificate(CertificateNumber(2)))
}

fn instant(day: &str) -> bulla_types::BlockTime {
    day.parse::<CivilDate>().unwrap().minus_days(1).unwrap().ends()
}

#[test]
fn it_is_issued_by_the_first_instant_of_its_first_day() {
    let mut story = Apart::new();
    let case = agreed(&mut story);
    story.ledger.until("2025-11-02");
    assert_eq!(story.ledger.state(case), "agreed");
    assert!(story.ledger.case(case).certificates.is_empty());
    story.ledger.until("2025-11-03");
    assert_eq!(story.ledger.state(case), "licensed");
    let licence = story.certificate(CertificateNumber(2));
    assert_eq!(licence.valid_until, Some(instant("2025-11-29")));
    assert!(!licence.is_valid(bulla_types::BlockTime(instant("2025-11-03").0 - 1)));
    assert!(licence.is_valid(story.ledger.time));
}

#[test]
fn before_its_first_day_there_is_nothing_to_rely_on() {
    let mut story = Apart::new();
    agreed(&mut story);
    story.ledger.until("2025-11-02");
    let sale = sale(&story);
    story.ledger.refuse_step(&sale, ReasonCode::FieldInvalid);
    story.ledger.until("2025-11-03");
    story.ledger.take(&sale);
    story.ledger.until("2025-11-29");
    story.ledger.refuse_step(&sale, ReasonCode::CertificateNotValid);
}
