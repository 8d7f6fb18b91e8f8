//! What the scenarios stand on: ledgers founded in a temporary folder, and networks of real node processes
//! that can be killed, paused, cut off, damaged and looked into.
//!
//! ```no_run
//! # use bulla_tests::{Load, Network};
//! # async fn scenario() {
//! let mut network = Network::of(4).observers(1).start().await;
//! let load = Load::on(&network, 0).await;
//! load.reaches(50).await;
//! network.node(3).kill();
//! network.node(3).start();
//! let acknowledged = load.stop().await;
//! let tip = network.agreed().await;
//! acknowledged.stands_at(&network, 3, tip.log_size).await;
//! network.close().await;
//! # }
//! ```
//!
//! Nothing here sleeps for luck: every wait is for a condition, with a limit after which the test fails and
//! says what did not happen. Processes end with the test that started them; when it fails, the ends of their
//! logs are printed.
//!
//! Helpers of tests fail by panic, which is how a test says why it failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc, clippy::print_stderr)]

mod acknowledged;
pub mod acts;
pub mod bulla;
pub mod deposits;
pub mod fault;
mod folder;
pub mod forged;
mod founding;
mod heights;
mod hostile;
pub mod http;
mod integrity;
pub mod liar;
mod links;
mod load;
pub mod localnet;
pub mod machines;
mod network;
mod node;
mod ports;
mod programs;
mod resident;
mod signer;
mod steady;
pub mod succession;
mod wait;
pub mod wire;

pub use acknowledged::Acknowledged;
pub use bulla_fixtures::SmallDisk;
pub use folder::{copy_folder, flip_byte};
pub use founding::{Founding, Ledger, Member};
pub use heights::{HeightWatch, SeenHeight};
pub use hostile::Hostility;
pub use integrity::findings;
pub use links::Links;
pub use load::Load;
pub use network::{Network, NetworkBuilder};
pub use node::Node;
pub use programs::program;
pub use resident::resident_bytes;
pub use signer::{HungToken, SignerProcess, SoftToken};
pub use steady::{Deposited, SteadyLoad, Told};
pub use wait::{LIMIT, ends, until, until_within};
