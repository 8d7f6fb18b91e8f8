//! The connection between a node and a signer: a unix socket, or TCP under Noise XX with both keys pinned.

use std::io;
use std::time::Duration;

use bulla_crypto::{PublicKey, SecretKey};
use libp2p::core::upgrade::{InboundConnectionUpgrade, OutboundConnectionUpgrade};
use libp2p::identity::{self, Keypair, PeerId};
use libp2p::noise;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::compat::{FuturesAsyncReadCompatExt, TokioAsyncReadCompatExt};

use crate::wire::FRAME_BYTES_MAX;

/// A handshake ends within this.
pub const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);

/// A frame that has begun ends within this, and one is taken by the other side within this.
pub const FRAME_WITHIN: Duration = Duration::from_secs(5);

/// Noise XX, by libp2p's name.
const NOISE: &str = "/noise";

/// What frames travel on.
pub trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

/// A connection of either kind.
pub type Channel = Box<dyn Connection>;

/// One side's key for Noise.
#[derive(Clone)]
pub struct Identity(Box<Keypair>);

impl Identity {
    /// That of a key file.
    ///
    /// # Errors
    /// Never for an Ed25519 key; the library could say otherwise.
    pub fn of(key: &SecretKey) -> io::Result<Self> {
        let mut seed = *key.to_seed();
        let secret = identity::ed25519::SecretKey::try_from_bytes(&mut seed).map_err(io::Error::other)?;
        Ok(Self(Box::new(Keypair::from(identity::ed25519::Keypair::from(secret)))))
    }
}

/// Makes a TCP connection one that only the holder of this key can be at the other end of.
///
/// # Errors
/// Another key, no Noise, or what the system says.
pub async fn secure_to(stream: TcpStream, own: &Identity, other: &PublicKey) -> io::Result<Channel> {
    let expected = peer_id(other)?;
    let noise = noise::Config::new(&own.0).map_err(io::Error::other)?;
    let secured = timeout(HANDSHAKE_WITHIN, noise.upgrade_outbound(stream.compat(), NOISE)).await?;
    let (found, secured) = secured.map_err(io::Error::other)?;
    if found != expected {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "another key than the pinned one"));
    }
    Ok(Box::new(secured.compat()))
}

/// As [`secure_to`], from the other side: one of these keys may connect.
///
/// # Errors
/// As for [`secure_to`].
pub async fn secure_from(stream: TcpStream, own: &Identity, others: &[PublicKey]) -> io::Result<Channel> {
    let noise = noise::Config::new(&own.0).map_err(io::Error::other)?;
    let secured = timeout(HANDSHAKE_WITHIN, noise.upgrade_inbound(stream.compat(), NOISE)).await?;
    let (found, secured) = secured.map_err(io::Error::other)?;
    for other in others {
        if found == peer_id(other)? {
            return Ok(Box::new(secured.compat()));
        }
    }
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "its key is not on the list"))
}

fn peer_id(key: &PublicKey) -> io::Result<PeerId> {
    let key = identity::ed25519::PublicKey::try_from_bytes(&key.to_bytes()).map_err(io::Error::other)?;
    Ok(identity::PublicKey::from(key).to_peer_id())
}

/// Waits for a frame, for as long as none has begun; `None` when the other side has closed.
///
/// # Errors
/// The frame is empty, too long or does not end, or what the system says.
pub async fn read_frame(channel: &mut Channel) -> io::Result<Option<Vec<u8>>> {
    let mut first = [0];
    if channel.read(&mut first).await? == 0 {
        return Ok(None);
    }
    timeout(FRAME_WITHIN, rest_of_frame(channel, first[0])).await?.map(Some)
}

async fn rest_of_frame(channel: &mut Channel, first: u8) -> io::Result<Vec<u8>> {
    let length = usize::from(u16::from_be_bytes([first, channel.read_u8().await?]));
    if !(1..=FRAME_BYTES_MAX).contains(&length) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is empty or too long"));
    }
    let mut frame = vec![0; length];
    channel.read_exact(&mut frame).await?;
    Ok(frame)
}

/// Sends a frame.
///
/// # Errors
/// It is too long or not taken in time, or what the system says.
pub async fn write_frame(channel: &mut Channel, frame: &[u8]) -> io::Result<()> {
    let length = u16::try_from(frame.len()).ok().filter(|_| frame.len() <= FRAME_BYTES_MAX);
    let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a frame is too long"))?;
    let bytes = [&length.to_be_bytes(), frame].concat();
    timeout(FRAME_WITHIN, async {
        channel.write_all(&bytes).await?;
        channel.flush().await
    })
    .await?
}
