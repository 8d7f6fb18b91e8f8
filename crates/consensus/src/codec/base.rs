//! Numbers, digests, options and lists.

use bulla_crypto::{Hash, Signature};
use bulla_types::{Address, BlockHash};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use malachitebft_core_types::{NilOrVal, Round, Validity, VoteType};

use super::{CodecError, Wire};
use crate::context::{Height, ValidatorAddress, Value};

/// Checks that this many bytes are left.
pub(super) fn need(from: &Bytes, needed: usize) -> Result<(), CodecError> {
    let left = from.remaining();
    if left < needed { Err(CodecError::Truncated { needed, left }) } else { Ok(()) }
}

/// Takes bytes with their length (u32) before them, sharing memory.
pub(super) fn get_bytes(from: &mut Bytes, what: &'static str, max: usize) -> Result<Bytes, CodecError> {
    let found = usize::try_from(u32::get(from)?).unwrap_or(usize::MAX);
    if found > max {
        return Err(CodecError::TooMany { what, found, max });
    }
    need(from, found)?;
    Ok(from.split_to(found))
}

/// Writes bytes with their length before them. No caller has more than 32 bits can count: blocks, the
/// longest of all, are bounded by their format.
pub(super) fn put_bytes(out: &mut BytesMut, bytes: &[u8]) {
    put_count(out, bytes.len());
    out.put_slice(bytes);
}

pub(super) fn size_of_bytes(bytes: &[u8]) -> usize {
    4 + bytes.len()
}

/// An item that occurs in lists.
pub(super) trait Item: Wire {
    /// What the items are, for errors.
    const WHAT: &'static str;
    /// How many one list may hold.
    const MAX: usize;
}

impl<T: Item> Wire for Vec<T> {
    fn size(&self) -> usize {
        4 + self.iter().map(Wire::size).sum::<usize>()
    }

    fn put(&self, out: &mut BytesMut) {
        put_count(out, self.len());
        self.iter().for_each(|item| item.put(out));
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        let found = usize::try_from(u32::get(from)?).unwrap_or(usize::MAX);
        if found > T::MAX {
            return Err(CodecError::TooMany { what: T::WHAT, found, max: T::MAX });
        }
        // An item has at least one byte, so what is left bounds the list too.
        need(from, found)?;
        (0..found).map(|_| T::get(from)).collect()
    }
}

fn put_count(out: &mut BytesMut, count: usize) {
    out.put_u32(u32::try_from(count).unwrap_or(u32::MAX));
}

macro_rules! wire_number {
    ($($type:ty: $bytes:literal, $put:ident, $get:ident;)+) => {$(
        impl Wire for $type {
            fn size(&self) -> usize {
                $bytes
            }

            fn put(&self, out: &mut BytesMut) {
                out.$put(*self);
            }

            fn get(from: &mut Bytes) -> Result<Self, CodecError> {
                need(from, $bytes)?;
                Ok(from.$get())
            }
        }
    )+};
}

wire_number! {
    u8: 1, put_u8, get_u8;
    u32: 4, put_u32, get_u32;
    u64: 8, put_u64, get_u64;
}

impl<const N: usize> Wire for [u8; N] {
    fn size(&self) -> usize {
        N
    }

    fn put(&self, out: &mut BytesMut) {
        out.put_slice(self);
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        need(from, N)?;
        let mut bytes = [0; N];
        from.copy_to_slice(&mut bytes);
        Ok(bytes)
    }
}

/// Implements [`Wire`] through another type with it.
macro_rules! wire_as {
    ($($type:ty as $inner:ty: $to:expr, $of:expr;)+) => {$(
        impl Wire for $type {
            fn size(&self) -> usize {
                let to: fn(&Self) -> $inner = $to;
                to(self).size()
            }

            fn put(&self, out: &mut BytesMut) {
                let to: fn(&Self) -> $inner = $to;
                to(self).put(out);
            }

            fn get(from: &mut Bytes) -> Result<Self, CodecError> {
                let of: fn($inner) -> Result<Self, CodecError> = $of;
                of(<$inner>::get(from)?)
            }
        }
    )+};
}

/// A round that is none, as the engine's rounds may be.
const NO_ROUND: u32 = u32::MAX;
/// Heights beyond this overflow the engine's own counters, and no ledger reaches them.
const HEIGHT_MAX: u64 = 1 << 62;

wire_as! {
    Hash as [u8; 32]: |hash| *hash.as_bytes(), |bytes| Ok(Hash::from_bytes(bytes));
    BlockHash as [u8; 32]: |hash| *hash.as_bytes(), |bytes| Ok(BlockHash::from_bytes(bytes));
    Address as [u8; 32]: |address| *address.as_bytes(), |bytes| Ok(Address::from_bytes(bytes));
    Signature as [u8; 64]: |signature| signature.0, |bytes| Ok(Signature(bytes));
    ValidatorAddress as Address: |address| address.0, |address| Ok(ValidatorAddress(address));
    Value as BlockHash: |value| value.0, |hash| Ok(Value(hash));
    Height as u64: |height| height.0, |height| {
        if height > HEIGHT_MAX { Err(CodecError::Height(height)) } else { Ok(Height(height)) }
    };
    Round as u32: |round| round.as_u32().unwrap_or(NO_ROUND), |round| {
        Ok(if round == NO_ROUND { Round::Nil } else { Round::new(round) })
    };
    VoteType as u8: |kind| match kind {
        VoteType::Prevote => 1,
        VoteType::Precommit => 2,
    }, |tag| match tag {
        1 => Ok(VoteType::Prevote),
        2 => Ok(VoteType::Precommit),
        tag => Err(CodecError::Tag { what: "vote type", tag }),
    };
    Validity as u8: |validity| u8::from(validity.is_valid()), |tag| match tag {
        0 => Ok(Validity::Invalid),
        1 => Ok(Validity::Valid),
        tag => Err(CodecError::Tag { what: "verdict", tag }),
    };
}

impl<T: Wire> Wire for Option<T> {
    fn size(&self) -> usize {
        1 + self.as_ref().map_or(0, Wire::size)
    }

    fn put(&self, out: &mut BytesMut) {
        out.put_u8(u8::from(self.is_some()));
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        match u8::get(from)? {
            0 => Ok(None),
            1 => T::get(from).map(Some),
            tag => Err(CodecError::Tag { what: "option", tag }),
        }
    }
}

impl<T: Wire + Clone> Wire for NilOrVal<T> {
    fn size(&self) -> usize {
        match self {
            Self::Nil => 1,
            Self::Val(value) => 1 + value.size(),
        }
    }

    fn put(&self, out: &mut BytesMut) {
        match self {
            Self::Nil => out.put_u8(0),
            Self::Val(value) => {
                out.put_u8(1);
                value.put(out);
            }
        }
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        Ok(Option::<T>::get(from)?.map_or(Self::Nil, Self::Val))
    }
}
