//! Where the nodes of other members reach a node.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use bulla_network::{Multiaddr, Socket, socket_of};
use bulla_types::LedgerClass;

use super::texts::{ADDRESS_FORM, ADDRESS_NOWHERE, ADDRESS_OF_THIS_MACHINE};
use crate::text::Said;

/// A multiaddr of a host and a port, over TCP or QUIC: `/ip4/203.0.113.7/tcp/7001`, `/dns/node.example/tcp/7001`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(Multiaddr);

impl Address {
    /// Refuses what no other machine reaches. Nodes of a test may all run on one.
    pub(crate) fn check_for(&self, class: LedgerClass) -> Result<(), Said> {
        match self.ip() {
            Some(ip) if ip.is_loopback() && class == LedgerClass::Production => {
                Err(ADDRESS_OF_THIS_MACHINE.with(&[self]))
            }
            _ => Ok(()),
        }
    }

    /// Whether a node can take it for its own: a name may stand for anything.
    pub(crate) fn is_of_a_socket(&self) -> bool {
        socket_of(&self.0).is_some()
    }

    fn ip(&self) -> Option<IpAddr> {
        match socket_of(&self.0)? {
            Socket::Tcp(address) | Socket::Udp(address) => Some(address.ip()),
        }
    }
}

impl FromStr for Address {
    type Err = Said;

    /// Reads a multiaddr, or `HOST:PORT` for TCP.
    fn from_str(text: &str) -> Result<Self, Said> {
        let form = || ADDRESS_FORM.with(&[&text]);
        let written =
            if text.starts_with('/') { text.to_owned() } else { of_host_and_port(text).ok_or_else(form)? };
        let address: Multiaddr = written.parse().map_err(|_| form())?;
        let canonical = address.to_string();
        let parts: Vec<_> = canonical.split('/').skip(1).collect();
        let ([host, name, "tcp", port] | [host, name, "udp", port, "quic-v1"]) = parts[..] else {
            return Err(form());
        };
        match host {
            "ip4" | "ip6" => {}
            "dns" | "dns4" | "dns6" if is_host_name(name) => {}
            _ => return Err(form()),
        }
        let address = Self(address);
        let nowhere = |ip: IpAddr| ip.is_unspecified() || ip.is_multicast();
        if port == "0" || address.ip().is_some_and(nowhere) {
            return Err(ADDRESS_NOWHERE.with(&[&address]));
        }
        Ok(address)
    }
}

/// A host name as the DNS has it (RFC 1123): labels of letters, digits and `-`, in ASCII, of which the last is not a
/// number, as those of an address are.
fn is_host_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    name.len() <= 253 && name.split('.').all(is_label) && !name.rsplit('.').next().is_some_and(is_number)
}

fn of_host_and_port(text: &str) -> Option<String> {
    let (host, port) = text.rsplit_once(':')?;
    let port: u16 = port.parse().ok()?;
    let ip6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let kind = match (ip6, host.parse()) {
        (Some(_), _) => "ip6",
        (None, Ok(IpAddr::V4(_))) => "ip4",
        (None, Ok(IpAddr::V6(_))) => return None,
        (None, Err(_)) => "dns",
    };
    Some(format!("/{kind}/{}/tcp/{port}", ip6.unwrap_or(host)))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_host_and_port_or_a_multiaddr_is_an_address() {
        for (text, multiaddr) in [
            ("203.0.113.7:7001", "/ip4/203.0.113.7/tcp/7001"),
            ("[2001:db8::7]:7001", "/ip6/2001:db8::7/tcp/7001"),
            ("node-1.example.org:7001", "/dns/node-1.example.org/tcp/7001"),
            ("/ip4/203.0.113.7/udp/7001/quic-v1", "/ip4/203.0.113.7/udp/7001/quic-v1"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), multiaddr);
            assert_eq!(multiaddr.parse::<Address>().unwrap(), address);
        }
        assert!(!"node-1.example.org:7001".parse::<Address>().unwrap().is_of_a_socket());
    }

    #[test]
    fn what_nobody_reaches_is_no_address() {
        let peer = "/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";
        for text in [
            "",
            "node-1",
            "203.0.113.7",
            "203.0.113.7:70010",
            "2001:db8::7:7001",
            "0.0.0.0:7001",
            "[::]:7001",
            "224.0.0.1:7001",
            "203.0.113.7:0",
            "/ip4/203.0.113.7",
            "/ip4/203.0.113.7/udp/7001",
            "/unix/socket",
            &format!("/ip4/203.0.113.7/tcp/7001{peer}"),
            ":7001",
            "node 1:7001",
            "node\n1:7001",
            "１２７.0.0.1:7001",
            "127.1:7001",
            "0177.0.0.1:7001",
            "node..example:7001",
            "-node:7001",
            "例子:7001",
            "/dns/a%20b/tcp/7001",
            &format!("{}:7001", "a".repeat(64)),
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        let own: Address = "127.0.0.1:7001".parse().unwrap();
        assert!(own.check_for(LedgerClass::Test).is_ok() && own.check_for(LedgerClass::Production).is_err());
    }
}
