//! Vocabularies, fields, documents, parties.

use bulla_types::{Fault, MemberKind, Role, proto};

use super::Wire;
use super::condition::{read_sequence, write_sequence};
use super::lists::{list, member_words, rising, write_all};
use super::words::{currency, head, ident, optional_ident, title, write_optional};
use crate::profile::closed::Closed;
use crate::profile::document::{Document, DocumentForm};
use crate::profile::field::{Disposition, Field, FieldKind, FieldType};
use crate::profile::form::{At, FormError};
use crate::profile::limits::{ITEMS_MAX, TERMS_MAX};
use crate::profile::party::{Binding, Party};
use crate::profile::records::CertificateClass;
use crate::profile::vocabulary::{Openness, Term, Vocabulary};

use proto::{BindingKind, DocumentFormKind};

impl Wire for Vocabulary {
    type Message = proto::RuleVocabulary;

    fn read(message: proto::RuleVocabulary) -> Result<Self, FormError> {
        let terms = list(message.terms, 1..=TERMS_MAX, Term::read).at("terms")?;
        if (1..terms.len()).any(|index| terms[..index].iter().any(|term| term.name == terms[index].name)) {
            return Err(Fault::Duplicate).at("terms");
        }
        let openness = Openness::from_wire(message.openness).at("openness")?;
        Ok(Self { head: head(message.head)?, openness, terms })
    }

    fn write(&self) -> proto::RuleVocabulary {
        proto::RuleVocabulary {
            head: Some(self.head.write()),
            openness: self.openness.number(),
            terms: write_all(&self.terms),
        }
    }
}

impl Wire for Term {
    type Message = proto::RuleTerm;

    fn read(message: proto::RuleTerm) -> Result<Self, FormError> {
        Ok(Self { name: ident(&message.name).at("name")?, title: title(message.title).at("title")? })
    }

    fn write(&self) -> proto::RuleTerm {
        proto::RuleTerm { name: self.name.to_string(), title: Some(self.title.write()) }
    }
}

impl Wire for Field {
    type Message = proto::RuleField;

    fn read(message: proto::RuleField) -> Result<Self, FormError> {
        Ok(Self {
            of: field_type(&message)?,
            items_max: items_max(message.items_max)?,
            disposition: Disposition::from_wire(message.disposition).at("disposition")?,
            head: head(message.head)?,
        })
    }

    fn write(&self) -> proto::RuleField {
        let of = match &self.of {
            FieldType::Term { vocabulary } => vocabulary.to_string(),
            FieldType::Amount { currency } => currency.clone(),
            _ => String::new(),
        };
        let text_bytes_max = if let FieldType::Text { bytes_max } = self.of { bytes_max } else { 0 };
        let class = if let FieldType::Certificate { class } = self.of { class.number() } else { 0 };
        proto::RuleField {
            head: Some(self.head.write()),
            kind: self.of.kind().number(),
            of,
            text_bytes_max,
            items_max: self.items_max,
            disposition: self.disposition.number(),
            certificate_class: class,
        }
    }
}

