//! Finding ports that are free.

use std::net::{Ipv4Addr, TcpListener};

use bulla_types::ReasonCode;

use super::layout::Ports;
use crate::failure::Failure;

/// Ports a node takes from a base port on.
const PORTS_PER_NODE: u16 = 4;

/// Ports for `nodes` nodes: from `base` on when given, otherwise whatever is free.
pub(super) fn choose(nodes: usize, base: Option<u16>) -> Result<Vec<Ports>, Failure> {
    match base {
        Some(base) => from_base(nodes, base),
        None => free(nodes),
    }
}

fn from_base(nodes: usize, base: u16) -> Result<Vec<Ports>, Failure> {
    let too_high = || Failure::usage(format!("--base-port {base} leaves no room for {nodes} nodes"));
    let mut ports = Vec::new();
    for node in 0..nodes {
        let offset = u16::try_from(node)
            .ok()
            .and_then(|node| node.checked_mul(PORTS_PER_NODE))
            .ok_or_else(too_high)?;
        let first = base.checked_add(offset).ok_or_else(too_high)?;
        let last = first.checked_add(PORTS_PER_NODE - 1).ok_or_else(too_high)?;
        for port in first..=last {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .map_err(|error| Failure::new(ReasonCode::PortInUse, format!("127.0.0.1:{port}: {error}")))?;
        }
        ports.push(Ports { grpc: first, http: first + 1, network: first + 2, consensus: first + 3 });
    }
    Ok(ports)
}

/// All listeners are held until every port is known, so that no port is given twice.
fn free(nodes: usize) -> Result<Vec<Ports>, Failure> {
    let mut held = Vec::new();
    let mut next = || -> Result<u16, Failure> {
        let refused = |error: std::io::Error| Failure::new(ReasonCode::PortInUse, error.to_string());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(refused)?;
        let port = listener.local_addr().map_err(refused)?.port();
        held.push(listener);
        Ok(port)
    };
    (0..nodes)
        .map(|_| Ok(Ports { grpc: next()?, http: next()?, network: next()?, consensus: next()? }))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;
    use crate::failure::exit;

    #[test]
    fn no_port_is_given_twice() {
        let ports = choose(5, None).unwrap();
        let all: BTreeSet<_> = ports.iter().flat_map(|p| [p.grpc, p.http, p.network, p.consensus]).collect();
        assert_eq!(all.len(), 20);
    }

    #[test]
    fn a_port_in_use_is_named() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        let failure = choose(1, Some(port)).unwrap_err();
        assert_eq!(failure.reason, ReasonCode::PortInUse);
        assert!(failure.detail.contains("127.0.0.1"));
    }

    #[test]
    fn ports_end_at_65535() {
        assert_eq!(choose(1, Some(65_533)).unwrap_err().exit, exit::USAGE);
    }
}
