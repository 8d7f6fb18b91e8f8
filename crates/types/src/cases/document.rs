//! Documents that a step hands in (材料), by category.

use crate::digest::Digests;
use crate::error::{DecodeError, Fault};
use crate::field::{At, list, rising};
use crate::limits::{DOCUMENT_CATEGORIES_MAX, DOCUMENT_ITEMS_MAX};
use crate::number::{CertificateNumber, EvidenceNumber};
use crate::proto;
use crate::proto::step_document_item::Form;
use crate::rule_name::RuleName;

/// The documents of one category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDocument {
    /// Category, as the profile names it.
    pub category: RuleName,
    /// One to 64 documents.
    pub items: Vec<DocumentItem>,
}

/// One document, in one of the forms in which it may be handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentItem {
    /// Digests of a document that is kept elsewhere.
    Digests(Digests),
    /// A deposit of evidence on this ledger.
    Evidence(EvidenceNumber),
    /// A certificate or voucher on this ledger.
    Certificate(CertificateNumber),
}

impl StepDocument {
    fn from_message(message: proto::StepDocument) -> Result<Self, DecodeError> {
        Ok(Self {
            category: RuleName::try_from(message.category).at("category")?,
            items: list(message.items, "items", 1..=DOCUMENT_ITEMS_MAX, DocumentItem::from_message)?,
        })
    }

    fn to_message(&self) -> proto::StepDocument {
        proto::StepDocument {
            category: self.category.to_wire(),
            items: self.items.iter().map(DocumentItem::to_message).collect(),
        }
    }

    /// Documents in rising order of category.
    pub(crate) fn list_from_messages(messages: Vec<proto::StepDocument>) -> Result<Vec<Self>, DecodeError> {
        let documents = list(messages, "documents", 0..=DOCUMENT_CATEGORIES_MAX, Self::from_message)?;
        rising(&documents, "documents", |document| document.category.clone())?;
        Ok(documents)
    }

    pub(crate) fn list_to_messages(documents: &[Self]) -> Vec<proto::StepDocument> {
        documents.iter().map(Self::to_message).collect()
    }
}

impl DocumentItem {
    fn from_message(message: proto::StepDocumentItem) -> Result<Self, DecodeError> {
        match message.form.ok_or(Fault::Missing)? {
            Form::Digests(digests) => {
                Digests::from_messages(&digests.digests).at("digests").map(Self::Digests)
            }
            Form::EvidenceNumber(number) => {
                EvidenceNumber::from_wire(number).at("evidence_number").map(Self::Evidence)
            }
            Form::CertificateNumber(number) => {
                CertificateNumber::from_wire(number).at("certificate_number").map(Self::Certificate)
            }
        }
    }

    fn to_message(&self) -> proto::StepDocumentItem {
        let form = match self {
            Self::Digests(digests) => {
                Form::Digests(proto::DocumentDigests { digests: digests.to_messages() })
            }
            Self::Evidence(number) => Form::EvidenceNumber(number.0),
            Self::Certificate(number) => Form::CertificateNumber(number.0),
        };
        proto::StepDocumentItem { form: Some(form) }
    }
}
