//! Where the parts of a profile stand in its text.

use std::collections::BTreeMap;

use crate::profile::problem::{Place, Problem};

/// Line and column of each part, by its path.
#[derive(Debug, Clone, Default)]
pub struct Places(BTreeMap<String, Place>);

impl Places {
    pub(super) fn new(text: &str, offsets: BTreeMap<String, usize>) -> Self {
        Self(offsets.into_iter().map(|(path, offset)| (path, place(text, offset))).collect())
    }

    /// Where the part of this path stands, or the nearest part around it.
    #[must_use]
    pub fn of(&self, path: &str) -> Option<Place> {
        let mut path = path;
        loop {
            if let Some(place) = self.0.get(path) {
                return Some(*place);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }

    /// Fills in the place of a problem that has none.
    pub fn locate(&self, problem: &mut Problem) {
        problem.place = problem.place.or_else(|| self.of(&problem.path));
    }
}

pub(super) fn place(text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}
