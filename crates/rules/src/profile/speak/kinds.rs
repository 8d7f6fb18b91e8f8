//! Kinds of things in words: deadlines, what cases are about, forms of documents, who parties are.

use bulla_types::Lang;

use super::{Speaker, say};
use crate::deadline::DeadlineKind;
use crate::profile::closed::Closed;
use crate::profile::document::DocumentForm;
use crate::profile::party::Binding;
use crate::profile::procedure::About;

impl Speaker<'_> {
    /// The kind of a deadline.
    #[must_use]
    pub fn deadline_kind(&self, kind: DeadlineKind) -> &'static str {
        match (kind, self.lang) {
            (DeadlineKind::Duty, Lang::Zh) => "应办期限",
            (DeadlineKind::Duty, Lang::En) => "duty",
            (DeadlineKind::Window, Lang::Zh) => "可办期间",
            (DeadlineKind::Window, Lang::En) => "window",
            (DeadlineKind::Lapse, Lang::Zh) => "届满期限",
            (DeadlineKind::Lapse, Lang::En) => "lapse",
            (DeadlineKind::Backward, Lang::Zh) => "提前期限",
            (DeadlineKind::Backward, Lang::En) => "backward",
        }
    }

    /// What the cases of a procedure are about.
    #[must_use]
    pub fn about(&self, about: &About) -> String {
        let lang = self.lang;
        match about {
            About::Nothing => say!(lang, "尚无记录", "nothing on the ledger yet"),
            About::Evidence => say!(lang, "存证", "a deposit of evidence"),
            About::NewObject(kind) => {
                let kind = self.object(kind);
                say!(lang, "待登记的{kind}", "a {kind} to be registered")
            }
            About::Entry(kinds) => {
                let kinds = self.list(kinds, |kind| self.object(kind).to_owned());
                say!(lang, "{kinds}的登记", "an entry of {kinds}")
            }
            About::Account(kinds) => self.list(kinds, |kind| self.account(kind).to_owned()),
            About::Certificate(kinds) => self.list(kinds, |kind| self.certificate(kind).to_owned()),
            About::Case(procedures) => {
                let procedures = self.list(procedures, |name| self.procedure(name).to_owned());
                say!(lang, "{procedures}的案件", "a case of {procedures}")
            }
        }
    }

    /// Forms in which a document may be handed in.
    #[must_use]
    pub fn forms(&self, forms: &[DocumentForm]) -> String {
        let lang = self.lang;
        self.list(forms, |form| match form {
            DocumentForm::Digest => say!(lang, "文件摘要", "digest"),
            DocumentForm::Evidence => say!(lang, "本账本存证", "evidence on this ledger"),
            DocumentForm::Certificate(kind) => self.certificate(kind).to_owned(),
            DocumentForm::CertificateOf(class) => class.label(lang).to_owned(),
        })
    }

    /// Which member a party is.
    #[must_use]
    pub fn binding(&self, binding: &Binding) -> String {
        let lang = self.lang;
        match binding {
            Binding::Opener => say!(lang, "立案人", "who opens the case"),
            Binding::Named => say!(lang, "立案人指明的成员", "whom the opener names"),
            Binding::Holders => say!(lang, "所涉记录的全部持有人", "all holders of the record"),
            Binding::Parent(party) => {
                let party = self.party(party);
                say!(lang, "主案件的{party}", "the {party} of the parent case")
            }
            Binding::HoldersOf(right) => {
                let right = self.right(right);
                say!(lang, "“{right}”的全部权利人", "all who hold the {right}")
            }
            Binding::Appointed { members, quorum: None } => {
                let value = self.value(members);
                say!(lang, "名单内成员：{value}", "a member of: {value}")
            }
            Binding::Appointed { members, quorum: Some(quorum) } => {
                let (value, quorum) = (self.value(members), self.value(quorum));
                say!(
                    lang,
                    "名单内成员：{value}，共同办理的人数：{quorum}",
                    "members of: {value}, acting together: {quorum}"
                )
            }
            Binding::Adopter => say!(lang, "采用本配置的机构", "the body that adopted the profile"),
            Binding::Anyone => say!(lang, "任何符合条件者", "whoever qualifies"),
            Binding::First => say!(lang, "首先办理的符合条件者", "whoever qualifies and acts first"),
        }
    }
}
