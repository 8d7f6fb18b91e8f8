//! The snapshot lane: a node that joins asks which snapshots a peer has, and for pieces of their files.
//!
//! A question is 1 byte, `1`, for the offers; or 38 bytes: `2`, snapshot id 32, file `u8` (1 manifest, 2 proof,
//! 3 content), piece `u32`. The answer to the first is 48 bytes for each offer: height `u64`, snapshot id 32, length
//! of the manifest `u32`, of the proof `u32`. The answer to the second is the piece: 1 MiB of the file, the last one
//! shorter; a peer that does not have it any more answers nothing.
//!
//! An offer is a peer's word. What it leads to is verified by whoever joins.

use bulla_types::limits::SNAPSHOT_CHUNK_BYTES;
use bulla_types::{Height, SnapshotId};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::sync::oneshot;

/// Length of the longest question.
pub(crate) const QUESTION_BYTES_MAX: usize = 38;

/// Length of the longest answer: a piece.
pub(crate) const ANSWER_BYTES_MAX: usize = 1024 * 1024;
const _: () = assert!(ANSWER_BYTES_MAX as u64 == SNAPSHOT_CHUNK_BYTES);

/// Snapshots that one peer offers.
pub const SNAPSHOT_OFFERS_MAX: usize = 16;

const OFFERS: u8 = 1;
const PIECE: u8 = 2;
const OFFER_BYTES: usize = 8 + 32 + 4 + 4;

/// What a node that joins asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotQuestion {
    /// Which snapshots there are.
    Offers,
    /// A piece of one.
    Piece(SnapshotPiece),
}

/// A piece of a file of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotPiece {
    /// The snapshot.
    pub id: SnapshotId,
    /// The file.
    pub file: SnapshotFile,
    /// Number of the piece, from 0; each is 1 MiB.
    pub piece: u32,
}

/// A file of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotFile {
    /// The manifest.
    Manifest,
    /// The proof.
    Proof,
    /// The content, whose pieces are its chunks.
    Content,
}

/// A snapshot that a peer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotOffer {
    /// Its height.
    pub height: Height,
    /// Its id.
    pub id: SnapshotId,
    /// Length of its manifest, bytes.
    pub manifest_bytes: u32,
    /// Length of its proof, bytes.
    pub proof_bytes: u32,
}

/// Answers a question on the snapshot lane. Dropped unused, the peer hears that there is no answer.
#[derive(Debug)]
pub struct SnapshotReply(pub(crate) oneshot::Sender<Bytes>);

impl SnapshotReply {
    /// Sends what is offered, the first 16.
    pub fn offers(self, offers: &[SnapshotOffer]) {
        self.answer(encode_offers(offers));
    }

    /// Sends a piece; none, when it is not here any more.
    pub fn piece(self, piece: Option<Bytes>) {
        if let Some(piece) = piece {
            self.answer(piece);
        }
    }

    fn answer(self, answer: Bytes) {
        // The host is gone, or the peer, when nobody listens.
        let _ = self.0.send(answer);
    }
}

impl SnapshotQuestion {
    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(QUESTION_BYTES_MAX);
        match self {
            Self::Offers => bytes.put_u8(OFFERS),
            Self::Piece(SnapshotPiece { id, file, piece }) => {
                bytes.put_u8(PIECE);
                bytes.put_slice(id.as_bytes());
                bytes.put_u8(file.number());
                bytes.put_u32(*piece);
            }
        }
        bytes.freeze()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (&kind, rest) = bytes.split_first()?;
        match kind {
            OFFERS if rest.is_empty() => Some(Self::Offers),
            PIECE => {
                let (id, rest) = rest.split_first_chunk()?;
                let (&file, piece) = rest.split_first()?;
                let file = SnapshotFile::of_number(file)?;
                let piece = u32::from_be_bytes(piece.try_into().ok()?);
                Some(Self::Piece(SnapshotPiece { id: SnapshotId::from_bytes(*id), file, piece }))
            }
            _ => None,
        }
    }
}

impl SnapshotFile {
    fn number(self) -> u8 {
        match self {
            Self::Manifest => 1,
            Self::Proof => 2,
            Self::Content => 3,
        }
    }

    fn of_number(number: u8) -> Option<Self> {
        [Self::Manifest, Self::Proof, Self::Content].into_iter().find(|file| file.number() == number)
    }
}

fn encode_offers(offers: &[SnapshotOffer]) -> Bytes {
    let mut bytes = BytesMut::new();
    for offer in offers.iter().take(SNAPSHOT_OFFERS_MAX) {
        bytes.put_u64(offer.height.0);
        bytes.put_slice(offer.id.as_bytes());
        bytes.put_u32(offer.manifest_bytes);
        bytes.put_u32(offer.proof_bytes);
    }
    bytes.freeze()
}

/// Reads what a peer offers; `None` when it is no list of offers.
#[must_use]
pub(crate) fn decode_offers(answer: &[u8]) -> Option<Vec<SnapshotOffer>> {
    let (offers, []) = answer.as_chunks::<OFFER_BYTES>() else { return None };
    let read = |offer: &[u8; OFFER_BYTES]| {
        let mut rest = &offer[..];
        let height = Height(rest.get_u64());
        let mut id = [0; 32];
        rest.copy_to_slice(&mut id);
        let (manifest_bytes, proof_bytes) = (rest.get_u32(), rest.get_u32());
        SnapshotOffer { height, id: SnapshotId::from_bytes(id), manifest_bytes, proof_bytes }
    };
    (offers.len() <= SNAPSHOT_OFFERS_MAX).then(|| offers.iter().map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_read_back_as_they_were_written() {
        let piece = |file| {
            SnapshotQuestion::Piece(SnapshotPiece { id: SnapshotId::from_bytes([7; 32]), file, piece: 9 })
        };
        let files = [SnapshotFile::Manifest, SnapshotFile::Proof, SnapshotFile::Content];
        for question in files.map(piece).into_iter().chain([SnapshotQuestion::Offers]) {
            let bytes = question.encode();
            assert!(bytes.len() <= QUESTION_BYTES_MAX);
            assert_eq!(SnapshotQuestion::decode(&bytes), Some(question));
            assert_eq!(SnapshotQuestion::decode(&[&bytes[..], &[0]].concat()), None);
        }
        // A piece whose file there is not.
        let no_file = [&[2; 33][..], &[4], &[0; 4]].concat();
        for bytes in [&[][..], &[0], &[3], &[2; 37], &no_file, &[3; 38]] {
            assert_eq!(SnapshotQuestion::decode(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn offers_read_back_and_too_many_or_a_torn_one_are_refused() {
        let offer = SnapshotOffer {
            height: Height(10_000),
            id: SnapshotId::from_bytes([7; 32]),
            manifest_bytes: 500,
            proof_bytes: 600,
        };
        for count in [0, 1, SNAPSHOT_OFFERS_MAX] {
            let bytes = encode_offers(&vec![offer; count]);
            assert_eq!(decode_offers(&bytes), Some(vec![offer; count]));
        }
        assert_eq!(decode_offers(&[0; OFFER_BYTES + 1]), None);
        assert_eq!(decode_offers(&[0; OFFER_BYTES * (SNAPSHOT_OFFERS_MAX + 1)]), None);
    }
}
