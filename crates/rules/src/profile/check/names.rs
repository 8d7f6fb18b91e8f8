//! Names: what they refer to, and what nothing refers to.

use bulla_types::Lang;

use super::{Checker, Part};
use crate::profile::field::Field;
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::{Deadline, Procedure, State};
use crate::profile::records::{AccountKind, CertificateKind, ObjectKind, RightKind};
use crate::profile::step::Step;
use crate::profile::table::{Named, Table};
use crate::profile::value::{Value, ValueKind};
use crate::profile::{Closed, Document, FlagKind, Party, Vocabulary};

/// A section of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Source,
    Value,
    Vocabulary,
    Field,
    Document,
    Party,
    Account,
    Object,
    Right,
    Flag,
    Certificate,
    Procedure,
    State,
    Step,
    Deadline,
}

impl Section {
    fn words(self) -> Words {
        match self {
            Self::Source => Words::of("依据", "source"),
            Self::Value => Words::of("参数", "value"),
            Self::Vocabulary => Words::of("词表", "vocabulary"),
            Self::Field => Words::of("登记事项", "field"),
            Self::Document => Words::of("材料", "document"),
            Self::Party => Words::of("当事人", "party"),
            Self::Account => Words::of("账户类型", "kind of account"),
            Self::Object => Words::of("登记对象", "kind of object"),
            Self::Right => Words::of("权利", "kind of right"),
            Self::Flag => Words::of("标识", "flag"),
            Self::Certificate => Words::of("证书类型", "kind of certificate"),
            Self::Procedure => Words::of("程序", "procedure"),
            Self::State => Words::of("状态", "state"),
            Self::Step => Words::of("步骤", "step"),
            Self::Deadline => Words::of("期限", "deadline"),
        }
    }

    /// Key of the section in the text.
    fn key(self) -> &'static str {
        match self {
            Self::Source => "sources",
            Self::Value => "values",
            Self::Vocabulary => "vocabularies",
            Self::Field => "fields",
            Self::Document => "documents",
            Self::Party => "parties",
            Self::Account => "accounts",
            Self::Object => "objects",
            Self::Right => "rights",
            Self::Flag => "flags",
            Self::Certificate => "certificates",
            Self::Procedure => "procedures",
            Self::State => "states",
            Self::Step => "steps",
            Self::Deadline => "deadlines",
        }
    }
}

impl<'p> Checker<'p> {
    pub(super) fn mark(&mut self, section: Section, name: &Ident) {
        self.used.insert((section, name.to_string()));
    }

    fn find<T: Named>(
        &mut self,
        table: &'p Table<T>,
        section: Section,
        name: &Ident,
        part: Part<'_>,
    ) -> Option<&'p T> {
        self.mark(section, name);
        let found = table.get(name.as_str());
        if found.is_none() {
            self.note(part, ProblemCode::NameUnknown, vec![section.words(), Words::same(name)]);
        }
        found
    }

    /// A value of one of these kinds.
    pub(super) fn value(&mut self, name: &Ident, kinds: &[ValueKind], part: Part<'_>) -> Option<&'p Value> {
        let value = self.find(&self.profile.values, Section::Value, name, part)?;
        if kinds.contains(&value.kind) {
            return Some(value);
        }
        let kind = |lang: Lang| kinds.iter().map(|kind| kind.label(lang)).collect::<Vec<_>>();
        let (zh, en) = (kind(Lang::Zh).join("或"), kind(Lang::En).join(" or "));
        self.note(part, ProblemCode::ValueKindWrong, vec![Words::same(name), Words::of(zh, en)]);
        None
    }

    pub(super) fn vocabulary(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p Vocabulary> {
        self.find(&self.profile.vocabularies, Section::Vocabulary, name, part)
    }

    pub(super) fn field(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p Field> {
        self.find(&self.profile.fields, Section::Field, name, part)
    }

    pub(super) fn document(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p Document> {
        self.find(&self.profile.documents, Section::Document, name, part)
    }

    pub(super) fn party(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p Party> {
        self.find(&self.profile.parties, Section::Party, name, part)
    }

    pub(super) fn account(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p AccountKind> {
        self.find(&self.profile.accounts, Section::Account, name, part)
    }

    pub(super) fn object(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p ObjectKind> {
        self.find(&self.profile.objects, Section::Object, name, part)
    }

    pub(super) fn right(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p RightKind> {
        self.find(&self.profile.rights, Section::Right, name, part)
    }

    pub(super) fn flag(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p FlagKind> {
        self.find(&self.profile.flags, Section::Flag, name, part)
    }

    pub(super) fn certificate(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p CertificateKind> {
        self.find(&self.profile.certificates, Section::Certificate, name, part)
    }

    pub(super) fn other_procedure(&mut self, name: &Ident, part: Part<'_>) -> Option<&'p Procedure> {
        self.find(&self.profile.procedures, Section::Procedure, name, part)
    }

    pub(super) fn source(&mut self, name: &Ident, part: Part<'_>) {
        self.find(&self.profile.sources, Section::Source, name, part);
    }

    pub(super) fn state(&mut self, of: &'p Procedure, name: &Ident, part: Part<'_>) -> Option<&'p State> {
        self.find(&of.states, Section::State, name, part)
    }

    pub(super) fn step_of(&mut self, of: &'p Procedure, name: &Ident, part: Part<'_>) -> Option<&'p Step> {
        self.find(&of.steps, Section::Step, name, part)
    }

    pub(super) fn deadline_of(
        &mut self,
        of: &'p Procedure,
        name: &Ident,
        part: Part<'_>,
    ) -> Option<&'p Deadline> {
        self.find(&of.deadlines, Section::Deadline, name, part)
    }

    /// Notes everything in the sections that nothing refers to.
    pub(super) fn unused(&mut self) {
        let profile = self.profile;
        self.unused_in(&profile.sources, Section::Source);
        self.unused_in(&profile.values, Section::Value);
        self.unused_in(&profile.vocabularies, Section::Vocabulary);
        self.unused_in(&profile.fields, Section::Field);
        self.unused_in(&profile.documents, Section::Document);
        self.unused_in(&profile.parties, Section::Party);
        self.unused_in(&profile.accounts, Section::Account);
        self.unused_in(&profile.objects, Section::Object);
        self.unused_in(&profile.rights, Section::Right);
        self.unused_in(&profile.flags, Section::Flag);
        self.unused_in(&profile.certificates, Section::Certificate);
    }

    fn unused_in<T: Named>(&mut self, table: &Table<T>, section: Section) {
        for item in table {
            let name = item.name();
            if !self.used.contains(&(section, name.to_string())) {
                let path = format!("{}.{name}", section.key());
                let part = Part { path: &path, article: "" };
                self.note(part, ProblemCode::Unused, vec![section.words(), Words::same(name)]);
            }
        }
    }
}
