//! The application side of the engine: every question of the engine is answered here, none holds up
//! another.
//!
//! ```text
//! engine ── HostMsg ──▶ Host ──queue──▶ ApplicationLoop ── tasks ──▶ Application
//!    ◀───────────── answers, from the loop or from a task ─────────────┘
//! ```
//!
//! [`ApplicationLoop`] owns all state and never waits. What takes time (building, checking, committing,
//! reading) runs in a task that carries the engine's reply port and answers by itself; what a task finds
//! out comes back to the loop as an [`Outcome`]. `StartedRound` alone is answered in the loop, at once: the
//! engine does nothing until then.
//!
//! **Order.** The engine decides `h + 1` only after it was told to start it, which the loop does only after
//! the commit of `h` returned (`decide.rs`); so commits come in order, and nothing of `h + 1` is checked
//! before its parent is committed (`parts.rs` holds early streams back).
//!
//! **No answer** is an answer for two questions: a proposer that does not answer lets its turn pass, and a
//! part that completes nothing is not answered. Every other port is answered, or the node has failed and
//! says why.

mod decide;
mod parts;
mod propose;
mod publish;
mod round;
mod start;
mod sync;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bulla_types::{Equivocation, LedgerId};
use bytes::Bytes;
use malachitebft_app::engine::host::{HeightParams, HostMsg, Next};
use malachitebft_app::types::{PeerId, ProposedValue};
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinError, JoinSet};

use crate::application::{Application, ApplicationError, HeightInputs};
use crate::context::{Bulla, Height, Validators};
use crate::equivocation::EquivocationWatch;
use crate::error::ConsensusFailure;
use crate::frontier::Frontier;
use crate::limits::COMMIT_WAIT;
use crate::parts::{FirstPart, Reassembly};
use crate::peers::Peers;
use crate::signing::ValidatorKey;
use crate::status::{Phase, StatusBoard};
use crate::votes::VoteWatch;

pub(crate) use publish::Publisher;
use round::RunningHeight;
pub(crate) use sync::decided_blocks;

/// The engine's host actor: hands each question to the loop.
pub(crate) struct Host;

#[async_trait]
impl Actor for Host {
    type Msg = HostMsg<Bulla>;
    type State = mpsc::Sender<HostMsg<Bulla>>;
    type Arguments = mpsc::Sender<HostMsg<Bulla>>;

    async fn pre_start(
        &self,
        _myself: ActorRef<HostMsg<Bulla>>,
        questions: Self::Arguments,
    ) -> Result<Self::State, ActorProcessingErr> {
        Ok(questions)
    }

    async fn handle(
        &self,
        _myself: ActorRef<HostMsg<Bulla>>,
        question: HostMsg<Bulla>,
        questions: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        // The loop ends before the engine only when the node has failed; nobody is left to answer then.
        let _ = questions.send(question).await;
        Ok(())
    }
}

/// See the [module](self).
pub(crate) struct ApplicationLoop {
    pub(crate) app: Arc<dyn Application>,
    pub(crate) ledger: LedgerId,
    pub(crate) key: Option<ValidatorKey>,
    pub(crate) publisher: Publisher,
    pub(crate) votes: Arc<VoteWatch>,
    pub(crate) equivocations: Arc<EquivocationWatch>,
    pub(crate) peers: Arc<Peers>,
    pub(crate) frontier: Arc<Frontier>,
    pub(crate) board: Arc<StatusBoard>,
    pub(crate) quorum_wait: Duration,
    pub(crate) state: LoopState,
}

/// What only the loop touches.
pub(crate) struct LoopState {
    /// The height that the engine was told to start next.
    upcoming: Option<(u64, Validators)>,
    running: Option<RunningHeight>,
    parts: Reassembly<PeerId, RpcReplyPort<ProposedValue<Bulla>>>,
    committed: u64,
    /// The newest height of which a decision came, committed or not.
    decided: u64,
    /// The commit under way, or the last one.
    committing: Option<AbortHandle>,
    /// The engine has finalised this height and waits for the next, but its commit has not returned.
    finalized: Option<(u64, RpcReplyPort<Next<Bulla>>)>,
    tasks: JoinSet<Outcome>,
}

impl LoopState {
    pub(crate) fn new() -> Self {
        Self {
            upcoming: None,
            running: None,
            parts: Reassembly::new(),
            committed: 0,
            decided: 0,
            committing: None,
            finalized: None,
            tasks: JoinSet::new(),
        }
    }
}

/// What a task brings back to the loop.
enum Outcome {
    /// All is answered.
    Done,
    /// The engine may start its first height.
    First(HeightInputs, RpcReplyPort<(Height, HeightParams<Bulla>)>),
    /// The engine may start the next height.
    Next(HeightInputs, RpcReplyPort<Next<Bulla>>),
    /// The block of this height is committed, and the engine was told.
    Committed(u64),
    /// The block of this height could not be committed.
    Uncommitted(u64, ApplicationError),
    /// This node has sent its proposal.
    Proposed(FirstPart),
    /// A stream is whole, and its data is what its proposer signed.
    Joined(FirstPart, Bytes, RpcReplyPort<ProposedValue<Bulla>>),
    /// The application could not check a proposed block.
    Unchecked(FirstPart, ApplicationError),
    /// The application erred otherwise, on a block of this height.
    Erred(u64, ApplicationError),
}

