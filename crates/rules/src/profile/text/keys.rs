//! The keys of a table.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::node::{Node, Reading, every};
use crate::profile::ident::Ident;
use crate::profile::problem::{Problem, ProblemCode, Words};

/// The keys of one table. Those that were never asked for are unknown.
pub(super) struct Keys<'t> {
    reading: &'t Reading,
    path: String,
    table: &'t DeTable<'t>,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'t> Keys<'t> {
    pub(super) fn new(reading: &'t Reading, path: String, table: &'t DeTable<'t>) -> Self {
        Self { reading, path, table, asked: RefCell::default() }
    }

    pub(super) fn problem(&self, code: ProblemCode, details: Vec<Words>) {
        self.reading.note(Problem::new(code, self.path.as_str(), details));
    }

    fn node(&self, key: &str, value: &'t Spanned<DeValue<'t>>) -> Node<'t> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Node::new(self.reading, path, value.span(), value.get_ref())
    }

    /// Every key as a name, with what stands under it.
    pub(super) fn named(&self) -> Option<Vec<(Ident, Node<'t>)>> {
        every(self.table.iter().map(|(key, value)| {
            let key = key.get_ref().as_ref();
            let node = self.node(key, value);
            let name = Ident::try_from(key).ok();
            if name.is_none() {
                node.problem(ProblemCode::NameInvalid, vec![Words::same(key)]);
            }
            name.map(|name| (name, node))
        }))
    }

    pub(super) fn has(&self, key: &'static str) -> bool {
        self.asked.borrow_mut().insert(key);
        self.table.contains_key(key)
    }

    /// A key that may be there.
    pub(super) fn may(&self, key: &'static str) -> Option<Node<'t>> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key).map(|value| self.node(key, value))
    }

    /// A key that must be there.
    pub(super) fn must(&self, key: &'static str) -> Option<Node<'t>> {
        let node = self.may(key);
        if node.is_none() {
            self.problem(ProblemCode::KeyMissing, vec![Words::same(key)]);
        }
        node
    }

    /// A key that may be there, read; `None` when it is wrong, `Some(None)` when it is not there.
    pub(super) fn read<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(Node<'t>) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.may(key) {
            None => Some(None),
            Some(node) => read(node).map(Some),
        }
    }

    /// Notes every key that was not asked for.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        for (key, value) in self.table {
            let key = key.get_ref().as_ref();
            if !asked.contains(key) {
                let known = asked.iter().copied().collect::<Vec<_>>().join(", ");
                let node = self.node(key, value);
                node.problem(ProblemCode::KeyUnknown, vec![Words::same(key), Words::same(known)]);
            }
        }
    }
}
