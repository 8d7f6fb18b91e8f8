//! Tiles and entry bundles as they are served: C2SP `tlog-tiles`, <https://c2sp.org/tlog-tiles>.
//!
//! A tile holds 256 consecutive hashes of every eighth level of the log tree; the last tile of a level holds fewer
//! and is called partial. An entry bundle holds the entries below one tile of level 0. Both are immutable: a partial
//! one is another resource than the full one that follows it.

mod bundle;
mod hashes;
mod path;

pub use bundle::{BundleError, decode_bundle, encode_bundle};
pub use hashes::{TileError, decode_hashes, encode_hashes};
pub use path::{PathError, Resource, TilePath, width_at};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: usize = 256;

/// Levels of the log tree between one level of tiles and the next.
pub const TILE_LEVELS: u8 = 8;
