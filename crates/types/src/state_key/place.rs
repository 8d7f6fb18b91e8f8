//! What keys are made of besides numbers and digests: a due time, a cycle, what a case is about, whose clocks.

use crate::ids::{ProfileDigest, RuleTag};
use crate::number::CaseNumber;
use crate::subject::Subject;
use crate::time::BlockTime;

/// Whose clocks a suspension stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suspended {
    /// Those of every case.
    Ledger,
    /// Those of the cases that run under a profile, by the tag of its id.
    Profile(RuleTag),
    /// Those of one case.
    Case(CaseNumber),
}

/// A cycle of reports that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cycle {
    /// The first instant after it.
    pub due: BlockTime,
    /// The profile in force.
    pub profile: ProfileDigest,
    /// Place of the procedure that opens a case at its end.
    pub procedure: u16,
}

/// Something that falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Due {
    /// When.
    pub due: BlockTime,
    /// Of what: a case or a certificate.
    pub subject: Subject,
    /// Place of the deadline among those of the case's procedure; 0 for a certificate.
    pub deadline: u16,
}

/// A case by what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseAbout {
    /// The record that it is about.
    pub about: Subject,
    /// Tag of its procedure.
    pub procedure: RuleTag,
    /// The case.
    pub case: CaseNumber,
}

impl Suspended {
    /// u8 kind ‖ what it names.
    pub(super) fn encode(self) -> Vec<u8> {
        match self {
            Self::Ledger => vec![1],
            Self::Profile(tag) => [&[2][..], tag.as_bytes()].concat(),
            Self::Case(number) => [&[3][..], &number.0.to_be_bytes()].concat(),
        }
    }
}

impl CaseAbout {
    pub(super) fn encode(&self) -> Vec<u8> {
        [&subject_bytes(self.about)[..], self.procedure.as_bytes(), &self.case.0.to_be_bytes()].concat()
    }
}

/// u8 kind ‖ u64 number.
pub(super) fn subject_bytes(subject: Subject) -> [u8; 9] {
    let mut bytes = [subject.kind().number(); 9];
    bytes[1..].copy_from_slice(&subject.number().to_be_bytes());
    bytes
}
