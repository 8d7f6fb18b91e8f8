//! A case for a person and for a script: what it is, what has happened, and what may happen next.

mod lost;
mod next;
mod past;
mod state;
mod text;

use bulla_client::{CaseReport, StepTime};
use bulla_rules::profile::{Procedure, Profile};
use bulla_types::{
    BlockTime, CaseDeadline, CaseDeadlineStatus, CaseRecord, CaseStatus, DeadlineStanding, RuleName, Subject,
};
use serde::Serialize;

pub(super) use lost::{LostView, text as lost_text};
pub(super) use next::{NextStep, next_steps};
use past::PastStep;
pub(super) use state::DeadlineState;

use crate::lookup::{People, Person};
use crate::records::{self, CertificateView, FieldView, FlagView, ProfileView, certificates, flags};
use crate::text::Said;
use crate::titled::{Titled, said};
use crate::when;
use crate::words::Word;

/// A case.
#[derive(Serialize)]
pub(super) struct CaseView {
    case: String,
    number: u64,
    profile: ProfileView,
    procedure: Titled,
    status: &'static str,
    state: Titled,
    /// With what it has ended.
    result: Option<Said>,
    opened: String,
    about: Option<String>,
    parties: Vec<PartyView>,
    fields: Vec<FieldView>,
    documents: Vec<DocumentView>,
    deadlines: Vec<DeadlineView>,
    flags: Vec<FlagView>,
    /// What it rests on that is not valid any more.
    no_longer_valid: Vec<LostView>,
    account: Option<String>,
    registration: Option<String>,
    certificates: Vec<CertificateView>,
    published: Vec<PublishedView>,
    retained_until: Option<String>,
    past: Vec<PastStep>,
    /// Steps that can be taken now.
    next: Vec<NextStep>,
    /// Steps of this state that cannot: not yet, or not any more.
    not_now: Vec<NextStep>,
    /// For when that is told.
    at: String,
}

#[derive(Serialize)]
pub(super) struct PartyView {
    party: Titled,
    members: Vec<Person>,
}

#[derive(Serialize)]
struct DocumentView {
    document: Titled,
    items: u32,
    entry_index: u64,
    certificates: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct DeadlineView {
    deadline: Titled,
    status: &'static str,
    due: Option<String>,
    standing: &'static str,
}

#[derive(Serialize)]
struct PublishedView {
    fields: Vec<Titled>,
    since: String,
    until: Option<Titled>,
}

impl CaseView {
    /// `before`: the cases from which this one may have taken something over; `lost`: what it rests on that is no
    /// longer valid.
    pub(super) fn new(
        report: &CaseReport,
        before: &[CaseReport],
        lost: Vec<LostView>,
        profile: &Profile,
        people: &People,
    ) -> Self {
        let record = &report.record;
        let procedure = profile.procedures.get(record.procedure.as_str());
        let identifier = |subject| people.identifier(subject);
        let state = procedure.and_then(|procedure| procedure.states.get(record.state.as_str()));
        let result = state.filter(|_| !record.is_open()).and_then(|state| state.result.as_ref());
        let (next, not_now) = next::steps(&report.possible, profile, procedure, people);
        Self {
            case: identifier(Subject::Case(record.number)),
            number: record.number.0,
            profile: ProfileView::new(profile, record.profile),
            procedure: Titled::procedure(profile, record.procedure.as_str()),
            status: record.status.code(),
            state: Titled::state(procedure, record.state.as_str()),
            result: result.map(said),
            opened: when::show(record.opened),
            about: record.about.map(identifier),
            parties: parties(record, profile, people),
            fields: fields(report, before, profile, people),
            documents: documents(record, profile, people),
            deadlines: deadlines(record, procedure, &report.deadlines, report.at),
            flags: flags(&record.flags, profile, people),
            no_longer_valid: lost,
            account: record.account.map(|number| identifier(Subject::Account(number))),
            registration: record.registration.map(|number| identifier(Subject::Registration(number))),
            certificates: certificates(&record.certificates, profile, people),
            published: published(record, profile, procedure),
            retained_until: record.retain_until.map(when::show),
            past: report.past.iter().map(|step| PastStep::new(step, procedure)).collect(),
            next,
            not_now,
            at: when::show(report.at),
        }
    }

    /// What may happen next, as a refusal tells it.
    pub(super) fn into_next(self) -> Vec<NextStep> {
        self.next
    }

