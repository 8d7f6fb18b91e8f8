//! The command line, as a script uses it.

use std::ffi::OsStr;
use std::process::Command;

use serde_json::Value;

use crate::programs::program;

/// What a run of `bulla` gave.
#[derive(Debug)]
pub struct Answer {
    /// The exit code.
    pub code: i32,
    /// The JSON document on standard output.
    pub json: Value,
}

/// Runs `bulla` with these arguments and `--json`, without any configuration of this machine.
pub fn bulla<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Answer {
    let mut command = Command::new(program("bulla"));
    command.args(arguments).arg("--json").env_remove("BULLA_CONFIG").env("BULLA_LANG", "zh");
    let output = command.output().unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    Answer { code: output.status.code().unwrap(), json }
}
