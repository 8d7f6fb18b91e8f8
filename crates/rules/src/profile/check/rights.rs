//! Rights, who holds them, and what follows when their record ends.

use bulla_types::limits::SIGNERS_MAX;

use super::givens::acts;
use super::{Checker, Part};
use crate::profile::condition::RightRef;
use crate::profile::effect::Act;
use crate::profile::field::FieldType;
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::{About, Procedure};
use crate::profile::records::{CertificateSubject, FlagTarget, RightClass};
use crate::profile::reference::Target;
use crate::profile::step::Step;
use crate::profile::value::{Content, ValueKind};

impl<'p> Checker<'p> {
    /// A kind of right that some step records or lays on an entry.
    pub(super) fn granted(&mut self, name: &Ident, part: Part<'_>) {
        let Some(right) = self.right(name, part) else { return };
        let grants = |act: &Act| match (act, right.class) {
            (Act::RecordEntry { rights, .. }, RightClass::Title) => rights.contains(name),
            (Act::Encumber { right, .. }, RightClass::Encumbrance) => right == name,
            _ => false,
        };
        if !self.profile.procedures.iter().flat_map(acts).any(grants) {
            let why = Words::of(
                format!("没有步骤登记或设立“{name}”"),
                format!("no step records `{name}` or lays it on an entry"),
            );
            self.note(part, ProblemCode::ConditionImpossible, vec![why]);
        }
    }

    /// A right of an entry that a case of the procedure can name.
    pub(super) fn right_held(&mut self, of: &'p Procedure, right: &RightRef, on: &Target, part: Part<'_>) {
        if let RightRef::Kind(name) = right {
            self.granted(name, part);
        }
        match on {
            Target::Subject if self.records.has_entry(of) => {}
            Target::Field(field) => {
                let Some(found) = self.read_clear(of, field, part) else { return };
                if !matches!(found.of, FieldType::Entry | FieldType::Certificate { .. }) {
                    self.field_kind_wrong(field, "登记或证书", "an entry or a certificate", part);
                }
            }
            Target::Case | Target::Parent | Target::Subject => self.scope_wrong(on, part),
        }
    }

    /// How many of the members of a list act together: as many as there can be, and someone.
    pub(super) fn quorum(&mut self, members: &Ident, quorum: Option<&Ident>, part: Part<'_>) {
        let Some(quorum) = quorum else { return };
        let Some(value) = self.value(quorum, &[ValueKind::Integer], part) else { return };
        let Some(Content::Integer(needed)) = value.content else { return };
        let listed = match self.profile.values.get(members.as_str()).and_then(|value| value.content.as_ref())
        {
            Some(Content::Members(listed)) => listed.len(),
            _ => SIGNERS_MAX,
        };
        let max = listed.min(SIGNERS_MAX);
        if needed == 0 || usize::try_from(needed).map_or(true, |needed| needed > max) {
            let why = Words::of(
                format!("“{quorum}”应为 1 至 {max}"),
                format!("`{quorum}` must be a number from 1 to {max}"),
            );
            self.note(part, ProblemCode::StepImpossible, vec![why]);
        }
    }

    /// A step that the end of the record brings about: it leaves the record alone, or it could never be taken.
    pub(super) fn on_record_ended(&mut self, of: &'p Procedure, step: &'p Step, part: Part<'_>) {
        let is_about_record = matches!(of.about, About::Entry(_) | About::Account(_) | About::Certificate(_));
        if !(is_about_record && (self.records.has_entry(of) || self.records.has_account(of))) {
            let why = Words::of("案件不关于已有的登记或账户", "the case is about no entry or account");
            self.note(part, ProblemCode::TriggerWrong, vec![why]);
        }
        for effect in &step.effects {
            if self.needs_record(&effect.act) {
                let why = Words::of(
                    "登记或账户已终止，不能再对其进行处理",
                    "the entry or account has ended, nothing is done to it any more",
                );
                self.note(part, ProblemCode::StepImpossible, vec![why]);
            }
        }
    }

    /// Whether an effect is refused once the record has ended.
    fn needs_record(&self, act: &Act) -> bool {
        let of_record = |certificate: &Ident| {
            let kind = self.profile.certificates.get(certificate.as_str());
            kind.is_some_and(|kind| kind.subject != CertificateSubject::Case)
        };
        match act {
            Act::RecordEntry { .. }
            | Act::Amend(_)
            | Act::Transfer { .. }
            | Act::Encumber { .. }
            | Act::End { .. } => true,
            Act::Issue { certificate, .. } | Act::Extend { certificate, .. } | Act::Void(certificate) => {
                of_record(certificate)
            }
            Act::SetFlag(flag) => {
                let flag = self.profile.flags.get(flag.as_str());
                flag.is_some_and(|flag| flag.on != FlagTarget::Case)
            }
            Act::OpenCase { procedure, .. } => {
                let opened = self.profile.procedures.get(procedure.as_str());
                opened.is_some_and(|opened| matches!(opened.about, About::Entry(_) | About::Account(_)))
            }
            Act::OpenAccount { .. }
            | Act::Release(_)
            | Act::ClearFlag(_)
            | Act::Publish { .. }
            | Act::ReturnDocuments(_)
            | Act::Retain(_)
            | Act::Erase(_) => false,
        }
    }
}
