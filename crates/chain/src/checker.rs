//! Checking a block that another validator built, by doing all of it again.

use bulla_ledger::{BlockExecution, ExecutionError};
use bulla_mempool::{BlockSignatureError, Mempool};
use bulla_types::limits::BLOCK_OPENINGS_BYTES_MAX;
use bulla_types::{
    Address, Block, BlockTime, Content, Entry, Header, Opening, ReasonCode, Transaction, check_openings,
};
use bytes::Bytes;

use crate::ahead::{Found, transactions};
use crate::assemble::{Frame, Leaves, assemble, context};
use crate::executed::Executed;
use crate::fault::{ChainError, Rejection};
use crate::tip::Tip;
use crate::view::Snapshot;

/// What a voter asks beyond validity, of a proposal that nobody has locked yet. A locked value, replay and
/// sync never answer for it: after a long outage the ledger would wedge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fresh {
    /// The voter's clock.
    pub(crate) now: BlockTime,
    /// The validator whose turn it is.
    pub(crate) proposer: Address,
}

/// Why a check did not end in a valid block.
pub(crate) enum CheckFailure {
    /// The block is at fault.
    Rejected(Rejection),
    /// This node is.
    Failed(ChainError),
}

impl From<ChainError> for CheckFailure {
    fn from(error: ChainError) -> Self {
        Self::Failed(error)
    }
}

fn reject(reason: ReasonCode, detail: impl Into<String>) -> CheckFailure {
    CheckFailure::Rejected(Rejection::new(reason, detail))
}

/// A block to be checked.
pub(crate) struct ToCheck {
    pub(crate) block: Block,
    /// What was found of it before its turn.
    pub(crate) ahead: Option<Found>,
}

/// Executes the block on top of the tip and compares every byte of its header.
pub(crate) fn check(
    snapshot: &Snapshot<'_>,
    mempool: &Mempool,
    tip: &Tip,
    ToCheck { block, ahead }: ToCheck,
    fresh: Option<Fresh>,
) -> Result<Executed, CheckFailure> {
    check_frame(tip, &block, fresh)?;
    let given = block.header.clone();
    let compared = if ahead.is_some() { Openings::Fit } else { Openings::Unread };
    let Found { entries, signed } = match ahead {
        Some(found) => found,
        None => Found { entries: decode_entries(&block)?, signed: Vec::new() },
    };
    check_places(tip, &given, &entries)?;
    let mut leaves = Leaves::default();
    complete_openings(mempool, block.openings, &entries, compared, &mut leaves)?;
    check_signatures(mempool, &entries, &signed)?;
    let frame =
        Frame { time: given.time, builder: given.builder, parent_certificate: block.parent_certificate };
    let mut execution = BlockExecution::new(snapshot, context(tip, given.time));
    for (entry, bytes) in entries.iter().zip(block.entries) {
        execute_entry(&mut execution, &mut leaves, entry)?;
        leaves.index.add(tip.log_size + u64::from(leaves.position()), entry);
        leaves.push(bytes);
    }
    let changes = execution.finish().map_err(|error| match error {
        ExecutionError::Refused(refusal) => reject(refusal.reason(), refusal.to_string()),
        ExecutionError::View(error) => CheckFailure::Failed(ChainError::Invariant(error.to_string())),
    })?;
    let executed = assemble(&snapshot.0, tip, frame, leaves, changes)?;
    let computed = executed.header();
    match first_difference(&given, computed) {
        None => Ok(executed),
        Some(difference) if given.state_root != computed.state_root => {
            Err(reject(ReasonCode::BlockStateRootMismatch, difference))
        }
        Some(difference) if given.log_root != computed.log_root => {
            Err(reject(ReasonCode::BlockLogRootMismatch, difference))
        }
        Some(difference) => Err(reject(ReasonCode::HeaderMismatch, difference)),
    }
}

