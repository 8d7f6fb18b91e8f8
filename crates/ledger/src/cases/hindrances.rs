//! What stands against a step now, whatever it will say and hand in: told before anybody tries it.
//!
//! Only what is certain is told. A condition that rests on what the step brings, on who takes it, or on what is
//! declared is open until then, and so is an effect.

use bulla_rules::profile::{
    AccountNumber as AccountsAllowed, Act, Actor, Anchor, Binding, CertificateRef, Condition, DateRule,
    Holders, Ident, Operand, Reference, Scope, Step, Target,
};

use crate::view::{StateView, ViewError};

use super::actors;
use super::case::Case;
use super::conditions;
use super::deadlines;
use super::effects;
use super::rule::{StepRule, Stop};
use super::run::{Acting, Run};
use super::unmet;

/// What stands against a step of members; nothing when one of them may take it. The overlay gives up what it holds
/// of a transaction under way.
pub(super) fn of_step<V: StateView>(
    case: &Case,
    step: &Step,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<StepRule>, ViewError> {
    let mut found = Vec::new();
    note(lapsed(case, run), &mut found)?;
    if found.is_empty() {
        of_parties(case, step, run, &mut found)?;
        for condition in &step.conditions {
            of_condition(case, step, condition, run, &mut found)?;
        }
    }
    if found.is_empty() {
        let tried = effects_of(case, step, run);
        run.state.discard();
        note(tried, &mut found)?;
    }
    Ok(found)
}

fn note(checked: Result<(), Stop>, found: &mut Vec<StepRule>) -> Result<(), ViewError> {
    match checked {
        Ok(()) => Ok(()),
        Err(Stop::Rule(rule)) => {
            found.push(rule);
            Ok(())
        }
        Err(Stop::View(error)) => Err(error),
    }
}

// Who takes it.

/// One of the parties that may take the step must be able to, and all that sign besides.
fn of_parties<V: StateView>(
    case: &Case,
    step: &Step,
    run: &mut Run<'_, '_, V>,
    found: &mut Vec<StepRule>,
) -> Result<(), ViewError> {
    let Actor::Parties(by) = &step.by else { return Ok(()) };
    let mut against = Vec::new();
    for party in by {
        let mut of_party = Vec::new();
        self::of_party(case, step, party, run, &mut of_party)?;
        if of_party.is_empty() {
            against.clear();
            break;
        }
        against.append(&mut of_party);
    }
    found.append(&mut against);
    for party in step.signed_by.iter().filter(|party| !by.contains(*party)) {
        of_party(case, step, party, run, found)?;
    }
    Ok(())
}

fn of_party<V: StateView>(
    case: &Case,
    step: &Step,
    party: &Ident,
    run: &mut Run<'_, '_, V>,
    found: &mut Vec<StepRule>,
) -> Result<(), ViewError> {
    let Some(rule) = case.profile.parties.get(party.as_str()) else { return Ok(()) };
    let members = match actors::members(case, &Acting::default(), party, run) {
        Ok(members) => members.filter(|members| !members.is_empty()),
        Err(stop) => return note(Err(stop), found),
    };
    let Some(members) = members else {
        if !is_open(case, party) {
            found.push(StepRule::PartyUnbound { party: party.to_string() });
        }
        return Ok(());
    };
    let any_of_them = matches!(rule.binding, Binding::Appointed { .. });
    let mut against = Vec::new();
    let count = members.len();
    for member in members {
        note(actors::check_member(rule, member, run), &mut against)?;
    }
    if !any_of_them || against.len() == count {
        found.append(&mut against);
    }
    for condition in &rule.requires {
        of_condition(case, step, condition, run, found)?;
    }
    Ok(())
}

/// Whether it is told only by the step who a party is.
fn is_open(case: &Case, party: &Ident) -> bool {
    if case.record.parties.contains_key(party.as_str()) {
        return false;
    }
    let is_new = case.record.history_count == 0;
    match case.profile.parties.get(party.as_str()).map(|party| &party.binding) {
        Some(Binding::Anyone | Binding::First | Binding::Appointed { .. }) => true,
        Some(Binding::Opener | Binding::Named) => is_new,
        Some(Binding::Holders | Binding::HoldersOf(_) | Binding::Parent(_) | Binding::Adopter) | None => {
            false
        }
    }
}

// Conditions.

/// Adds the parts of a condition that cannot hold.
fn of_condition<V: StateView>(
    case: &Case,
    step: &Step,
    condition: &Condition,
    run: &mut Run<'_, '_, V>,
    found: &mut Vec<StepRule>,
) -> Result<(), ViewError> {
    if let Condition::All(arms) = condition {
        return arms.iter().try_for_each(|arm| of_condition(case, step, arm, run, found));
    }
    match answer(case, step, condition, run) {
        Ok(Some(false)) => match unmet::explain(case, &Acting::default(), condition, run) {
            Ok(unmet) => {
                found.push(StepRule::ConditionNotMet(Box::new(unmet)));
                Ok(())
            }
            Err(stop) => note(Err(stop), found),
        },
        Ok(Some(true) | None) => Ok(()),
        Err(stop) => note(Err(stop), found),
    }
}

/// Whether a condition holds; `None` while that is open.
fn answer<V: StateView>(
    case: &Case,
    step: &Step,
    condition: &Condition,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<bool>, Stop> {
    let (arms, decisive) = match condition {
        Condition::All(arms) => (arms, false),
        Condition::Any(arms) => (arms, true),
        Condition::Not(inner) => return Ok(answer(case, step, inner, run)?.map(|holds| !holds)),
        leaf if rests_on_step(case, step, leaf) => return Ok(None),
        leaf => return conditions::answer(case, &Acting::default(), leaf, run),
    };
    let mut is_open = false;
    for arm in arms {
        match answer(case, step, arm, run)? {
            Some(holds) if holds == decisive => return Ok(Some(decisive)),
            Some(_) => {}
            None => is_open = true,
        }
    }
    Ok((!is_open).then_some(!decisive))
}

/// Whether a plain condition rests on what the step brings or on who takes it.
fn rests_on_step(case: &Case, step: &Step, condition: &Condition) -> bool {
    let says = |name: &Ident| step.fields.iter().any(|used| used.field == *name);
    let hands_in = |category: &Ident| step.documents.iter().any(|used| used.category == *category);
    let is_open = |party: &Ident| is_open(case, party);
    let brings = |reference: &Reference| match &reference.scope {
        Scope::Case => says(&reference.name),
        Scope::Document(category) => hands_in(category),
        Scope::Party(party) => is_open(party),
        Scope::Parent | Scope::Subject => false,
    };
    let names = |certificate: &CertificateRef| match certificate {
        CertificateRef::Field(reference) => brings(reference),
        CertificateRef::Document(category) => hands_in(category),
        CertificateRef::Subject | CertificateRef::Kind(_) => false,
    };
    let on_brought = |on: &Target| matches!(on, Target::Field(reference) if brings(reference));
    match condition {
        Condition::FieldIs { field, .. } | Condition::FieldPresent(field) | Condition::SharesWhole(field) => {
            brings(field)
        }
        Condition::Compare { field, other, .. } => {
            brings(field) || matches!(other, Operand::Field(other) if brings(other))
        }
        Condition::Same(left, right) | Condition::Among(left, right) => brings(left) || brings(right),
        Condition::DocumentPresent(category) => hands_in(category),
        Condition::Standing { certificate, .. } | Condition::FromProfile { certificate, .. } => {
            names(certificate)
        }
        Condition::HeldBy { certificate, party } => names(certificate) || is_open(party),
        Condition::PartyKind { party, .. }
        | Condition::HoldsAccount { party, .. }
        | Condition::HoldsCertificate { party, .. } => is_open(party),
        Condition::FreeAccount { party, kind } => is_open(party) || tells_accounts_apart(case, step, kind),
        Condition::FreeObject(kind) => tells_objects_apart(case, step, kind),
        Condition::Flagged { on, .. } | Condition::FlagClass { on, .. } | Condition::OpenCase { on, .. } => {
            on_brought(on)
        }
        Condition::RightHeld { on, party, .. } => on_brought(on) || party.as_ref().is_some_and(is_open),
        Condition::PastCase { on, same, party, .. } => {
            on_brought(on) || same.iter().any(says) || party.as_ref().is_some_and(is_open)
        }
        Condition::Reached(reference) | Condition::Within(reference) => {
            reference.scope == Scope::Case && counts_from(case, reference, &brings)
        }
        Condition::PartiesDiffer(parties) => parties.iter().any(is_open),
        Condition::SameActor { .. } | Condition::OtherActor { .. } => true,
        Condition::ValueIs { .. } | Condition::Taken { .. } => false,
        // Their parts are asked one by one.
        Condition::All(_) | Condition::Any(_) | Condition::Not(_) => false,
    }
}

/// Whether a deadline counts from what the step says: one that runs already does so no more, but a window may open by
/// it.
fn counts_from(case: &Case, reference: &Reference, brings: &impl Fn(&Reference) -> bool) -> bool {
    let Some(rule) = case.procedure_in(&case.profile).deadlines.get(reference.name.as_str()) else {
        return false;
    };
    let by = |rule: &DateRule| {
        rule.terms.iter().any(|term| matches!(&term.anchor, Anchor::Field(field) if brings(field)))
    };
    let runs = case.record.deadlines.contains_key(reference.name.as_str());
    (!runs && by(&rule.due)) || rule.opens.as_ref().is_some_and(by)
}

/// Whether the step says what makes an object of the kind unique.
fn tells_objects_apart(case: &Case, step: &Step, kind: &Ident) -> bool {
    let rule = case.profile.objects.get(kind.as_str());
    rule.is_some_and(|rule| {
        rule.unique_by.iter().any(|field| step.fields.iter().any(|used| used.field == *field))
    })
}

/// Whether the step says what tells accounts of the kind apart.
fn tells_accounts_apart(case: &Case, step: &Step, kind: &Ident) -> bool {
    match case.profile.accounts.get(kind.as_str()).map(|rule| &rule.number) {
        Some(AccountsAllowed::OneForEach(fields)) => {
            fields.iter().any(|field| step.fields.iter().any(|used| used.field == *field))
        }
        _ => false,
    }
}

// Effects.

/// Tries the effects in their order, as far as they do not rest on the step. What it writes is to be discarded.
fn effects_of<V: StateView>(case: &Case, step: &Step, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let mut run = Run::new(&mut *run.state, run.stamp);
    let mut tried = case.clone();
    let mut due = Vec::new();
    for effect in &step.effects {
        match &effect.when {
            None => due.push(Some(&effect.act)),
            Some(when) => match answer(case, step, when, &mut run)? {
                Some(true) => due.push(Some(&effect.act)),
                Some(false) => {}
                None => due.push(None),
            },
        }
    }
    for act in due {
        // What an effect leads to that may or may not take place, the next one may rest on.
        let Some(act) = act else { return Ok(()) };
        match effects::apply(&mut tried, &Acting::default(), act, &mut run) {
            Ok(()) => {}
            Err(Stop::Rule(rule)) if is_certain(case, step, act, &rule) => return Err(rule.into()),
            Err(Stop::Rule(_)) => return Ok(()),
            Err(view @ Stop::View(_)) => return Err(view),
        }
    }
    Ok(())
}

/// Whether an effect fails whatever the step says.
fn is_certain(case: &Case, step: &Step, act: &Act, rule: &StepRule) -> bool {
    match rule {
        StepRule::ObjectTaken(_) => {
            matches!(act, Act::RecordEntry { object, .. } if !tells_objects_apart(case, step, object))
        }
        StepRule::AccountTaken { kind, .. } | StepRule::AccountMissing { kind, .. } => {
            let kind = case.profile.accounts.get(kind.as_str()).map(|rule| &rule.head.name);
            kind.is_some_and(|kind| !tells_accounts_apart(case, step, kind)) && !tells_holders(step, act)
        }
        StepRule::CertificateStands(_)
        | StepRule::PublicityNotOver { .. }
        | StepRule::RecordEnded(_)
        | StepRule::RecordSuspended(_)
        | StepRule::CertificateMissing(_)
        | StepRule::DeadlineHeld { .. } => true,
        _ => false,
    }
}

/// Whether the step says for whom an effect is.
fn tells_holders(step: &Step, act: &Act) -> bool {
    let (Act::RecordEntry { holders, .. } | Act::Transfer { to: holders, .. }) = act else { return false };
    matches!(holders, Holders::Shares(field) if step.fields.iter().any(|used| used.field == *field))
}

/// Refuses while a lapse has come that is not recorded yet, or is held: what follows from it comes before any step.
pub(super) fn lapsed<V: StateView>(case: &Case, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let lapses = deadlines::lapses_due(case, run)?;
    let Some((name, due)) = lapses.first() else { return Ok(()) };
    let (name, due) = (name.to_string(), *due);
    Err(match deadlines::held_until(due, run)? {
        Some(until) => StepRule::DeadlineHeld { name, due, until }.into(),
        None => StepRule::DeadlinePassed { name, due }.into(),
    })
}
