//! Cases that the ledger opens at the end of each cycle of reports.

use bulla_rules::CivilDate;
use bulla_types::{BlockTime, CaseNumber, CycleEnded, ProfileDigest, ReasonCode, StateKey, SystemEvent};

use super::story::Register;
use crate::support::{adopted_by, credit_code, go_on, made_up};

const REGISTER: &str = include_str!("../../profiles/register.toml");
const REPORT: &str = r#"
[values.reporting]
zh = "报送期限"
en = "Time to report"
article = "17"
force = "must"
type = "period"
value = { working_days = 20 }

[procedures.report]
zh = "报告"
en = "Report"
article = "17"
about = "nothing"

[procedures.report.states]
due = { zh = "待报", en = "Due" }
filed = { zh = "已报", en = "Filed", result = { zh = "已报", en = "Filed" } }

[procedures.report.steps.begin]
zh = "期末"
en = "End of the cycle"
article = "17"
on = { cycle = "quarter" }
to = "due"

[procedures.report.steps.file]
zh = "报送"
en = "File"
article = "17"
by = "registry"
from = "due"
to = "filed"
documents = ["application"]

[procedures.report.deadlines.report_end]
zh = "报送期限"
en = "Time to report"
article = "17"
kind = "duty"
due = { after = "reporting", from = "opening" }
runs_in = "due"
met_by = ["file"]
"#;

fn reporting(cycle: &str) -> bulla_rules::profile::Profile {
    made_up(&[REGISTER, &REPORT.replace("quarter", cycle)].concat())
}

fn ended(profile: ProfileDigest, procedure: u16, day: &str) -> SystemEvent {
    let due = day.parse::<CivilDate>().unwrap().ends();
    SystemEvent::CycleEnded(CycleEnded { due, profile, procedure })
}

/// Place of the procedure among those of the profile.
const REPORT_PLACE: u16 = 7;

#[test]
fn a_case_is_opened_at_the_end_of_each_cycle_and_counts_from_its_last_day() {
    let mut story = Register::under(&reporting("quarter"));
    assert_eq!(story.ledger.until("2025-12-31"), []);
    let events = story.ledger.until("2026-01-05");
    assert_eq!(events, [ended(story.profile, REPORT_PLACE, "2025-12-31")]);
    let case = story.ledger.case(CaseNumber(1));
    let end = "2025-12-31".parse::<CivilDate>().unwrap().ends();
    assert_eq!((case.state.as_str(), case.opened), ("due", BlockTime(end.0 - 1)));
    // Twenty working days after New Year's Eve: the 1st to 3rd are off, the 4th is a make-up day.
    let report_end = case.deadlines["report_end"].due;
    assert_eq!(report_end, Some("2026-01-29".parse::<CivilDate>().unwrap().ends()));
    story.ledger.take(&go_on(case.number, "file").by("registry", &story.registry).paper("application"));
    assert_eq!(story.ledger.state(case.number), "filed");
    assert_eq!(story.ledger.until("2026-04-01"), [ended(story.profile, REPORT_PLACE, "2026-03-31")]);
}

#[test]
fn cycles_that_ended_while_nothing_was_decided_are_made_up_for_one_by_one() {
    let mut story = Register::under(&reporting("month"));
    let events = story.ledger.until("2026-01-01");
    let days = ["2025-10-31", "2025-11-30", "2025-12-31"];
    let cycles: Vec<_> =
        events.into_iter().filter(|event| matches!(event, SystemEvent::CycleEnded(_))).collect();
    assert_eq!(cycles, days.map(|day| ended(story.profile, REPORT_PLACE, day)));
}

#[test]
fn a_year_and_half_a_year_end_where_people_say() {
    for (cycle, day) in [("year", "2025-12-31"), ("half_year", "2025-12-31")] {
        let mut story = Register::under(&reporting(cycle));
        let events = story.ledger.until("2026-01-01");
        assert_eq!(events, [ended(story.profile, REPORT_PLACE, day)]);
    }
}

#[test]
fn cycles_run_under_the_version_in_force_only() {
    let mut story = Register::under(&reporting("quarter"));
    let later = bulla_rules::profile::Profile { version: 2, ..reporting("month") };
    let later = story.ledger.adopt(&adopted_by(later, credit_code(1)));
    let rows = story.ledger.view.keys().filter(|key| matches!(key, StateKey::Cycle(_)));
    assert_eq!(rows.count(), 1);
    assert_eq!(story.ledger.until("2025-11-03"), [ended(later, REPORT_PLACE, "2025-10-31")]);
    assert_eq!(story.ledger.case(CaseNumber(1)).profile, later);
}

#[test]
fn nobody_but_the_ledger_opens_such_a_case() {
    let mut story = Register::under(&reporting("quarter"));
    let begin = crate::support::open(story.profile, "report", "begin").by("registry", &story.registry);
    story.ledger.refuse_step(&begin, ReasonCode::StepOutOfOrder);
}

#[test]
fn a_cycle_in_a_year_without_a_calendar_leaves_the_duty_provisional() {
    let mut story = Register::under(&reporting("quarter"));
    story.ledger.until("2026-12-31");
    let open_cases = story.ledger.view.keys().filter(|key| matches!(key, StateKey::Case(_))).count();
    story.ledger.until("2027-01-01");
    let cases = story.ledger.view.keys().filter(|key| matches!(key, StateKey::Case(_))).count();
    assert_eq!(cases, open_cases + 1);
    let newest = story.ledger.case(CaseNumber(cases as u64));
    assert_eq!(newest.deadlines["report_end"].standing, bulla_types::DeadlineStanding::Provisional);
}
