//! Records of profiles, calendars and cases, and of what cases bring about.

use std::collections::BTreeMap;

use bulla_types::*;
use bytes::Bytes;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::cases::{clock_scopes, fields, members, rule_names, subjects};
use super::values::{hashes, numbers, times};

pub(crate) fn profile_records() -> impl Strategy<Value = ProfileRecord> {
    (vec(any::<u8>(), 1..200), select(ProfileStatus::ALL), 1..=u32::MAX).prop_map(
        |(profile, status, history_count)| ProfileRecord {
            profile: Bytes::from(profile),
            status,
            history_count,
        },
    )
}

pub(crate) fn calendar_records() -> impl Strategy<Value = (CalendarRecord, CalendarHead)> {
    let years = btree_set(1970..=9999_u16, 1..5);
    (vec(any::<u8>(), 1..200), 1..=u32::MAX, 1..=u32::MAX, years).prop_map(
        |(year, revision, history_count, years)| {
            let revision = CalendarRevision(revision);
            let record = CalendarRecord { year: Bytes::from(year), revision, history_count };
            let (first_year, last_year) = (*years.first().unwrap(), *years.last().unwrap());
            let calendar = "cn-mainland".to_owned();
            (record, CalendarHead { calendar, first_year, last_year, unsettled_years: years })
        },
    )
}

fn flags() -> impl Strategy<Value = BTreeMap<RuleName, RecordFlag>> {
    let flag = (select(RecordFlagClass::ALL), numbers(), times())
        .prop_map(|(class, case, since)| RecordFlag { class, case: CaseNumber(case), since });
    btree_map(rule_names(), flag, 0..3)
}

fn kinds() -> impl Strategy<Value = BTreeMap<RuleName, CertificateNumber>> {
    btree_map(rule_names(), numbers().prop_map(CertificateNumber), 0..3)
}

fn digest() -> impl Strategy<Value = ProfileDigest> {
    hashes().prop_map(ProfileDigest)
}

pub(crate) fn account_records() -> impl Strategy<Value = AccountRecord> {
    let head = (numbers(), digest(), rule_names(), numbers(), option::of(numbers()), numbers());
    let rest = (fields(), flags(), kinds(), select(RegisterStatus::ALL), 1..=u32::MAX);
    (head, rest).prop_map(|((number, profile, kind, holder, within, case), rest)| {
        let (contents, flags, certificates, status, history_count) = rest;
        AccountRecord {
            number: AccountNumber(number),
            profile,
            kind,
            holder: MemberNumber(holder),
            within: within.map(AccountNumber),
            case: CaseNumber(case),
            contents,
            flags,
            certificates,
            status,
            history_count,
        }
    })
}

pub(crate) fn object_records() -> impl Strategy<Value = ObjectRecord> {
    (numbers(), digest(), rule_names(), hashes(), option::of(numbers()), 1..=u32::MAX).prop_map(
        |(number, profile, kind, key, registration, history_count)| ObjectRecord {
            number: ObjectNumber(number),
            profile,
            kind,
            key: ObjectKey(key),
            registration: registration.map(RegistrationNumber),
            history_count,
        },
    )
}

pub(crate) fn registration_records() -> impl Strategy<Value = RegistrationRecord> {
    let head = (numbers(), digest(), numbers(), option::of(numbers()), numbers(), numbers());
    let held = (btree_set(rule_names(), 0..3), numbers(), option::of(numbers()));
    let rest =
        (fields(), flags(), kinds(), select(RegisterStatus::ALL), 1..=u32::MAX, vec(encumbrances(), 0..3));
    (head, held, rest).prop_map(|((number, profile, object, account, case, changed_by), held, rest)| {
        let (rights, holder, other) = held;
        // The last right, unless it is the first one, is held by the other, unless that is the same.
        let last = rights.iter().skip(1).last().cloned();
        let apart = last.zip(other.filter(|other| *other != holder));
        let (contents, flags, certificates, status, history_count, encumbrances) = rest;
        RegistrationRecord {
            number: RegistrationNumber(number),
            profile,
            object: ObjectNumber(object),
            account: account.map(AccountNumber),
            case: CaseNumber(case),
            changed_by: CaseNumber(changed_by),
            rights,
            holders: Shares::whole(MemberNumber(holder)),
            apart: apart
                .map(|(right, other)| (right, Shares::whole(MemberNumber(other))))
                .into_iter()
                .collect(),
            contents,
            flags,
            certificates,
            status,
            history_count,
            encumbrances,
        }
    })
}

