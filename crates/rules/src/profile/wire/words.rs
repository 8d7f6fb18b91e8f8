//! Names, texts, citations, sources.

use bulla_crypto::Hash;
use bulla_types::{CreditCode, Fault, canonical, proto};
use bytes::Bytes;

use super::Wire;
use crate::civil_date::CivilDate;
use crate::profile::closed::Closed;
use crate::profile::form::{At, FormError};
use crate::profile::head::{Citation, Force, Head, Title};
use crate::profile::ident::Ident;
use crate::profile::limits::{ARTICLE_BYTES_MAX, NOTE_BYTES_MAX, TITLE_BYTES_MAX};
use crate::profile::profile_id::ProfileId;
use crate::profile::reference::{CertificateRef, Reference, Target};
use crate::profile::source::{Adoption, Source, SourceForce};

pub(super) fn ident(name: &str) -> Result<Ident, Fault> {
    if name.is_empty() {
        return Err(Fault::Missing);
    }
    Ident::try_from(name).map_err(|_| Fault::Rule("not a name of a profile"))
}

pub(super) fn optional_ident(name: &str) -> Result<Option<Ident>, Fault> {
    if name.is_empty() { Ok(None) } else { ident(name).map(Some) }
}

pub(super) fn write_optional(name: Option<&Ident>) -> String {
    name.map(Ident::to_string).unwrap_or_default()
}

pub(super) fn profile_id(id: &str) -> Result<ProfileId, Fault> {
    id.parse().map_err(|_| Fault::Rule("not an identifier of a profile"))
}

pub(super) fn reference(text: &str) -> Result<Reference, Fault> {
    Reference::try_from(text).map_err(|_| {
        Fault::Rule("not a reference to a field, a deadline or what the register knows of a party")
    })
}

pub(super) fn target(text: &str) -> Result<Target, Fault> {
    Target::try_from(text).map_err(|_| Fault::Rule("not a reference to a record"))
}

pub(super) fn certificate_ref(text: &str) -> Result<CertificateRef, Fault> {
    CertificateRef::try_from(text).map_err(|_| Fault::Rule("not a reference to a certificate"))
}

pub(super) fn text(text: String, bytes_max: usize) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(Fault::Missing);
    }
    canonical::text(&text, bytes_max)?;
    Ok(text)
}

pub(super) fn optional_text(found: String, bytes_max: usize) -> Result<Option<String>, Fault> {
    if found.is_empty() { Ok(None) } else { text(found, bytes_max).map(Some) }
}

pub(super) fn currency(code: &str) -> Result<String, Fault> {
    if code.len() == 3 && code.bytes().all(|c| c.is_ascii_uppercase()) {
        Ok(code.to_owned())
    } else {
        Err(Fault::Rule("a currency has three capital letters"))
    }
}

pub(super) fn date(number: u32) -> Result<CivilDate, Fault> {
    CivilDate::from_number(number).map_err(|_| Fault::Rule("not a date"))
}

fn optional_date(number: u32) -> Result<Option<CivilDate>, Fault> {
    if number == 0 { Ok(None) } else { date(number).map(Some) }
}

pub(super) fn credit_code(code: &str) -> Result<CreditCode, Fault> {
    Ok(CreditCode::parse(code.as_bytes())?)
}

pub(super) fn title(message: Option<proto::RuleText>) -> Result<Title, FormError> {
    message.ok_or_else(|| Fault::Missing.into()).and_then(Title::read)
}

impl Wire for Title {
    type Message = proto::RuleText;

    fn read(message: proto::RuleText) -> Result<Self, FormError> {
        Ok(Self {
            zh: text(message.zh, TITLE_BYTES_MAX).at("zh")?,
            en: text(message.en, TITLE_BYTES_MAX).at("en")?,
        })
    }

    fn write(&self) -> proto::RuleText {
        proto::RuleText { zh: self.zh.clone(), en: self.en.clone() }
    }
}

pub(super) fn head(message: Option<proto::RuleHead>) -> Result<Head, FormError> {
    message.ok_or_else(|| Fault::Missing.into()).and_then(Head::read).at("head")
}

impl Wire for Head {
    type Message = proto::RuleHead;

    fn read(message: proto::RuleHead) -> Result<Self, FormError> {
        let cite = Citation {
            source: ident(&message.source).at("source")?,
            article: text(message.article, ARTICLE_BYTES_MAX).at("article")?,
            force: Force::from_wire(message.force).at("force")?,
        };
        Ok(Self {
            name: ident(&message.name).at("name")?,
            title: title(message.title).at("title")?,
            cite,
            note: optional_text(message.note, NOTE_BYTES_MAX).at("note")?,
        })
    }

    fn write(&self) -> proto::RuleHead {
        proto::RuleHead {
            name: self.name.to_string(),
            title: Some(self.title.write()),
            source: self.cite.source.to_string(),
            article: self.cite.article.clone(),
            force: self.cite.force.number(),
            note: self.note.clone().unwrap_or_default(),
        }
    }
}

impl Wire for Source {
    type Message = proto::RuleSource;

    fn read(message: proto::RuleSource) -> Result<Self, FormError> {
        let source = Self {
            id: ident(&message.id).at("id")?,
            document: title(message.document).at("document")?,
            number: optional_text(message.number, TITLE_BYTES_MAX).at("number")?,
            publisher: title(message.publisher).at("publisher")?,
            force: SourceForce::from_wire(message.force).at("force")?,
            effective_from: optional_date(message.effective_from).at("effective_from")?,
            effective_to: optional_date(message.effective_to).at("effective_to")?,
        };
        if source.effective_to.is_some_and(|last| Some(last) < source.effective_from) {
            return Err(Fault::Rule("a source ends before it begins")).at("effective_to");
        }
        Ok(source)
    }

    fn write(&self) -> proto::RuleSource {
        proto::RuleSource {
            id: self.id.to_string(),
            document: Some(self.document.write()),
            number: self.number.clone().unwrap_or_default(),
            publisher: Some(self.publisher.write()),
            force: self.force.number(),
            effective_from: self.effective_from.map_or(0, CivilDate::to_number),
            effective_to: self.effective_to.map_or(0, CivilDate::to_number),
        }
    }
}

impl Wire for Adoption {
    type Message = proto::RuleAdoption;

    fn read(message: proto::RuleAdoption) -> Result<Self, FormError> {
        let digest = <[u8; 32]>::try_from(message.base_digest.as_ref())
            .map_err(|_| Fault::Length { found: message.base_digest.len(), expected: 32 });
        if message.base_version == 0 {
            return Err(Fault::Missing).at("base_version");
        }
        Ok(Self {
            base_id: profile_id(&message.base_id).at("base_id")?,
            base_version: message.base_version,
            base_digest: digest.map(Hash::from).at("base_digest")?,
            authority: title(message.authority).at("authority")?,
            credit_code: credit_code(&message.credit_code).at("credit_code")?,
            document: title(message.document).at("document")?,
            decided_on: date(message.decided_on).at("decided_on")?,
        })
    }

    fn write(&self) -> proto::RuleAdoption {
        proto::RuleAdoption {
            base_id: self.base_id.to_string(),
            base_version: self.base_version,
            base_digest: Bytes::copy_from_slice(self.base_digest.as_bytes()),
            authority: Some(self.authority.write()),
            credit_code: self.credit_code.to_string(),
            document: Some(self.document.write()),
            decided_on: self.decided_on.to_number(),
        }
    }
}
