//! Who may read what stands in a case.

use std::collections::BTreeMap;

use bulla_types::{Canonical, Role, StateKey};

use super::story::Register;
use crate::reading::{close, reads};

#[test]
fn a_case_is_read_by_its_parties_as_soon_as_they_are_and_by_no_other_class() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let ledger = &mut story.ledger;
    let application = ledger.log.last().unwrap().clone();
    close(ledger);
    let court = ledger.enrol("court", Role::Judicial);
    assert!(reads(ledger, &story.applicant, &application) && reads(ledger, &story.registry, &application));
    assert!(!reads(ledger, &court, &application), "a court asks by a query that is recorded");
    assert!(!reads(ledger, &story.other, &application));
    // A party reads what came before it was one.
    let mut record = ledger.case(case);
    record.parties.insert("objector".parse().unwrap(), [story.other.number].into());
    ledger.view.apply(BTreeMap::from([(StateKey::Case(case).encode(), Some(record.encode()))]));
    assert!(reads(ledger, &story.other, &application));
}
