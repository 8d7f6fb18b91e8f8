//! Which peers are to be asked for their proof, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use bulla_network::PeerId;
use tokio::time::Instant;

use super::told::Difference;

/// How often a peer that gives no answer is asked.
const ATTEMPTS_MAX: u32 = 3;
/// Wait before a peer is asked again.
const RETRY: Duration = Duration::from_secs(5);
/// After an inquiry, the peer's next difference is not looked into for so long: nobody can keep a node busy with it.
const REST: Duration = Duration::from_secs(60);

/// One inquiry for each peer at a time.
#[derive(Debug, Default)]
pub(super) struct Inquiries {
    peers: BTreeMap<PeerId, Inquiry>,
}

#[derive(Debug)]
struct Inquiry {
    difference: Difference,
    attempts: u32,
    stage: Stage,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// To be asked from this moment on.
    Due(Instant),
    Asked,
    /// Over; there is no other before this moment.
    Rests(Instant),
}

impl Inquiries {
    /// Opens an inquiry, unless one runs or the last one was just now. Gives whether one runs then.
    pub(super) fn open(&mut self, peer: PeerId, difference: Difference, now: Instant) -> bool {
        match self.peers.get(&peer).map(|inquiry| inquiry.stage) {
            Some(Stage::Rests(until)) if until > now => false,
            Some(Stage::Due(_) | Stage::Asked) => true,
            Some(Stage::Rests(_)) | None => {
                self.peers.insert(peer, Inquiry { difference, attempts: 0, stage: Stage::Due(now) });
                true
            }
        }
    }

    /// Who is to be asked now; they are under way then.
    pub(super) fn start_due(&mut self, now: Instant) -> Vec<(PeerId, Difference)> {
        // What rests no longer is of no use any more.
        self.peers.retain(|_, inquiry| !matches!(inquiry.stage, Stage::Rests(until) if until <= now));
        let due =
            self.peers.iter_mut().filter(|(_, inquiry)| matches!(inquiry.stage, Stage::Due(at) if at <= now));
        due.map(|(peer, inquiry)| {
            inquiry.stage = Stage::Asked;
            inquiry.attempts += 1;
            (*peer, inquiry.difference)
        })
        .collect()
    }

    /// When the next one is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let due = self.peers.values().filter_map(|inquiry| match inquiry.stage {
            Stage::Due(at) => Some(at),
            Stage::Asked | Stage::Rests(_) => None,
        });
        due.min()
    }

    /// A peer has not answered. Gives whether it was asked often enough: then the inquiry is over.
    pub(super) fn unanswered(&mut self, peer: &PeerId, now: Instant) -> bool {
        let Some(inquiry) = self.peers.get_mut(peer) else { return false };
        if inquiry.attempts >= ATTEMPTS_MAX {
            self.over(peer, now);
            return true;
        }
        inquiry.stage = Stage::Due(now + RETRY);
        false
    }

    /// An inquiry is over.
    pub(super) fn over(&mut self, peer: &PeerId, now: Instant) {
        if let Some(inquiry) = self.peers.get_mut(peer) {
            inquiry.stage = Stage::Rests(now + REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use bulla_types::{BlockHash, Height};

    use super::*;

    fn difference(height: u64) -> Difference {
        let hash = |number| BlockHash::from_bytes([number; 32]);
        Difference { height: Height(height), own: hash(1), told: hash(2) }
    }

    #[test]
    fn a_peer_is_asked_once_at_a_time_and_about_the_first_difference() {
        let (mut inquiries, peer, now) = (Inquiries::default(), PeerId::random(), Instant::now());
        inquiries.open(peer, difference(7), now);
        inquiries.open(peer, difference(8), now);
        assert_eq!(inquiries.next_due(), Some(now));
        assert_eq!(inquiries.start_due(now), [(peer, difference(7))]);
        inquiries.open(peer, difference(9), now);
        assert_eq!((inquiries.start_due(now), inquiries.next_due()), (vec![], None));
    }

    #[test]
    fn a_peer_that_does_not_answer_is_asked_again_and_then_no_more() {
        let (mut inquiries, peer, mut now) = (Inquiries::default(), PeerId::random(), Instant::now());
        inquiries.open(peer, difference(7), now);
        for attempt in 1..=ATTEMPTS_MAX {
            assert_eq!(inquiries.start_due(now).len(), 1);
            assert_eq!(inquiries.unanswered(&peer, now), attempt == ATTEMPTS_MAX);
            assert!(inquiries.start_due(now).is_empty());
            now += RETRY;
        }
        assert_eq!((inquiries.start_due(now), inquiries.next_due()), (vec![], None));
    }

    #[test]
    fn after_an_inquiry_there_is_a_rest_and_then_the_next_one() {
        let (mut inquiries, peer, now) = (Inquiries::default(), PeerId::random(), Instant::now());
        inquiries.open(peer, difference(7), now);
        inquiries.start_due(now);
        inquiries.over(&peer, now);
        for second in 0..60 {
            inquiries.open(peer, difference(8), now + Duration::from_secs(second));
            assert!(inquiries.start_due(now + Duration::from_secs(second)).is_empty());
        }
        inquiries.open(peer, difference(9), now + REST);
        assert_eq!(inquiries.start_due(now + REST), [(peer, difference(9))]);
    }
}
