//! Whether a peer hangs up on this node each time before it has said a word.
//!
//! Whoever is not let in sees a connection that stands, by the handshake, and ends at once: the list stands behind the
//! handshake. A peer that lets a node in says where it stands as soon as they are connected, or which other ledger it is
//! of.

/// So many connections in a row that end without a word are no accident.
const HANG_UPS_MIN: u32 = 3;

/// What is known of one peer.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HangUps {
    in_a_row: u32,
    spoke: bool,
}

impl HangUps {
    pub(crate) fn connected(&mut self) {
        self.spoke = false;
    }

    /// It has said something.
    pub(crate) fn spoke(&mut self) {
        *self = Self { in_a_row: 0, spoke: true };
    }

    /// Its last connection has ended.
    pub(crate) fn disconnected(&mut self) {
        if !self.spoke {
            self.in_a_row = self.in_a_row.saturating_add(1);
        }
        self.spoke = false;
    }

    /// Whether it has said something since it was connected last, and is still connected.
    pub(crate) fn speaks(self) -> bool {
        self.spoke
    }

    /// Whether it does not let this node in, as far as that shows.
    pub(crate) fn refuses(self) -> bool {
        self.in_a_row >= HANG_UPS_MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_hangs_up_again_and_again_without_a_word_refuses_until_it_speaks() {
        let mut peer = HangUps::default();
        for _ in 0..HANG_UPS_MIN {
            assert!(!peer.refuses());
            peer.connected();
            peer.disconnected();
        }
        assert!(peer.refuses() && !peer.speaks());
        peer.connected();
        assert!(peer.refuses(), "it may hang up again");
        peer.spoke();
        assert!(!peer.refuses() && peer.speaks());
        peer.disconnected();
        assert!(!peer.refuses() && !peer.speaks());
    }

    #[test]
    fn a_peer_that_speaks_before_it_goes_refuses_nothing_however_often_it_goes() {
        let mut peer = HangUps::default();
        for _ in 0..3 * HANG_UPS_MIN {
            peer.connected();
            peer.spoke();
            peer.disconnected();
            assert!(!peer.refuses());
        }
    }
}
