//! The unified social credit code of organisations in China.

use std::fmt;
use std::str::FromStr;

/// A unified social credit code (统一社会信用代码) of GB 32100-2015: 18 characters, of which the last checks
/// the others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode([u8; 18]);

/// Why a text is not a unified social credit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// Not 18 characters.
    #[error("a unified social credit code has 18 characters, this text has {0} bytes")]
    Length(usize),
    /// A character that cannot stand where it does; positions count from 1.
    #[error("a unified social credit code cannot hold {found:?} at position {position}")]
    Character {
        /// Position from 1.
        position: usize,
        /// The character.
        found: char,
    },
    /// The check character is not that of the others: a mistyped code.
    #[error(
        "the check character of the unified social credit code is {found}, the other characters require {expected}"
    )]
    Check {
        /// The last character.
        found: char,
        /// What it would have to be.
        expected: char,
    },
}

/// Digits and capitals without I, O, S, V and Z (GB 32100-2015 table 2); a character's place is its value.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CreditCode {
    /// The 18 ASCII characters.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 18] {
        &self.0
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Parsing admits ASCII only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Reads 18 ASCII characters.
    ///
    /// # Errors
    /// Wrong length, a character out of place, or a check character that does not fit.
    pub fn parse(text: &[u8]) -> Result<Self, CreditCodeError> {
        let code: [u8; 18] = text.try_into().map_err(|_| CreditCodeError::Length(text.len()))?;
        for (index, &character) in code.iter().enumerate() {
            // Positions 3 to 8 are an administrative division of GB/T 2260: digits.
            let allowed = if (2..8).contains(&index) { &ALPHABET[..10] } else { &ALPHABET[..] };
            if !allowed.contains(&character) {
                return Err(CreditCodeError::Character { position: index + 1, found: char::from(character) });
            }
        }
        let expected = check_character(&code[..17]);
        if code[17] == expected {
            Ok(Self(code))
        } else {
            Err(CreditCodeError::Check { found: char::from(code[17]), expected: char::from(expected) })
        }
    }
}

/// GB 32100-2015 §5: weights are the powers of 3 modulo 31; the weighted sum with the check value is 0.
fn check_character(body: &[u8]) -> u8 {
    let mut weight = 1;
    let mut sum = 0;
    for character in body {
        let value = ALPHABET.iter().position(|known| known == character).unwrap_or(0);
        sum = (sum + value * weight) % 31;
        weight = weight * 3 % 31;
    }
    ALPHABET[(31 - sum) % 31]
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;

    fn from_str(text: &str) -> Result<Self, CreditCodeError> {
        Self::parse(text.as_bytes())
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreditCode({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Codes that their holders publish.
    const PUBLISHED: [&str; 4] =
        ["91350100M000100Y43", "914403001922038216", "91110000802100433B", "91110108551385082Q"];

    #[test]
    fn published_codes_are_accepted() {
        for code in PUBLISHED {
            assert_eq!(CreditCode::from_str(code).unwrap().to_string(), code);
        }
    }

    #[test]
    fn every_single_mistyped_character_is_found() {
        for code in PUBLISHED {
            for position in 0..18 {
                for &other in ALPHABET.iter().filter(|&&other| other != code.as_bytes()[position]) {
                    let mut mistyped = code.as_bytes().to_vec();
                    mistyped[position] = other;
                    assert!(CreditCode::parse(&mistyped).is_err(), "{code} at {position}");
                }
            }
        }
    }

    #[test]
    fn letters_that_look_like_digits_and_lower_case_are_refused() {
        for (code, position, found) in
            [("91350100M000100Y4I", 18, 'I'), ("9135010OM000100Y43", 8, 'O'), ("91350100m000100Y43", 9, 'm')]
        {
            assert_eq!(CreditCode::from_str(code), Err(CreditCodeError::Character { position, found }));
        }
        assert_eq!(CreditCode::from_str("9135"), Err(CreditCodeError::Length(4)));
        assert_eq!(
            CreditCode::from_str("91350100M000100Y44"),
            Err(CreditCodeError::Check { found: '4', expected: '3' })
        );
    }
}
