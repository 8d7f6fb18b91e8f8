//! What a signer signs, and what it never does, whoever asks and however.
#![allow(clippy::unwrap_used)]

mod answers;
mod lines;
mod records;
mod tokens;
mod vectors;

use std::path::Path;
use std::sync::Arc;

use bulla_crypto::{Hash, SecretKey, Signature};
use bulla_signer::Signer;
use bulla_signer::wire::{Answer, Request};
use bulla_storage::SignedRecord;
use bulla_types::{
    Address, BlockHash, ConsensusMessage, FirstPart, Height, LedgerId, Proposal, ValidatorProof, Vote,
    VoteType,
};

const PREVOTE: VoteType = VoteType::Prevote;
const PRECOMMIT: VoteType = VoteType::Precommit;

fn ledger() -> LedgerId {
    LedgerId::from_bytes([0x11; 32])
}

fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

fn address() -> Address {
    Address::of(key().public_key())
}

fn block(fill: u8) -> BlockHash {
    BlockHash::from_bytes([fill; 32])
}

/// A vote of the key, for the block that is filled with this byte, or for none.
fn vote(vote_type: VoteType, height: u64, round: u32, value: Option<u8>) -> ConsensusMessage {
    ConsensusMessage::Vote(Vote {
        ledger_id: ledger(),
        vote_type,
        height: Height(height),
        round,
        value: value.map(block),
        address: address(),
    })
}

fn proposed(height: u64, round: u32, pol_round: Option<u32>, fill: u8) -> Proposal {
    let (ledger_id, proposer) = (ledger(), address());
    Proposal { ledger_id, height: Height(height), round, pol_round, block_hash: block(fill), proposer }
}

fn proposal(height: u64, round: u32, pol_round: Option<u32>, fill: u8) -> ConsensusMessage {
    ConsensusMessage::Proposal(proposed(height, round, pol_round, fill))
}

fn first_part(height: u64, round: u32, pol_round: Option<u32>, fill: u8) -> ConsensusMessage {
    let proposal = proposed(height, round, pol_round, fill);
    ConsensusMessage::FirstPart(FirstPart { proposal, size: 7, digest: Hash::from_bytes([0x33; 32]) })
}

fn proof() -> ValidatorProof {
    let network_identity = b"\x00\x24\x08\x01\x12\x20 and the 32 bytes of a network key".to_vec();
    ValidatorProof { ledger_id: ledger(), key: key().public_key().clone(), network_identity }
}

/// The signer of a record folder, as it is found.
fn signer(folder: &Path) -> Signer {
    let record = SignedRecord::open(&folder.join("record"), ledger()).unwrap();
    Signer::new(ledger(), Arc::new(key()), record)
}

/// A signer that has heard that the ledger is new.
fn settled(folder: &Path) -> Signer {
    let signer = signer(folder);
    let told = ask(&signer, &Request::NetworkHeight { ledger_id: ledger(), height: Height(0) });
    assert!(matches!(told, Answer::State(state) if state.settled && state.floor == Height(0)));
    signer
}

fn ask(signer: &Signer, request: &Request) -> Answer {
    signer.answer(&request.encode())
}

/// The answer to a request for this signature.
fn asked(signer: &Signer, message: ConsensusMessage) -> Answer {
    ask(signer, &Request::Sign(message))
}

/// It must be signed.
fn signed(signer: &Signer, message: ConsensusMessage) -> Signature {
    match asked(signer, message) {
        Answer::Signature(signature) => {
            key().public_key().verify_strict(&message.preimage(), &signature).unwrap();
            signature
        }
        other => panic!("{message:?}: {other:?}"),
    }
}
