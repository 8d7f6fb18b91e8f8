//! A key whose own guard is in doubt, with a signer process, is told how far the network is.
//!
//! The node hears that from its peers, and follows the ledger as far ([`crate::signing`]); the signer hears nobody but
//! the node.

use std::sync::Arc;
use std::time::Duration;

use bulla_chain::Chain;
use bulla_signer::{SigningKey, Standing};
use bulla_types::{Address, Height};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use crate::health::Health;
use crate::signing::Hearing;

/// How often the key's standing is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How often it is looked at once consensus runs.
const LOOK_AGAIN_EVERY: Duration = Duration::from_millis(500);

/// A signer that is there at all has answered for the first time within this.
const FIRST_ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Before consensus starts: waits for the first word of a signer, and ends its doubt. One that is away may come
/// later; the node follows meanwhile.
pub(crate) async fn settle(key: &Arc<dyn SigningKey>, health: &Health, chain: &Chain, me: Option<Address>) {
    let until = Instant::now() + FIRST_ANSWER_WITHIN;
    while key.standing() == Standing::Starting && Instant::now() < until {
        sleep(LOOK_EVERY).await;
    }
    let mut hearing = Hearing::default();
    while key.standing() == Standing::AwaitsNetworkHeight {
        tell(key, &mut hearing, health, chain, me).await;
        sleep(LOOK_EVERY).await;
    }
}

/// Ends the doubt of a signer that is started again, whenever that is. `me` is none as long as its key has no vote.
pub(crate) async fn keep_settled(
    key: Arc<dyn SigningKey>,
    health: Arc<Health>,
    chain: Arc<Chain>,
    me: Option<Address>,
) {
    let mut hearing = None;
    loop {
        sleep(LOOK_AGAIN_EVERY).await;
        if key.standing() == Standing::AwaitsNetworkHeight {
            // The others are heard anew each time: what they said before says nothing of the votes since.
            tell(&key, hearing.get_or_insert_default(), &health, &chain, me).await;
        } else {
            hearing = None;
        }
    }
}

async fn tell(
    key: &Arc<dyn SigningKey>,
    hearing: &mut Hearing,
    health: &Health,
    chain: &Chain,
    me: Option<Address>,
) {
    let Some(height) = hearing.shown(health, chain, me) else { return };
    let key = Arc::clone(key);
    match tokio::task::spawn_blocking(move || key.tell_network_height(height)).await {
        Ok(Ok(())) => told(height),
        Ok(Err(error)) => warn!(%error, "the signer could not be told the network's height"),
        Err(panic) => warn!(%panic, "the signer could not be told the network's height"),
    }
}

fn told(height: Height) {
    info!(%height, "the signer was told how far the network is");
}
