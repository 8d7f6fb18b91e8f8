//! A proposer of blocks that are wrong in one thing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bulla_consensus::{Application, ApplicationError, Proposed};
use bulla_tests::fault::Wrong;
use bulla_types::{Block, BlockHash, Genesis};
use bytes::Bytes;

use crate::faulty::Misconduct;
use crate::spoil::{Past, spoil};

/// Spoils one block after the other. What it says of a (height, round) it says again.
pub(crate) struct WrongBlocks {
    genesis: Genesis,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What is still to be tried, the next one last.
    left: Vec<Wrong>,
    proposed: HashMap<(u64, u32), Proposed>,
}

impl WrongBlocks {
    pub(crate) fn new(genesis: Genesis, mut wrongs: Vec<Wrong>) -> Self {
        wrongs.reverse();
        Self { genesis, state: Mutex::new(State { left: wrongs, ..State::default() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn next(&self, block: Block, past: &Past) -> Option<Proposed> {
        let mut state = self.state();
        let wrong = *state.left.last()?;
        let spoiled = spoil(block, wrong, past, &self.genesis)?;
        state.left.pop();
        Some(spoiled)
    }
}

#[async_trait]
impl Misconduct for WrongBlocks {
    async fn build(
        &self,
        chain: &dyn Application,
        height: u64,
        round: u32,
        budget: Duration,
    ) -> Result<Proposed, ApplicationError> {
        let before = self.state().proposed.get(&(height, round)).cloned();
        if let Some(before) = before {
            return Ok(before);
        }
        let good = chain.build(height, round, budget).await?;
        let past = Past::below(height, chain, &self.genesis).await;
        let block = Block::decode(&good.bytes).unwrap();
        let proposed = self.next(block, &past).unwrap_or(good);
        self.state().proposed.insert((height, round), proposed.clone());
        Ok(proposed)
    }

    fn block(&self, hash: BlockHash) -> Option<Bytes> {
        let state = self.state();
        let proposed = state.proposed.values().find(|proposed| proposed.block_hash == hash)?;
        Some(proposed.bytes.clone())
    }
}
