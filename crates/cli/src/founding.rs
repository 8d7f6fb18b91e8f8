//! Founding a ledger: plan, keys, declarations, genesis and the configuration of each node. `bulla network` does it
//! with founders on machines of their own, `bulla localnet` for all of them at once.

mod address;
mod declarations;
mod keys;
mod node_files;
mod peer;
mod place;
mod plan_file;
mod texts;

pub(crate) use address::Address;
pub(crate) use declarations::Declarations;
pub(crate) use keys::{FounderKeys, KeyFolders};
pub(crate) use node_files::{NodePlace, node_config};
pub(crate) use peer::{PeerNode, pinned};
pub(crate) use plan_file::read_plan;