/// The first field in which the header given differs from the one that execution gives, with both values.
fn first_difference(given: &Header, computed: &Header) -> Option<String> {
    if given == computed {
        return None;
    }
    let fields = [
        ("protocol version", given.protocol_version.to_string(), computed.protocol_version.to_string()),
        ("ledger id", given.ledger_id.to_string(), computed.ledger_id.to_string()),
        ("height", given.height.to_string(), computed.height.to_string()),
        ("parent", given.parent.to_string(), computed.parent.to_string()),
        (
            "parent certificate",
            format!("{:?}", given.parent_certificate),
            format!("{:?}", computed.parent_certificate),
        ),
        ("log size before", given.log_size_before.to_string(), computed.log_size_before.to_string()),
        ("log size after", given.log_size_after.to_string(), computed.log_size_after.to_string()),
        ("log root", given.log_root.to_string(), computed.log_root.to_string()),
        (
            "second log root",
            format!("{:?}", given.second_log_root),
            format!("{:?}", computed.second_log_root),
        ),
        ("state root", given.state_root.to_string(), computed.state_root.to_string()),
        ("validators", given.validators_hash.to_string(), computed.validators_hash.to_string()),
        (
            "next validators",
            given.next_validators_hash.to_string(),
            computed.next_validators_hash.to_string(),
        ),
        ("parameters", given.parameters_hash.to_string(), computed.parameters_hash.to_string()),
    ];
    let differing = fields.into_iter().find(|(_, given, computed)| given != computed);
    Some(differing.map_or_else(
        || "time or builder".to_owned(),
        |(field, given, computed)| format!("{field}: the header says {given}, execution gives {computed}"),
    ))
}

/// What can be said of a block before anything is executed.
fn check_frame(tip: &Tip, block: &Block, fresh: Option<Fresh>) -> Result<(), CheckFailure> {
    let header: &Header = &block.header;
    if header.time <= tip.time {
        return Err(reject(
            ReasonCode::BlockTimeInvalid,
            format!("time {} is not after the parent's {}", header.time, tip.time),
        ));
    }
    if tip.validators.get(&header.builder).is_none() {
        return Err(reject(ReasonCode::BlockInvalid, format!("{} is no validator", header.builder)));
    }
    let entries_max = usize::try_from(tip.parameters.block_entries_max).unwrap_or(usize::MAX);
    let bytes: u64 = block.entries.iter().map(|entry| entry.len() as u64).sum();
    if block.entries.len() > entries_max || bytes > tip.parameters.block_bytes_max {
        return Err(reject(
            ReasonCode::TooLarge,
            format!("{} entries of {bytes} bytes pass the ledger's block limits", block.entries.len()),
        ));
    }
    if let Some(Fresh { now, proposer }) = fresh {
        if header.builder != proposer {
            return Err(reject(
                ReasonCode::BlockInvalid,
                format!("built by {}, but it is the turn of {proposer}", header.builder),
            ));
        }
        if header.time.distance_ms(now) > tip.parameters.time_bound_ms && !waits_for_clock(tip, header, now) {
            return Err(reject(
                ReasonCode::BlockTimeInvalid,
                format!(
                    "time {} is further than {} ms from this node's {now}",
                    header.time, tip.parameters.time_bound_ms
                ),
            ));
        }
    }
    check_parent_certificate(tip, block)
}

/// Whether the clocks of a ledger for tests were set back behind the parent: just after it is then all that a builder
/// can do until they have caught up.
fn waits_for_clock(tip: &Tip, header: &Header, now: BlockTime) -> bool {
    tip.test_clock.is_some() && header.time > now && header.time == tip.earliest_next()
}

fn check_parent_certificate(tip: &Tip, block: &Block) -> Result<(), CheckFailure> {
    match (&block.parent_certificate, tip.height) {
        (None, 0) => Ok(()),
        (Some(certificate), height) if height > 0 => {
            if certificate.height.0 != height || certificate.block_hash != tip.block_hash {
                return Err(reject(
                    ReasonCode::CertificateMismatch,
                    "the parent certificate is of another block",
                ));
            }
            // Of one vote there is one signature: those of the certificate that decided the parent here were
            // verified before it was committed.
            let held = tip.certified.as_ref().map(|certified| &certified.1);
            certificate
                .verify_beside(held, &tip.ledger_id, &tip.certified_by)
                .map_err(|error| reject(error.reason(), error.to_string()))
        }
        _ => Err(reject(
            ReasonCode::CertificateMismatch,
            "a parent certificate stands in every block but the first",
        )),
    }
}

fn decode_entries(block: &Block) -> Result<Vec<Entry>, CheckFailure> {
    let read = |(position, bytes): (usize, &Bytes)| {
        Entry::decode(bytes.clone())
            .map_err(|error| reject(error.reason(), format!("entry {position}: {error}")))
    };
    block.entries.iter().enumerate().map(read).collect()
}

