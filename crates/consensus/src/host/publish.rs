//! Sends blocks to the other validators, part by part, and word of those that are committed to who gets no parts.

use std::sync::Arc;

use bytes::Bytes;
use malachitebft_app::engine::network::{NetworkMsg, NetworkRef};

use crate::context::Bulla;
use crate::network::Herald;
use crate::parts::{FirstPart, StreamKeys, stream};

/// See the [module](self). Cheap to clone.
#[derive(Clone)]
pub(crate) struct Publisher {
    network: NetworkRef<Bulla>,
    herald: Herald,
    keys: Arc<StreamKeys>,
    #[cfg(feature = "byzantine")]
    misconduct: Option<crate::byzantine::Byzantine>,
}

impl Publisher {
    pub(crate) fn new(network: NetworkRef<Bulla>, herald: Herald) -> Self {
        Self {
            network,
            herald,
            keys: Arc::new(StreamKeys::new()),
            #[cfg(feature = "byzantine")]
            misconduct: None,
        }
    }

    /// One that breaks the protocol as told.
    #[cfg(feature = "byzantine")]
    pub(crate) fn with_misconduct(mut self, misconduct: crate::byzantine::Byzantine) -> Self {
        self.misconduct = Some(misconduct);
        self
    }

    /// A block of this height is committed here; blocks from the other one on are given to who asks.
    pub(crate) fn committed(&self, height: u64, served_from: u64) {
        self.herald.committed(height, served_from);
    }

    /// What the proposer is about to sign.
    pub(crate) fn prepare(&self, first: FirstPart) -> FirstPart {
        #[cfg(feature = "byzantine")]
        if let Some(misconduct) = &self.misconduct {
            return misconduct.alter(first);
        }
        first
    }

    /// Sends the block's stream to every peer.
    pub(crate) fn publish(&self, first: FirstPart, block: &Bytes) {
        #[cfg(feature = "byzantine")]
        let sent = self.misconduct.as_ref().map_or(usize::MAX, |misconduct| misconduct.parts_sent(&first));
        #[cfg(not(feature = "byzantine"))]
        let sent = usize::MAX;

        let key = self.keys.next(first.height, first.round);
        for message in stream(key, first, block).take(sent) {
            if self.network.cast(NetworkMsg::PublishProposalPart(message)).is_err() {
                tracing::debug!("the network layer has stopped");
                return;
            }
        }
    }
}
