//! One log, rebuilt leaf by leaf: its root at each height and every tile.

use bulla_crypto::Hash;
use bulla_merkle::log::{Edge, Frontier, LogHash, TileReader};

use super::FsckReport;
use crate::{
    column::LogSuite,
    view::{Tiles, View},
};

const TILE_WIDTH: usize = 256;

/// A log as far as it is rebuilt.
pub(super) struct LogCheck<'v, 'a, H> {
    suite: LogSuite,
    stored: Tiles<'v, 'a>,
    frontier: Frontier<H>,
    /// For each tile level the last, still growing tile and its index.
    tiles: Vec<(u64, Vec<Hash>)>,
    /// Tiles of a log that goes on from a snapshot which lie before it, and are not here.
    tiles_before: u64,
    /// A root differed: all later ones do, and say nothing new.
    diverged: bool,
}

impl<'v, 'a, H: LogHash> LogCheck<'v, 'a, H> {
    pub(super) fn new(view: &'v View<'a>, suite: LogSuite) -> Self {
        let stored = view.tiles(suite);
        let (frontier, tiles) = (Frontier::new(), Vec::new());
        Self { suite, stored, frontier, tiles, tiles_before: 0, diverged: false }
    }

    /// Goes on from a log of which the edge is known.
    pub(super) fn go_on_from(&mut self, edge: &Edge) {
        self.frontier = edge.frontier();
        for level in (0_u8..8).take_while(|level| edge.size() >> (8 * level) > 0) {
            let hashes = edge.tiles().find(|(found, ..)| *found == level);
            let index = edge.size() >> (8 * level) >> 8;
            self.tiles.push((index, hashes.map_or_else(Vec::new, |(_, _, hashes)| hashes.to_vec())));
            self.tiles_before += index;
        }
    }

    /// Appends an entry.
    pub(super) fn push(&mut self, entry: &[u8], report: &mut FsckReport) {
        self.push_leaf(H::leaf(entry), report);
    }

    /// Appends an entry that cannot be read, by the hash that the tiles have of it, so that the rest of the
    /// log can be checked all the same.
    pub(super) fn push_unreadable(&mut self, report: &mut FsckReport) {
        let index = self.frontier.size();
        let tile = self.stored.tile(0, index / TILE_WIDTH as u64).ok().flatten().unwrap_or_default();
        let leaf =
            usize::try_from(index % TILE_WIDTH as u64).ok().and_then(|offset| tile.get(offset).copied());
        self.push_leaf(leaf.unwrap_or(Hash::ZERO), report);
    }

    /// Compares the root after a block with the one in its header.
    pub(super) fn check_root(&mut self, height: u64, expected: Hash, report: &mut FsckReport) {
        if !self.diverged {
            let what = format!("the {} log root at size {}", name(self.suite), self.frontier.size());
            self.diverged = !report.same(format!("block {height}"), what, &expected, &self.frontier.root());
        }
    }

    /// Checks the tiles that are not full, and gives the number of tiles that the log has.
    pub(super) fn finish(mut self, report: &mut FsckReport) -> u64 {
        let mut count = 0;
        for (level, (index, hashes)) in (0..).zip(std::mem::take(&mut self.tiles)) {
            count += index;
            if !hashes.is_empty() {
                count += 1;
                self.check_tile(level, index, &hashes, report);
            }
        }
        count -= self.tiles_before;
        report.checked.tiles += count;
        count
    }

    fn push_leaf(&mut self, leaf: Hash, report: &mut FsckReport) {
        self.frontier.push(leaf);
        let mut node = leaf;
        for level in 0_u8.. {
            let place = usize::from(level);
            if place == self.tiles.len() {
                self.tiles.push((0, Vec::new()));
            }
            let (index, hashes) = &mut self.tiles[place];
            hashes.push(node);
            if hashes.len() < TILE_WIDTH {
                return;
            }
            let (full, hashes) = (*index, std::mem::take(hashes));
            *index += 1;
            self.check_tile(level, full, &hashes, report);
            node = fold::<H>(hashes);
        }
    }

    fn check_tile(&self, level: u8, index: u64, expected: &[Hash], report: &mut FsckReport) {
        let place = format!("{} tile {index} of level {level}", name(self.suite));
        let Some(found) = report.take(&place, self.stored.tile(level, index)) else { return };
        let Some(found) = found else { return report.wrong(place, "it is missing") };
        if report.same(&place, "the number of hashes", &expected.len(), &found.len()) {
            let differs = expected.iter().zip(&found).position(|(expected, found)| expected != found);
            if let Some(at) = differs {
                report.same(place, format!("hash {at}, the first that differs"), &expected[at], &found[at]);
            }
        }
    }
}

/// The root over a full tile.
fn fold<H: LogHash>(mut row: Vec<Hash>) -> Hash {
    while row.len() > 1 {
        row = row.as_chunks().0.iter().map(|[left, right]| H::node(left, right)).collect();
    }
    row.first().copied().unwrap_or_else(H::empty)
}

fn name(suite: LogSuite) -> &'static str {
    match suite {
        LogSuite::Sha256 => "SHA-256",
        LogSuite::Sm3 => "SM3",
    }
}
