//! Whatever members try, in whatever order, and whenever: the register holds together, and replay gives the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bulla_ledger::BlockExecution;
use bulla_rules::CivilDate;
use bulla_types::{
    Canonical, CaseDeadlineStatus, CaseNumber, CaseRecord, CertificateNumber, CertificateRecord, ClockScope,
    Content, Counter, CounterRecord, DeadlineStanding, FieldValue, ObjectKeyRecord, ObjectRecord, OutageRule,
    Parameters, RecordKey, RegistrationNumber, RegistrationRecord, Role, RuleName, Share, Shares, StateKey,
    Subject,
};
use proptest::prelude::{Strategy, prop, proptest};
use proptest::test_runner::Config;

use super::story::Register;
use super::suspensions::{suspend, suspension};
use crate::support::{Ledger, MemoryView, Party, Take, digests, go_on, open, term};

/// One thing to try. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Move {
    Apply { asset: u8, by: bool },
    Object { case: u8, by: bool },
    About { procedure: u8, record: u8, by: bool },
    GoOn { case: u8, step: u8, by: bool },
    Wait { hours: u16 },
    Suspend { after: u8, days: u8, case: u8 },
}

/// What a register has when the moves begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    Empty,
    Certified,
    Pledged,
}

fn beginnings() -> impl Strategy<Value = Beginning> {
    prop::sample::select(vec![Beginning::Empty, Beginning::Certified, Beginning::Pledged])
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let (any, by) = (0..=u8::MAX, prop::bool::ANY);
    let one = proptest::prop_oneof![
        3 => (0..3_u8, by).prop_map(|(asset, by)| Move::Apply { asset, by }),
        2 => (any.clone(), by).prop_map(|(case, by)| Move::Object { case, by }),
        6 => (any.clone(), any.clone(), by)
            .prop_map(|(procedure, record, by)| Move::About { procedure, record, by }),
        9 => (any.clone(), any.clone(), by).prop_map(|(case, step, by)| Move::GoOn { case, step, by }),
        1 => (any.clone(), 0..20_u8, any.clone())
            .prop_map(|(after, days, case)| Move::Suspend { after, days, case }),
        3 => (1..200_u16).prop_map(|hours| Move::Wait { hours }),
        1 => (1..12_u16).prop_map(|months| Move::Wait { hours: months * 720 }),
    ];
    prop::collection::vec(one, 1..40)
}

const HOUR_MS: u64 = 3_600_000;
/// What falls due in an outage is held so long.
const HELD_MS: u64 = 72 * HOUR_MS;

struct People {
    story: Register,
    court: Party,
}

impl People {
    /// A register that is empty, has an asset with a certificate, or one that is pledged as well.
    fn begin(beginning: Beginning) -> Self {
        let mut story = Register::new();
        let court = story.ledger.enrol("court", Role::Judicial);
        let outage = Some(OutageRule { longer_than_ms: 200 * HOUR_MS, held_ms: HELD_MS });
        story.ledger.parameters = Arc::new(Parameters { outage, ..(*story.ledger.parameters).clone() });
        if beginning != Beginning::Empty {
            let (registered, _) = story.certified("asset 0");
            if beginning == Beginning::Pledged {
                let propose = open(story.profile, "pledge", "propose")
                    .about(Subject::Registration(registered.registrations[0]))
                    .naming("pledgee", &story.other)
                    .by("holder", &story.applicant)
                    .field("until", FieldValue::Date(20_260_101));
                let case = story.ledger.take(&propose).case;
                story.ledger.take(&go_on(case, "lay").by("pledgee", &story.other));
            }
        }
        Self { story, court }
    }

    fn member(&self, first: bool) -> &Party {
        if first { &self.story.applicant } else { &self.story.other }
    }

    fn count(&self, counter: Counter) -> u64 {
        let record: Option<CounterRecord> = self.story.ledger.view.record(StateKey::Counter(counter));
        record.map_or(0, |record| record.next - 1)
    }

