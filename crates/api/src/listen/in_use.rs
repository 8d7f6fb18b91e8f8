//! Whether anything in a connection waits for this node.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, watch};

/// Put into a response's extensions, keeps its place until the answer is taken or given up.
#[derive(Clone)]
#[allow(dead_code, reason = "it is there to be dropped")]
pub(crate) struct Held(pub(crate) Arc<OwnedSemaphorePermit>);

/// How many calls of a connection wait for this node: whose request is being answered, or whose answer goes on
/// when there is more. Those that wait for the caller, to take what is there, do not count.
#[derive(Clone)]
pub(super) struct InUse(watch::Sender<usize>);

impl InUse {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// A call begins to wait for this node, until this is dropped.
    pub(super) fn wait(&self) -> Waiting {
        self.0.send_modify(|waiting| *waiting += 1);
        Waiting(self.clone())
    }

    /// Resolves when nothing has waited for this node for so long without a break.
    pub(super) async fn is_idle_for(&self, long: Duration) {
        let mut waiting = self.0.subscribe();
        loop {
            // The sender is `self`.
            let _ = waiting.wait_for(|waiting| *waiting == 0).await;
            tokio::select! {
                _ = waiting.changed() => {}
                () = tokio::time::sleep(long) => return,
            }
        }
    }

    /// The answer, watched over.
    pub(super) fn watch(&self, response: Response) -> Response {
        let (mut head, body) = response.into_parts();
        let held = head.extensions.remove::<Held>();
        let watched = Watched { body, in_use: self.clone(), waiting: None, _held: held };
        Response::from_parts(head, Body::new(watched))
    }
}

pub(super) struct Waiting(InUse);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.send_modify(|waiting| *waiting -= 1);
    }
}

/// A body that waits for this node from the moment it is asked for more until it has more.
struct Watched {
    body: Body,
    in_use: InUse,
    waiting: Option<Waiting>,
    _held: Option<Held>,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.waiting.is_none() {
            self.waiting = Some(self.in_use.wait());
        }
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_ready() {
            self.waiting = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
