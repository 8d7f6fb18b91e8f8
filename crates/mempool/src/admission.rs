//! The way of submissions into the pool, in batches. Runs on worker threads.

mod step;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use bulla_ledger::ExecutionError;
use bulla_types::{BlockTime, LedgerId, Submission, Transaction, TransactionId};
use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use crate::clock::Clock;
use crate::counters::{Counters, add, count};
use crate::error::AdmissionError;
use crate::keys::KeyCache;
use crate::limits::Limits;
use crate::pool::{Inserted, Known, Pool};
use crate::pooled::{Pooled, Request};
use crate::signatures::{self, Signed};
use crate::sync::lock;
use crate::view::AdmissionView;

use step::{Candidate, Step, on_the_way, settle_each};

/// Who brings a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A client of this node: the strict signature rule applies, and this node relays it.
    Client,
    /// Another node, which has admitted it and relays it to all others itself.
    Peer,
}

/// A submission that is in the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted {
    /// The transaction's id.
    pub transaction_id: TransactionId,
    /// The transaction's own limit, which its ticket names.
    pub not_after: BlockTime,
    /// Whether it was in the pool before.
    pub already_known: bool,
}

pub(crate) type Verdict = Result<Admitted, AdmissionError>;

/// Everything that admission needs.
pub(crate) struct Admission {
    pub(crate) ledger_id: LedgerId,
    pub(crate) limits: Limits,
    pub(crate) view: Arc<dyn AdmissionView>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keys: Arc<KeyCache>,
    pub(crate) pool: Arc<Mutex<Pool>>,
    pub(crate) waiting: watch::Sender<usize>,
    pub(crate) to_announce: mpsc::Sender<Bytes>,
    pub(crate) counters: Arc<Counters>,
}

impl Admission {
    /// Admits or refuses each submission, in their order.
    pub(crate) fn admit(&self, submissions: Vec<(Bytes, Source)>) -> Vec<Verdict> {
        let mut verdicts = Vec::with_capacity(submissions.len());
        let mut submissions = submissions.into_iter();
        loop {
            let steps: Vec<Step> = submissions
                .by_ref()
                .take(self.limits.gather_max.max(1))
                .map(|(bytes, source)| self.read(bytes, source))
                .collect();
            if steps.is_empty() {
                break;
            }
            verdicts.extend(self.admit_gathered(steps));
        }
        self.count_verdicts(&verdicts);
        verdicts
    }

    fn admit_gathered(&self, mut steps: Vec<Step>) -> Vec<Verdict> {
        self.settle_known(&mut steps);
        settle_each(&mut steps, |candidate| self.look_up(candidate).err().map(Err));
        self.verify(&mut steps);
        self.check(&mut steps);
        self.insert(steps)
    }

    /// Canonical form, ledger.
    fn read(&self, bytes: Bytes, source: Source) -> Step {
        // A submission out of a relay batch is copied, or one pooled entry would keep a batch in memory.
        let encoded = match source {
            Source::Client => bytes,
            Source::Peer => Bytes::copy_from_slice(&bytes),
        };
        let submission = match Submission::decode(encoded.clone()) {
            Ok(submission) => submission,
            Err(error) => return Step::Settled(Err(error.into())),
        };
        let body = submission.transaction().body();
        if body.ledger_id != self.ledger_id {
            let (expected, found) = (self.ledger_id, body.ledger_id);
            return Step::Settled(Err(AdmissionError::WrongLedger { expected, found }));
        }
        Step::OnTheWay(Box::new(Candidate { submission, encoded, source, keys: Vec::new() }))
    }

    /// Settles what the pool holds already, under one lock. What has expired is on its way out of there.
    fn settle_known(&self, steps: &mut [Step]) {
        let now = self.clock.now();
        let mut pool = lock(&self.pool);
        settle_each(steps, |candidate| {
            let expired = candidate.transaction().body().not_after < now;
            if expired { None } else { known(&mut pool, candidate) }
        });
    }

    /// What the ledger holds already, expiry, and the signers' keys: in this order, since what is committed is
    /// told so even after its time.
    fn look_up(&self, candidate: &mut Candidate) -> Result<(), AdmissionError> {
        let transaction = candidate.submission.transaction();
        let request = Request::of(transaction);
        let seen = self.view.request(request.member, &request.id).map_err(AdmissionError::View)?;
        if let Some(seen) = seen {
            return Err(if seen.transaction_id == transaction.id() {
                AdmissionError::AlreadyCommitted {
                    transaction_id: seen.transaction_id,
                    index: seen.log_index,
                }
            } else {
                AdmissionError::RequestIdReused { request_id: request.id, other: seen.transaction_id }
            });
        }
        let (not_after, now) = (transaction.body().not_after, self.clock.now());
        if not_after < now {
            return Err(AdmissionError::Expired { not_after, now });
        }
        for signer in &transaction.body().signers {
            let key = self.keys.get(&signer.key_id, &*self.view).map_err(AdmissionError::View)?;
            candidate.keys.push(key.ok_or(AdmissionError::UnknownKey { signer: *signer })?);
        }
        Ok(())
    }

