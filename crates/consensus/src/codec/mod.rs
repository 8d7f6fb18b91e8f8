//! The encoding of everything that nodes exchange in consensus and of the engine's log: our own, binary,
//! bounded.
//!
//! Fixed layouts, big-endian numbers, lists with a count before them. Bytes from peers are hostile: each
//! length is checked against its limit and against what is left before anything is allocated, an unknown
//! tag is an error, and so is a byte too many. Decoding shares the input's memory, so a block's data is not
//! copied. No message here is hashed or signed in this form, so the encoding need not be canonical and may
//! change with the name of the network protocol.
//!
//! [`Wire`] is a trait of our own, so that the engine's types can implement it and none needs a mirror.

mod base;
mod certificates;
mod log;
mod messages;
mod parts;
mod sync;

use bytes::{Buf, Bytes, BytesMut};
use malachitebft_app::consensus::{ProposedValue, SignedConsensusMsg};
use malachitebft_codec::{Codec, HasEncodedLen};
use malachitebft_core_types::PolkaCertificate;
use malachitebft_sync::{Request, Response, Status};

use crate::context::Bulla;
use crate::signing::ABSTAINED;

/// Why bytes are no message, or a message is no bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodecError {
    #[error("{needed} bytes are needed, {left} are left")]
    Truncated { needed: usize, left: usize },
    #[error("{0} bytes too many")]
    Trailing(usize),
    #[error("{tag} is no {what}")]
    Tag { what: &'static str, tag: u8 },
    #[error("{found} {what}, at most {max} are allowed")]
    TooMany { what: &'static str, found: usize, max: usize },
    #[error("a round is missing")]
    NoRound,
    #[error("height {0} is beyond any ledger")]
    Height(u64),
    #[error("not a network identity")]
    PeerId,
    #[error("a message that this node abstained from signing stays here")]
    Abstained,
}

/// A value with an encoding.
pub(crate) trait Wire: Sized {
    /// Exact length of the encoding.
    fn size(&self) -> usize;
    fn put(&self, out: &mut BytesMut);
    fn get(from: &mut Bytes) -> Result<Self, CodecError>;
}

/// Implements [`Wire`] for a struct: its fields in this order. With `in round`, the field `round` must be
/// defined.
macro_rules! wire_fields {
    ($type:ty { $($field:ident),+ $(,)? }) => {
        wire_fields!(@ $type { $($field),+ } |value| Ok(value));
    };
    (in round $type:ty { $($field:ident),+ $(,)? }) => {
        wire_fields!(@ $type { $($field),+ } |value| match value.round {
            malachitebft_core_types::Round::Nil => Err($crate::codec::CodecError::NoRound),
            malachitebft_core_types::Round::Some(_) => Ok(value),
        });
    };
    (@ $type:ty { $($field:ident),+ } |$value:ident| $checked:expr) => {
        impl $crate::codec::Wire for $type {
            fn size(&self) -> usize {
                0 $(+ $crate::codec::Wire::size(&self.$field))+
            }

            fn put(&self, out: &mut bytes::BytesMut) {
                $($crate::codec::Wire::put(&self.$field, out);)+
            }

            fn get(from: &mut bytes::Bytes) -> Result<Self, $crate::codec::CodecError> {
                $(let $field = $crate::codec::Wire::get(from)?;)+
                let $value = Self { $($field),+ };
                $checked
            }
        }
    };
}
pub(crate) use wire_fields;

/// Encodes a value, allocating once.
pub(crate) fn encode<T: Wire>(value: &T) -> Bytes {
    let mut out = BytesMut::with_capacity(value.size());
    value.put(&mut out);
    debug_assert_eq!(out.len(), value.size(), "size says how much put writes");
    out.freeze()
}

/// Decodes a value from all of the bytes.
pub(crate) fn decode<T: Wire>(mut bytes: Bytes) -> Result<T, CodecError> {
    let value = T::get(&mut bytes)?;
    if bytes.has_remaining() { Err(CodecError::Trailing(bytes.remaining())) } else { Ok(value) }
}

/// The codec that the engine is given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BullaCodec;

macro_rules! codec_for {
    ($($type:ty),+ $(,)?) => {$(
        impl Codec<$type> for BullaCodec {
            type Error = CodecError;

            fn decode(&self, bytes: Bytes) -> Result<$type, CodecError> {
                decode(bytes)
            }

            fn encode(&self, value: &$type) -> Result<Bytes, CodecError> {
                Ok(encode(value))
            }
        }
    )+};
}

codec_for!(Status<Bulla>, Request<Bulla>, Response<Bulla>, ProposedValue<Bulla>, PolkaCertificate<Bulla>,);

impl Codec<SignedConsensusMsg<Bulla>> for BullaCodec {
    type Error = CodecError;

    fn decode(&self, bytes: Bytes) -> Result<SignedConsensusMsg<Bulla>, CodecError> {
        decode(bytes)
    }

    fn encode(&self, message: &SignedConsensusMsg<Bulla>) -> Result<Bytes, CodecError> {
        if *message.signature() == ABSTAINED { Err(CodecError::Abstained) } else { Ok(encode(message)) }
    }
}

/// The engine asks for the length of each block that it serves, alone, so it must not cost an encoding.
impl HasEncodedLen<Response<Bulla>> for BullaCodec {
    fn encoded_len(&self, response: &Response<Bulla>) -> Result<usize, CodecError> {
        Ok(response.size())
    }
}

#[cfg(test)]
mod tests;
