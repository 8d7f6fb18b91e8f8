//! Executing a block: its entries one after another, each all or nothing, over an overlay of the committed
//! state.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_types::limits::BLOCK_DEADLINES_MAX;
use bulla_types::{
    BlockTime, Height, LedgerId, MemberNumber, OutageEnded, Outcome, Parameters, RequestId, StateKey,
    SystemEvent, Transaction, TransactionId, ValidatorSet,
};

use crate::cases::due::{self, DuePhase};
use crate::events;
use crate::invariants;
use crate::overlay::Overlay;
use crate::parameters;
use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::request;
use crate::transaction::{self, Stamp};
use crate::view::{SeenRequest, StateView, ViewError};

/// What the rules need to know of a block: everything else is in the state and in the entries.
#[derive(Debug, Clone)]
pub struct BlockContext {
    /// The ledger.
    pub ledger_id: LedgerId,
    /// Height of the block: one above that of the view.
    pub height: Height,
    /// Time of the block.
    pub time: BlockTime,
    /// Time of the block before; of the genesis for block 1.
    pub parent_time: BlockTime,
    /// Log index of the block's first entry: the size of the log before it.
    pub next_index: u64,
    /// The parameters in force for the block.
    pub parameters: Arc<Parameters>,
}

/// What a block changes, ready to be committed in one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockChanges {
    /// New values of the state map by encoded key; `None` removes one, which happens to rows of indexes
    /// and to what ended proposals had proposed.
    pub state: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// Requests that took effect: first signer, id, transaction, log index; in log order.
    pub requests: Vec<(MemberNumber, RequestId, TransactionId, u64)>,
    /// Requests whose own time is before this, milliseconds UTC, can be forgotten: no later block accepts
    /// them.
    pub prune_requests_before_ms: u64,
    /// The validators of the next height, when they change.
    pub validators: Option<ValidatorSet>,
    /// The parameters in force for the next height, when they change.
    pub parameters: Option<Parameters>,
}

/// Bytes that the entry of an event of a deadline has at most.
const DEADLINE_ENTRY_BYTES_MAX: u64 = 128;

/// How many events of deadlines a block has room for.
fn deadlines_max(context: &BlockContext) -> usize {
    let Parameters { block_entries_max, block_bytes_max, .. } = *context.parameters;
    let by_bytes = usize::try_from(block_bytes_max / DEADLINE_ENTRY_BYTES_MAX).unwrap_or(usize::MAX);
    let by_entries = usize::try_from(block_entries_max).unwrap_or(usize::MAX);
    BLOCK_DEADLINES_MAX.min(by_bytes).min(by_entries)
}

/// A block under execution. Drop it to forget everything, or [`finish`](Self::finish) it.
#[derive(Debug)]
pub struct BlockExecution<'v, V> {
    context: BlockContext,
    /// Log index of the next entry.
    next_index: u64,
    state: Overlay<'v, V>,
    requests: Vec<(MemberNumber, RequestId, TransactionId, u64)>,
    seen: BTreeMap<(MemberNumber, RequestId), SeenRequest>,
    /// Deadlines come first; `None` once something else has.
    deadlines: Option<DuePhase>,
    /// The outage that the block ends.
    outage: Option<OutageEnded>,
    /// From when on requests are taken, once that is known.
    requests_taken_from: Option<Option<BlockTime>>,
}

impl<'v, V: StateView> BlockExecution<'v, V> {
    /// Starts a block on top of `view`.
    ///
    /// # Panics
    /// When `context` breaks an invariant of every chain: height 1, and no other, begins at log index 0.
    #[must_use]
    pub fn new(view: &'v V, context: BlockContext) -> Self {
        assert_eq!(
            context.height == Height(1),
            context.next_index == 0,
            "invariant: the log begins with block 1, and block 1 with the log"
        );
        Self {
            next_index: context.next_index,
            outage: events::outage::ended(&context),
            context,
            state: Overlay::new(view),
            requests: Vec::new(),
            seen: BTreeMap::new(),
            deadlines: Some(DuePhase::default()),
            requests_taken_from: None,
        }
    }

    /// The event that must come next, if there is one: the end of an outage, or of a deadline or cycle. Before
    /// anything else but the founding, and as long as there is room for it.
    ///
    /// # Errors
    /// The view fails; the block must then be dropped.
    pub fn due(&mut self) -> Result<Option<SystemEvent>, ViewError> {
        let (stamp, room) = (self.event_stamp(), deadlines_max(&self.context));
        match &self.deadlines {
            Some(phase) if phase.events == 0 && self.outage.is_some() => {
                Ok(self.outage.map(SystemEvent::OutageEnded))
            }
            Some(phase) if phase.events < room => phase.next(stamp, &mut self.state),
            _ => Ok(None),
        }
    }

    /// Executes the block's next entry, a transaction, and gives the outcome of each of its actions. Does
    /// not verify its signatures; that goes in batches, see [`signing_keys`](crate::signing_keys).
    ///
    /// # Errors
    /// [`ExecutionError::Refused`] leaves the block as it was before; after [`ExecutionError::View`] it
    /// must be dropped.
    pub fn transaction(&mut self, transaction: &Transaction) -> Result<Vec<Outcome>, ExecutionError> {
        self.require_founded()?;
        self.end_deadlines()?;
        let outcomes = self.attempt(transaction)?;
        self.state.keep();
        let body = transaction.body();
        let (first_signer, log_index) = (body.signers[0].member, self.take_index());
        let seen = SeenRequest { transaction_id: transaction.id(), log_index };
        self.requests.push((first_signer, body.request_id, transaction.id(), log_index));
        self.seen.insert((first_signer, body.request_id), seen);
        Ok(outcomes)
    }

