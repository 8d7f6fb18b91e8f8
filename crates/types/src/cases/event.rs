//! What the ledger itself does about deadlines (期限).

use crate::error::{DecodeError, Fault};
use crate::field::{At, Required};
use crate::ids::ProfileDigest;
use crate::limits::CASE_DEADLINES_MAX;
use crate::number::{CaseNumber, within};
use crate::proto;
use crate::subject::Subject;
use crate::time::BlockTime;
use crate::wire_enum::{unknown, wire_enum};

wire_enum! {
    /// Whether the due time of a deadline can still move.
    pub enum DeadlineStanding: unknown => {
        /// Every day that it counts is settled by a calendar on the ledger.
        Settled = 1,
        /// Some day is not: it may move, and nothing lapses by it.
        Provisional = 2,
    }
}

/// A deadline of a case, or the term of a certificate, has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeadlineReached {
    /// When it was due: what lapses has lapsed by then, whenever it is recorded.
    pub due: BlockTime,
    /// A case or a certificate.
    pub subject: Subject,
    /// Place of the deadline among those of the case's procedure, in rising order of name; 0 for the term of a
    /// certificate.
    pub deadline: u16,
}

/// A suspension of clocks adopted since moves a deadline of a case, or a calendar moves or settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeadlineSettled {
    /// The case.
    pub case: CaseNumber,
    /// Place of the deadline.
    pub deadline: u16,
    /// When it is due from now on.
    pub due: BlockTime,
    /// Whether that can still move.
    pub standing: DeadlineStanding,
}

/// The ledger stood still (停机) for longer than its parameters allow: the first event of the block that ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutageEnded {
    /// Time of the block before.
    pub from: BlockTime,
    /// What fell due since then is recorded from this time on.
    pub held_until: BlockTime,
}

/// A cycle of reports (报告周期) has ended: a case of the procedure that opens at its end is opened, if the
/// conditions of its opening hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CycleEnded {
    /// The first instant after the cycle.
    pub due: BlockTime,
    /// The profile.
    pub profile: ProfileDigest,
    /// Place of the procedure among those of the profile, in rising order of name.
    pub procedure: u16,
}

impl OutageEnded {
    pub(crate) fn from_message(message: &proto::OutageEnded) -> Result<Self, DecodeError> {
        let from = BlockTime::from_wire(message.from_ms).at("from_ms")?;
        let held_until = BlockTime::from_wire(message.held_until_ms).at("held_until_ms")?;
        if held_until <= from {
            Err(Fault::NotRising).at("held_until_ms")
        } else {
            Ok(Self { from, held_until })
        }
    }

    pub(crate) fn to_message(self) -> proto::OutageEnded {
        proto::OutageEnded { from_ms: self.from.0, held_until_ms: self.held_until.0 }
    }
}

impl CycleEnded {
    pub(crate) fn from_message(message: &proto::CycleEnded) -> Result<Self, DecodeError> {
        Ok(Self {
            due: BlockTime::from_wire(message.due_ms).at("due_ms")?,
            profile: ProfileDigest::from_wire(&message.profile).at("profile")?,
            procedure: place(message.procedure).at("procedure")?,
        })
    }

    pub(crate) fn to_message(self) -> proto::CycleEnded {
        proto::CycleEnded {
            due_ms: self.due.0,
            profile: self.profile.to_wire(),
            procedure: self.procedure.into(),
        }
    }
}

impl DeadlineReached {
    pub(crate) fn from_message(message: &proto::DeadlineReached) -> Result<Self, DecodeError> {
        let subject = message.subject.as_ref().required("subject", Subject::from_message)?;
        let deadline = place(message.deadline).at("deadline")?;
        match subject {
            Subject::Case(_) => {}
            Subject::Certificate(_) if deadline == 0 => {}
            Subject::Certificate(_) => {
                return Err(Fault::Unexpected("a certificate has one term")).at("deadline");
            }
            _ => return Err(Fault::Rule("only cases and certificates have deadlines")).at("subject"),
        }
        Ok(Self { due: BlockTime::from_wire(message.due_ms).at("due_ms")?, subject, deadline })
    }

    pub(crate) fn to_message(self) -> proto::DeadlineReached {
        proto::DeadlineReached {
            due_ms: self.due.0,
            subject: Some(self.subject.to_message()),
            deadline: self.deadline.into(),
        }
    }
}

impl DeadlineSettled {
    pub(crate) fn from_message(message: &proto::DeadlineSettled) -> Result<Self, DecodeError> {
        Ok(Self {
            case: CaseNumber::from_wire(message.case_number).at("case_number")?,
            deadline: place(message.deadline).at("deadline")?,
            due: BlockTime::from_wire(message.due_ms).at("due_ms")?,
            standing: DeadlineStanding::from_wire(message.standing).at("standing")?,
        })
    }

    pub(crate) fn to_message(self) -> proto::DeadlineSettled {
        proto::DeadlineSettled {
            case_number: self.case.0,
            deadline: self.deadline.into(),
            due_ms: self.due.0,
            standing: self.standing.to_wire(),
        }
    }
}

fn place(found: u32) -> Result<u16, Fault> {
    let max = u16::try_from(CASE_DEADLINES_MAX - 1).unwrap_or(u16::MAX);
    let found = within(found, 0, max.into())?;
    Ok(u16::try_from(found).unwrap_or(max))
}
