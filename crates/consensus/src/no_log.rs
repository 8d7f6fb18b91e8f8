//! The log of a node without a vote: it keeps none.
//!
//! The engine's log is there so that a validator is where it was after a crash, and does not vote otherwise than
//! before. Without a vote the engine writes nothing to it, yet empties it on the disk at every height.

use async_trait::async_trait;
use malachitebft_app::engine::wal::Msg;
use ractor::{Actor, ActorProcessingErr, ActorRef};

use crate::context::Bulla;

/// Takes the place of the engine's log.
pub(crate) struct NoLog;

#[async_trait]
impl Actor for NoLog {
    type Msg = Msg<Bulla>;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _myself: ActorRef<Msg<Bulla>>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(
        &self,
        _myself: ActorRef<Msg<Bulla>>,
        message: Msg<Bulla>,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        // That the engine waits no longer, since it stops, is no error.
        match message {
            Msg::StartedHeight(_, reply_to) => _ = reply_to.send(Ok(Vec::new())),
            Msg::Reset(_, reply_to) | Msg::Append(_, _, reply_to) | Msg::Flush(reply_to) => {
                let _ = reply_to.send(Ok(()));
            }
            Msg::Dump => {}
        }
        Ok(())
    }
}
