//! The one encoding of a message: `docs/formats/canonical.md`.
//!
//! A message has exactly one accepted encoding, so that a digest of it is a digest of what it says. Bytes
//! are canonical when decoding and encoding them again gives the same bytes; that alone refuses unknown
//! fields, written defaults, longer varints, other field orders, repeated singular fields and scalars that
//! are not packed. What remains (texts, ranges, order within lists) the domain types check.

use bytes::Bytes;
use prost::Message;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::error::{DecodeError, Fault};
use crate::text::TextError;

/// A domain type with a canonical encoding.
///
/// [`decode`](Self::decode) accepts exactly the bytes that [`encode`](Self::encode) gives for some value.
pub trait Canonical: Sized {
    /// The message on the wire.
    type Message: Message + Default;

    /// Longest encoding, in bytes.
    const BYTES_MAX: usize;

    /// Checks a message that may have come from anywhere.
    ///
    /// # Errors
    /// The first field that breaks the format.
    fn from_message(message: Self::Message) -> Result<Self, DecodeError>;

    /// The message that says this value.
    fn to_message(&self) -> Self::Message;

    /// Reads a canonical encoding; bytes from anywhere.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, or the first field that breaks the format.
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        check_length(bytes, Self::BYTES_MAX)?;
        let bytes = Bytes::copy_from_slice(bytes);
        Self::from_message(decode(&bytes, Self::BYTES_MAX)?)
    }

    /// The canonical encoding.
    #[must_use]
    fn encode(&self) -> Vec<u8> {
        encode(&self.to_message())
    }
}

/// Decodes a message and insists that the bytes are its canonical encoding. Fields of type `bytes` share
/// the buffer of `bytes`.
///
/// # Errors
/// [`Fault::TooLong`], [`Fault::Malformed`] or [`Fault::NotCanonical`].
pub fn decode<M: Message + Default>(bytes: &Bytes, bytes_max: usize) -> Result<M, DecodeError> {
    check_length(bytes, bytes_max)?;
    let message = M::decode(bytes.clone()).map_err(|error| Fault::Malformed(error.to_string()))?;
    let canonical = message.encode_to_vec();
    if canonical != *bytes {
        return Err(Fault::NotCanonical { offset: first_difference(&canonical, bytes) }.into());
    }
    Ok(message)
}

/// The canonical encoding of a message.
#[must_use]
pub fn encode<M: Message>(message: &M) -> Vec<u8> {
    message.encode_to_vec()
}

/// Checks a text: at most `bytes_max` bytes of UTF-8 in Normalization Form C (Unicode Standard Annex 15),
/// without control characters (general category Cc), the separators U+2028 and U+2029, and the controls of
/// direction (Unicode Standard Annex 9), with which a text can look like another.
///
/// # Errors
/// Which of these rules the text breaks.
pub fn text(text: &str, bytes_max: usize) -> Result<(), TextError> {
    if text.len() > bytes_max {
        return Err(TextError::TooLong { bytes: text.len(), max: bytes_max });
    }
    check(text, is_control)
}

/// Checks prose, such as a description: a [`text`] of any length that may have lines (line feed) and tabs.
///
/// # Errors
/// [`TextError::NotUtf8`], or which rule of texts it breaks.
pub fn prose(bytes: &[u8]) -> Result<(), TextError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TextError::NotUtf8)?;
    check(text, |c| is_control(c) && !matches!(c, '\n' | '\t'))
}

fn is_control(c: char) -> bool {
    let separates = matches!(c, '\u{2028}' | '\u{2029}');
    let directs =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || separates || directs
}

fn check(text: &str, refused: impl Fn(char) -> bool) -> Result<(), TextError> {
    if let Some(found) = text.chars().find(|&c| refused(c)) {
        return Err(TextError::ControlCharacter(found));
    }
    let normal = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => text.nfc().eq(text.chars()),
    };
    if normal { Ok(()) } else { Err(TextError::NotNormalized) }
}

pub(crate) fn check_length(bytes: &[u8], max: usize) -> Result<(), Fault> {
    if bytes.len() > max { Err(Fault::TooLong { bytes: bytes.len(), max }) } else { Ok(()) }
}

fn first_difference(left: &[u8], right: &[u8]) -> usize {
    let differing = left.iter().zip(right).position(|(l, r)| l != r);
    differing.unwrap_or_else(|| left.len().min(right.len()))
}

#[cfg(test)]
mod tests {
    /// What is accepted must not change with a dependency: newer tables are a new protocol version, and
    /// `docs/formats/canonical.md` names them.
    #[test]
    fn the_unicode_tables_are_those_of_the_protocol() {
        assert_eq!(unicode_normalization::UNICODE_VERSION, (18, 0, 0));
    }
}
