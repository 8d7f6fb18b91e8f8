//! Named things, found by name.

use super::ident::Ident;

/// Has a name that is unique among its kind.
pub trait Named {
    /// The name.
    fn name(&self) -> &Ident;
}

/// Named things in rising order of name, none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<T>(Vec<T>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Named> Table<T> {
    /// The table of these things, sorted; `None` when two have the same name.
    #[must_use]
    pub fn new(mut items: Vec<T>) -> Option<Self> {
        items.sort_by(|a, b| a.name().cmp(b.name()));
        Self::sorted(items)
    }

    /// The table of things that stand in rising order already; `None` when they do not.
    #[must_use]
    pub fn sorted(items: Vec<T>) -> Option<Self> {
        items.is_sorted_by(|a, b| a.name() < b.name()).then_some(Self(items))
    }

    /// The thing of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        let found = self.0.binary_search_by(|item| item.name().as_str().cmp(name));
        found.ok().map(|index| &self.0[index])
    }

    /// The same, to be changed; its name must stay.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        let found = self.0.binary_search_by(|item| item.name().as_str().cmp(name));
        found.ok().map(|index| &mut self.0[index])
    }

    /// Place of this name in rising order: the number by which a record may refer to it.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|item| item.name().as_str().cmp(name)).ok()
    }

    /// Whether something has this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl<T> Table<T> {
    /// In rising order of name.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// As a slice, in rising order of name.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a, T> IntoIterator for &'a Table<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
