//! Puts streams together again, from peers that may send anything.
//!
//! Pure: it checks shapes and limits; what a stream may be used for is judged by the caller, who knows the
//! running height, its validators and their votes. A stream that was taken or refused leaves a mark, so
//! that what arrives late does not start it anew.
//!
//! Limits hold per peer, so that a peer can only crowd out itself: when it has too many streams under way,
//! the one for the lowest (height, round, serial) goes first, since an honest peer has moved on from it.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use malachitebft_app::streaming::{StreamContent, StreamMessage};

use super::{FirstPart, Part, StreamKey};
use crate::limits::{
    HEIGHTS_AHEAD_MAX, PART_BYTES, PART_BYTES_PER_PEER_MAX, PART_PEERS_MAX, PARTS_MAX, STREAMS_PER_PEER_MAX,
};

/// Why a part was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PartRefused {
    #[error("its stream has a name that no node gives")]
    StreamName,
    #[error("its height {0} is over")]
    Past(u64),
    #[error("its height {0} is too far ahead")]
    TooFarAhead(u64),
    #[error("its number {0} is beyond the largest block")]
    Sequence(u64),
    #[error("data stands where the first part should, or the other way round")]
    Order,
    #[error("its stream was taken or refused before")]
    StreamOver,
    #[error("it came before")]
    Duplicate,
    #[error("what it says contradicts itself or the rest of its stream")]
    Contradiction,
    #[error("its peer has too many bytes of parts under way")]
    PeerBytes,
    #[error("too many peers have parts under way")]
    Peers,
}

/// What the caller makes of a stream whose first part is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// May be used as soon as it is whole.
    Ready,
    /// Not yet: its height has not started or its proof of lock was not seen.
    Wait,
    /// Never.
    Drop,
}

/// A first part and what the caller has found out about it.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) first: FirstPart,
    /// The signature was checked and holds.
    pub(crate) verified: bool,
}

/// A stream whose parts are all there. `T` is what the caller wants back with it.
#[derive(Debug)]
pub(crate) struct Whole<T> {
    pub(crate) first: FirstPart,
    pub(crate) data: Vec<Bytes>,
    pub(crate) token: T,
}

impl<T> Whole<T> {
    /// The bytes of the block in one piece.
    pub(crate) fn join(data: &[Bytes]) -> Bytes {
        match data {
            [only] => only.clone(),
            parts => {
                let mut bytes = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
                parts.iter().for_each(|part| bytes.extend_from_slice(part));
                bytes.freeze()
            }
        }
    }
}

/// See the [module](self). `P` names a peer; `T` is kept with the part that makes a stream whole.
pub(crate) struct Reassembly<P, T> {
    running_height: u64,
    peers: BTreeMap<P, Peer<T>>,
}

struct Peer<T> {
    streams: BTreeMap<StreamKey, Stream<T>>,
    bytes: usize,
}

enum Stream<T> {
    Open { held: Option<Box<Held>>, data: BTreeMap<u64, Bytes>, whole: Option<T> },
    Over,
}

impl<P: Ord + Clone, T> Reassembly<P, T> {
    pub(crate) fn new() -> Self {
        Self { running_height: 0, peers: BTreeMap::new() }
    }

    /// Forgets everything for lower heights.
    pub(crate) fn start(&mut self, height: u64) {
        self.running_height = height;
        self.peers.retain(|_, peer| {
            while let Some((key, _)) = peer.streams.first_key_value() {
                if key.height >= height {
                    break;
                }
                peer.remove_first();
            }
            !peer.streams.is_empty()
        });
    }

    /// Keeps a part. True when its stream has just become whole or got its first part, so that
    /// [`settle`](Self::settle) may find something to do.
    pub(crate) fn accept(
        &mut self,
        peer: &P,
        message: StreamMessage<Part>,
        token: T,
    ) -> Result<bool, PartRefused> {
        let key = StreamKey::from_id(&message.stream_id).ok_or(PartRefused::StreamName)?;
        let StreamContent::Data(part) = message.content else { return Err(PartRefused::Order) };
        self.check_place(key, message.sequence, &part)?;

        if !self.peers.contains_key(peer) && self.peers.len() >= PART_PEERS_MAX {
            return Err(PartRefused::Peers);
        }
        self.peers.entry(peer.clone()).or_insert_with(Peer::new).accept(key, message.sequence, part, token)
    }

