//! Steps of cases and adoptions.

use std::collections::{BTreeMap, BTreeSet};

use bulla_types::*;
use bytes::Bytes;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::transactions::digests;
use super::values::{commitments, credit_codes, hashes, maybe_commitment, names, numbers};

pub(super) fn rule_names() -> impl Strategy<Value = RuleName> {
    "[a-z][a-z0-9_]{0,47}".prop_map(|name| name.parse().unwrap())
}

pub(super) fn subjects() -> impl Strategy<Value = Subject> {
    (select(SubjectKind::ALL), numbers()).prop_map(|(kind, number)| Subject::new(kind, number))
}

pub(super) fn shares() -> impl Strategy<Value = Shares> {
    btree_map(numbers(), 1..=1_000_000_u32, 1..4).prop_map(|shares| {
        let share = |(member, ppm)| Share { member: MemberNumber(member), ppm };
        Shares::new(shares.into_iter().map(share).collect()).unwrap()
    })
}

fn field_value() -> impl Strategy<Value = FieldValue> {
    prop_oneof![
        "[a-z\u{4e00}-\u{9fa5}]{0,20}".prop_map(FieldValue::Text),
        rule_names().prop_map(FieldValue::Term),
        any::<u64>().prop_map(FieldValue::Integer),
        any::<u32>().prop_map(FieldValue::Ratio),
        any::<u64>().prop_map(FieldValue::Amount),
        (19_700_101..=99_991_231_u32).prop_map(FieldValue::Date),
        any::<bool>().prop_map(FieldValue::Answer),
        credit_codes().prop_map(FieldValue::CreditCode),
        digests().prop_map(FieldValue::Digests),
        numbers().prop_map(|number| FieldValue::Member(MemberNumber(number))),
        numbers().prop_map(|number| FieldValue::Account(AccountNumber(number))),
        numbers().prop_map(|number| FieldValue::Registration(RegistrationNumber(number))),
        numbers().prop_map(|number| FieldValue::Certificate(CertificateNumber(number))),
        numbers().prop_map(|number| FieldValue::Case(CaseNumber(number))),
        shares().prop_map(FieldValue::Shares),
    ]
}

pub(crate) fn field_values() -> impl Strategy<Value = FieldValues> {
    (field_value(), 1..4_usize).prop_map(|(value, count)| FieldValues::new(vec![value; count]).unwrap())
}

fn contents() -> impl Strategy<Value = FieldContent> {
    prop_oneof![field_values().prop_map(FieldContent::Clear), commitments().prop_map(FieldContent::Committed),]
}

pub(super) fn fields() -> impl Strategy<Value = BTreeMap<RuleName, FieldContent>> {
    btree_map(rule_names(), contents(), 0..4)
}

fn document_item() -> impl Strategy<Value = DocumentItem> {
    prop_oneof![
        digests().prop_map(DocumentItem::Digests),
        numbers().prop_map(|number| DocumentItem::Evidence(EvidenceNumber(number))),
        numbers().prop_map(|number| DocumentItem::Certificate(CertificateNumber(number))),
    ]
}

fn case_refs() -> impl Strategy<Value = CaseRef> {
    let parties = btree_map(rule_names(), numbers(), 0..3).prop_map(|parties| {
        let named = |(party, member)| NamedParty { party, member: MemberNumber(member) };
        parties.into_iter().map(named).collect()
    });
    let open = (hashes(), rule_names(), option::of(subjects()), parties).prop_map(
        |(profile, procedure, about, parties)| OpenCase {
            profile: ProfileDigest(profile),
            procedure,
            about,
            parties,
        },
    );
    prop_oneof![
        open.prop_map(CaseRef::Open),
        numbers().prop_map(|number| CaseRef::Number(CaseNumber(number)))
    ]
}

pub(super) fn steps() -> impl Strategy<Value = TakeStep> {
    let actors =
        btree_map((rule_names(), 1..1000_u64), option::of(1001..2000_u64), 1..4).prop_map(|actors| {
            let actor = |((party, member), agent): (_, Option<u64>)| StepActor {
                party,
                member: MemberNumber(member),
                agent: agent.map(MemberNumber),
            };
            actors.into_iter().map(actor).collect()
        });
    let fields = fields()
        .prop_map(|fields| fields.into_iter().map(|(name, content)| StepField { name, content }).collect());
    let documents = btree_map(rule_names(), vec(document_item(), 1..3), 0..3).prop_map(|documents| {
        documents.into_iter().map(|(category, items)| StepDocument { category, items }).collect()
    });
    (case_refs(), rule_names(), rule_names(), actors, fields, documents, maybe_commitment()).prop_map(
        |(case, step, party, actors, fields, documents, reasons)| TakeStep {
            case,
            step,
            party,
            actors,
            fields,
            documents,
            reasons,
        },
    )
}

pub(super) fn adoptions() -> impl Strategy<Value = Action> {
    let bytes = || vec(any::<u8>(), 1..200).prop_map(Bytes::from);
    prop_oneof![
        bytes().prop_map(|profile| Action::AdoptProfile(AdoptProfile { profile })),
        bytes().prop_map(|year| Action::AdoptCalendar(AdoptCalendar { year })),
        suspensions().prop_map(Action::SuspendClocks),
    ]
}

pub(super) fn clock_scopes() -> impl Strategy<Value = ClockScope> {
    prop_oneof![
        Just(ClockScope::Ledger),
        btree_set(names(), 1..4).prop_map(ClockScope::Profiles),
        numbers().prop_map(|number| ClockScope::Case(CaseNumber(number))),
    ]
}

fn suspensions() -> impl Strategy<Value = SuspendClocks> {
    (0..366_u32, clock_scopes(), hashes()).prop_map(|(days, scope, authority)| SuspendClocks {
        first_day: 20_251_009,
        last_day: 20_251_009 + days,
        scope,
        authority: Commitment(authority),
    })
}

pub(super) fn case_outcomes() -> impl Strategy<Value = CaseOutcome> {
    let some = || btree_set(numbers(), 0..3).prop_map(Vec::from_iter);
    (numbers(), some(), some(), some(), some(), some()).prop_map(
        |(case, accounts, objects, registrations, certificates, cases)| CaseOutcome {
            case: CaseNumber(case),
            accounts: accounts.into_iter().map(AccountNumber).collect(),
            objects: objects.into_iter().map(ObjectNumber).collect(),
            registrations: registrations.into_iter().map(RegistrationNumber).collect(),
            certificates: certificates.into_iter().map(CertificateNumber).collect(),
            cases: cases.into_iter().map(CaseNumber).collect(),
        },
    )
}

pub(super) fn members() -> impl Strategy<Value = BTreeSet<MemberNumber>> {
    btree_set(numbers().prop_map(MemberNumber), 1..4)
}
