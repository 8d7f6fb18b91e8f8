//! Peers that mean no good: `bulla-hostile-peer` against a running network.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::network::Network;
use crate::programs::program;
use crate::wait::LIMIT;

/// What a hostile peer does, see the program.
#[derive(Debug, Clone, Copy)]
pub enum Hostility<'a> {
    /// Nobody lists it.
    Stranger,
    /// It has the key of a member's node, and floods a lane with so many frames a second.
    Flood {
        /// The lane.
        lane: &'a str,
        /// The node whose key it has. It must not run itself.
        node: usize,
        /// Frames a second to each of the others.
        per_second: u32,
    },
}

impl Network {
    /// Lets a hostile peer at these nodes for so long, and gives what it gained.
    pub async fn suffers(&self, hostility: Hostility<'_>, targets: &[usize], time: Duration) -> Value {
        let addresses: Vec<String> = targets.iter().map(|node| self.peer_address(*node)).collect();
        let mut command = Command::new(program("bulla-hostile-peer"));
        match hostility {
            Hostility::Stranger => _ = command.arg("stranger"),
            Hostility::Flood { lane, node, per_second } => {
                command.args([lane, "--per-second", &per_second.to_string(), "--key"]);
                command.arg(&self.nodes()[node].config().keys.peer);
            }
        }
        command.args(["--targets", &addresses.join(","), "--seconds", &time.as_secs().to_string()]);
        command.arg("--genesis").arg(self.folder().join(Path::new("genesis.bin")));
        let running = command.stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true).output();
        let output = timeout(time + LIMIT, running).await.expect("the hostile peer ends").unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}
