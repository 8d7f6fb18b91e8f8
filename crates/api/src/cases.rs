//! One case: its record, its past, what may happen next.

use std::collections::BTreeMap;

use bulla_chain::{EntryReader, StateReader};
use bulla_ledger as ledger;
use bulla_types::{
    Action, BlockTime, Canonical, CaseNumber, CaseRecord, CaseStepRecord, Commitment, Content, Entry,
    FieldContent, MemberNumber, RecordKey, RuleName, StateKey, proto,
};
use bytes::Bytes;

use crate::access::MayReadEntries;
use crate::error::ApiError;
use crate::limits::{OPENING_ENTRIES_MAX, PAST_MAX};
use crate::node_api::NodeApi;

impl NodeApi {
    /// The time for which it is told what may happen: now, but not before the newest block.
    pub(crate) fn now(&self) -> BlockTime {
        self.clock.now().max(self.chain.tip().time)
    }

    pub(crate) fn case(
        &self,
        request: &proto::GetCaseRequest,
        may: MayReadEntries,
    ) -> Result<proto::GetCaseResponse, ApiError> {
        let number = CaseNumber(request.case_number);
        let state = self.chain.state_reader()?;
        let not_found = || ApiError::not_found(format!("case {number}"));
        if number.0 == 0 {
            return Err(not_found());
        }
        let record: CaseRecord = state.record(&StateKey::Case(number))?.ok_or_else(not_found)?;
        let limit = if request.limit == 0 { PAST_MAX } else { request.limit.min(PAST_MAX) };
        let end = record.history_count.min(request.from_step.saturating_add(limit));
        let past = (request.from_step..end).map(|seq| step(&state, number, seq)).collect::<Result<_, _>>()?;
        let at = self.now();
        let possible = state.possible_steps([number], at)?.into_iter().flatten().map(possible_step).collect();
        let deadlines = state.running_deadlines([number], at)?.into_iter().flatten().map(step_time).collect();
        Ok(proto::GetCaseResponse {
            openings: Openings::of(&record).find(&state, &mut self.chain.entry_reader(may.reader())?)?,
            record: record.encode().into(),
            possible,
            deadlines,
            past,
            next_step: if end < record.history_count { end } else { 0 },
            at_ms: at.0,
        })
    }
}

fn step(state: &StateReader<'_>, case: CaseNumber, seq: u32) -> Result<Bytes, ApiError> {
    let key = StateKey::History { record: RecordKey::Case(case), seq };
    state.value(&key)?.ok_or_else(|| ApiError::internal(format!("step {seq} of case {case} is missing")))
}

fn possible_step(possible: ledger::PossibleStep) -> proto::PossibleStep {
    let times = |times: Vec<ledger::StepTime>| times.into_iter().map(step_time).collect();
    let parties = |parties: Vec<ledger::StepParty>| parties.into_iter().map(step_party).collect();
    proto::PossibleStep {
        step: possible.step,
        by: parties(possible.by),
        signed_by: parties(possible.signed_by),
        fields: possible.fields,
        documents: possible.documents,
        until: times(possible.until),
        after: times(possible.after),
        missing: possible.missing,
    }
}

fn step_party(party: ledger::StepParty) -> proto::StepParty {
    let members = party.members.into_iter().map(|MemberNumber(number)| number).collect();
    proto::StepParty { party: party.party, members }
}

pub(crate) fn step_time(time: ledger::StepTime) -> proto::StepTime {
    proto::StepTime { deadline: time.deadline, due_ms: time.due.0, standing: time.standing.to_wire() }
}

/// The commitments in a case's record that are not opened yet.
struct Openings {
    case: CaseNumber,
    history_count: u32,
    /// The fields of each: a field can take over the commitment of an earlier one.
    wanted: BTreeMap<Commitment, Vec<RuleName>>,
}

impl Openings {
    fn of(record: &CaseRecord) -> Self {
        let mut wanted: BTreeMap<Commitment, Vec<RuleName>> = BTreeMap::new();
        for (name, content) in &record.fields {
            if let FieldContent::Committed(commitment) = content {
                wanted.entry(*commitment).or_default().push(name.clone());
            }
        }
        Self { case: record.number, history_count: record.history_count, wanted }
    }

    /// Looks for them in the entries of the case's past, the newest first: so many entries and no more.
    fn find(
        mut self,
        state: &StateReader<'_>,
        entries: &mut EntryReader<'_>,
    ) -> Result<Vec<proto::CaseOpening>, ApiError> {
        let mut found = Vec::new();
        let mut read = Vec::new();
        for seq in (0..self.history_count).rev() {
            if self.wanted.is_empty() || read.len() == OPENING_ENTRIES_MAX {
                break;
            }
            let step = CaseStepRecord::decode(&step(state, self.case, seq)?)
                .map_err(|error| ApiError::internal(format!("step {seq} of case {}: {error}", self.case)))?;
            if step.transaction_id.is_none() || read.contains(&step.log_index) {
                continue;
            }
            read.push(step.log_index);
            self.take_from(step.log_index, entries, &mut found)?;
        }
        found.sort_by(|a, b| a.field.cmp(&b.field));
        Ok(found)
    }

    fn take_from(
        &mut self,
        index: u64,
        entries: &mut EntryReader<'_>,
        found: &mut Vec<proto::CaseOpening>,
    ) -> Result<(), ApiError> {
        let Some((bytes, openings)) = entries.entry(index)? else { return Ok(()) };
        let entry =
            Entry::decode(bytes).map_err(|error| ApiError::internal(format!("entry {index}: {error}")))?;
        let Content::Transaction(transaction) = entry.content else { return Ok(()) };
        let body = transaction.body();
        for (position, action) in (0_u32..).zip(&body.actions) {
            let Action::TakeStep(take) = action else { continue };
            for field in &take.fields {
                let FieldContent::Committed(commitment) = &field.content else { continue };
                let path = field.path();
                let opens = |opening: &&bulla_types::Opening| {
                    opening.action == position && opening.path.as_str() == path
                };
                // Where a commitment was taken over, its opening is with an older entry.
                let Some(opening) = openings.iter().find(opens) else { continue };
                for name in self.wanted.remove(commitment).unwrap_or_default() {
                    found.push(proto::CaseOpening {
                        field: name.to_string(),
                        index,
                        request_id: Bytes::copy_from_slice(body.request_id.as_bytes()),
                        opening: Some(opening.to_message()),
                    });
                }
            }
        }
        Ok(())
    }
}
