//! The state map: a sparse Merkle tree over the mutable records of a ledger.
//!
//! A record's key and value bytes are hashed before they enter the tree (`docs/formats/state-map.md`), so that the
//! tree is balanced whatever the keys are, and its nodes hold no data. The values themselves are stored elsewhere;
//! the tree never reads them.
//!
//! Trees are numbered by versions, in a ledger the heights of blocks. [`update`] makes the tree of one version from
//! that of another by writing new nodes and naming the stale ones; deleting those keeps exactly the newest tree.

mod hash;
mod prove;
mod store;
mod update;
mod verify;

pub use hash::EMPTY_ROOT;
pub use prove::{prove, root};
pub use store::{NodeReader, StateError};
pub use update::{StateUpdate, update};
pub use verify::{StateProofError, verify};
