//! Date rules: one term, or the earliest or latest of several.

use super::conditions::{reference, when};
use super::keys::Keys;
use super::node::{Node, every};
use crate::profile::date_rule::{Anchor, DateRule, DateTerm, Direction, Take};
use crate::profile::problem::{ProblemCode, Words};

/// `{ after = "period", from = { state = "…" } }`, or `{ earliest = [ … ] }`, `{ latest = [ … ] }`.
pub(super) fn date_rule(node: &Node<'_>) -> Option<DateRule> {
    let keys = node.table()?;
    for (key, take) in [("earliest", Take::Earliest), ("latest", Take::Latest)] {
        if let Some(list) = keys.may(key) {
            let terms = every(list.list()?.iter().map(term))?;
            keys.finish();
            if terms.is_empty() {
                return list.expected("至少一项", "at least one item");
            }
            return Some(DateRule { take, terms });
        }
    }
    Some(DateRule { take: Take::Earliest, terms: vec![term(node)?] })
}

fn term(node: &Node<'_>) -> Option<DateTerm> {
    let keys = node.table()?;
    let counted = match (keys.may("after"), keys.may("before")) {
        (Some(_), Some(before)) => {
            before.problem(ProblemCode::Duplicate, vec![Words::same("after / before")]);
            None
        }
        (Some(period), None) => period.ident().map(|period| (Direction::After, Some(period))),
        (None, Some(period)) => period.ident().map(|period| (Direction::Before, Some(period))),
        (None, None) => Some((Direction::After, None)),
    };
    let anchor = keys.must("from").and_then(|node| anchor(&node));
    let when = when(&keys);
    keys.finish();
    let (direction, period) = counted?;
    Some(DateTerm { anchor: anchor?, direction, period, when: when? })
}

fn anchor(node: &Node<'_>) -> Option<Anchor> {
    if node.is_text() {
        return node.parse("起算点", "an anchor", |text| (text == "opening").then_some(Anchor::Opened));
    }
    let keys = node.table()?;
    let anchor = read_anchor(&keys);
    if anchor.is_none() {
        let words = "opening, state, step, field, issue, expiry";
        node.problem(
            ProblemCode::KeyMissing,
            vec![Words::of(format!("{words} 之一"), format!("one of {words}"))],
        );
    }
    keys.finish();
    anchor?
}

fn read_anchor(keys: &Keys<'_>) -> Option<Option<Anchor>> {
    if let Some(state) = keys.may("state") {
        return Some(state.ident().map(Anchor::State));
    }
    if let Some(step) = keys.may("step") {
        return Some(step.ident().map(Anchor::Step));
    }
    if let Some(field) = keys.may("field") {
        return Some(reference(&field).map(Anchor::Field));
    }
    if let Some(kind) = keys.may("issue") {
        return Some(kind.ident().map(Anchor::Issued));
    }
    keys.may("expiry").map(|kind| kind.ident().map(Anchor::Expires))
}
