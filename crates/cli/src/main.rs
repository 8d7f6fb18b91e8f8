//! `bulla`: everything that a person does with a ledger.
//!
//! A command gathers facts and returns them as a value that a program reads (`--json`) and that shows itself
//! to a person in his language. It decides nothing about a ledger: rules are the nodes', proofs are
//! `bulla-verify`'s, and what comes over the network goes through `bulla-client`, which believes nothing that
//! it has not verified.
//!
//! * `commands`: one file or folder for each command;
//! * `context`: what commands share: configuration, connection, language, output;
//! * `messages`, `words`: every text for people, in both languages;
//! * `failure`: why a command did not do what it was asked, and all exit codes.

mod arguments;
mod commands;
mod config;
mod context;
mod cores;
mod documents;
mod failure;
mod help;
mod key_files;
mod language;
mod messages;
mod output;
mod parse;
mod progress;
mod recorded;
mod signers;
mod survey;
mod when;
mod words;

use std::process::ExitCode;

use clap::FromArgMatches;

use crate::arguments::Arguments;
use crate::context::Context;

fn main() -> ExitCode {
    let lang = language::choose(std::env::args_os());
    let matches = help::command(lang).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let context = Context::new(arguments.common, lang);
    match arguments.command.run(&context) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            context.show_failure(&failure);
            ExitCode::from(failure.exit)
        }
    }
}
