//! Executes the whole log again from genesis and compares outcomes, state roots and records: what the store
//! cannot check by itself, since it knows no rules.

use std::fmt::Display;
use std::sync::Arc;

use bulla_crypto::{PublicKey, Signature};
use bulla_ledger::{BlockContext, BlockExecution, called_upon};
use bulla_storage::{BlockHook, Decided, Finding, StoredBlock, View};
use bulla_types::{Block, BlockTime, Canonical, CaseNumber, Content, Entry, Genesis, Header, Transaction};

use super::books::Books;
use crate::cores::on_all_cores;

/// Blocks between two reports of progress.
const BLOCKS_PER_REPORT: u64 = 100;
/// Signatures named as exceptions to the strict rule; more are counted.
const EXCEPTIONS_MAX: usize = 100;
/// Fewer signatures than this are not worth a thread.
const SIGNATURES_PER_THREAD: usize = 32;

/// A replay that ended where the log and the rules part: what follows would only repeat it.
type Ended = Finding;

/// Executes the log when the store has been checked.
pub(crate) struct Replay<F> {
    progress: F,
    exceptions: Vec<String>,
    exceptions_left_out: u64,
}

impl<F: Fn(u64, u64)> Replay<F> {
    /// `progress` is told the height that was executed and the last one.
    pub(super) fn new(progress: F) -> Self {
        Self { progress, exceptions: Vec::new(), exceptions_left_out: 0 }
    }

    /// Signatures that are valid on the ledger and that some tools refuse: no honest node admits one.
    pub(crate) fn into_exceptions(self) -> Vec<String> {
        let mut exceptions = self.exceptions;
        if self.exceptions_left_out > 0 {
            exceptions
                .push(format!("{} more signatures are valid under ZIP-215 only", self.exceptions_left_out));
        }
        exceptions
    }

    fn run(&mut self, view: &View<'_>) -> Result<Vec<Finding>, Ended> {
        let genesis = view.genesis().map_err(|error| wrong("genesis", &error))?;
        let genesis = Genesis::decode(&genesis).map_err(|error| wrong("genesis", &error))?;
        let mut books = Books::new(&genesis).map_err(|error| wrong("genesis", &error))?;
        let heights = view.tip().height.0;
        let mut next_index = 0;
        let mut parent_time = genesis.time();
        for (height, block) in (1..).zip(view.blocks(1..=heights)) {
            let (decided, body) = block.map_err(|error| wrong("replay", &error))?;
            // Execution takes for granted that blocks follow one another.
            let place = format!("block {height}, replay");
            same(&place, "the height in its header", &height, &decided.header.height.0)?;
            same(&place, "the log size before", &next_index, &decided.header.log_size_before)?;
            next_index += self.block(&mut books, &decided, &body, parent_time)?;
            parent_time = decided.header.time;
            if height.is_multiple_of(BLOCKS_PER_REPORT) || height == heights {
                (self.progress)(height, heights);
            }
        }
        let mut findings = compare_records(&books, view);
        findings.extend(compare_work(&books, view)?);
        Ok(findings)
    }

    /// Executes a block; gives the number of its entries.
    fn block(
        &mut self,
        books: &mut Books,
        decided: &Decided,
        body: &StoredBlock,
        parent_time: BlockTime,
    ) -> Result<u64, Ended> {
        let header = &decided.header;
        let place = format!("block {}, replay", header.height);
        let entries = decode(header, body)?;
        self.signatures(books, header, &entries)?;
        let parameters = books.parameters().map_err(|error| wrong(&place, &error))?;
        same(&place, "the parameters in force", &parameters.hash(), &header.parameters_hash)?;
        let context = BlockContext {
            ledger_id: header.ledger_id,
            height: header.height,
            time: header.time,
            parent_time,
            next_index: header.log_size_before,
            parameters: Arc::new(parameters),
        };
        let mut execution = BlockExecution::new(books, context);
        for (index, entry) in (header.log_size_before..).zip(&entries) {
            execute(&mut execution, index, entry)?;
        }
        let changes = execution.finish().map_err(|refusal| wrong(&place, &refusal))?;
        books.commit(header.height.0, changes).map_err(|error| wrong(&place, &error))?;
        same(&place, "the state root that execution gives", &books.root(), &header.state_root)?;
        Ok(u64::try_from(entries.len()).unwrap_or(u64::MAX))
    }

    /// Every signature of the block, by the rule of the ledger; those that only it accepts are noted.
    fn signatures(&mut self, books: &mut Books, header: &Header, entries: &[Entry]) -> Result<(), Ended> {
        let mut signed = Vec::new();
        for (index, entry) in (header.log_size_before..).zip(entries) {
            let Content::Transaction(transaction) = &entry.content else { continue };
            signed.extend(signatures_of(books, index, transaction)?);
        }
        for position in not_strict(&signed) {
            let Signed { index, key, signature, message } = &signed[position];
            if key.verify_zip215(message, signature).is_err() {
                let what = format!("the signature by key {key} is not valid");
                return Err(wrong(&format!("entry {index}"), &what));
            }
            if self.exceptions.len() < EXCEPTIONS_MAX {
                self.exceptions
                    .push(format!("entry {index}: the signature by key {key} is valid under ZIP-215 only"));
            } else {
                self.exceptions_left_out += 1;
            }
        }
        Ok(())
    }
}

