//! The first page of a slot file: what it is, whose, and whether it is the original.

use std::{fs::Metadata, os::unix::fs::MetadataExt, time::UNIX_EPOCH};

use bulla_types::LedgerId;

use super::{Kind, array, short_digest};

/// Bytes of the first page that are used.
pub(super) const HEADER_BYTES: usize = CHECKSUM_AT + 8;
const CHECKSUM_AT: usize = 76;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) schema: u32,
    pub(crate) ledger_id: LedgerId,
    pub(crate) identity: Identity,
    /// The kind of file gives them their meaning.
    pub(crate) numbers: [u64; 2],
}

/// Tells a file from its copies: a copy has another inode or was born later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    inode: u64,
    born_ns: u64,
}

impl Header {
    pub(super) fn encode(&self, kind: &Kind) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(kind.magic);
        bytes[8..12].copy_from_slice(&self.schema.to_be_bytes());
        bytes[12..44].copy_from_slice(self.ledger_id.as_bytes());
        bytes[44..52].copy_from_slice(&self.identity.inode.to_be_bytes());
        bytes[52..60].copy_from_slice(&self.identity.born_ns.to_be_bytes());
        bytes[60..68].copy_from_slice(&self.numbers[0].to_be_bytes());
        bytes[68..76].copy_from_slice(&self.numbers[1].to_be_bytes());
        let checksum = short_digest(&[&bytes[..CHECKSUM_AT]]);
        bytes[CHECKSUM_AT..].copy_from_slice(&checksum);
        bytes
    }

    pub(super) fn decode(bytes: &[u8; HEADER_BYTES], kind: &Kind) -> Result<Self, &'static str> {
        if &bytes[..8] != kind.magic {
            return Err("it does not begin with the name of its kind");
        }
        if bytes[CHECKSUM_AT..] != short_digest(&[&bytes[..CHECKSUM_AT]]) {
            return Err("the checksum of its first page does not match");
        }
        Ok(Self {
            schema: u32::from_be_bytes(array(&bytes[8..12])),
            ledger_id: LedgerId::from_bytes(array(&bytes[12..44])),
            identity: Identity {
                inode: u64::from_be_bytes(array(&bytes[44..52])),
                born_ns: u64::from_be_bytes(array(&bytes[52..60])),
            },
            numbers: [&bytes[60..68], &bytes[68..76]].map(|number| u64::from_be_bytes(array(number))),
        })
    }
}

impl Identity {
    /// That of no file.
    pub(crate) const NONE: Self = Self { inode: 0, born_ns: 0 };

    pub(super) fn of(metadata: &Metadata) -> Self {
        // File systems without birth times leave the inode alone to tell.
        let born = metadata.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self {
            inode: metadata.ino(),
            born_ns: born.map_or(0, |age| u64::try_from(age.as_nanos()).unwrap_or(0)),
        }
    }
}
