//! What the integrity check says.

use std::fmt;

/// Findings kept; the rest is counted. One lost file can have millions of them.
const FINDINGS_MAX: usize = 1_000;

/// The result of an integrity check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FsckReport {
    /// What was checked.
    pub checked: Checked,
    /// What is wrong; empty for a folder in good order. At most 1,000.
    pub findings: Vec<Finding>,
    /// How many findings beyond those.
    pub findings_left_out: u64,
    /// What is not wrong but worth knowing.
    pub notes: Vec<String>,
}

/// How much of each kind was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Headers, certificates and bodies of decided blocks.
    pub blocks: u64,
    /// Entries: canonical form, leaf hashes, index rows.
    pub entries: u64,
    /// Hash tiles, of both logs.
    pub tiles: u64,
    /// Records of the state map.
    pub state_records: u64,
    /// Openings against their commitments.
    pub openings: u64,
    /// Proposals of heights not decided.
    pub proposals: u64,
    /// Requests that are remembered.
    pub requests: u64,
    /// Rows of the database, of all column families.
    pub rows: u64,
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: a file, a row, a block, an entry.
    pub place: String,
    /// What is wrong there.
    pub what: String,
    /// What had to be there, where that can be said.
    pub expected: Option<String>,
    /// What is there.
    pub found: Option<String>,
}

/// How far a check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being checked.
    pub stage: Stage,
    /// Units done: rows while files are read, blocks while the chain is walked, records of the state.
    pub done: u64,
    /// Units in all, where known.
    pub total: Option<u64>,
}

/// Parts of a check, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Every row of every file, against the checksums of the database.
    Files,
    /// Every block from the first: hashes, certificates, entries, roots, indexes.
    Chain,
    /// The state map and its tree.
    State,
}

impl FsckReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else {
            self.findings_left_out += 1;
        }
    }

    /// Something that cannot be compared: it is missing, or does not decode.
    pub(crate) fn wrong(&mut self, place: impl fmt::Display, what: impl fmt::Display) {
        self.add(Finding { place: place.to_string(), what: what.to_string(), expected: None, found: None });
    }

    /// Compares; tells whether both agree.
    pub(crate) fn same<T: PartialEq + fmt::Display>(
        &mut self,
        place: impl fmt::Display,
        what: impl fmt::Display,
        expected: &T,
        found: &T,
    ) -> bool {
        if expected == found {
            return true;
        }
        self.add(Finding {
            place: place.to_string(),
            what: what.to_string(),
            expected: Some(expected.to_string()),
            found: Some(found.to_string()),
        });
        false
    }

    /// Takes a value, or the error as a finding.
    pub(crate) fn take<T>(&mut self, place: impl fmt::Display, result: crate::Result<T>) -> Option<T> {
        result.map_err(|error| self.wrong(place, error)).ok()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => write!(f, ": {found} where {expected} is expected"),
            _ => Ok(()),
        }
    }
}
