//! Asking nodes for cases: what has happened, and what may happen next, by whom and until when.

use bulla_types::{
    BlockTime, Canonical, CaseNumber, CaseRecord, CaseStatus, CaseStepRecord, DeadlineStanding, Fault,
    FieldContent, FieldValues, MemberNumber, Opening, ProfileDigest, RequestId, RuleName, Subject, proto,
};

use crate::client::Client;
use crate::error::{Answer, ClientError};
use crate::node::Patience;
use crate::rules::digest;

/// A case as a node holds it. Its word: [`Client::record`] proves the record, receipts its entries.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// Its record.
    pub record: CaseRecord,
    /// Its past, from the first step on.
    pub past: Vec<CaseStepRecord>,
    /// Steps that members may take at `at`; none once it has ended.
    pub possible: Vec<PossibleStep>,
    /// Deadlines that run at `at`, by the calendar and the suspensions of then, the earliest first. A window that is
    /// over runs no more; anything else that has come runs until a block records it.
    pub deadlines: Vec<StepTime>,
    /// For when that is told: the node's clock, not before its newest block.
    pub at: BlockTime,
    /// Fields of the record that stand as commitments and that the node keeps the values of. That each is what was
    /// committed to is checked.
    pub openings: Vec<OpenedField>,
}

/// A field of a case that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedField {
    /// The field.
    pub field: RuleName,
    /// Log index of the entry that said it.
    pub index: u64,
    /// What it says.
    pub values: FieldValues,
}

/// A step that members may take in the state of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossibleStep {
    /// Name of the step.
    pub step: RuleName,
    /// Any of these may take it.
    pub by: Vec<StepParty>,
    /// All of these sign besides.
    pub signed_by: Vec<StepParty>,
    /// Fields that it must bring, whatever else it says.
    pub fields: Vec<RuleName>,
    /// Documents that it must bring.
    pub documents: Vec<RuleName>,
    /// Deadlines before which it is possible or due, the earliest first.
    pub until: Vec<StepTime>,
    /// Deadlines that must have come before it.
    pub after: Vec<StepTime>,
    /// What stands against it now, whatever it brings: conditions, each with the times of what it asks about; nothing
    /// when it can be taken. In English.
    pub missing: Vec<String>,
}

/// A party and the members that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepParty {
    /// The party.
    pub party: RuleName,
    /// The members; none when anyone who qualifies may act as it.
    pub members: Vec<MemberNumber>,
}

/// A deadline that bears on a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepTime {
    /// Its name.
    pub deadline: RuleName,
    /// When it is due.
    pub due: BlockTime,
    /// Whether that can still move.
    pub standing: DeadlineStanding,
}

/// Which cases to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CasesOf {
    /// In which this member may be called upon: its work list.
    Member(MemberNumber),
    /// About this.
    Subject(Subject),
    /// All.
    Everyone,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSummary {
    /// Its number.
    pub number: CaseNumber,
    /// The profile that it runs under.
    pub profile: ProfileDigest,
    /// Its procedure.
    pub procedure: RuleName,
    /// Its status.
    pub status: CaseStatus,
    /// Its state.
    pub state: RuleName,
    /// When it was opened.
    pub opened: BlockTime,
    /// What it is about.
    pub about: Option<Subject>,
    /// The running deadline that is due next.
    pub next_deadline: Option<StepTime>,
    /// Steps that may be taken now: by the member that was asked for, else by anyone.
    pub possible: Vec<RuleName>,
}

/// Some of the cases asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePage {
    /// The cases, rising by number.
    pub cases: Vec<CaseSummary>,
    /// Where to go on, if there are more.
    pub next: Option<CaseNumber>,
    /// For when the possible steps are told.
    pub at: BlockTime,
}

impl Client {
    /// A case: its record, all its past, what may happen next, and the fields that the node opens to this reader.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such case; otherwise those of a call.
    pub async fn case(&self, number: CaseNumber) -> Result<CaseReport, ClientError> {
        let first = self.get_case(number, 0).await?;
        let mut next = first.next_step;
        let mut report = CaseReport::from_message(first)?;
        if report.record.number != number {
            return Err(ClientError::Unasked(format!("case {}, asked was {number}", report.record.number)));
        }
        while let Ok(read) = u32::try_from(report.past.len())
            && next == read
            && read > 0
        {
            let page = self.get_case(number, read).await?;
            next = page.next_step;
            report.past.extend(past(&page.past)?);
        }
        Ok(report)
    }

    async fn get_case(
        &self,
        number: CaseNumber,
        from_step: u32,
    ) -> Result<proto::GetCaseResponse, ClientError> {
        let request = proto::GetCaseRequest { case_number: number.0, from_step, limit: 0 };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| {
            let request = self.authorized(request);
            async move { stub.get_case(request).await }
        });
        rpc.await
    }

    /// Cases from a number on, at most `limit`, or the node's limit for 0; open ones, or also those that have ended.
    /// The node's word.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn cases(
        &self,
        of: CasesOf,
        ended: Ended,
        from: CaseNumber,
        limit: u32,
    ) -> Result<CasePage, ClientError> {
        use proto::list_cases_request::Which;
        let which = match of {
            CasesOf::Member(member) => Which::Member(member.0),
            CasesOf::Subject(subject) => Which::About(subject.to_message()),
            CasesOf::Everyone => Which::All(proto::AllCases {}),
        };
        let mut page = CasePage { cases: Vec::new(), next: Some(from), at: BlockTime(0) };
        // A node gives what it finds with bounded work, perhaps nothing; then it is asked to go on.
        while let Some(from) = page.next.filter(|_| page.cases.is_empty()) {
            let request = proto::ListCasesRequest {
                which: Some(which),
                include_ended: ended == Ended::Included,
                from_number: from.0,
                limit,
            };
            let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| {
                let request = self.authorized(request);
                async move { stub.list_cases(request).await }
            });
            let found = rpc.await?;
            page.at = BlockTime(found.at_ms);
            // A node that goes back would lead round for ever.
            page.next = (found.next_number > from.0).then_some(CaseNumber(found.next_number));
            for summary in found.cases {
                page.cases.push(CaseSummary::from_message(summary)?);
            }
        }
        Ok(page)
    }
}

