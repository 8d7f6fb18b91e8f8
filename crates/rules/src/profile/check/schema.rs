//! Sources, values, fields, documents, accounts, objects, certificates.

use std::collections::BTreeSet;

use super::names::Section;
use super::{Checker, Part};
use crate::profile::condition::Condition;
use crate::profile::document::DocumentForm;
use crate::profile::effect::{Act, Effect};
use crate::profile::field::{Disposition, FieldType};
use crate::profile::head::Head;
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::records::{AccountNumber, CertificateKind};
use crate::profile::value::{Content, ValueKind};

impl Checker<'_> {
    pub(super) fn sections(&mut self) {
        if !self.profile.sources.contains("main") {
            self.note(Part { path: "sources", article: "" }, ProblemCode::SourceMainMissing, Vec::new());
        }
        self.citations();
        self.values();
        self.fields();
        self.documents();
        self.records();
        self.certificates();
        self.parties();
    }

    fn citations(&mut self) {
        let profile = self.profile;
        let heads = |key: &str, head: &Head| (format!("{key}.{}", head.name), head.clone());
        let mut all: Vec<(String, Head)> = Vec::new();
        all.extend(profile.values.iter().map(|value| heads("values", &value.head)));
        all.extend(profile.vocabularies.iter().map(|vocabulary| heads("vocabularies", &vocabulary.head)));
        all.extend(profile.fields.iter().map(|field| heads("fields", &field.head)));
        all.extend(profile.documents.iter().map(|document| heads("documents", &document.head)));
        all.extend(profile.parties.iter().map(|party| heads("parties", &party.head)));
        all.extend(profile.accounts.iter().map(|kind| heads("accounts", &kind.head)));
        all.extend(profile.objects.iter().map(|kind| heads("objects", &kind.head)));
        all.extend(profile.rights.iter().map(|kind| heads("rights", &kind.head)));
        all.extend(profile.flags.iter().map(|kind| heads("flags", &kind.head)));
        all.extend(profile.certificates.iter().map(|kind| heads("certificates", &kind.head)));
        for procedure in &profile.procedures {
            let key = format!("procedures.{}", procedure.head.name);
            all.push(heads("procedures", &procedure.head));
            all.extend(procedure.steps.iter().map(|step| heads(&format!("{key}.steps"), &step.head)));
            let deadlines = procedure.deadlines.iter();
            all.extend(deadlines.map(|deadline| heads(&format!("{key}.deadlines"), &deadline.head)));
        }
        for (path, head) in all {
            let part = Part { path: &path, article: &head.cite.article };
            self.source(&head.cite.source, part);
        }
        // A profile without anything from its main source would be none of it.
        if let Some(main) = profile.sources.get("main") {
            self.mark(Section::Source, &main.id);
        }
    }

    fn values(&mut self) {
        for value in &self.profile.values {
            let path = format!("values.{}", value.head.name);
            let part = Part { path: &path, article: &value.head.cite.article };
            let Some(name) = &value.vocabulary else { continue };
            let vocabulary = self.vocabulary(name, part);
            if let (Some(vocabulary), Some(Content::Choice(term))) = (vocabulary, &value.content)
                && vocabulary.term(term.as_str()).is_none()
            {
                self.note(part, ProblemCode::TermUnknown, vec![Words::same(name), Words::same(term)]);
            }
        }
    }

    fn fields(&mut self) {
        for field in &self.profile.fields {
            let path = format!("fields.{}", field.head.name);
            let part = Part { path: &path, article: &field.head.cite.article };
            match &field.of {
                FieldType::Term { vocabulary } => {
                    self.vocabulary(vocabulary, part);
                }
                FieldType::Text { .. } if field.disposition == Disposition::Clear => {
                    self.note(part, ProblemCode::TextClear, vec![Words::same(&field.head.name)]);
                }
                _ => {}
            }
        }
    }

    fn documents(&mut self) {
        for document in &self.profile.documents {
            let path = format!("documents.{}", document.head.name);
            let part = Part { path: &path, article: &document.head.cite.article };
            for form in &document.forms {
                if let DocumentForm::Certificate(kind) = form {
                    self.certificate(kind, part);
                }
            }
        }
    }

    fn records(&mut self) {
        for kind in &self.profile.accounts {
            let path = format!("accounts.{}", kind.head.name);
            let part = Part { path: &path, article: &kind.head.cite.article };
            if let Some(within) = &kind.within {
                self.account(within, part);
            }
            if let AccountNumber::OneForEach(fields) = &kind.number {
                self.clear_fields(fields, part);
            }
        }
        for kind in &self.profile.objects {
            let path = format!("objects.{}", kind.head.name);
            let part = Part { path: &path, article: &kind.head.cite.article };
            self.clear_fields(&kind.unique_by, part);
        }
    }

    fn clear_fields(&mut self, fields: &[Ident], part: Part<'_>) {
        for name in fields {
            if self.field(name, part).is_some_and(|field| field.disposition != Disposition::Clear) {
                self.note(part, ProblemCode::FieldNotClear, vec![Words::same(name)]);
            }
        }
    }

    fn certificates(&mut self) {
        for kind in &self.profile.certificates {
            let path = format!("certificates.{}", kind.head.name);
            let part = Part { path: &path, article: &kind.head.cite.article };
            for field in &kind.contents {
                self.field(field, part);
            }
            self.validity(kind, &path);
            for (index, effect) in kind.on_lapse.iter().enumerate() {
                let path = format!("{path}.on_lapse[{index}]");
                let part = Part { path: &path, article: part.article };
                self.effect_on_lapse(kind, effect, part);
            }
        }
    }

    /// What the ledger can do without a case.
    fn effect_on_lapse(&mut self, kind: &CertificateKind, effect: &Effect, part: Part<'_>) {
        match &effect.act {
            Act::End { scope: None, .. } => {}
            Act::Publish { fields, until: None } => {
                fields.iter().for_each(|field| _ = self.field(field, part));
            }
            Act::SetFlag(flag) | Act::ClearFlag(flag) => {
                self.flag(flag, part);
            }
            Act::Void(other) if *other != kind.head.name => {
                self.certificate(other, part);
            }
            _ => self.not_on_lapse(part),
        }
        if let Some(condition) = &effect.when {
            condition.visit(&mut |inner| match inner {
                Condition::ValueIs { value, terms } => {
                    self.value_is(value, terms, part);
                }
                Condition::All(_) | Condition::Any(_) | Condition::Not(_) => {}
                _ => self.not_on_lapse(part),
            });
        }
    }

    fn not_on_lapse(&mut self, part: Part<'_>) {
        let what = Words::of("证书届满", "the lapse of a certificate");
        self.note(part, ProblemCode::ScopeWrong, vec![what]);
    }

    pub(super) fn value_is(&mut self, name: &Ident, terms: &BTreeSet<Ident>, part: Part<'_>) {
        let Some(value) = self.value(name, &[ValueKind::Choice, ValueKind::Boolean], part) else { return };
        match value.vocabulary.as_ref().and_then(|name| self.profile.vocabularies.get(name.as_str())) {
            Some(vocabulary) => {
                let known = |term: &str| vocabulary.term(term).is_some();
                self.known_terms(&vocabulary.head.name, terms, known, part);
            }
            None if value.kind == ValueKind::Boolean => {
                self.known_terms(name, terms, |term| matches!(term, "true" | "false"), part);
            }
            None => {}
        }
    }

    pub(super) fn known_terms(
        &mut self,
        list: &Ident,
        terms: &BTreeSet<Ident>,
        known: impl Fn(&str) -> bool,
        part: Part<'_>,
    ) {
        for term in terms.iter().filter(|term| !known(term.as_str())) {
            self.note(part, ProblemCode::TermUnknown, vec![Words::same(list), Words::same(term)]);
        }
    }
}