fn encumbrances() -> impl Strategy<Value = Encumbrance> {
    (rule_names(), numbers(), option::of(times()), numbers(), times()).prop_map(
        |(right, holder, until, case, since)| Encumbrance {
            right,
            holder: MemberNumber(holder),
            until,
            case: CaseNumber(case),
            since,
        },
    )
}

pub(crate) fn suspension_records() -> impl Strategy<Value = SuspensionRecord> {
    (numbers(), 0..366_u32, clock_scopes(), hashes(), numbers(), times()).prop_map(
        |(number, days, scope, authority, log_index, time)| SuspensionRecord {
            number: SuspensionNumber(number),
            first_day: 20_251_009,
            last_day: 20_251_009 + days,
            scope,
            authority: Commitment(authority),
            log_index,
            time,
        },
    )
}

pub(crate) fn outage_records() -> impl Strategy<Value = OutageRecord> {
    (1..1_u64 << 40, 1..1_u64 << 40, 1..1_u64 << 40).prop_map(|(from, lasted, held)| OutageRecord {
        from: BlockTime(from),
        until: BlockTime(from + lasted),
        held_until: BlockTime(from + lasted + held),
    })
}

fn suspended() -> impl Strategy<Value = Suspended> {
    prop_oneof![
        Just(Suspended::Ledger),
        hashes().prop_map(|tag| Suspended::Profile(RuleTag(tag))),
        numbers().prop_map(|number| Suspended::Case(CaseNumber(number))),
    ]
}

pub(crate) fn certificate_records() -> impl Strategy<Value = CertificateRecord> {
    let subject =
        (select(&[SubjectKind::Registration, SubjectKind::Account, SubjectKind::Case][..]), numbers());
    let head = (numbers(), digest(), rule_names(), numbers(), subject, members());
    let rest = (fields(), times(), option::of(times()), select(CertificateStatus::ALL), 1..=u32::MAX);
    (head, rest).prop_map(|((number, profile, kind, case, (about, of), holders), rest)| {
        let (contents, issued, valid_until, status, history_count) = rest;
        CertificateRecord {
            number: CertificateNumber(number),
            profile,
            kind,
            case: CaseNumber(case),
            subject: Subject::new(about, of),
            holders,
            contents,
            issued,
            valid_until,
            status,
            history_count,
        }
    })
}

fn deadlines() -> impl Strategy<Value = BTreeMap<RuleName, CaseDeadline>> {
    let away = btree_set(19_700_101..=99_991_231_u32, 0..5).prop_map(|days| {
        let days = Vec::from_iter(days);
        days.chunks_exact(2).map(|days| DaysAway { first: days[0], last: days[1] }).collect()
    });
    let counted = btree_map(1970..=9999_u16, any::<u32>(), 0..3);
    let times = (option::of(times()), vec(option::of(times()), 1..4), option::of(times()));
    let standing = (select(CaseDeadlineStatus::ALL), select(DeadlineStanding::ALL));
    let deadline = (standing, times, away, counted).prop_map(|((status, standing), times, away, counted)| {
        let (due, anchors, left) = times;
        CaseDeadline { status, due, standing, anchors, away, left, counted }
    });
    btree_map(rule_names(), deadline, 0..3)
}

fn case_documents() -> impl Strategy<Value = BTreeMap<RuleName, CaseDocument>> {
    let certificates = btree_set(numbers().prop_map(CertificateNumber), 0..3);
    let document = (1..=u32::MAX, numbers(), certificates)
        .prop_map(|(items, log_index, certificates)| CaseDocument { items, log_index, certificates });
    btree_map(rule_names(), document, 0..3)
}

fn mandates() -> impl Strategy<Value = BTreeMap<MandateOf, CaseMandate>> {
    let of = (numbers(), numbers(), rule_names())
        .prop_map(|(member, agent, category)| (MemberNumber(member), MemberNumber(agent), category));
    let certificates = btree_set(numbers().prop_map(CertificateNumber), 0..3);
    btree_map(of, certificates.prop_map(|certificates| CaseMandate { certificates }), 0..3)
}

fn steps_taken() -> impl Strategy<Value = BTreeMap<RuleName, StepTaken>> {
    let by = option::of((numbers(), hashes()));
    let taken = (1..=u32::MAX, times(), by).prop_map(|(times, last, by)| StepTaken {
        times,
        last,
        by: by.map(|(member, key)| (MemberNumber(member), KeyId(key))),
    });
    btree_map(rule_names(), taken, 0..3)
}

fn publications() -> impl Strategy<Value = Vec<Publication>> {
    let one = (vec(rule_names(), 1..3), option::of(rule_names()), times());
    vec(one.prop_map(|(fields, until, since)| Publication { fields, until, since }), 0..3)
}

