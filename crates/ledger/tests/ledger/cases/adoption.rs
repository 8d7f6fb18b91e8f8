//! Profiles and calendars are put in force by the registration bodies.

use bulla_ledger::Cause;
use bulla_rules::CalendarYear;
use bulla_rules::profile::Profile;
use bulla_types::{
    Action, AdoptCalendar, AdoptProfile, CalendarHead, CalendarRecord, CalendarRevision, Canonical, Outcome,
    ProfileDigest, ProfileRecord, ProfileStatus, ProfileVersionRecord, ReasonCode, RecordKey, RuleTag,
    StateKey, StatusRecord,
};

use crate::support::{Ledger, adopted_by, beside, calendar_year, credit_code, made_up, register};

const REGISTER: &str = include_str!("../../profiles/register.toml");

fn refused(ledger: &mut Ledger, profile: &Profile, reason: ReasonCode) -> Cause {
    let transaction = ledger.administered().adopt_profile(profile).transaction();
    let refusal = ledger.record(&transaction).unwrap_err();
    assert_eq!(refusal.reason(), reason, "{refusal}");
    refusal.cause
}

fn refused_year(ledger: &mut Ledger, year: &CalendarYear, reason: ReasonCode) -> Cause {
    let transaction = ledger.administered().adopt_calendar(year).transaction();
    let refusal = ledger.record(&transaction).unwrap_err();
    assert_eq!(refusal.reason(), reason, "{refusal}");
    refusal.cause
}

#[test]
fn a_profile_is_named_by_its_digest_and_found_by_its_id() {
    let mut ledger = Ledger::new();
    let profile = register();
    let digest = ledger.adopt(&profile);
    assert_eq!(digest.0, profile.digest());
    let record: ProfileRecord = ledger.view.record(StateKey::Profile(digest)).unwrap();
    assert_eq!((record.profile.to_vec(), record.status), (profile.encode(), ProfileStatus::InForce));
    let version = StateKey::ProfileVersion(RuleTag::of("test-register", ""));
    assert_eq!(ledger.view.record(version), Some(ProfileVersionRecord { digest, version: 1 }));
}

#[test]
fn a_later_version_takes_the_place_of_an_earlier_one_whose_past_stays() {
    let mut ledger = Ledger::new();
    let first = ledger.adopt(&register());
    let second = ledger.adopt(&Profile { version: 2, ..register() });
    let record: ProfileRecord = ledger.view.record(StateKey::Profile(first)).unwrap();
    assert_eq!((record.status, record.history_count), (ProfileStatus::Superseded, 2));
    let step = StateKey::History { record: RecordKey::Profile(first), seq: 0 };
    let step: StatusRecord<ProfileStatus> = ledger.view.record(step).unwrap();
    assert_eq!(step.status, ProfileStatus::InForce);
    let version = StateKey::ProfileVersion(RuleTag::of("test-register", ""));
    assert_eq!(ledger.view.record(version), Some(ProfileVersionRecord { digest: second, version: 2 }));
}

#[test]
fn a_profile_that_is_not_newer_is_refused() {
    let mut ledger = Ledger::new();
    ledger.adopt(&Profile { version: 2, ..register() });
    for version in [1, 2] {
        let cause = refused(&mut ledger, &Profile { version, ..register() }, ReasonCode::ProfileNotNewer);
        let id = "test-register".to_owned();
        assert_eq!(cause, Cause::ProfileNotNewer { id, version, in_force: 2 });
    }
}

#[test]
fn other_bytes_under_the_version_in_force_are_told_from_a_version_that_is_not_newer() {
    let mut ledger = Ledger::new();
    let adopted = ledger.adopt(&register());
    let other = made_up(&REGISTER.replacen("en = \"", "en = \"Another ", 1));
    let cause = refused(&mut ledger, &other, ReasonCode::ProfileDiffers);
    let (id, found) = ("test-register".to_owned(), ProfileDigest::of(&other.encode()));
    assert_eq!(cause, Cause::ProfileDiffers { id, version: 1, in_force: adopted, found });
    let told = cause.to_string();
    assert_eq!(
        told,
        format!("version 1 of test-register is in force with other bytes, {adopted}, not {found}")
    );
    // The same bytes once more are just not newer.
    refused(&mut ledger, &register(), ReasonCode::ProfileNotNewer);
    ledger.adopt(&Profile { version: 2, ..other });
}

