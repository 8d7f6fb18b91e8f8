//! What others are given.

use bulla_chain::{Chain, ChainError, Given, Rest};
use bulla_network::{
    OPENINGS_ANSWER_BYTES_MAX, OPENINGS_ASKED_MAX, OpeningsAnswer, OpeningsQuestion, Unopened,
};
use bulla_types::MemberNumber;

/// What an answer needs beside the openings of an entry: lengths, the position.
const ENTRY_FRAME_BYTES_MAX: usize = 16;

/// Bytes of openings in one answer.
const OPENINGS_BYTES_MAX: usize = OPENINGS_ANSWER_BYTES_MAX - 1 - OPENINGS_ASKED_MAX * ENTRY_FRAME_BYTES_MAX;

/// The answer to a node of this member; `None` is one that the ledger does not know.
pub(super) fn answer(
    chain: &Chain,
    reader: Option<MemberNumber>,
    question: &OpeningsQuestion,
) -> Result<OpeningsAnswer, ChainError> {
    let OpeningsQuestion { height, block_hash, positions } = question;
    if chain.block_hash(*height)?.is_some_and(|here| here != *block_hash) {
        return Ok(OpeningsAnswer { entries: Vec::new(), rest: Unopened::Unsaid });
    }
    let Given { entries, rest } = chain.openings_for(reader, *height, positions, OPENINGS_BYTES_MAX)?;
    let rest = match rest {
        Rest::NotKept => Unopened::NotKept,
        Rest::More => Unopened::More,
        Rest::Unsaid => Unopened::Unsaid,
        Rest::NotHeld => Unopened::NotHeld,
    };
    Ok(OpeningsAnswer { entries, rest })
}
