//! Flags on records (标识).

use std::collections::BTreeMap;

use crate::error::DecodeError;
use crate::field::At;
use crate::limits::RECORD_ROWS_MAX;
use crate::number::CaseNumber;
use crate::proto;
use crate::rule_name::RuleName;
use crate::time::BlockTime;
use crate::wire_enum::{unknown, wire_enum};

use super::rows;

wire_enum! {
    /// What a flag does to the record that it stands on.
    pub enum RecordFlagClass: unknown => {
        /// 提示: nothing of its own.
        Notice = 1,
        /// 异议: an objection is pending; the record stays valid.
        Objection = 2,
        /// 中止: the record is not valid while it stands.
        Suspension = 3,
        /// 司法冻结: likewise.
        Freeze = 4,
    }
}

impl RecordFlagClass {
    /// Whether the record is not valid while the flag stands.
    #[must_use]
    pub const fn suspends(self) -> bool {
        matches!(self, Self::Suspension | Self::Freeze)
    }
}

/// A flag that stands on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordFlag {
    /// What it does.
    pub class: RecordFlagClass,
    /// The case that set it.
    pub case: CaseNumber,
    /// When.
    pub since: BlockTime,
}

pub(super) fn flags(messages: Vec<proto::RecordFlag>) -> Result<BTreeMap<RuleName, RecordFlag>, DecodeError> {
    rows::rows(messages, "flags", RECORD_ROWS_MAX, |row| {
        let flag = RecordFlag {
            class: RecordFlagClass::from_wire(row.class).at("class")?,
            case: CaseNumber::from_wire(row.case_number).at("case_number")?,
            since: BlockTime::from_wire(row.since_ms).at("since_ms")?,
        };
        Ok((rows::name(row.flag, "flag")?, flag))
    })
}

pub(super) fn to_messages(flags: &BTreeMap<RuleName, RecordFlag>) -> Vec<proto::RecordFlag> {
    rows::to_messages(flags, |flag, row| proto::RecordFlag {
        flag,
        class: row.class.to_wire(),
        case_number: row.case.0,
        since_ms: row.since.0,
    })
}
