//! Making a good block wrong in one thing, and right in all that follows from it.

use bulla_consensus::{Application, Proposed};
use bulla_crypto::Hash;
use bulla_merkle::log::{Frontier, LogHash, Sha256Log, Sm3Log};
use bulla_tests::fault::Wrong;
use bulla_types::{
    Address, Block, BlockHash, BlockTime, Content, Entry, EvidenceNumber, Genesis, Outcome, Transaction,
};
use bytes::Bytes;

/// Far enough beyond the bound that no voter's clock can be near.
const BEYOND_BOUND_MS: u64 = 30_000;

/// What a block builds on.
pub(crate) struct Past {
    leaves: Vec<Bytes>,
    parent_time: BlockTime,
}

impl Past {
    /// Everything below a height, read from the chain as a peer would read it.
    pub(crate) async fn below(height: u64, chain: &dyn Application, genesis: &Genesis) -> Self {
        let mut past = Self { leaves: Vec::new(), parent_time: genesis.time() };
        let mut next = 1;
        while next < height {
            for (_, bytes) in chain.decided(next, height - 1, u64::MAX).await {
                let block = Block::decode(&bytes).unwrap();
                past.parent_time = block.header.time;
                past.leaves.extend(block.entries);
                next += 1;
            }
        }
        past
    }

    fn root<H: LogHash>(&self, entries: &[Bytes]) -> Hash {
        let mut log = Frontier::<H>::new();
        self.leaves.iter().chain(entries).for_each(|leaf| log.push(H::leaf(leaf)));
        log.root()
    }
}

/// The block, wrong in this one thing; `None` when it has no transaction to be wrong about.
pub(crate) fn spoil(mut block: Block, wrong: Wrong, past: &Past, genesis: &Genesis) -> Option<Proposed> {
    let mut entries: Vec<Entry> =
        block.entries.iter().map(|entry| Entry::decode(entry.clone()).unwrap()).collect();
    let last = entries.len().checked_sub(1)?;
    let Content::Transaction(transaction) = entries[last].content.clone() else { return None };
    match wrong {
        Wrong::StateRoot => block.header.state_root = another(block.header.state_root),
        Wrong::Signature => {
            entries[last].content = Content::Transaction(with_another_signature(&transaction));
        }
        Wrong::Outcome => entries[last].outcomes = vec![Outcome::EvidenceNumber(EvidenceNumber(1_000_000))],
        Wrong::RepeatedTransaction => repeat_last(&mut block, &mut entries),
        Wrong::TooManyEntries => {
            let max = usize::try_from(genesis.parameters().block_entries_max).unwrap();
            entries.resize(max + 1, entries[last].clone());
        }
        Wrong::MissingOpening => drop(block.openings.pop()?),
        Wrong::Opening => {
            block.openings.last_mut()?.1.last_mut()?.value = Bytes::from_static("另一标题".as_bytes());
        }
        Wrong::TimeAhead => {
            let ahead_ms = genesis.parameters().time_bound_ms + BEYOND_BOUND_MS;
            let time = BlockTime(block.header.time.0 + ahead_ms);
            retime(&mut block, &mut entries, time);
        }
        Wrong::TimeOfParent => retime(&mut block, &mut entries, past.parent_time),
        Wrong::Builder => block.header.builder = another_validator(block.header.builder, genesis),
        Wrong::LogRoot | Wrong::SecondLogRoot | Wrong::Garbage => {}
    }
    block.entries = entries.iter().map(|entry| entry.encode().into()).collect();
    block.header.log_size_after = block.header.log_size_before + block.entries.len() as u64;
    block.header.log_root = past.root::<Sha256Log>(&block.entries);
    block.header.second_log_root = Some(past.root::<Sm3Log>(&block.entries));
    match wrong {
        Wrong::LogRoot => block.header.log_root = another(block.header.log_root),
        Wrong::SecondLogRoot => block.header.second_log_root = block.header.second_log_root.map(another),
        Wrong::Garbage => return Some(garbage()),
        _ => {}
    }
    Some(Proposed { block_hash: block.header.hash(), bytes: block.encode().into() })
}

fn another(hash: Hash) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[0] ^= 1;
    Hash(bytes)
}

fn another_validator(builder: Address, genesis: &Genesis) -> Address {
    let validators = genesis.validators().validators().iter();
    validators.map(bulla_types::Validator::address).find(|address| *address != builder).unwrap()
}

fn with_another_signature(transaction: &Transaction) -> Transaction {
    let mut signatures = transaction.signatures().to_vec();
    signatures[0].0[0] ^= 1;
    Transaction::new(transaction.body(), &signatures).unwrap()
}

fn repeat_last(block: &mut Block, entries: &mut Vec<Entry>) {
    let openings = block.openings.last().map(|(_, openings)| openings.clone());
    let position = u32::try_from(entries.len()).unwrap();
    block.openings.extend(openings.map(|openings| (position, openings)));
    entries.extend(entries.last().cloned());
}

fn retime(block: &mut Block, entries: &mut [Entry], time: BlockTime) {
    block.header.time = time;
    entries.iter_mut().for_each(|entry| entry.time = time);
}

fn garbage() -> Proposed {
    let bytes = Bytes::from_static(&[0xff; 1_000]);
    Proposed { block_hash: BlockHash::from_bytes([7; 32]), bytes }
}
