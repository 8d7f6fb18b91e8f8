//! Texts that people read.

use std::fmt;
use std::str::FromStr;

use crate::canonical;
use crate::limits::NAME_BYTES_MAX;

/// How a text breaks the rules of texts, see [`canonical::text`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but an empty text.
    #[error("the text is empty")]
    Empty,
    /// Too many bytes of UTF-8.
    #[error("the text has {bytes} bytes, at most {max} are allowed")]
    TooLong {
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// A name of nothing but spaces, or with spaces at an end.
    #[error("the name begins or ends with a space")]
    Spaces,
    /// A control character, a line or paragraph separator, or a control of direction.
    #[error("the text holds the control character U+{:04X}", u32::from(*.0))]
    ControlCharacter(char),
    /// Not in Unicode Normalization Form C.
    #[error("the text is not in Unicode Normalization Form C")]
    NotNormalized,
}

/// A name (名称): 1 to 256 bytes of text without spaces at either end, as it stands in the register it was taken
/// from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = TextError;

    fn try_from(name: String) -> Result<Self, TextError> {
        if name.is_empty() {
            return Err(TextError::Empty);
        }
        canonical::text(&name, NAME_BYTES_MAX)?;
        if name.trim() != name {
            return Err(TextError::Spaces);
        }
        Ok(Self(name))
    }
}

impl FromStr for Name {
    type Err = TextError;

    fn from_str(name: &str) -> Result<Self, TextError> {
        Self::try_from(name.to_owned())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_chinese_name_is_a_name() {
        assert_eq!(
            Name::from_str("贵州省数据流通交易服务中心").unwrap().to_string(),
            "贵州省数据流通交易服务中心"
        );
    }

    #[test]
    fn a_decomposed_letter_is_refused() {
        assert_eq!(Name::from_str("Cafe\u{301}"), Err(TextError::NotNormalized));
        assert!(Name::from_str("Caf\u{e9}").is_ok());
    }

    #[test]
    fn control_characters_and_separators_are_refused() {
        for found in ['\0', '\n', '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}'] {
            assert_eq!(Name::from_str(&format!("a{found}b")), Err(TextError::ControlCharacter(found)));
        }
    }

    #[test]
    fn a_name_has_no_spaces_at_its_ends() {
        for name in [" ", "\u{3000}", " 登记中心", "Registry "] {
            assert_eq!(Name::from_str(name), Err(TextError::Spaces));
        }
        assert!(Name::from_str("Data Registry").is_ok());
    }

    #[test]
    fn prose_may_have_lines_and_tabs_and_no_other_control() {
        assert_eq!(canonical::prose("一、\n\t二、".as_bytes()), Ok(()));
        for found in ['\0', '\r', '\u{1b}', '\u{202e}'] {
            let prose = format!("a{found}b");
            assert_eq!(canonical::prose(prose.as_bytes()), Err(TextError::ControlCharacter(found)));
        }
        assert_eq!(canonical::prose(&[0xff, 0xfe]), Err(TextError::NotUtf8));
    }

    #[test]
    fn a_name_has_1_to_256_bytes() {
        assert_eq!(Name::from_str(""), Err(TextError::Empty));
        assert!(Name::from_str(&"n".repeat(256)).is_ok());
        assert_eq!(Name::from_str(&"n".repeat(257)), Err(TextError::TooLong { bytes: 257, max: 256 }));
    }
}