    fn verify(&self, steps: &mut [Step]) {
        settle_each(steps, |candidate| {
            if candidate.source != Source::Client {
                return None;
            }
            add(&self.counters.signatures_strict, candidate.keys.len());
            let position = signatures::first_not_strict(candidate.signed())?;
            Some(Err(candidate.bad_signature(position)))
        });
        let from_peers: Vec<Signed<'_>> = on_the_way(steps)
            .filter(|candidate| candidate.source == Source::Peer)
            .map(Candidate::signed)
            .collect();
        add(&self.counters.signatures_batched, signatures::count(&from_peers));
        let mut first_not_valid = signatures::first_not_valid(&from_peers).into_iter();
        settle_each(steps, |candidate| {
            if candidate.source != Source::Peer {
                return None;
            }
            let position = first_not_valid.next()??;
            Some(Err(candidate.bad_signature(position)))
        });
    }

    /// The ledger's rules on the committed state.
    fn check(&self, steps: &mut [Step]) {
        let transactions: Vec<&Transaction> = on_the_way(steps).map(Candidate::transaction).collect();
        let mut answers = self.view.check(&transactions).into_iter();
        settle_each(steps, |_| match answers.next() {
            Some(Ok(())) => None,
            Some(Err(ExecutionError::Refused(refusal))) => Some(Err(AdmissionError::Refused(refusal))),
            Some(Err(ExecutionError::View(error))) => Some(Err(AdmissionError::View(error))),
            // A view that answers for too few is broken; what it was silent about is not admitted.
            None => Some(Err(AdmissionError::Stopped)),
        });
    }

    /// Puts what is left into the pool, under one lock, and hands on what clients brought.
    fn insert(&self, steps: Vec<Step>) -> Vec<Verdict> {
        let now = Instant::now();
        let mut fresh = Vec::new();
        let mut pool = lock(&self.pool);
        let verdicts = steps
            .into_iter()
            .map(|step| match step {
                Step::Settled(verdict) => verdict,
                Step::OnTheWay(candidate) => self.insert_one(&mut pool, *candidate, now, &mut fresh),
            })
            .collect();
        pool.tell(&self.waiting);
        drop(pool);
        for submission in fresh {
            if self.to_announce.try_send(submission).is_err() {
                count(&self.counters.announcements_deferred);
            }
        }
        verdicts
    }

    fn insert_one(
        &self,
        pool: &mut Pool,
        mut candidate: Candidate,
        now: Instant,
        fresh: &mut Vec<Bytes>,
    ) -> Verdict {
        // It may have come twice at once.
        if let Some(verdict) = known(pool, &mut candidate) {
            return verdict;
        }
        let admitted = candidate.admitted(false);
        let Candidate { submission, encoded, source, .. } = candidate;
        match pool.insert(Arc::new(Pooled::new(submission, encoded.clone())), source, now) {
            Inserted::Yes => {
                if source == Source::Client {
                    fresh.push(encoded);
                    count(&self.counters.admitted_from_clients);
                } else {
                    count(&self.counters.admitted_from_peers);
                }
                Ok(admitted)
            }
            Inserted::NoRoom => Err(AdmissionError::QueueFull { retry_after: self.limits.retry_after }),
        }
    }

    fn count_verdicts(&self, verdicts: &[Verdict]) {
        for verdict in verdicts {
            match verdict {
                Ok(Admitted { already_known: true, .. }) => count(&self.counters.already_known),
                Ok(_) => {}
                Err(AdmissionError::QueueFull { .. }) => count(&self.counters.queue_full),
                Err(_) => count(&self.counters.refused),
            }
        }
    }
}

/// What to say of a transaction that the pool holds, or of another under the same request id.
///
/// A repetition with more openings completes the pooled entry, so that a peer that strips openings off
/// does not keep them from the others. Openings are checked against the commitments by decoding; no
/// signature covers them. A repetition with other signatures leaves the pooled ones, which are valid.
fn known(pool: &mut Pool, candidate: &mut Candidate) -> Option<Verdict> {
    match pool.find(candidate.transaction())? {
        Known::Same(pooled) => {
            let more_openings = candidate.submission.openings().len() > pooled.openings().len();
            if more_openings && pooled.transaction() == candidate.transaction() {
                let completed = Pooled::new(candidate.submission.clone(), candidate.encoded.clone());
                pool.replace(Arc::new(completed));
            }
            Some(Ok(candidate.admitted(true)))
        }
        Known::SameRequest(other) => {
            let request_id = candidate.transaction().body().request_id;
            Some(Err(AdmissionError::RequestIdReused { request_id, other }))
        }
    }
}
