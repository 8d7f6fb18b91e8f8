//! Submissions that wait for a worker.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::admission::{Source, Verdict};
use crate::limits::Limits;
use crate::sync::lock;

/// Submissions that came in one call, and where their verdicts go.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) submissions: Vec<Bytes>,
    pub(crate) source: Source,
    pub(crate) reply: oneshot::Sender<Vec<Verdict>>,
}

/// Why a job was not queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotQueued {
    Full,
    Closed,
}

/// A bounded queue from async tasks to worker threads.
#[derive(Debug)]
pub(crate) struct JobQueue {
    state: Mutex<State>,
    news: Condvar,
    limits: Limits,
}

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    entries: usize,
    bytes: usize,
    closed: bool,
}

impl JobQueue {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { state: Mutex::default(), news: Condvar::new(), limits }
    }

    /// Peers fill half of the queue at most: however much they relay, clients find room.
    pub(crate) fn push(&self, job: Job) -> Result<(), NotQueued> {
        let share = match job.source {
            Source::Client => 1,
            Source::Peer => 2,
        };
        let bytes = bytes_of(&job);
        let mut state = lock(&self.state);
        if state.closed {
            return Err(NotQueued::Closed);
        }
        if state.entries + job.submissions.len() > self.limits.queue_entries_max / share
            || state.bytes + bytes > self.limits.queue_bytes_max / share
        {
            return Err(NotQueued::Full);
        }
        state.entries += job.submissions.len();
        state.bytes += bytes;
        state.jobs.push_back(job);
        drop(state);
        self.news.notify_one();
        Ok(())
    }

    /// Waits for jobs and takes what is there, about [`Limits::gather_max`] submissions. `None` when the
    /// queue is closed and empty.
    pub(crate) fn gather(&self) -> Option<Vec<Job>> {
        let mut state = lock(&self.state);
        while state.jobs.is_empty() {
            if state.closed {
                return None;
            }
            state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let mut gathered = Vec::new();
        let mut entries = 0;
        while entries < self.limits.gather_max {
            let Some(job) = state.jobs.pop_front() else { break };
            entries += job.submissions.len();
            state.bytes -= bytes_of(&job);
            gathered.push(job);
        }
        state.entries -= entries;
        if !state.jobs.is_empty() {
            self.news.notify_one();
        }
        Some(gathered)
    }

    /// Takes no more jobs. Workers finish what waits.
    pub(crate) fn close(&self) {
        lock(&self.state).closed = true;
        self.news.notify_all();
    }

    /// Takes no more jobs and drops those that wait, which tells their callers.
    pub(crate) fn abandon(&self) {
        let mut state = lock(&self.state);
        *state = State { closed: true, ..State::default() };
        drop(state);
        self.news.notify_all();
    }
}

fn bytes_of(job: &Job) -> usize {
    job.submissions.iter().map(Bytes::len).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn job(submissions: usize, source: Source) -> Job {
        let submissions = vec![Bytes::from_static(b"0123456789"); submissions];
        Job { submissions, source, reply: oneshot::channel().0 }
    }

    fn queue() -> JobQueue {
        JobQueue::new(Limits { queue_entries_max: 8, gather_max: 4, ..Limits::default() })
    }

    #[test]
    fn peers_leave_half_of_the_queue_to_clients() {
        let queue = queue();
        queue.push(job(4, Source::Peer)).unwrap();
        assert_eq!(queue.push(job(1, Source::Peer)), Err(NotQueued::Full));
        queue.push(job(4, Source::Client)).unwrap();
        assert_eq!(queue.push(job(1, Source::Client)), Err(NotQueued::Full));
    }

    #[test]
    fn a_worker_takes_what_is_there_up_to_a_batch() {
        let queue = queue();
        for _ in 0..3 {
            queue.push(job(2, Source::Client)).unwrap();
        }
        assert_eq!(queue.gather().unwrap().len(), 2);
        assert_eq!(queue.gather().unwrap().len(), 1);
        queue.push(job(8, Source::Client)).unwrap();
    }

    #[test]
    fn a_closed_queue_is_emptied_and_an_abandoned_one_tells_the_callers() {
        let closed = queue();
        closed.push(job(1, Source::Client)).unwrap();
        closed.close();
        assert_eq!(closed.push(job(1, Source::Client)), Err(NotQueued::Closed));
        assert_eq!(closed.gather().unwrap().len(), 1);
        assert!(closed.gather().is_none());

        let abandoned = queue();
        let (reply, mut verdicts) = oneshot::channel();
        abandoned.push(Job { submissions: Vec::new(), source: Source::Client, reply }).unwrap();
        abandoned.abandon();
        assert!(verdicts.try_recv().is_err());
        assert!(abandoned.gather().is_none());
    }
}
