//! Fields, documents, parties.

use bulla_types::{MemberKind, Role};

use super::conditions::conditions;
use super::heads::head;
use super::keys::Keys;
use super::node::{Node, every};
use super::values::currency;
use crate::profile::document::{Document, DocumentForm};
use crate::profile::field::{Field, FieldKind, FieldType};
use crate::profile::ident::Ident;
use crate::profile::limits::ITEMS_MAX;
use crate::profile::party::{Binding, Party};
use crate::profile::problem::{ProblemCode, Words};

pub(super) fn field(name: Ident, node: &Node<'_>) -> Option<Field> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let kind = keys.must("type").and_then(|node| node.word());
    let of = kind.and_then(|kind| field_type(&keys, kind));
    let disposition = keys.must("disposition").and_then(|node| node.word());
    let items_max = items_max(&keys);
    if kind.is_some() {
        keys.finish();
    }
    Some(Field { head: head?, of: of?, items_max: items_max?, disposition: disposition? })
}

fn field_type(keys: &Keys<'_>, kind: FieldKind) -> Option<FieldType> {
    let text_max = u32::try_from(bulla_types::limits::OPENING_VALUE_BYTES_MAX).unwrap_or(u32::MAX);
    Some(match kind {
        FieldKind::Text => FieldType::Text { bytes_max: keys.must("bytes_max")?.counted(text_max)? },
        FieldKind::Term => FieldType::Term { vocabulary: keys.must("vocabulary")?.ident()? },
        FieldKind::Amount => FieldType::Amount { currency: currency(&keys.must("currency")?)? },
        FieldKind::Certificate => FieldType::Certificate { class: keys.must("certificate_class")?.word()? },
        FieldKind::Integer => FieldType::Integer,
        FieldKind::Ratio => FieldType::Ratio,
        FieldKind::Date => FieldType::Date,
        FieldKind::Boolean => FieldType::Boolean,
        FieldKind::CreditCode => FieldType::CreditCode,
        FieldKind::Digest => FieldType::Digest,
        FieldKind::Member => FieldType::Member,
        FieldKind::Account => FieldType::Account,
        FieldKind::Entry => FieldType::Entry,
        FieldKind::Case => FieldType::Case,
        FieldKind::Shares => FieldType::Shares,
    })
}

fn items_max(keys: &Keys<'_>) -> Option<u32> {
    Some(keys.read("items_max", |node| node.counted(ITEMS_MAX))?.unwrap_or(1))
}

pub(super) fn document(name: Ident, node: &Node<'_>) -> Option<Document> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let forms = keys.must("forms").and_then(|node| forms(&node));
    let items_max = items_max(&keys);
    keys.finish();
    Some(Document { head: head?, forms: forms?, items_max: items_max? })
}

fn forms(node: &Node<'_>) -> Option<Vec<DocumentForm>> {
    let mut forms = every(node.list()?.iter().map(form))?;
    forms.sort();
    if let Some(index) = (1..forms.len()).find(|&index| forms[index] == forms[index - 1]) {
        node.problem(ProblemCode::Duplicate, vec![Words::same(format!("forms[{index}]"))]);
        return None;
    }
    if forms.is_empty() { node.expected("至少一种形式", "at least one form") } else { Some(forms) }
}

/// `"digest"`, `"evidence"`, `{ certificate = "kind" }`, `{ certificate_class = "registration" }`.
fn form(node: &Node<'_>) -> Option<DocumentForm> {
    if node.is_text() {
        return node.parse("digest 或 evidence", "digest or evidence", |text| match text {
            "digest" => Some(DocumentForm::Digest),
            "evidence" => Some(DocumentForm::Evidence),
            _ => None,
        });
    }
    let keys = node.table()?;
    let form = match keys.may("certificate") {
        Some(kind) => kind.ident().map(DocumentForm::Certificate),
        None => keys.must("certificate_class").and_then(|node| node.word()).map(DocumentForm::CertificateOf),
    };
    keys.finish();
    form
}

const ROLES: &[(&str, Role)] = &[
    ("registration_body", Role::RegistrationBody),
    ("evidence_service", Role::EvidenceService),
    ("exchange", Role::Exchange),
    ("service_institution", Role::ServiceInstitution),
    ("judicial", Role::Judicial),
    ("supervisor", Role::Supervisor),
    ("subject", Role::Subject),
    ("agent", Role::Agent),
];

pub(super) const MEMBER_KINDS: &[(&str, MemberKind)] = &[
    ("legal_person", MemberKind::LegalPerson),
    ("unincorporated", MemberKind::Unincorporated),
    ("natural_person", MemberKind::NaturalPerson),
];

pub(super) fn words<T: Copy + Ord>(node: &Node<'_>, known: &[(&str, T)]) -> Option<Vec<T>> {
    let mut words = Vec::new();
    for item in node.list()? {
        let text = item.str()?;
        let Some((_, word)) = known.iter().find(|(name, _)| *name == text) else {
            let names = known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            item.problem(ProblemCode::WordUnknown, vec![Words::same(text), Words::same(names)]);
            return None;
        };
        if words.contains(word) {
            item.problem(ProblemCode::Duplicate, vec![Words::same(text)]);
            return None;
        }
        words.push(*word);
    }
    words.sort();
    Some(words)
}

pub(super) fn party(name: Ident, node: &Node<'_>) -> Option<Party> {
    let keys = node.table()?;
    let head = head(name, &keys);
    let roles = keys.read("roles", |node| words(&node, ROLES));
    let excluded_roles = keys.read("excluded_roles", |node| words(&node, ROLES));
    let member_kinds = keys.read("member_kinds", |node| words(&node, MEMBER_KINDS));
    let binding = keys.must("bound").and_then(|node| binding(&node));
    let mandate = keys.read("mandate", |node| node.ident());
    let requires = keys.read("requires", conditions);
    keys.finish();
    Some(Party {
        head: head?,
        roles: roles?.unwrap_or_default(),
        excluded_roles: excluded_roles?.unwrap_or_default(),
        member_kinds: member_kinds?.unwrap_or_default(),
        binding: binding?,
        mandate: mandate?,
        requires: requires?.unwrap_or_default(),
    })
}

fn binding(node: &Node<'_>) -> Option<Binding> {
    if node.is_text() {
        let words = "opener, named, holders, adopter, anyone, first, { parent = … }, { holders_of = … }, \
                     { appointed = … }";
        return node.parse(words, words, |text| match text {
            "opener" => Some(Binding::Opener),
            "named" => Some(Binding::Named),
            "holders" => Some(Binding::Holders),
            "adopter" => Some(Binding::Adopter),
            "anyone" => Some(Binding::Anyone),
            "first" => Some(Binding::First),
            _ => None,
        });
    }
    let keys = node.table()?;
    let binding = if let Some(party) = keys.may("parent") {
        party.ident().map(Binding::Parent)
    } else if let Some(right) = keys.may("holders_of") {
        right.ident().map(Binding::HoldersOf)
    } else {
        let members = keys.must("appointed").and_then(|node| node.ident());
        let quorum = keys.read("quorum", |node| node.ident());
        members.zip(quorum).map(|(members, quorum)| Binding::Appointed { members, quorum })
    };
    keys.finish();
    binding
}
