//! Parties: whether it is certain who they are.

use std::collections::BTreeSet;

use super::{Checker, Part};
use crate::profile::effect::{Act, Holders};
use crate::profile::ident::Ident;
use crate::profile::party::{Binding, Party};
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::{About, Procedure};
use crate::profile::step::Actor;
use crate::profile::value::ValueKind;

/// Parties that act, sign or receive in a procedure.
fn parties_in(procedure: &Procedure) -> BTreeSet<&Ident> {
    let mut parties = BTreeSet::new();
    for step in &procedure.steps {
        if let Actor::Parties(by) = &step.by {
            parties.extend(by);
        }
        parties.extend(&step.signed_by);
        for effect in &step.effects {
            match &effect.act {
                Act::OpenAccount { party, .. } => _ = parties.insert(party),
                Act::RecordEntry { holders: Holders::Party(party), .. }
                | Act::Transfer { to: Holders::Party(party), .. } => _ = parties.insert(party),
                Act::Encumber { holder, .. } => _ = parties.insert(holder),
                Act::Issue { to, .. } => parties.extend(to),
                _ => {}
            }
        }
    }
    parties
}

impl<'p> Checker<'p> {
    /// What parties refer to, whatever the procedure.
    pub(super) fn parties(&mut self) {
        for party in &self.profile.parties {
            let path = format!("parties.{}", party.head.name);
            let part = Part { path: &path, article: &party.head.cite.article };
            if let Some(mandate) = &party.mandate {
                self.document(mandate, part);
            }
            match &party.binding {
                Binding::Appointed { members, quorum } => {
                    self.value(members, &[ValueKind::Members], part);
                    self.quorum(members, quorum.as_ref(), part);
                }
                Binding::HoldersOf(right) => self.granted(right, part),
                _ => {}
            }
            // What it requires is asked in every procedure in which it acts.
            for procedure in &self.profile.procedures {
                if parties_in(procedure).contains(&party.head.name) {
                    self.requirements(procedure, party, &path);
                }
            }
        }
    }

    fn requirements(&mut self, procedure: &'p Procedure, party: &'p Party, path: &str) {
        for (index, condition) in party.requires.iter().enumerate() {
            let path = format!("{path}.requires[{index}]");
            let part = Part { path: &path, article: &party.head.cite.article };
            self.condition(procedure, condition, part);
            self.contradictions(procedure, &[condition], part);
        }
    }

    /// A party of a case of the procedure.
    pub(super) fn party_of(&mut self, of: &'p Procedure, name: &Ident, part: Part<'_>) {
        let Some(party) = self.party(name, part) else { return };
        let why = match &party.binding {
            Binding::Opener if !opens(of, name) => {
                Words::of("没有由其进行的立案步骤", "no opening step is taken by it")
            }
            Binding::Holders
                if !matches!(of.about, About::Entry(_) | About::Account(_) | About::Certificate(_)) =>
            {
                Words::of(
                    "案件不关于已有的登记、账户或证书",
                    "the case is not about an entry, account or certificate",
                )
            }
            Binding::HoldersOf(_)
                if !(matches!(of.about, About::Entry(_) | About::Certificate(_))
                    && self.records.has_entry(of)) =>
            {
                Words::of("案件不关于已有的登记", "the case is not about an entry")
            }
            Binding::Parent(theirs) if !self.in_every_parent(of, theirs) => Words::of(
                format!("主案件没有当事人“{theirs}”"),
                format!("the parent case has no party `{theirs}`"),
            ),
            _ => return,
        };
        let details = vec![Words::same(name), Words::same(&of.head.name), why];
        self.note(part, ProblemCode::PartyUnbound, details);
    }

    fn in_every_parent(&self, of: &Procedure, party: &Ident) -> bool {
        let parents = of.parents(self.profile);
        !parents.is_empty() && parents.iter().all(|parent| parties_in(parent).contains(party))
    }
}

fn opens(procedure: &Procedure, party: &Ident) -> bool {
    procedure.opening_steps().any(|step| matches!(&step.by, Actor::Parties(by) if by.contains(party)))
}
