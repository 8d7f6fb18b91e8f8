//! A ledger that decides alone, a block at a time.

use std::sync::Arc;

use bulla_ledger::{
    BlockChanges, BlockContext, BlockExecution, Cause, ExecutionError, Refusal, admission, found,
};
use bulla_types::{
    BlockTime, Content, Entry, Genesis, Height, LedgerClass, LedgerId, MemberNumber, Outcome, Parameters,
    RequestId, Role, SystemEvent, Transaction,
};

use super::{MemoryView, Party, Request, founder, parameters};

/// Time of the genesis.
pub(crate) const START: BlockTime = BlockTime(1_760_000_000_000);

#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) genesis: Genesis,
    pub(crate) id: LedgerId,
    pub(crate) bodies: Vec<Party>,
    pub(crate) parameters: Arc<Parameters>,
    pub(crate) view: MemoryView,
    pub(crate) height: Height,
    pub(crate) time: BlockTime,
    pub(crate) log: Vec<Entry>,
    requests: u64,
}

impl Ledger {
    /// A ledger that `bodies` registration bodies have founded, and nothing else.
    pub(crate) fn unfounded(bodies: u64, threshold: u32) -> Self {
        let (parties, founders) = (1..=bodies).map(founder).unzip();
        let name = "测试账本".parse().unwrap();
        let genesis = Genesis::new(LedgerClass::Test, name, START, parameters(threshold), founders).unwrap();
        let mut view = MemoryView::default();
        view.apply(found(&genesis));
        Self {
            id: genesis.ledger_id(),
            bodies: parties,
            parameters: Arc::new(genesis.parameters().clone()),
            view,
            height: Height(0),
            time: START,
            log: Vec::new(),
            requests: 0,
            genesis,
        }
    }

    /// Four registration bodies, of which three must sign an act of administration; block 1 is decided.
    pub(crate) fn new() -> Self {
        Self::of(4, 3)
    }

    pub(crate) fn of(bodies: u64, threshold: u32) -> Self {
        let mut ledger = Self::unfounded(bodies, threshold);
        let founded = SystemEvent::Founded { ledger_id: ledger.id };
        ledger.record_event(founded).unwrap();
        ledger
    }

    /// The context of the next block, a second after the last.
    pub(crate) fn context(&self) -> BlockContext {
        BlockContext {
            ledger_id: self.id,
            height: Height(self.height.0 + 1),
            time: BlockTime(self.time.0 + 1000),
            next_index: self.log.len() as u64,
            parameters: Arc::clone(&self.parameters),
        }
    }

    /// Log index of the next entry.
    pub(crate) fn next_index(&self) -> u64 {
        self.log.len() as u64
    }

    pub(crate) fn sleep(&mut self, ms: u64) {
        self.time.0 += ms;
    }

    /// A request id of now that was never used.
    pub(crate) fn request_id(&mut self) -> RequestId {
        self.requests += 1;
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.requests.to_be_bytes());
        RequestId::new(self.time.0, &random)
    }

    /// Starts a request.
    pub(crate) fn request(&mut self) -> Request<'_> {
        let request_id = self.request_id();
        Request::new(self, request_id)
    }

    /// Decides a block of one transaction, or shows that the refused transaction leaves nothing behind.
    /// Admission must have said the same.
    pub(crate) fn record(&mut self, transaction: &Transaction) -> Result<Vec<Outcome>, Refusal> {
        let context = self.context();
        let admitted = admission(&self.view, context.clone(), transaction).map_err(refusal);
        let mut block = BlockExecution::new(&self.view, context);
        let result = block.transaction(transaction).map_err(refusal);
        assert_eq!(admitted, result.as_ref().map(drop).map_err(Clone::clone));
        let changes = block.finish().unwrap();
        assert_eq!(result.is_err(), changes.state.is_empty() && changes.requests.is_empty());
        let outcomes = result?;
        self.commit(vec![(Content::Transaction(transaction.clone()), outcomes.clone())], changes);
        Ok(outcomes)
    }

    /// Decides a block of one event, or shows that the refused event leaves nothing behind.
    pub(crate) fn record_event(&mut self, event: SystemEvent) -> Result<(), Cause> {
        let mut block = BlockExecution::new(&self.view, self.context());
        block.event(&event).map_err(|error| refusal(error).cause)?;
        let changes = block.finish().unwrap();
        self.commit(vec![(Content::Event(event), Vec::new())], changes);
        Ok(())
    }

    /// Enrols an organisation by the act of all registration bodies, with an OPERATE and an ADMINISTER key.
    pub(crate) fn enrol(&mut self, name: &str, role: Role) -> Party {
        let bodies = self.bodies.clone();
        let mut request = self.request();
        for body in &bodies {
            request = request.administered_by(body);
        }
        let outcomes = request.enrol(name, [role]).recorded();
        let [Outcome::MemberNumber(number)] = outcomes[..] else { panic!("{outcomes:?}") };
        Party { number, name: name.to_owned() }
    }

    pub(crate) fn body(&self, number: u64) -> Party {
        let found = self.bodies.iter().find(|body| body.number == MemberNumber(number));
        found.cloned().unwrap()
    }

    /// Commits what a block recorded and changed.
    pub(crate) fn commit(&mut self, recorded: Vec<(Content, Vec<Outcome>)>, changes: BlockChanges) {
        let BlockContext { height, time, .. } = self.context();
        (self.height, self.time) = (height, time);
        self.view.commit(changes);
        let entries = recorded.into_iter();
        self.log.extend(entries.map(|(content, outcomes)| Entry { height, time, content, outcomes }));
    }
}

pub(crate) fn refusal(error: ExecutionError) -> Refusal {
    match error {
        ExecutionError::Refused(refusal) => refusal,
        ExecutionError::View(error) => panic!("{error}"),
    }
}
