//! Effects: tables whose first key says what is done.

use std::collections::{BTreeMap, BTreeSet};

use super::conditions::when;
use super::date_rules::date_rule;
use super::keys::Keys;
use super::node::{Node, every};
use crate::profile::effect::{Act, Documents, Effect, Holders, RecordTarget};
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};

pub(super) fn effects(node: Node<'_>) -> Option<Vec<Effect>> {
    every(node.items()?.iter().map(effect))
}

fn effect(node: &Node<'_>) -> Option<Effect> {
    let keys = node.table()?;
    let act = on_records(&keys).or_else(|| on_certificates(&keys)).or_else(|| on_case(&keys)).unwrap_or_else(|| {
        let forms = "open_account, record_entry, amend, transfer, encumber, release, end, issue, void, extend, \
                     set_flag, clear_flag, publish, return_documents, open_case, retain, erase";
        node.problem(ProblemCode::KeyMissing, vec![Words::of(format!("{forms} 之一"), format!("one of {forms}"))]);
        None
    });
    let when = when(&keys);
    if act.is_some() {
        keys.finish();
    }
    Some(Effect { act: act?, when: when? })
}

fn optional(keys: &Keys<'_>, key: &'static str) -> Option<Option<Ident>> {
    keys.read(key, |node| node.ident())
}

/// What is done to accounts and entries; `None` when it is none of that.
fn on_records(keys: &Keys<'_>) -> Option<Option<Act>> {
    if let Some(kind) = keys.may("open_account") {
        let party = keys.must("holder").and_then(|node| node.ident());
        let contents = keys.read("contents", |node| node.idents());
        let parts = kind.ident().zip(party).zip(contents);
        let open = |((kind, party), contents): (_, Option<_>)| Act::OpenAccount {
            party,
            kind,
            contents: contents.unwrap_or_default(),
        };
        return Some(parts.map(open));
    }
    if let Some(object) = keys.may("record_entry") {
        return Some(record_entry(&object, keys));
    }
    if let Some(fields) = keys.may("amend") {
        return Some(fields.idents().map(Act::Amend));
    }
    if let Some(to) = keys.may("transfer") {
        let rights = keys.read("rights", |node| node.ident_set());
        let parts = holders(&to).zip(rights);
        return Some(parts.map(|(to, rights)| Act::Transfer { to, rights: rights.unwrap_or_default() }));
    }
    if let Some(right) = keys.may("encumber") {
        let holder = keys.must("holder").and_then(|node| node.ident());
        let until = optional(keys, "until");
        let parts = right.ident().zip(holder).zip(until);
        return Some(parts.map(|((right, holder), until)| Act::Encumber { right, holder, until }));
    }
    if let Some(right) = keys.may("release") {
        return Some(right.ident().map(Act::Release));
    }
    let target = keys.may("end")?;
    let manner = keys.must("manner").and_then(|node| node.word());
    let scope = optional(keys, "scope");
    let target = target.word::<RecordTarget>();
    Some(target.zip(manner).zip(scope).map(|((target, manner), scope)| Act::End { target, manner, scope }))
}

fn record_entry(object: &Node<'_>, keys: &Keys<'_>) -> Option<Act> {
    let object = object.ident();
    let rights = keys.read("rights", |node| node.ident_set());
    let holders = keys.must("holders").and_then(|node| holders(&node));
    let account = optional(keys, "account");
    let contents = keys.read("contents", |node| node.idents());
    Some(Act::RecordEntry {
        object: object?,
        rights: rights?.unwrap_or_default(),
        holders: holders?,
        account: account?,
        contents: contents?.unwrap_or_default(),
    })
}

/// A party, or `{ shares = "field" }`.
fn holders(node: &Node<'_>) -> Option<Holders> {
    if node.is_text() {
        return node.ident().map(Holders::Party);
    }
    let keys = node.table()?;
    let shares = keys.must("shares").and_then(|node| node.ident());
    keys.finish();
    shares.map(Holders::Shares)
}

/// What is done to certificates and flags; `None` when it is none of that.
fn on_certificates(keys: &Keys<'_>) -> Option<Option<Act>> {
    if let Some(certificate) = keys.may("issue") {
        let to = keys.must("to").and_then(|node| node.ident_set());
        return Some(certificate.ident().zip(to).map(|(certificate, to)| Act::Issue { certificate, to }));
    }
    if let Some(certificate) = keys.may("void") {
        return Some(certificate.ident().map(Act::Void));
    }
    if let Some(certificate) = keys.may("extend") {
        let until = keys.must("until").and_then(|node| date_rule(&node));
        return Some(
            certificate.ident().zip(until).map(|(certificate, until)| Act::Extend { certificate, until }),
        );
    }
    if let Some(flag) = keys.may("set_flag") {
        return Some(flag.ident().map(Act::SetFlag));
    }
    keys.may("clear_flag").map(|flag| flag.ident().map(Act::ClearFlag))
}

/// What is done to the case's papers, and to other cases; `None` when it is none of that.
fn on_case(keys: &Keys<'_>) -> Option<Option<Act>> {
    if let Some(fields) = keys.may("publish") {
        let until = optional(keys, "until");
        return Some(fields.idents().zip(until).map(|(fields, until)| Act::Publish { fields, until }));
    }
    if let Some(documents) = keys.may("return_documents") {
        return Some(returned(&documents).map(Act::ReturnDocuments));
    }
    if let Some(procedure) = keys.may("open_case") {
        let parties = keys.read("parties", |node| parties(&node));
        return Some(
            procedure.ident().zip(parties).map(|(procedure, parties)| Act::OpenCase {
                procedure,
                parties: parties.unwrap_or_default(),
            }),
        );
    }
    if let Some(value) = keys.may("retain") {
        return Some(value.ident().map(Act::Retain));
    }
    keys.may("erase").map(|fields| fields.idents().map(Act::Erase))
}

fn returned(node: &Node<'_>) -> Option<Documents> {
    if node.is_text() {
        return node.parse("all 或材料列表", "`all` or a list of documents", |text| {
            (text == "all").then_some(Documents::All)
        });
    }
    let categories: BTreeSet<Ident> = node.ident_set()?;
    if categories.is_empty() {
        node.expected("至少一项", "at least one item")
    } else {
        Some(Documents::Of(categories))
    }
}

fn parties(node: &Node<'_>) -> Option<BTreeMap<Ident, Ident>> {
    node.named()?.into_iter().map(|(name, ours)| Some((name, ours.ident()?))).collect()
}
