//! Conditions: each leaf by itself.

use std::collections::BTreeSet;

use bulla_types::Lang;

use super::{Checker, Part};
use crate::deadline::DeadlineKind;
use crate::profile::closed::Closed;
use crate::profile::condition::{Condition, Operand};
use crate::profile::field::{Disposition, FieldKind, FieldType};
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::{About, Procedure};
use crate::profile::reference::{Reference, Scope, Target};
use crate::profile::value::ValueKind;

impl<'p> Checker<'p> {
    pub(super) fn condition(&mut self, of: &'p Procedure, condition: &Condition, part: Part<'_>) {
        match condition {
            Condition::All(arms) | Condition::Any(arms) => {
                arms.iter().for_each(|arm| self.condition(of, arm, part));
            }
            Condition::Not(inner) => self.condition(of, inner, part),
            Condition::FieldIs { field, terms } => self.field_is(of, field, terms, part),
            Condition::FieldPresent(field) => {
                self.read(of, field, part);
            }
            Condition::DocumentPresent(category) => {
                if self.document(category, part).is_some() {
                    self.must_hand_in(of, category, part);
                }
            }
            Condition::Same(left, right) => self.same(of, left, right, part),
            Condition::Among(item, list) => self.among(of, item, list, part),
            Condition::Compare { field, other, times, .. } => {
                self.compare(of, field, other, times.as_ref(), part);
            }
            Condition::SharesWhole(field) => {
                if let Some(found) = self.read_clear(of, field, part)
                    && found.of != FieldType::Shares
                {
                    self.field_kind_wrong(field, "份额", "shares", part);
                }
            }
            Condition::ValueIs { value, terms } => self.value_is(value, terms, part),
            Condition::Standing { certificate, .. } => self.certificate_ref(of, certificate, part),
            Condition::FromProfile { certificate, value } => {
                self.certificate_ref(of, certificate, part);
                self.value(value, &[ValueKind::Profiles], part);
            }
            Condition::HeldBy { certificate, party } => {
                self.certificate_ref(of, certificate, part);
                self.party_of(of, party, part);
            }
            Condition::PartyKind { party, .. } => self.party_of(of, party, part),
            Condition::FreeObject(object) => self.free_object(of, object, part),
            Condition::FreeAccount { party, kind } | Condition::HoldsAccount { party, kind } => {
                self.account(kind, part);
                self.party_of(of, party, part);
            }
            Condition::HoldsCertificate { party, kind } => {
                self.certificate(kind, part);
                self.party_of(of, party, part);
            }
            Condition::Flagged { flag, on } => {
                self.flag(flag, part);
                self.target(of, on, part);
            }
            Condition::FlagClass { on, .. } => self.target(of, on, part),
            Condition::RightHeld { right, on, party } => {
                self.right_held(of, right, on, part);
                if let Some(party) = party {
                    self.party_of(of, party, part);
                }
            }
            Condition::OpenCase { procedure, on } => {
                self.case_about(of, procedure, on, part);
            }
            Condition::PastCase { procedure, on, results, same, party } => {
                if let Some(other) = self.case_about(of, procedure, on, part) {
                    self.results(other, results, part);
                }
                for field in same {
                    self.read_clear(of, &Reference::of_case(field.clone()), part);
                }
                if let Some(party) = party {
                    self.party_of(of, party, part);
                }
            }
            Condition::Taken { step, times } => {
                self.step_of(of, step, part);
                if let Some(times) = times {
                    self.value(times, &[ValueKind::Integer], part);
                }
            }
            Condition::Reached(deadline) => self.deadline(of, deadline, &[], part),
            Condition::Within(deadline) => self.deadline(of, deadline, &[DeadlineKind::Window], part),
            Condition::SameActor { step, .. } | Condition::OtherActor { step, .. } => {
                self.step_of(of, step, part);
            }
            Condition::PartiesDiffer(parties) => {
                parties.iter().for_each(|party| self.party_of(of, party, part));
            }
        }
    }

    fn field_is(&mut self, of: &'p Procedure, field: &Reference, terms: &BTreeSet<Ident>, part: Part<'_>) {
        let Some(found) = self.read_clear(of, field, part) else { return };
        match &found.of {
            FieldType::Term { vocabulary } => {
                if let Some(vocabulary) = self.profile.vocabularies.get(vocabulary.as_str()) {
                    let known = |term: &str| vocabulary.term(term).is_some();
                    self.known_terms(&vocabulary.head.name, terms, known, part);
                }
            }
            FieldType::Boolean => {
                self.known_terms(&field.name, terms, |term| matches!(term, "true" | "false"), part);
            }
            _ => self.field_kind_wrong(field, "选项或是否", "a term, or yes and no", part),
        }
    }

