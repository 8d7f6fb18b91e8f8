//! Blocks as validators exchange and keep them.

use bytes::Bytes;

use crate::canonical::{self, Canonical};
use crate::certificate::CommitCertificate;
use crate::error::{DecodeError, Fault};
use crate::field::{At, list};
use crate::header::Header;
use crate::limits::{
    BLOCK_BYTES_MAX, BLOCK_ENCODED_BYTES_MAX, BLOCK_ENTRIES_MAX, BLOCK_OPENINGS_BYTES_MAX,
    CERTIFICATE_BYTES_MAX, ENTRY_BYTES_MAX, ENTRY_OPENINGS_BYTES_MAX, OPENINGS_BYTES_MAX, OPENINGS_MAX,
};
use crate::number::Height;
use crate::opening::Opening;
use crate::proto;
use crate::wire::{Field, Shape};

const BLOCK_SHAPE: Shape = Shape(&[
    Field::one(1, "header", Header::BYTES),
    Field::one(2, "parent_certificate", CERTIFICATE_BYTES_MAX),
    Field::list(3, "entries", BLOCK_ENTRIES_MAX, ENTRY_BYTES_MAX),
    Field::list(4, "openings", BLOCK_ENTRIES_MAX, ENTRY_OPENINGS_BYTES_MAX).of(&ENTRY_OPENINGS_SHAPE),
]);
const ENTRY_OPENINGS_SHAPE: Shape = Shape(&[Field::list(2, "openings", OPENINGS_MAX, OPENINGS_BYTES_MAX)]);

/// A header, the certificate of its parent, the leaves that the block appends, and the openings that travel
/// beside them. Whether the header follows from the rest is for execution to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// Certificate of the parent as the builder holds it; `None` at height 1.
    pub parent_certificate: Option<CommitCertificate>,
    /// Canonical entries, in order. Not yet read: see [`Entry::decode`](crate::Entry::decode).
    pub entries: Vec<Bytes>,
    /// Openings of some entries: position in the block, rising, and one or more openings of each. Whether
    /// they match is known once the entry is read: see [`check_openings`](crate::check_openings).
    pub openings: Vec<(u32, Vec<Opening>)>,
}

impl Block {
    /// Reads a canonical encoding; bytes from anywhere. Entries and openings share them.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, or the first field that breaks the format.
    pub fn decode(bytes: &Bytes) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, BLOCK_ENCODED_BYTES_MAX)?;
        BLOCK_SHAPE.check(bytes)?;
        let message: proto::Block = canonical::decode(bytes, BLOCK_ENCODED_BYTES_MAX)?;
        let block = Self {
            header: Header::decode(&message.header).at("header")?,
            parent_certificate: message
                .parent_certificate
                .map(CommitCertificate::from_message)
                .transpose()
                .at("parent_certificate")?,
            entries: message.entries,
            openings: list(message.openings, "openings", 0..=BLOCK_ENTRIES_MAX, openings_from_message)?,
        };
        block.check()?;
        Ok(block)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(&proto::Block {
            header: Bytes::copy_from_slice(&self.header.encode()),
            parent_certificate: self.parent_certificate.as_ref().map(Canonical::to_message),
            entries: self.entries.clone(),
            openings: self.openings.iter().map(openings_to_message).collect(),
        })
    }

    /// Sum of the entries' bytes, to which the ledger parameter `block_bytes_max` applies.
    #[must_use]
    pub fn entries_bytes(&self) -> usize {
        self.entries.iter().map(Bytes::len).sum()
    }

    /// Sum of the openings' bytes, to which [`BLOCK_OPENINGS_BYTES_MAX`] applies.
    #[must_use]
    pub fn openings_bytes(&self) -> usize {
        self.openings.iter().flat_map(|(_, openings)| openings).map(Opening::encoded_len).sum()
    }

    fn check(&self) -> Result<(), DecodeError> {
        let certificate_hash = self.parent_certificate.as_ref().map(CommitCertificate::hash);
        if certificate_hash != self.header.parent_certificate {
            return Err(Fault::Rule("not the certificate that the header names")).at("parent_certificate");
        }
        if let Some(certificate) = &self.parent_certificate {
            let parent = (Height(self.header.height.0 - 1), self.header.parent);
            if (certificate.height, certificate.block_hash) != parent {
                return Err(Fault::Rule("not a certificate of the parent")).at("parent_certificate");
            }
        }
        let (before, after) = (self.header.log_size_before, self.header.log_size_after);
        if after - before != self.entries.len() as u64 {
            return Err(Fault::Rule("the header counts another number of entries")).at("entries");
        }
        if let Some(index) = self.entries.iter().position(Bytes::is_empty) {
            return Err(Fault::Missing).at_item("entries", index);
        }
        within(self.entries_bytes(), BLOCK_BYTES_MAX).at("entries")?;
        self.check_openings().at("openings")
    }

    fn check_openings(&self) -> Result<(), Fault> {
        if !self.openings.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(Fault::NotRising);
        }
        if self.openings.last().is_some_and(|&(last, _)| u64::from(last) >= self.entries.len() as u64) {
            return Err(Fault::Rule("openings of an entry that is not in the block"));
        }
        let values =
            self.openings.iter().flat_map(|(_, openings)| openings).map(|opening| opening.value.len());
        within(values.sum(), BLOCK_OPENINGS_BYTES_MAX)
    }
}

/// The openings of one entry of a block, as they travel apart from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryOpenings {
    /// The entry's position in the block, from 0.
    pub position: u32,
    /// One or more openings, in rising order of action and path.
    pub openings: Vec<Opening>,
}

impl Canonical for EntryOpenings {
    type Message = proto::EntryOpenings;
    const BYTES_MAX: usize = ENTRY_OPENINGS_BYTES_MAX;

    fn from_message(message: proto::EntryOpenings) -> Result<Self, DecodeError> {
        let (position, openings) = openings_from_message(message)?;
        Ok(Self { position, openings })
    }

    fn to_message(&self) -> proto::EntryOpenings {
        openings_to_message(&(self.position, self.openings.clone()))
    }
}

fn within(bytes: usize, max: usize) -> Result<(), Fault> {
    if bytes > max { Err(Fault::TooLong { bytes, max }) } else { Ok(()) }
}

fn openings_from_message(message: proto::EntryOpenings) -> Result<(u32, Vec<Opening>), DecodeError> {
    if message.openings.is_empty() {
        return Err(Fault::Missing).at("openings");
    }
    Ok((message.position, Opening::list_from_messages(message.openings)?))
}

fn openings_to_message((position, openings): &(u32, Vec<Opening>)) -> proto::EntryOpenings {
    proto::EntryOpenings { position: *position, openings: openings.iter().map(Opening::to_message).collect() }
}
