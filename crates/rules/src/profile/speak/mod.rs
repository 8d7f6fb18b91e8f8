//! Profiles in the words of people, Chinese and English: what the pages of a profile, refusals and work lists
//! say of its conditions, effects and dates.

mod conditions;
mod dates;
mod effects;
mod kinds;
mod outline;

use bulla_types::Lang;
pub use outline::Outline;

use super::closed::Closed;
use super::head::Title;
use super::ident::Ident;
use super::procedure::Procedure;
use super::reference::{CertificateRef, Reference, Scope, Target};
use super::whole::Profile;

/// The text of a language, both with the same values.
macro_rules! say {
    ($lang:expr, $zh:literal, $en:literal) => {
        match $lang {
            bulla_types::Lang::Zh => format!($zh),
            bulla_types::Lang::En => format!($en),
        }
    };
}

pub(crate) use say;

/// Speaks of a profile in one language; of a procedure's states, steps and deadlines when it knows which.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'p> {
    profile: &'p Profile,
    procedure: Option<&'p Procedure>,
    lang: Lang,
}

impl<'p> Speaker<'p> {
    /// Speaks of a profile.
    #[must_use]
    pub fn new(profile: &'p Profile, lang: Lang) -> Self {
        Self { profile, procedure: None, lang }
    }

    /// Speaks of one of its procedures.
    #[must_use]
    pub fn of(self, procedure: &'p Procedure) -> Self {
        Self { procedure: Some(procedure), ..self }
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The title of a thing by its name; the name where there is none.
    fn title<'a>(&self, name: &'a Ident, title: Option<&'a Title>) -> &'a str {
        title.map_or(name.as_str(), |title| title.in_lang(self.lang))
    }

    /// What people call a field.
    #[must_use]
    pub fn field<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.title(name, self.profile.fields.get(name.as_str()).map(|field| &field.head.title))
    }

    /// What people call a category of documents.
    #[must_use]
    pub fn document<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.title(name, self.profile.documents.get(name.as_str()).map(|document| &document.head.title))
    }

    /// What people call a party.
    #[must_use]
    pub fn party<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.title(name, self.profile.parties.get(name.as_str()).map(|party| &party.head.title))
    }

    /// What people call a kind of certificate.
    #[must_use]
    pub fn certificate<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.title(name, self.profile.certificates.get(name.as_str()).map(|kind| &kind.head.title))
    }

    /// What people call a procedure.
    #[must_use]
    pub fn procedure<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.title(name, self.profile.procedures.get(name.as_str()).map(|procedure| &procedure.head.title))
    }

    /// What people call a state of the procedure.
    #[must_use]
    pub fn state<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.state_of(self.procedure, name)
    }

    fn state_of<'a>(&self, procedure: Option<&'a Procedure>, name: &'a Ident) -> &'a str {
        let state = procedure.and_then(|procedure| procedure.states.get(name.as_str()));
        self.title(name, state.map(|state| &state.title))
    }

    /// What people call a step of the procedure.
    #[must_use]
    pub fn step<'a>(&'a self, name: &'a Ident) -> &'a str {
        let step = self.procedure.and_then(|procedure| procedure.steps.get(name.as_str()));
        self.title(name, step.map(|step| &step.head.title))
    }

    fn account<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.title(name, self.profile.accounts.get(name.as_str()).map(|kind| &kind.head.title))
    }

    fn object<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.title(name, self.profile.objects.get(name.as_str()).map(|kind| &kind.head.title))
    }

    fn right<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.title(name, self.profile.rights.get(name.as_str()).map(|kind| &kind.head.title))
    }

    fn flag<'a>(&'a self, name: &'a Ident) -> &'a str {
        self.title(name, self.profile.flags.get(name.as_str()).map(|kind| &kind.head.title))
    }

    /// Several, as they are written beside each other.
    fn list<'a, T: 'a + ?Sized>(
        &self,
        items: impl IntoIterator<Item = &'a T>,
        word: impl Fn(&'a T) -> String,
    ) -> String {
        let words: Vec<_> = items.into_iter().map(word).collect();
        words.join(if self.lang == Lang::Zh { "、" } else { ", " })
    }

    /// Several parties.
    #[must_use]
    pub fn parties<'a>(&'a self, parties: impl IntoIterator<Item = &'a Ident>) -> String {
        self.list(parties, |party| self.party(party).to_owned())
    }

    /// Several fields.
    #[must_use]
    pub fn fields<'a>(&'a self, fields: impl IntoIterator<Item = &'a Ident>) -> String {
        self.list(fields, |field| self.field(field).to_owned())
    }

    fn reference(&self, field: &Reference) -> String {
        let lang = self.lang;
        if let Some((party, fact)) = field.fact() {
            let (party, fact) = (self.party(party), fact.label(lang));
            return say!(
                lang,
                "成员登记簿所载{party}的{fact}",
                "{fact} of the {party} in the register of members"
            );
        }
        let name = self.field(&field.name);
        match &field.scope {
            Scope::Case | Scope::Party(_) => name.to_owned(),
            Scope::Parent => say!(lang, "主案件的{name}", "{name} of the parent case"),
            Scope::Subject => say!(lang, "所涉记录的{name}", "{name} of the record"),
            Scope::Document(category) => {
                let document = self.document(category);
                say!(lang, "{document}所载的{name}", "{name} on the {document}")
            }
        }
    }

    fn deadline(&self, deadline: &Reference) -> String {
        let lang = self.lang;
        let titles = |procedure: &Procedure| {
            let found = procedure.deadlines.get(deadline.name.as_str());
            found.map(|found| found.head.title.in_lang(lang).to_owned())
        };
        match deadline.scope {
            Scope::Parent => {
                let parents = self.procedure.map(|of| of.parents(self.profile)).unwrap_or_default();
                let name = parents.iter().find_map(|parent| titles(parent));
                let name = name.unwrap_or_else(|| deadline.name.to_string());
                say!(lang, "主案件的{name}", "{name} of the parent case")
            }
            _ => self.procedure.and_then(titles).unwrap_or_else(|| deadline.name.to_string()),
        }
    }

    fn target(&self, target: &Target) -> String {
        let lang = self.lang;
        match target {
            Target::Case => say!(lang, "本案件", "this case"),
            Target::Parent => say!(lang, "主案件", "the parent case"),
            Target::Subject => say!(lang, "所涉记录", "the record"),
            Target::Field(field) => self.reference(field),
        }
    }

    fn certificate_ref(&self, certificate: &CertificateRef) -> String {
        let lang = self.lang;
        match certificate {
            // Like every other it follows "the".
            CertificateRef::Subject => say!(lang, "所涉证书", "certificate that the case is about"),
            CertificateRef::Field(field) => self.reference(field),
            CertificateRef::Document(category) => self.document(category).to_owned(),
            CertificateRef::Kind(kind) => self.certificate(kind).to_owned(),
        }
    }

    /// A term of a vocabulary; `true` and `false` as yes and no.
    fn term(&self, vocabulary: Option<&Ident>, term: &Ident) -> String {
        let vocabulary = vocabulary.and_then(|name| self.profile.vocabularies.get(name.as_str()));
        let lang = self.lang;
        match (vocabulary.and_then(|vocabulary| vocabulary.term(term.as_str())), term.as_str()) {
            (Some(term), _) => term.title.in_lang(lang).to_owned(),
            (None, "true") => say!(lang, "是", "yes"),
            (None, "false") => say!(lang, "否", "no"),
            (None, _) => term.to_string(),
        }
    }
}