    /// The step that a move asks for, if there is anything that it could be about.
    fn take(&self, what: &Move) -> Option<Take> {
        let pick = |number: u8, counter| {
            Some(u64::from(number) % self.count(counter).checked_add(1)?).filter(|n| *n > 0)
        };
        match *what {
            Move::Apply { asset, by } => Some(self.application(&format!("asset {asset}"), by)),
            Move::Object { case, by } => {
                let case = CaseNumber(pick(case, Counter::Cases)?);
                let file = open(self.story.profile, "objection", "file").about(Subject::Case(case));
                Some(file.by("objector", self.member(by)).attached("grounds", "mine"))
            }
            Move::About { procedure, record, by } => {
                self.about(procedure, pick(record, Counter::Registrations)?, self.member(by))
            }
            Move::GoOn { case, step, by } => {
                // Mostly where something can still be done.
                let open = self.open_cases();
                let case = match open.get(usize::from(case) % (open.len() + 1)) {
                    Some(case) => *case,
                    None => CaseNumber(pick(case, Counter::Cases)?),
                };
                let steps = self.steps(case, self.member(by));
                steps.get(usize::from(step) % steps.len().max(1)).cloned()
            }
            Move::Wait { .. } | Move::Suspend { .. } => None,
        }
    }

    fn open_cases(&self) -> Vec<CaseNumber> {
        let cases = all::<CaseRecord>(&self.story.ledger, |key| matches!(key, StateKey::Case(_)));
        cases.iter().filter(|case| case.is_open()).map(|case| case.number).collect()
    }

    fn application(&self, asset: &str, by: bool) -> Take {
        open(self.story.profile, "registration", "apply")
            .by("applicant", self.member(by))
            .field("code", FieldValue::Digests(digests(asset)))
            .field("form", term("dataset"))
            .attached("name", asset)
            .paper("application")
    }

    fn about(&self, procedure: u8, number: u64, by: &Party) -> Option<Take> {
        let entry = Subject::Registration(RegistrationNumber(number));
        let about = |procedure, step| open(self.story.profile, procedure, step).about(entry);
        let registry = &self.story.registry;
        Some(match procedure % 8 {
            0 => about("freeze", "freeze").by("court", &self.court).paper("judgment"),
            1 => about("ending", "end").by("holder", by),
            2 => about("ending", "reduce").by("holder", by).field("ended_rights", term("using")),
            3 => {
                about("change", "change").by("holder", by).with("registry", registry).attached("name", "new")
            }
            4 => about("surrender", "offer").by("holder", by),
            7 => about("pledge", "propose")
                .naming("pledgee", &self.story.other)
                .by("holder", by)
                .field("until", FieldValue::Date(20_260_101)),
            5 => {
                let other = if by.number == self.story.applicant.number {
                    &self.story.other
                } else {
                    &self.story.applicant
                };
                let share = |party: &Party, ppm| Share { member: party.number, ppm };
                // Now and then less than the whole, which is refused.
                let rest = if procedure >= 128 { 500_000 } else { 600_000 };
                let shares = Shares::new(vec![share(by, 400_000), share(other, rest)]).unwrap();
                about("transfer", "agree")
                    .naming("acquirer", other)
                    .by("holder", by)
                    .with("acquirer", other)
                    .field("shares", FieldValue::Shares(shares))
            }
            _ => {
                let view = &self.story.ledger.view;
                let entry: RegistrationRecord =
                    view.record(StateKey::Registration(RegistrationNumber(number)))?;
                let certificate = *entry.certificates.get("certificate")?;
                open(self.story.profile, "renewal", "ask")
                    .about(Subject::Certificate(certificate))
                    .by("holder", by)
            }
        })
    }

