//! What a node does every second.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use bulla_chain::Chain;
use bulla_mempool::Clock;
use bulla_storage::StorageError;
use tokio::sync::oneshot;
use tracing::{error, info, warn};

use crate::health::{Health, Lack};

/// How often a node forgets expired transactions, has commits on the disk that may be there later, and looks whether the
/// store can write again.
const HOUSEKEEPING: Duration = Duration::from_secs(1);

/// How often in a row the store fails for want of files while there are some, before it is given up.
const STUCK_MAX: u32 = 3;

/// Keeps house, and tells when the store is `stuck`: a database that could not open a file in the background stays
/// as it was then, and only opening it anew helps.
pub(crate) async fn keep_house(
    chain: Arc<Chain>,
    health: Arc<Health>,
    clock: Arc<dyn Clock>,
    stuck: oneshot::Sender<()>,
) {
    let mut interval = tokio::time::interval(HOUSEKEEPING);
    let mut failures = 0;
    while failures < STUCK_MAX {
        interval.tick().await;
        chain.mempool().expire(clock.now());
        let Some(lack) = health.lacks() else {
            failures = 0;
            settle(&chain).await;
            continue;
        };
        let store = Arc::clone(chain.store());
        match tokio::task::spawn_blocking(move || store.try_resume()).await {
            Ok(Ok(())) => {
                info!("the store can write again");
                health.lack(None);
            }
            Ok(Err(error)) if lack == Lack::Files && is_stuck(&error) => failures += 1,
            _ => failures = 0,
        }
    }
    error!("the store stays as it was when too many files were open: it has to be opened anew");
    // A node whose consensus has ended waits for a person.
    let _ = stuck.send(());
}

/// A failure is told alone: the next commit meets it too, and knows what it means.
async fn settle(chain: &Arc<Chain>) {
    if chain.store().unsettled() == 0 {
        return;
    }
    let chain = Arc::clone(chain);
    match tokio::task::spawn_blocking(move || chain.settle()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn!(%error, "the newest commits may not be on the disk yet"),
        Err(panic) => error!(%panic, "a task of the store panicked"),
    }
}

fn is_stuck(error: &StorageError) -> bool {
    error.is_out_of_files() && File::open("/dev/null").is_ok()
}