impl<F: Fn(u64, u64)> BlockHook for Replay<F> {
    fn block(&mut self, _: &Decided, _: &Block) -> Vec<Finding> {
        Vec::new()
    }

    fn end(&mut self, view: &View<'_>) -> Vec<Finding> {
        // The state that the first block here was executed on is gone: records are held against their root alone.
        if !matches!(view.base(), Ok(None)) {
            return Vec::new();
        }
        self.run(view).unwrap_or_else(|ended| vec![ended])
    }
}

fn decode(header: &Header, body: &StoredBlock) -> Result<Vec<Entry>, Ended> {
    let entries = (header.log_size_before..).zip(body.entries());
    entries
        .map(|(index, bytes)| {
            Entry::decode(bytes.clone()).map_err(|error| wrong(&format!("entry {index}"), &error))
        })
        .collect()
}

fn execute(execution: &mut BlockExecution<'_, Books>, index: u64, entry: &Entry) -> Result<(), Ended> {
    let place = format!("entry {index}, replay");
    match &entry.content {
        Content::Event(event) => execution.event(event).map_err(|error| wrong(&place, &error)),
        Content::Transaction(transaction) => {
            let outcomes = execution.transaction(transaction).map_err(|error| wrong(&place, &error))?;
            same(&place, "the outcomes", &format!("{outcomes:?}"), &format!("{:?}", entry.outcomes))
        }
    }
}

/// One signature with what it is over.
struct Signed {
    index: u64,
    key: PublicKey,
    signature: Signature,
    message: Arc<[u8]>,
}

fn signatures_of(books: &mut Books, index: u64, transaction: &Transaction) -> Result<Vec<Signed>, Ended> {
    let message: Arc<[u8]> = transaction.signing_message().into();
    let signers = transaction.body().signers.iter().zip(transaction.signatures());
    let signed = signers.map(|(signer, signature)| {
        // As validators do: under the keys of the state before the block.
        let key =
            books.public_key(signer.key_id).map_err(|error| wrong(&format!("entry {index}"), &error))?;
        Ok(Signed { index, key, signature: *signature, message: Arc::clone(&message) })
    });
    signed.collect()
}

/// Positions of the signatures that the strict rule refuses.
fn not_strict(signed: &[Signed]) -> Vec<usize> {
    let refused = |one: &Signed| one.key.verify_strict(&one.message, &one.signature).is_err();
    on_all_cores(signed.len(), SIGNATURES_PER_THREAD, |range| -> Vec<usize> {
        range.filter(|position| refused(&signed[*position])).collect()
    })
    .concat()
}

/// The stored records against those that execution gives.
fn compare_records(books: &Books, view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut expected = books.records().clone();
    for stored in view.state_records(&[], &[]) {
        match stored {
            Err(error) => findings.push(wrong("state", &error)),
            Ok((key, value)) => match expected.remove(key.as_ref()) {
                Some(expected) if expected == value => {}
                Some(_) => findings.push(wrong(&record(&key), &"it is not what execution gives")),
                None => findings.push(wrong(&record(&key), &"execution gives no such record")),
            },
        }
    }
    findings.extend(expected.keys().map(|key| wrong(&record(key), &"it is missing; execution gives it")));
    findings
}

/// Whom open cases may call upon, as the work list has it, against what the rules say.
fn compare_work(books: &Books, view: &View<'_>) -> Result<Vec<Finding>, Ended> {
    let mut findings = Vec::new();
    let open = view.open_cases(CaseNumber(1)).collect::<Result<Vec<_>, _>>();
    let open = open.map_err(|error| wrong("work list", &error))?;
    for (case, expected) in called_upon(books, open).map_err(|error| wrong("work list", &error))? {
        let found = view.called_upon(case).map_err(|error| wrong("work list", &error))?;
        if found != expected {
            let what = "whom it may call upon".to_owned();
            let (expected, found) = (Some(format!("{expected:?}")), Some(format!("{found:?}")));
            findings.push(Finding { place: format!("case {case}, work list"), what, expected, found });
        }
    }
    Ok(findings)
}

fn record(key: &[u8]) -> String {
    bulla_types::StateKey::decode(key).map_or_else(|_| format!("state {key:02x?}"), |key| key.to_string())
}

fn wrong(place: &str, what: &dyn Display) -> Finding {
    Finding { place: place.to_owned(), what: what.to_string(), expected: None, found: None }
}

fn same<T: PartialEq + ToString>(place: &str, what: &str, expected: &T, found: &T) -> Result<(), Ended> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (Some(expected.to_string()), Some(found.to_string()));
    Err(Finding { place: place.to_owned(), what: what.to_owned(), expected, found })
}

#[cfg(test)]
mod tests {
    use bulla_crypto::SecretKey;

    use super::*;

    #[test]
    fn every_signature_that_does_not_verify_is_found() {
        let key = SecretKey::from_seed(&[7; 32]);
        let signed: Vec<_> = (0..200_u64)
            .map(|index| {
                let message: Arc<[u8]> = index.to_be_bytes().as_slice().into();
                let mut signature = key.sign(&message);
                signature.0[0] ^= u8::from(index % 67 == 66);
                Signed { index, key: key.public_key().clone(), signature, message }
            })
            .collect();
        assert_eq!(not_strict(&signed), [66, 133]);
    }
}
