//! `bulla calendar show`.

use std::path::PathBuf;

use bulla_rules::{CalendarYear, CivilDate, DaySpan};
use bulla_types::Lang;
use serde::Serialize;

use super::{Origin, adopted, joined, names, published, read, weekday};
use crate::complaints::{YEAR_NOT_CARRIED, YEAR_OF_FILE};
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{
    CALENDAR, CALENDAR_OF, DAYS, DAYS_OFF, HOLIDAY, MAKE_UP_DAYS, REVISION, SETTLED_THROUGH, SOURCES,
    WORKING_DAYS, YEAR, YEAR_DIGEST,
};
use crate::numbers::within;
use crate::output::{Show, facts, table};

/// Show a year: holidays, make-up days, sources; as the ledger has adopted it (proved) where --localnet, --config or --endpoint names one, else as this program carries it | 查看一年的放假、调休安排及其依据：用 --localnet、--config 或 --endpoint 指定账本时为其采用的日历（经证明），否则为程序自带的日历
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The year | 年份
    #[arg(value_name = "YEAR", value_parser = within::<u16>(1970, 9999))]
    year: u16,
    /// A file of the year, in place of what the ledger has adopted or this program carries | 该年的日历文件，替代账本采用的或程序自带的日历
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let (year, of) = match &self.file {
            Some(path) => {
                let year = read(path)?;
                if year.year() != self.year {
                    let wrong = YEAR_OF_FILE.with(&[&year.year(), &self.year]);
                    return Err(Failure::usage(wrong.of_thing(path.display())));
                }
                (year, Origin::File)
            }
            None if context.names_a_ledger() => {
                let adopted = async { adopted::year(&context.client().await?, self.year).await };
                (context.run(adopted)?, Origin::Ledger)
            }
            None => {
                let carried = published::year(self.year)?.ok_or_else(|| {
                    let (first, last) = published::span();
                    Failure::usage(YEAR_NOT_CARRIED.with(&[&self.year, &first, &last]))
                })?;
                (carried, Origin::Program)
            }
        };
        context.show(&Year::new(&year, of))
    }
}

/// A year of a calendar.
#[derive(Serialize)]
struct Year {
    of: Origin,
    calendar: String,
    year: u16,
    revision: u32,
    digest: String,
    settled_through: String,
    working_days: usize,
    sources: Vec<Source>,
    holidays: Vec<Holiday>,
}

#[derive(Serialize)]
struct Source {
    document: String,
    title: String,
    issued_on: String,
}

#[derive(Serialize)]
struct Holiday {
    names: Vec<String>,
    /// `None` when its days off lie in the year beside.
    first: Option<String>,
    last: Option<String>,
    make_up_days: Vec<String>,
    #[serde(skip)]
    days_off: Option<DaySpan>,
    #[serde(skip)]
    worked: Vec<CivilDate>,
}

impl Year {
    fn new(year: &CalendarYear, of: Origin) -> Self {
        let source = |source: &bulla_rules::Source| Source {
            document: source.document.to_string(),
            title: source.title.to_string(),
            issued_on: source.issued_on.to_string(),
        };
        Self {
            of,
            calendar: year.calendar().to_string(),
            year: year.year(),
            revision: year.revision(),
            digest: year.digest().to_string(),
            settled_through: year.settled_through().to_string(),
            working_days: year.days().iter().filter(|day| year.is_working_day(*day)).count(),
            sources: year.sources().iter().map(source).collect(),
            holidays: year.holidays().iter().map(Holiday::new).collect(),
        }
    }
}

impl Holiday {
    fn new(holiday: &bulla_rules::Holiday) -> Self {
        Self {
            names: names(holiday),
            first: holiday.days_off.map(|span| span.first().to_string()),
            last: holiday.days_off.map(|span| span.last().to_string()),
            make_up_days: holiday.make_up_days.iter().map(ToString::to_string).collect(),
            days_off: holiday.days_off,
            worked: holiday.make_up_days.clone(),
        }
    }

    fn row(&self, lang: Lang) -> [String; 4] {
        let day = |day: &CivilDate| format!("{day} {}", weekday(*day, lang));
        let days_off = self.days_off.map_or_else(String::new, |span| {
            let (first, last) = (day(&span.first()), day(&span.last()));
            if first == last { first } else { format!("{first} – {last}") }
        });
        let count = self.days_off.map_or_else(String::new, |span| span.iter().count().to_string());
        let worked = self.worked.iter().map(day).collect::<Vec<_>>().join(", ");
        [joined(&self.names, lang), days_off, count, worked]
    }
}

impl Show for Year {
    fn text(&self, lang: Lang) -> String {
        let source = |source: &Source| format!("{} {} ({})", source.document, source.title, source.issued_on);
        let head = facts([
            (CALENDAR.of(lang), self.calendar.clone()),
            (CALENDAR_OF.of(lang), self.of.name().of(lang).to_owned()),
            (YEAR.of(lang), self.year.to_string()),
            (REVISION.of(lang), self.revision.to_string()),
            (YEAR_DIGEST.of(lang), self.digest.clone()),
            (SETTLED_THROUGH.of(lang), self.settled_through.clone()),
            (WORKING_DAYS.of(lang), self.working_days.to_string()),
            (SOURCES.of(lang), self.sources.iter().map(source).collect::<Vec<_>>().join("\n")),
        ]);
        let heading = [HOLIDAY, DAYS_OFF, DAYS, MAKE_UP_DAYS].map(|text| text.of(lang));
        format!("{head}\n\n{}", table(heading, self.holidays.iter().map(|holiday| holiday.row(lang))))
    }
}
