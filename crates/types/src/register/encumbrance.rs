//! Rights of others that lie on a registration (他项权益).

use crate::error::DecodeError;
use crate::field::{At, list};
use crate::limits::ENCUMBRANCES_MAX;
use crate::number::{CaseNumber, MemberNumber};
use crate::proto;
use crate::rule_name::RuleName;
use crate::time::BlockTime;

use super::rows;

/// A right that lies on a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encumbrance {
    /// Kind of right.
    pub right: RuleName,
    /// Who holds it.
    pub holder: MemberNumber,
    /// The first instant at which it lies no more; `None`: until it is taken off.
    pub until: Option<BlockTime>,
    /// The case that laid it.
    pub case: CaseNumber,
    /// When.
    pub since: BlockTime,
}

impl Encumbrance {
    /// Whether it lies on the registration at this time.
    #[must_use]
    pub fn lies_at(&self, time: BlockTime) -> bool {
        self.since <= time && self.until.is_none_or(|until| time < until)
    }
}

pub(super) fn encumbrances(messages: Vec<proto::Encumbrance>) -> Result<Vec<Encumbrance>, DecodeError> {
    list(messages, "encumbrances", 0..=ENCUMBRANCES_MAX, |row: proto::Encumbrance| {
        Ok::<_, DecodeError>(Encumbrance {
            right: rows::name(row.right, "right")?,
            holder: MemberNumber::from_wire(row.holder).at("holder")?,
            until: BlockTime::optional(row.until_ms),
            case: CaseNumber::from_wire(row.case_number).at("case_number")?,
            since: BlockTime::from_wire(row.since_ms).at("since_ms")?,
        })
    })
}

pub(super) fn to_messages(encumbrances: &[Encumbrance]) -> Vec<proto::Encumbrance> {
    let row = |row: &Encumbrance| proto::Encumbrance {
        right: row.right.to_wire(),
        holder: row.holder.0,
        until_ms: BlockTime::optional_to_wire(row.until),
        case_number: row.case.0,
        since_ms: row.since.0,
    };
    encumbrances.iter().map(row).collect()
}