    /// Every step that could be tried in a case, whatever its state.
    fn steps(&self, case: CaseNumber, by: &Party) -> Vec<Take> {
        let registry = &self.story.registry;
        let record = self.story.ledger.case(case);
        let acts = |step: &str| go_on(case, step).by("registry", registry);
        match record.procedure.as_str() {
            "registration" => vec![
                acts("give_back").reasons("incomplete"),
                go_on(case, "resubmit").by("applicant", by).paper("application"),
                acts("register"),
                acts("register"),
                acts("refuse").reasons("no"),
                go_on(case, "confirm").by("reviewer", registry),
                acts("issue"),
                acts("issue"),
            ],
            "objection" => vec![acts("uphold").reasons("yes"), acts("dismiss").reasons("no")],
            "renewal" => vec![acts("renew")],
            "transfer" => vec![acts("carry_out"), go_on(case, "drop").by("holder", by)],
            "freeze" => vec![go_on(case, "release").by("court", &self.court)],
            "pledge" => vec![
                go_on(case, "discharge").by("pledgee", &self.story.other),
                go_on(case, "lay").by("pledgee", &self.story.other),
                go_on(case, "lay").by("pledgee", &self.story.other),
                acts("withdraw"),
            ],
            "surrender" => vec![go_on(case, "complete").by("holder", by), acts("close")],
            _ => vec![],
        }
    }

    /// The same by any member that may be asked, and by both where holders act together.
    fn ways(&self, case: CaseNumber) -> Vec<Take> {
        let (first, second) = (&self.story.applicant, &self.story.other);
        let mut ways = self.steps(case, first);
        ways.extend(self.steps(case, second));
        if self.story.ledger.case(case).procedure == "transfer" {
            ways.push(go_on(case, "drop").by("holder", first).with("holder", second));
        }
        ways
    }

    /// Suspends clocks for some days of the year in which the register begins.
    fn suspend(&mut self, after: u8, days: u8, case: u8) {
        let first: CivilDate = "2025-10-01".parse().unwrap();
        let first = first.plus_days(u32::from(after)).unwrap();
        let last = first.plus_days(u32::from(days)).unwrap();
        let scope = match case % 3 {
            0 => ClockScope::Ledger,
            1 => ClockScope::Profiles(["test-register".parse().unwrap()].into()),
            _ => ClockScope::Case(CaseNumber(u64::from(case / 3) + 1)),
        };
        let _refusal =
            suspend(&mut self.story.ledger, suspension(scope, &first.to_string(), &last.to_string()));
    }

    /// Tries a move. What is refused leaves the state as it was, which the ledger of the tests sees to.
    fn attempt(&mut self, what: &Move) {
        if let Move::Wait { hours } = what {
            self.story.ledger.sleep(u64::from(*hours) * 3_600_000);
            while !self.story.ledger.tick().is_empty() {}
        }
        if let Move::Suspend { after, days, case } = what {
            self.suspend(*after, *days, *case);
        }
        if let Some(take) = self.take(what) {
            let transaction = take.request(&mut self.story.ledger).transaction();
            let _refusal = self.story.ledger.record(&transaction);
        }
    }
}

fn all<R: Canonical>(ledger: &Ledger, of: impl Fn(&StateKey) -> bool) -> Vec<R> {
    ledger.view.keys().filter(of).map(|key| ledger.view.record(key).unwrap()).collect()
}

/// One number, one object: a key names one object, and an object has one registration at a time.
fn check_objects(ledger: &Ledger) {
    let objects: Vec<ObjectRecord> = all(ledger, |key| matches!(key, StateKey::Object(_)));
    let registrations: Vec<RegistrationRecord> = all(ledger, |key| matches!(key, StateKey::Registration(_)));
    let mut keys = BTreeSet::new();
    for object in &objects {
        assert!(keys.insert(object.key), "two objects with one key");
        let named: ObjectKeyRecord = ledger.view.record(StateKey::ObjectKey(object.key)).unwrap();
        assert_eq!(named.object, object.number);
        let standing: Vec<RegistrationNumber> = registrations
            .iter()
            .filter(|registration| registration.object == object.number && registration.status.stands())
            .map(|registration| registration.number)
            .collect();
        assert_eq!(standing, Vec::from_iter(object.registration), "one object, one registration");
    }
    assert!(registrations.iter().all(|registration| registration.holders.are_whole()));
    for laid in registrations.iter().flat_map(|registration| &registration.encumbrances) {
        let case = ledger.case(laid.case);
        assert!(case.steps.contains_key("lay") && case.is_open(), "a right from nothing: {laid:?}");
    }
}

