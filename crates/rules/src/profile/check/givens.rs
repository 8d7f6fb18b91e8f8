//! What a case, its parent and its record have to be read: fields, documents, records.

use super::{Checker, Part};
use crate::profile::document::DocumentForm;
use crate::profile::effect::Act;
use crate::profile::field::{Disposition, Field, FieldKind, FieldType};
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::{About, Procedure};
use crate::profile::records::CertificateSubject;
use crate::profile::reference::{CertificateRef, Reference, Scope, Target};
use crate::profile::step::{FieldUse, Need};
use crate::profile::whole::Profile;

pub(super) fn acts(procedure: &Procedure) -> impl Iterator<Item = &Act> {
    procedure.steps.iter().flat_map(|step| step.effects.iter().map(|effect| &effect.act))
}

/// Whether some step of it brings the field.
pub(super) fn brings(procedure: &Procedure, field: &Ident) -> bool {
    procedure.steps.iter().any(|step| step.fields.iter().any(|used| used.field == *field))
}

/// Whether every step that opens a case of it must bring the field.
pub(super) fn always_brings(procedure: &Procedure, field: &Ident) -> bool {
    let must = |used: &FieldUse| used.field == *field && used.need == Need::Required;
    procedure.opening_steps().all(|step| step.fields.iter().any(must))
}

/// Whether the field stands in the record that a case of it is about.
fn in_record(profile: &Profile, procedure: &Procedure, field: &Ident) -> bool {
    let recorded = |act: &Act| match (act, &procedure.about) {
        (Act::RecordEntry { object, contents, .. }, About::Entry(kinds)) => {
            kinds.contains(object) && contents.contains(field)
        }
        (Act::RecordEntry { object, contents, .. }, About::NewObject(kind)) => {
            kind == object && contents.contains(field)
        }
        (Act::OpenAccount { kind, contents, .. }, About::Account(kinds)) => {
            kinds.contains(kind) && contents.contains(field)
        }
        (Act::RecordEntry { contents, .. } | Act::OpenAccount { contents, .. }, About::Certificate(_)) => {
            contents.contains(field)
        }
        _ => false,
    };
    profile.procedures.iter().flat_map(acts).any(recorded)
}

