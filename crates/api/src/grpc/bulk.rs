//! Bulk submission: one stream in, one stream out.
//!
//! At most [`IN_FLIGHT_MAX`] transactions of a stream are open at a time; further ones are read when some
//! are committed, so a slow ledger slows its clients instead of growing.

use std::pin::Pin;
use std::sync::Arc;

use bulla_chain::{Answer as Told, Fate};
use bulla_types::{BlockHash, proto};
use futures::Stream;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use crate::node_api::NodeApi;
use crate::submit::{Admission, Waiter, certified_header, included};

/// Transactions of one stream admitted and not yet answered with their inclusion.
const IN_FLIGHT_MAX: usize = 32_768;

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
    let (inclusions, committed) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    tokio::spawn(report(committed, answers.clone(), Arc::clone(&room)));
    tokio::spawn(take_in(api, requests, inclusions, answers, room));
    Box::pin(ReceiverStream::new(stream))
}

async fn take_in(
    api: Arc<NodeApi>,
    mut requests: Streaming<proto::SubmitStreamRequest>,
    inclusions: mpsc::UnboundedSender<Told>,
    answers: mpsc::Sender<Answer>,
    room: Arc<Semaphore>,
) {
    use proto::submit_stream_response::Kind;
    loop {
        let request = match requests.message().await {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(status) => {
                let _ = answers.send(Err(status)).await;
                return;
            }
        };
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let (api, inclusions, answers) = (Arc::clone(&api), inclusions.clone(), answers.clone());
        tokio::spawn(async move {
            let tag = request.tag;
            let kind = match api.admit(request.submission, Some(Waiter { tag, sender: inclusions })).await {
                Ok(Admission::Taken(ticket)) => {
                    // Given back when the inclusion is reported.
                    permit.forget();
                    Kind::Admitted(proto::Admitted { tag, ticket: Some(ticket) })
                }
                Ok(Admission::Committed(index)) => Kind::Refused(proto::Refused {
                    tag,
                    reason: bulla_types::ReasonCode::RequestRepeated.as_str().to_owned(),
                    message: format!("committed before as entry {index}"),
                    retry_after_ms: 0,
                }),
                Err(error) => Kind::Refused(proto::Refused {
                    tag,
                    reason: error.reason.as_str().to_owned(),
                    message: error.to_string(),
                    retry_after_ms: error
                        .retry_after
                        .map_or(0, |after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
                }),
            };
            let _ = answers.send(answer(kind)).await;
        });
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
                let refused = proto::Refused {
                    tag,
                    reason: rejection.reason.as_str().to_owned(),
                    message: rejection.detail,
                    retry_after_ms: 0,
                };
                if answers.send(answer(Kind::Refused(refused))).await.is_err() {
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
