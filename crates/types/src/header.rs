//! Block headers: 360 bytes at fixed offsets. `docs/formats/header.md`.

use bulla_crypto::{Domain, Hash, framed};

use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::{Address, BlockHash, LedgerId, fixed};
use crate::number::Height;
use crate::time::BlockTime;

/// Format version of headers.
const VERSION: u16 = 1;
/// The suite of SHA-256.
const SUITE: u16 = 1;

/// What the validators of one height agree on: everything that an outsider checks hangs on its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Version of the protocol whose rules executed the block.
    pub protocol_version: u32,
    /// The ledger.
    pub ledger_id: LedgerId,
    /// Height of the block, from 1.
    pub height: Height,
    /// Time of the block, later than its parent's.
    pub time: BlockTime,
    /// The validator that built the block.
    pub builder: Address,
    /// Hash of the parent; at height 1 the ledger id.
    pub parent: BlockHash,
    /// Hash of the parent's certificate as the builder holds it; `None` at height 1.
    pub parent_certificate: Option<Hash>,
    /// Entries in the log before the block.
    pub log_size_before: u64,
    /// Entries in the log with the block.
    pub log_size_after: u64,
    /// Root of the log of size `log_size_after`, RFC 9162 over SHA-256.
    pub log_root: Hash,
    /// Root of the same log over SM3, if the ledger keeps one.
    pub second_log_root: Option<Hash>,
    /// Root of the state map after the block.
    pub state_root: Hash,
    /// Hash of the validators that decide this height.
    pub validators_hash: Hash,
    /// Hash of the validators that decide the next height.
    pub next_validators_hash: Hash,
    /// Hash of the parameters in force at this height.
    pub parameters_hash: Hash,
}

impl Header {
    /// Length of the encoding.
    pub const BYTES: usize = 360;

    /// The encoding.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let absent = |hash: &Option<Hash>| *hash.unwrap_or(Hash::ZERO).as_bytes();
        let mut writer = Writer { bytes: [0; Self::BYTES], position: 0 };
        writer.put(VERSION.to_be_bytes());
        writer.put(SUITE.to_be_bytes());
        writer.put(self.protocol_version.to_be_bytes());
        writer.put(*self.ledger_id.as_bytes());
        writer.put(self.height.0.to_be_bytes());
        writer.put(self.time.0.to_be_bytes());
        writer.put(*self.builder.as_bytes());
        writer.put(*self.parent.as_bytes());
        writer.put(absent(&self.parent_certificate));
        writer.put(self.log_size_before.to_be_bytes());
        writer.put(self.log_size_after.to_be_bytes());
        writer.put(*self.log_root.as_bytes());
        writer.put(absent(&self.second_log_root));
        writer.put(*self.state_root.as_bytes());
        writer.put(*self.validators_hash.as_bytes());
        writer.put(*self.next_validators_hash.as_bytes());
        writer.put(*self.parameters_hash.as_bytes());
        writer.bytes
    }

    /// Reads 360 bytes from anywhere.
    ///
    /// # Errors
    /// Another length, an unknown version or suite, or fields that contradict each other.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader { bytes: &fixed::<{ Self::BYTES }>(bytes)?, position: 0 };
        let version = u16::from_be_bytes(reader.take());
        if version != VERSION {
            return Err(Fault::UnknownVersion(version.into())).at("version");
        }
        let suite = u16::from_be_bytes(reader.take());
        if suite != SUITE {
            return Err(Fault::UnknownAlgorithm(suite.into())).at("suite");
        }
        let header = Self {
            protocol_version: u32::from_be_bytes(reader.take()),
            ledger_id: LedgerId::from_bytes(reader.take()),
            height: Height(reader.number()),
            time: BlockTime(reader.number()),
            builder: Address::from_bytes(reader.take()),
            parent: BlockHash::from_bytes(reader.take()),
            parent_certificate: reader.optional_hash(),
            log_size_before: reader.number(),
            log_size_after: reader.number(),
            log_root: reader.hash(),
            second_log_root: reader.optional_hash(),
            state_root: reader.hash(),
            validators_hash: reader.hash(),
            next_validators_hash: reader.hash(),
            parameters_hash: reader.hash(),
        };
        header.check()?;
        Ok(header)
    }

    /// The block's hash, the value that validators sign: framed(header, header bytes).
    #[must_use]
    pub fn hash(&self) -> BlockHash {
        BlockHash(framed(Domain::Header, &[&self.encode()]))
    }

    fn check(&self) -> Result<(), DecodeError> {
        let first = self.height == Height(1);
        if self.protocol_version == 0 {
            return Err(Fault::Missing).at("protocol_version");
        }
        Height::from_wire(self.height.0).at("height")?;
        BlockTime::from_wire(self.time.0).at("time_ms")?;
        if first && self.parent.0 != self.ledger_id.0 {
            return Err(Fault::Rule("the parent of the first block is the ledger id")).at("parent");
        }
        if first != self.parent_certificate.is_none() {
            return Err(Fault::Rule("every block but the first has a parent certificate"))
                .at("parent_certificate");
        }
        if first != (self.log_size_before == 0) {
            return Err(Fault::Rule("the log is empty before the first block only")).at("log_size_before");
        }
        if self.log_size_after < self.log_size_before.max(1) {
            return Err(Fault::Rule("the log never shrinks and starts with its founding entry"))
                .at("log_size_after");
        }
        Ok(())
    }
}

struct Writer {
    bytes: [u8; Header::BYTES],
    position: usize,
}

impl Writer {
    fn put<const N: usize>(&mut self, field: [u8; N]) {
        self.bytes[self.position..self.position + N].copy_from_slice(&field);
        self.position += N;
    }
}

struct Reader<'a> {
    bytes: &'a [u8; Header::BYTES],
    position: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut field = [0; N];
        field.copy_from_slice(&self.bytes[self.position..self.position + N]);
        self.position += N;
        field
    }

    fn number(&mut self) -> u64 {
        u64::from_be_bytes(self.take())
    }

    fn hash(&mut self) -> Hash {
        Hash::from_bytes(self.take())
    }

    fn optional_hash(&mut self) -> Option<Hash> {
        Some(self.hash()).filter(|&hash| hash != Hash::ZERO)
    }
}
