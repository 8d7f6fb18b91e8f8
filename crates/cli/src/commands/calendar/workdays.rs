//! `bulla calendar workdays`.

use std::path::PathBuf;

use bulla_rules::{Arrangement, Calendar, CivilDate, DaySpan, Standing};
use bulla_types::Lang;
use serde::Serialize;

use super::{Origin, adopted, joined, names, published, read_all, weekday};
use crate::complaints::DAYS_FALL;
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{
    CALENDAR_OF, COUNTED_DAYS, COUNTED_WORKING_DAYS, DAY, FROM_DAY, HOLIDAY, NO, PROVISIONAL, THROUGH_DAY,
    WORKED, YES,
};
use crate::output::{Show, facts, table};
use crate::parse;

/// Count working days between two days, by the calendar of the ledger where --localnet, --config or --endpoint names one | 计算两日之间的工作日：用 --localnet、--config 或 --endpoint 指定账本时依其采用的日历
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The day of the event, which is not counted | 事件发生之日，不计入
    #[arg(value_name = "FROM", value_parser = parse::day)]
    from: CivilDate,
    /// The last day counted | 计入的最后一日
    #[arg(value_name = "TO", value_parser = parse::day)]
    to: CivilDate,
    /// Files of years, in place of what the ledger has adopted or this program carries for them | 年度日历文件，替代账本采用的或程序自带的相应年份
    #[arg(long, value_name = "FILE")]
    file: Vec<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let fall = || Failure::usage(DAYS_FALL.with(&[&self.to, &self.from]));
        let span = DaySpan::new(self.from, self.to).ok_or_else(fall)?;
        let (calendar, of) = if self.file.is_empty() && context.names_a_ledger() {
            let (first, last) = (self.from.year(), self.to.year());
            let adopted = async { adopted::calendar(&context.client().await?, first, last).await };
            (context.run(adopted)?, Origin::Ledger)
        } else {
            let of = if self.file.is_empty() { Origin::Program } else { Origin::File };
            (published::calendar(read_all(&self.file)?)?, of)
        };
        context.show(&Counted::new(&calendar, span, of))
    }
}

/// What a period holds that is counted from one day up to another.
#[derive(Serialize)]
struct Counted {
    of: Origin,
    from: String,
    to: String,
    working_days: usize,
    natural_days: usize,
    /// Whether a day was judged that no calendar settles.
    provisional: bool,
    /// Its days on which a holiday is arranged.
    arranged: Vec<Arranged>,
}

#[derive(Serialize)]
struct Arranged {
    date: String,
    working_day: bool,
    names: Vec<String>,
    #[serde(skip)]
    day: CivilDate,
}

impl Counted {
    fn new(calendar: &Calendar, span: DaySpan, of: Origin) -> Self {
        let days: Vec<_> = span.iter().skip(1).collect();
        let judged = || days.iter().map(|day| calendar.judge(*day));
        Self {
            of,
            from: span.first().to_string(),
            to: span.last().to_string(),
            working_days: judged().filter(|judged| judged.is_working_day).count(),
            natural_days: days.len(),
            provisional: judged().any(|judged| judged.standing == Standing::Provisional),
            arranged: days.iter().filter_map(|day| Arranged::of(calendar, *day)).collect(),
        }
    }
}

impl Arranged {
    fn of(calendar: &Calendar, day: CivilDate) -> Option<Self> {
        let (holiday, working_day) = match calendar.year(day.year())?.arrangement(day) {
            Arrangement::Ordinary => return None,
            Arrangement::DayOff(holiday) => (holiday, false),
            Arrangement::MakeUp(holiday) => (holiday, true),
        };
        Some(Self { date: day.to_string(), working_day, names: names(holiday), day })
    }

    fn row(&self, lang: Lang) -> [String; 3] {
        let worked = if self.working_day { YES } else { NO }.of(lang);
        [format!("{} {}", self.date, weekday(self.day, lang)), worked.to_owned(), joined(&self.names, lang)]
    }
}

impl Show for Counted {
    fn text(&self, lang: Lang) -> String {
        let head = facts([
            (CALENDAR_OF.of(lang), self.of.name().of(lang).to_owned()),
            (FROM_DAY.of(lang), self.from.clone()),
            (THROUGH_DAY.of(lang), self.to.clone()),
            (COUNTED_WORKING_DAYS.of(lang), self.working_days.to_string()),
            (COUNTED_DAYS.of(lang), self.natural_days.to_string()),
        ]);
        let note = if self.provisional { format!("\n{}", PROVISIONAL.of(lang)) } else { String::new() };
        if self.arranged.is_empty() {
            return format!("{head}{note}");
        }
        let heading = [DAY, WORKED, HOLIDAY].map(|text| text.of(lang));
        format!("{head}{note}\n\n{}", table(heading, self.arranged.iter().map(|day| day.row(lang))))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn counted(from: &str, to: &str) -> Counted {
        let span = DaySpan::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
        Counted::new(&published::calendar(Vec::new()).unwrap(), span, Origin::Program)
    }

    #[test]
    fn three_working_days_after_the_eve_of_national_day_2025_end_on_a_worked_saturday() {
        let counted = counted("2025-09-30", "2025-10-11");
        assert_eq!((counted.working_days, counted.natural_days, counted.provisional), (3, 11, false));
        assert!(counted.text(Lang::Zh).contains("2025-10-11 周六  是    国庆节、中秋节"));
        assert!(counted.text(Lang::En).contains("2025-10-08 Wed  no"));
    }

    #[test]
    fn whose_calendar_it_is_is_told() {
        let counted = counted("2025-09-30", "2025-10-11");
        assert!(counted.text(Lang::Zh).contains("程序自带"), "{}", counted.text(Lang::Zh));
        assert_eq!(serde_json::to_value(&counted).unwrap()["of"], "program");
    }

    #[test]
    fn a_day_alone_holds_nothing() {
        let counted = counted("2025-10-09", "2025-10-09");
        assert_eq!((counted.working_days, counted.natural_days), (0, 0));
        assert!(counted.arranged.is_empty());
    }

    #[test]
    fn days_that_no_calendar_settles_are_told() {
        assert!(counted("2026-12-24", "2027-01-05").text(Lang::Zh).contains("暂定"));
    }
}
