//! Proposals (提案): acts of administration on which each registration body votes by a transaction of its own.
//!
//! A vote is a signature that waits. When those that approve are as many bodies as the threshold asks, the acts are
//! carried out as a transaction would be that these bodies had signed together: by the same code, under the same
//! checks, with the keys of the votes as signers. So a vote counts only while its signature would: its body is
//! active, and its key in force. What is refused then refuses the deciding vote, and the proposal stays open.
//!
//! When it is made, its acts are tried by the same code, and it is refused if one of them could only ever be refused.
//!
//! A proposal ends by being carried out, rejected or withdrawn, and takes no vote after its time. One body has so
//! many open at a time; those whose time has passed make room.

mod carry_out;
mod end;
mod open;
mod places;
mod trial;
mod votes;

pub(crate) use carry_out::carry_out;
pub(crate) use end::end;
pub(crate) use open::open;
pub(crate) use places::take_place;
pub(crate) use trial::{check_possession, check_possible};
pub(crate) use votes::{approvers, can_still_pass, cast};
