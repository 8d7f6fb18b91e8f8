//! Reading the fields of a message: whatever is wrong is reported under the field's name.

use std::ops::RangeInclusive;

use crate::error::{DecodeError, Fault};

/// Names the field in which an error arose, from the inside out.
pub trait At<T> {
    /// The error arose in this field.
    fn at(self, field: &str) -> Result<T, DecodeError>;
    /// The error arose in this item of a list.
    fn at_item(self, field: &str, index: usize) -> Result<T, DecodeError>;
}

impl<T, E: Into<DecodeError>> At<T> for Result<T, E> {
    fn at(self, field: &str) -> Result<T, DecodeError> {
        self.map_err(|error| error.into().within(field))
    }

    fn at_item(self, field: &str, index: usize) -> Result<T, DecodeError> {
        self.map_err(|error| error.into().within(&format!("{field}[{index}]")))
    }
}

/// Reads a submessage that must be present.
pub trait Required<M> {
    /// The value that `read` makes of the submessage in this field.
    fn required<T>(
        self,
        field: &str,
        read: impl FnOnce(M) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError>;
}

impl<M> Required<M> for Option<M> {
    fn required<T>(
        self,
        field: &str,
        read: impl FnOnce(M) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.ok_or_else(|| Fault::Missing.into()).and_then(read).at(field)
    }
}

/// Reads a list of so many items.
pub fn list<M, T, E: Into<DecodeError>>(
    items: impl IntoIterator<Item = M, IntoIter: ExactSizeIterator>,
    field: &str,
    counts: RangeInclusive<usize>,
    mut read: impl FnMut(M) -> Result<T, E>,
) -> Result<Vec<T>, DecodeError> {
    let items = items.into_iter();
    if items.len() < *counts.start() {
        return Err(Fault::Missing).at(field);
    }
    if items.len() > *counts.end() {
        return Err(Fault::TooMany { max: *counts.end() }).at(field);
    }
    items.enumerate().map(|(index, item)| read(item).at_item(field, index)).collect()
}

/// Checks that no two items of a list are equal.
pub fn distinct<T, K: PartialEq>(items: &[T], field: &str, key: impl Fn(&T) -> K) -> Result<(), DecodeError> {
    let repeated = |index: &usize| items[..*index].iter().any(|earlier| key(earlier) == key(&items[*index]));
    match (1..items.len()).find(repeated) {
        Some(index) => Err(Fault::Duplicate).at_item(field, index),
        None => Ok(()),
    }
}

/// Checks that the items of a list rise, none twice.
pub fn rising<T, K: Ord>(items: &[T], field: &str, key: impl Fn(&T) -> K) -> Result<(), DecodeError> {
    match items.windows(2).position(|pair| key(&pair[0]) >= key(&pair[1])) {
        Some(index) => Err(Fault::NotRising).at_item(field, index + 1),
        None => Ok(()),
    }
}
