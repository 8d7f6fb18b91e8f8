//! A block as the store holds it: one buffer, cut where its openings begin, with a table of its entries.
//!
//! In an encoded block the fields stand in the order of their numbers: header, parent certificate, entries,
//! openings. So the body is a prefix and the openings are the rest; putting one behind the other gives the
//! block again, and either can be kept without the other.

use bulla_types::{BlockHash, Header, limits};
use bytes::Bytes;

use crate::error::{Result, StorageError};

/// An encoded block, taken apart without copying. Its entries are not decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBlock {
    hash: BlockHash,
    header: Header,
    parent_certificate: Option<Bytes>,
    entries: Vec<Bytes>,
    body: Bytes,
    openings: Bytes,
    /// Length of the buffer that all of these share.
    buffer_bytes: usize,
}

impl StoredBlock {
    /// Takes a canonical encoded block apart, with openings or without.
    ///
    /// # Errors
    /// [`StorageError::NotABlock`].
    pub fn parse(encoded: &Bytes) -> Result<Self> {
        if encoded.len() > limits::BLOCK_ENCODED_BYTES_MAX {
            return Err(not_a_block("it is too long"));
        }
        let mut parts = Parts::default();
        let mut fields = Fields::of(encoded);
        while let Some(field) = fields.next_field()? {
            parts.take(&field, encoded)?;
        }
        let header = parts.header.ok_or_else(|| not_a_block("it has no header"))?;
        let header = Header::decode(&header).map_err(|error| not_a_block(format!("header: {error}")))?;
        let cut = parts.openings_at.unwrap_or(encoded.len());
        Ok(Self {
            hash: header.hash(),
            header,
            parent_certificate: parts.parent_certificate,
            entries: parts.entries,
            body: encoded.slice(..cut),
            openings: encoded.slice(cut..),
            buffer_bytes: encoded.len(),
        })
    }

    /// Hash of the header.
    #[must_use]
    pub fn hash(&self) -> BlockHash {
        self.hash
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The canonical certificate of the parent; absent at height 1.
    #[must_use]
    pub fn parent_certificate(&self) -> Option<&Bytes> {
        self.parent_certificate.as_ref()
    }

    /// The canonical entries, in order.
    #[must_use]
    pub fn entries(&self) -> &[Bytes] {
        &self.entries
    }

    /// The encoded block without its openings.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The rest of the encoded block: its openings, as `Block` fields 4. Empty when there are none.
    #[must_use]
    pub fn openings(&self) -> &Bytes {
        &self.openings
    }

    /// The same block without its openings.
    pub(crate) fn without_openings(&self) -> Self {
        Self { openings: Bytes::new(), ..self.clone() }
    }

    /// What the block takes in memory, about: the buffer and the table of entries.
    pub(crate) fn weight_bytes(&self) -> u32 {
        u32::try_from(self.buffer_bytes + size_of::<Bytes>() * self.entries.len()).unwrap_or(u32::MAX)
    }
}

#[derive(Default)]
struct Parts {
    last_number: u64,
    header: Option<Bytes>,
    parent_certificate: Option<Bytes>,
    entries: Vec<Bytes>,
    openings_at: Option<usize>,
}

impl Parts {
    fn take(&mut self, field: &Field, encoded: &Bytes) -> Result<()> {
        let repeated = matches!(field.number, 3 | 4);
        if field.number < self.last_number || (field.number == self.last_number && !repeated) {
            return Err(not_a_block("its fields are not in canonical order"));
        }
        self.last_number = field.number;
        let content = encoded.slice(field.content.clone());
        match field.number {
            1 => self.header = Some(content),
            2 => self.parent_certificate = Some(content),
            3 if self.entries.len() == limits::BLOCK_ENTRIES_MAX => {
                return Err(not_a_block("it has too many entries"));
            }
            3 => self.entries.push(content),
            4 => {
                self.openings_at.get_or_insert(field.start);
            }
            number => return Err(not_a_block(format!("it has an unknown field {number}"))),
        }
        Ok(())
    }
}

/// One length-delimited field of a message.
pub(crate) struct Field {
    pub(crate) number: u64,
    /// Where its tag begins.
    pub(crate) start: usize,
    pub(crate) content: std::ops::Range<usize>,
}

/// Walks the fields of a message all of which are length-delimited.
pub(crate) struct Fields<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(crate) fn next_field(&mut self) -> Result<Option<Field>> {
        let start = self.position;
        if start == self.bytes.len() {
            return Ok(None);
        }
        let tag = self.varint()?;
        if tag & 7 != 2 {
            return Err(not_a_block("a field is not length-delimited"));
        }
        let length = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
        let end = self.position.checked_add(length).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| not_a_block("a field runs past its end"))?;
        let content = std::mem::replace(&mut self.position, end)..end;
        Ok(Some(Field { number: tag >> 3, start, content }))
    }

    pub(crate) fn varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.bytes.get(self.position).ok_or_else(|| not_a_block("it ends within a number"))?;
            self.position += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(not_a_block("a number has more than ten bytes"))
    }
}

fn not_a_block(reason: impl Into<String>) -> StorageError {
    StorageError::NotABlock(reason.into())
}