/// A record has one certificate of a kind at a time, and none that came before its publicity had ended.
fn check_certificates(ledger: &Ledger) {
    let certificates: Vec<CertificateRecord> = all(ledger, |key| matches!(key, StateKey::Certificate(_)));
    let mut standing: BTreeMap<(Subject, RuleName), CertificateNumber> = BTreeMap::new();
    for certificate in &certificates {
        if certificate.status.stands() && !certificate.has_lapsed(ledger.time) {
            let place = (certificate.subject, certificate.kind.clone());
            assert_eq!(standing.insert(place, certificate.number), None, "two certificates in force");
        }
        let Subject::Registration(number) = certificate.subject else { panic!("{certificate:?}") };
        let entry: RegistrationRecord = ledger.view.record(StateKey::Registration(number)).unwrap();
        assert!(entry.status.stands() || !certificate.status.stands(), "a certificate outlives its entry");
        let case = ledger.case(certificate.case);
        if case.procedure == "registration" {
            let publicity = &case.deadlines["publicity_end"];
            assert_eq!(publicity.standing, DeadlineStanding::Settled);
            assert!(publicity.due.unwrap() <= certificate.issued, "issued within the publicity");
        }
    }
}

/// The indexes hold what the records call for, and nothing else.
fn check_indexes(ledger: &Ledger) {
    let cases: Vec<CaseRecord> = all(ledger, |key| matches!(key, StateKey::Case(_)));
    let certificates: Vec<CertificateRecord> = all(ledger, |key| matches!(key, StateKey::Certificate(_)));
    let due: usize = ledger.view.keys().filter(|key| matches!(key, StateKey::Due(_))).count();
    let running = cases.iter().filter(|case| case.is_open()).flat_map(|case| &case.deadlines);
    let running = running.filter(|(name, deadline)| {
        let is_window =
            ["publicity_end", "objection_end", "renewal_window"].iter().any(|window| *name == window);
        deadline.status == CaseDeadlineStatus::Running
            && deadline.standing == DeadlineStanding::Settled
            && deadline.due.is_some()
            && !is_window
    });
    let terms = certificates.iter().filter(|one| one.status.stands() && one.valid_until.is_some());
    assert_eq!(due, running.count() + terms.count());
    let rows = |open: bool| {
        let is_row = |key: &StateKey| match key {
            StateKey::OpenCase(_) => open,
            StateKey::EndedCase(_) => !open,
            _ => false,
        };
        ledger.view.keys().filter(is_row).count()
    };
    let about =
        |open: bool| cases.iter().filter(|case| case.about.is_some() && case.is_open() == open).count();
    assert_eq!((rows(true), rows(false)), (about(true), about(false)));
    for case in cases.iter().filter(|case| !case.is_open()) {
        let runs = |status| status == CaseDeadlineStatus::Running;
        assert!(!case.deadlines.values().any(|deadline| runs(deadline.status)), "a clock runs in {case:?}");
    }
}

