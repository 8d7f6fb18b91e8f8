//! Places in the text of a profile.

use std::fmt;

/// A key or the place of an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Key(String),
    Item(usize),
}

/// The way to a value in the text of a profile or overlay: `values.publicity_period.value.working_days`,
/// `overlay.values.review_period.value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) in_overlay: bool,
    pub(crate) parts: Vec<Part>,
}

impl Place {
    pub(crate) fn root(in_overlay: bool) -> Self {
        Self { in_overlay, parts: Vec::new() }
    }

    pub(crate) fn at(&self, part: Part) -> Self {
        let mut parts = self.parts.clone();
        parts.push(part);
        Self { in_overlay: self.in_overlay, parts }
    }

    /// The key at a depth, if there is one.
    pub(crate) fn key(&self, depth: usize) -> Option<&str> {
        match self.parts.get(depth) {
            Some(Part::Key(key)) => Some(key),
            _ => None,
        }
    }

    /// The value at this place, to be changed.
    pub(crate) fn of<'t>(&self, table: &'t mut toml::Table) -> &'t mut toml::Value {
        let (first, rest) = self.parts.split_first().expect("invariant: the root is no value");
        let Part::Key(first) = first else { panic!("the root is a table") };
        rest.iter().fold(&mut table[first], |value, part| match part {
            Part::Key(key) => &mut value[key.as_str()],
            Part::Item(item) => &mut value[*item],
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut dot = "";
        if self.in_overlay {
            f.write_str("overlay")?;
            dot = ".";
        }
        for part in &self.parts {
            match part {
                Part::Key(key) => write!(f, "{dot}{key}")?,
                Part::Item(item) => write!(f, "{dot}{item}")?,
            }
            dot = ".";
        }
        Ok(())
    }
}

/// Whether a place is one that a pattern names: `*` is any part, and `**` at the end any rest.
pub(crate) fn matches(pattern: &str, place: &str) -> bool {
    let (mut pattern, mut place) = (pattern.split('.'), place.split('.'));
    loop {
        match (pattern.next(), place.next()) {
            (Some("**"), _) | (None, None) => return true,
            (Some(part), Some(found)) if part == "*" || part == found => {}
            _ => return false,
        }
    }
}
