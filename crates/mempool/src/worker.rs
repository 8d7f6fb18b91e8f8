//! The threads that admit.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tracing::error;

use crate::admission::Admission;
use crate::queue::{Job, JobQueue};

/// The running threads. When dropped they finish what waits, and are waited for: what they hold, the store
/// among it, is given up then.
#[derive(Debug)]
pub(crate) struct Workers {
    queue: Arc<JobQueue>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts the workers.
    ///
    /// A thread that the system refuses to start is missed by its name in the log; when none could be started
    /// the queue is abandoned, so that every caller hears of it.
    pub(crate) fn start(workers: usize, queue: &Arc<JobQueue>, admission: &Arc<Admission>) -> Self {
        let mut threads = Vec::new();
        for number in 0..workers.max(1) {
            let (queue, admission) = (Arc::clone(queue), Arc::clone(admission));
            let thread = thread::Builder::new().name(format!("admission-{number}"));
            match thread.spawn(move || work(&queue, &admission)) {
                Ok(thread) => threads.push(thread),
                Err(error) => error!(number, %error, "an admission thread did not start"),
            }
        }
        if threads.is_empty() {
            queue.abandon();
        }
        Self { queue: Arc::clone(queue), threads }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            // One that panicked has told its callers.
            let _ = thread.join();
        }
    }
}

fn work(queue: &JobQueue, admission: &Admission) {
    let _guard = AbandonOnPanic(queue);
    while let Some(jobs) = queue.gather() {
        admit_all(jobs, admission);
    }
}

fn admit_all(jobs: Vec<Job>, admission: &Admission) {
    let mut submissions = Vec::new();
    let mut replies = Vec::with_capacity(jobs.len());
    for job in jobs {
        replies.push((job.submissions.len(), job.reply));
        submissions.extend(job.submissions.into_iter().map(|bytes| (bytes, job.source)));
    }
    let mut verdicts = admission.admit(submissions).into_iter();
    for (count, reply) in replies {
        // A caller that stopped waiting has its submissions admitted all the same.
        let _ = reply.send(verdicts.by_ref().take(count).collect());
    }
}

/// A worker that panics has met a broken invariant. Callers must hear of it rather than wait for ever.
struct AbandonOnPanic<'a>(&'a JobQueue);

impl Drop for AbandonOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.abandon();
        }
    }
}
