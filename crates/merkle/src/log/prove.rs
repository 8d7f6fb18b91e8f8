//! Roots and paths of a log at any size it has had, from its tiles.

use bulla_crypto::Hash;

use super::{
    LogError, LogHash, TileReader,
    geometry::{Seed, siblings},
    reader::Nodes,
};

/// The root of the log when it had `size` entries.
///
/// # Errors
/// When tiles cannot be read or are shorter than `size` calls for.
pub fn root<H: LogHash, R: TileReader>(reader: &R, size: u64) -> Result<Hash, LogError<R::Error>> {
    Ok(Nodes::<H, R>::new(reader, size).frontier()?.root())
}

/// The path from entry `index` to the root of the log of `size` entries, lowest sibling first
/// (RFC 9162, section 2.1.3.1): at most 64 hashes.
///
/// # Errors
/// When the log of that size has no such entry, or tiles cannot be read or are too short.
pub fn inclusion_path<H: LogHash, R: TileReader>(
    reader: &R,
    size: u64,
    index: u64,
) -> Result<Vec<Hash>, LogError<R::Error>> {
    if index >= size {
        return Err(LogError::IndexBeyondSize { index, size });
    }
    Nodes::<H, R>::new(reader, size).path(siblings(0, index, size))
}

/// The path that shows the log of `second` entries to begin with the log of `first` entries
/// (RFC 9162, section 2.1.4.1): at most 65 hashes, none when `first` is zero or both are equal.
///
/// # Errors
/// When `first` is larger than `second`, or tiles cannot be read or are too short.
pub fn consistency_path<H: LogHash, R: TileReader>(
    reader: &R,
    first: u64,
    second: u64,
) -> Result<Vec<Hash>, LogError<R::Error>> {
    if first > second {
        return Err(LogError::Shrinks { first, second });
    }
    if first == 0 || first == second {
        return Ok(Vec::new());
    }
    let mut nodes = Nodes::<H, R>::new(reader, second);
    let seed = Seed::of(first);
    let mut path = if seed.is_the_whole_log { Vec::new() } else { vec![nodes.node(seed.level, seed.index)?] };
    path.extend(nodes.path(siblings(seed.level, seed.index, second))?);
    Ok(path)
}
