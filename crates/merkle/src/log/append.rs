//! Appending a block's entries.

use bulla_crypto::Hash;

use super::{
    Frontier, LogError, LogHash, TileReader, TreeHead,
    geometry::{Sibling, levels, peaks, siblings},
    reader::{Nodes, parents},
};
use crate::tile::{TILE_LEVELS, TILE_WIDTH};

/// A log after an append, with all that the append made: the tiles to store, and the paths of the new entries.
#[derive(Clone, Debug)]
pub struct Appended {
    /// Number of entries now.
    pub size: u64,
    /// Root now.
    pub root: Hash,
    /// Every tile that was touched, as (tile level, index, all hashes it now holds), level by level in rising order.
    pub tiles: Vec<(u8, u64, Vec<Hash>)>,
    size_before: u64,
    /// For each level the nodes that the append completed; before them the left sibling of the first, if it has one.
    rows: Vec<Row>,
    /// For each level the root over the entries to the right of its last complete node.
    edges: Vec<Option<Hash>>,
    /// Those of its frontier.
    peaks: Vec<Hash>,
}

#[derive(Clone, Debug)]
struct Row {
    first_index: u64,
    nodes: Vec<Hash>,
}

/// Appends entries, given by their leaf hashes, to the log of `size` entries that `reader` holds.
///
/// It costs one hash per entry, and at most 255 for each tile level to recover the nodes inside the last tiles.
///
/// # Errors
/// When tiles cannot be read or are shorter than `size` calls for, or the log is full.
pub fn append<H: LogHash, R: TileReader>(
    reader: &R,
    size: u64,
    leaves: &[Hash],
) -> Result<Appended, LogError<R::Error>> {
    append_to(Nodes::<H, R>::new(reader, size), leaves)
}

/// As [`append`], to a log whose frontier is at hand: the nodes inside its last tiles need not be recovered.
///
/// # Errors
/// As [`append`].
pub fn append_after<H: LogHash, R: TileReader>(
    reader: &R,
    before: &Frontier<H>,
    leaves: &[Hash],
) -> Result<Appended, LogError<R::Error>> {
    append_to(Nodes::of_frontier(reader, before), leaves)
}

fn append_to<H: LogHash, R: TileReader>(
    mut old: Nodes<'_, H, R>,
    leaves: &[Hash],
) -> Result<Appended, LogError<R::Error>> {
    let size = old.size();
    let new_size = u64::try_from(leaves.len())
        .ok()
        .and_then(|added| size.checked_add(added))
        .ok_or(LogError::Full { size, added: leaves.len() })?;
    let mut rows = Vec::new();
    let mut completed = leaves.to_vec();
    for level in 0..levels(new_size) {
        let row = Row::new(&mut old, level, completed)?;
        completed = parents::<H>(&row.nodes);
        rows.push(row);
    }
    let frontier = frontier::<H>(new_size, &rows);
    Ok(Appended {
        size: new_size,
        root: frontier.root(),
        tiles: tiles(&mut old, &rows)?,
        size_before: size,
        edges: frontier.edges(),
        peaks: frontier.peaks().to_vec(),
        rows,
    })
}

impl Appended {
    /// The frontier of the log, for the next append; `H` is the hash that this one was made with.
    #[must_use]
    pub fn frontier<H: LogHash>(&self) -> Frontier<H> {
        Frontier::from_peaks(self.size, self.peaks.clone())
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }

    /// The path from one of the appended entries to the root, from memory and without hashing; `None` for an index
    /// that this append did not add.
    #[must_use]
    pub fn inclusion_path(&self, index: u64) -> Option<Vec<Hash>> {
        if !(self.size_before..self.size).contains(&index) {
            return None;
        }
        siblings(0, index, self.size)
            .map(|sibling| match sibling {
                Sibling::Left { level, index } | Sibling::Right { level, index } => {
                    self.rows.get(usize::from(level))?.get(index)
                }
                Sibling::Edge { level } => *self.edges.get(usize::from(level))?,
            })
            .collect()
    }
}

impl Row {
    /// The nodes `completed` at this level, joined by the old node that is the left half of their first parent.
    fn new<H: LogHash, R: TileReader>(
        old: &mut Nodes<'_, H, R>,
        level: u8,
        completed: Vec<Hash>,
    ) -> Result<Self, LogError<R::Error>> {
        let complete_before = old.size() >> level;
        if complete_before.is_multiple_of(2) {
            return Ok(Self { first_index: complete_before, nodes: completed });
        }
        let first_index = complete_before - 1;
        let mut nodes = vec![old.node(level, first_index)?];
        nodes.extend(completed);
        Ok(Self { first_index, nodes })
    }

    fn get(&self, index: u64) -> Option<Hash> {
        let offset = usize::try_from(index.checked_sub(self.first_index)?).ok()?;
        self.nodes.get(offset).copied()
    }
}

fn frontier<H: LogHash>(size: u64, rows: &[Row]) -> Frontier<H> {
    let mut peaks: Vec<Hash> =
        peaks(size).filter_map(|(level, index)| rows.get(usize::from(level))?.get(index)).collect();
    peaks.reverse();
    Frontier::from_peaks(size, peaks)
}

/// A tile as an append leaves it: tile level, index, all hashes it now holds.
type TouchedTile = (u8, u64, Vec<Hash>);

/// The tiles that the completed nodes of every eighth row fall into, with what they held before.
fn tiles<H: LogHash, R: TileReader>(
    old: &mut Nodes<'_, H, R>,
    rows: &[Row],
) -> Result<Vec<TouchedTile>, LogError<R::Error>> {
    let mut tiles = Vec::new();
    for (tile_level, row) in (0..).zip(rows.iter().step_by(usize::from(TILE_LEVELS))) {
        let complete_before = old.size() >> (tile_level * TILE_LEVELS);
        let completed = row.nodes.get(usize::from(complete_before > row.first_index)..).unwrap_or_default();
        if completed.is_empty() {
            continue;
        }
        let first_tile = complete_before >> TILE_LEVELS;
        let mut hashes = if complete_before.is_multiple_of(TILE_WIDTH as u64) {
            Vec::new()
        } else {
            old.tile(tile_level, first_tile)?
        };
        hashes.extend(completed);
        tiles.extend(
            (first_tile..)
                .zip(hashes.chunks(TILE_WIDTH))
                .map(|(index, tile)| (tile_level, index, tile.to_vec())),
        );
    }
    Ok(tiles)
}
