//! Documents (材料): what must be handed in, by category.

use super::head::{Head, named_by_head};
use super::ident::Ident;
use super::records::CertificateClass;

/// A form in which a document may be handed in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentForm {
    /// Digests of a document that is kept elsewhere.
    Digest,
    /// A deposit of evidence on this ledger (存证).
    Evidence,
    /// A valid certificate of this kind of the same profile.
    Certificate(Ident),
    /// A valid certificate of this class, of any profile.
    CertificateOf(CertificateClass),
}

/// A category of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Name, words, article.
    pub head: Head,
    /// Any of these forms will do; at least one, rising.
    pub forms: Vec<DocumentForm>,
    /// How many of them at most.
    pub items_max: u32,
}

named_by_head!(Document);
