//! Names that a profile gives, with what it calls them in both languages.

use bulla_rules::profile::{Head, Ident, Procedure, Profile, Term, Title};
use bulla_types::Lang;
use serde::Serialize;

use crate::text::Said;

/// A name of a profile, with its title and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Titled {
    pub(crate) name: String,
    pub(crate) title: Said,
    /// Article or clause of the source; empty where none is cited.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) article: String,
}

impl Titled {
    /// A name for which no title is known.
    pub(crate) fn bare(name: &str) -> Self {
        Self { name: name.to_owned(), title: Said::name(name), article: String::new() }
    }

    /// What a profile says of a name, if it has it.
    pub(crate) fn of(name: &str, head: Option<&Head>) -> Self {
        match head {
            Some(head) => Self { article: head.cite.article.clone(), ..Self::called(name, &head.title) },
            None => Self::bare(name),
        }
    }

    fn called(name: &str, title: &Title) -> Self {
        Self { name: name.to_owned(), title: said(title), article: String::new() }
    }

    /// The profile itself, by its identifier.
    pub(crate) fn profile(profile: &Profile) -> Self {
        Self::called(profile.id.as_str(), &profile.title)
    }

    /// One of its procedures.
    pub(crate) fn procedure(profile: &Profile, name: &str) -> Self {
        Self::of(name, profile.procedures.get(name).map(|procedure| &procedure.head))
    }

    /// A state of a procedure.
    pub(crate) fn state(procedure: Option<&Procedure>, name: &str) -> Self {
        let state = procedure.and_then(|procedure| procedure.states.get(name));
        state.map_or_else(|| Self::bare(name), |state| Self::called(name, &state.title))
    }

    /// A step of a procedure.
    pub(crate) fn step(procedure: Option<&Procedure>, name: &str) -> Self {
        Self::of(name, procedure.and_then(|procedure| procedure.steps.get(name)).map(|step| &step.head))
    }

    /// A deadline of a procedure.
    pub(crate) fn deadline(procedure: Option<&Procedure>, name: &str) -> Self {
        let deadline = procedure.and_then(|procedure| procedure.deadlines.get(name));
        Self::of(name, deadline.map(|deadline| &deadline.head))
    }

    /// A field.
    pub(crate) fn field(profile: &Profile, name: &str) -> Self {
        Self::of(name, profile.fields.get(name).map(|field| &field.head))
    }

    /// A category of documents.
    pub(crate) fn document(profile: &Profile, name: &str) -> Self {
        Self::of(name, profile.documents.get(name).map(|document| &document.head))
    }

    /// A party.
    pub(crate) fn party(profile: &Profile, name: &str) -> Self {
        Self::of(name, profile.parties.get(name).map(|party| &party.head))
    }

    /// A flag.
    pub(crate) fn flag(profile: &Profile, name: &str) -> Self {
        Self::of(name, profile.flags.get(name).map(|flag| &flag.head))
    }

    /// A kind of right.
    pub(crate) fn right(profile: &Profile, name: &str) -> Self {
        Self::of(name, profile.rights.get(name).map(|right| &right.head))
    }

    /// A kind of object.
    pub(crate) fn object(profile: &Profile, name: &str) -> Self {
        Self::of(name, profile.objects.get(name).map(|object| &object.head))
    }

    /// A kind of account.
    pub(crate) fn account(profile: &Profile, name: &str) -> Self {
        Self::of(name, profile.accounts.get(name).map(|kind| &kind.head))
    }

    /// A kind of certificate.
    pub(crate) fn certificate(profile: &Profile, name: &str) -> Self {
        Self::of(name, profile.certificates.get(name).map(|kind| &kind.head))
    }

    /// The title in a language.
    pub(crate) fn in_lang(&self, lang: Lang) -> &str {
        self.title.of(lang)
    }

    /// Title and article for a person.
    pub(crate) fn with_article(&self, lang: Lang) -> String {
        match (self.article.as_str(), lang) {
            ("", _) => self.in_lang(lang).to_owned(),
            (article, Lang::Zh) => format!("{}（{article}）", self.in_lang(lang)),
            (article, Lang::En) => format!("{} ({article})", self.in_lang(lang)),
        }
    }
}

/// What a term of a vocabulary is called; the name where there is none such.
pub(crate) fn term(profile: &Profile, vocabulary: &Ident, name: &str) -> Said {
    let vocabulary = profile.vocabularies.get(vocabulary.as_str());
    let title = vocabulary.and_then(|vocabulary| vocabulary.term(name)).map(|Term { title, .. }| title);
    title.map_or_else(|| Said::name(name), said)
}

/// A title in both languages.
pub(crate) fn said(title: &Title) -> Said {
    Said { en: title.en.clone(), zh: title.zh.clone() }
}

/// Several, as they are written beside each other.
pub(crate) fn joined(words: impl IntoIterator<Item = String>, lang: Lang) -> String {
    words.into_iter().collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " })
}
