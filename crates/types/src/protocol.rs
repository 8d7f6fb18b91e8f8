//! Versions of the protocol (协议版本): the rules by which the blocks of a ledger are executed, by their number.
//!
//! A ledger goes by one version at each height; its parameters and the header of each block say which. A program
//! knows all versions from 1 up to one. This is the one place that says which that is.

use thiserror::Error;

use crate::number::Height;

/// The versions of the protocol that a program has the rules of: 1 up to one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownProtocols {
    newest: u32,
}

impl KnownProtocols {
    /// Those that this program has the rules of.
    pub const OF_THIS_PROGRAM: Self = Self::up_to(1);

    /// All versions up to this one, 1 at least: for tests of what a later program does.
    #[must_use]
    pub const fn up_to(newest: u32) -> Self {
        Self { newest: if newest == 0 { 1 } else { newest } }
    }

    /// The newest of them.
    #[must_use]
    pub const fn newest(self) -> u32 {
        self.newest
    }

    /// Whether it has the rules of this version.
    #[must_use]
    pub const fn knows(self, version: u32) -> bool {
        1 <= version && version <= self.newest
    }

    /// Checks that it has the rules of the version by which this height is decided.
    ///
    /// # Errors
    /// It has not.
    pub fn check(self, version: u32, height: Height) -> Result<(), UnknownProtocol> {
        if self.knows(version) {
            Ok(())
        } else {
            Err(UnknownProtocol { version, height, newest_known: self.newest })
        }
    }
}

/// A height is decided by a version of the protocol that this program does not have the rules of: it can say nothing
/// of what that height holds, neither that it is right nor that it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "height {height} goes by version {version} of the protocol, and this program knows versions up to {newest_known}: \
     install a program that knows version {version}"
)]
pub struct UnknownProtocol {
    /// The version.
    pub version: u32,
    /// The height.
    pub height: Height,
    /// The newest version that this program knows.
    pub newest_known: u32,
}