impl ApplicationLoop {
    /// Answers the engine until it stops or the node fails. Always ends with an error, since the engine
    /// does not stop by itself; whoever stopped it knows better.
    pub(crate) async fn run(
        mut self,
        mut questions: mpsc::Receiver<HostMsg<Bulla>>,
        mut proofs: mpsc::Receiver<Equivocation>,
    ) -> ConsensusFailure {
        let mut quorums = self.votes.quorums();
        let failure = loop {
            let step = tokio::select! {
                question = questions.recv() => match question {
                    Some(question) => self.answer(question),
                    None => Err(ConsensusFailure::Engine),
                },
                Some(ended) = self.state.tasks.join_next() => self.settle(ended),
                Ok(()) = quorums.changed() => { self.take_parts(); Ok(()) }
                Some(proof) = proofs.recv() => { self.app.equivocation(vec![proof]); Ok(()) }
            };
            if let Err(failure) = step {
                break failure;
            }
        };
        self.finish_commit().await;
        self.state.tasks.shutdown().await;
        self.board.change(|status| status.phase = Phase::Ended);
        failure
    }

    fn answer(&mut self, question: HostMsg<Bulla>) -> Result<(), ConsensusFailure> {
        match question {
            HostMsg::ConsensusReady { reply_to } => self.first_height(reply_to),
            HostMsg::StartedRound { height, round, proposer, role, reply_to } => {
                return self.started_round(height, round, proposer, role, reply_to);
            }
            HostMsg::GetValue { height, round, timeout, reply_to } => {
                self.propose(height, round, timeout, reply_to);
            }
            HostMsg::RestreamValue { height, round, valid_round, address, value_id } => {
                self.restream(height, round, valid_round, address, value_id);
            }
            HostMsg::ReceivedProposalPart { from, published_by, part, reply_to } => {
                self.received_part(published_by.unwrap_or(from), part, reply_to);
            }
            HostMsg::Decided { certificate, extensions: _, reply_to } => {
                return self.decided(certificate, reply_to);
            }
            HostMsg::Finalized { certificate, extensions: _, evidence, reply_to } => {
                decide::log_proposed_twice(&evidence);
                self.finalized(certificate.height.0, reply_to);
            }
            HostMsg::GetHistoryMinHeight { reply_to } => self.history_min(reply_to),
            HostMsg::GetDecidedValues { range, reply_to } => self.serve(range, reply_to),
            HostMsg::ProcessSyncedValue { height, round, proposer, value_bytes, reply_to } => {
                self.synced(height, round, proposer, value_bytes, reply_to);
            }
            HostMsg::ExtendVote { reply_to, .. } => reply(reply_to, None),
            HostMsg::VerifyVoteExtensions { extensions, reply_to, .. } => {
                sync::refuse_extensions(extensions, reply_to);
            }
        }
        Ok(())
    }

    fn settle(&mut self, ended: Result<Outcome, JoinError>) -> Result<(), ConsensusFailure> {
        match ended {
            Ok(Outcome::Done) => {}
            Ok(Outcome::First(inputs, reply_to)) => self.start_first(inputs, reply_to),
            Ok(Outcome::Next(inputs, reply_to)) => self.start_next(inputs, reply_to),
            Ok(Outcome::Committed(height)) => self.committed(height),
            Ok(Outcome::Uncommitted(height, source)) => {
                return Err(ConsensusFailure::Application { height, source });
            }
            Ok(Outcome::Proposed(first)) => {
                if let Some(running) = &mut self.state.running {
                    running.take(&first);
                }
            }
            Ok(Outcome::Joined(first, bytes, reply_to)) => self.joined(first, bytes, reply_to),
            Ok(Outcome::Unchecked(first, source)) => {
                if let Some(running) = &mut self.state.running {
                    running.release(&first);
                }
                return self.erred(first.height, source);
            }
            Ok(Outcome::Erred(height, source)) => return self.erred(height, source),
            Err(error) => return Err(ConsensusFailure::Panic(error.to_string())),
        }
        Ok(())
    }

    fn erred(&self, height: u64, source: ApplicationError) -> Result<(), ConsensusFailure> {
        match source {
            ApplicationError::Fatal(_) => Err(ConsensusFailure::Application { height, source }),
            // The block came by another way meanwhile, and may be committed before that is known here.
            ApplicationError::Transient(_) if height <= self.state.committed.max(self.state.decided) => {
                Ok(())
            }
            ApplicationError::Transient(_) => {
                self.board.error(&source);
                Ok(())
            }
        }
    }

    /// A commit under way is not dropped.
    async fn finish_commit(&mut self) {
        let commit = async {
            while self.state.committing.as_ref().is_some_and(|commit| !commit.is_finished()) {
                self.state.tasks.join_next().await;
            }
        };
        if tokio::time::timeout(COMMIT_WAIT, commit).await.is_err() {
            tracing::error!("gave up waiting for a commit under way");
        }
    }
}

/// Answers the engine. That it no longer waits, since it is stopping or has moved on, is no error.
fn reply<T>(port: RpcReplyPort<T>, answer: T) {
    let _ = port.send(answer);
}
