//! The openings lane: a node asks for openings of entries of a decided block that it lacks.
//!
//! A question is: height `u64`, block hash 32, then for each entry its position in the block `u32`; positions rise, 1
//! to 1,024 of them. An answer is: `u8`, what it leaves open, then for each entry a length `u32` and a canonical
//! `EntryOpenings`, by rising position; 1 MiB in all.
//!
//! Who may have which openings the node decides that answers. That each fits its commitment the one sees to that asked.

use bulla_types::limits::ENTRY_OPENINGS_BYTES_MAX;
use bulla_types::{BlockHash, Canonical, EntryOpenings, Height};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::sync::oneshot;

/// Entries of a block that one question may name.
pub const OPENINGS_ASKED_MAX: usize = 1_024;

/// Longest answer, bytes.
pub const OPENINGS_ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Length of the longest question.
pub(crate) const QUESTION_BYTES_MAX: usize = HEAD_BYTES + 4 * OPENINGS_ASKED_MAX;

/// Length of the longest answer.
pub(crate) const ANSWER_BYTES_MAX: usize = OPENINGS_ANSWER_BYTES_MAX;
const _: () = assert!(ANSWER_BYTES_MAX > 1 + 4 + ENTRY_OPENINGS_BYTES_MAX);

const HEAD_BYTES: usize = 8 + 32;

/// What a node lacks of one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningsQuestion {
    /// The height.
    pub height: Height,
    /// The block of that height.
    pub block_hash: BlockHash,
    /// The entries, by their positions in the block, rising; 1 to 1,024.
    pub positions: Vec<u32>,
}

/// What a peer gives of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningsAnswer {
    /// By rising position; those of entries without any are left out.
    pub entries: Vec<EntryOpenings>,
    /// What that says of openings that were asked for and are not here.
    pub rest: Unopened,
}

/// What an answer says of openings that were asked for and are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// The peer does not keep them.
    NotKept,
    /// The peer has more: the answer was full.
    More,
    /// Nothing: the peer does not hold the block yet, or holds that the asker may have nothing of an entry.
    Unsaid,
    /// The peer begins after that block, and never comes to keep them.
    NotHeld,
}

/// Answers a question on the openings lane. Dropped unused, the peer hears that there is no answer.
#[derive(Debug)]
pub struct OpeningsReply(pub(crate) oneshot::Sender<Bytes>);

impl OpeningsReply {
    /// Sends what the peer may have. An answer over 1 MiB is not sent.
    pub fn give(self, answer: &OpeningsAnswer) {
        // The host is gone, or the peer, when nobody listens.
        let _ = self.0.send(answer.encode());
    }
}

impl OpeningsQuestion {
    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(HEAD_BYTES + 4 * self.positions.len());
        bytes.put_u64(self.height.0);
        bytes.put_slice(self.block_hash.as_bytes());
        self.positions.iter().for_each(|position| bytes.put_u32(*position));
        bytes.freeze()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (height, rest) = bytes.split_first_chunk()?;
        let (block_hash, rest) = rest.split_first_chunk()?;
        let (positions, []) = rest.as_chunks() else { return None };
        let positions: Vec<u32> = positions.iter().copied().map(u32::from_be_bytes).collect();
        let rise = positions.is_sorted_by(|one, next| one < next);
        (rise && (1..=OPENINGS_ASKED_MAX).contains(&positions.len())).then(|| Self {
            height: Height(u64::from_be_bytes(*height)),
            block_hash: BlockHash::from_bytes(*block_hash),
            positions,
        })
    }
}

impl OpeningsAnswer {
    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = BytesMut::new();
        bytes.put_u8(self.rest.number());
        for entry in &self.entries {
            let entry = entry.encode();
            bytes.put_u32(u32::try_from(entry.len()).unwrap_or(u32::MAX));
            bytes.put_slice(&entry);
        }
        bytes.freeze()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (&rest, mut bytes) = bytes.split_first()?;
        let rest = Unopened::of_number(rest)?;
        let mut entries: Vec<EntryOpenings> = Vec::new();
        while !bytes.is_empty() {
            let length = usize::try_from(bytes.try_get_u32().ok()?).ok()?;
            let (entry, behind) = bytes.split_at_checked(length)?;
            let entry = EntryOpenings::decode(entry).ok()?;
            if entries.last().is_some_and(|last| last.position >= entry.position) {
                return None;
            }
            entries.push(entry);
            bytes = behind;
        }
        Some(Self { entries, rest })
    }
}

impl Unopened {
    fn number(self) -> u8 {
        match self {
            Self::NotKept => 1,
            Self::More => 2,
            Self::Unsaid => 3,
            Self::NotHeld => 4,
        }
    }

