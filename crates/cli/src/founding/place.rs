//! Where something stands in a TOML text.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Line and column of the deepest part of a path, such as `founders[2].credit_code`, that the text has.
pub(super) fn of_path(text: &str, path: &str) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    let mut found = None;
    for part in path.split('.') {
        let (key, index) = match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
            Some((key, index)) => (key, index.parse::<usize>().ok()),
            None => (part, None),
        };
        let Some((name, value)) = table.get_key_value(key) else { break };
        let item = index.and_then(|index| value.get_ref().as_array()?.get(index));
        // Of a value on one line the value says more than its name.
        let (start, inner): (usize, &Spanned<DeValue<'_>>) = match item {
            Some(item) => (item.span().start, item),
            None => (name.span().start, value),
        };
        found = Some(start);
        let Some(within) = inner.get_ref().as_table() else { break };
        table = within;
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_part_of_a_text_is_found_by_its_path() {
        let text = "name = 'a'\n[parameters.timeouts]\npropose_ms = 1\n[[founders]]\nlabel = 'b'\n\n[[founders]]\n\
            label = 'c'\nroles = ['d', 'e']\n";
        let line = |path| text[..of_path(text, path).unwrap()].matches('\n').count() + 1;
        assert_eq!([line("name"), line("parameters.timeouts.propose_ms")], [1, 3]);
        assert_eq!([line("founders[1].label"), line("founders[1].roles[1]")], [8, 9]);
        assert_eq!(line("founders[1].power"), 7, "what is missing: the table that lacks it");
        assert_eq!(of_path(text, "class"), None);
    }
}