#[test]
fn the_threshold_of_registration_bodies_signs() {
    let mut ledger = Ledger::new();
    let two = ledger.request().administered_by_bodies([1, 2]).adopt_profile(&register());
    two.refused(0, Cause::ThresholdNotMet { needed: 3, present: 2 }, ReasonCode::ThresholdNotMet);
    let two = ledger.request().administered_by_bodies([1, 2]).adopt_calendar(&calendar_year(2025));
    two.refused(0, Cause::ThresholdNotMet { needed: 3, present: 2 }, ReasonCode::ThresholdNotMet);
}

#[test]
fn bytes_that_are_no_profile_and_profiles_that_contradict_themselves_are_refused() {
    let mut ledger = Ledger::new();
    for profile in [&b"\xff"[..], &[&register().encode()[..], &[0]].concat()] {
        let profile = AdoptProfile { profile: profile.to_vec().into() };
        let transaction = ledger.administered().action(Action::AdoptProfile(profile)).transaction();
        assert_eq!(ledger.record(&transaction).unwrap_err().reason(), ReasonCode::ProfileInvalid);
    }
    let text = REGISTER.replace("from = \"frozen\"\nto = \"released\"", "from = \"frozen\"");
    let (profile, _) = bulla_rules::profile::text::parse(&text).unwrap();
    let profile = adopted_by(profile, credit_code(1));
    let cause = refused(&mut ledger, &profile, ReasonCode::ProfileInvalid);
    assert!(cause.to_string().contains("freeze"), "{cause}");
}

/// New cases run under a profile as soon as it is adopted.
#[test]
fn a_profile_is_adopted_while_all_its_sources_are_in_force() {
    // The ledger stands at 2025-10-09.
    for (term, told) in [
        ("effective_from = 2025-10-10", "the source terms of the profile is in force from 2025-10-10 only"),
        ("effective_to = 2025-10-08", "the source terms of the profile is in force to 2025-10-08 only"),
    ] {
        let profile = made_up(&beside(REGISTER, term));
        let cause = refused(&mut Ledger::new(), &profile, ReasonCode::ProfileNotInForce);
        assert_eq!(cause.to_string(), told);
    }
    for term in ["effective_from = 2025-10-09", "effective_to = 2025-10-09"] {
        Ledger::new().adopt(&made_up(&beside(REGISTER, term)));
    }
    let ended = REGISTER.replace("effective_to = 2030-12-31", "effective_to = 2025-10-08");
    let cause = refused(&mut Ledger::new(), &made_up(&ended), ReasonCode::ProfileNotInForce);
    assert!(matches!(cause, Cause::SourceNotInForce(term) if term.source == "main"));
}

#[test]
fn a_value_that_nobody_has_set_keeps_a_profile_from_being_adopted() {
    let mut ledger = Ledger::new();
    let text =
        REGISTER.replacen("bound = \"at_least\"\nvalue = { working_days = 3 }", "unset = \"未规定\"", 1);
    let (profile, _) = bulla_rules::profile::text::parse(&text).unwrap();
    let cause = refused(&mut ledger, &adopted_by(profile, credit_code(1)), ReasonCode::ProfileInvalid);
    assert!(cause.to_string().contains("VALUE_UNSET"), "{cause}");
}

#[test]
fn a_profile_names_a_body_that_is_an_active_member() {
    let mut ledger = Ledger::new();
    let nobody = Profile { adoption: None, ..register() };
    assert_eq!(refused(&mut ledger, &nobody, ReasonCode::ProfileInvalid), Cause::ProfileWithoutAdopter);
    let code = credit_code(77);
    let unknown = adopted_by(register(), code);
    assert_eq!(refused(&mut ledger, &unknown, ReasonCode::MemberUnknown), Cause::AdopterUnknown(code));
    ledger.request().administered_by_bodies([2, 3, 4]).suspend(bulla_types::MemberNumber(1)).recorded();
    let bodies = ledger.request().administered_by_bodies([2, 3, 4]).adopt_profile(&register());
    bodies.refused(0, Cause::SignerSuspended(bulla_types::MemberNumber(1)), ReasonCode::MemberSuspended);
}

