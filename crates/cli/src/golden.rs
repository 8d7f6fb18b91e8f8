//! Texts as people read them, kept in `tests/golden`.

#![allow(clippy::unwrap_used)]

use std::path::Path;

/// Compares a text with the one that is kept in `tests/golden`; writes it there when `UPDATE_GOLDEN` is set.
pub(crate) fn assert_golden(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{file}\n{text}");
}
