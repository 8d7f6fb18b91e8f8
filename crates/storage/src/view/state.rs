//! Records of the state map.

use bytes::Bytes;

use super::View;
use crate::{column::Column, error::Result};

impl View<'_> {
    /// The value of a key of the state map; both are the plain bytes of the format.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn state(&self, key: &[u8]) -> Result<Option<Bytes>> {
        Ok(self.get(Column::State, key)?.map(|value| Bytes::copy_from_slice(&value)))
    }

    /// The records whose key begins with `prefix`, in rising order of key, from the key `from` on when that
    /// is greater. The iterator ends with its first error.
    pub fn state_records(
        &self,
        prefix: &[u8],
        from: &[u8],
    ) -> impl Iterator<Item = Result<(Bytes, Bytes)>> + use<'_> {
        let rows = self.scan(Column::State, prefix.max(from), &crate::column::after_prefix(prefix));
        rows.map(|row| row.map(|(key, value)| (Bytes::from(key), Bytes::from(value))))
    }

    /// The keys of the state map from `start` on that are below `end`, in rising order. The iterator ends with
    /// its first error.
    pub fn state_range(&self, start: &[u8], end: &[u8]) -> impl Iterator<Item = Result<Bytes>> + use<'_> {
        self.scan(Column::State, start, end).map(|row| row.map(|(key, _)| Bytes::from(key)))
    }
}
