//! Entry bundles: for each entry its length as u16 big-endian, then its bytes.

use thiserror::Error;

use super::TILE_WIDTH;

/// Entries do not make a bundle, or bytes are not one.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BundleError {
    /// An entry is longer than its length field can say.
    #[error("entry {position} of the bundle has {bytes} bytes; at most 65535 fit")]
    EntryTooLong {
        /// Position in the bundle, from 0.
        position: usize,
        /// Its length in bytes.
        bytes: usize,
    },
    /// A bundle has at least one entry.
    #[error("the bundle has no entry")]
    Empty,
    /// A bundle has at most 256 entries.
    #[error("the bundle has more than 256 entries")]
    TooManyEntries,
    /// The bytes end within an entry or its length.
    #[error("the bundle ends within entry {position}")]
    Truncated {
        /// Position in the bundle, from 0.
        position: usize,
    },
}

/// The bundle of these entries.
///
/// # Errors
/// When there are none or more than 256, or one is too long.
pub fn encode_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BundleError> {
    let mut bundle = Vec::new();
    for (position, entry) in entries.into_iter().enumerate() {
        if position == TILE_WIDTH {
            return Err(BundleError::TooManyEntries);
        }
        let length = u16::try_from(entry.len())
            .map_err(|_| BundleError::EntryTooLong { position, bytes: entry.len() })?;
        bundle.extend(length.to_be_bytes());
        bundle.extend(entry);
    }
    if bundle.is_empty() { Err(BundleError::Empty) } else { Ok(bundle) }
}

/// The entries of a bundle.
///
/// # Errors
/// When the bytes are not whole entries, 1 to 256 of them.
pub fn decode_bundle(mut bundle: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let position = entries.len();
        if position == TILE_WIDTH {
            return Err(BundleError::TooManyEntries);
        }
        let (entry, rest) = split_entry(bundle).ok_or(BundleError::Truncated { position })?;
        entries.push(entry);
        bundle = rest;
    }
    if entries.is_empty() { Err(BundleError::Empty) } else { Ok(entries) }
}

fn split_entry(bundle: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bundle.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::limits::ENTRY_BYTES_MAX;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bundle_ends_with_an_entry_and_nothing_else() {
        let bundle = encode_bundle([&b"abc"[..], b"", b"d"]).unwrap();
        assert_eq!(bundle, b"\x00\x03abc\x00\x00\x00\x01d");
        assert_eq!(decode_bundle(&bundle).unwrap(), [&b"abc"[..], b"", b"d"]);
        assert_eq!(decode_bundle(&bundle[..bundle.len() - 1]), Err(BundleError::Truncated { position: 2 }));
        assert_eq!(decode_bundle(&bundle[..6]), Err(BundleError::Truncated { position: 1 }));
    }

    #[test]
    fn a_bundle_holds_1_to_256_entries_of_at_most_65535_bytes() {
        let entry = vec![7; ENTRY_BYTES_MAX + 1];
        assert!(encode_bundle([&entry[1..]]).is_ok());
        let too_long = BundleError::EntryTooLong { position: 0, bytes: 65_536 };
        assert_eq!(encode_bundle([&entry[..]]), Err(too_long));
        assert!(decode_bundle(&encode_bundle([&b""[..]; 256]).unwrap()).is_ok());
        assert_eq!(encode_bundle([&b""[..]; 257]), Err(BundleError::TooManyEntries));
        assert_eq!(decode_bundle(&[0; 2 * 257]), Err(BundleError::TooManyEntries));
        assert_eq!(
            (encode_bundle([]), decode_bundle(&[])),
            (Err(BundleError::Empty), Err(BundleError::Empty))
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_are_the_bundle_of_their_entries(bytes: Vec<u8>) {
            if let Ok(entries) = decode_bundle(&bytes) {
                prop_assert_eq!(encode_bundle(entries).unwrap(), bytes);
            }
        }
    }
}
