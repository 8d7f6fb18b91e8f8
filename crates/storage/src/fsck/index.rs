//! The indexes, both ways: every entry has its rows, and every row has its entry.

use bulla_crypto::Hash;
use bulla_types::{Content, Entry, EvidenceNumber, TransactionId};

use super::{FsckReport, blocks::Accounted, files::RowCounts};
use crate::{
    column::{self, Column},
    error::Result,
    index_rows::IndexRows,
    local_encoding::{self, EvidenceRow, FirstIndexRow, RequestRow, Row, TransactionRow},
    view::{KeyValue, View, place},
};

/// Rows that the entries account for.
#[derive(Debug, Default)]
pub(super) struct IndexCheck {
    transactions: u64,
    evidence: u64,
    digests: u64,
    requests: u64,
}

impl IndexCheck {
    /// Checks that the rows of an entry are there.
    pub(super) fn entry(&mut self, view: &View<'_>, log_index: u64, entry: &Entry, report: &mut FsckReport) {
        let mut rows = IndexRows::default();
        rows.add(log_index, entry);
        for (id, log_index) in &rows.transactions {
            let row = TransactionRow { log_index: *log_index };
            expect(view, Column::ByTransaction, id.as_bytes(), &row, report);
            self.transactions += 1;
        }
        for (number, log_index, action) in &rows.evidence {
            let row = EvidenceRow { log_index: *log_index, action: *action };
            expect(view, Column::ByEvidence, &column::evidence(*number), &row, report);
            self.evidence += 1;
        }
        for (digest, number) in &rows.digests {
            let key = column::digest(digest.as_bytes(), *number);
            if let Some(None) = report.take(place(Column::ByDigest, &key), view.get(Column::ByDigest, key)) {
                report.wrong(place(Column::ByDigest, &key), "it is missing");
            }
            self.digests += 1;
        }
        self.request(view, log_index, entry, report);
    }

    fn request(&mut self, view: &View<'_>, log_index: u64, entry: &Entry, report: &mut FsckReport) {
        let Content::Transaction(transaction) = &entry.content else { return };
        let body = transaction.body();
        if body.request_id.time_ms() < view.tip_row().requests_from_ms {
            return;
        }
        let Some(first_signer) = body.signers.first() else { return };
        let key = column::request(first_signer.member, &body.request_id);
        let row = RequestRow { transaction_id: *transaction.id().as_bytes(), log_index };
        expect(view, Column::Requests, &key, &row, report);
        self.requests += 1;
        report.checked.requests += 1;
    }
}

fn expect<R: Row + PartialEq + std::fmt::Debug>(
    view: &View<'_>,
    column: Column,
    key: &[u8],
    expected: &R,
    report: &mut FsckReport,
) {
    let place = place(column, key);
    match report.take(&place, view.row::<R>(column, key)) {
        Some(Some(found)) if found == *expected => {}
        Some(Some(found)) => {
            report.same(place, "the row", &format!("{expected:?}"), &format!("{found:?}"));
        }
        Some(None) => report.wrong(place, "it is missing"),
        None => {}
    }
}

/// Names the rows that no entry accounts for. They are looked for only where there are more rows than the
/// walk accounted for: asking each row for its entry reads blocks in no order.
pub(super) fn surplus(view: &View<'_>, accounted: &Accounted, counts: &RowCounts, report: &mut FsckReport) {
    let Accounted { index, non_empty_blocks, tiles, .. } = accounted;
    let mut remembered = 0;
    let from = column::requests_from(view.tip_row().requests_from_ms);
    for row in view.scan(Column::Requests, &from, &[]) {
        remembered += u64::from(row.is_ok_and(|row| !is_from_before(view, &row)));
    }
    let columns: [(Column, u64, u64, Derives); 7] = [
        (Column::Blocks, accounted.blocks, rows(counts, Column::Blocks), a_decided_height),
        (Column::ByFirstIndex, *non_empty_blocks, rows(counts, Column::ByFirstIndex), a_first_index),
        (Column::ByTransaction, index.transactions, rows(counts, Column::ByTransaction), a_transaction),
        (Column::ByEvidence, index.evidence, rows(counts, Column::ByEvidence), a_deposit),
        (Column::ByDigest, index.digests, rows(counts, Column::ByDigest), a_digest),
        (Column::Requests, index.requests, remembered, a_request),
        (Column::Tiles, *tiles, rows(counts, Column::Tiles), a_tile),
    ];
    for (column, expected, found, derives) in columns {
        if found <= expected {
            continue;
        }
        for row in view.scan(column, &[], &[]) {
            let Some(row) = report.take(column.name(), row) else { break };
            // What cannot be asked for its entry is not surplus; why it cannot is a finding of its own.
            if !derives(view, &row).unwrap_or(true) {
                report.wrong(place(column, &row.0), "nothing accounts for this row");
            }
        }
    }
}

