//! How conditions and effects name what they are about. The same notation stands in the text and on the wire.

use std::fmt;

use super::closed::{Closed, closed};
use super::field::FieldKind;
use super::ident::{Ident, IdentError};

closed! {
    /// What the register of members knows of a party (成员登记簿所载).
    pub enum PartyFact {
        /// 统一社会信用代码: of organisations; a natural person has none.
        CreditCode = 1 "credit_code" "统一社会信用代码" "unified social credit code",
        /// 成员: the number under which it is enrolled.
        Member = 2 "member" "成员编号" "member number",
    }
}

impl PartyFact {
    /// The kind of field that says the same.
    #[must_use]
    pub fn kind(self) -> FieldKind {
        match self {
            Self::CreditCode => FieldKind::CreditCode,
            Self::Member => FieldKind::Member,
        }
    }
}

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
    /// Of the register of members, about this party. Prefix `party.PARTY.`; the name is a [`PartyFact`]'s.
    Party(Ident),
}

/// A field or deadline, with whose it is: `amount`, `parent.publicity`, `subject.item_kind`,
/// `document.voucher.amount`, `party.applicant.credit_code`.
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
        "a reference is NAME, `parent.NAME`, `subject.NAME`, `document.CATEGORY.NAME`, `party.PARTY.credit_code` or `party.PARTY.member`, and for records `case`, `parent`, `subject` or `field.NAME`, for certificates `subject`, `field.NAME`, `document.CATEGORY` or `kind.NAME`"
    )]
    Prefix,
    /// The register of members knows no such thing of a party.
    #[error("of a party the register knows `credit_code` and `member`")]
    Fact,
}

impl Reference {
    /// A field or deadline of this case.
    #[must_use]
    pub fn of_case(name: Ident) -> Self {
        Self { scope: Scope::Case, name }
    }

    /// The party and what the register knows of it, where it refers to that and not to a field.
    #[must_use]
    pub fn fact(&self) -> Option<(&Ident, PartyFact)> {
        let Scope::Party(party) = &self.scope else { return None };
        PartyFact::from_name(self.name.as_str()).map(|fact| (party, fact))
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
            Some(("party", rest)) => {
                let (party, fact) = rest.split_once('.').ok_or(ReferenceError::Prefix)?;
                PartyFact::from_name(fact).ok_or(ReferenceError::Fact)?;
                (Scope::Party(Ident::try_from(party)?), fact)
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
            Scope::Party(party) => write!(f, "party.{party}.{}", self.name),
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
