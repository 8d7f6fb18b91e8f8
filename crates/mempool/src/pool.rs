//! The transactions that wait for a block, and the orders in which they are needed.

mod share;
mod take;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bulla_types::{BlockTime, MemberNumber, Transaction, TransactionId};
use bytes::Bytes;
use tokio::sync::watch;

use crate::admission::Source;
use crate::limits::Limits;
use crate::pooled::{Pooled, Request};

pub(crate) use take::Room;

/// Position in the order of admission.
type Sequence = u64;

/// All tables change together, through [`Pool::insert`], [`Pool::replace`] and [`Pool::remove`].
#[derive(Debug)]
pub(crate) struct Pool {
    limits: Limits,
    next_sequence: Sequence,
    entries: HashMap<TransactionId, Slot>,
    requests: HashMap<Request, TransactionId>,
    /// By first signer: what the fair share is counted in.
    members: HashMap<MemberNumber, MemberQueue>,
    expiry: BTreeSet<(BlockTime, TransactionId)>,
    announcements: BTreeSet<(Instant, TransactionId)>,
    bytes: usize,
}

#[derive(Debug)]
struct Slot {
    sequence: Sequence,
    pooled: Arc<Pooled>,
    announce_at: Instant,
    announce_every: Duration,
}

/// The transactions of one first signer, in order of admission.
#[derive(Debug, Default)]
struct MemberQueue {
    entries: BTreeMap<Sequence, Arc<Pooled>>,
    bytes: usize,
}

/// What the pool has that answers to a submission.
#[derive(Debug)]
pub(crate) enum Known {
    /// The same transaction.
    Same(Arc<Pooled>),
    /// Another transaction under the same request id.
    SameRequest(TransactionId),
}

/// Whether there was room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inserted {
    Yes,
    NoRoom,
}

impl Pool {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            next_sequence: 0,
            entries: HashMap::new(),
            requests: HashMap::new(),
            members: HashMap::new(),
            expiry: BTreeSet::new(),
            announcements: BTreeSet::new(),
            bytes: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Publishes how many wait. Called with the pool locked, so that numbers arrive in order.
    pub(crate) fn tell(&self, waiting: &watch::Sender<usize>) {
        waiting.send_if_modified(|told| std::mem::replace(told, self.len()) != self.len());
    }

    pub(crate) fn find(&self, transaction: &Transaction) -> Option<Known> {
        let other = *self.requests.get(&Request::of(transaction))?;
        if other != transaction.id() {
            return Some(Known::SameRequest(other));
        }
        self.entries.get(&other).map(|slot| Known::Same(Arc::clone(&slot.pooled)))
    }

    /// The pooled form of this transaction with these very signatures.
    pub(crate) fn find_verified(&self, transaction: &Transaction) -> Option<Arc<Pooled>> {
        let pooled = &self.entries.get(&transaction.id())?.pooled;
        (pooled.transaction().signatures() == transaction.signatures()).then(|| Arc::clone(pooled))
    }

    /// Adds a transaction that [`Pool::find`] does not know.
    pub(crate) fn insert(&mut self, pooled: Arc<Pooled>, source: Source, now: Instant) -> Inserted {
        let request = pooled.request();
        let bytes = pooled.footprint_bytes();
        if !self.has_room_for(request.member, bytes) {
            return Inserted::NoRoom;
        }
        let announce_every = match source {
            Source::Client => self.limits.announce_again_after,
            Source::Peer => self.limits.announce_again_after * 3,
        };
        let (id, sequence, announce_at) = (pooled.id(), self.next_sequence, now + announce_every);
        self.next_sequence += 1;
        self.bytes += bytes;
        self.requests.insert(request, id);
        self.expiry.insert((pooled.not_after(), id));
        self.announcements.insert((announce_at, id));
        let queue = self.members.entry(request.member).or_default();
        queue.bytes += bytes;
        queue.entries.insert(sequence, Arc::clone(&pooled));
        self.entries.insert(id, Slot { sequence, pooled, announce_at, announce_every });
        Inserted::Yes
    }

    /// Puts the same transaction with more openings in the place of the pooled one, if there is room.
    pub(crate) fn replace(&mut self, pooled: Arc<Pooled>) {
        let Some(slot) = self.entries.get_mut(&pooled.id()) else { return };
        let Some(queue) = self.members.get_mut(&pooled.request().member) else { return };
        let (before, after) = (slot.pooled.footprint_bytes(), pooled.footprint_bytes());
        if self.bytes - before + after > self.limits.bytes_max {
            return;
        }
        self.bytes = self.bytes - before + after;
        queue.bytes = queue.bytes - before + after;
        queue.entries.insert(slot.sequence, Arc::clone(&pooled));
        slot.pooled = pooled;
    }

    pub(crate) fn remove(&mut self, id: &TransactionId) -> Option<Arc<Pooled>> {
        let Slot { sequence, pooled, announce_at, .. } = self.entries.remove(id)?;
        let request = pooled.request();
        let bytes = pooled.footprint_bytes();
        self.bytes -= bytes;
        self.requests.remove(&request);
        self.expiry.remove(&(pooled.not_after(), *id));
        self.announcements.remove(&(announce_at, *id));
        if let Some(queue) = self.members.get_mut(&request.member) {
            queue.bytes -= bytes;
            queue.entries.remove(&sequence);
            if queue.entries.is_empty() {
                self.members.remove(&request.member);
            }
        }
        Some(pooled)
    }

    /// Removes what no block with this time or a later one can hold. Returns how many that were.
    pub(crate) fn expire(&mut self, now: BlockTime) -> usize {
        let before = self.len();
        while let Some(&(not_after, id)) = self.expiry.first() {
            if not_after >= now {
                break;
            }
            self.remove(&id);
        }
        before - self.len()
    }

    /// The submissions that are to be announced again, oldest first, and about `bytes_max` of them; each
    /// falls due again after its interval.
    pub(crate) fn due_announcements(&mut self, now: Instant, bytes_max: usize) -> Vec<Bytes> {
        let mut due = Vec::new();
        let mut bytes = 0;
        while let Some(&(at, id)) = self.announcements.first() {
            if at > now || bytes >= bytes_max {
                break;
            }
            self.announcements.pop_first();
            if let Some(slot) = self.entries.get_mut(&id) {
                slot.announce_at = now + slot.announce_every;
                self.announcements.insert((slot.announce_at, id));
                bytes += slot.pooled.submission_bytes().len();
                due.push(slot.pooled.submission_bytes().clone());
            }
        }
        due
    }
}
