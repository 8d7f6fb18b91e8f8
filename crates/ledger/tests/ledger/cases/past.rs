//! Every record of a story is proved offline with its past, and what it answers for a day is what the story told.

use std::collections::BTreeMap;

use bulla_rules::CivilDate;
use bulla_types::{BlockTime, CertificateNumber, RecordKey, Role, StateKey, Subject};
use bulla_verify::report::{StatusReport, Verdict};
use bulla_verify::{Anchor, Asked, verify_status};

use super::story::Register;
use crate::support::{Ledger, go_on, open};

const CERTIFICATE: RecordKey = RecordKey::Certificate(CertificateNumber(1));

/// The state of a story under a certified header, as of the story's own time or a little later.
struct Proofs(bulla_fixtures::Ledger);

impl Proofs {
    fn of(story: &Ledger) -> Self {
        Self(bulla_fixtures::Ledger::sealing(&story.view.state, story.next_index(), story.time))
    }

    fn report(&self, record: RecordKey, asked: Option<Asked>) -> StatusReport {
        let file = self.0.status_proof(record, 2).encode();
        verify_status(&file, &Anchor::Ledger(self.0.id), asked).unwrap()
    }

    /// What holds on a day in UTC+8, and the terms that stood on it.
    fn on(&self, record: RecordKey, day: &str) -> (Verdict, Vec<(&'static str, Option<String>)>) {
        let day: CivilDate = day.parse().unwrap();
        let before = |end: BlockTime| BlockTime(end.0 - 86_400_000);
        let asked = Asked::from_until(before(day.ends()), day.ends());
        let answer = self.report(record, asked).answer.unwrap();
        let term = |until: u64| CivilDate::of(BlockTime(until - 1)).unwrap().to_string();
        let spans = answer.spans.iter().map(|span| (span.standing, span.valid_until_ms.map(term)));
        (answer.verdict, spans.collect())
    }
}

fn ask_for_renewal(story: &Register) -> crate::support::Take {
    open(story.profile, "renewal", "ask")
        .about(Subject::Certificate(CertificateNumber(1)))
        .by("holder", &story.applicant)
}

fn valid_until(day: &str) -> (Verdict, Vec<(&'static str, Option<String>)>) {
    (Verdict::InForce, vec![("in_force", Some(day.to_owned()))])
}

#[test]
fn a_certificate_is_valid_on_each_day_of_its_term_and_lapsed_after_it_recorded_or_not() {
    let mut story = Register::new();
    story.certified("asset");
    let lapsed = (Verdict::NotInForce, vec![("lapsed", Some("2026-10-16".to_owned()))]);
    // A block of the day after the term in which the lapse is not recorded yet.
    story.ledger.sleep(370 * 86_400_000);
    let unrecorded = Proofs::of(&story.ledger);
    assert_eq!(unrecorded.report(CERTIFICATE, None).steps.len(), 1);
    story.ledger.until("2026-12-01");
    let recorded = Proofs::of(&story.ledger);
    assert_eq!(recorded.report(CERTIFICATE, None).steps.len(), 2);
    for proofs in [unrecorded, recorded] {
        assert_eq!(proofs.on(CERTIFICATE, "2025-10-15").0, Verdict::NotInForce);
        assert_eq!(proofs.on(CERTIFICATE, "2025-10-16").0, Verdict::PartlyInForce, "issued at ten");
        assert_eq!(proofs.on(CERTIFICATE, "2025-10-17"), valid_until("2026-10-16"));
        assert_eq!(proofs.on(CERTIFICATE, "2026-10-16"), valid_until("2026-10-16"));
        assert_eq!(proofs.on(CERTIFICATE, "2026-10-17"), lapsed);
        assert_eq!(proofs.on(CERTIFICATE, "2028-10-16").0, Verdict::NotKnown);
    }
}

#[test]
fn one_that_was_renewed_states_on_each_day_the_term_of_that_day() {
    let mut story = Register::new();
    story.certified("asset");
    story.ledger.until("2026-09-17");
    let ask = ask_for_renewal(&story);
    let case = story.ledger.take(&ask).case;
    story.ledger.until("2026-10-10");
    story.ledger.take(&go_on(case, "renew").by("registry", &story.registry));
    story.ledger.until("2027-11-01");
    let proofs = Proofs::of(&story.ledger);
    assert_eq!(proofs.on(CERTIFICATE, "2026-10-09"), valid_until("2026-10-16"));
    assert_eq!(proofs.on(CERTIFICATE, "2026-10-11"), valid_until("2027-10-16"));
    assert_eq!(proofs.on(CERTIFICATE, "2026-10-17"), valid_until("2027-10-16"));
    assert_eq!(proofs.on(CERTIFICATE, "2027-10-17").0, Verdict::NotInForce);
}

#[test]
fn while_its_entry_is_frozen_it_is_not_valid() {
    let mut story = Register::new();
    let (registered, _) = story.certified("asset");
    let court = story.ledger.enrol("court", Role::Judicial);
    let entry = registered.registrations[0];
    let freeze = open(story.profile, "freeze", "freeze")
        .about(Subject::Registration(entry))
        .by("court", &court)
        .paper("judgment");
    story.ledger.until("2025-11-03");
    let case = story.ledger.take(&freeze).case;
    story.ledger.until("2025-12-01");
    story.ledger.take(&go_on(case, "release").by("court", &court));
    story.ledger.until("2026-01-05");
    let proofs = Proofs::of(&story.ledger);
    for record in [CERTIFICATE, RecordKey::Registration(entry)] {
        let verdict = |day| proofs.on(record, day).0;
        assert_eq!(verdict("2025-11-01"), Verdict::InForce);
        assert_eq!(verdict("2025-11-20"), Verdict::NotInForce);
        assert_eq!(verdict("2025-12-25"), Verdict::InForce);
    }
}

#[test]
fn every_record_that_a_story_leaves_agrees_with_its_past() {
    let mut story = Register::new();
    story.certified("asset");
    story.apply("another asset");
    story.ledger.until("2026-09-17");
    let ask = ask_for_renewal(&story);
    story.ledger.take(&ask);
    story.ledger.until("2027-01-04");
    let proofs = Proofs::of(&story.ledger);
    let mut kinds = BTreeMap::new();
    for key in story.ledger.view.keys() {
        let Ok(record) = RecordKey::decode(&key.encode()) else { continue };
        let report = proofs.report(record, None);
        assert!(!report.timeline.is_empty(), "{record}");
        *kinds.entry(StateKey::from(record).encode()[0]).or_insert(0) += 1;
    }
    assert_eq!(
        kinds.len(),
        9,
        "members, keys, profiles, years, accounts, cases, objects, entries, certificates"
    );
}