fn rows(counts: &RowCounts, column: Column) -> u64 {
    counts.get(&column).copied().unwrap_or(0)
}

/// Whether what the ledger holds accounts for a row.
type Derives = fn(&View<'_>, &KeyValue) -> Result<bool>;

fn a_decided_height(view: &View<'_>, (key, _): &KeyValue) -> Result<bool> {
    let Some(height) = column::number(key) else { return Ok(false) };
    if height == 0 || height > view.tip().height.0 {
        return Ok(false);
    }
    if view.base()?.is_none_or(|base| height >= base.height.0) {
        return Ok(true);
    }
    let decided = view.decided(bulla_types::Height(height))?;
    Ok(decided.is_some_and(|one| one.header.next_validators_hash != one.header.validators_hash))
}

fn a_first_index(view: &View<'_>, (key, value): &KeyValue) -> Result<bool> {
    let Ok(FirstIndexRow { height }) = local_encoding::decode(value) else { return Ok(false) };
    let decided = view.decided(bulla_types::Height(height))?;
    Ok(decided.is_some_and(|decided| column::number(key) == Some(decided.header.log_size_before)))
}

fn a_transaction(view: &View<'_>, (key, value): &KeyValue) -> Result<bool> {
    let Ok(TransactionRow { log_index }) = local_encoding::decode(value) else { return Ok(false) };
    let rows = rows_of_entry(view, log_index)?;
    Ok(rows.transactions.iter().any(|(id, _)| id.as_bytes().as_slice() == &**key))
}

fn a_deposit(view: &View<'_>, (key, value): &KeyValue) -> Result<bool> {
    let Ok(EvidenceRow { log_index, action }) = local_encoding::decode(value) else { return Ok(false) };
    let rows = rows_of_entry(view, log_index)?;
    let number = column::number(key).map(EvidenceNumber);
    Ok(rows.evidence.iter().any(|(found, _, position)| Some(*found) == number && *position == action))
}

fn a_digest(view: &View<'_>, (key, _): &KeyValue) -> Result<bool> {
    let Some((digest, number)) = key.split_first_chunk::<32>() else { return Ok(false) };
    let Some(number) = column::number(number).map(EvidenceNumber) else { return Ok(false) };
    let Some(deposit) = view.evidence(number)? else { return Ok(false) };
    let rows = rows_of_entry(view, deposit.log_index)?;
    Ok(rows.digests.contains(&(Hash::from_bytes(*digest), number)))
}

/// Whether a request was taken before the snapshot that the folder was made from: its entry is not here to ask.
fn is_from_before(view: &View<'_>, (_, value): &KeyValue) -> bool {
    let Ok(Some(base)) = view.base() else { return false };
    local_encoding::decode(value).is_ok_and(|row: RequestRow| row.log_index < base.first_entry)
}

/// Rows that are forgotten and not yet swept are in order.
fn a_request(view: &View<'_>, row: &KeyValue) -> Result<bool> {
    if is_from_before(view, row) {
        return Ok(true);
    }
    let (key, value) = row;
    let from = view.tip_row().requests_from_ms;
    if key.get(..8).and_then(column::number).is_some_and(|time_ms| time_ms < from) {
        return Ok(true);
    }
    let Ok(RequestRow { transaction_id, log_index }) = local_encoding::decode(value) else {
        return Ok(false);
    };
    let Some(entry) = entry(view, log_index)? else { return Ok(false) };
    let Content::Transaction(transaction) = &entry.content else { return Ok(false) };
    let body = transaction.body();
    let Some(first_signer) = body.signers.first() else { return Ok(false) };
    let expected = column::request(first_signer.member, &body.request_id);
    Ok(**key == expected && transaction.id() == TransactionId::from_bytes(transaction_id))
}

/// Tiles that the log has were compared in the walk; here only their place is in question.
fn a_tile(view: &View<'_>, (key, _): &KeyValue) -> Result<bool> {
    let Some(([suite, level], index)) = key.split_first_chunk::<2>() else { return Ok(false) };
    let Some(index) = column::number(index) else { return Ok(false) };
    let shift = 8 * u32::from(*level);
    let nodes = |size: u64| size.checked_shr(shift).unwrap_or(0);
    let first = view.base()?.map_or(0, |base| nodes(base.first_entry) / 256);
    Ok(matches!(suite, 1 | 2) && (first..nodes(view.tip().log_size).div_ceil(256)).contains(&index))
}

fn entry(view: &View<'_>, log_index: u64) -> Result<Option<Entry>> {
    Ok(view.entry(log_index)?.and_then(|located| Entry::decode(located.bytes).ok()))
}

fn rows_of_entry(view: &View<'_>, log_index: u64) -> Result<IndexRows> {
    let mut rows = IndexRows::default();
    if let Some(entry) = entry(view, log_index)? {
        rows.add(log_index, &entry);
    }
    Ok(rows)
}