    pub(super) fn is_open(&self) -> bool {
        self.status == CaseStatus::Open.code()
    }
}

fn parties(record: &CaseRecord, profile: &Profile, people: &People) -> Vec<PartyView> {
    let party = |(party, members): (&RuleName, &std::collections::BTreeSet<_>)| PartyView {
        party: Titled::party(profile, party.as_str()),
        members: people.persons(members.iter().copied()),
    };
    record.parties.iter().map(party).collect()
}

fn fields(report: &CaseReport, before: &[CaseReport], profile: &Profile, people: &People) -> Vec<FieldView> {
    let cases: Vec<&CaseReport> = std::iter::once(report).chain(before).collect();
    records::fields(&report.record.fields, profile, people, &cases)
}

fn documents(record: &CaseRecord, profile: &Profile, people: &People) -> Vec<DocumentView> {
    let document = |(category, filed): (&RuleName, &bulla_types::CaseDocument)| DocumentView {
        document: Titled::document(profile, category.as_str()),
        items: filed.items,
        entry_index: filed.log_index,
        certificates: {
            let numbers = filed.certificates.iter().copied();
            numbers.map(|number| people.identifier(Subject::Certificate(number))).collect()
        },
    };
    record.documents.iter().map(document).collect()
}

/// The deadlines of a case at a time: those that run as they stand then, whatever the record says of them.
pub(super) fn deadlines(
    record: &CaseRecord,
    procedure: Option<&Procedure>,
    running: &[StepTime],
    at: BlockTime,
) -> Vec<DeadlineView> {
    let mut deadlines: Vec<(&RuleName, CaseDeadline)> =
        record.deadlines.iter().map(|(name, deadline)| (name, deadline.clone())).collect();
    for (name, deadline) in &mut deadlines {
        if let Some(now) = running.iter().find(|now| now.deadline == **name) {
            (deadline.due, deadline.standing) = (Some(now.due), now.standing);
        }
    }
    // What runs comes first, by its due time.
    deadlines.sort_by_key(|(_, deadline)| {
        (deadline.status != CaseDeadlineStatus::Running, deadline.due.is_none(), deadline.due)
    });
    let view = |(name, deadline): (&RuleName, CaseDeadline)| {
        let rule = procedure.and_then(|procedure| procedure.deadlines.get(name.as_str()));
        DeadlineView {
            deadline: Titled::deadline(procedure, name.as_str()),
            status: DeadlineState::of(&deadline, rule.map(|rule| rule.kind), at).code(),
            due: deadline.due.map(when::show),
            standing: deadline.standing.code(),
        }
    };
    deadlines.into_iter().map(view).collect()
}

fn published(record: &CaseRecord, profile: &Profile, procedure: Option<&Procedure>) -> Vec<PublishedView> {
    let view = |publication: &bulla_types::Publication| PublishedView {
        fields: publication.fields.iter().map(|field| Titled::field(profile, field.as_str())).collect(),
        since: when::show(publication.since),
        until: publication.until.as_ref().map(|until| Titled::deadline(procedure, until.as_str())),
    };
    record.publications.iter().map(view).collect()
}

/// Whether a due time can still move.
pub(super) fn is_provisional(standing: &str) -> bool {
    standing == DeadlineStanding::Provisional.code()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::{BTreeMap, BTreeSet};

    use bulla_client::{LostStatus, NoLongerValid, OpenedField, PossibleStep, StepParty};
    use bulla_crypto::Hash;
    use bulla_types::{
        CaseDocument, CaseNumber, CaseStepRecord, CertificateNumber, Commitment, FieldContent, FieldValue,
        Lang, LedgerId, MemberNumber, ProfileDigest, TransactionId,
    };

    use super::super::testing::register;
    use super::*;
    use crate::golden::assert_golden;
    use crate::output::Show;

    const OPENED: BlockTime = BlockTime(1_760_058_000_000);

    fn name(name: &str) -> RuleName {
        name.parse().unwrap()
    }

    fn days(count: u64) -> BlockTime {
        BlockTime(OPENED.0 + count * 86_400_000)
    }

    fn deadline(status: CaseDeadlineStatus, due: BlockTime, standing: DeadlineStanding) -> CaseDeadline {
        CaseDeadline {
            status,
            due: Some(due),
            standing,
            anchors: vec![Some(OPENED)],
            away: Vec::new(),
            left: None,
            counted: BTreeMap::new(),
        }
    }

    /// A registration in its publicity, with an objection pending.
    fn report() -> CaseReport {
        let committed = |byte| FieldContent::Committed(Commitment(Hash::from_bytes([byte; 32])));
        let party = |members: &[u64]| members.iter().copied().map(MemberNumber).collect::<BTreeSet<_>>();
        let flag = bulla_types::RecordFlag {
            class: bulla_types::RecordFlagClass::Objection,
            case: CaseNumber(8),
            since: days(4),
        };
        let paper = CaseDocument { items: 2, log_index: 31, certificates: BTreeSet::new() };
        let voucher = CaseDocument { items: 1, certificates: [CertificateNumber(3)].into(), ..paper.clone() };
        let publicity = bulla_types::Publication {
            fields: vec![name("asset_name"), name("industry")],
            until: Some(name("publicity_end")),
            since: days(3),
        };
        let step = |state: &str, step: &str, index: u64, time| CaseStepRecord {
            status: CaseStatus::Open,
            state: name(state),
            step: Some(name(step)),
            deadline: None,
            log_index: index,
            time,
            transaction_id: Some(TransactionId::from_bytes([7; 32])),
        };
        let record = CaseRecord {
            number: CaseNumber(7),
            profile: ProfileDigest::from_bytes([5; 32]),
            procedure: name("initial_registration"),
            status: CaseStatus::Open,
            state: name("publicity"),
            opened: OPENED,
            about: None,
            parties: [(name("applicant"), party(&[7])), (name("platform"), party(&[1]))].into(),
            fields: [
                (name("asset_name"), committed(9)),
                (name("asset_form"), FieldContent::Clear(FieldValue::Term(name("dataset")).into())),
                (name("evidence_stored"), FieldContent::Clear(FieldValue::Answer(true).into())),
                (name("telephone"), committed(8)),
            ]
            .into(),
            documents: [(name("business_licence"), paper), (name("evidence_certificate"), voucher)].into(),
            mandates: BTreeMap::new(),
            steps: BTreeMap::new(),
            states: BTreeMap::new(),
            deadlines: [
                (
                    name("publicity_end"),
                    deadline(CaseDeadlineStatus::Running, days(6), DeadlineStanding::Provisional),
                ),
                (name("review_end"), deadline(CaseDeadlineStatus::Met, days(14), DeadlineStanding::Settled)),
            ]
            .into(),
            flags: [(name("objection"), flag)].into(),
            account: None,
            registration: Some(bulla_types::RegistrationNumber(2)),
            certificates: BTreeMap::new(),
            publications: vec![publicity],
            erasable: BTreeSet::new(),
            retain_until: None,
            history_count: 2,
        };
        let issue = PossibleStep {
            step: name("issue_certificate"),
            by: vec![StepParty { party: name("platform"), members: vec![MemberNumber(1)] }],
            signed_by: Vec::new(),
            fields: Vec::new(),
            documents: Vec::new(),
            until: Vec::new(),
            after: vec![StepTime {
                deadline: name("publicity_end"),
                due: days(6),
                standing: DeadlineStanding::Provisional,
            }],
            missing: vec![
                format!(
                    "publicity_end has come; the deadline publicity_end (8.1.1) comes at {}, provisionally",
                    days(6)
                ),
                "something quite new".to_owned(),
            ],
        };
        let withdraw = PossibleStep {
            step: name("withdraw"),
            by: vec![StepParty { party: name("platform"), members: vec![MemberNumber(1)] }],
            signed_by: Vec::new(),
            fields: Vec::new(),
            documents: Vec::new(),
            until: Vec::new(),
            after: Vec::new(),
            missing: Vec::new(),
        };
        let values = FieldValue::Text("城市交通流量数据集".to_owned()).into();
        CaseReport {
            record,
            past: vec![step("under_review", "apply", 31, OPENED), step("publicity", "register", 35, days(3))],
            possible: vec![issue, withdraw],
            deadlines: vec![StepTime {
                deadline: name("publicity_end"),
                due: days(6),
                standing: DeadlineStanding::Provisional,
            }],
            at: days(5),
            openings: vec![OpenedField { field: name("asset_name"), index: 31, values }],
        }
    }

    /// A voucher that was handed in, and the registration that it was about.
    fn lost(ledger: LedgerId) -> Vec<LostView> {
        let lost = |subject, status| NoLongerValid { subject, status, since: days(2) };
        let voucher = Subject::Certificate(CertificateNumber(3));
        let entry = Subject::Registration(bulla_types::RegistrationNumber(1));
        let lost = [
            lost(voucher, LostStatus::Certificate(bulla_types::CertificateStatus::Void)),
            lost(entry, LostStatus::Registration(bulla_types::RegisterStatus::Cancelled)),
        ];
        LostView::all(&lost, ledger)
    }

    fn view() -> CaseView {
        let ledger = LedgerId::from_bytes([7; 32]);
        let people = People::known(ledger, &[(1, "测试登记机构1"), (7, "海河数据公司")]);
        CaseView::new(&report(), &[], lost(ledger), &register(), &people)
    }

    #[test]
    fn a_case_is_told_in_the_words_of_its_profile() {
        assert_golden("case.zh.txt", &(view().text(Lang::Zh) + "\n"));
        assert_golden("case.en.txt", &(view().text(Lang::En) + "\n"));
    }

    /// As the result of a step tells it, and as it reads once it has come.
    #[test]
    fn a_deadline_in_a_line_says_that_it_can_move_or_that_the_next_block_records_it() {
        let profile = register();
        let line = |named: &str, standing| {
            let mut record = report().record;
            record.deadlines =
                [(name(named), deadline(CaseDeadlineStatus::Running, days(6), standing))].into();
            let procedure = profile.procedures.get("initial_registration");
            deadlines(&record, procedure, &[], days(7))[0].line(Lang::En)
        };
        let can_move = line("review_end", DeadlineStanding::Provisional);
        assert!(can_move.ends_with("running, provisional"), "{can_move}");
        let due = line("review_end", DeadlineStanding::Settled);
        assert!(due.ends_with("due, to be recorded with the next block"), "{due}");
        let window = line("publicity_end", DeadlineStanding::Settled);
        assert!(window.ends_with("· over"), "{window}");
    }

    /// A field that was taken over from another case is opened from there, whatever it is called.
    #[test]
    fn what_another_case_opens_is_open_here() {
        let mut before = report();
        let telephone = before.record.fields.remove("telephone").unwrap();
        before.record.fields.insert(name("asset_brief"), telephone);
        let values = FieldValue::Text("0851-0000".to_owned()).into();
        before.openings = vec![OpenedField { field: name("asset_brief"), index: 3, values }];
        let people = People::known(LedgerId::from_bytes([7; 32]), &[]);
        let told = |before: &[CaseReport]| {
            let view = CaseView::new(&report(), before, Vec::new(), &register(), &people);
            view.fields.iter().find(|field| field.field.name == "telephone").unwrap().row(Lang::En).1
        };
        assert_eq!(told(&[before.clone()]), "0851-0000");
        assert_ne!(told(&[]), "0851-0000");
        // Another commitment of the same name opens nothing.
        before.record.fields.insert(name("asset_brief"), report().record.fields["asset_name"].clone());
        assert_ne!(told(&[before]), "0851-0000");
    }

    #[test]
    fn a_script_is_told_the_same_with_names_and_both_languages() {
        let json = serde_json::to_value(view()).unwrap();
        assert_eq!(
            (&json["number"], &json["status"], &json["profile"]["version"]),
            (&7.into(), &"open".into(), &1.into())
        );
        assert_eq!(json["state"]["name"], "publicity");
        assert_eq!(json["state"]["title"]["zh"], "已登记，公示中");
        let field = |name: &str| {
            let fields = json["fields"].as_array().unwrap();
            fields.iter().find(|field| field["field"]["name"] == name).unwrap().clone()
        };
        assert_eq!(field("asset_name")["values"][0], "城市交通流量数据集");
        assert_eq!(field("asset_form")["values"][0], "dataset");
        assert!(field("telephone")["values"].is_null() && field("telephone")["commitment"].is_string());
        assert_eq!(json["next"][0]["step"]["name"], "withdraw");
        let lost = &json["no_longer_valid"];
        assert_eq!((&lost[0]["status"], &lost[1]["status"]), (&"void".into(), &"cancelled".into()));
        assert!(lost[0]["since"].is_string(), "{lost:#}");
        let next = &json["not_now"][0];
        assert_eq!(next["step"]["name"], "issue_certificate");
        assert_eq!(next["by"][0]["members"][0]["number"], 1);
        assert_eq!(next["after"][0]["standing"], "provisional");
        assert!(next["missing"][0]["zh"].as_str().unwrap().contains("公示期满"), "{next:#}");
    }
}
