//! Frames: a big-endian `u32` length, then that many bytes.

use std::io;

use bytes::Bytes;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use thiserror::Error;

/// Memory is taken in steps of this as bytes arrive, never on the word of a length prefix alone.
const FIRST_READ_BYTES: usize = 64 << 10;

/// A frame that its sender says is longer than the lane allows. Nothing of it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a frame of {bytes} bytes is over the lane's limit of {bytes_max}")]
pub(crate) struct Oversize {
    pub(crate) bytes: usize,
    pub(crate) bytes_max: usize,
}

/// Reads one frame. The inner error is the peer's doing, the outer one the stream's.
pub(crate) async fn read<T>(io: &mut T, bytes_max: usize) -> io::Result<Result<Bytes, Oversize>>
where
    T: AsyncRead + Unpin + Send,
{
    match read_length(io, bytes_max).await? {
        Ok(length) => Ok(Ok(read_payload(io, length).await?)),
        Err(oversize) => Ok(Err(oversize)),
    }
}

/// Reads the length of a frame.
pub(crate) async fn read_length<T>(io: &mut T, bytes_max: usize) -> io::Result<Result<usize, Oversize>>
where
    T: AsyncRead + Unpin + Send,
{
    let mut prefix = [0; 4];
    io.read_exact(&mut prefix).await?;
    let bytes = usize::try_from(u32::from_be_bytes(prefix)).map_err(io::Error::other)?;
    Ok(if bytes > bytes_max { Err(Oversize { bytes, bytes_max }) } else { Ok(bytes) })
}

/// Reads what follows the length.
pub(crate) async fn read_payload<T>(io: &mut T, length: usize) -> io::Result<Bytes>
where
    T: AsyncRead + Unpin + Send,
{
    let mut payload = Vec::new();
    while payload.len() < length {
        let have = payload.len();
        // Doubles what has arrived: a peer that promises much and sends little costs little.
        let step = have.max(FIRST_READ_BYTES).min(length - have);
        payload.reserve_exact(step);
        payload.resize(have + step, 0);
        io.read_exact(&mut payload[have..]).await?;
    }
    Ok(payload.into())
}

/// Writes one frame and flushes it.
pub(crate) async fn write<T>(io: &mut T, payload: &[u8]) -> io::Result<()>
where
    T: AsyncWrite + Unpin + Send,
{
    put(io, payload).await?;
    io.flush().await
}

/// Writes one frame.
pub(crate) async fn put<T>(io: &mut T, payload: &[u8]) -> io::Result<()>
where
    T: AsyncWrite + Unpin + Send,
{
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
    io.write_all(&length.to_be_bytes()).await?;
    io.write_all(payload).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use futures::executor::block_on;
    use futures::io::Cursor;

    use super::*;

    #[test]
    fn a_frame_reads_back_as_it_was_written() {
        for length in [0, 1, FIRST_READ_BYTES, 3 * FIRST_READ_BYTES + 1] {
            let payload = vec![5; length];
            let mut wire = Vec::new();
            block_on(write(&mut wire, &payload)).unwrap();
            assert_eq!(block_on(read(&mut Cursor::new(wire), length)).unwrap().unwrap(), payload);
        }
    }

    #[test]
    fn an_oversize_frame_is_refused_before_it_is_read() {
        let mut wire = Cursor::new([0, 0, 1, 1, 9, 9].to_vec());
        let refused = block_on(read(&mut wire, 256)).unwrap();
        assert_eq!(refused, Err(Oversize { bytes: 257, bytes_max: 256 }));
        assert_eq!(wire.position(), 4);
    }

    #[test]
    fn a_frame_cut_short_is_an_error() {
        let mut wire = Cursor::new([0, 0, 0, 3, 9, 9].to_vec());
        assert_eq!(block_on(read(&mut wire, 256)).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