    /// Says what [`transaction`](Self::transaction) would, and changes nothing. What it read stays decoded,
    /// so that one execution serves many dry runs.
    ///
    /// # Errors
    /// As [`transaction`](Self::transaction), except that a ledger not yet founded is no ground.
    pub fn dry_run(&mut self, transaction: &Transaction) -> Result<Vec<Outcome>, ExecutionError> {
        let outcomes = self.attempt(transaction)?;
        self.state.discard();
        Ok(outcomes)
    }

    /// Executes the block's next entry, a system event.
    ///
    /// # Errors
    /// As [`transaction`](Self::transaction).
    pub fn event(&mut self, event: &SystemEvent) -> Result<(), ExecutionError> {
        match event {
            SystemEvent::Founded { ledger_id } => {
                events::founded::check(&self.context, self.next_index, *ledger_id)?;
            }
            SystemEvent::Equivocation(equivocation) => {
                self.require_founded()?;
                self.end_deadlines()?;
                events::equivocation::apply(&self.context, self.next_index, equivocation, &mut self.state)?;
                self.state.keep();
            }
            SystemEvent::DeadlineReached(_)
            | SystemEvent::DeadlineSettled(_)
            | SystemEvent::OutageEnded(_)
            | SystemEvent::CycleEnded(_) => {
                self.require_founded()?;
                self.deadline(event)?;
            }
        }
        self.take_index();
        Ok(())
    }

    /// Ends the block.
    ///
    /// # Errors
    /// [`Cause::NotFounded`] for a first block without the founding entry, [`Cause::DeadlineLeftOut`] for one
    /// that leaves a deadline out; or the view fails.
    ///
    /// # Panics
    /// When the changes break an invariant of the records, which is a bug of this crate.
    pub fn finish(mut self) -> Result<BlockChanges, ExecutionError> {
        self.require_founded()?;
        self.end_deadlines()?;
        parameters::begin_scheduled_protocol(&self.context, &mut self.state)?;
        self.state.keep();
        invariants::check(&self.state);
        Ok(BlockChanges {
            state: self.state.changes()?,
            validators: self.validators(),
            parameters: self.parameters(),
            prune_requests_before_ms: request::forgotten_before_ms(&self.context),
            requests: self.requests,
        })
    }

    /// Read once for each block.
    fn requests_taken_from(&mut self) -> Result<Option<BlockTime>, ViewError> {
        if let Some(known) = self.requests_taken_from {
            return Ok(known);
        }
        let from = request::taken_from(self.state.view())?;
        self.requests_taken_from = Some(from);
        Ok(from)
    }

    fn validators(&self) -> Option<ValidatorSet> {
        match self.state.written_under(&StateKey::Validators) {
            Some(Record::Validators(set)) => Some((**set).clone()),
            _ => None,
        }
    }

    fn parameters(&self) -> Option<Parameters> {
        match self.state.written_under(&StateKey::Parameters) {
            Some(Record::Parameters(parameters)) => Some((**parameters).clone()),
            _ => None,
        }
    }

    fn attempt(&mut self, transaction: &Transaction) -> Result<Vec<Outcome>, ExecutionError> {
        let stamp = Stamp {
            log_index: self.next_index,
            time: self.context.time,
            transaction_id: Some(transaction.id()),
        };
        let taken_from = self.requests_taken_from()?;
        request::check(&self.context, &self.seen, self.state.view(), taken_from, transaction)?;
        let outcomes = transaction::apply(&self.context, stamp, transaction.body(), &mut self.state);
        if outcomes.is_err() {
            self.state.discard();
        }
        outcomes
    }

    /// An event of a deadline: the one that must come next, and no other.
    fn deadline(&mut self, event: &SystemEvent) -> Result<(), ExecutionError> {
        let expected = self.due()?;
        if expected.as_ref() != Some(event) {
            let expected = expected.map(Box::new);
            return Err(Cause::DeadlineUnexpected { expected }.into());
        }
        let stamp = self.event_stamp();
        match event {
            SystemEvent::OutageEnded(ended) => {
                events::outage::apply(*ended, &self.context, &mut self.state)?;
            }
            event => due::apply(event, stamp, &mut self.state)?,
        }
        self.state.keep();
        if let Some(phase) = &mut self.deadlines {
            phase.recorded(event);
        }
        Ok(())
    }

    /// Something else comes: every deadline must be dealt with for which there is room.
    fn end_deadlines(&mut self) -> Result<(), ExecutionError> {
        if let Some(event) = self.due()? {
            return Err(Cause::DeadlineLeftOut(Box::new(event)).into());
        }
        self.deadlines = None;
        Ok(())
    }

    fn event_stamp(&self) -> Stamp {
        Stamp { log_index: self.next_index, time: self.context.time, transaction_id: None }
    }

    fn require_founded(&self) -> Result<(), Cause> {
        if self.next_index == 0 { Err(Cause::NotFounded) } else { Ok(()) }
    }

    #[allow(clippy::expect_used, reason = "an entry a nanosecond would last for centuries")]
    fn take_index(&mut self) -> u64 {
        let index = self.next_index;
        self.next_index = index.checked_add(1).expect("invariant: a log holds fewer than 2^64 entries");
        index
    }
}
