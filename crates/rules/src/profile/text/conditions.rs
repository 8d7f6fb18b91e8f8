//! Conditions: tables whose first key says what is asked.

use super::keys::Keys;
use super::node::{Node, every};
use super::schema::{MEMBER_KINDS, words};
use crate::profile::condition::{ActorLevel, CertificateStanding, Condition, Operand, Relation, RightRef};
use crate::profile::ident::Ident;
use crate::profile::limits::CONDITION_DEPTH_MAX;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::reference::{CertificateRef, Reference, Target};

/// A list of conditions, or one.
pub(super) fn conditions(node: Node<'_>) -> Option<Vec<Condition>> {
    every(node.items()?.iter().map(condition))
}

pub(super) fn condition(node: &Node<'_>) -> Option<Condition> {
    within(node, 1)
}

/// An optional key `when`.
pub(super) fn when(keys: &Keys<'_>) -> Option<Option<Condition>> {
    keys.read("when", |node| condition(&node))
}

fn within(node: &Node<'_>, depth: usize) -> Option<Condition> {
    if depth > CONDITION_DEPTH_MAX {
        let max = Words::same(CONDITION_DEPTH_MAX);
        node.problem(
            ProblemCode::TooMany,
            vec![Words::of("嵌套的条件", "conditions within each other"), max],
        );
        return None;
    }
    let keys = node.table()?;
    let arms = |node: Node<'_>| {
        let arms = every(node.list()?.iter().map(|arm| within(arm, depth + 1)))?;
        if arms.is_empty() {
            node.expected("至少一个条件", "at least one condition")
        } else {
            Some(arms)
        }
    };
    let condition = if let Some(all) = keys.may("all") {
        arms(all).map(Condition::All)
    } else if let Some(any) = keys.may("any") {
        arms(any).map(Condition::Any)
    } else if let Some(not) = keys.may("not") {
        within(&not, depth + 1).map(|inner| Condition::Not(Box::new(inner)))
    } else {
        leaf(node, &keys)
    };
    if condition.is_some() {
        keys.finish();
    }
    condition
}

fn leaf(node: &Node<'_>, keys: &Keys<'_>) -> Option<Condition> {
    of_fields(keys)
        .or_else(|| of_records(keys))
        .or_else(|| of_course(keys))
        .unwrap_or_else(|| {
            let forms = "all, any, not, field, present, document, same, among, compare, whole, value, valid, lapsed, \
                         void, from_profile, held_by, member_kind, free_object, free_account, holds_account, holds_certificate, flag, \
                         flag_class, right, right_class, open_case, past_case, taken, reached, within, same_actor, other_actor, \
                         parties_differ";
            node.problem(ProblemCode::KeyMissing, vec![Words::of(format!("{forms} 之一"), format!("one of {forms}"))]);
            None
        })
}

/// Questions about fields, documents and values; `None` when it is none of them.
fn of_fields(keys: &Keys<'_>) -> Option<Option<Condition>> {
    let terms = || keys.must("is").and_then(|node| node.ident_set());
    if let Some(field) = keys.may("field") {
        let (field, terms) = (reference(&field), terms());
        return Some(field.zip(terms).map(|(field, terms)| Condition::FieldIs { field, terms }));
    }
    if let Some(field) = keys.may("present") {
        return Some(reference(&field).map(Condition::FieldPresent));
    }
    if let Some(category) = keys.may("document") {
        return Some(category.ident().map(Condition::DocumentPresent));
    }
    if let Some(pair) = keys.may("same") {
        return Some(pair_of(&pair).map(|(left, right)| Condition::Same(left, right)));
    }
    if let Some(pair) = keys.may("among") {
        return Some(pair_of(&pair).map(|(left, right)| Condition::Among(left, right)));
    }
    if let Some(field) = keys.may("compare") {
        return Some(compare(&field, keys));
    }
    if let Some(field) = keys.may("whole") {
        return Some(reference(&field).map(Condition::SharesWhole));
    }
    let value = keys.may("value")?;
    let (value, terms) = (value.ident(), terms());
    Some(value.zip(terms).map(|(value, terms)| Condition::ValueIs { value, terms }))
}

fn pair_of(pair: &Node<'_>) -> Option<(Reference, Reference)> {
    match pair.list()?.as_slice() {
        [left, right] => reference(left).zip(reference(right)),
        _ => pair.expected("两个登记事项", "two fields"),
    }
}

fn compare(field: &Node<'_>, keys: &Keys<'_>) -> Option<Condition> {
    let relations = [
        ("less", Relation::Less),
        ("at_most", Relation::AtMost),
        ("equal", Relation::Equal),
        ("at_least", Relation::AtLeast),
        ("more", Relation::More),
    ];
    let found = relations.into_iter().find_map(|(key, relation)| Some((relation, keys.may(key)?)));
    let Some((relation, other)) = found else {
        let words = "less, at_most, equal, at_least, more";
        keys.problem(
            ProblemCode::KeyMissing,
            vec![Words::of(format!("{words} 之一"), format!("one of {words}"))],
        );
        return None;
    };
    let other = if other.is_text() {
        reference(&other).map(Operand::Field)
    } else {
        other.table().and_then(|keys| {
            let value = keys.must("value").and_then(|node| node.ident());
            keys.finish();
            value.map(Operand::Value)
        })
    };
    let times = keys.read("times", |node| node.ident());
    Some(Condition::Compare { field: reference(field)?, relation, other: other?, times: times? })
}

fn right_held(right: Option<RightRef>, keys: &Keys<'_>) -> Option<Condition> {
    let (on, party) = (on(keys), keys.read("party", |node| node.ident()));
    Some(Condition::RightHeld { right: right?, on: on?, party: party? })
}