#[test]
fn a_profile_with_a_primitive_that_is_not_interpreted_is_refused_and_nothing_of_it_is_passed_over() {
    let mut ledger = Ledger::new();
    // Nothing tells which registration the case would be about.
    let offer = "en = \"Offer\"\narticle = \"15\"\nby = \"holder\"";
    assert!(REGISTER.contains(offer));
    let text = REGISTER.replace(offer, "en = \"Offer\"\narticle = \"15\"\non = { cycle = \"year\" }");
    let cause = refused(&mut ledger, &made_up(&text), ReasonCode::ProfileUnsupported);
    let told = "a cycle that opens cases of surrender, which are about a record".to_owned();
    assert_eq!(cause, Cause::ProfileUnsupported(told));
}

#[test]
fn the_years_of_the_calendar_lie_side_by_side() {
    let mut ledger = Ledger::new();
    ledger.adopt_year(&calendar_year(2024));
    let cause = refused_year(&mut ledger, &calendar_year(2026), ReasonCode::CalendarInvalid);
    assert_eq!(cause, Cause::CalendarGap { year: 2026, first: 2024, last: 2024 });
    ledger.adopt_year(&calendar_year(2025));
    ledger.adopt_year(&calendar_year(2023));
    let head: CalendarHead = ledger.view.record(StateKey::CalendarHead).unwrap();
    assert_eq!((head.first_year, head.last_year), (2023, 2025));
    assert_eq!(head.calendar, "cn-mainland");
}

/// The year with other numbers in the place of some.
pub(crate) fn changed(
    year: &CalendarYear,
    change: impl FnOnce(&mut bulla_types::proto::CalendarYear),
) -> CalendarYear {
    let mut message = year.to_message();
    change(&mut message);
    CalendarYear::from_message(message).unwrap()
}

#[test]
fn a_revision_takes_the_place_of_a_year_and_changes_no_day_that_has_come() {
    let mut ledger = Ledger::new();
    let year = calendar_year(2025);
    ledger.adopt_year(&year);
    let same = refused_year(&mut ledger, &year, ReasonCode::CalendarNotNewer);
    let (revision, in_force) = (year.revision(), year.revision());
    assert_eq!(same, Cause::CalendarNotLater { year: 2025, revision, in_force });

    // The ledger stands at 2025-10-09. The make-up day two days later may go, that of 28 September may not.
    let without = |day: u32| {
        changed(&year, |message| {
            message.revision += 1;
            for holiday in &mut message.holidays {
                holiday.make_up_days.retain(|make_up| *make_up != day);
            }
        })
    };
    let past = refused_year(&mut ledger, &without(20_250_928), ReasonCode::CalendarChangesPast);
    assert_eq!(past, Cause::CalendarChangesPast { day: "2025-09-28".to_owned() });
    let open = changed(&year, |message| {
        message.revision += 1;
        message.settled_through = 20_251_031;
    });
    let unsettled = refused_year(&mut ledger, &open, ReasonCode::CalendarChangesPast);
    let (settled, offered) = ("2025-12-31".to_owned(), "2025-10-31".to_owned());
    assert_eq!(unsettled, Cause::CalendarUnsettles { settled, offered });
    ledger.adopt_year(&without(20_251_011));
    let record: CalendarRecord = ledger.view.record(StateKey::Calendar(2025)).unwrap();
    assert_eq!(record.revision, CalendarRevision(year.revision() + 1));
    let first = StateKey::History { record: RecordKey::Calendar(2025), seq: 0 };
    let first: StatusRecord<CalendarRevision> = ledger.view.record(first).unwrap();
    assert_eq!(first.status, CalendarRevision(year.revision()));
}

#[test]
fn a_year_of_another_calendar_and_bytes_that_are_no_year_are_refused() {
    let mut ledger = Ledger::new();
    ledger.adopt_year(&calendar_year(2025));
    let other = changed(&calendar_year(2026), |message| message.calendar = "elsewhere".to_owned());
    let cause = refused_year(&mut ledger, &other, ReasonCode::CalendarInvalid);
    let (found, in_force) = ("elsewhere".to_owned(), "cn-mainland".to_owned());
    assert_eq!(cause, Cause::CalendarOther { found, in_force });
    let year = AdoptCalendar { year: vec![0xff].into() };
    let transaction = ledger.administered().action(Action::AdoptCalendar(year)).transaction();
    assert_eq!(ledger.record(&transaction).unwrap_err().reason(), ReasonCode::CalendarInvalid);
}

#[test]
fn the_digest_of_a_profile_is_an_outcome() {
    let mut ledger = Ledger::new();
    let outcomes = ledger.administered().adopt_profile(&register()).recorded();
    assert_eq!(outcomes, [Outcome::Profile(ProfileDigest::of(&register().encode()))]);
}
