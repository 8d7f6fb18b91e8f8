//! Vocabularies (分类、选项): the words that a field or choice may take.

use super::closed::closed;
use super::head::{Head, Title, named_by_head};
use super::ident::Ident;

closed! {
    /// Whether an overlay may add terms. On the ledger only listed terms count, either way.
    pub enum Openness {
        /// The source lists them all.
        Closed = 1 "closed" "封闭" "closed",
        /// The source lists some (等).
        Open = 2 "open" "开放" "open",
    }
}

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// By which fields and conditions name it.
    pub name: Ident,
    /// What people call it.
    pub title: Title,
}

/// The words that a field or choice may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// Name, words, article.
    pub head: Head,
    /// Whether an overlay may add terms.
    pub openness: Openness,
    /// At least one, none twice, in the order of the source.
    pub terms: Vec<Term>,
}

named_by_head!(Vocabulary);

impl Vocabulary {
    /// The term of this name.
    #[must_use]
    pub fn term(&self, name: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.name == *name)
    }
}
