//! Parties (当事人、办理人员): who may take a step.

use bulla_types::{MemberKind, Role};

use super::condition::Condition;
use super::head::{Head, named_by_head};
use super::ident::Ident;

/// Which member a party of a case is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// Whoever opens the case.
    Opener,
    /// Whom the opener names when the case is opened.
    Named,
    /// The holders of the record that the case is about: all of them act and sign together.
    Holders,
    /// The same of one right of an entry; of an encumbrance, those for whom it lies on the entry now.
    HoldersOf(Ident),
    /// This party of the parent case.
    Parent(Ident),
    /// Members that a value names.
    Appointed {
        /// The value, of kind members.
        members: Ident,
        /// Value of kind integer: so many of them act and sign together, by as many keys; `None`: any one.
        quorum: Option<Ident>,
    },
    /// The body that adopted the profile.
    Adopter,
    /// Whoever qualifies, each time anew.
    Anyone,
    /// Whoever qualifies and acts first; nobody else afterwards.
    First,
}

/// A party of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Name, words, article.
    pub head: Head,
    /// The member has one of these roles; empty: any. Rising.
    pub roles: Vec<Role>,
    /// It has none of these. Rising.
    pub excluded_roles: Vec<Role>,
    /// It is one of these kinds; empty: any. Rising.
    pub member_kinds: Vec<MemberKind>,
    /// Which member it is.
    pub binding: Binding,
    /// Document by which an agent shows its mandate; `None`: no agent may act for it.
    pub mandate: Option<Ident>,
    /// All hold whenever it acts or signs.
    pub requires: Vec<Condition>,
}

named_by_head!(Party);