impl<'p> Checker<'p> {
    /// A field that can be read in a case of the procedure.
    pub(super) fn read(&mut self, of: &'p Procedure, field: &Reference, part: Part<'_>) -> Option<&'p Field> {
        if let Scope::Party(_) = field.scope {
            self.scope_wrong(field, part);
            return None;
        }
        let found = self.field(&field.name, part)?;
        match &field.scope {
            Scope::Party(_) => {}
            Scope::Case => self.must_bring(of, &field.name, part),
            Scope::Parent => {
                let parents = of.parents(self.profile);
                if parents.is_empty() {
                    self.scope_wrong(field, part);
                }
                for parent in parents {
                    self.must_bring(parent, &field.name, part);
                }
            }
            Scope::Subject => {
                if !in_record(self.profile, of, &field.name) {
                    self.scope_wrong(field, part);
                }
            }
            Scope::Document(category) => {
                let document = self.document(category, part)?;
                let kinds = document.forms.iter().filter_map(|form| match form {
                    DocumentForm::Certificate(kind) => self.profile.certificates.get(kind.as_str()),
                    _ => None,
                });
                if !kinds.into_iter().any(|kind| kind.contents.contains(&field.name)) {
                    self.scope_wrong(field, part);
                }
                self.must_hand_in(of, category, part);
            }
        }
        Some(found)
    }

    /// A field that can be read, or what the register knows of a party of the procedure: its kind, and where it
    /// stands.
    pub(super) fn read_or_known(
        &mut self,
        of: &'p Procedure,
        what: &Reference,
        part: Part<'_>,
    ) -> Option<(FieldKind, Disposition)> {
        if let Some((party, fact)) = what.fact() {
            self.party_of(of, party, part);
            return Some((fact.kind(), Disposition::Clear));
        }
        self.read(of, what, part).map(|field| (field.of.kind(), field.disposition))
    }

    /// A field that can be read, and by the ledger.
    pub(super) fn read_clear(
        &mut self,
        of: &'p Procedure,
        field: &Reference,
        part: Part<'_>,
    ) -> Option<&'p Field> {
        let found = self.read(of, field, part)?;
        if found.disposition == Disposition::Clear {
            return Some(found);
        }
        self.note(part, ProblemCode::FieldNotClear, vec![Words::same(field)]);
        None
    }

    pub(super) fn scope_wrong(&mut self, what: impl std::fmt::Display, part: Part<'_>) {
        self.note(part, ProblemCode::ScopeWrong, vec![Words::same(what)]);
    }

    pub(super) fn must_bring(&mut self, of: &Procedure, field: &Ident, part: Part<'_>) {
        if !brings(of, field) {
            let details = vec![Words::same(field), Words::same(&of.head.name)];
            self.note(part, ProblemCode::FieldNeverGiven, details);
        }
    }

    pub(super) fn must_hand_in(&mut self, of: &Procedure, category: &Ident, part: Part<'_>) {
        let handed_in =
            of.steps.iter().flat_map(|step| &step.documents).any(|used| used.category == *category);
        if !handed_in {
            let details = vec![Words::same(category), Words::same(&of.head.name)];
            self.note(part, ProblemCode::DocumentNeverGiven, details);
        }
    }

    /// A field that is put on a record or certificate: of the case, else of the record it is about.
    pub(super) fn content(&mut self, of: &'p Procedure, field: &Ident, part: Part<'_>) {
        if self.field(field, part).is_some() && !in_record(self.profile, of, field) {
            self.must_bring(of, field, part);
        }
    }

    pub(super) fn target(&mut self, of: &'p Procedure, target: &Target, part: Part<'_>) {
        match target {
            Target::Case => {}
            Target::Parent if matches!(of.about, About::Case(_)) => {}
            Target::Subject if !matches!(of.about, About::Nothing | About::Evidence) => {}
            Target::Field(field) => {
                let Some(found) = self.read_clear(of, field, part) else { return };
                let names_record = matches!(
                    found.of,
                    FieldType::Account | FieldType::Entry | FieldType::Certificate { .. } | FieldType::Case
                );
                if !names_record {
                    self.field_kind_wrong(
                        field,
                        "账户、登记、证书或案件",
                        "an account, entry, certificate or case",
                        part,
                    );
                }
            }
            Target::Parent | Target::Subject => self.scope_wrong(target, part),
        }
    }

    pub(super) fn certificate_ref(
        &mut self,
        of: &'p Procedure,
        certificate: &CertificateRef,
        part: Part<'_>,
    ) {
        match certificate {
            CertificateRef::Subject if matches!(of.about, About::Certificate(_)) => {}
            CertificateRef::Subject => self.scope_wrong("subject", part),
            CertificateRef::Field(field) => {
                let Some(found) = self.read_clear(of, field, part) else { return };
                if !matches!(found.of, FieldType::Certificate { .. }) {
                    self.field_kind_wrong(field, "证书", "a certificate", part);
                }
            }
            CertificateRef::Document(category) => {
                let Some(document) = self.document(category, part) else { return };
                let is_certificate = |form: &DocumentForm| {
                    matches!(form, DocumentForm::Certificate(_) | DocumentForm::CertificateOf(_))
                };
                if !document.forms.iter().all(is_certificate) {
                    self.scope_wrong(certificate, part);
                }
                self.must_hand_in(of, category, part);
            }
            CertificateRef::Kind(kind) => {
                if let Some(kind) = self.certificate(kind, part) {
                    self.has_record_of(of, kind.subject, part);
                }
            }
        }
    }

    /// The record that a certificate of this subject speaks of.
    pub(super) fn has_record_of(&mut self, of: &Procedure, subject: CertificateSubject, part: Part<'_>) {
        match subject {
            CertificateSubject::Entry if !self.records.has_entry(of) => {
                self.record_missing("登记", "entry", part);
            }
            CertificateSubject::Account if !self.records.has_account(of) => {
                self.record_missing("账户", "account", part);
            }
            _ => {}
        }
    }

    pub(super) fn record_missing(&mut self, zh: &str, en: &str, part: Part<'_>) {
        self.note(part, ProblemCode::RecordMissing, vec![Words::of(zh, en)]);
    }

    pub(super) fn field_kind_wrong(&mut self, field: &Reference, zh: &str, en: &str, part: Part<'_>) {
        self.note(part, ProblemCode::FieldKindWrong, vec![Words::same(field), Words::of(zh, en)]);
    }
}