/// Heads count their past, and nothing is numbered that is not there.
fn check_pasts(ledger: &Ledger) {
    let mut steps: BTreeMap<RecordKey, u32> = BTreeMap::new();
    for key in ledger.view.keys() {
        if let StateKey::History { record, .. } = key {
            *steps.entry(record).or_default() += 1;
        }
    }
    for case in all::<CaseRecord>(ledger, |key| matches!(key, StateKey::Case(_))) {
        assert_eq!(steps[&RecordKey::Case(case.number)], case.history_count);
    }
    for one in all::<CertificateRecord>(ledger, |key| matches!(key, StateKey::Certificate(_))) {
        assert_eq!(steps[&RecordKey::Certificate(one.number)], one.history_count);
    }
    for one in all::<RegistrationRecord>(ledger, |key| matches!(key, StateKey::Registration(_))) {
        assert_eq!(steps[&RecordKey::Registration(one.number)], one.history_count);
    }
    let numbered = |counter, of: fn(&StateKey) -> bool| {
        let next: Option<CounterRecord> = ledger.view.record(StateKey::Counter(counter));
        let count = ledger.view.keys().filter(of).count() as u64;
        assert_eq!(next.map_or(0, |next| next.next - 1), count);
    };
    numbered(Counter::Cases, |key| matches!(key, StateKey::Case(_)));
    numbered(Counter::Accounts, |key| matches!(key, StateKey::Account(_)));
    numbered(Counter::Objects, |key| matches!(key, StateKey::Object(_)));
    numbered(Counter::Registrations, |key| matches!(key, StateKey::Registration(_)));
    numbered(Counter::Certificates, |key| matches!(key, StateKey::Certificate(_)));
}

/// Executing the log again gives the same state.
fn check_replay(ledger: &Ledger) {
    let fresh = Ledger::unfounded(4, 3);
    let mut view: MemoryView = fresh.view;
    let mut entries = ledger.log.iter().peekable();
    let mut next_index = 0;
    let mut parent_time = ledger.genesis.time();
    while let Some(&first) = entries.peek() {
        let context = bulla_ledger::BlockContext {
            ledger_id: ledger.id,
            height: first.height,
            time: first.time,
            parent_time,
            next_index,
            parameters: ledger.parameters.clone(),
        };
        let mut block = BlockExecution::new(&view, context);
        while let Some(entry) = entries.next_if(|entry| entry.height == first.height) {
            next_index += 1;
            match &entry.content {
                Content::Event(event) => block.event(event).unwrap(),
                Content::Transaction(transaction) => {
                    assert_eq!(block.transaction(transaction).unwrap(), entry.outcomes);
                }
            }
        }
        let changes = block.finish().unwrap();
        view.commit(changes);
        parent_time = first.time;
    }
    assert!(view.state == ledger.view.state, "replay gives another state");
}

/// Every open case can be ended: by some step of a member, or by time.
fn check_ends(people: &mut People) {
    for _ in 0..12 {
        for case in people.open_cases() {
            // Ending steps come last in the table.
            for way in people.ways(case).into_iter().rev() {
                let transaction = way.request(&mut people.story.ledger).transaction();
                if people.story.ledger.record(&transaction).is_ok() {
                    break;
                }
            }
        }
        // That was an outage; what fell due in it is held for a while.
        for ms in [40 * 24 * HOUR_MS, HELD_MS] {
            people.story.ledger.sleep(ms);
            while !people.story.ledger.tick().is_empty() {}
        }
    }
    let left: Vec<CaseRecord> =
        people.open_cases().into_iter().map(|case| people.story.ledger.case(case)).collect();
    assert!(left.is_empty(), "cannot be ended: {left:#?}");
}

proptest! {
    #![proptest_config(Config { cases: 48, max_shrink_iters: 200, ..Config::default() })]

    #[test]
    fn the_register_holds_together_whatever_is_tried(beginning in beginnings(), moves in moves()) {
        let mut people = People::begin(beginning);
        for what in &moves {
            people.attempt(what);
        }
        let ledger = &people.story.ledger;
        check_objects(ledger);
        check_certificates(ledger);
        check_indexes(ledger);
        check_pasts(ledger);
        check_replay(ledger);
    }

    #[test]
    fn every_case_that_can_be_reached_can_be_ended(beginning in beginnings(), moves in moves()) {
        let mut people = People::begin(beginning);
        for what in &moves {
            people.attempt(what);
        }
        check_ends(&mut people);
    }
}
