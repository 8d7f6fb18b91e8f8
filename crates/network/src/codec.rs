//! Carries frames on the streams of a request/response lane.

use std::io;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{AsyncRead, AsyncWrite};
use libp2p::{StreamProtocol, request_response};

use crate::frame::{self, Oversize};

/// One request frame, one answer frame, each with its limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameCodec {
    pub(crate) request_bytes_max: usize,
    pub(crate) answer_bytes_max: usize,
}

#[async_trait]
impl request_response::Codec for FrameCodec {
    type Protocol = StreamProtocol;
    /// An oversize request is handed up rather than failed on the stream: libp2p reports no stream
    /// failure of a request that it has not read whole, and its sender must be known to be set aside.
    type Request = Result<Bytes, Oversize>;
    type Response = Bytes;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Self::Request>
    where
        T: AsyncRead + Unpin + Send,
    {
        frame::read(io, self.request_bytes_max).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Bytes>
    where
        T: AsyncRead + Unpin + Send,
    {
        frame::read(io, self.answer_bytes_max).await?.map_err(|oversize| invalid(&oversize))
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        request: Self::Request,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        frame::write(io, &request.map_err(|oversize| invalid(&oversize))?).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, answer: Bytes) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        frame::write(io, &answer).await
    }
}

fn invalid(oversize: &Oversize) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, *oversize)
}
