//! The column families and their keys. All numbers in keys are big-endian, so that keys sort by number.

use bulla_types::{BlockHash, Equivocation, EvidenceNumber, Height, MemberNumber, RequestId, StateKey};

use crate::proposal::ProposalRecord;

/// One column family of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    /// Block hash → the encoded block up to its openings.
    Bodies,
    /// Block hash → the rest of the encoded block: its openings. Erasable without touching the body.
    Openings,
    /// Block hash, position → nothing: openings that were erased, and are not to come back.
    Erased,
    /// Height of a decided block → how many of its entries lack openings, and how often they were looked for.
    Lacking,
    /// Height, round, block hash, proposer, valid round → the verdict on a proposal not yet decided.
    Proposals,
    /// Key of its record in the state map → a proof of equivocation that no block has recorded yet.
    Equivocations,
    /// Height → hash, header and certificate of the decided block.
    Blocks,
    /// Log index of the first entry of a block that has entries → its height.
    ByFirstIndex,
    /// Key of the state map → its value.
    State,
    /// Key of a node of the state tree → the node.
    Tree,
    /// Suite, level, tile index → the hashes of the tile.
    Tiles,
    /// Time, member, request id → what the request led to.
    Requests,
    /// Transaction id → log index.
    ByTransaction,
    /// Document digest, evidence number → nothing.
    ByDigest,
    /// Evidence number → log index and action.
    ByEvidence,
    /// Holder, party, subject or due time, then the record → nothing: see [`register_rows`](crate::register_rows).
    ByRegister,
    /// Member or credit code, case number → nothing, and back: see [`work_rows`](crate::work_rows).
    WorkList,
    /// Single values, see [`meta`].
    Meta,
}

/// Keys of [`Column::Meta`].
pub(crate) mod meta {
    /// Schema version, u32 big-endian. Written first and read before anything else.
    pub(crate) const SCHEMA: &[u8] = b"schema";
    /// The ledger's id, 32 bytes.
    pub(crate) const LEDGER_ID: &[u8] = b"ledger";
    /// The canonical genesis.
    pub(crate) const GENESIS: &[u8] = b"genesis";
    /// The newest commit.
    pub(crate) const TIP: &[u8] = b"tip";
    /// The snapshot that the database was made from; absent where it holds the ledger from its founding on.
    pub(crate) const BASE: &[u8] = b"base";
    /// How far the blocks were looked through for openings that lack; absent before the first look.
    pub(crate) const LOOKED: &[u8] = b"looked";
    /// Rewritten to find out whether writes pass again.
    pub(crate) const PROBE: &[u8] = b"probe";
}

/// Which of the two logs of a ledger a tile belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LogSuite {
    /// SHA-256: every ledger has it.
    Sha256 = 1,
    /// SM3: where genesis asks for a second log.
    Sm3 = 2,
}

impl Column {
    pub(crate) const ALL: [Self; 18] = [
        Self::Bodies,
        Self::Openings,
        Self::Erased,
        Self::Lacking,
        Self::Proposals,
        Self::Equivocations,
        Self::Blocks,
        Self::ByFirstIndex,
        Self::State,
        Self::Tree,
        Self::Tiles,
        Self::Requests,
        Self::ByTransaction,
        Self::ByDigest,
        Self::ByEvidence,
        Self::ByRegister,
        Self::WorkList,
        Self::Meta,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bodies => "bodies",
            Self::Openings => "openings",
            Self::Erased => "erased",
            Self::Lacking => "lacking",
            Self::Proposals => "proposals",
            Self::Equivocations => "equivocations",
            Self::Blocks => "blocks",
            Self::ByFirstIndex => "by_first_index",
            Self::State => "state",
            Self::Tree => "tree",
            Self::Tiles => "tiles",
            Self::Requests => "requests",
            Self::ByTransaction => "by_transaction",
            Self::ByDigest => "by_digest",
            Self::ByEvidence => "by_evidence",
            Self::ByRegister => "by_register",
            Self::WorkList => "work_list",
            Self::Meta => "meta",
        }
    }
}

/// Key of [`Column::Erased`].
pub(crate) fn erased(block: &BlockHash, position: u32) -> [u8; 36] {
    join([block.as_bytes(), &position.to_be_bytes()])
}

/// Key of [`Column::Blocks`] and [`Column::Lacking`], and first part of those of [`Column::Proposals`].
pub(crate) fn height(height: Height) -> [u8; 8] {
    height.0.to_be_bytes()
}