/// Questions about accounts, certificates, flags, rights and other cases; `None` when it is none of them.
fn of_records(keys: &Keys<'_>) -> Option<Option<Condition>> {
    let standings = [
        ("valid", CertificateStanding::Valid),
        ("lapsed", CertificateStanding::Lapsed),
        ("void", CertificateStanding::Void),
    ];
    for (key, standing) in standings {
        if let Some(node) = keys.may(key) {
            let certificate = certificate(&node);
            return Some(certificate.map(|certificate| Condition::Standing { certificate, standing }));
        }
    }
    if let Some(value) = keys.may("from_profile") {
        let certificate = keys.must("certificate").and_then(|node| certificate(&node));
        let pair = value.ident().zip(certificate);
        return Some(pair.map(|(value, certificate)| Condition::FromProfile { certificate, value }));
    }
    if let Some(node) = keys.may("held_by") {
        let certificate = keys.must("certificate").and_then(|node| certificate(&node));
        let pair = node.ident().zip(certificate);
        return Some(pair.map(|(party, certificate)| Condition::HeldBy { certificate, party }));
    }
    if let Some(party) = keys.may("member_kind") {
        let kinds = keys.must("is").and_then(|node| words(&node, MEMBER_KINDS));
        return Some(party.ident().zip(kinds).map(|(party, kinds)| Condition::PartyKind { party, kinds }));
    }
    if let Some(object) = keys.may("free_object") {
        return Some(object.ident().map(Condition::FreeObject));
    }
    if let Some(kind) = keys.may("free_account") {
        return Some(holding(&kind, keys).map(|(kind, party)| Condition::FreeAccount { party, kind }));
    }
    if let Some(kind) = keys.may("holds_account") {
        return Some(holding(&kind, keys).map(|(kind, party)| Condition::HoldsAccount { party, kind }));
    }
    if let Some(kind) = keys.may("holds_certificate") {
        return Some(holding(&kind, keys).map(|(kind, party)| Condition::HoldsCertificate { party, kind }));
    }
    if let Some(flag) = keys.may("flag") {
        let pair = flag.ident().zip(on(keys));
        return Some(pair.map(|(flag, on)| Condition::Flagged { flag, on }));
    }
    if let Some(class) = keys.may("flag_class") {
        let pair = class.word().zip(on(keys));
        return Some(pair.map(|(class, on)| Condition::FlagClass { class, on }));
    }
    if let Some(right) = keys.may("right") {
        return Some(right_held(right.ident().map(RightRef::Kind), keys));
    }
    if let Some(class) = keys.may("right_class") {
        return Some(right_held(class.word().map(RightRef::Class), keys));
    }
    if let Some(procedure) = keys.may("open_case") {
        let pair = procedure.ident().zip(on(keys));
        return Some(pair.map(|(procedure, on)| Condition::OpenCase { procedure, on }));
    }
    keys.may("past_case").map(|procedure| past_case(&procedure, keys))
}

fn past_case(procedure: &Node<'_>, keys: &Keys<'_>) -> Option<Condition> {
    let procedure = procedure.ident();
    let results = keys.must("results").and_then(|node| node.ident_set());
    let on = on(keys);
    let same = keys.read("same_fields", |node| node.ident_set());
    let party = keys.read("same_party", |node| node.ident());
    Some(Condition::PastCase {
        procedure: procedure?,
        on: on?,
        results: results?,
        same: same?.unwrap_or_default(),
        party: party?,
    })
}

/// Questions about the course of the case; `None` when it is none of them.
fn of_course(keys: &Keys<'_>) -> Option<Option<Condition>> {
    if let Some(step) = keys.may("taken") {
        let times = keys.read("times", |node| node.ident());
        return Some(step.ident().zip(times).map(|(step, times)| Condition::Taken { step, times }));
    }
    if let Some(deadline) = keys.may("reached") {
        return Some(reference(&deadline).map(Condition::Reached));
    }
    if let Some(deadline) = keys.may("within") {
        return Some(reference(&deadline).map(Condition::Within));
    }
    if let Some(step) = keys.may("same_actor") {
        let pair = step.ident().zip(level(keys));
        return Some(pair.map(|(step, level)| Condition::SameActor { step, level }));
    }
    if let Some(step) = keys.may("other_actor") {
        let pair = step.ident().zip(level(keys));
        return Some(pair.map(|(step, level)| Condition::OtherActor { step, level }));
    }
    keys.may("parties_differ").map(|parties| {
        let set = parties.ident_set()?;
        if set.len() < 2 {
            return parties.expected("至少两方当事人", "at least two parties");
        }
        Some(Condition::PartiesDiffer(set))
    })
}

fn level(keys: &Keys<'_>) -> Option<ActorLevel> {
    keys.must("level").and_then(|node| node.word())
}

fn holding(kind: &Node<'_>, keys: &Keys<'_>) -> Option<(Ident, Ident)> {
    let party = keys.must("party").and_then(|node| node.ident());
    kind.ident().zip(party)
}

fn on(keys: &Keys<'_>) -> Option<Target> {
    let node = keys.must("on")?;
    node.parse("所指对象", "a reference to a record", |text| Target::try_from(text).ok())
}

pub(super) fn reference(node: &Node<'_>) -> Option<Reference> {
    let zh = "登记事项、期限或成员登记簿所载内容的引用";
    let en = "a reference to a field, a deadline or what the register of members knows of a party";
    node.parse(zh, en, |text| Reference::try_from(text).ok())
}

fn certificate(node: &Node<'_>) -> Option<CertificateRef> {
    node.parse("证书的引用", "a reference to a certificate", |text| CertificateRef::try_from(text).ok())
}