/// Every entry names the height and the time of its block.
fn check_places(tip: &Tip, header: &Header, entries: &[Entry]) -> Result<(), CheckFailure> {
    let of_block = |entry: &Entry| entry.height.0 == tip.next_height() && entry.time == header.time;
    match entries.iter().position(|entry| !of_block(entry)) {
        None => Ok(()),
        Some(position) => {
            let detail = format!("entry {position}: height or time of another block");
            Err(reject(ReasonCode::Malformed, detail))
        }
    }
}

/// Whether a block's openings were compared with the commitments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Openings {
    Unread,
    Fit,
}

/// Every opening must fit its commitment. Those that this node admitted and the block lacks are put back, as far as a
/// block has room for openings: a builder cannot make what it was given disappear. A commitment without an opening is
/// its owner's to keep.
fn complete_openings(
    mempool: &Mempool,
    carried: Vec<(u32, Vec<Opening>)>,
    entries: &[Entry],
    compared: Openings,
    leaves: &mut Leaves,
) -> Result<(), CheckFailure> {
    let carried_bytes: usize =
        carried.iter().flat_map(|(_, openings)| openings).map(Opening::encoded_len).sum();
    let mut room_bytes = BLOCK_OPENINGS_BYTES_MAX.saturating_sub(carried_bytes);
    let mut carried = carried.into_iter().peekable();
    for (position, entry) in (0_u32..).zip(entries) {
        let openings =
            carried.next_if(|(at, _)| *at == position).map_or_else(Vec::new, |(_, openings)| openings);
        let Content::Transaction(transaction) = &entry.content else {
            if openings.is_empty() {
                continue;
            }
            return Err(reject(
                ReasonCode::OpeningUnknown,
                format!("entry {position}: an event has no openings"),
            ));
        };
        if compared == Openings::Unread {
            check_openings(transaction.body(), &openings)
                .map_err(|error| reject(error.reason(), format!("entry {position}: {error}")))?;
        }
        let pooled = mempool.verified(transaction);
        let pooled = pooled.as_ref().map_or(&[][..], |pooled| pooled.openings());
        let openings = put_back(openings, pooled, &mut room_bytes);
        leaves.note_opened(transaction.body(), openings.len());
        if !openings.is_empty() {
            leaves.openings.push((position, openings));
        }
    }
    match carried.next() {
        None => Ok(()),
        Some((at, _)) => {
            Err(reject(ReasonCode::OpeningUnknown, format!("openings for entry {at}, which is not there")))
        }
    }
}

/// An entry's openings with those of the admitted ones that it lacks and there is room for.
fn put_back(mut openings: Vec<Opening>, admitted: &[Opening], room_bytes: &mut usize) -> Vec<Opening> {
    let carried = openings.len();
    for opening in admitted {
        let opens_it = |here: &Opening| (here.action, &here.path) == (opening.action, &opening.path);
        let bytes = opening.encoded_len();
        if bytes > *room_bytes || openings[..carried].iter().any(opens_it) {
            continue;
        }
        *room_bytes -= bytes;
        openings.push(opening.clone());
    }
    if openings.len() > carried {
        openings.sort_by(|one, other| (one.action, &one.path).cmp(&(other.action, &other.path)));
    }
    openings
}

fn check_signatures(mempool: &Mempool, entries: &[Entry], ahead: &[bool]) -> Result<(), CheckFailure> {
    let transactions: Vec<&Transaction> = transactions(entries).collect();
    mempool.verify_rest(&transactions, ahead).map_err(|error| match error {
        BlockSignatureError::View(error) => CheckFailure::Failed(ChainError::Invariant(error.to_string())),
        other => reject(other.reason(), other.to_string()),
    })
}

fn execute_entry(
    execution: &mut BlockExecution<'_, Snapshot<'_>>,
    leaves: &mut Leaves,
    entry: &Entry,
) -> Result<(), CheckFailure> {
    let position = leaves.position();
    let refused = |error: ExecutionError| match error {
        ExecutionError::Refused(refusal) => reject(refusal.reason(), format!("entry {position}: {refusal}")),
        ExecutionError::View(error) => CheckFailure::Failed(ChainError::Invariant(error.to_string())),
    };
    match &entry.content {
        Content::Event(event) => execution.event(event).map_err(refused),
        Content::Transaction(transaction) => {
            let outcomes = execution.transaction(transaction).map_err(refused)?;
            if outcomes == entry.outcomes {
                return Ok(());
            }
            Err(reject(
                ReasonCode::BlockEntryInvalid,
                format!("entry {position}: says {:?}, execution gives {outcomes:?}", entry.outcomes),
            ))
        }
    }
}
