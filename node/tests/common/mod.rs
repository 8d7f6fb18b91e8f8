//! A ledger of several nodes in one process.

#![allow(dead_code, clippy::unwrap_used, missing_docs, unreachable_pub)]

use bulla_client::{Client, Signer, Trust};
use bulla_node::{NodeError, run};
use bulla_tests::{Founding, Ledger};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use bulla_tests::until;

pub struct Network {
    _folder: TempDir,
    ledger: Ledger,
    running: Vec<Running>,
}

struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), NodeError>>,
}

impl Network {
    /// Founds a ledger of so many nodes and starts them all.
    pub fn start(validators: usize, observers: usize) -> Self {
        bulla_node::telemetry::start();
        let folder = tempfile::tempdir().unwrap();
        let ledger = Founding::of(validators).observers(observers).found(folder.path());
        let running = ledger.configs.iter().map(|config| {
            let (stop, stopped) = oneshot::channel();
            let task = tokio::spawn(run(config.clone(), async move {
                let _ = stopped.await;
            }));
            Running { stop, task }
        });
        let running = running.collect();
        Self { _folder: folder, ledger, running }
    }

    pub async fn stop(self) {
        for Running { stop, task } in self.running {
            let _ = stop.send(());
            task.await.unwrap().unwrap();
        }
    }

    /// The member who deposits.
    pub fn service(&self) -> Signer {
        self.ledger.services[0].operator()
    }

    pub async fn client(&self, node: usize) -> Client {
        let endpoint = format!("http://{}", self.ledger.configs[node].api.grpc);
        let trust = Trust::Ledger(self.ledger.genesis.ledger_id());
        until("the node answers", || async { Client::connect(&[&endpoint], None, trust.clone()).await.ok() })
            .await
    }
}
