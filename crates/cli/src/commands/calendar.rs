//! `bulla calendar`: working days, as the ledger has adopted them or as this program carries them (工作日历).

mod adopt;
mod adopted;
pub(crate) mod published;
mod show;
mod workdays;

use std::path::{Path, PathBuf};

pub(crate) use adopt::Adoption;
use bulla_rules::limits::CALENDAR_TEXT_BYTES_MAX;
use bulla_rules::{CalendarTextError, CalendarYear, CivilDate, Holiday};
use bulla_types::{Lang, ReasonCode};
use clap::Subcommand;
use serde::Serialize;

use crate::config::place_in;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;
use crate::messages::{OF_FILES, OF_THE_LEDGER, OF_THE_PROGRAM};
use crate::text::{Said, Text};

/// Working days by the holiday arrangements | 依放假安排查询工作日
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Show(show::Arguments),
    Workdays(workdays::Arguments),
    Adopt(adopt::Arguments),
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::Show(arguments) => arguments.run(context),
            Command::Workdays(arguments) => arguments.run(context),
            Command::Adopt(arguments) => arguments.run(context),
        }
    }
}

/// Where a calendar comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Origin {
    /// Adopted on the ledger, proved.
    Ledger,
    /// Carried by this program.
    Program,
    /// In files that were named.
    File,
}

impl Origin {
    fn name(self) -> Text {
        match self {
            Self::Ledger => OF_THE_LEDGER,
            Self::Program => OF_THE_PROGRAM,
            Self::File => OF_FILES,
        }
    }
}

/// Monday to Sunday.
const WEEKDAYS: [Text; 7] = [
    Text { en: "Mon", zh: "周一" },
    Text { en: "Tue", zh: "周二" },
    Text { en: "Wed", zh: "周三" },
    Text { en: "Thu", zh: "周四" },
    Text { en: "Fri", zh: "周五" },
    Text { en: "Sat", zh: "周六" },
    Text { en: "Sun", zh: "周日" },
];

fn weekday(day: CivilDate, lang: Lang) -> &'static str {
    WEEKDAYS[usize::from(day.weekday()) - 1].of(lang)
}

fn names(holiday: &Holiday) -> Vec<String> {
    holiday.names.iter().map(ToString::to_string).collect()
}

/// Names as they are written beside each other.
fn joined(names: &[String], lang: Lang) -> String {
    names.join(if lang == Lang::Zh { "、" } else { ", " })
}

/// Reads a year of a calendar from the file that a person names.
fn read(path: &Path) -> Result<CalendarYear, Failure> {
    let text = files::read_text(path, CALENDAR_TEXT_BYTES_MAX)?;
    CalendarYear::from_text(&text).map_err(|error| {
        let (reason, what) = match error {
            CalendarTextError::Toml(error) => (ReasonCode::Malformed, place_in(&text, &error)),
            CalendarTextError::Year(error) => (error.reason(), Said::english(error)),
            CalendarTextError::TooLong { .. } => (ReasonCode::TooLarge, Said::english(error)),
        };
        Failure::new(reason, what.of_thing(path.display()))
    })
}

/// The years that a person names in files, for those that the program carries.
fn read_all(paths: &[PathBuf]) -> Result<Vec<CalendarYear>, Failure> {
    paths.iter().map(|path| read(path)).collect()
}