/// Key of [`Column::ByFirstIndex`].
pub(crate) fn index(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

/// Key of [`Column::ByEvidence`].
pub(crate) fn evidence(number: EvidenceNumber) -> [u8; 8] {
    number.0.to_be_bytes()
}

/// Key of [`Column::ByDigest`].
pub(crate) fn digest(digest: &[u8; 32], number: EvidenceNumber) -> [u8; 40] {
    join([digest, &number.0.to_be_bytes()])
}

/// Key of [`Column::Tiles`].
pub(crate) fn tile(suite: LogSuite, level: u8, index: u64) -> [u8; 10] {
    join([&[suite as u8, level], &index.to_be_bytes()])
}

/// Key of [`Column::Requests`]: time first, so that forgetting is deleting a range.
pub(crate) fn request(first_signer: MemberNumber, request_id: &RequestId) -> [u8; 32] {
    join([&request_id.time_ms().to_be_bytes(), &first_signer.0.to_be_bytes(), request_id.as_bytes()])
}

/// Where the requests of a time begin.
pub(crate) fn requests_from(time_ms: u64) -> [u8; 8] {
    time_ms.to_be_bytes()
}

/// First part of the keys of [`Column::Proposals`] of one round.
pub(crate) fn round(height: Height, round: u32) -> [u8; 12] {
    join([&height.0.to_be_bytes(), &round.to_be_bytes()])
}

/// Key of [`Column::Proposals`]: all of the record but the verdict, so that proposals that differ in
/// anything stand side by side.
pub(crate) fn proposal(record: &ProposalRecord) -> [u8; PROPOSAL_BYTES] {
    let valid_round = record.valid_round.unwrap_or(0).to_be_bytes();
    join([
        &round(record.height, record.round),
        record.block_hash.as_bytes(),
        record.proposer.as_bytes(),
        &[u8::from(record.valid_round.is_some())],
        &valid_round,
    ])
}

pub(crate) const PROPOSAL_BYTES: usize = 8 + 4 + 32 + 32 + 1 + 4;

/// Reads [`proposal`] back.
pub(crate) fn read_proposal(key: &[u8], valid: bool) -> Option<ProposalRecord> {
    let key: &[u8; PROPOSAL_BYTES] = key.try_into().ok()?;
    let (height, rest) = key.split_first_chunk()?;
    let (round, rest) = rest.split_first_chunk()?;
    let (block_hash, rest) = rest.split_first_chunk()?;
    let (proposer, rest) = rest.split_first_chunk()?;
    let ([has_valid_round], valid_round) = rest.split_first_chunk()?;
    Some(ProposalRecord {
        height: Height(u64::from_be_bytes(*height)),
        round: u32::from_be_bytes(*round),
        valid_round: (*has_valid_round == 1).then_some(u32::from_be_bytes(valid_round.try_into().ok()?)),
        proposer: bulla_types::Address::from_bytes(*proposer),
        block_hash: BlockHash::from_bytes(*block_hash),
        valid,
    })
}

/// Key of [`Column::Equivocations`]: that of the record which a block will make of the proof.
pub(crate) fn equivocation(proof: &Equivocation) -> Vec<u8> {
    let (address, height) = (proof.address(), proof.height());
    let (round, vote_type) = (proof.round(), proof.vote_type());
    StateKey::Equivocation { address, height, round, vote_type }.encode()
}

/// A key of eight bytes as the number that it is.
pub(crate) fn number(key: &[u8]) -> Option<u64> {
    key.try_into().ok().map(u64::from_be_bytes)
}

/// The least key above all that begin with `prefix`; empty when there is none.
pub(crate) fn after_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut after = prefix.to_vec();
    while let Some(last) = after.pop() {
        if last < u8::MAX {
            after.push(last + 1);
            break;
        }
    }
    after
}

fn join<const N: usize, const PARTS: usize>(parts: [&[u8]; PARTS]) -> [u8; N] {
    let mut key = [0; N];
    let mut rest = &mut key[..];
    for part in parts {
        let (here, behind) = rest.split_at_mut(part.len());
        here.copy_from_slice(part);
        rest = behind;
    }
    debug_assert!(rest.is_empty(), "the parts of a key have its length");
    key
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::Address;

    use super::*;

    #[test]
    fn a_proposal_is_read_back_from_its_key() {
        for valid_round in [None, Some(0), Some(3)] {
            let record = ProposalRecord {
                height: Height(9),
                round: 4,
                valid_round,
                proposer: Address::from_bytes([1; 32]),
                block_hash: BlockHash::from_bytes([2; 32]),
                valid: true,
            };
            assert_eq!(read_proposal(&proposal(&record), true), Some(record));
        }
    }

    #[test]
    fn requests_sort_by_their_own_time() {
        let early = RequestId::new(1_000, &[0xff; 10]);
        let late = RequestId::new(1_001, &[0; 10]);
        assert!(request(MemberNumber(u64::MAX), &early) < request(MemberNumber(1), &late));
        assert!(requests_from(1_001).as_slice() > request(MemberNumber(u64::MAX), &early).as_slice());
    }

    #[test]
    fn the_key_after_a_prefix_follows_all_that_begin_with_it() {
        assert_eq!(after_prefix(&[1, 2]), [1, 3]);
        assert_eq!(after_prefix(&[1, 0xff]), [2]);
        assert!(after_prefix(&[0xff, 0xff]).is_empty());
    }
}
