//! Values and vocabularies.

use std::collections::BTreeSet;

use bulla_types::CreditCode;

use super::heads::{head, title_keys};
use super::keys::Keys;
use super::node::Node;
use crate::limits::PERIOD_COUNT_MAX;
use crate::period::{Count, Length, Period, Roll};
use crate::profile::closed::closed;
use crate::profile::ident::Ident;
use crate::profile::limits::NOTE_BYTES_MAX;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::profile_id::ProfileId;
use crate::profile::value::{Amount, Bound, Content, Origin, Value, ValueKind};
use crate::profile::vocabulary::{Openness, Term, Vocabulary};

closed! {
    /// What becomes of a last day that is not worked, in words.
    pub(super) enum RollWord {
        /// Stays.
        Stays = 1 "stays" "不顺延" "stays",
        /// To the next working day.
        ToWorkingDay = 2 "to_working_day" "顺延至工作日" "rolls to the next working day",
    }
}

pub(super) fn value(name: Ident, node: &Node<'_>) -> Option<Value> {
    let keys = node.table()?;
    let head = head(name, &keys);
    // Unlike elsewhere, a value says how strongly its source binds: its readers rely on it.
    keys.must("force");
    let kind: Option<ValueKind> = keys.must("type").and_then(|node| node.word());
    let vocabulary = match kind {
        Some(ValueKind::Choice) => keys.must("vocabulary").map(|node| node.ident()),
        _ => Some(None),
    };
    let bound = keys.read("bound", |node| node.word());
    let given = given(&keys, kind);
    keys.finish();
    let (content, origin) = given?;
    Some(Value {
        head: head?,
        kind: kind?,
        vocabulary: vocabulary?,
        bound: bound?.unwrap_or(Bound::Exact),
        content,
        origin,
    })
}

fn given(keys: &Keys<'_>, kind: Option<ValueKind>) -> Option<(Option<Content>, Origin)> {
    if keys.has("value") && keys.has("unset") {
        keys.problem(ProblemCode::Duplicate, vec![Words::same("value / unset")]);
        return None;
    }
    if let Some(why) = keys.may("unset") {
        return Some((None, Origin::Unset { why: why.text(NOTE_BYTES_MAX)? }));
    }
    let content = content(&keys.must("value")?, kind?)?;
    Some((Some(content), Origin::Source))
}

/// What a value of this kind says.
pub(super) fn content(node: &Node<'_>, kind: ValueKind) -> Option<Content> {
    Some(match kind {
        ValueKind::Period => Content::Period(period(node)?),
        ValueKind::Integer => Content::Integer(node.integer(u64::from(u32::MAX))?),
        ValueKind::Ratio => Content::Ratio(node.small(100_000_000)?),
        ValueKind::Amount => {
            let keys = node.table()?;
            let minor = keys.must("minor").and_then(|node| node.integer(u64::MAX / 2));
            let currency = keys.must("currency").and_then(|node| currency(&node));
            keys.finish();
            Content::Amount(Amount { minor: minor?, currency: currency? })
        }
        ValueKind::Boolean => Content::Boolean(node.boolean()?),
        ValueKind::Choice => Content::Choice(node.ident()?),
        ValueKind::Text => Content::Text(node.text(NOTE_BYTES_MAX)?),
        ValueKind::Members => {
            Content::Members(set(node, "统一社会信用代码", "a unified social credit code", |text| {
                CreditCode::parse(text.as_bytes()).ok()
            })?)
        }
        ValueKind::Profiles => {
            Content::Profiles(set(node, "规则配置的编号", "the id of a profile", |text| {
                text.parse::<ProfileId>().ok()
            })?)
        }
    })
}

pub(super) fn currency(node: &Node<'_>) -> Option<String> {
    let formed = |text: &str| text.len() == 3 && text.bytes().all(|c| c.is_ascii_uppercase());
    node.parse("三个大写字母的货币代码", "a currency of three capital letters", |text| {
        formed(text).then(|| text.to_owned())
    })
}

fn set<T: Ord>(node: &Node<'_>, zh: &str, en: &str, read: impl Fn(&str) -> Option<T>) -> Option<BTreeSet<T>> {
    let items = node.list()?;
    if items.is_empty() {
        return node.expected("至少一项", "at least one item");
    }
    let mut set = BTreeSet::new();
    for item in items {
        if !set.insert(item.parse(zh, en, &read)?) {
            item.problem(ProblemCode::Duplicate, vec![Words::same(item.str()?)]);
            return None;
        }
    }
    Some(set)
}

/// `"same_day"`, `{ working_days = 3 }`, `{ days = 7, roll = "stays" }`, likewise months and years.
fn period(node: &Node<'_>) -> Option<Period> {
    if node.is_text() {
        let same_day = |text: &str| (text == "same_day").then_some(Length::SameDay);
        let length = node.parse("期间", "a period", same_day)?;
        return Some(Period { length, roll: Roll::Stays });
    }
    let keys = node.table()?;
    let count = |node: Node<'_>| {
        let number = node.small(PERIOD_COUNT_MAX.into())?;
        Count::try_from(number).ok().or_else(|| {
            let words = Words::of("一个期间的数目", "a count of a period");
            node.problem(ProblemCode::ValueInvalid, vec![Words::same(number), words]);
            None
        })
    };
    let working_days = keys.read("working_days", count)?.map(Length::WorkingDays);
    let days = keys.read("days", count)?.map(Length::NaturalDays);
    let months = keys.read("months", count)?.map(Length::Months);
    let years = keys.read("years", count)?.map(Length::Years);
    let lengths: Vec<_> = [working_days, days, months, years].into_iter().flatten().collect();
    let &[length] = lengths.as_slice() else {
        let units = "working_days, days, months, years";
        node.problem(
            ProblemCode::KeyMissing,
            vec![Words::of(format!("{units} 之一"), format!("one of {units}"))],
        );
        return None;
    };
    // A period in working days ends on one; for the others the source or the adopting body must say.
    let roll = match length {
        Length::WorkingDays(_) | Length::SameDay => Roll::Stays,
        _ => match keys.must("roll")?.word::<RollWord>()? {
            RollWord::Stays => Roll::Stays,
            RollWord::ToWorkingDay => Roll::ToWorkingDay,
        },
    };
    keys.finish();
    Some(Period { length, roll })
}

pub(super) fn vocabulary(name: Ident, node: &Node<'_>) -> Option<Vocabulary> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let openness = keys.read("openness", |node| node.word());
    let terms = keys.must("terms").and_then(|node| terms(&node));
    keys.finish();
    Some(Vocabulary { head: head?, openness: openness?.unwrap_or(Openness::Closed), terms: terms? })
}

/// `[{ name = "…", zh = "…", en = "…" }, …]`.
pub(super) fn terms(node: &Node<'_>) -> Option<Vec<Term>> {
    let mut terms: Vec<Term> = Vec::new();
    let mut wrong = false;
    for item in node.list()? {
        match term(&item) {
            Some(term) if terms.iter().any(|earlier| earlier.name == term.name) => {
                item.problem(ProblemCode::Duplicate, vec![Words::same(term.name)]);
                wrong = true;
            }
            Some(term) => terms.push(term),
            None => wrong = true,
        }
    }
    if terms.is_empty() && !wrong {
        return node.expected("至少一项", "at least one item");
    }
    (!wrong).then_some(terms)
}

fn term(node: &Node<'_>) -> Option<Term> {
    let keys = node.table()?;
    let name = keys.must("name").and_then(|node| node.ident());
    let title = title_keys(&keys);
    keys.finish();
    Some(Term { name: name?, title: title? })
}
