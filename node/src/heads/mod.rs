//! Comparing this node's chain with what its peers say of theirs.
//!
//! Every block that is committed here has a certificate, so another one at the same height means that more than a third
//! of the voting power signed both, or that a peer says what is not so. Every node, validator or observer, watches for
//! it by the statuses that its peers tell anyway:
//!
//! * `told` compares them, height by height, with this node's blocks; `confirmation` says which of these others stand
//!   by, and for how long too few have.
//! * A difference is an alarm (`alarms`), and the peer is asked for its block and certificate (`inquiries`, `answer`).
//!   Both verify: the ledger has forked, the proof is kept (`kept`), and this node signs nothing more. Otherwise the
//!   peer lies or is damaged; it is named, and the node goes on.
//!
//! `watch` joins these. They know no I/O and no clock, but for `answer`, `kept` and `watch`.

mod alarms;
mod answer;
mod confirmation;
mod inquiries;
mod kept;
mod told;
mod watch;

pub(crate) use kept::{FORK_PROOF, KeptProof};
pub(crate) use watch::Heads;
