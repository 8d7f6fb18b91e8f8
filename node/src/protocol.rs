//! What this node says of the version of the protocol: ahead of a height that its program lacks the rules of, and when
//! it stands before it.

use std::sync::Arc;

use bulla_chain::Chain;
use bulla_types::{ProtocolAtHeight, ReasonCode};
use tokio::sync::broadcast::error::RecvError;
use tracing::{error, info, warn};

/// Says what is scheduled, when it changes and when the node starts, and that the node goes no further when it does
/// not: once each.
pub(crate) async fn tell_protocol(chain: Arc<Chain>) {
    let mut news = chain.news();
    let mut told = None;
    loop {
        let scheduled = chain.scheduled_protocol().unwrap_or_else(|error| {
            warn!(%error, "what version of the protocol is scheduled cannot be read");
            told
        });
        if scheduled != told {
            tell_scheduled(&chain, scheduled);
            told = scheduled;
        }
        if let Some(unknown) = chain.unknown_protocol() {
            error!(reason = %ReasonCode::ProtocolVersionUnknown, version = unknown.version, height = %unknown.height,
                newest_known = unknown.newest_known, "{unknown}; this node goes no further, and goes on answering reads");
            return;
        }
        if let Err(RecvError::Closed) = news.recv().await {
            return;
        }
    }
}

fn tell_scheduled(chain: &Chain, scheduled: Option<ProtocolAtHeight>) {
    let newest_known = chain.protocols().newest();
    match scheduled {
        Some(ProtocolAtHeight { version, height }) if !chain.protocols().knows(version) => {
            warn!(reason = %ReasonCode::ProtocolVersionUnknown, version, %height, newest_known,
                "the ledger goes by another version of the protocol from this height on, which this program does not know: \
                 install a newer program before it comes");
        }
        Some(ProtocolAtHeight { version, height }) => {
            info!(version, %height, "the ledger goes by another version of the protocol from this height on, which this program knows");
        }
        // It has come, or was taken back.
        None => info!(
            version = chain.tip().parameters.protocol_version,
            "no other version of the protocol is scheduled"
        ),
    }
}
