//! Kinds of records.

use super::date_rules::date_rule;
use super::effects::effects;
use super::heads::head;
use super::node::{Node, every};
use crate::profile::ident::Ident;
use crate::profile::records::{
    AccountKind, AccountNumber, CertificateKind, FlagKind, ObjectKind, RecordEvent, RightKind,
};

pub(super) fn account(name: Ident, node: &Node<'_>) -> Option<AccountKind> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let within = keys.read("within", |node| node.ident());
    let number = keys.must("per_holder").and_then(|node| account_number(&node));
    keys.finish();
    Some(AccountKind { head: head?, within: within?, number: number? })
}

/// `"one"`, `"any"`, `{ one_for_each = ["field"] }`.
fn account_number(node: &Node<'_>) -> Option<AccountNumber> {
    if node.is_text() {
        return node.parse("one 或 any", "one or any", |text| match text {
            "one" => Some(AccountNumber::OneForEach(Vec::new())),
            "any" => Some(AccountNumber::Any),
            _ => None,
        });
    }
    let keys = node.table()?;
    let fields = keys.must("one_for_each").and_then(|node| node.ident_set());
    keys.finish();
    fields.map(|fields| AccountNumber::OneForEach(fields.into_iter().collect()))
}

pub(super) fn object(name: Ident, node: &Node<'_>) -> Option<ObjectKind> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let unique_by = keys.must("unique_by").and_then(|node| match node.ident_set() {
        Some(fields) if fields.is_empty() => node.expected("至少一项", "at least one item"),
        fields => fields,
    });
    keys.finish();
    Some(ObjectKind { head: head?, unique_by: unique_by?.into_iter().collect() })
}

pub(super) fn right(name: Ident, node: &Node<'_>) -> Option<RightKind> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let class = keys.must("class").and_then(|node| node.word());
    keys.finish();
    Some(RightKind { head: head?, class: class? })
}

pub(super) fn flag(name: Ident, node: &Node<'_>) -> Option<FlagKind> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let on = keys.must("on").and_then(|node| node.word());
    let class = keys.must("class").and_then(|node| node.word());
    keys.finish();
    Some(FlagKind { head: head?, on: on?, class: class? })
}

pub(super) fn certificate(name: Ident, node: &Node<'_>) -> Option<CertificateKind> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let class = keys.must("class").and_then(|node| node.word());
    let subject = keys.must("subject").and_then(|node| node.word());
    let contents = keys.read("contents", |node| node.idents());
    let validity = keys.read("validity", |node| date_rule(&node));
    let on_lapse = keys.read("on_lapse", effects);
    let voided_by = keys.read("voided_by", |node| {
        let mut events: Vec<RecordEvent> = every(node.list()?.iter().map(Node::word))?;
        events.sort();
        events.dedup();
        Some(events)
    });
    keys.finish();
    Some(CertificateKind {
        head: head?,
        class: class?,
        subject: subject?,
        contents: contents?.unwrap_or_default(),
        validity: validity?,
        on_lapse: on_lapse?.unwrap_or_default(),
        voided_by: voided_by?.unwrap_or_default(),
    })
}
