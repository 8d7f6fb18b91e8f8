//! The parts of a block.

use bytes::{BufMut, Bytes, BytesMut};
use malachitebft_app::streaming::{StreamContent, StreamId, StreamMessage};

use super::base::{get_bytes, put_bytes, size_of_bytes};
use super::{CodecError, Wire, wire_fields};
use crate::limits::PART_BYTES;
use crate::parts::{FirstPart, Part, StreamKey};

wire_fields!(FirstPart { height, round, pol_round, proposer, block_hash, size, digest, signature });

impl Wire for Part {
    fn size(&self) -> usize {
        1 + match self {
            Self::First(first) => Wire::size(first),
            Self::Data(bytes) => size_of_bytes(bytes),
        }
    }

    fn put(&self, out: &mut BytesMut) {
        match self {
            Self::First(first) => {
                out.put_u8(1);
                first.put(out);
            }
            Self::Data(bytes) => {
                out.put_u8(2);
                put_bytes(out, bytes);
            }
        }
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        match u8::get(from)? {
            1 => Wire::get(from).map(Self::First),
            2 => get_bytes(from, "bytes of a part", PART_BYTES).map(Self::Data),
            tag => Err(CodecError::Tag { what: "part", tag }),
        }
    }
}

impl Wire for StreamMessage<Part> {
    fn size(&self) -> usize {
        let content = match &self.content {
            StreamContent::Fin => 0,
            StreamContent::Data(part) => part.size(),
        };
        size_of_bytes(&self.stream_id.to_bytes()) + self.sequence.size() + 1 + content
    }

    fn put(&self, out: &mut BytesMut) {
        put_bytes(out, &self.stream_id.to_bytes());
        self.sequence.put(out);
        match &self.content {
            StreamContent::Fin => out.put_u8(0),
            StreamContent::Data(part) => {
                out.put_u8(1);
                part.put(out);
            }
        }
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        let id = get_bytes(from, "bytes of a stream's name", StreamKey::BYTES)?;
        let sequence = Wire::get(from)?;
        let content = match u8::get(from)? {
            0 => StreamContent::Fin,
            1 => StreamContent::Data(Wire::get(from)?),
            tag => return Err(CodecError::Tag { what: "stream content", tag }),
        };
        Ok(Self::new(StreamId::new(id), sequence, content))
    }
}
