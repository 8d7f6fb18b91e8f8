//! The content of a hash tile: its hashes, one after the other.

use bulla_crypto::Hash;
use thiserror::Error;

use super::TILE_WIDTH;

/// Bytes are not the content of a hash tile.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a tile holds 1 to 256 hashes of 32 bytes, not {found} bytes")]
pub struct TileError {
    /// Bytes given.
    pub found: usize,
}

/// The content of a tile.
#[must_use]
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().copied().flat_map(Hash::to_bytes).collect()
}

/// Reads the content of a tile.
///
/// # Errors
/// When it is not 1 to 256 whole hashes.
pub fn decode_hashes(bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
    let (hashes, rest) = bytes.as_chunks();
    if !rest.is_empty() || !(1..=TILE_WIDTH).contains(&hashes.len()) {
        return Err(TileError { found: bytes.len() });
    }
    Ok(hashes.iter().copied().map(Hash).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_read_back_and_other_lengths_are_refused() {
        for width in [1, 2, 255, 256] {
            let hashes: Vec<_> = (0..=255).take(width).map(|byte| Hash([byte; 32])).collect();
            assert_eq!(decode_hashes(&encode_hashes(&hashes)), Ok(hashes));
        }
        for found in [0, 1, 31, 33, 257 * 32] {
            assert_eq!(decode_hashes(&vec![0; found]), Err(TileError { found }));
        }
    }
}
