//! How far a node is, and the blocks that one who lags asks for.

use bulla_types::limits::BLOCK_ENCODED_BYTES_MAX;
use bytes::{Bytes, BytesMut};
use malachitebft_app::types::PeerId;
use malachitebft_sync::{RawDecidedValue, Request, Response, Status, ValueRequest, ValueResponse};

use super::base::{Item, get_bytes, put_bytes, size_of_bytes};
use super::{CodecError, Wire, wire_fields};
use crate::context::Bulla;
use crate::limits::SYNC_BATCH_BLOCKS;

/// Of a network identity.
const PEER_ID_BYTES_MAX: usize = 64;

wire_fields!(Status<Bulla> { peer_id, tip_height, history_min_height });
wire_fields!(ValueResponse<Bulla> { start_height, values });

impl Wire for PeerId {
    fn size(&self) -> usize {
        size_of_bytes(&self.to_bytes())
    }

    fn put(&self, out: &mut BytesMut) {
        put_bytes(out, &self.to_bytes());
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        let bytes = get_bytes(from, "bytes of a network identity", PEER_ID_BYTES_MAX)?;
        Self::from_bytes(&bytes).map_err(|_| CodecError::PeerId)
    }
}

impl Wire for Request<Bulla> {
    fn size(&self) -> usize {
        let Self::ValueRequest(request) = self;
        request.range.start().size() + request.range.end().size()
    }

    fn put(&self, out: &mut BytesMut) {
        let Self::ValueRequest(request) = self;
        request.range.start().put(out);
        request.range.end().put(out);
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        let (start, end) = (Wire::get(from)?, Wire::get(from)?);
        Ok(Self::ValueRequest(ValueRequest::new(start..=end)))
    }
}

impl Wire for Response<Bulla> {
    fn size(&self) -> usize {
        let Self::ValueResponse(response) = self;
        response.size()
    }

    fn put(&self, out: &mut BytesMut) {
        let Self::ValueResponse(response) = self;
        response.put(out);
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        Wire::get(from).map(Self::ValueResponse)
    }
}

impl Wire for RawDecidedValue<Bulla> {
    fn size(&self) -> usize {
        self.certificate.size() + size_of_bytes(&self.value_bytes)
    }

    fn put(&self, out: &mut BytesMut) {
        self.certificate.put(out);
        put_bytes(out, &self.value_bytes);
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        let certificate = Wire::get(from)?;
        let value_bytes = get_bytes(from, "bytes of a block", BLOCK_ENCODED_BYTES_MAX)?;
        Ok(Self { value_bytes, certificate })
    }
}

impl Item for RawDecidedValue<Bulla> {
    const WHAT: &'static str = "blocks of an answer";
    const MAX: usize = SYNC_BATCH_BLOCKS;
}
