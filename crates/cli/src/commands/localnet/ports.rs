//! Finding ports that are free, and that stay so while a node is down.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::RangeInclusive;

use bulla_types::ReasonCode;
use rand_core::{OsRng, RngCore};

use super::layout::Ports;
use crate::complaints::{NO_FREE_PORTS, NO_ROOM_FOR_PORTS};
use crate::failure::Failure;
use crate::text::Said;

/// Ports a node takes from a base port on.
const PORTS_PER_NODE: usize = 3;

/// The first port chosen: those below belong to services that people know by heart.
const FIRST: u16 = 10_000;

/// The first port that Linux takes for outgoing connections unless it is told otherwise. A port from there on may
/// be free when a network is founded and taken by anybody's connection when a node is started again.
const OUTGOING_FIRST: u16 = 32_768;

/// Where Linux says which ports it takes.
const OUTGOING_RANGE: &str = "/proc/sys/net/ipv4/ip_local_port_range";

/// Ports for `nodes` nodes: from `base` on when given, otherwise free ones.
pub(super) fn choose(nodes: usize, base: Option<u16>) -> Result<Vec<Ports>, Failure> {
    match base {
        Some(base) => from_base(nodes, base),
        None => free(nodes, lasting(std::fs::read_to_string(OUTGOING_RANGE).ok().as_deref())),
    }
}

fn from_base(nodes: usize, base: u16) -> Result<Vec<Ports>, Failure> {
    let ports: Vec<u16> = (base..=u16::MAX).take(nodes * PORTS_PER_NODE).collect();
    if ports.len() < nodes * PORTS_PER_NODE {
        return Err(Failure::usage(NO_ROOM_FOR_PORTS.with(&[&base, &nodes])));
    }
    for port in &ports {
        TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).map_err(|error| {
            let detail = Said::english(&error).of_thing(format_args!("127.0.0.1:{port}"));
            match error.kind() {
                ErrorKind::AddrInUse => Failure::new(ReasonCode::PortInUse, detail),
                _ => Failure::usage(detail),
            }
        })?;
    }
    Ok(in_threes(&ports))
}

/// The ports that no outgoing connection takes, by what Linux says of them.
fn lasting(outgoing: Option<&str>) -> RangeInclusive<u16> {
    let first = outgoing.and_then(|text| text.split_whitespace().next()?.parse().ok());
    // Where outgoing connections may take any port, there are none that last.
    let first = first.filter(|first| *first > FIRST).unwrap_or(OUTGOING_FIRST);
    FIRST..=first - 1
}

/// Free ports of a range, from a random place in it round to the same: two networks that are founded at the same
/// moment begin elsewhere. Every port is held until all are known.
fn free(nodes: usize, range: RangeInclusive<u16>) -> Result<Vec<Ports>, Failure> {
    let needed = nodes * PORTS_PER_NODE;
    let (first, last) = range.into_inner();
    let count = u32::from(last - first) + 1;
    let start = OsRng.next_u32() % count;
    // A place in the range is less than its length, which fits.
    let ports = (0..count).filter_map(|step| Some(first + u16::try_from((start + step) % count).ok()?));
    let held = ports.filter_map(|port| Some((port, TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?)));
    let (ports, _held): (Vec<u16>, Vec<TcpListener>) = held.take(needed).unzip();
    if ports.len() < needed {
        let detail = NO_FREE_PORTS.with(&[&ports.len(), &needed, &first, &last]);
        return Err(Failure::new(ReasonCode::PortInUse, detail));
    }
    Ok(in_threes(&ports))
}

fn in_threes(ports: &[u16]) -> Vec<Ports> {
    let (threes, _) = ports.as_chunks::<PORTS_PER_NODE>();
    threes.iter().map(|&[grpc, http, network]| Ports { grpc, http, network }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;
    use crate::failure::exit;

    fn all(ports: &[Ports]) -> BTreeSet<u16> {
        ports.iter().flat_map(|p| [p.grpc, p.http, p.network]).collect()
    }

    #[test]
    fn no_port_is_given_twice_and_none_that_outgoing_connections_take() {
        let ports = all(&choose(5, None).unwrap());
        assert_eq!(ports.len(), 15);
        let range = std::fs::read_to_string(OUTGOING_RANGE).ok();
        assert!(ports.iter().all(|port| lasting(range.as_deref()).contains(port)), "{ports:?}");
    }

    #[test]
    fn the_range_ends_before_the_outgoing_ports_of_this_machine() {
        assert_eq!(lasting(Some("32768\t60999\n")), 10_000..=32_767);
        assert_eq!(lasting(Some("20000 60999")), 10_000..=19_999);
        for unknown in [None, Some(""), Some("1024 65535"), Some("many few")] {
            assert_eq!(lasting(unknown), 10_000..=32_767, "{unknown:?}");
        }
    }

    #[test]
    fn two_networks_founded_at_once_rarely_meet() {
        let meetings = (0..20).filter(|_| {
            let [a, b] = [0, 1].map(|_| all(&free(5, 10_000..=32_767).unwrap()));
            !a.is_disjoint(&b)
        });
        assert!(meetings.count() < 5);
    }

    #[test]
    fn too_few_free_ports_are_told_with_what_to_do() {
        let failure = free(2, 10_000..=10_004).unwrap_err();
        assert_eq!(failure.reason, ReasonCode::PortInUse);
        assert!(
            failure.detail.en.contains("--base-port") && failure.detail.zh.contains("10004"),
            "{failure:?}"
        );
    }

    #[test]
    fn a_port_in_use_is_named() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        let failure = from_base(1, port).unwrap_err();
        assert_eq!(failure.reason, ReasonCode::PortInUse);
        assert!(failure.detail.zh.contains(&format!("127.0.0.1:{port}")), "{failure:?}");
    }

    #[test]
    fn three_ports_for_each_node_from_the_base_on() {
        let ports = in_threes(&[7000, 7001, 7002, 7003, 7004, 7005]);
        assert_eq!((ports.len(), ports[1].grpc, ports[1].network), (2, 7003, 7005));
        assert_eq!(choose(1, Some(65_534)).unwrap_err().exit, exit::USAGE);
    }
}
