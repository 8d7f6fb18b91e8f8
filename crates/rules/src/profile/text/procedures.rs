//! Procedures: states, steps, deadlines.

use std::collections::BTreeSet;

use super::date_rules::date_rule;
use super::heads::{head, title, title_keys};
use super::keys::Keys;
use super::node::{Node, every};
use super::steps;
use crate::deadline::DeadlineKind;
use crate::profile::closed::closed;
use crate::profile::date_rule::{Anchor, DateRule};
use crate::profile::ident::Ident;
use crate::profile::procedure::{About, ClockReturn, Deadline, OnReturn, Procedure, State};
use crate::profile::table::{Named, Table};

closed! {
    enum DeadlineWord {
        Duty = 1 "duty" "应办期限" "duty",
        Window = 2 "window" "可办期间" "window",
        Lapse = 3 "lapse" "届满期限" "lapse",
        Backward = 4 "backward" "提前期限" "backward",
    }
}

pub(super) fn procedure(name: Ident, node: &Node<'_>) -> Option<Procedure> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let about = keys.must("about").and_then(|node| about(&node));
    let states = keys.must("states").and_then(|node| table(&node, state));
    let steps = keys.must("steps").and_then(|node| steps::steps(&node));
    let deadlines = keys.read("deadlines", |node| table(&node, deadline));
    keys.finish();
    Some(Procedure {
        head: head?,
        about: about?,
        states: states?,
        steps: steps?,
        deadlines: deadlines?.unwrap_or_default(),
    })
}

/// The named things of a table.
pub(super) fn table<T: Named>(
    node: &Node<'_>,
    read: impl Fn(Ident, &Node<'_>) -> Option<T>,
) -> Option<Table<T>> {
    Table::new(every(node.named()?.into_iter().map(|(name, node)| read(name, &node)))?)
}

/// `"nothing"`, `"evidence"`, `{ new_object = "…" }`, `{ entry = … }`, likewise account, certificate, case.
fn about(node: &Node<'_>) -> Option<About> {
    if node.is_text() {
        return node.parse("nothing 或 evidence", "nothing or evidence", |text| match text {
            "nothing" => Some(About::Nothing),
            "evidence" => Some(About::Evidence),
            _ => None,
        });
    }
    let keys = node.table()?;
    let kinds = |key| keys.may(key).map(|node| node.ident_set());
    let about = if let Some(object) = keys.may("new_object") {
        object.ident().map(About::NewObject)
    } else if let Some(kinds) = kinds("entry") {
        kinds.map(About::Entry)
    } else if let Some(kinds) = kinds("account") {
        kinds.map(About::Account)
    } else if let Some(kinds) = kinds("certificate") {
        kinds.map(About::Certificate)
    } else {
        keys.must("case").and_then(|node| node.ident_set()).map(About::Case)
    };
    keys.finish();
    about
}

fn state(name: Ident, node: &Node<'_>) -> Option<State> {
    let keys = node.table()?;
    let words = title_keys(&keys);
    let result = keys.read("result", |node| title(&node));
    keys.finish();
    Some(State { name, title: words?, result: result? })
}

fn deadline(name: Ident, node: &Node<'_>) -> Option<Deadline> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let kind = keys.must("kind").and_then(|node| node.word()).map(|word| match word {
        DeadlineWord::Duty => DeadlineKind::Duty,
        DeadlineWord::Window => DeadlineKind::Window,
        DeadlineWord::Lapse => DeadlineKind::Lapse,
        DeadlineWord::Backward => DeadlineKind::Backward,
    });
    let opens = keys.read("opens", |node| date_rule(&node));
    let due = keys.must("due").and_then(|node| date_rule(&node));
    let runs_in = runs_in(&keys, due.as_ref());
    let on_return = keys.read("on_return", |node| on_return(&node));
    let met_by = keys.read("met_by", |node| node.ident_set());
    keys.finish();
    Some(Deadline {
        head: head?,
        kind: kind?,
        opens: opens?,
        due: due?,
        runs_in: runs_in?,
        on_return: on_return?.unwrap_or(OnReturn::Fixed(ClockReturn::Restart)),
        met_by: met_by?.unwrap_or_default(),
    })
}

/// The states given; without them, those from whose entering the deadline is counted.
fn runs_in(keys: &Keys<'_>, due: Option<&DateRule>) -> Option<BTreeSet<Ident>> {
    if let Some(states) = keys.may("runs_in") {
        return states.ident_set();
    }
    let state = |anchor: &Anchor| if let Anchor::State(state) = anchor { Some(state.clone()) } else { None };
    let states: BTreeSet<_> = due?.terms.iter().filter_map(|term| state(&term.anchor)).collect();
    if states.is_empty() { keys.must("runs_in").and(None) } else { Some(states) }
}

/// `"restart"`, `"resume"`, `"keep"`, or `{ value = "…" }`.
fn on_return(node: &Node<'_>) -> Option<OnReturn> {
    if node.is_text() {
        return node.word().map(OnReturn::Fixed);
    }
    let keys = node.table()?;
    let value = keys.must("value").and_then(|node| node.ident());
    keys.finish();
    value.map(OnReturn::Value)
}
