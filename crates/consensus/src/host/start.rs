//! When and with what heights start.

use std::sync::Arc;

use malachitebft_app::engine::host::{HeightParams, Next};
use ractor::RpcReplyPort;

use super::{ApplicationLoop, Outcome, reply};
use crate::application::{Application, HeightInputs};
use crate::context::{Bulla, Height, Validators, linear_timeouts};
use crate::frontier::Frontier;
use crate::status::Phase;

impl ApplicationLoop {
    /// Starts the first height once validators with a quorum are connected: what is sent to one that is not
    /// connected yet is lost, and costs a round. After `quorum_wait` it starts all the same. A node without
    /// a vote sends nothing and starts at once.
    pub(super) fn first_height(&mut self, reply_to: RpcReplyPort<(Height, HeightParams<Bulla>)>) {
        let inputs = self.app.first_height();
        self.state.committed = inputs.height.saturating_sub(1);
        self.board.change(|status| status.committed = inputs.height.saturating_sub(1));
        self.peers.set_validators(Validators::from(inputs.validators.clone()));
        let (peers, wait, votes) = (Arc::clone(&self.peers), self.quorum_wait, self.key.is_some());
        self.state.tasks.spawn(async move {
            if votes && !peers.quorum(wait).await {
                tracing::warn!(height = inputs.height, "starts without a quorum of validators connected");
            }
            Outcome::First(inputs, reply_to)
        });
    }

    pub(super) fn start_first(
        &mut self,
        inputs: HeightInputs,
        reply_to: RpcReplyPort<(Height, HeightParams<Bulla>)>,
    ) {
        let start = (Height(inputs.height), self.prepare(inputs));
        reply(reply_to, start);
    }

    /// Waits until the application, or some validator that is there already, wants the height after this.
    pub(super) fn hold_next(&mut self, decided: u64, reply_to: RpcReplyPort<Next<Bulla>>) {
        self.board.change(|status| status.phase = Phase::Idle);
        let (app, frontier) = (Arc::clone(&self.app), Arc::clone(&self.frontier));
        self.state.tasks.spawn(async move {
            let inputs = next_inputs(&*app, &frontier, decided).await;
            Outcome::Next(inputs, reply_to)
        });
    }

    pub(super) fn start_next(&mut self, inputs: HeightInputs, reply_to: RpcReplyPort<Next<Bulla>>) {
        let height = Height(inputs.height);
        let parameters = self.prepare(inputs);
        reply(reply_to, Next::Start(height, parameters));
    }

    fn prepare(&mut self, inputs: HeightInputs) -> HeightParams<Bulla> {
        let validators = Validators::from(inputs.validators);
        let timeouts = linear_timeouts(&inputs.timeouts);
        self.peers.set_validators(validators.clone());
        self.state.upcoming = Some((inputs.height, validators.clone()));
        // No target time: a decided height is finalised at once, with the certificate that it has.
        HeightParams::new(validators, timeouts, None)
    }
}

async fn next_inputs(app: &dyn Application, frontier: &Frontier, decided: u64) -> HeightInputs {
    let mut next = app.next(decided);
    let height = decided.saturating_add(1);
    tokio::select! {
        // The application begins to wait before it is woken.
        biased;
        inputs = &mut next => return inputs,
        () = frontier.reached(height) => app.wake_for(height),
    }
    next.await
}
