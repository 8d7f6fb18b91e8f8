//! Ports that no other test, and no outgoing connection of any program, takes meanwhile.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range that Linux takes outgoing ports from: a port that is free while its node is down stays so.
const RANGE: Range<u16> = 10_000..32_000;

/// Of this process; test programs that run at the same time begin elsewhere.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// The ports of one node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodePorts {
    pub(crate) grpc: u16,
    pub(crate) http: u16,
    pub(crate) network: u16,
}

impl NodePorts {
    pub(crate) fn free() -> Self {
        Self { grpc: free_port(), http: free_port(), network: free_port() }
    }
}

fn free_port() -> u16 {
    let count = RANGE.end - RANGE.start;
    let first = u16::try_from(std::process::id().wrapping_mul(97) % u32::from(count)).unwrap();
    for _ in 0..count {
        let offset = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % count;
        let port = RANGE.start + offset;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port of {RANGE:?} is free");
}