/// Whether a list tells of cases that have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Only open ones.
    LeftOut,
    /// Both.
    Included,
}

impl CaseReport {
    fn from_message(message: proto::GetCaseResponse) -> Result<Self, ClientError> {
        let record = CaseRecord::decode(&message.record).into_answer("a case")?;
        let opened = message.openings.into_iter().map(|opening| OpenedField::of(&record, opening));
        Ok(Self {
            openings: opened.collect::<Result<_, _>>()?,
            past: past(&message.past)?,
            possible: message
                .possible
                .into_iter()
                .map(PossibleStep::from_message)
                .collect::<Result<_, _>>()?,
            deadlines: {
                let times = message.deadlines.into_iter().map(StepTime::from_message);
                times.collect::<Result<_, _>>()?
            },
            at: BlockTime(message.at_ms),
            record,
        })
    }
}

fn past(steps: &[bytes::Bytes]) -> Result<Vec<CaseStepRecord>, ClientError> {
    steps.iter().map(|step| CaseStepRecord::decode(step)).collect::<Result<_, _>>().into_answer("a step")
}

impl OpenedField {
    /// Checks that an opening opens what the record holds.
    fn of(record: &CaseRecord, message: proto::CaseOpening) -> Result<Self, ClientError> {
        const WHAT: &str = "the opening of a field";
        let field = name(message.field, WHAT)?;
        let opening = Opening::from_message(message.opening.into_answer(WHAT)?).into_answer(WHAT)?;
        let request_id = RequestId::parse(&message.request_id)
            .map_err(|_| Fault::Rule("no request id"))
            .into_answer(WHAT)?;
        let committed = match record.fields.get(&field) {
            Some(FieldContent::Committed(commitment)) => *commitment == opening.commitment(&request_id),
            _ => false,
        };
        if !committed {
            return Err(ClientError::Unasked(format!("an opening that does not open the field {field}")));
        }
        let values = FieldValues::decode(&opening.value).into_answer(WHAT)?;
        Ok(Self { field, index: message.index, values })
    }
}

impl PossibleStep {
    fn from_message(message: proto::PossibleStep) -> Result<Self, ClientError> {
        const WHAT: &str = "a possible step";
        let names =
            |names: Vec<String>| names.into_iter().map(|found| name(found, WHAT)).collect::<Result<_, _>>();
        let parties = |parties: Vec<proto::StepParty>| {
            parties.into_iter().map(StepParty::from_message).collect::<Result<_, _>>()
        };
        let times = |times: Vec<proto::StepTime>| {
            times.into_iter().map(StepTime::from_message).collect::<Result<_, _>>()
        };
        Ok(Self {
            step: name(message.step, WHAT)?,
            by: parties(message.by)?,
            signed_by: parties(message.signed_by)?,
            fields: names(message.fields)?,
            documents: names(message.documents)?,
            until: times(message.until)?,
            after: times(message.after)?,
            missing: message.missing,
        })
    }
}

impl StepParty {
    fn from_message(message: proto::StepParty) -> Result<Self, ClientError> {
        let members = message.members.into_iter().map(MemberNumber).collect();
        Ok(Self { party: name(message.party, "the party of a step")?, members })
    }
}

impl StepTime {
    fn from_message(message: proto::StepTime) -> Result<Self, ClientError> {
        Ok(Self {
            deadline: name(message.deadline, "a deadline")?,
            due: BlockTime(message.due_ms),
            standing: DeadlineStanding::from_wire(message.standing).into_answer("a deadline")?,
        })
    }
}

impl CaseSummary {
    fn from_message(message: proto::CaseSummary) -> Result<Self, ClientError> {
        const WHAT: &str = "a case";
        let possible = message.possible.into_iter().map(|step| name(step, "a possible step"));
        Ok(Self {
            number: CaseNumber(message.number),
            profile: digest(&message.profile)?,
            procedure: name(message.procedure, WHAT)?,
            status: CaseStatus::from_wire(message.status).into_answer(WHAT)?,
            state: name(message.state, WHAT)?,
            opened: BlockTime(message.opened_ms),
            about: message.about.as_ref().map(Subject::from_message).transpose().into_answer(WHAT)?,
            next_deadline: message.next_deadline.map(StepTime::from_message).transpose()?,
            possible: possible.collect::<Result<_, _>>()?,
        })
    }
}

pub(crate) fn name(found: String, what: &'static str) -> Result<RuleName, ClientError> {
    RuleName::try_from(found).into_answer(what)
}
