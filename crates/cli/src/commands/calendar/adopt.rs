//! `bulla calendar adopt`.

use std::path::Path;

use bulla_rules::CalendarYear;
use bulla_types::{Action, AdoptCalendar, Canonical, Lang};
use serde::Serialize;

use super::{published, read};
use crate::complaints::YEAR_NOT_CARRIED;
use crate::context::Context;
use crate::decided::Decided;
use crate::decision::DecisionArguments;
use crate::failure::Failure;
use crate::messages::{CALENDAR, REVISION, SETTLED_THROUGH, YEAR, YEAR_DIGEST};
use crate::output::{Show, facts, table};

/// Put years of the calendar in force, all or none, signed by the registration bodies | 由登记机构签名采用年度日历，全部采用或全部不采用
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    adoption: Adoption,
    #[command(flatten)]
    decision: DecisionArguments,
}

// Years. No help text: commands that have them say what they do.
#[derive(clap::Args)]
pub(crate) struct Adoption {
    /// Files of years, or years that this program carries | 年度日历文件，或程序自带的年份
    #[arg(value_name = "YEAR_OR_FILE", required = true, value_hint = clap::ValueHint::FilePath)]
    years: Vec<String>,
}

impl Adoption {
    /// The adoption of each year.
    pub(crate) fn actions(&self) -> Result<Vec<Action>, Failure> {
        Ok(adopt(&self.read()?))
    }

    fn read(&self) -> Result<Vec<CalendarYear>, Failure> {
        let mut years = self.years.iter().map(|named| year(named)).collect::<Result<Vec<_>, _>>()?;
        // Years join those in force without a gap, and a revision follows the one before.
        years.sort_by_key(|year| (year.year(), year.revision()));
        Ok(years)
    }
}

fn adopt(years: &[CalendarYear]) -> Vec<Action> {
    let adopt = |year: &CalendarYear| Action::AdoptCalendar(AdoptCalendar { year: year.encode().into() });
    years.iter().map(adopt).collect()
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let years = self.adoption.read()?;
        let decided = context.run(self.decision.on(context, adopt(&years)))?;
        context.show(&Adopted { years: years.iter().map(Year::new).collect(), decided })
    }
}

fn year(named: &str) -> Result<CalendarYear, Failure> {
    match named.parse::<u16>() {
        Ok(number) if !Path::new(named).exists() => published::year(number)?.ok_or_else(|| {
            let (first, last) = published::span();
            Failure::usage(YEAR_NOT_CARRIED.with(&[&number, &first, &last]))
        }),
        _ => read(named.as_ref()),
    }
}

/// Years that are in force now.
#[derive(Serialize)]
struct Adopted {
    years: Vec<Year>,
    #[serde(flatten)]
    decided: Decided,
}

#[derive(Serialize)]
struct Year {
    calendar: String,
    year: u16,
    revision: u32,
    settled_through: String,
    digest: String,
}

impl Year {
    fn new(year: &CalendarYear) -> Self {
        Self {
            calendar: year.calendar().to_string(),
            year: year.year(),
            revision: year.revision(),
            settled_through: year.settled_through().to_string(),
            digest: year.digest().to_string(),
        }
    }

    fn row(&self) -> [String; 5] {
        let Self { calendar, year, revision, settled_through, digest } = self;
        [calendar.clone(), year.to_string(), revision.to_string(), settled_through.clone(), digest.clone()]
    }
}

impl Show for Adopted {
    fn text(&self, lang: Lang) -> String {
        let heading = [CALENDAR, YEAR, REVISION, SETTLED_THROUGH, YEAR_DIGEST].map(|text| text.of(lang));
        format!("{}\n\n{}", table(heading, self.years.iter().map(Year::row)), facts(self.decided.facts(lang)))
    }
}
