//! Decided blocks of later heights, on their way to whoever can use the time until their turn.
//!
//! The engine checks the blocks that a peer sends one height after the other: certificate, block, commit. All that
//! does not hang on the block before is done here meanwhile, an answer at a time, on another thread: the signatures of
//! the certificates, which the [verifier](StrictVerifier) then remembers, and what the application makes of
//! [`Application::look_ahead`]. A block whose certificate does not hold for the validators of the running height is
//! left to its turn: they may have changed by then, or its sender lies.

use std::sync::Arc;

use bytes::Bytes;
use malachitebft_sync::{RawDecidedValue, ValueResponse};
use tokio::sync::mpsc;

use crate::application::Application;
use crate::context::{Bulla, Validators};
use crate::decided::certificate;
use crate::limits::AHEAD_ANSWERS_MAX;
use crate::signing::StrictVerifier;

/// A peer's answer with blocks, and the validators of the height that runs.
pub(crate) struct AheadAnswer {
    pub(crate) validators: Validators,
    pub(crate) blocks: ValueResponse<Bulla>,
}

/// Where answers are handed in. What finds no room is left to its turn.
pub(crate) type AheadAnswers = mpsc::Sender<AheadAnswer>;

/// The queue of answers.
pub(crate) fn answers() -> (AheadAnswers, mpsc::Receiver<AheadAnswer>) {
    mpsc::channel(AHEAD_ANSWERS_MAX)
}

/// Looks at answers until nobody hands any in.
pub(crate) async fn look_ahead(
    app: Arc<dyn Application>,
    verifier: StrictVerifier,
    mut answers: mpsc::Receiver<AheadAnswer>,
) {
    while let Some(AheadAnswer { validators, blocks }) = answers.recv().await {
        let (app, verifier) = (Arc::clone(&app), verifier.clone());
        let looked = tokio::task::spawn_blocking(move || {
            let decided = |block: &RawDecidedValue<Bulla>| {
                certificate(&block.certificate)
                    .is_some_and(|certificate| verifier.verify_ahead(&certificate, validators.set()))
            };
            let decided: Vec<Bytes> =
                blocks.values.into_iter().filter(decided).map(|block| block.value_bytes).collect();
            app.look_ahead(&decided);
        });
        if let Err(error) = looked.await {
            tracing::error!(%error, "looking at later blocks failed");
        }
    }
}
