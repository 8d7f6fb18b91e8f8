//! A first look at the protobuf wire, before memory is set aside for what it claims to hold.
//!
//! Two bytes on the wire can become an item of hundreds of bytes in memory. A [`Shape`] bounds how often
//! each field may occur and how long it may be, so that memory stays within a small factor of the input.
//! The same walk finds where a field lies, to share its bytes instead of encoding it again.

use std::ops::Range;

use prost::encoding::{WireType, encode_key, encode_varint};

use crate::error::{DecodeError, Fault};
use crate::field::At;

/// Bounds on the length-delimited fields of a message. Fields that are not named are not bounded here: the
/// length of the message bounds them well enough, or the canonical form refuses them.
pub(crate) struct Shape(pub(crate) &'static [Field]);

/// Bounds on one field.
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) name: &'static str,
    pub(crate) count_max: usize,
    pub(crate) bytes_max: usize,
    /// For lists of fixed-length byte strings: no item is shorter than `bytes_max`.
    pub(crate) exact: bool,
    /// Why the field does not occur at all.
    pub(crate) refused: Option<&'static Fault>,
    pub(crate) shape: Option<&'static Shape>,
}

impl Field {
    /// At most `count_max` items of at most `bytes_max` bytes.
    pub(crate) const fn list(number: u32, name: &'static str, count_max: usize, bytes_max: usize) -> Self {
        Self { number, name, count_max, bytes_max, exact: false, refused: None, shape: None }
    }

    /// A field that occurs once.
    pub(crate) const fn one(number: u32, name: &'static str, bytes_max: usize) -> Self {
        Self::list(number, name, 1, bytes_max)
    }

    /// A list of 32-byte hashes.
    pub(crate) const fn hashes(number: u32, name: &'static str, count_max: usize) -> Self {
        Self { number, name, count_max, bytes_max: 32, exact: true, refused: None, shape: None }
    }

    /// A field that does not occur here, and why.
    pub(crate) const fn refused(number: u32, name: &'static str, why: &'static Fault) -> Self {
        Self { number, name, count_max: 1, bytes_max: 0, exact: false, refused: Some(why), shape: None }
    }

    /// The items are messages of this shape.
    pub(crate) const fn of(self, shape: &'static Shape) -> Self {
        Self { shape: Some(shape), ..self }
    }

    fn check(&self, index: usize, content: &[u8]) -> Result<(), DecodeError> {
        if let Some(why) = self.refused {
            return Err(why.clone().into());
        }
        if index >= self.count_max {
            return Err(Fault::TooMany { max: self.count_max }.into());
        }
        if content.len() > self.bytes_max {
            return Err(Fault::TooLong { bytes: content.len(), max: self.bytes_max }.into());
        }
        if self.exact && content.len() != self.bytes_max {
            return Err(Fault::Length { found: content.len(), expected: self.bytes_max }.into());
        }
        self.shape.map_or(Ok(()), |shape| shape.check(content))
    }
}

impl Shape {
    /// Walks a message and checks these bounds, before anything is copied out of it.
    pub(crate) fn check(&self, message: &[u8]) -> Result<(), DecodeError> {
        let mut counts = vec![0_usize; self.0.len()];
        for item in Fields::of(message) {
            let (number, range) = item?;
            let Some(position) = self.0.iter().position(|field| field.number == number) else { continue };
            let (field, index) = (&self.0[position], counts[position]);
            counts[position] += 1;
            let checked = field.check(index, &message[range]);
            if field.count_max == 1 { checked.at(field.name)? } else { checked.at_item(field.name, index)? }
        }
        Ok(())
    }
}

/// Where the first length-delimited field with this number lies in a message.
pub(crate) fn find(message: &[u8], number: u32) -> Option<Range<usize>> {
    Fields::of(message).map_while(Result::ok).find_map(|(found, range)| (found == number).then_some(range))
}

/// Appends a number, which is left out when it is 0.
pub(crate) fn put_number(message: &mut Vec<u8>, number: u32, value: u64) {
    if value != 0 {
        encode_key(number, WireType::Varint, message);
        encode_varint(value, message);
    }
}

/// Appends a field that is already encoded.
pub(crate) fn put_bytes(message: &mut Vec<u8>, number: u32, content: &[u8]) {
    encode_key(number, WireType::LengthDelimited, message);
    encode_varint(content.len() as u64, message);
    message.extend_from_slice(content);
}

/// The length-delimited fields of a message: number and range of content.
struct Fields<'a> {
    message: &'a [u8],
    position: usize,
}

impl<'a> Fields<'a> {
    fn of(message: &'a [u8]) -> Self {
        Self { message, position: 0 }
    }

    fn varint(&mut self) -> Result<u64, Fault> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte =
                *self.message.get(self.position).ok_or_else(|| malformed("it ends within a number"))?;
            self.position += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(malformed("a number has more than ten bytes"))
    }

    /// The next field: its content if it is length-delimited, `None` if it is a number.
    fn field(&mut self) -> Result<(u32, Option<Range<usize>>), Fault> {
        let key = self.varint()?;
        let content = match key & 7 {
            0 => {
                self.varint()?;
                None
            }
            2 => {
                let length = self.varint()?;
                let end = usize::try_from(length).ok().and_then(|length| self.position.checked_add(length));
                let end = end
                    .filter(|&end| end <= self.message.len())
                    .ok_or_else(|| malformed("a field is longer than the message"))?;
                Some(std::mem::replace(&mut self.position, end)..end)
            }
            _ => return Err(malformed("a field has a wire type that no message uses")),
        };
        // Numbers beyond 32 bits name no field; reading the message in full refuses them.
        Ok((u32::try_from(key >> 3).unwrap_or(u32::MAX), content))
    }
}

impl Iterator for Fields<'_> {
    type Item = Result<(u32, Range<usize>), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.position < self.message.len() {
            match self.field() {
                Ok((number, Some(range))) => return Some(Ok((number, range))),
                Ok((_, None)) => {}
                Err(fault) => {
                    self.position = self.message.len();
                    return Some(Err(fault));
                }
            }
        }
        None
    }
}

fn malformed(what: &str) -> Fault {
    Fault::Malformed(what.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const INNER: Shape = Shape(&[Field::hashes(1, "path", 2)]);
    const OUTER: Shape = Shape(&[Field::one(1, "name", 3), Field::list(2, "items", 2, 40).of(&INNER)]);

    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(content.len()).unwrap()], content].concat()
    }

    #[test]
    fn a_message_within_its_bounds_passes() {
        let message = [field(1, b"abc"), field(2, &field(1, &[7; 32])), vec![0x18, 0x05]].concat();
        assert_eq!(OUTER.check(&message), Ok(()));
        assert_eq!(find(&message, 2), Some(7..41));
        assert_eq!(find(&message, 3), None);
    }

    #[test]
    fn too_long_too_many_and_wrong_length_are_named() {
        let error = |message: &[u8]| OUTER.check(message).unwrap_err().to_string();
        assert_eq!(error(&field(1, b"abcd")), "name: 4 bytes, at most 3 are allowed");
        assert_eq!(error(&field(2, &[]).repeat(3)), "items[2]: more than the 2 items allowed");
        assert_eq!(error(&field(2, &field(1, &[7; 31]))), "items[0].path[0]: expected 32 bytes, found 31");
    }

    #[test]
    fn a_field_that_runs_past_the_end_is_malformed() {
        for message in
            [&[0x0a][..], &[0x0a, 0x01], &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]]
        {
            assert!(matches!(OUTER.check(message).unwrap_err().fault(), Fault::Malformed(_)));
        }
    }
}
