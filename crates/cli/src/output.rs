//! What goes to stdout: with `--json` exactly one JSON document, else text for a person.

use std::io::{self, IsTerminal, Write};

use bulla_types::{Lang, ReasonCode};
use comfy_table::{ContentArrangement, Table, TableComponent, presets};
use serde::Serialize;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::complaints::OUTPUT_LOST;
use crate::failure::{Failure, exit};
use crate::text::Said;
use crate::written::{visible, wrapped};

/// What a command has found out or done: its serialised form is for scripts.
pub(crate) trait Show: Serialize {
    /// The same for a person, without a line break at the end.
    fn text(&self, lang: Lang) -> String;

    /// What the script that ran the command is told.
    fn exit(&self) -> u8 {
        exit::OK
    }
}

/// Prints text for a person.
pub(crate) fn print_text(text: &str) -> Result<(), Failure> {
    print(&visible(text))
}

/// Prints as it is. A reader that has gone away, as `head` does, has seen enough; anything else that keeps the
/// output from where it should go is a failure: a script would take what is cut short for the whole.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let detail = OUTPUT_LOST.with(&[&Said::english(error)]);
            Err(Failure::new(ReasonCode::FileUnwritable, detail))
        }
        _ => Ok(()),
    }
}

/// Prints a document on several lines.
pub(crate) fn print_json(document: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(document).map_err(|error| Failure::internal(&error))?;
    print(&text)
}

/// Tells a person something while a command is under way.
pub(crate) fn note(text: &str) {
    note_as_is(&visible(text));
}

/// The same for a text that is ours, with its colours.
pub(crate) fn note_as_is(text: &str) {
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "{text}");
}

/// Prints why a command failed: to stdout for a program, to stderr for a person, and for a program that stdout
/// does not reach.
pub(crate) fn show_failure(failure: &Failure, json: bool, lang: Lang) {
    if !json || print_json(&failure.json()).is_err() {
        note(&failure.text(lang));
    }
}

/// Rows under a heading.
pub(crate) fn table<const N: usize>(
    heading: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_style(TableComponent::HeaderLines, '─').set_header(heading);
    fit(&mut table);
    rows.into_iter().for_each(|row| {
        table.add_row(row);
    });
    table.trim_fmt()
}

/// Facts, each with its name before it. Those with an empty value are left out.
pub(crate) fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    let facts: Vec<_> = facts.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let columns = columns_of_values(&table, facts.iter().map(|(name, _)| *name));
    for (name, value) in facts {
        let value = columns.map_or_else(|| value.clone(), |columns| wrapped(&value, columns));
        table.add_row([name.to_owned(), value]);
    }
    table.trim_fmt()
}

/// How wide values beside these names can be at a terminal; elsewhere they have no bound.
fn columns_of_values<'a>(table: &Table, names: impl Iterator<Item = &'a str>) -> Option<usize> {
    /// A space on each side of both cells.
    const BETWEEN: usize = 4;
    let terminal = usize::from(table.width().filter(|_| io::stdout().is_terminal())?);
    let names = names.map(UnicodeWidthStr::width).max().unwrap_or_default();
    Some(terminal.saturating_sub(names + BETWEEN))
}

/// Wraps to the width of a terminal; elsewhere lines keep their length, for `grep`.
fn fit(table: &mut Table) {
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
}
