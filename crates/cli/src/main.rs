//! `bulla`: everything that a person does with a ledger.
//!
//! A command gathers facts and returns them as a value that a program reads (`--json`) and that shows itself
//! to a person in his language. It decides nothing about a ledger: rules are the nodes', proofs are
//! `bulla-verify`'s, and what comes over the network goes through `bulla-client`, which believes nothing that
//! it has not verified.
//!
//! * `commands`: one file or folder for each command;
//! * `context`: what commands share: configuration, connection, language, output;
//! * `founding`: what `bulla network` and `bulla localnet` found ledgers with;
//! * `messages`, `complaints`, `words`: every text for people, in both languages; `phrases`: what is said elsewhere
//!   in English;
//! * `failure`: why a command did not do what it was asked, and all exit codes.

mod act;
mod arguments;
mod asked;
mod commands;
mod complaints;
mod config;
mod context;
mod cores;
mod decided;
mod decision;
mod destination;
mod documents;
mod enrolment;
mod failure;
mod files;
mod founding;
#[cfg(test)]
mod golden;
mod help;
mod history;
mod key_files;
mod language;
mod lookup;
mod members;
mod messages;
mod mistake;
mod new_key;
mod numbers;
mod output;
mod over;
mod parse;
mod phrases;
mod progress;
mod recorded;
mod records;
mod signers;
mod survey;
mod text;
mod titled;
mod waiting;
mod when;
mod words;
mod written;

use std::process::ExitCode;

use clap::FromArgMatches;

use crate::arguments::Arguments;
use crate::context::Context;

fn main() -> ExitCode {
    let lang = language::choose(std::env::args_os());
    let json = language::asks_for_json(std::env::args_os());
    let parsed = help::command(lang).try_get_matches();
    let ended = match parsed.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments.command.run(&Context::new(arguments.common, lang)),
        Err(error) if help::is_wanted(&error, json) => help::show(&error, lang),
        Err(error) => Err(mistake::failure(&error)),
    };
    ExitCode::from(ended.unwrap_or_else(|failure| {
        output::show_failure(&failure, json, lang);
        failure.exit
    }))
}
