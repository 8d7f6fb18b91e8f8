//! Rule profiles: read, checked, compiled, filled in.
#![allow(clippy::unwrap_used, missing_docs)]

mod bytes;
mod compile;
mod defects;
mod form;
mod overlay;
mod published;
mod reach;
mod rights;
mod support;
mod vectors;
