//! Effects: each by itself.

use std::collections::BTreeMap;

use bulla_types::Lang;

use super::{Checker, Part};
use crate::deadline::DeadlineKind;
use crate::profile::closed::Closed;
use crate::profile::effect::{Act, Documents, Effect, Holders, RecordTarget};
use crate::profile::field::FieldType;
use crate::profile::ident::Ident;
use crate::profile::party::Binding;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::{About, Procedure};
use crate::profile::records::{FlagTarget, RightClass};
use crate::profile::reference::Reference;
use crate::profile::step::{Step, Trigger};
use crate::profile::value::ValueKind;

impl<'p> Checker<'p> {
    pub(super) fn effect(&mut self, of: &'p Procedure, step: &Step, effect: &'p Effect, part: Part<'_>) {
        if let Some(condition) = &effect.when {
            self.condition(of, condition, part);
            self.contradictions(of, &[condition], part);
        }
        match &effect.act {
            Act::OpenAccount { party, kind, contents } => {
                self.account(kind, part);
                self.party_of(of, party, part);
                contents.iter().for_each(|field| self.content(of, field, part));
            }
            Act::RecordEntry { .. } | Act::Transfer { .. } | Act::Encumber { .. } | Act::Release(_) => {
                self.on_entry(of, &effect.act, part);
            }
            Act::Amend(fields) => {
                if !self.records.has_entry(of) && !self.records.has_account(of) {
                    self.record_missing("登记或账户", "entry or account", part);
                }
                fields.iter().for_each(|field| self.brought(of, field, part));
            }
            Act::End { target, scope, .. } => {
                self.has_target(of, *target, part);
                if let Some(scope) = scope {
                    let field = Reference::of_case(scope.clone());
                    let found = self.read_clear(of, &field, part);
                    if found.is_some_and(|found| !matches!(found.of, FieldType::Term { .. })) {
                        self.field_kind_wrong(&field, "选项", "a term", part);
                    }
                }
            }
            Act::Issue { certificate, to } => {
                if let Some(kind) = self.certificate(certificate, part) {
                    self.has_record_of(of, kind.subject, part);
                    kind.contents.iter().for_each(|field| self.content(of, field, part));
                }
                to.iter().for_each(|party| self.party_of(of, party, part));
            }
            Act::Void(certificate) => {
                if let Some(kind) = self.certificate(certificate, part) {
                    self.has_record_of(of, kind.subject, part);
                }
            }
            Act::Extend { certificate, until } => {
                if let Some(kind) = self.certificate(certificate, part) {
                    self.has_record_of(of, kind.subject, part);
                }
                self.date_rule(of, until, part);
                self.certain(of, &[step], until, part);
            }
            Act::SetFlag(flag) | Act::ClearFlag(flag) => match self.flag(flag, part).map(|flag| flag.on) {
                Some(FlagTarget::Entry) => self.has_target(of, RecordTarget::Entry, part),
                Some(FlagTarget::Account) => self.has_target(of, RecordTarget::Account, part),
                Some(FlagTarget::Case) | None => {}
            },
            Act::Publish { fields, until } => {
                fields.iter().for_each(|field| self.content(of, field, part));
                if let Some(until) = until
                    && self
                        .deadline_of(of, until, part)
                        .is_some_and(|found| found.kind != DeadlineKind::Window)
                {
                    let why = Words::of("公示应为可办期间", "a publicity is a window");
                    self.note(part, ProblemCode::DeadlineKindWrong, vec![Words::same(until), why]);
                }
            }
            Act::ReturnDocuments(Documents::All) => {}
            Act::ReturnDocuments(Documents::Of(categories)) => {
                for category in categories {
                    if self.document(category, part).is_some() {
                        self.must_hand_in(of, category, part);
                    }
                }
            }
            Act::OpenCase { procedure, parties } => self.open_case(of, procedure, parties, part),
            Act::Retain(period) => {
                self.value(period, &[ValueKind::Period], part);
            }
            Act::Erase(fields) => fields.iter().for_each(|field| self.content(of, field, part)),
        }
    }

