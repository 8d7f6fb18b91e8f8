//! Titles, citations, sources.

use super::keys::Keys;
use super::node::Node;
use crate::profile::head::{Citation, Force, Head, Title};
use crate::profile::ident::Ident;
use crate::profile::limits::{ARTICLE_BYTES_MAX, NOTE_BYTES_MAX, TITLE_BYTES_MAX};
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::source::Source;

/// The keys `zh` and `en`.
pub(super) fn title_keys(keys: &Keys<'_>) -> Option<Title> {
    let (zh, en) = (keys.must("zh"), keys.must("en"));
    let zh = zh.and_then(|node| node.text(TITLE_BYTES_MAX));
    let en = en.and_then(|node| node.text(TITLE_BYTES_MAX));
    Some(Title { zh: zh?, en: en? })
}

/// A table of `zh` and `en`.
pub(super) fn title(node: &Node<'_>) -> Option<Title> {
    let keys = node.table()?;
    let title = title_keys(&keys);
    keys.finish();
    title
}

/// The keys `zh`, `en`, `article`, `source`, `force` and `note`.
pub(super) fn head(name: Ident, keys: &Keys<'_>) -> Option<Head> {
    let title = title_keys(keys);
    let article = keys.must("article").and_then(|node| node.text(ARTICLE_BYTES_MAX));
    let source = keys.read("source", |node| node.ident());
    let force = keys.read("force", |node| node.word::<Force>());
    let note = keys.read("note", |node| node.text(NOTE_BYTES_MAX));
    let cite = Citation {
        source: source?.or_else(|| Ident::try_from("main").ok())?,
        article: article?,
        force: force?.unwrap_or(Force::Must),
    };
    Some(Head { name, title: title?, cite, note: note? })
}

pub(super) fn source(id: Ident, node: &Node<'_>) -> Option<Source> {
    let keys = node.table()?;
    let document = title_keys(&keys);
    let number = keys.read("number", |node| node.text(TITLE_BYTES_MAX));
    let publisher = keys.must("publisher").and_then(|node| title(&node));
    let force = keys.must("force").and_then(|node| node.word());
    let from = keys.read("effective_from", |node| node.date());
    let to = keys.read("effective_to", |node| node.date());
    keys.finish();
    let (from, to) = (from?, to?);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        let words = Words::of(format!("{from} 或以后的日期"), format!("a day from {from} on"));
        node.problem_at("effective_to", ProblemCode::ValueInvalid, vec![Words::same(to), words]);
    }
    Some(Source {
        id,
        document: document?,
        number: number?,
        publisher: publisher?,
        force: force?,
        effective_from: from,
        effective_to: to,
    })
}
