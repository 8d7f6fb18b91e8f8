//! The greatest height that some validator is known to work at.
//!
//! An idle node holds its next height back. When others have started it, it must not: they would wait for
//! its votes until the heartbeat. What shows it: a signed first part of that height, a vote or proposal of
//! that height from the connection of a validator, or a validator that says it has decided it. A validator
//! believes no one else, or any node that is let in could keep the ledger from idling.

use tokio::sync::watch;

pub(crate) struct Frontier(watch::Sender<u64>);

impl Frontier {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Some validator is at this height.
    pub(crate) fn raise(&self, height: u64) {
        self.0.send_if_modified(|known| {
            let raised = height > *known;
            *known = height.max(*known);
            raised
        });
    }

    #[cfg(test)]
    pub(crate) fn known(&self) -> u64 {
        *self.0.borrow()
    }

    /// Returns when some validator is at this height or beyond it.
    pub(crate) async fn reached(&self, height: u64) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|known| *known >= height).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_height_is_reached_by_itself_or_a_later_one_and_never_falls_back() {
        let frontier = Frontier::new();
        frontier.raise(5);
        frontier.raise(3);
        frontier.reached(5).await;
        tokio::select! {
            biased;
            () = frontier.reached(6) => panic!("nobody is at height 6"),
            () = std::future::ready(()) => {}
        }
    }
}
