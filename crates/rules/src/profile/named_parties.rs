//! Whom the opener of a case names.

use super::condition::Condition;
use super::effect::{Act, Holders};
use super::ident::Ident;
use super::party::{Binding, Party};
use super::procedure::Procedure;
use super::step::{Actor, Step};
use super::whole::Profile;

impl Procedure {
    /// The parties that the opener of a case must name: those bound to be named that have a part in it.
    #[must_use]
    pub fn named_parties<'p>(&self, profile: &'p Profile) -> Vec<&'p Ident> {
        let named = profile.parties.iter().filter(|party| party.binding == Binding::Named);
        named.map(|party| &party.head.name).filter(|party| uses(self, profile, party)).collect()
    }
}

/// Whether a party has a part in a procedure.
fn uses(procedure: &Procedure, profile: &Profile, party: &Ident) -> bool {
    let in_conditions =
        |conditions: &[Condition]| conditions.iter().any(|condition| mentions(condition, party));
    let in_step = |step: &Step| {
        let acts = match &step.by {
            Actor::Parties(parties) => parties.contains(party),
            Actor::Ledger(_) => false,
        };
        acts || step.signed_by.contains(party)
            || in_conditions(&step.conditions)
            || step.effects.iter().any(|effect| {
                effect.when.as_ref().is_some_and(|when| mentions(when, party)) || concerns(&effect.act, party)
            })
    };
    let required = |other: &Party| {
        other.head.name != *party
            && in_conditions(&other.requires)
            && procedure.steps.iter().any(|step| match &step.by {
                Actor::Parties(parties) => parties.contains(&other.head.name),
                Actor::Ledger(_) => false,
            })
    };
    procedure.steps.iter().any(in_step) || profile.parties.iter().any(required)
}

fn mentions(condition: &Condition, party: &Ident) -> bool {
    let mut found = false;
    condition.visit(&mut |condition| {
        found |= match condition {
            Condition::HeldBy { party: named, .. }
            | Condition::PartyKind { party: named, .. }
            | Condition::FreeAccount { party: named, .. }
            | Condition::HoldsAccount { party: named, .. }
            | Condition::HoldsCertificate { party: named, .. }
            | Condition::RightHeld { party: Some(named), .. }
            | Condition::PastCase { party: Some(named), .. } => named == party,
            Condition::PartiesDiffer(named) => named.contains(party),
            _ => false,
        };
    });
    found
}

fn concerns(act: &Act, party: &Ident) -> bool {
    match act {
        Act::OpenAccount { party: named, .. } | Act::Encumber { holder: named, .. } => named == party,
        Act::RecordEntry { holders: Holders::Party(named), .. }
        | Act::Transfer { to: Holders::Party(named), .. } => named == party,
        Act::Issue { to, .. } => to.contains(party),
        Act::OpenCase { parties, .. } => parties.values().any(|named| named == party),
        _ => false,
    }
}
