//! Rows of a record that are found by name: rising on the wire, a map in memory.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{DecodeError, Fault};
use crate::field::{At, list, rising};
use crate::limits::{FIELD_ITEMS_MAX, RECORD_FIELDS_MAX, RECORD_ROWS_MAX};
use crate::number::{CertificateNumber, MemberNumber};
use crate::proto;
use crate::rule_name::RuleName;
use crate::{FieldContent, StepField};

/// Reads rows that rise by name.
pub(super) fn rows<M, T>(
    messages: Vec<M>,
    field: &str,
    count_max: usize,
    read: impl FnMut(M) -> Result<(RuleName, T), DecodeError>,
) -> Result<BTreeMap<RuleName, T>, DecodeError> {
    let rows = list(messages, field, 0..=count_max, read)?;
    rising(&rows, field, |(name, _)| name.clone())?;
    Ok(rows.into_iter().collect())
}

/// Writes rows in rising order of name.
pub(super) fn to_messages<T, M>(rows: &BTreeMap<RuleName, T>, write: impl Fn(String, &T) -> M) -> Vec<M> {
    rows.iter().map(|(name, row)| write(name.to_wire(), row)).collect()
}

pub(super) fn name(found: String, field: &str) -> Result<RuleName, DecodeError> {
    RuleName::try_from(found).at(field)
}

/// Fields by name.
pub(super) fn fields(
    messages: Vec<proto::StepField>,
    field: &str,
) -> Result<BTreeMap<RuleName, FieldContent>, DecodeError> {
    let fields = StepField::list_from_messages(messages, field, RECORD_FIELDS_MAX)?;
    Ok(fields.into_iter().map(|field| (field.name, field.content)).collect())
}

pub(super) fn fields_to_messages(fields: &BTreeMap<RuleName, FieldContent>) -> Vec<proto::StepField> {
    fields.iter().map(|(name, content)| content.to_message(name)).collect()
}

/// The newest certificate of each kind.
pub(super) fn certificates(
    messages: Vec<proto::KindNumber>,
) -> Result<BTreeMap<RuleName, CertificateNumber>, DecodeError> {
    rows(messages, "certificates", RECORD_ROWS_MAX, |row| {
        Ok((name(row.kind, "kind")?, CertificateNumber::from_wire(row.number).at("number")?))
    })
}

pub(super) fn certificates_to_messages(
    certificates: &BTreeMap<RuleName, CertificateNumber>,
) -> Vec<proto::KindNumber> {
    to_messages(certificates, |kind, number| proto::KindNumber { kind, number: number.0 })
}

/// Names, rising.
pub(super) fn names(
    found: Vec<String>,
    field: &str,
    count_max: usize,
) -> Result<BTreeSet<RuleName>, DecodeError> {
    let names = list(found, field, 0..=count_max, RuleName::try_from)?;
    rising(&names, field, Clone::clone)?;
    Ok(names.into_iter().collect())
}

pub(super) fn names_to_messages<'n>(names: impl IntoIterator<Item = &'n RuleName>) -> Vec<String> {
    names.into_iter().map(RuleName::to_wire).collect()
}

/// Members, rising, at least one.
pub(super) fn members(found: &[u64], field: &str) -> Result<BTreeSet<MemberNumber>, DecodeError> {
    let members = list(found, field, 1..=FIELD_ITEMS_MAX, |&number| MemberNumber::from_wire(number))?;
    rising(&members, field, |&member| member)?;
    Ok(members.into_iter().collect())
}

pub(super) fn members_to_messages(members: &BTreeSet<MemberNumber>) -> Vec<u64> {
    members.iter().map(|member| member.0).collect()
}

pub(super) fn count(found: u32) -> Result<u32, DecodeError> {
    if found == 0 { Err(Fault::Missing).at("history_count") } else { Ok(found) }
}