    /// Lets the caller judge each stream whose first part is known, and takes out those that are ready and
    /// whole.
    pub(crate) fn settle(&mut self, mut judge: impl FnMut(&mut Held) -> Judgement) -> Vec<Whole<T>> {
        self.peers.values_mut().flat_map(|peer| peer.settle(&mut judge)).collect()
    }

    fn check_place(&self, key: StreamKey, sequence: u64, part: &Part) -> Result<(), PartRefused> {
        if key.height < self.running_height {
            return Err(PartRefused::Past(key.height));
        }
        if key.height > self.running_height.saturating_add(HEIGHTS_AHEAD_MAX) {
            return Err(PartRefused::TooFarAhead(key.height));
        }
        if sequence > PARTS_MAX as u64 {
            return Err(PartRefused::Sequence(sequence));
        }
        match part {
            Part::First(_) if sequence != 0 => Err(PartRefused::Order),
            Part::Data(_) if sequence == 0 => Err(PartRefused::Order),
            Part::Data(bytes) if bytes.is_empty() || bytes.len() > PART_BYTES => {
                Err(PartRefused::Contradiction)
            }
            Part::First(first) if (first.height, first.round) != (key.height, key.round) => {
                Err(PartRefused::Contradiction)
            }
            Part::First(first) if !first.is_plausible() => Err(PartRefused::Contradiction),
            _ => Ok(()),
        }
    }
}

impl<T> Peer<T> {
    fn new() -> Self {
        Self { streams: BTreeMap::new(), bytes: 0 }
    }

    fn accept(&mut self, key: StreamKey, sequence: u64, part: Part, token: T) -> Result<bool, PartRefused> {
        let added = if let Part::Data(bytes) = &part { bytes.len() } else { 0 };
        self.make_room(key, added)?;

        let stream = self.streams.entry(key).or_insert_with(Stream::new);
        match stream.accept(sequence, part, token) {
            Ok(news) => {
                self.bytes += added;
                Ok(news)
            }
            Err(PartRefused::Contradiction) => {
                self.bytes -= stream.close();
                Err(PartRefused::Contradiction)
            }
            Err(refused) => Err(refused),
        }
    }

    /// Drops older streams until this part fits.
    fn make_room(&mut self, key: StreamKey, added: usize) -> Result<(), PartRefused> {
        let is_new = !self.streams.contains_key(&key);
        while (is_new && self.streams.len() >= STREAMS_PER_PEER_MAX)
            || self.bytes + added > PART_BYTES_PER_PEER_MAX
        {
            match self.streams.first_key_value() {
                Some((oldest, _)) if *oldest < key => self.remove_first(),
                _ => return Err(PartRefused::PeerBytes),
            }
        }
        Ok(())
    }

    fn remove_first(&mut self) {
        if let Some((_, mut stream)) = self.streams.pop_first() {
            self.bytes -= stream.close();
        }
    }

    fn settle(&mut self, judge: &mut impl FnMut(&mut Held) -> Judgement) -> Vec<Whole<T>> {
        let mut ready = Vec::new();
        for stream in self.streams.values_mut() {
            let Stream::Open { held: Some(held), whole, .. } = stream else { continue };
            match judge(held) {
                Judgement::Wait => {}
                Judgement::Ready if whole.is_none() => {}
                Judgement::Ready => {
                    let (bytes, taken) = stream.take();
                    self.bytes -= bytes;
                    ready.extend(taken);
                }
                Judgement::Drop => self.bytes -= stream.close(),
            }
        }
        ready
    }
}

impl<T> Stream<T> {
    fn new() -> Self {
        Self::Open { held: None, data: BTreeMap::new(), whole: None }
    }

