//! Places for connections: a bounded number of tasks, of which one ends when another comes.

use std::collections::VecDeque;
use std::future::Future;

use tokio::task::{AbortHandle, JoinSet};

/// Tasks that hold a place each. All end when this is dropped.
#[derive(Debug)]
pub(crate) struct Places {
    max: usize,
    leaves: Leaves,
    tasks: JoinSet<()>,
    held: VecDeque<AbortHandle>,
}

/// Who gives his place up to one who comes when all are taken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Leaves {
    /// The one who has held it longest: where all who come are known.
    Oldest,
    /// Anyone: where most may be strangers who only mean to take places. Whoever is in earnest is done after a few
    /// messages, and most likely keeps his until then, however many come.
    Anyone {
        /// Of the choice made last.
        turn: u64,
    },
}

impl Places {
    pub(crate) fn new(max: usize, leaves: Leaves) -> Self {
        Self { max, leaves, tasks: JoinSet::new(), held: VecDeque::new() }
    }

    /// Gives a task a place.
    pub(crate) fn give(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        self.held.retain(|task| !task.is_finished());
        while self.held.len() >= self.max {
            let leaves = self.leaves.of(self.held.len());
            if let Some(task) = self.held.remove(leaves) {
                task.abort();
            }
        }
        self.held.push_back(self.tasks.spawn(task));
    }
}

impl Leaves {
    fn of(&mut self, held: usize) -> usize {
        match self {
            Self::Oldest => 0,
            // A linear congruence (Knuth, MMIX): nobody is to foresee it, and nothing hangs on it if somebody does.
            Self::Anyone { turn } => {
                *turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                usize::try_from(*turn >> 33).unwrap_or(0) % held.max(1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn so_many_hold_a_place_at_a_time_whoever_comes() {
        for leaves in [Leaves::Oldest, Leaves::Anyone { turn: 0 }] {
            let held = Arc::new(Semaphore::new(100));
            let mut places = Places::new(3, leaves);
            for _ in 0..50 {
                let permit = Arc::clone(&held).acquire_owned().await.unwrap();
                places.give(async move {
                    let _held = permit;
                    std::future::pending::<()>().await;
                });
            }
            let three = async {
                while held.available_permits() != 97 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(60), three).await.unwrap();
            drop(places);
            let _all = tokio::time::timeout(Duration::from_secs(60), held.acquire_many(100)).await.unwrap();
        }
    }

    #[test]
    fn strangers_do_not_foresee_who_leaves() {
        let mut leaves = Leaves::Anyone { turn: 0 };
        let left: std::collections::BTreeSet<_> = (0..1_000).map(|_| leaves.of(64)).collect();
        assert_eq!(left.len(), 64, "every place comes up");
    }
}
