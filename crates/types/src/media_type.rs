//! Media types of documents.

use std::fmt;
use std::str::FromStr;

use crate::limits::MEDIA_TYPE_BYTES_MAX;

/// A media type (RFC 6838 §4.2) in lower case and without parameters, for example `application/pdf`. At most
/// 127 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaType(String);

/// Why a text is not a media type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaTypeError {
    /// Longer than 127 bytes.
    #[error("a media type has at most {MEDIA_TYPE_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not `type/subtype` of restricted names in lower case.
    #[error("a media type is `type/subtype` in lower case without parameters, for example `application/pdf`")]
    Form,
}

impl MediaType {
    /// The media type as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MediaType {
    type Error = MediaTypeError;

    fn try_from(text: String) -> Result<Self, MediaTypeError> {
        if text.len() > MEDIA_TYPE_BYTES_MAX {
            return Err(MediaTypeError::TooLong(text.len()));
        }
        match text.split_once('/') {
            Some((kind, subtype)) if is_restricted_name(kind) && is_restricted_name(subtype) => {
                Ok(Self(text))
            }
            _ => Err(MediaTypeError::Form),
        }
    }
}

impl FromStr for MediaType {
    type Err = MediaTypeError;

    fn from_str(text: &str) -> Result<Self, MediaTypeError> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 6838 `restricted-name`, without upper case: names are compared without regard to case, and one type
/// shall have one spelling.
fn is_restricted_name(name: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.bytes().next().is_some_and(plain) && name.bytes().all(|c| plain(c) || b"!#$&-^_.+".contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_types_are_accepted() {
        for text in [
            "application/pdf",
            "image/svg+xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ] {
            assert_eq!(MediaType::from_str(text).map(|found| found.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in
            ["", "pdf", "/pdf", "text/", "Text/Plain", "text/plain; charset=utf-8", "a/b/c", "文本/普通"]
        {
            assert_eq!(MediaType::from_str(text), Err(MediaTypeError::Form), "{text}");
        }
        assert_eq!(MediaType::from_str(&"a".repeat(128)), Err(MediaTypeError::TooLong(128)));
    }
}
