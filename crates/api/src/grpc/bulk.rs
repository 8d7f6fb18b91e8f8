//! Bulk submission: one stream in, one stream out.
//!
//! At most [`IN_FLIGHT_MAX`] transactions of a stream are open at a time; further ones are read when some
//! are committed, so a slow ledger slows its clients instead of growing.

use std::pin::Pin;
use std::sync::Arc;

use bulla_chain::{Answer as Told, Fate};
use bulla_types::{BlockHash, proto};
use bytes::Bytes;
use futures::stream::{Stream, StreamExt, TryReadyChunksError, TryStreamExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use crate::error::ApiError;
use crate::node_api::NodeApi;
use crate::submit::{Admission, Waiter, certified_header, included};

/// Transactions of one stream admitted and not yet answered with their inclusion.
const IN_FLIGHT_MAX: usize = 32_768;

/// Submissions admitted together at most.
const TOGETHER_MAX: usize = 256;

/// Answers that wait for a slow reader.
const ANSWERS_MAX: usize = 4_096;

type Answer = Result<proto::SubmitStreamResponse, Status>;

fn answer(kind: proto::submit_stream_response::Kind) -> Answer {
    Ok(proto::SubmitStreamResponse { kind: Some(kind) })
}

/// Runs one bulk stream to its end: all that was admitted is answered, then the answers end.
pub(super) fn serve(
    api: Arc<NodeApi>,
    requests: Streaming<proto::SubmitStreamRequest>,
) -> Pin<Box<dyn Stream<Item = Answer> + Send>> {
    let (answers, stream) = mpsc::channel(ANSWERS_MAX);
    let (fates, committed) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    tokio::spawn(report(committed, answers.clone(), Arc::clone(&room)));
    tokio::spawn(take_in(api, requests, fates, answers, room));
    Box::pin(ReceiverStream::new(stream))
}

/// What has arrived together is admitted together.
async fn take_in(
    api: Arc<NodeApi>,
    requests: Streaming<proto::SubmitStreamRequest>,
    fates: mpsc::UnboundedSender<Told>,
    answers: mpsc::Sender<Answer>,
    room: Arc<Semaphore>,
) {
    let mut requests = requests.try_ready_chunks(TOGETHER_MAX);
    while let Some(arrived) = requests.next().await {
        // What follows an error on the wire has lost its beginning, so nothing is read after the first one.
        let (together, broken) = match arrived {
            Ok(together) => (together, None),
            Err(TryReadyChunksError(together, status)) => (together, Some(status)),
        };
        let mut tags = Vec::with_capacity(together.len());
        let mut submissions = Vec::with_capacity(together.len());
        for proto::SubmitStreamRequest { tag, submission } in together {
            tags.push(tag);
            submissions.push((submission, Some(Waiter { tag, sender: fates.clone() })));
        }
        let count = u32::try_from(tags.len()).unwrap_or(u32::MAX);
        let Ok(permits) = Arc::clone(&room).acquire_many_owned(count).await else { return };
        tokio::spawn(answer_together(Arc::clone(&api), tags, submissions, answers.clone(), permits));
        if let Some(status) = broken {
            let _ = answers.send(Err(super::reason::of_status(status))).await;
            return;
        }
    }
}

async fn answer_together(
    api: Arc<NodeApi>,
    tags: Vec<u64>,
    submissions: Vec<(Bytes, Option<Waiter>)>,
    answers: mpsc::Sender<Answer>,
    mut permits: OwnedSemaphorePermit,
) {
    use proto::submit_stream_response::Kind;
    for (tag, verdict) in tags.into_iter().zip(api.admit(submissions).await) {
        let permit = permits.split(1);
        let kind = match verdict {
            Ok(Admission::Taken(ticket)) => {
                // Given back when the fate is told.
                permit.into_iter().for_each(OwnedSemaphorePermit::forget);
                Kind::Admitted(proto::Admitted { tag, ticket: Some(ticket) })
            }
            Ok(Admission::Committed(index)) => Kind::Refused(proto::Refused {
                tag,
                reason: bulla_types::ReasonCode::RequestRepeated.as_str().to_owned(),
                message: format!("committed before as entry {index}"),
                retry_after_ms: 0,
                step: None,
            }),
            Err(error) => Kind::Refused(refused(tag, &error)),
        };
        if answers.send(answer(kind)).await.is_err() {
            return;
        }
    }
}

/// Reports inclusions as they come, each block's header before the first that rests on it.
async fn report(
    mut committed: mpsc::UnboundedReceiver<Told>,
    answers: mpsc::Sender<Answer>,
    room: Arc<Semaphore>,
) {
    use proto::submit_stream_response::Kind;
    let mut announced: Option<BlockHash> = None;
    while let Some(Told { tag, fate }) = committed.recv().await {
        room.add_permits(1);
        let (block, index) = match fate {
            Fate::Included { block, index } => (block, index),
            Fate::Dropped(rejection) => {
                let error =
                    ApiError::new(rejection.reason, rejection.detail).of_step(rejection.step.as_deref());
                if answers.send(answer(Kind::Refused(refused(tag, &error)))).await.is_err() {
                    return;
                }
                continue;
            }
        };
        let hash = block.block_hash();
        if announced != Some(hash) {
            announced = Some(hash);
            if answers.send(answer(Kind::Block(certified_header(&block)))).await.is_err() {
                return;
            }
        }
        let Some(included) = included(tag, &block, index) else { continue };
        if answers.send(answer(Kind::Included(included))).await.is_err() {
            return;
        }
    }
}

fn refused(tag: u64, error: &ApiError) -> proto::Refused {
    proto::Refused {
        tag,
        reason: error.reason.as_str().to_owned(),
        message: error.to_string(),
        retry_after_ms: error
            .retry_after
            .map_or(0, |after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
        step: error.refused_step(),
    }
}
