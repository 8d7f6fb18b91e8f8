//! One connection per peer: which of two is closed.

use std::time::{Duration, Instant};

use libp2p::swarm::ConnectionId;

/// Two connections that came within this of each other crossed on the way. It is longer than a dial may
/// take, so both ends agree on whether it was so.
const CROSSED: Duration = Duration::from_secs(10);

/// An established connection to a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) dialer: Dialer,
    pub(crate) since: Instant,
}

/// Who opened a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialer {
    SmallerId,
    LargerId,
}

/// The connection to close when `new` came while `old` stood.
///
/// When both ends dialled at once, both keep the one that the smaller peer id dialled, so that they do
/// not close each other's. Otherwise the newer stays: a peer dials only when it holds no connection, so
/// it has lost the old one, by a crash for example, and this end has not noticed. Or it looks for another peer where
/// this one is; then it closes what it has just opened.
pub(crate) fn redundant(old: &Connection, new: &Connection) -> ConnectionId {
    let crossed = new.since.duration_since(old.since) < CROSSED && old.dialer != new.dialer;
    if crossed && old.dialer == Dialer::SmallerId { new.id } else { old.id }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(id: usize, dialer: Dialer, since: Instant) -> Connection {
        Connection { id: ConnectionId::new_unchecked(id), dialer, since }
    }

    #[test]
    fn both_ends_of_crossed_calls_close_the_same_one() {
        let now = Instant::now();
        let by_smaller = connection(1, Dialer::SmallerId, now);
        let by_larger = connection(2, Dialer::LargerId, now);
        assert_eq!(redundant(&by_smaller, &by_larger), by_larger.id);
        assert_eq!(redundant(&by_larger, &by_smaller), by_larger.id);
    }

    #[test]
    fn a_peer_that_calls_again_later_has_lost_the_old_connection() {
        let now = Instant::now();
        for dialer in [Dialer::SmallerId, Dialer::LargerId] {
            let old = connection(1, Dialer::SmallerId, now);
            let new = connection(2, dialer, now + CROSSED);
            assert_eq!(redundant(&old, &new), old.id);
        }
    }
}