fn field_type(message: &proto::RuleField) -> Result<FieldType, FormError> {
    let kind = FieldKind::from_wire(message.kind).at("kind")?;
    if !matches!(kind, FieldKind::Term | FieldKind::Amount) && !message.of.is_empty() {
        return Err(Fault::Unexpected("terms have a vocabulary, amounts a currency")).at("of");
    }
    if kind != FieldKind::Text && message.text_bytes_max != 0 {
        return Err(Fault::Unexpected("only a text has a longest length")).at("text_bytes_max");
    }
    if kind != FieldKind::Certificate && message.certificate_class != 0 {
        return Err(Fault::Unexpected("only a certificate has a class")).at("certificate_class");
    }
    let text_max = bulla_types::limits::OPENING_VALUE_BYTES_MAX as u64;
    Ok(match kind {
        FieldKind::Text => {
            let found = u64::from(message.text_bytes_max);
            if !(1..=text_max).contains(&found) {
                return Err(Fault::OutOfRange { found, min: 1, max: text_max }).at("text_bytes_max");
            }
            FieldType::Text { bytes_max: message.text_bytes_max }
        }
        FieldKind::Term => FieldType::Term { vocabulary: ident(&message.of).at("of")? },
        FieldKind::Amount => FieldType::Amount { currency: currency(&message.of).at("of")? },
        FieldKind::Certificate => FieldType::Certificate {
            class: CertificateClass::from_wire(message.certificate_class).at("certificate_class")?,
        },
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

fn items_max(found: u32) -> Result<u32, FormError> {
    if (1..=ITEMS_MAX).contains(&found) {
        return Ok(found);
    }
    Err(Fault::OutOfRange { found: found.into(), min: 1, max: ITEMS_MAX.into() }).at("items_max")
}

impl Wire for Document {
    type Message = proto::RuleDocument;

    fn read(message: proto::RuleDocument) -> Result<Self, FormError> {
        let forms = list(message.forms, 1..=8, DocumentForm::read).at("forms")?;
        rising(&forms).at("forms")?;
        Ok(Self { head: head(message.head)?, forms, items_max: items_max(message.items_max)? })
    }

    fn write(&self) -> proto::RuleDocument {
        proto::RuleDocument {
            head: Some(self.head.write()),
            forms: write_all(&self.forms),
            items_max: self.items_max,
        }
    }
}

impl Wire for DocumentForm {
    type Message = proto::RuleDocumentForm;

    fn read(message: proto::RuleDocumentForm) -> Result<Self, FormError> {
        let kind = DocumentFormKind::try_from(message.kind);
        let kind = kind.map_err(|_| Fault::UnknownValue(message.kind.into())).at("kind")?;
        let certificate = optional_ident(&message.certificate).at("certificate")?;
        Ok(match (kind, certificate, message.certificate_class) {
            (DocumentFormKind::Unspecified, ..) => return Err(Fault::Missing).at("kind"),
            (DocumentFormKind::Digest, None, 0) => Self::Digest,
            (DocumentFormKind::Evidence, None, 0) => Self::Evidence,
            (DocumentFormKind::Certificate, Some(kind), 0) => Self::Certificate(kind),
            (DocumentFormKind::Certificate, None, class) => {
                Self::CertificateOf(CertificateClass::from_wire(class).at("certificate_class")?)
            }
            _ => return Err(Fault::Unexpected("a certificate has a kind or a class")).at("certificate"),
        })
    }

    fn write(&self) -> proto::RuleDocumentForm {
        let form = |kind: DocumentFormKind, certificate: String, certificate_class: i32| {
            proto::RuleDocumentForm { kind: kind.into(), certificate, certificate_class }
        };
        match self {
            Self::Digest => form(DocumentFormKind::Digest, String::new(), 0),
            Self::Evidence => form(DocumentFormKind::Evidence, String::new(), 0),
            Self::Certificate(kind) => form(DocumentFormKind::Certificate, kind.to_string(), 0),
            Self::CertificateOf(class) => form(DocumentFormKind::Certificate, String::new(), class.number()),
        }
    }
}

impl Wire for Party {
    type Message = proto::RuleParty;

    fn read(message: proto::RuleParty) -> Result<Self, FormError> {
        Ok(Self {
            roles: member_words(&message.roles, 0, Role::ALL, Role::number).at("roles")?,
            excluded_roles: member_words(&message.excluded_roles, 0, Role::ALL, Role::number)
                .at("excluded_roles")?,
            member_kinds: member_words(&message.member_kinds, 0, MemberKind::ALL, MemberKind::number)
                .at("member_kinds")?,
            binding: binding(&message)?,
            mandate: optional_ident(&message.mandate).at("mandate")?,
            requires: read_sequence(message.requires).at("requires")?,
            head: head(message.head)?,
        })
    }

    fn write(&self) -> proto::RuleParty {
        let (binding, bound_by) = match &self.binding {
            Binding::Opener => (BindingKind::Opener, None),
            Binding::Named => (BindingKind::Named, None),
            Binding::Holders => (BindingKind::Holders, None),
            Binding::Parent(party) => (BindingKind::Parent, Some(party)),
            Binding::HoldersOf(right) => (BindingKind::HoldersOf, Some(right)),
            Binding::Appointed { members, .. } => (BindingKind::Appointed, Some(members)),
            Binding::Adopter => (BindingKind::Adopter, None),
            Binding::Anyone => (BindingKind::Anyone, None),
            Binding::First => (BindingKind::First, None),
        };
        proto::RuleParty {
            head: Some(self.head.write()),
            roles: self.roles.iter().map(|role| role.number().into()).collect(),
            excluded_roles: self.excluded_roles.iter().map(|role| role.number().into()).collect(),
            member_kinds: self.member_kinds.iter().map(|kind| kind.number().into()).collect(),
            binding: binding.into(),
            bound_by: write_optional(bound_by),
            mandate: write_optional(self.mandate.as_ref()),
            requires: write_sequence(&self.requires),
            quorum: match &self.binding {
                Binding::Appointed { quorum, .. } => write_optional(quorum.as_ref()),
                _ => String::new(),
            },
        }
    }
}

fn binding(message: &proto::RuleParty) -> Result<Binding, FormError> {
    let kind = BindingKind::try_from(message.binding);
    let kind = kind.map_err(|_| Fault::UnknownValue(message.binding.into())).at("binding")?;
    let by = optional_ident(&message.bound_by).at("bound_by")?;
    let quorum = optional_ident(&message.quorum).at("quorum")?;
    if kind != BindingKind::Appointed && quorum.is_some() {
        return Err(Fault::Unexpected("only of members that a value names")).at("quorum");
    }
    Ok(match (kind, by) {
        (BindingKind::Unspecified, _) => return Err(Fault::Missing).at("binding"),
        (BindingKind::Parent, Some(party)) => Binding::Parent(party),
        (BindingKind::Appointed, Some(members)) => Binding::Appointed { members, quorum },
        (BindingKind::HoldersOf, Some(right)) => Binding::HoldersOf(right),
        (BindingKind::Parent | BindingKind::Appointed | BindingKind::HoldersOf, None) => {
            return Err(Fault::Missing).at("bound_by");
        }
        (_, Some(_)) => return Err(Fault::Unexpected("this binding names nothing")).at("bound_by"),
        (BindingKind::Opener, None) => Binding::Opener,
        (BindingKind::Named, None) => Binding::Named,
        (BindingKind::Holders, None) => Binding::Holders,
        (BindingKind::Adopter, None) => Binding::Adopter,
        (BindingKind::Anyone, None) => Binding::Anyone,
        (BindingKind::First, None) => Binding::First,
    })
}
