//! Lists of a profile: bounded, in their order, none twice.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use bulla_types::Fault;

use super::Wire;
use super::words::ident;
use crate::profile::closed::Closed;
use crate::profile::form::{At, FormError};
use crate::profile::ident::Ident;
use crate::profile::limits::NAMES_MAX;
use crate::profile::table::{Named, Table};

pub(super) fn list<M, T>(
    messages: Vec<M>,
    counts: RangeInclusive<usize>,
    mut read: impl FnMut(M) -> Result<T, FormError>,
) -> Result<Vec<T>, FormError> {
    if messages.len() < *counts.start() {
        return Err(Fault::Missing.into());
    }
    if messages.len() > *counts.end() {
        return Err(Fault::TooMany { max: *counts.end() }.into());
    }
    let items = messages.into_iter().enumerate();
    items.map(|(index, message)| read(message).at(&format!("[{index}]"))).collect()
}

pub(super) fn table<T: Wire + Named>(
    messages: Vec<T::Message>,
    counts: RangeInclusive<usize>,
) -> Result<Table<T>, FormError> {
    Table::sorted(list(messages, counts, T::read)?).ok_or(Fault::NotRising.into())
}

pub(super) fn write_all<'a, T: Wire + 'a>(items: impl IntoIterator<Item = &'a T>) -> Vec<T::Message> {
    items.into_iter().map(Wire::write).collect()
}

/// Names in the order that they stand in.
pub(super) fn names(names: Vec<String>, count_min: usize) -> Result<Vec<Ident>, FormError> {
    list(names, count_min..=NAMES_MAX, |name| Ok(ident(&name)?))
}

/// Names in rising order.
pub(super) fn name_set(set: Vec<String>, count_min: usize) -> Result<BTreeSet<Ident>, FormError> {
    let names = names(set, count_min)?;
    rising(&names)?;
    Ok(names.into_iter().collect())
}

/// Words of a closed list in rising order of number.
pub(super) fn words<T: Closed + Ord>(numbers: &[i32]) -> Result<Vec<T>, FormError> {
    let words = list(numbers.to_vec(), 0..=T::ALL.len(), |number| Ok(T::from_wire(number)?))?;
    rising(&words)?;
    Ok(words)
}

/// Words that the types of members declare.
pub(super) fn member_words<T: Copy + Ord>(
    numbers: &[i32],
    count_min: usize,
    all: &[T],
    number: impl Fn(T) -> u8,
) -> Result<Vec<T>, FormError> {
    let word = |found: i32| match all.iter().find(|word| i32::from(number(**word)) == found) {
        Some(word) => Ok(*word),
        None if found == 0 => Err(Fault::Missing.into()),
        None => Err(Fault::UnknownValue(found.into()).into()),
    };
    let words = list(numbers.to_vec(), count_min..=all.len(), word)?;
    rising(&words)?;
    Ok(words)
}

pub(super) fn rising<T: PartialOrd>(items: &[T]) -> Result<(), Fault> {
    if items.is_sorted_by(|a, b| a < b) { Ok(()) } else { Err(Fault::NotRising) }
}

pub(super) fn write_names<'a>(names: impl IntoIterator<Item = &'a Ident>) -> Vec<String> {
    names.into_iter().map(Ident::to_string).collect()
}
