//! `bulla clocks`: days that deadlines do not count (期间中止计算).

mod list;
mod suspend;

use bulla_rules::CivilDate;
use bulla_types::{ClockScope, Lang, LedgerId, Subject};
use clap::Subcommand;
use serde::Serialize;
pub(crate) use suspend::Suspension;

use crate::context::Context;
use crate::failure::Failure;
use crate::lookup::identifier;
use crate::messages::{CASE, EVERY_CASE, PROFILE};

/// Suspensions of clocks: days that deadlines of cases do not count | 期间中止：案件期限不计算的日期
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Suspend(suspend::Arguments),
    List(list::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Suspend(arguments) => arguments.run(context),
            Command::List(arguments) => arguments.run(context),
        }
    }
}

/// Days that are not counted, and for which cases.
#[derive(Serialize)]
struct Stopped {
    first_day: String,
    last_day: String,
    #[serde(flatten)]
    clocks: Clocks,
}

/// Whose clocks stand still.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "scope", rename_all = "snake_case")]
enum Clocks {
    Ledger,
    Profiles { profiles: Vec<String> },
    Case { case: String },
}

impl Stopped {
    /// Days as numbers YYYYMMDD.
    fn new(first_day: u32, last_day: u32, scope: &ClockScope, ledger: LedgerId) -> Self {
        Self { first_day: day(first_day), last_day: day(last_day), clocks: Clocks::new(scope, ledger) }
    }
}

impl Clocks {
    fn new(scope: &ClockScope, ledger: LedgerId) -> Self {
        match scope {
            ClockScope::Ledger => Self::Ledger,
            ClockScope::Profiles(ids) => {
                Self::Profiles { profiles: ids.iter().map(ToString::to_string).collect() }
            }
            ClockScope::Case(number) => Self::Case { case: identifier(ledger, Subject::Case(*number)) },
        }
    }

    fn line(&self, lang: Lang) -> String {
        match self {
            Self::Ledger => EVERY_CASE.of(lang).to_owned(),
            Self::Profiles { profiles } => format!("{} {}", PROFILE.of(lang), profiles.join(", ")),
            Self::Case { case } => format!("{} {case}", CASE.of(lang)),
        }
    }
}

/// A day of a suspension. The ledger takes none that does not exist.
fn day(number: u32) -> String {
    CivilDate::from_number(number).map_or_else(|_| number.to_string(), |day| day.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::CaseNumber;
    use serde_json::{json, to_value};

    use super::*;

    fn stopped(scope: &ClockScope) -> Stopped {
        Stopped::new(20_251_001, 20_251_008, scope, LedgerId::from_bytes([7; 32]))
    }

    #[test]
    fn a_suspension_names_its_days_and_whose_clocks_stand_still() {
        let ids = ["cn-a", "cn-b"].map(|id| id.parse().unwrap());
        let case = identifier(LedgerId::from_bytes([7; 32]), Subject::Case(CaseNumber(12)));
        for (scope, shown) in [
            (ClockScope::Ledger, json!({ "scope": "ledger" })),
            (
                ClockScope::Profiles(ids.into_iter().collect()),
                json!({ "scope": "profiles", "profiles": ["cn-a", "cn-b"] }),
            ),
            (ClockScope::Case(CaseNumber(12)), json!({ "scope": "case", "case": case })),
        ] {
            let mut expected = json!({ "first_day": "2025-10-01", "last_day": "2025-10-08" });
            expected.as_object_mut().unwrap().extend(shown.as_object().unwrap().clone());
            assert_eq!(to_value(stopped(&scope)).unwrap(), expected);
        }
    }

    #[test]
    fn whose_clocks_is_told_in_both_languages() {
        let profiles = Clocks::Profiles { profiles: vec!["cn-a".to_owned(), "cn-b".to_owned()] };
        assert_eq!(profiles.line(Lang::En), "Profile cn-a, cn-b");
        assert_eq!(profiles.line(Lang::Zh), "规则配置 cn-a, cn-b");
        assert_eq!(Clocks::Ledger.line(Lang::Zh), "全部案件");
    }
}