    fn accept(&mut self, sequence: u64, part: Part, token: T) -> Result<bool, PartRefused> {
        let Self::Open { held, data, whole } = self else { return Err(PartRefused::StreamOver) };
        let mut news = false;
        match part {
            Part::First(_) if held.is_some() => return Err(PartRefused::Duplicate),
            Part::First(first) => {
                let fits = data.iter().all(|(at, bytes)| first.data_bytes(*at) == Some(bytes.len()));
                if !fits {
                    return Err(PartRefused::Contradiction);
                }
                *held = Some(Box::new(Held { first, verified: false }));
                news = true;
            }
            Part::Data(_) if data.contains_key(&sequence) => return Err(PartRefused::Duplicate),
            Part::Data(bytes) => {
                let expected = held.as_ref().map(|held| held.first.data_bytes(sequence));
                if expected.is_some_and(|expected| expected != Some(bytes.len())) {
                    return Err(PartRefused::Contradiction);
                }
                data.insert(sequence, bytes);
            }
        }
        if held.as_ref().is_some_and(|held| held.first.data_parts() == data.len() as u64) {
            *whole = Some(token);
            news = true;
        }
        Ok(news)
    }

    /// Takes the stream out if it is whole, with the bytes that it held.
    fn take(&mut self) -> (usize, Option<Whole<T>>) {
        let bytes = self.bytes();
        let whole = match std::mem::replace(self, Self::Over) {
            Self::Open { held: Some(held), data, whole: Some(token) } => {
                Some(Whole { first: held.first, data: data.into_values().collect(), token })
            }
            _ => None,
        };
        (bytes, whole)
    }

