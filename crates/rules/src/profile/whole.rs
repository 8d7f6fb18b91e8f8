//! A whole profile.

use super::closed::closed;
use super::document::Document;
use super::field::Field;
use super::head::Title;
use super::party::Party;
use super::procedure::Procedure;
use super::profile_id::ProfileId;
use super::records::{AccountKind, CertificateKind, FlagKind, ObjectKind, RightKind};
use super::source::{Adoption, Source};
use super::table::Table;
use super::value::Value;
use super::vocabulary::Vocabulary;

closed! {
    /// What a profile is for.
    pub enum ProfileKind {
        /// 登记.
        Register = 1 "register" "登记" "register",
        /// 交易场所.
        Venue = 2 "venue" "交易场所" "venue",
    }
}

/// A rule profile (规则配置): one legal source as data, alone or as a body has adopted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Identifier; an adopted profile has one of its own.
    pub id: ProfileId,
    /// Version, from 1.
    pub version: u32,
    /// What it is for.
    pub kind: ProfileKind,
    /// What people call it.
    pub title: Title,
    /// Legal sources; one is named `main`.
    pub sources: Table<Source>,
    /// Values.
    pub values: Table<Value>,
    /// Vocabularies.
    pub vocabularies: Table<Vocabulary>,
    /// Fields.
    pub fields: Table<Field>,
    /// Categories of documents.
    pub documents: Table<Document>,
    /// Parties.
    pub parties: Table<Party>,
    /// Kinds of accounts.
    pub accounts: Table<AccountKind>,
    /// Kinds of objects.
    pub objects: Table<ObjectKind>,
    /// Kinds of rights.
    pub rights: Table<RightKind>,
    /// Kinds of flags.
    pub flags: Table<FlagKind>,
    /// Kinds of certificates.
    pub certificates: Table<CertificateKind>,
    /// Procedures.
    pub procedures: Table<Procedure>,
    /// By whom it was filled in and adopted; `None`: the source as it stands.
    pub adoption: Option<Adoption>,
}