    fn brought(&mut self, of: &Procedure, field: &Ident, part: Part<'_>) {
        if self.field(field, part).is_some() {
            self.must_bring(of, field, part);
        }
    }

    fn has_target(&mut self, of: &Procedure, target: RecordTarget, part: Part<'_>) {
        match target {
            RecordTarget::Entry if !self.records.has_entry(of) => self.record_missing("登记", "entry", part),
            RecordTarget::Account if !self.records.has_account(of) => {
                self.record_missing("账户", "account", part);
            }
            _ => {}
        }
    }

    fn on_entry(&mut self, of: &'p Procedure, act: &'p Act, part: Part<'_>) {
        match act {
            Act::RecordEntry { object, rights, holders, account, contents } => {
                self.object(object, part);
                if of.about != About::NewObject(object.clone()) {
                    self.scope_wrong(object, part);
                }
                rights.iter().for_each(|right| self.right_of(right, RightClass::Title, part));
                self.holders(of, holders, part);
                if let Some(account) = account {
                    self.account(account, part);
                }
                contents.iter().for_each(|field| self.brought(of, field, part));
            }
            Act::Transfer { to, rights } => {
                self.has_target(of, RecordTarget::Entry, part);
                self.holders(of, to, part);
                rights.iter().for_each(|right| self.right_of(right, RightClass::Title, part));
            }
            Act::Encumber { right, holder, until } => {
                self.has_target(of, RecordTarget::Entry, part);
                self.right_of(right, RightClass::Encumbrance, part);
                self.party_of(of, holder, part);
                if let Some(until) = until {
                    let field = Reference::of_case(until.clone());
                    let found = self.read_clear(of, &field, part);
                    if found.is_some_and(|found| found.of != FieldType::Date) {
                        self.field_kind_wrong(&field, "日期", "a date", part);
                    }
                }
            }
            Act::Release(right) => {
                self.has_target(of, RecordTarget::Entry, part);
                self.right_of(right, RightClass::Encumbrance, part);
            }
            _ => {}
        }
    }

    pub(super) fn right_of(&mut self, name: &Ident, class: RightClass, part: Part<'_>) {
        if self.right(name, part).is_some_and(|right| right.class != class) {
            let (zh, en) = (class.label(Lang::Zh), class.label(Lang::En));
            self.note(part, ProblemCode::RightClassWrong, vec![Words::same(name), Words::of(zh, en)]);
        }
    }

    fn holders(&mut self, of: &'p Procedure, holders: &Holders, part: Part<'_>) {
        match holders {
            Holders::Party(party) => self.party_of(of, party, part),
            Holders::Shares(field) => {
                let field = Reference::of_case(field.clone());
                let found = self.read_clear(of, &field, part);
                if found.is_some_and(|found| found.of != FieldType::Shares) {
                    self.field_kind_wrong(&field, "份额", "shares", part);
                }
            }
        }
    }

    fn open_case(
        &mut self,
        of: &'p Procedure,
        procedure: &Ident,
        parties: &BTreeMap<Ident, Ident>,
        part: Part<'_>,
    ) {
        let Some(other) = self.other_procedure(procedure, part) else { return };
        if !other.opening_steps().any(|step| step.trigger() == Some(&Trigger::Opened)) {
            let why = Words::of(
                "该程序没有由 opened 触发的立案步骤",
                "that procedure has no opening step on `opened`",
            );
            self.note(part, ProblemCode::TriggerWrong, vec![why]);
        }
        let fits = match &other.about {
            About::Case(parents) => parents.contains(&of.head.name),
            About::Entry(_) => self.records.has_entry(of),
            About::Account(_) => self.records.has_account(of),
            About::Nothing => true,
            About::NewObject(_) | About::Certificate(_) | About::Evidence => false,
        };
        if !fits {
            self.scope_wrong(procedure, part);
        }
        for (theirs, ours) in parties {
            self.party_of(of, ours, part);
            let named = self.party(theirs, part).is_some_and(|party| party.binding == Binding::Named);
            if !named {
                self.scope_wrong(theirs, part);
            }
        }
    }
}