    /// Forgets the stream and returns the bytes that it held.
    fn close(&mut self) -> usize {
        let bytes = self.bytes();
        *self = Self::Over;
        bytes
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Open { data, .. } => data.values().map(Bytes::len).sum(),
            Self::Over => 0,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::PART_BYTES;
    use crate::parts::{digest_of, stream};
    use crate::testing::{block, signature};

    type Parts = Reassembly<u8, u64>;

    fn block_of(bytes: usize) -> Bytes {
        (0..bytes).map(|i| u8::try_from(i % 251).unwrap()).collect::<Vec<u8>>().into()
    }

    fn first_part(height: u64, round: u32, data: &Bytes) -> FirstPart {
        FirstPart {
            height,
            round,
            pol_round: None,
            proposer: bulla_types::Address::from_bytes([9; 32]),
            block_hash: block(1),
            size: u32::try_from(data.len()).unwrap(),
            digest: digest_of(data),
            signature: signature(1),
        }
    }

    fn messages(height: u64, serial: u64, data: &Bytes) -> Vec<StreamMessage<Part>> {
        let key = StreamKey { height, round: 0, serial };
        stream(key, first_part(height, 0, data), data).collect()
    }

    fn ready(_: &mut Held) -> Judgement {
        Judgement::Ready
    }

    fn at_height(height: u64) -> Parts {
        let mut parts = Parts::new();
        parts.start(height);
        parts
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn parts_in_any_order_make_the_block(
            bytes in 1usize..4 * PART_BYTES,
            order in Just(()).prop_perturb(|(), mut rng| rng.next_u64()),
        ) {
            let data = block_of(bytes);
            let mut sent = messages(5, 1, &data);
            let count = sent.len() as u64;
            sent.sort_by_key(|message| (message.sequence + 1).wrapping_mul(order | 1) % (count * 7 + 1));

            let mut parts = at_height(5);
            let mut whole = Vec::new();
            for (token, message) in sent.into_iter().enumerate() {
                prop_assert!(whole.is_empty());
                parts.accept(&1, message, token as u64).unwrap();
                whole = parts.settle(ready);
            }
            prop_assert_eq!(whole.len(), 1);
            prop_assert_eq!(whole[0].token, count - 1);
            prop_assert_eq!(Whole::<u64>::join(&whole[0].data), data);
        }

        #[test]
        fn no_peer_holds_more_than_its_limits(
            sent in prop::collection::vec((0u64..4, 0u64..40, 0u64..130, 1usize..=PART_BYTES), 1..600),
        ) {
            let data = block_of(PART_BYTES);
            let mut parts = at_height(1);
            for (height, serial, sequence, bytes) in sent {
                let id = StreamKey { height, round: 0, serial }.to_id();
                let part = Part::Data(data.slice(..bytes));
                let _ = parts.accept(&1, StreamMessage::new(id, sequence, StreamContent::Data(part)), 0);

                let peer = parts.peers.get(&1);
                prop_assert!(peer.is_none_or(|peer| peer.streams.len() <= STREAMS_PER_PEER_MAX));
                prop_assert!(peer.is_none_or(|peer| peer.bytes <= PART_BYTES_PER_PEER_MAX));
                let held: usize = peer.map_or(0, |peer| peer.streams.values().map(Stream::bytes).sum());
                prop_assert_eq!(peer.map_or(0, |peer| peer.bytes), held);
            }
        }
    }

    #[test]
    fn a_stream_that_must_wait_is_taken_when_its_time_comes() {
        let data = block_of(10);
        let mut parts = at_height(5);
        for message in messages(6, 1, &data) {
            parts.accept(&1, message, 0).unwrap();
        }
        assert!(parts.settle(|_| Judgement::Wait).is_empty());
        parts.start(6);
        assert_eq!(parts.settle(ready).len(), 1);
        assert!(parts.settle(ready).is_empty(), "once");
    }

    #[test]
    fn a_refused_stream_takes_no_more_data() {
        let data = block_of(2 * PART_BYTES);
        let mut parts = at_height(5);
        let mut sent = messages(5, 1, &data).into_iter();
        parts.accept(&1, sent.next().unwrap(), 0).unwrap();
        assert!(parts.settle(|_| Judgement::Drop).is_empty());
        assert_eq!(parts.accept(&1, sent.next().unwrap(), 0), Err(PartRefused::StreamOver));
        assert_eq!(parts.peers[&1].bytes, 0);
    }

    #[test]
    fn heights_that_are_over_or_far_ahead_are_refused() {
        let data = block_of(10);
        let mut parts = at_height(5);
        let first = |height| messages(height, 1, &data).remove(0);
        assert_eq!(parts.accept(&1, first(4), 0), Err(PartRefused::Past(4)));
        assert_eq!(parts.accept(&1, first(8), 0), Err(PartRefused::TooFarAhead(8)));
        assert_eq!(parts.accept(&1, first(7), 0), Ok(true));
    }

    #[test]
    fn data_that_does_not_fit_its_first_part_ends_the_stream() {
        let data = block_of(PART_BYTES + 10);
        let mut sent = messages(5, 1, &data);
        let id = sent[0].stream_id.clone();
        let short = StreamContent::Data(Part::Data(data.slice(..9)));
        sent[2] = StreamMessage::new(id, 2, short);

        let mut parts = at_height(5);
        let refused: Vec<_> =
            sent.into_iter().filter_map(|message| parts.accept(&1, message, 0).err()).collect();
        assert_eq!(refused, [PartRefused::Contradiction]);
        assert_eq!(parts.peers[&1].bytes, 0);
    }

    #[test]
    fn a_new_stream_pushes_out_the_oldest_of_its_peer_and_of_no_other() {
        let data = block_of(10);
        let mut parts = at_height(5);
        parts.accept(&2, messages(5, 0, &data).remove(1), 0).unwrap();
        for serial in 1..=STREAMS_PER_PEER_MAX as u64 + 1 {
            parts.accept(&1, messages(5, serial, &data).remove(1), 0).unwrap();
        }
        let serials: Vec<u64> = parts.peers[&1].streams.keys().map(|key| key.serial).collect();
        assert_eq!(serials, (2..=STREAMS_PER_PEER_MAX as u64 + 1).collect::<Vec<_>>());
        assert_eq!(parts.peers[&2].streams.len(), 1);
    }

    #[test]
    fn a_lock_round_that_is_not_earlier_is_refused() {
        let data = block_of(10);
        let mut first = first_part(5, 1, &data);
        first.pol_round = Some(1);
        let key = StreamKey { height: 5, round: 1, serial: 1 };
        let message = stream(key, first, &data).next().unwrap();
        assert_eq!(at_height(5).accept(&1, message, 0), Err(PartRefused::Contradiction));
    }
}
