//! Lists of cases: the work of a member, cases about something, all.

use std::iter::Peekable;

use bulla_chain::{ChainError, StateReader};
use bulla_ledger::{PossibleStep, StepTime};
use bulla_storage::StorageError;
use bulla_types::{
    CaseNumber, CaseRecord, Counter, MemberIdentity, MemberNumber, MemberRecord, ReasonCode, StateKey,
    Subject, proto,
};
use bytes::Bytes;
use proto::list_cases_request::Which;

use crate::access::MayReadEntries;
use crate::cases::step_time;
use crate::error::ApiError;
use crate::limits::{CASES_MAX, CASES_READ_MAX, limit};
use crate::node_api::NodeApi;

/// Numbers of cases, rising.
type Numbers<'a> = Box<dyn Iterator<Item = Result<CaseNumber, StorageError>> + 'a>;

impl NodeApi {
    pub(crate) fn cases(
        &self,
        request: &proto::ListCasesRequest,
        _: MayReadEntries,
    ) -> Result<proto::ListCasesResponse, ApiError> {
        let state = self.chain.state_reader()?;
        let from = CaseNumber(request.from_number.max(1));
        let (candidates, member) = candidates(request, from, &state)?;
        let limit = limit(request.limit, CASES_MAX);
        let mut cases = Vec::new();
        let mut next_number = 0;
        for (read, number) in candidates.enumerate() {
            let number = number.map_err(ChainError::from)?;
            if cases.len() == limit || read == CASES_READ_MAX {
                next_number = number.0;
                break;
            }
            let record: CaseRecord = state
                .record(&StateKey::Case(number))?
                .ok_or_else(|| ApiError::internal(format!("case {number} is missing")))?;
            cases.extend((request.include_ended || record.is_open()).then_some(record));
        }
        let at = self.now();
        let possible = state.possible_steps(cases.iter().map(|case| case.number), at)?;
        let running = state.running_deadlines(cases.iter().map(|case| case.number), at)?;
        let listed = cases.iter().zip(possible).zip(running);
        let summaries = listed.map(|((case, possible), running)| summary(case, &possible, running, member));
        Ok(proto::ListCasesResponse { cases: summaries.collect(), next_number, at_ms: at.0 })
    }
}

/// The cases in question, those that are to be left out for their status included, and the member whose work they
/// are.
fn candidates<'a>(
    request: &proto::ListCasesRequest,
    from: CaseNumber,
    state: &'a StateReader<'_>,
) -> Result<(Numbers<'a>, Option<MemberNumber>), ApiError> {
    let indexes = state.indexes();
    match &request.which {
        Some(Which::Member(number)) => {
            let member = MemberNumber(*number);
            let mut lists: Vec<Numbers<'a>> = vec![Box::new(indexes.work_of_member(member, from))];
            let record: Option<MemberRecord> = state.record(&StateKey::Member(member))?;
            match record.ok_or_else(|| ApiError::not_found(format!("member {member}")))?.identity {
                MemberIdentity::Organisation { credit_code, .. } => {
                    lists.push(Box::new(indexes.work_of_code(&credit_code, from)));
                }
                MemberIdentity::NaturalPerson { .. } => {}
            }
            if request.include_ended {
                lists.push(Box::new(indexes.cases_of(Subject::Member(member), from)));
            }
            Ok((Box::new(Merged(lists.into_iter().map(Iterator::peekable).collect())), Some(member)))
        }
        Some(Which::About(subject)) => {
            let subject = Subject::from_message(subject)
                .map_err(|error| ApiError::new(ReasonCode::Malformed, format!("about: {error}")))?;
            match subject {
                Subject::Member(_) | Subject::Object(_) | Subject::Proposal(_) => Err(ApiError::new(
                    ReasonCode::Malformed,
                    "a case is about a deposit, an account, a case, a registration or a certificate",
                )),
                _ => Ok((Box::new(indexes.cases_of(subject, from)), None)),
            }
        }
        Some(Which::All(proto::AllCases {})) if request.include_ended => {
            let last = state.last(Counter::Cases)?;
            Ok((Box::new((from.0..=last).map(CaseNumber).map(Ok)), None))
        }
        Some(Which::All(proto::AllCases {})) => Ok((Box::new(indexes.open_cases(from)), None)),
        None => Err(ApiError::new(ReasonCode::Malformed, "say a member, what the cases are about, or all")),
    }
}

/// Several rising lists as one, without repeats.
struct Merged<'a>(Vec<Peekable<Numbers<'a>>>);

impl Iterator for Merged<'_> {
    type Item = Result<CaseNumber, StorageError>;

    fn next(&mut self) -> Option<Self::Item> {
        for list in &mut self.0 {
            if let Some(failed) = list.next_if(Result::is_err) {
                return Some(failed);
            }
        }
        let heads = self.0.iter_mut().filter_map(|list| list.peek()?.as_ref().ok().copied());
        let least = heads.min()?;
        for list in &mut self.0 {
            list.next_if(|number| number.as_ref().is_ok_and(|number| *number == least));
        }
        Some(Ok(least))
    }
}

fn summary(
    case: &CaseRecord,
    possible: &[PossibleStep],
    running: Vec<StepTime>,
    member: Option<MemberNumber>,
) -> proto::CaseSummary {
    let can_be_taken = |step: &&PossibleStep| {
        let mut parties = step.by.iter().chain(&step.signed_by);
        step.missing.is_empty()
            && member.is_none_or(|member| parties.any(|party| party.members.contains(&member)))
    };
    proto::CaseSummary {
        number: case.number.0,
        profile: Bytes::copy_from_slice(case.profile.as_bytes()),
        procedure: case.procedure.to_string(),
        status: case.status.to_wire(),
        state: case.state.to_string(),
        opened_ms: case.opened.0,
        about: case.about.map(Subject::to_message),
        next_deadline: running.into_iter().next().map(step_time),
        possible: possible.iter().filter(can_be_taken).map(|step| step.step.clone()).collect(),
    }
}
