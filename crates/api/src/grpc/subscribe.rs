//! Entries from an index on: first those that stand, then each as it is committed.
//!
//! It ends with the right to read them: no entry is read after the block that takes it away.

use std::pin::Pin;
use std::sync::Arc;

use bulla_types::proto;
use bytes::Bytes;
use futures::Stream;
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::access::MayReadEntries;
use crate::error::ApiError;
use crate::node_api::NodeApi;

/// Entries that wait for a slow reader, and entries read from the store at a time.
const ENTRIES_MAX: usize = 256;

type Answer = Result<proto::SubscribeResponse, Status>;

pub(super) fn serve(
    api: Arc<NodeApi>,
    from: u64,
    may: MayReadEntries,
) -> Pin<Box<dyn Stream<Item = Answer> + Send>> {
    let (answers, stream) = mpsc::channel(ENTRIES_MAX);
    tokio::spawn(async move {
        if let Err(status) = follow(&api, from, may, &answers).await {
            let _ = answers.send(Err(status)).await;
        }
    });
    Box::pin(ReceiverStream::new(stream))
}

async fn follow(
    api: &Arc<NodeApi>,
    from: u64,
    may: MayReadEntries,
    answers: &mpsc::Sender<Answer>,
) -> Result<(), Status> {
    // Subscribed before the store is read, so that no commit falls between.
    let mut news = api.chain.news();
    let mut next = from;
    loop {
        loop {
            let entries = api.read(move |api| read(api, next, may)).await?;
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                if answers.send(Ok(proto::SubscribeResponse { index: next, entry })).await.is_err() {
                    return Ok(());
                }
                next += 1;
            }
        }
        tokio::select! {
            () = answers.closed() => return Ok(()),
            heard = news.recv() => match heard {
                // A commit, or many that were missed: either way the store has them.
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
            },
        }
    }
}

/// Entries that stand, of those before the moment at which the right to read them is looked at.
fn read(api: &NodeApi, from: u64, may: MayReadEntries) -> Result<Vec<Bytes>, ApiError> {
    let end = api.chain.tip().log_size;
    api.still_may_read(may)?;
    Ok(api.chain.entries(from, end.saturating_sub(from).min(ENTRIES_MAX as u64))?)
}
