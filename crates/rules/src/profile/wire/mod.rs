//! The one encoding of a profile: `docs/formats/profile.md`.

mod condition;
mod date_rule;
mod effect;
mod lists;
mod procedure;
mod records;
mod schema;
mod step;
mod value;
mod words;

use bulla_crypto::{Domain, Hash, framed};
use bulla_types::{Fault, canonical, proto};
use bytes::Bytes;

use super::closed::Closed;
use super::form::{At, FormError};
use super::limits::{
    DOCUMENTS_MAX, FIELDS_MAX, KINDS_MAX, PARTIES_MAX, PROCEDURES_MAX, PROFILE_BYTES_MAX, SOURCES_MAX,
    VALUES_MAX, VOCABULARIES_MAX,
};
use super::whole::{Profile, ProfileKind};
use lists::{table, write_all};
use words::{profile_id, title};

/// Format version of profiles.
const FORMAT: u32 = 1;

/// A part of a profile and its message.
trait Wire: Sized {
    type Message;

    fn read(message: Self::Message) -> Result<Self, FormError>;

    fn write(&self) -> Self::Message;
}

impl Profile {
    /// Reads a canonical encoding; bytes from anywhere. What the parts say to each other is left to
    /// [`check`](Self::check).
    ///
    /// # Errors
    /// Too long, malformed, not canonical, or the first part that breaks the format.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormError> {
        let bytes = Bytes::copy_from_slice(bytes);
        Self::read(canonical::decode(&bytes, PROFILE_BYTES_MAX)?)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(&self.write())
    }

    /// framed(profile, canonical encoding): by which cases and certificates name the profile.
    #[must_use]
    pub fn digest(&self) -> Hash {
        framed(Domain::Profile, &[&self.encode()])
    }
}

impl Wire for Profile {
    type Message = proto::Profile;

    fn read(message: proto::Profile) -> Result<Self, FormError> {
        if message.format != FORMAT {
            return Err(Fault::UnknownVersion(message.format.into())).at("format");
        }
        if message.version == 0 {
            return Err(Fault::Missing).at("version");
        }
        let profile = Self {
            id: profile_id(&message.id).at("id")?,
            version: message.version,
            kind: ProfileKind::from_wire(message.kind).at("kind")?,
            title: title(message.title).at("title")?,
            sources: table(message.sources, 1..=SOURCES_MAX).at("sources")?,
            values: table(message.values, 0..=VALUES_MAX).at("values")?,
            vocabularies: table(message.vocabularies, 0..=VOCABULARIES_MAX).at("vocabularies")?,
            fields: table(message.fields, 0..=FIELDS_MAX).at("fields")?,
            documents: table(message.documents, 0..=DOCUMENTS_MAX).at("documents")?,
            parties: table(message.parties, 0..=PARTIES_MAX).at("parties")?,
            accounts: table(message.accounts, 0..=KINDS_MAX).at("accounts")?,
            objects: table(message.objects, 0..=KINDS_MAX).at("objects")?,
            rights: table(message.rights, 0..=KINDS_MAX).at("rights")?,
            flags: table(message.flags, 0..=KINDS_MAX).at("flags")?,
            certificates: table(message.certificates, 0..=KINDS_MAX).at("certificates")?,
            procedures: table(message.procedures, 1..=PROCEDURES_MAX).at("procedures")?,
            adoption: message.adoption.map(Wire::read).transpose().at("adoption")?,
        };
        Ok(profile)
    }

    fn write(&self) -> proto::Profile {
        proto::Profile {
            format: FORMAT,
            id: self.id.to_string(),
            version: self.version,
            kind: self.kind.number(),
            title: Some(self.title.write()),
            sources: write_all(&self.sources),
            values: write_all(&self.values),
            vocabularies: write_all(&self.vocabularies),
            fields: write_all(&self.fields),
            documents: write_all(&self.documents),
            parties: write_all(&self.parties),
            accounts: write_all(&self.accounts),
            objects: write_all(&self.objects),
            rights: write_all(&self.rights),
            flags: write_all(&self.flags),
            certificates: write_all(&self.certificates),
            procedures: write_all(&self.procedures),
            adoption: self.adoption.as_ref().map(Wire::write),
        }
    }
}
