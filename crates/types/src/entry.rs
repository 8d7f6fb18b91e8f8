//! Entries: the leaves of the log. `docs/formats/entry.md`.

use bytes::Bytes;

use crate::canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list};
use crate::limits::{ACTIONS_MAX, ENTRY_BYTES_MAX, PROPOSAL_OUTCOME_BYTES_MAX, TRANSACTION_BYTES_MAX};
use crate::number::Height;
use crate::outcome::Outcome;
use crate::proto;
use crate::proto::entry::Content as Message;
use crate::system_event::SystemEvent;
use crate::time::BlockTime;
use crate::transaction::{TRANSACTION_SHAPE, Transaction};
use crate::wire::{self, Field, Shape};

/// Format version of entries.
const VERSION: u32 = 1;
const TRANSACTION: u32 = 4;
const EVENT: u32 = 5;
const OUTCOMES: u32 = 6;

const ENTRY_SHAPE: Shape = Shape(&[
    Field::one(TRANSACTION, "transaction", TRANSACTION_BYTES_MAX).of(&TRANSACTION_SHAPE),
    Field::one(EVENT, "event", 512),
    Field::list(OUTCOMES, "outcomes", ACTIONS_MAX, PROPOSAL_OUTCOME_BYTES_MAX),
]);

/// One leaf of the log. Height and time stand in it, so that the log alone, without any header, says when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Height of its block.
    pub height: Height,
    /// Time of its block.
    pub time: BlockTime,
    /// What was recorded.
    pub content: Content,
    /// What the ledger made of each action, parallel to them; empty for a system event.
    pub outcomes: Vec<Outcome>,
}

/// What an entry records.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "nearly every entry is a transaction")]
pub enum Content {
    /// A transaction without its openings.
    Transaction(Transaction),
    /// An event of the ledger itself.
    Event(SystemEvent),
}

impl Entry {
    /// Reads a canonical encoding; bytes from anywhere. The transaction shares them.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, the first field that breaks the format, or outcomes that do not
    /// fit the actions.
    #[allow(clippy::needless_pass_by_value, reason = "parts of the buffer are kept")]
    pub fn decode(bytes: Bytes) -> Result<Self, DecodeError> {
        canonical::check_length(&bytes, ENTRY_BYTES_MAX)?;
        ENTRY_SHAPE.check(&bytes)?;
        let message: proto::Entry = canonical::decode(&bytes, ENTRY_BYTES_MAX)?;
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let content = message.content.required("content", |content| match content {
            Message::Transaction(transaction) => {
                let range = wire::find(&bytes, TRANSACTION).ok_or(Fault::Missing)?;
                Transaction::from_parts(transaction, bytes.slice(range)).map(Content::Transaction)
            }
            Message::Event(event) => SystemEvent::from_message(&event).map(Content::Event),
        })?;
        let entry = Self {
            height: Height::from_wire(message.height).at("height")?,
            time: BlockTime::from_wire(message.time_ms).at("time_ms")?,
            content,
            outcomes: list(&message.outcomes, "outcomes", 0..=ACTIONS_MAX, Outcome::from_message)?,
        };
        entry.check_outcomes().at("outcomes")?;
        Ok(entry)
    }

    /// The canonical encoding. It decodes when the outcomes fit the actions.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match &self.content {
            Content::Transaction(transaction) => {
                Self::encode_transaction(self.height, self.time, transaction, &self.outcomes)
            }
            Content::Event(event) => Self::encode_event(self.height, self.time, event),
        }
    }

    /// The canonical encoding of the entry of a transaction, around the encoding that the transaction keeps.
    #[must_use]
    pub fn encode_transaction(
        height: Height,
        time: BlockTime,
        transaction: &Transaction,
        outcomes: &[Outcome],
    ) -> Vec<u8> {
        let transaction = transaction.encode();
        let mut encoded = head(height, time, transaction.len() + 40 * outcomes.len());
        wire::put_bytes(&mut encoded, TRANSACTION, &transaction);
        for outcome in outcomes {
            wire::put_bytes(&mut encoded, OUTCOMES, &canonical::encode(&outcome.to_message()));
        }
        encoded
    }

    /// The canonical encoding of the entry of a system event.
    #[must_use]
    pub fn encode_event(height: Height, time: BlockTime, event: &SystemEvent) -> Vec<u8> {
        let event = canonical::encode(&event.to_message());
        let mut encoded = head(height, time, event.len());
        wire::put_bytes(&mut encoded, EVENT, &event);
        encoded
    }

    fn check_outcomes(&self) -> Result<(), Fault> {
        let fits = match &self.content {
            Content::Transaction(transaction) => {
                let actions = &transaction.body().actions;
                let mut pairs = self.outcomes.iter().zip(actions);
                self.outcomes.len() == actions.len() && pairs.all(|(outcome, action)| outcome.fits(action))
            }
            Content::Event(_) => self.outcomes.is_empty(),
        };
        if fits { Ok(()) } else { Err(Fault::Rule("there is one outcome for each action, of its kind")) }
    }
}

/// Fields 1 to 3, with room for the content.
fn head(height: Height, time: BlockTime, content_length: usize) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(content_length + 40);
    wire::put_number(&mut encoded, 1, VERSION.into());
    wire::put_number(&mut encoded, 2, height.0);
    wire::put_number(&mut encoded, 3, time.0);
    encoded
}
