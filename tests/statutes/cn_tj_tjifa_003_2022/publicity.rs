//! Publicity and the issue of the certificate (cl. 8.1).

use bulla_types::{ReasonCode, RuleName};

use super::stage::Platform;
use crate::suite::{Law, end_of, first_minute_after, last_minute_of, statutes, working_days};

statutes!(super::super::SOURCE:
    clause_8_1_1_publicity_lasts_at_least_three_working_days,
    clause_8_1_1_holidays_do_not_count_and_make_up_days_do,
    clause_8_1_1_publicity_begins_with_the_registration,
    clause_8_1_1_a_platform_may_lengthen_the_publicity_and_not_shorten_it,
    clause_8_1_1_what_may_be_known_is_published,
    clause_8_1_2_only_the_platform_issues_the_certificate,
    clause_8_1_2_the_certificate_is_issued_once,
);

/// Registered on Friday 10 October: Saturday 11 (worked in place of a holiday), Monday 13, Tuesday 14.
fn clause_8_1_1_publicity_lasts_at_least_three_working_days(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let issue = story.issue(case);
    story.refused(&issue, ReasonCode::TooEarly);
    for day in ["2025-10-11", "2025-10-12", "2025-10-13"] {
        story.until(day);
        story.refused(&issue, ReasonCode::TooEarly);
    }
    last_minute_of(&mut story.ledger, "2025-10-14");
    story.refused(&issue, ReasonCode::TooEarly);
    first_minute_after(&mut story.ledger, "2025-10-14");
    story.take(&issue);
    assert_eq!(story.state(case), "certified");
}

/// Registered on Tuesday 30 December: Wednesday 31; 1–3 January are holidays; Sunday 4 is worked; Monday 5.
fn clause_8_1_1_holidays_do_not_count_and_make_up_days_do(law: &Law) {
    let mut story = Platform::of(law);
    story.until("2025-12-30");
    let (case, _) = story.registered("asset");
    assert_eq!(story.case(case).deadlines["publicity_end"].due, Some(end_of("2026-01-05")));
    let issue = story.issue(case);
    last_minute_of(&mut story.ledger, "2026-01-05");
    story.refused(&issue, ReasonCode::TooEarly);
    first_minute_after(&mut story.ledger, "2026-01-05");
    story.take(&issue);
}

fn clause_8_1_1_a_platform_may_lengthen_the_publicity_and_not_shorten_it(law: &Law) {
    assert!(law.decided("publicity_period", working_days(2)).is_err());
    let mut story = Platform::of(&law.deciding("publicity_period", working_days(4)));
    let (case, _) = story.registered("asset");
    assert_eq!(story.case(case).deadlines["publicity_end"].due, Some(end_of("2025-10-15")));
    // Where the standard gives a number without a bound, that is the number.
    let years = |number: i64| {
        let parts = [("years".to_owned(), number.into()), ("roll".to_owned(), "stays".into())];
        toml::Table::from_iter(parts)
    };
    assert!(law.decided("certificate_term", years(4)).is_err());
    assert!(law.decided("certificate_term", years(2)).is_err());
}

fn clause_8_1_1_publicity_begins_with_the_registration(law: &Law) {
    let mut story = Platform::of(law);
    let case = story.applied("asset");
    let issue = story.issue(case);
    story.until("2025-10-20");
    story.refused(&issue, ReasonCode::StepOutOfOrder);
    let register = story.register(case);
    story.take(&register);
    let publication = &story.case(case).publications[0];
    assert_eq!(publication.since, story.ledger.time);
    assert_eq!(publication.until.as_ref().unwrap().as_str(), "publicity_end");
    story.refused(&issue, ReasonCode::TooEarly);
    story.until("2025-10-24");
    story.take(&issue);
}

fn clause_8_1_1_what_may_be_known_is_published(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let record = story.case(case);
    let [publication] = &record.publications[..] else { panic!("{record:?}") };
    let mut published: Vec<&str> = publication.fields.iter().map(RuleName::as_str).collect();
    published.sort_unstable();
    let expected = ["applicant_name", "asset_brief", "asset_name", "industry", "keywords", "permitted_use"];
    assert_eq!(published, expected);
}

fn clause_8_1_2_only_the_platform_issues_the_certificate(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    story.until("2025-10-15");
    let issue = story.issue(case);
    let (applicant, other_body) = (story.applicant.clone(), story.ledger.body(2));
    let by_applicant = issue.clone().without_actors().by("applicant", &applicant);
    story.refused(&by_applicant, ReasonCode::PartyWrong);
    let by_other = issue.clone().without_actors().by("platform", &other_body);
    story.refused(&by_other, ReasonCode::PartyWrong);
    story.take(&issue);
}

fn clause_8_1_2_the_certificate_is_issued_once(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.certified("asset");
    let issue = story.issue(case);
    story.refused(&issue, ReasonCode::StepOutOfOrder);
}