    fn of_number(number: u8) -> Option<Self> {
        [Self::NotKept, Self::More, Self::Unsaid, Self::NotHeld]
            .into_iter()
            .find(|rest| rest.number() == number)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{env, fs};

    use bulla_types::Opening;
    use serde_json::{Value, json};

    use super::*;

    fn question(positions: Vec<u32>) -> OpeningsQuestion {
        OpeningsQuestion { height: Height(9), block_hash: BlockHash::from_bytes([7; 32]), positions }
    }

    fn entry(position: u32) -> EntryOpenings {
        let opening = |path: &str| Opening {
            action: 0,
            path: path.parse().unwrap(),
            salt: [3; 32],
            value: Bytes::from_static(b"value"),
        };
        EntryOpenings { position, openings: vec![opening("description"), opening("title")] }
    }

    #[test]
    fn questions_and_answers_are_those_of_the_vectors() {
        const FILE: &str =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/openings-exchange.json");
        let asked = question(vec![1, 5, 300]);
        let answers = [
            (Unopened::NotKept, vec![]),
            (Unopened::More, vec![entry(1)]),
            (Unopened::Unsaid, vec![entry(1), entry(300)]),
            (Unopened::NotHeld, vec![]),
        ];
        let answers = answers.map(|(rest, entries)| {
            json!({
                "rest": rest.number(),
                "positions": entries.iter().map(|entry| entry.position).collect::<Vec<_>>(),
                "answer": hex::encode(OpeningsAnswer { entries, rest }.encode()),
            })
        });
        let wrong_questions =
            [("no position", question(vec![])), ("positions that do not rise", question(vec![5, 5]))];
        let wrong_answers = [
            ("it does not say what it leaves open", Vec::new()),
            ("it says what there is not", vec![5]),
            ("a length beyond its end", vec![1, 0, 0, 0, 9, 0]),
            (
                "entries that do not rise",
                OpeningsAnswer { entries: vec![entry(5), entry(1)], rest: Unopened::NotKept }
                    .encode()
                    .to_vec(),
            ),
        ];
        assert!(wrong_questions.iter().all(|(_, wrong)| OpeningsQuestion::decode(&wrong.encode()).is_none()));
        assert!(wrong_answers.iter().all(|(_, wrong)| OpeningsAnswer::decode(wrong).is_none()));
        let vectors = json!({
            "questions": [{
                "height": asked.height.0,
                "block_hash": asked.block_hash.to_string(),
                "positions": asked.positions,
                "question": hex::encode(asked.encode()),
            }],
            "answers": answers,
            "refused_questions": wrong_questions
                .map(|(what, wrong)| json!({ "what": what, "question": hex::encode(wrong.encode()) })),
            "refused_answers":
                wrong_answers.map(|(what, wrong)| json!({ "what": what, "answer": hex::encode(wrong) })),
        });
        if env::var_os("BULLA_WRITE_VECTORS").is_some() {
            fs::write(FILE, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
        }
        let found: Value = serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap();
        assert!(found == vectors, "openings-exchange.json differs: run with BULLA_WRITE_VECTORS=1");
    }

    #[test]
    fn questions_read_back_as_they_were_written() {
        let longest = u32::try_from(OPENINGS_ASKED_MAX).unwrap();
        for positions in [vec![0], vec![1, 5, u32::MAX], (0..longest).collect()] {
            let bytes = question(positions.clone()).encode();
            assert!(bytes.len() <= QUESTION_BYTES_MAX);
            assert_eq!(OpeningsQuestion::decode(&bytes), Some(question(positions)));
            assert_eq!(OpeningsQuestion::decode(&bytes[..bytes.len() - 1]), None);
        }
        let too_many = (0..=longest).collect();
        for positions in [vec![], vec![2, 1], vec![1, 1], too_many] {
            assert_eq!(OpeningsQuestion::decode(&question(positions).encode()), None);
        }
        assert_eq!(OpeningsQuestion::decode(&[]), None);
    }

    #[test]
    fn answers_read_back_and_whatever_else_is_refused() {
        for rest in [Unopened::NotKept, Unopened::More, Unopened::Unsaid, Unopened::NotHeld] {
            for entries in [vec![], vec![entry(0)], vec![entry(3), entry(9)]] {
                let answer = OpeningsAnswer { entries, rest };
                assert_eq!(OpeningsAnswer::decode(&answer.encode()), Some(answer));
            }
        }
        let refused = |entries| {
            let bytes = OpeningsAnswer { entries, rest: Unopened::NotKept }.encode();
            assert_eq!(OpeningsAnswer::decode(&bytes), None);
        };
        refused(vec![entry(9), entry(3)]);
        refused(vec![entry(3), entry(3)]);
        refused(vec![EntryOpenings { position: 3, openings: Vec::new() }]);
        let whole = OpeningsAnswer { entries: vec![entry(3)], rest: Unopened::NotKept }.encode();
        for length in (0..whole.len()).filter(|length| *length != 1) {
            assert_eq!(OpeningsAnswer::decode(&whole[..length]), None, "{length} bytes");
        }
        assert_eq!(OpeningsAnswer::decode(&[&whole[..], &[0]].concat()), None);
        assert_eq!(OpeningsAnswer::decode(&[0]), None, "an answer says what it leaves open");
        assert_eq!(OpeningsAnswer::decode(&[1, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
