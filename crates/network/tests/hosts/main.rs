//! Hosts on loopback. Tests wait for conditions, each with a limit.

#![allow(clippy::unwrap_used)]

mod lanes;
mod members;
mod node;
mod openings;
mod sync;
