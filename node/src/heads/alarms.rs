//! The alarms that were raised: one for each peer and kind.

use std::collections::BTreeMap;

use bulla_network::PeerId;
use bulla_types::ReasonCode;

use super::told::Difference;

/// Alarms that are kept: more than any ledger has peers.
const ALARMS_MAX: usize = 1024;

/// What an alarm says of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It names another block; its proof is looked for.
    Differs,
    /// It has no proof.
    Unproved,
    /// It has one.
    Forked,
}

impl Kind {
    /// The stable reason code.
    pub(crate) fn reason(self) -> ReasonCode {
        match self {
            Self::Differs => ReasonCode::HeadDiffers,
            Self::Unproved => ReasonCode::HeadUnproved,
            Self::Forked => ReasonCode::LedgerForked,
        }
    }
}

/// Whether an alarm is news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Raised {
    First,
    Again,
}

/// What is known of one alarm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alarm {
    pub(super) last: Difference,
    pub(super) times: u64,
    /// One that has led to another is told no more.
    open: bool,
}

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Alarms {
    raised: BTreeMap<(PeerId, Kind), Alarm>,
    totals: BTreeMap<Kind, u64>,
}

impl Alarms {
    /// Raises an alarm. Only the first of a peer and kind is news, however often the peer gives cause.
    pub(super) fn raise(&mut self, peer: PeerId, kind: Kind, difference: Difference) -> Raised {
        *self.totals.entry(kind).or_default() += 1;
        if let Some(alarm) = self.raised.get_mut(&(peer, kind)) {
            *alarm = Alarm { last: difference, times: alarm.times + 1, open: true };
            return Raised::Again;
        }
        if self.raised.len() >= ALARMS_MAX {
            self.raised.pop_first();
        }
        self.raised.insert((peer, kind), Alarm { last: difference, times: 1, open: true });
        Raised::First
    }

    /// It is known what a difference comes to: the alarm of that says the rest.
    pub(super) fn settle(&mut self, peer: PeerId) {
        if let Some(alarm) = self.raised.get_mut(&(peer, Kind::Differs)) {
            alarm.open = false;
        }
    }

    /// The alarms that stand, by peer and kind.
    pub(super) fn standing(&self) -> impl Iterator<Item = (PeerId, Kind, Alarm)> {
        self.raised.iter().filter(|(_, alarm)| alarm.open).map(|((peer, kind), alarm)| (*peer, *kind, *alarm))
    }

    /// How often alarms of a kind were raised by anyone.
    pub(super) fn total(&self, kind: Kind) -> u64 {
        self.totals.get(&kind).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::{BlockHash, Height};

    use super::*;

    fn difference(height: u64) -> Difference {
        let hash = |number| BlockHash::from_bytes([number; 32]);
        Difference { height: Height(height), own: hash(1), told: hash(2) }
    }

    #[test]
    fn a_peer_raises_an_alarm_of_a_kind_once_and_is_counted() {
        let (mut alarms, peer, other) = (Alarms::default(), PeerId::random(), PeerId::random());
        assert_eq!(alarms.raise(peer, Kind::Differs, difference(7)), Raised::First);
        assert_eq!(alarms.raise(peer, Kind::Unproved, difference(7)), Raised::First);
        for height in 8..100 {
            assert_eq!(alarms.raise(peer, Kind::Differs, difference(height)), Raised::Again);
        }
        assert_eq!(alarms.raise(other, Kind::Differs, difference(7)), Raised::First);
        assert_eq!((alarms.total(Kind::Differs), alarms.total(Kind::Forked)), (94, 0));
        let (_, _, alarm) =
            alarms.standing().find(|(id, kind, _)| (*id, *kind) == (peer, Kind::Differs)).unwrap();
        assert_eq!((alarm.last.height, alarm.times), (Height(99), 93));
    }

    #[test]
    fn what_is_settled_stands_no_more_until_it_comes_again() {
        let (mut alarms, peer) = (Alarms::default(), PeerId::random());
        alarms.raise(peer, Kind::Differs, difference(7));
        alarms.settle(peer);
        alarms.raise(peer, Kind::Unproved, difference(7));
        let kinds = |alarms: &Alarms| alarms.standing().map(|(_, kind, _)| kind).collect::<Vec<_>>();
        assert_eq!(kinds(&alarms), [Kind::Unproved]);
        assert_eq!(alarms.raise(peer, Kind::Differs, difference(8)), Raised::Again);
        assert_eq!(kinds(&alarms), [Kind::Differs, Kind::Unproved]);
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let mut alarms = Alarms::default();
        for _ in 0..2 * ALARMS_MAX {
            alarms.raise(PeerId::random(), Kind::Differs, difference(7));
        }
        assert_eq!(alarms.standing().count(), ALARMS_MAX);
    }
}
