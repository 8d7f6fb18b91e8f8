//! Openings: asking for those that this node lacks, and giving others those that they may have.
//!
//! A decided block comes with its openings only to who takes part in proposing it. To whoever follows they are fed
//! apart, to each those that its member may read by the [rule of the ledger](bulla_chain::Readership):
//!
//! * `watch` looks through every block that is committed for fields that are not opened and could be read here, off
//!   the way of the commit, and keeps what lacks by height, across restarts.
//! * `sought` says which height is asked for when, the one first that has waited longest, and when one is given up: when
//!   in several rounds validators with more than a third of the power have said that they keep no more of it, and all
//!   others too or they were waited for. Its owner keeps it to itself, then.
//! * `round` asks one peer after the other. What does not fit its commitment names whoever sent it.
//! * `answer` gives others what they may have.
//!
//! `sought` knows no I/O and no clock.

mod answer;
mod pace;
mod recent;
mod round;
mod sought;
mod tally;
mod watch;

pub(crate) use watch::Openings;
