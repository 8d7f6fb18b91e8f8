//! Deposits in the background, and what was acknowledged of them.

use std::sync::{Arc, Mutex};

use bulla_client::{BulkEvent, BulkReceiver, BulkSender, Client, Signer};
use bulla_types::LedgerId;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::acknowledged::Acknowledged;
use crate::deposits::{deposit, submission};
use crate::network::Network;
use crate::wait::until;

/// Deposits of a stream that are under way at a time. It bounds the rate: blocks carry about so many.
const UNDER_WAY_MAX: usize = 32;

/// Deposits of one load. None of the scenarios needs as many.
const DEPOSITS_MAX: u64 = 20_000;

/// A bulk stream to one node, and beside it deposits that wait for their receipt file one after the other.
/// It ends when it is stopped, or its node does not answer any more.
pub struct Load {
    acknowledged: Arc<Mutex<Acknowledged>>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Begins to deposit by way of a node.
    pub async fn on(network: &Network, node: usize) -> Self {
        let client = network.client(node).await;
        let (sender, receiver) = client.submit_stream().await.unwrap();
        let (ledger_id, service) = (network.ledger_id(), network.service());
        let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
        let room = Arc::new(Semaphore::new(UNDER_WAY_MAX));
        let (stop, stopping) = watch::channel(false);
        let sending = send(sender, ledger_id, service.clone(), Arc::clone(&room));
        let tasks = vec![
            tokio::spawn(unless(stopping.clone(), sending)),
            tokio::spawn(receive(receiver, room, Arc::clone(&acknowledged))),
            tokio::spawn(unless(stopping, collect_receipts(client, service, Arc::clone(&acknowledged)))),
        ];
        Self { acknowledged, stop, tasks }
    }

    /// Waits until so many entries are acknowledged in all, and some receipt.
    pub async fn reaches(&self, entries: usize) {
        until(&format!("{entries} entries are acknowledged"), || {
            let acknowledged = self.acknowledged.lock().unwrap();
            let reached = acknowledged.entries.len() >= entries && !acknowledged.receipts.is_empty();
            std::future::ready(reached.then_some(()))
        })
        .await;
    }

    /// Waits until so many more entries are acknowledged than now.
    pub async fn goes_on(&self, entries: usize) {
        let now = self.acknowledged.lock().unwrap().entries.len();
        self.reaches(now + entries).await;
    }

    /// Sends no more, waits for what is under way as long as the node answers, and gives what was
    /// acknowledged.
    pub async fn stop(self) -> Acknowledged {
        self.stop.send_replace(true);
        for task in self.tasks {
            task.await.unwrap();
        }
        std::mem::take(&mut *self.acknowledged.lock().unwrap())
    }
}

async fn unless(mut stopping: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        // Also when the load was dropped.
        _ = stopping.wait_for(|stop| *stop) => {}
        () = work => {}
    }
}

async fn send(sender: BulkSender, ledger_id: LedgerId, signer: Signer, room: Arc<Semaphore>) {
    for tag in 1..=DEPOSITS_MAX {
        room.acquire().await.unwrap().forget();
        let submission = submission(ledger_id, &signer, &format!("第 {tag} 份文件"));
        if sender.send(tag, &submission).await.is_err() {
            return;
        }
    }
}

async fn receive(mut receiver: BulkReceiver, room: Arc<Semaphore>, acknowledged: Arc<Mutex<Acknowledged>>) {
    // An error says that the node went away.
    while let Ok(Some(event)) = receiver.next().await {
        match event {
            BulkEvent::Admitted { .. } => {}
            BulkEvent::Included(inclusion) => {
                acknowledged.lock().unwrap().included(&inclusion);
                room.add_permits(1);
            }
            BulkEvent::Refused { refusal, .. } => panic!("a good deposit was refused: {refusal}"),
        }
    }
}

async fn collect_receipts(client: Client, signer: Signer, acknowledged: Arc<Mutex<Acknowledged>>) {
    for number in 0..DEPOSITS_MAX {
        // The client tries again while the node is away; the load is stopped meanwhile.
        let Ok(receipt) = client.deposit(&signer, deposit(&format!("待取回执的文件 {number}"))).await
        else {
            return;
        };
        acknowledged.lock().unwrap().receipt(&receipt);
    }
}