pub(crate) fn case_records() -> impl Strategy<Value = CaseRecord> {
    let head = (numbers(), digest(), rule_names(), select(CaseStatus::ALL), rule_names(), times());
    let about = (option::of(subjects()), btree_map(rule_names(), members(), 0..3), fields());
    let handed_in = (case_documents(), mandates());
    let past = (steps_taken(), btree_map(rule_names(), times(), 0..3), deadlines(), handed_in);
    let made = (flags(), option::of(numbers()), option::of(numbers()), kinds());
    let kept = (publications(), btree_set(rule_names(), 0..3), option::of(times()), 1..=u32::MAX);
    (head, about, past, made, kept).prop_map(|(head, about, past, made, kept)| {
        let (number, profile, procedure, status, state, opened) = head;
        let (about, parties, fields) = about;
        let (steps, states, deadlines, (documents, mandates)) = past;
        let (flags, account, registration, certificates) = made;
        let (publications, erasable, retain_until, history_count) = kept;
        CaseRecord {
            number: CaseNumber(number),
            profile,
            procedure,
            status,
            state,
            opened,
            about,
            parties,
            fields,
            documents,
            mandates,
            steps,
            states,
            deadlines,
            flags,
            account: account.map(AccountNumber),
            registration: registration.map(RegistrationNumber),
            certificates,
            publications,
            erasable,
            retain_until,
            history_count,
        }
    })
}

pub(crate) fn case_steps() -> impl Strategy<Value = CaseStepRecord> {
    let what = prop_oneof![
        rule_names().prop_map(|step| (Some(step), None)),
        rule_names().prop_map(|deadline| (None, Some(deadline))),
        (rule_names(), rule_names()).prop_map(|(step, deadline)| (Some(step), Some(deadline))),
    ];
    let by = option::of(hashes().prop_map(TransactionId));
    (select(CaseStatus::ALL), rule_names(), what, any::<u64>(), times(), by).prop_map(
        |(status, state, (step, deadline), log_index, time, transaction_id)| CaseStepRecord {
            status,
            state,
            step,
            deadline,
            log_index,
            time,
            transaction_id,
        },
    )
}

pub(super) fn register_keys() -> impl Strategy<Value = StateKey> {
    let tag = || hashes().prop_map(RuleTag);
    let about = || {
        (subjects(), tag(), numbers()).prop_map(|(about, procedure, case)| CaseAbout {
            about,
            procedure,
            case: CaseNumber(case),
        })
    };
    let due = (times(), subjects(), any::<u16>());
    let reckoned = (1970..=9999_u16, any::<u32>(), numbers(), any::<u16>());
    prop_oneof![
        tag().prop_map(StateKey::ProfileVersion),
        Just(StateKey::CalendarHead),
        hashes().prop_map(|key| StateKey::ObjectKey(ObjectKey(key))),
        due.prop_map(|(due, subject, deadline)| StateKey::Due(Due { due, subject, deadline })),
        reckoned.prop_map(|(year, revision, case, deadline)| StateKey::Reckoned {
            year,
            revision,
            case: CaseNumber(case),
            deadline,
        }),
        (numbers(), tag(), numbers()).prop_map(|(holder, kind, number)| StateKey::Holding {
            holder: MemberNumber(holder),
            kind,
            number,
        }),
        about().prop_map(StateKey::OpenCase),
        about().prop_map(StateKey::EndedCase),
        numbers().prop_map(|number| StateKey::Suspension(SuspensionNumber(number))),
        (suspended(), numbers()).prop_map(|(clocks, n)| StateKey::Suspended(clocks, SuspensionNumber(n))),
        Just(StateKey::Outage),
        Just(StateKey::ProtocolSchedule),
        (times(), hashes(), any::<u16>()).prop_map(|(due, profile, procedure)| {
            StateKey::Cycle(Cycle { due, profile: ProfileDigest(profile), procedure })
        }),
    ]
}

pub(super) fn register_record_keys() -> impl Strategy<Value = RecordKey> {
    prop_oneof![
        hashes().prop_map(|digest| RecordKey::Profile(ProfileDigest(digest))),
        (1970..=9999_u16).prop_map(RecordKey::Calendar),
        numbers().prop_map(|number| RecordKey::Account(AccountNumber(number))),
        numbers().prop_map(|number| RecordKey::Case(CaseNumber(number))),
        numbers().prop_map(|number| RecordKey::Object(ObjectNumber(number))),
        numbers().prop_map(|number| RecordKey::Registration(RegistrationNumber(number))),
        numbers().prop_map(|number| RecordKey::Certificate(CertificateNumber(number))),
    ]
}
