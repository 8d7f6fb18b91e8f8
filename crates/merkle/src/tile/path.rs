//! The names of tiles and bundles.

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::{TILE_LEVELS, TILE_WIDTH};

/// No valid path is longer: `tile/entries/`, seven groups of an index below 2^64, `.p/255`.
const PATH_BYTES_MAX: usize = 52;

/// The highest tile level that the specification admits.
const LEVEL_MAX: u8 = 63;

/// The path of a tile or bundle below the log's prefix, as in `tile/0/x001/x234/067.p/8` or `tile/entries/000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TilePath {
    resource: Resource,
    index: u64,
    width: u16,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Hashes of this tile level, 0 for those of the leaves.
    Hashes(u8),
    /// A bundle of entries.
    Entries,
}

/// A text is not the path of a tile or bundle.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PathError {
    /// It does not read `tile/<L>/<N>` or `tile/entries/<N>`, with `.p/<W>` for a partial one.
    #[error("not the path of a tile or entry bundle")]
    Malformed,
    /// The level is above 63.
    #[error("there is no tile level {0}")]
    Level(u8),
    /// The width is not between 1 and 256.
    #[error("no tile is {0} wide")]
    Width(u16),
}

impl TilePath {
    /// The path of the tile or bundle with this index and width (hashes or entries in it, 256 when full).
    ///
    /// # Errors
    /// When the level is above 63 or the width not between 1 and 256.
    pub fn new(resource: Resource, index: u64, width: u16) -> Result<Self, PathError> {
        match resource {
            Resource::Hashes(level) if level > LEVEL_MAX => Err(PathError::Level(level)),
            _ if !(1..=TILE_WIDTH).contains(&usize::from(width)) => Err(PathError::Width(width)),
            _ => Ok(Self { resource, index, width }),
        }
    }

    /// What it leads to.
    #[must_use]
    pub fn resource(&self) -> Resource {
        self.resource
    }

    /// Index within the level, or of the bundle.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Hashes or entries in it: 256 when full.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether a log of `size` entries has it: all its hashes or entries, and for a partial one no matter whether
    /// more have come since.
    #[must_use]
    pub fn exists_at(&self, size: u64) -> bool {
        let level = match self.resource {
            Resource::Hashes(level) => level,
            Resource::Entries => 0,
        };
        width_at(level, self.index, size).is_some_and(|width| self.width <= width)
    }
}

/// How many hashes of this tile a log of `size` entries has: `None` when it has none of them.
#[must_use]
pub fn width_at(level: u8, index: u64, size: u64) -> Option<u16> {
    let hashes = size.checked_shr(u32::from(level) * u32::from(TILE_LEVELS))?;
    let before = index.checked_mul(TILE_WIDTH as u64)?;
    let width = hashes.checked_sub(before)?.min(TILE_WIDTH as u64);
    u16::try_from(width).ok().filter(|width| *width > 0)
}

impl fmt::Display for TilePath {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.resource {
            Resource::Hashes(level) => write!(text, "tile/{level}/")?,
            Resource::Entries => text.write_str("tile/entries/")?,
        }
        // Thousands from the highest group on; all but the last are marked, so that no path is a folder of another.
        let groups = (1..7).rev().map(|group| self.index / 1000_u64.pow(group)).filter(|rest| *rest > 0);
        for rest in groups {
            write!(text, "x{:03}/", rest % 1000)?;
        }
        write!(text, "{:03}", self.index % 1000)?;
        if usize::from(self.width) < TILE_WIDTH { write!(text, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = PathError;

    /// Reads a path. There is one text for each path: leading zeros, unmarked groups and a width written out for a
    /// full tile are refused.
    fn from_str(text: &str) -> Result<Self, PathError> {
        let path = read_leniently(text).ok_or(PathError::Malformed)??;
        if path.to_string() == text { Ok(path) } else { Err(PathError::Malformed) }
    }
}

fn read_leniently(text: &str) -> Option<Result<TilePath, PathError>> {
    if text.len() > PATH_BYTES_MAX {
        return None;
    }
    let (resource, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let resource = match resource {
        "entries" => Resource::Entries,
        level => Resource::Hashes(level.parse().ok()?),
    };
    let (groups, width) = match rest.split_once(".p/") {
        Some((groups, width)) => (groups, width.parse().ok()?),
        None => (rest, 256),
    };
    let index = groups.split('/').try_fold(0_u64, |index, group| {
        let group = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        index.checked_mul(1000)?.checked_add(group)
    })?;
    Some(TilePath::new(resource, index, width))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn path(resource: Resource, index: u64, width: u16) -> String {
        TilePath::new(resource, index, width).unwrap().to_string()
    }

    #[test]
    fn paths_read_as_the_specification_writes_them() {
        assert_eq!(path(Resource::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(Resource::Hashes(1), 0, 17), "tile/1/000.p/17");
        assert_eq!(path(Resource::Entries, 273, 112), "tile/entries/273.p/112");
        assert_eq!(
            path(Resource::Entries, u64::MAX, 255),
            "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255"
        );
        assert_eq!(path(Resource::Entries, u64::MAX, 255).len(), PATH_BYTES_MAX);
    }

    #[test]
    fn a_log_of_70_000_entries_has_the_tiles_that_the_specification_counts() {
        assert_eq!(width_at(0, 272, 70_000), Some(256));
        assert_eq!(width_at(0, 273, 70_000), Some(112));
        assert_eq!(width_at(0, 274, 70_000), None);
        assert_eq!((width_at(1, 0, 70_000), width_at(1, 1, 70_000)), (Some(256), Some(17)));
        assert_eq!((width_at(2, 0, 70_000), width_at(3, 0, 70_000)), (Some(1), None));
        assert_eq!(width_at(63, u64::MAX, u64::MAX), None);
    }

    #[test]
    fn a_partial_tile_stays_when_the_log_has_grown_past_it() {
        let partial: TilePath = "tile/0/001.p/4".parse().unwrap();
        assert!(!partial.exists_at(259));
        assert!(partial.exists_at(260) && partial.exists_at(70_000));
        let full: TilePath = "tile/entries/001".parse().unwrap();
        assert!(!full.exists_at(511) && full.exists_at(512));
    }

    #[test]
    fn other_spellings_and_hostile_texts_are_refused() {
        for text in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/00",
            "tile/0/0000",
            "tile/00/000",
            "tile/+0/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/0/x000/001",
            "tile/0/001/000",
            "tile/0/x001",
            "tile/0/x001/x000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p/8/",
            "tile/0/000.p",
            "/tile/0/000",
            "tile/0/000 ",
            "tile/0/../000",
            "tile/data/000",
            "tile/8/0/000",
            "tile/entries/-01",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/0/٠٠١",
        ] {
            assert!(text.parse::<TilePath>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_path_is_read_back_as_written(level in 0..=63_u8, entries: bool, index: u64, width in 1..=256_u16) {
            let resource = if entries { Resource::Entries } else { Resource::Hashes(level) };
            let path = TilePath::new(resource, index, width).unwrap();
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "(tile/)?[0-9a-z/.x+]{0,60}") {
            if let Ok(path) = text.parse::<TilePath>() {
                prop_assert_eq!(path.to_string(), text);
            }
        }
    }
}
