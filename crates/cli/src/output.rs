//! What goes to stdout: with `--json` exactly one JSON document, else text for a person.

use std::io::{self, IsTerminal, Write};

use bulla_types::{Lang, ReasonCode};
use comfy_table::{ContentArrangement, Table, TableComponent, presets};
use serde::Serialize;
use serde_json::Value;

use crate::complaints::OUTPUT_LOST;
use crate::failure::{Failure, exit};
use crate::text::Said;

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

/// A text without what makes a terminal do something: titles and messages of others may hold anything.
fn visible(text: &str) -> String {
    let acts = |c: &char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if acts(&c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
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
    fit(&mut table);
    for (name, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
        table.add_row([name.to_owned(), value]);
    }
    table.trim_fmt()
}

/// Wraps to the width of a terminal; elsewhere lines keep their length, for `grep`.
fn fit(table: &mut Table) {
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_does_nothing_to_a_terminal() {
        assert_eq!(visible("合同\u{1b}[2J\u{202e}fdp.exe\n\t二"), "合同\u{fffd}[2J\u{fffd}fdp.exe\n\t二");
    }
}
