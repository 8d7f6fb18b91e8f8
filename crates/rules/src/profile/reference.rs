//! How conditions and effects name what they are about. The same notation stands in the text and on the wire.

use std::fmt;

use super::ident::{Ident, IdentError};

/// Whose field or deadline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Of this case. Written without prefix.
    Case,
    /// Of the case that this one is about. Prefix `parent.`
    Parent,
    /// Of the record that this case is about. Prefix `subject.`
    Subject,
    /// On the certificate handed in as a document of this category. Prefix `document.CATEGORY.`
    Document(Ident),
}

/// A field or deadline, with whose it is: `amount`, `parent.publicity`, `subject.item_kind`,
/// `document.voucher.amount`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Whose.
    pub scope: Scope,
    /// Which.
    pub name: Ident,
}

/// The record on which a flag or case is looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// This case. Written `case`.
    Case,
    /// The case that this one is about. Written `parent`.
    Parent,
    /// The record that this case is about, or the entry that it has made. Written `subject`.
    Subject,
    /// The record that a field names; for a certificate, the record that it certifies. Written `field.NAME`.
    Field(Reference),
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificateRef {
    /// The one that this case is about. Written `subject`.
    Subject,
    /// The one that a field names. Written `field.NAME`.
    Field(Reference),
    /// The one handed in as a document of this category. Written `document.CATEGORY`.
    Document(Ident),
    /// The one of this kind on the record of this case. Written `kind.NAME`.
    Kind(Ident),
}

/// A reference that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// A part of it is not a name.
    #[error(transparent)]
    Ident(#[from] IdentError),
    /// Another prefix than the known ones.
    #[error(
        "a reference is NAME, `parent.NAME`, `subject.NAME` or `document.CATEGORY.NAME`, and for records `case`, `parent`, `subject` or `field.NAME`, for certificates `subject`, `field.NAME`, `document.CATEGORY` or `kind.NAME`"
    )]
    Prefix,
}

impl Reference {
    /// A field or deadline of this case.
    #[must_use]
    pub fn of_case(name: Ident) -> Self {
        Self { scope: Scope::Case, name }
    }
}

impl TryFrom<&str> for Reference {
    type Error = ReferenceError;

    fn try_from(text: &str) -> Result<Self, ReferenceError> {
        let (scope, name) = match text.split_once('.') {
            None => (Scope::Case, text),
            Some(("parent", name)) => (Scope::Parent, name),
            Some(("subject", name)) => (Scope::Subject, name),
            Some(("document", rest)) => {
                let (category, name) = rest.split_once('.').ok_or(ReferenceError::Prefix)?;
                (Scope::Document(Ident::try_from(category)?), name)
            }
            Some(_) => return Err(ReferenceError::Prefix),
        };
        Ok(Self { scope, name: Ident::try_from(name)? })
    }
}

impl TryFrom<&str> for Target {
    type Error = ReferenceError;

    fn try_from(text: &str) -> Result<Self, ReferenceError> {
        match text.split_once('.') {
            None if text == "case" => Ok(Self::Case),
            None if text == "parent" => Ok(Self::Parent),
            None if text == "subject" => Ok(Self::Subject),
            Some(("field", field)) => Ok(Self::Field(Reference::try_from(field)?)),
            _ => Err(ReferenceError::Prefix),
        }
    }
}

impl TryFrom<&str> for CertificateRef {
    type Error = ReferenceError;

    fn try_from(text: &str) -> Result<Self, ReferenceError> {
        match text.split_once('.') {
            None if text == "subject" => Ok(Self::Subject),
            Some(("field", field)) => Ok(Self::Field(Reference::try_from(field)?)),
            Some(("document", category)) => Ok(Self::Document(Ident::try_from(category)?)),
            Some(("kind", kind)) => Ok(Self::Kind(Ident::try_from(kind)?)),
            _ => Err(ReferenceError::Prefix),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scope {
            Scope::Case => write!(f, "{}", self.name),
            Scope::Parent => write!(f, "parent.{}", self.name),
            Scope::Subject => write!(f, "subject.{}", self.name),
            Scope::Document(category) => write!(f, "document.{category}.{}", self.name),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case => f.write_str("case"),
            Self::Parent => f.write_str("parent"),
            Self::Subject => f.write_str("subject"),
            Self::Field(field) => write!(f, "field.{field}"),
        }
    }
}

impl fmt::Display for CertificateRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject => f.write_str("subject"),
            Self::Field(field) => write!(f, "field.{field}"),
            Self::Document(category) => write!(f, "document.{category}"),
            Self::Kind(kind) => write!(f, "kind.{kind}"),
        }
    }
}
