//! A local network, as a person has it with the command line.

use std::ffi::OsStr;
use std::path::Path;

use serde_json::Value;

use crate::bulla::{Answer, bulla};

/// A local network, stopped when the test ends, however it ends.
pub struct Localnet<'a>(&'a Path);

impl<'a> Localnet<'a> {
    /// Founds a network in this folder and starts it.
    #[must_use]
    pub fn up(folder: &'a Path) -> Self {
        Self::up_with(folder, &[])
    }

    /// As [`up`](Self::up), with options.
    #[must_use]
    pub fn up_with(folder: &'a Path, options: &[&str]) -> Self {
        let localnet = Self(folder);
        localnet.start(options);
        localnet
    }

    /// Starts it again.
    pub fn start(&self, options: &[&str]) {
        let options: Vec<_> = ["--detach"].iter().chain(options).copied().collect();
        assert_eq!(self.is("up", &options).code, 0);
    }

    /// A command about the network itself.
    #[must_use]
    pub fn is(&self, what: &str, options: &[&str]) -> Answer {
        let arguments = [OsStr::new("localnet"), OsStr::new(what), OsStr::new("--dir"), self.0.as_os_str()];
        bulla(arguments.into_iter().chain(options.iter().map(OsStr::new)))
    }

    /// Runs a command as the evidence service of the network.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Answer {
        let arguments = arguments.iter().map(AsRef::as_ref);
        bulla(arguments.chain([OsStr::new("--localnet"), self.0.as_os_str()]))
    }

    /// Runs a command that must not fail.
    pub fn done(&self, command: &str) -> Value {
        let answer = self.run(&command.split(' ').collect::<Vec<_>>());
        assert_eq!(answer.code, 0, "{command}: {:#}", answer.json);
        answer.json
    }

    /// Runs a command that must fail; gives the error.
    pub fn refused(&self, command: &str) -> Value {
        let mut answer = self.run(&command.split(' ').collect::<Vec<_>>());
        assert_eq!(answer.code, 1, "{command}: {:#}", answer.json);
        answer.json["error"].take()
    }
}

impl Drop for Localnet<'_> {
    fn drop(&mut self) {
        let _ = self.is("down", &[]);
    }
}