    fn same(&mut self, of: &'p Procedure, left: &Reference, right: &Reference, part: Part<'_>) {
        let both = self.read_or_known(of, left, part).zip(self.read_or_known(of, right, part));
        let Some(((our_kind, ours), (their_kind, theirs))) = both else { return };
        self.of_one_kind(our_kind, their_kind, right, part);
        if (ours == Disposition::Clear) != (theirs == Disposition::Clear) {
            let hidden = if ours == Disposition::Clear { right } else { left };
            self.note(part, ProblemCode::FieldNotClear, vec![Words::same(hidden)]);
        }
    }

    fn among(&mut self, of: &'p Procedure, item: &Reference, list: &Reference, part: Part<'_>) {
        let mut kind_of = |reference| {
            let (kind, disposition) = self.read_or_known(of, reference, part)?;
            if disposition != Disposition::Clear {
                self.note(part, ProblemCode::FieldNotClear, vec![Words::same(reference)]);
            }
            Some(kind)
        };
        let Some((item, of_list)) = kind_of(item).zip(kind_of(list)) else { return };
        self.of_one_kind(item, of_list, list, part);
    }

    fn of_one_kind(&mut self, ours: FieldKind, theirs: FieldKind, right: &Reference, part: Part<'_>) {
        if ours != theirs {
            let (zh, en) = (ours.label(Lang::Zh), ours.label(Lang::En));
            self.field_kind_wrong(right, zh, en, part);
        }
    }

    /// Numbers, ratios, amounts or dates; what is not clear is declared by who signs.
    fn compare(
        &mut self,
        of: &'p Procedure,
        field: &Reference,
        other: &Operand,
        times: Option<&Ident>,
        part: Part<'_>,
    ) {
        if let Some(times) = times {
            self.value(times, &[ValueKind::Ratio], part);
        }
        let Some(ours) = self.read(of, field, part) else { return };
        let kind = match ours.of.kind() {
            FieldKind::Integer => ValueKind::Integer,
            FieldKind::Ratio => ValueKind::Ratio,
            FieldKind::Amount => ValueKind::Amount,
            FieldKind::Date => ValueKind::Text,
            _ => {
                let en = "a number, ratio, amount or date";
                return self.field_kind_wrong(field, "数、比例、金额或日期", en, part);
            }
        };
        match other {
            Operand::Field(other) => {
                if let Some(theirs) = self.read(of, other, part) {
                    self.of_one_kind(ours.of.kind(), theirs.of.kind(), other, part);
                }
            }
            Operand::Value(value) => {
                self.value(value, &[kind], part);
            }
        }
    }

    fn free_object(&mut self, of: &'p Procedure, object: &Ident, part: Part<'_>) {
        let Some(kind) = self.object(object, part) else { return };
        if of.about != About::NewObject(object.clone()) {
            self.scope_wrong(object, part);
        }
        for field in &kind.unique_by {
            self.must_bring(of, field, part);
        }
    }

    /// A procedure whose cases can be about this.
    fn case_about(
        &mut self,
        of: &'p Procedure,
        procedure: &Ident,
        on: &Target,
        part: Part<'_>,
    ) -> Option<&'p Procedure> {
        self.target(of, on, part);
        let other = self.other_procedure(procedure, part)?;
        if *on == Target::Case
            && !matches!(&other.about, About::Case(parents) if parents.contains(&of.head.name))
        {
            self.scope_wrong(procedure, part);
        }
        Some(other)
    }

    /// End states of a procedure.
    pub(super) fn results(&mut self, of: &'p Procedure, results: &BTreeSet<Ident>, part: Part<'_>) {
        for result in results {
            let state = self.state(of, result, part);
            if state.is_some_and(|state| state.result.is_none()) {
                self.scope_wrong(result, part);
            }
        }
    }

    fn deadline(&mut self, of: &'p Procedure, deadline: &Reference, kinds: &[DeadlineKind], part: Part<'_>) {
        let owners = match deadline.scope {
            Scope::Case => vec![of],
            Scope::Parent => of.parents(self.profile),
            Scope::Subject | Scope::Document(_) | Scope::Party(_) => Vec::new(),
        };
        if owners.is_empty() {
            return self.scope_wrong(deadline, part);
        }
        for owner in owners {
            let Some(found) = self.deadline_of(owner, &deadline.name, part) else { continue };
            if !kinds.is_empty() && !kinds.contains(&found.kind) {
                let why = Words::of("此处应为可办期间", "a window is needed here");
                self.note(part, ProblemCode::DeadlineKindWrong, vec![Words::same(deadline), why]);
            }
        }
    }
}
