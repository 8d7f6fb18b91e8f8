//! Steps.

use std::collections::BTreeMap;

use super::conditions::{condition, conditions};
use super::effects::effects;
use super::heads::head;
use super::keys::Keys;
use super::node::Node;
use super::procedures::table;
use crate::profile::ident::Ident;
use crate::profile::limits::ORDER_MAX;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::step::{Actor, DocumentUse, FieldUse, Need, Step, Trigger};
use crate::profile::table::{Named, Table};

/// A step, and the step whose fields and documents it brings too.
pub(super) struct StepText {
    step: Step,
    brings: Option<Ident>,
}

impl Named for StepText {
    fn name(&self) -> &Ident {
        self.step.name()
    }
}

/// Steps, each with the fields and documents of the step that it names under `brings`.
pub(super) fn steps(node: &Node<'_>) -> Option<Table<Step>> {
    let texts = table(node, step)?;
    let mut steps = Vec::new();
    for StepText { step, brings } in &texts {
        let mut step = step.clone();
        if let Some(other) = brings {
            let Some(other) = texts.get(other.as_str()).filter(|other| other.brings.is_none()) else {
                let details =
                    vec![Words::of("自有事项和材料的步骤", "step with fields and documents of its own")];
                let path = format!("{}.brings", step.head.name);
                node.problem_at(
                    &path,
                    ProblemCode::NameUnknown,
                    [details, vec![Words::same(other)]].concat(),
                );
                continue;
            };
            step.fields.extend(other.step.fields.iter().cloned());
            step.fields.sort_by(|a, b| a.field.cmp(&b.field));
            step.documents.extend(other.step.documents.iter().cloned());
            step.documents.sort_by(|a, b| a.category.cmp(&b.category));
        }
        steps.push(step);
    }
    Table::new(steps)
}

fn step(name: Ident, node: &Node<'_>) -> Option<StepText> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let order = keys.read("order", |node| node.small(ORDER_MAX));
    let by = actor(&keys);
    let from = keys.read("from", |node| node.ident_set());
    let to = keys.read("to", |node| node.ident());
    let signed_by = keys.read("signed_by", |node| node.ident_set());
    let brings = keys.read("brings", |node| node.ident());
    let fields = fields(&keys);
    let documents = documents(&keys);
    let conditions = keys.read("conditions", conditions);
    let effects = keys.read("effects", effects);
    let reasons = keys.read("reasons", |node| node.boolean());
    keys.finish();
    let step = Step {
        head: head?,
        order: order?.unwrap_or(0),
        by: by?,
        from: from?.unwrap_or_default(),
        to: to?,
        signed_by: signed_by?.unwrap_or_default(),
        fields: fields?,
        documents: documents?,
        conditions: conditions?.unwrap_or_default(),
        effects: effects?.unwrap_or_default(),
        reasons: reasons?.unwrap_or(false),
    };
    Some(StepText { step, brings: brings? })
}

fn actor(keys: &Keys<'_>) -> Option<Actor> {
    match (keys.may("by"), keys.may("on")) {
        (Some(_), Some(on)) => {
            on.problem(ProblemCode::Duplicate, vec![Words::same("by / on")]);
            None
        }
        (None, Some(on)) => trigger(&on).map(Actor::Ledger),
        (Some(by), None) => match by.ident_set() {
            Some(parties) if parties.is_empty() => by.expected("至少一方当事人", "at least one party"),
            parties => parties.map(Actor::Parties),
        },
        (None, None) => {
            keys.problem(ProblemCode::KeyMissing, vec![Words::same("by / on")]);
            None
        }
    }
}

/// `"routing"`, `"parent_ended"`, `"record_ended"`, `"opened"`, `{ deadline = "…" }`, `{ child_opened = "…" }`,
/// `{ child_ended = "…", results = […] }`, `{ cycle = "year" }`.
fn trigger(node: &Node<'_>) -> Option<Trigger> {
    if node.is_text() {
        let words = "routing, parent_ended, record_ended, opened";
        return node.parse(words, words, |text| match text {
            "routing" => Some(Trigger::Routing),
            "parent_ended" => Some(Trigger::ParentEnded),
            "record_ended" => Some(Trigger::RecordEnded),
            "opened" => Some(Trigger::Opened),
            _ => None,
        });
    }
    let keys = node.table()?;
    let trigger = if let Some(deadline) = keys.may("deadline") {
        deadline.ident().map(Trigger::Deadline)
    } else if let Some(procedure) = keys.may("child_opened") {
        procedure.ident().map(Trigger::ChildOpened)
    } else if let Some(procedure) = keys.may("child_ended") {
        let results = keys.must("results").and_then(|node| node.ident_set());
        procedure.ident().zip(results).map(|(procedure, results)| Trigger::ChildEnded { procedure, results })
    } else {
        keys.must("cycle").and_then(|node| node.word()).map(Trigger::Cycle)
    };
    keys.finish();
    trigger
}

/// What stands under `required`, `required when` and `optional`, each thing once.
fn uses<T>(
    keys: &Keys<'_>,
    [required, when, optional]: [&'static str; 3],
    conditional: impl Fn(&Keys<'_>) -> Option<(Ident, T)>,
    plain: impl Fn(Need) -> T,
) -> Option<BTreeMap<Ident, T>> {
    let mut uses = BTreeMap::new();
    let mut add = |node: &Node<'_>, name: Ident, used: T| {
        if uses.insert(name.clone(), used).is_some() {
            node.problem(ProblemCode::Duplicate, vec![Words::same(name)]);
        }
    };
    let mut whole = true;
    for (key, need) in [(required, Need::Required), (optional, Need::Optional)] {
        let Some(node) = keys.may(key) else { continue };
        match node.idents() {
            Some(names) => names.into_iter().for_each(|name| add(&node, name, plain(need.clone()))),
            None => whole = false,
        }
    }
    if let Some(list) = keys.may(when) {
        for node in list.list()? {
            let keys = node.table()?;
            match conditional(&keys) {
                Some((name, used)) => add(&node, name, used),
                None => whole = false,
            }
            keys.finish();
        }
    }
    whole.then_some(uses)
}

fn fields(keys: &Keys<'_>) -> Option<Vec<FieldUse>> {
    let conditional = |keys: &Keys<'_>| {
        let field = keys.must("field").and_then(|node| node.ident());
        let when = keys.must("when").and_then(|node| condition(&node));
        Some((field?, Need::RequiredWhen(when?)))
    };
    let uses = uses(keys, ["fields", "fields_when", "optional_fields"], conditional, |need| need)?;
    Some(uses.into_iter().map(|(field, need)| FieldUse { field, need }).collect())
}

fn documents(keys: &Keys<'_>) -> Option<Vec<DocumentUse>> {
    let conditional = |keys: &Keys<'_>| {
        let category = keys.must("document").and_then(|node| node.ident());
        let at_least = keys.read("at_least", |node| node.ident());
        let need = if keys.has("when") {
            keys.must("when").and_then(|node| condition(&node)).map(Need::RequiredWhen)
        } else {
            Some(Need::Required)
        };
        Some((category?, (need?, at_least?)))
    };
    let names = ["documents", "documents_when", "optional_documents"];
    let uses = uses(keys, names, conditional, |need| (need, None))?;
    let used = |(category, (need, at_least))| DocumentUse { category, need, at_least };
    Some(uses.into_iter().map(used).collect())
}
