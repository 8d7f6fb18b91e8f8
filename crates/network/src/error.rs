//! What can go wrong at the face of the host.

use std::io;

use libp2p::Multiaddr;
use thiserror::Error;

/// Why a host did not start.
#[derive(Debug, Error)]
pub enum HostError {
    /// Another program listens there.
    #[error("{address} is in use: another node, or another program, listens there")]
    PortInUse {
        /// The address asked for.
        address: Multiaddr,
    },
    /// The system refused to listen there.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: Multiaddr,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// Not an address to listen on.
    #[error("{address} is not of the form /ip4/ADDRESS/tcp/PORT or /ip4/ADDRESS/udp/PORT/quic-v1 (or ip6)")]
    NotListenable {
        /// The address asked for.
        address: Multiaddr,
    },
    /// The Noise handshake could not be set up with the node's key.
    #[error("the node's key cannot be used for Noise: {reason}")]
    Noise {
        /// What libp2p says.
        reason: String,
    },
}

/// Why a batch was not taken for relay to anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RelayError {
    /// No peer would take a batch of this length.
    #[error("a relay batch of {bytes} bytes is over the limit of {bytes_max}")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The longest allowed.
        bytes_max: usize,
    },
    /// The host is behind; the mempool announces again later.
    #[error("the host has too many batches waiting")]
    Full,
    /// The host has shut down.
    #[error("the host has shut down")]
    Stopped,
}

/// A frame that no peer would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a frame of {bytes} bytes is over the lane's limit of {bytes_max}")]
pub struct FrameTooLong {
    /// Its length.
    pub bytes: usize,
    /// The longest allowed.
    pub bytes_max: usize,
}
