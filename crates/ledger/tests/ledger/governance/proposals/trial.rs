//! What is proposed is tried: what could only ever be refused is refused at once, what may become possible is taken.

use std::collections::BTreeSet;

use bulla_ledger::{Cause, Refusal};
use bulla_rules::profile::Profile;
use bulla_types::{
    Action, AdoptProfile, BlockTime, Canonical, CaseNumber, ChangeMemberStatus, ChangeParameters, ClockScope,
    ConsensusTimeouts, Counter, EnrolKey, Height, KeyId, KeyPurpose, MemberNumber, MemberStatus, Outcome,
    Parameters, Propose, ProtocolAtHeight, ReasonCode, RecordKey, Role, ScheduleProtocol, SecondLog,
    StateKey,
};

use super::{FIRST, approve, is_open, proposal};
use crate::cases::{adoption::changed, suspensions::suspension};
use crate::governance::{bodies, change, consensus};
use crate::support::{Ledger, Request, START, beside, calendar_year, made_up, register, secret};

const REGISTER: &str = include_str!("../../../profiles/register.toml");

type Ask = Box<dyn for<'l> Fn(Request<'l>) -> Request<'l>>;

fn ask(ask: impl for<'l> Fn(Request<'l>) -> Request<'l> + 'static) -> Ask {
    Box::new(ask)
}

fn act(action: Action) -> Ask {
    ask(move |request| request.action(action.clone()))
}

/// It is refused when one body proposes it, by the act and for the reason that refuse it when all sign it together.
fn refused_at_once(ledger: &mut Ledger, ask: &Ask, reason: ReasonCode) {
    let together = ask(bodies(ledger)).transaction();
    let Refusal { action, cause } = ledger.record(&together).unwrap_err();
    assert_eq!(cause.reason(), reason, "{cause}");
    let never = Cause::NeverPossible { act: action.unwrap(), cause: Box::new(cause) };
    proposal(ledger, [1], ask).refused(0, never, reason);
}

/// It is refused when all sign it together, and is proposed none the less.
fn taken(ledger: &mut Ledger, ask: &Ask, reason: ReasonCode) {
    let together = ask(bodies(ledger)).transaction();
    let refusal = ledger.record(&together).unwrap_err();
    assert_eq!(refusal.reason(), reason, "{refusal}");
    assert!(is_open(proposal(ledger, [1], ask).recorded()), "{refusal}");
}

fn expel(member: MemberNumber) -> Action {
    Action::ChangeMemberStatus(ChangeMemberStatus { member, status: MemberStatus::Expelled, grounds: None })
}

fn scheduled(version: u32, height: u64) -> Ask {
    let scheduled = Some(ProtocolAtHeight { version, height: Height(height) });
    act(Action::ScheduleProtocol(ScheduleProtocol { scheduled }))
}

fn parameters(ledger: &Ledger, change: impl FnOnce(&mut Parameters)) -> Ask {
    let mut parameters = (*ledger.parameters).clone();
    change(&mut parameters);
    act(Action::ChangeParameters(ChangeParameters { former: ledger.parameters.hash(), parameters }))
}

fn clocks(scope: ClockScope, first: &str, last: &str) -> Ask {
    act(Action::SuspendClocks(suspension(scope, first, last)))
}

fn profile(profile: &Profile) -> Ask {
    act(Action::AdoptProfile(AdoptProfile { profile: profile.encode().into() }))
}

#[test]
fn an_act_that_its_own_words_refuse_is_refused_when_it_is_proposed() {
    let mut ledger = Ledger::new();
    let elsewhere = ledger.request().declare(&secret("another"), KeyPurpose::Operate);
    let elsewhere = Action::EnrolKey(EnrolKey { member: MemberNumber(1), key: elsewhere });
    let timeouts = ConsensusTimeouts { prevote_ms: 1, ..ledger.parameters.timeouts };
    let bytes = AdoptProfile { profile: vec![0xff].into() };
    let invalid = ReasonCode::ParametersInvalid;
    for (ask, reason) in [
        (act(elsewhere), ReasonCode::PossessionInvalid),
        (ask(|request| request.enrol_person("某人", [Role::RegistrationBody])), ReasonCode::Malformed),
        (parameters(&ledger, |_| ()), invalid),
        (parameters(&ledger, |next| next.second_log = SecondLog::Sm3), invalid),
        (parameters(&ledger, |next| next.timeouts = timeouts), invalid),
        (parameters(&ledger, |next| next.time_bound_ms = 601_000), invalid),
        (act(Action::AdoptProfile(bytes)), ReasonCode::ProfileInvalid),
        (clocks(ClockScope::Ledger, "2025-01-01", "2026-01-02"), ReasonCode::SuspensionInvalid),
    ] {
        refused_at_once(&mut ledger, &ask, reason);
    }
}

#[test]
fn an_act_against_what_is_never_undone_is_refused_when_it_is_proposed() {
    let mut ledger = Ledger::new();
    let [service, reported] = [("service", Role::EvidenceService), ("reported", Role::Exchange)]
        .map(|(name, role)| ledger.enrol(name, role));
    let (ended, operate) = (service.key_id(KeyPurpose::Operate), ledger.body(1).key_id(KeyPurpose::Operate));
    bodies(&mut ledger).retire(ended).action(expel(service.number)).recorded();
    let (reported, service) = (reported.key_id(KeyPurpose::Operate), service.number);
    bodies(&mut ledger).report_compromised(reported, START).recorded();
    for (ask, reason) in [
        (ask(|request| request.enrol_with_code("other", [Role::Exchange], 1)), ReasonCode::CreditCodeTaken),
        (
            ask(|request| request.enrol_key(MemberNumber(1), &secret("body 2/Operate"), KeyPurpose::Operate)),
            ReasonCode::KeyExists,
        ),
        (
            ask(move |request| request.enrol_key(service, &secret("new"), KeyPurpose::Operate)),
            ReasonCode::MemberExpelled,
        ),
        (ask(move |request| request.retire(ended)), ReasonCode::KeyRetired),
        (ask(move |request| request.report_compromised(reported, START)), ReasonCode::KeyCompromised),
        (ask(move |request| request.readmit(service)), ReasonCode::MemberExpelled),
        (act(expel(service)), ReasonCode::MemberStatusUnchanged),
        (act(change(&[(operate, 1)])), ReasonCode::ValidatorInvalid),
    ] {
        refused_at_once(&mut ledger, &ask, reason);
    }
}

#[test]
fn an_act_that_has_come_too_late_is_refused_when_it_is_proposed() {
    let mut ledger = Ledger::new();
    ledger.adopt(&Profile { version: 2, ..register() });
    ledger.adopt_year(&calendar_year(2025));
    let year = |change: fn(&mut bulla_types::proto::CalendarYear)| {
        let year = changed(&calendar_year(2025), |message| {
            message.revision += 1;
            change(message);
        });
        ask(move |request| request.adopt_calendar(&year))
    };
    let without_28_september = year(|message| {
        for holiday in &mut message.holidays {
            holiday.make_up_days.retain(|make_up| *make_up != 20_250_928);
        }
    });
    let height = ledger.height.0;
    for (ask, reason) in [
        (profile(&register()), ReasonCode::ProfileNotNewer),
        (profile(&made_up(&beside(REGISTER, "effective_to = 2025-10-08"))), ReasonCode::ProfileNotInForce),
        (ask(|request| request.adopt_calendar(&calendar_year(2025))), ReasonCode::CalendarNotNewer),
        (year(|message| message.settled_through = 20_251_031), ReasonCode::CalendarChangesPast),
        (without_28_september, ReasonCode::CalendarChangesPast),
        (scheduled(1, height + 100), ReasonCode::ProtocolVersionInvalid),
        (scheduled(2, height + 5), ReasonCode::ProtocolNoticeTooShort),
    ] {
        refused_at_once(&mut ledger, &ask, reason);
    }
}

#[test]
fn an_act_that_an_entry_a_height_or_the_time_may_make_possible_is_proposed() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange).number;
    let nobody = KeyId::of(secret("nobody").public_key());
    let (first, time) = (consensus(&ledger.body(1)), ledger.time.0);
    let mut others = (*ledger.parameters).clone();
    others.block_entries_max = 500;
    let of_others = ChangeParameters { former: others.hash(), parameters: (*ledger.parameters).clone() };
    let take_back = Action::ScheduleProtocol(ScheduleProtocol { scheduled: None });
    let early = made_up(&beside(REGISTER, "effective_from = 2025-10-10"));
    let later = BlockTime(time + 3_600_000);
    for (ask, reason) in [
        (ask(|request| request.suspend(MemberNumber(99))), ReasonCode::MemberUnknown),
        (ask(move |request| request.readmit(exchange)), ReasonCode::MemberStatusUnchanged),
        (ask(move |request| request.retire(nobody)), ReasonCode::KeyUnknown),
        (ask(move |request| request.retire(first)), ReasonCode::ValidatorInUse),
        (ask(move |request| request.report_compromised(nobody, later)), ReasonCode::KeyUnknown),
        (act(change(&[(first, 1)])), ReasonCode::ValidatorsUnchanged),
        (act(Action::ChangeParameters(of_others)), ReasonCode::ParametersChanged),
        (act(take_back), ReasonCode::ProtocolScheduleUnchanged),
        (scheduled(10, 1_000_000), ReasonCode::ProtocolVersionInvalid),
        (profile(&early), ReasonCode::ProfileNotInForce),
        (clocks(ClockScope::Case(CaseNumber(9)), "2025-10-14", "2025-10-15"), ReasonCode::SuspensionInvalid),
        // What must hold of all together is not tried.
        (act(change(&[(first, 0)])), ReasonCode::QuorumAtRisk),
    ] {
        taken(&mut ledger, &ask, reason);
    }
}

#[test]
fn an_act_is_tried_after_those_before_it_and_beside_one_that_is_not_possible_yet() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService).number;
    let expelled_first = ask(move |request| request.action(expel(service)).suspend(service));
    refused_at_once(&mut ledger, &expelled_first, ReasonCode::MemberExpelled);
    let twice = ask(|request| request.enrol("one", [Role::Exchange]).enrol("one", [Role::Exchange]));
    refused_at_once(&mut ledger, &twice, ReasonCode::CreditCodeTaken);

    let unknown = proposal(&mut ledger, [1], |request| {
        request.suspend(MemberNumber(99)).enrol_person("某人", [Role::RegistrationBody])
    });
    let never = Cause::NeverPossible { act: 1, cause: Box::new(Cause::BodyWithoutCreditCode) };
    let told = "act 1 of what is proposed could only be refused, now and later: \
                a natural person is no registration body";
    assert_eq!(never.to_string(), told);
    unknown.refused(0, never, ReasonCode::Malformed);
    // An act builds on the one before it.
    let built_on = proposal(&mut ledger, [1], |request| request.suspend(service).readmit(service));
    assert!(is_open(built_on.recorded()));
}

#[test]
fn every_proof_of_possession_is_checked_when_the_key_is_proposed() {
    let mut ledger = Ledger::new();
    let key = secret("another");
    let declaration = ledger.request().declare(&key, KeyPurpose::Operate);
    let never = |act| {
        let cause = Box::new(Cause::PossessionInvalid(KeyId::of(key.public_key())));
        Cause::NeverPossible { act, cause }
    };
    // Before what may pass is asked.
    let of_nobody = Action::EnrolKey(EnrolKey { member: MemberNumber(99), key: declaration.clone() });
    let request = proposal(&mut ledger, [1], |request| request.suspend(MemberNumber(99)).action(of_nobody));
    request.refused(0, never(1), ReasonCode::PossessionInvalid);
    // And where the acts are carried out at once.
    let of_first = Action::EnrolKey(EnrolKey { member: MemberNumber(1), key: declaration });
    let request = proposal(&mut ledger, [1, 2, 3], |request| request.action(of_first));
    request.refused(0, never(0), ReasonCode::PossessionInvalid);
}

/// A vote of some hundred bytes, refused as often as it is sent, does not cost the checks of a thousand keys.
#[test]
fn no_vote_checks_a_proof_of_possession_again() {
    let mut ledger = Ledger::new();
    let (key, first) = (secret("another"), MemberNumber(1));
    let enrolment = |request: &Request<'_>| {
        Action::EnrolKey(EnrolKey { member: first, key: request.declare(&key, KeyPurpose::Operate) })
    };
    let elsewhere = enrolment(&ledger.request());
    proposal(&mut ledger, [1], |request| request.enrol_key(first, &key, KeyPurpose::Operate)).recorded();
    // A proof that would not pass, put in the place of the one that has.
    let mut proposed: Propose = ledger.view.record(StateKey::Proposed(FIRST)).unwrap();
    proposed.actions = vec![elsewhere];
    let value = Some(proposed.encode());
    ledger.view.apply([(StateKey::Proposed(FIRST).encode(), value)].into());
    assert!(!is_open(approve(&mut ledger, [2, 3], FIRST).recorded()));
}

#[test]
fn nothing_of_a_trial_remains() {
    let mut ledger = Ledger::new();
    let key = secret("body 1/new");
    ledger.adopt_year(&calendar_year(2025));
    let before: BTreeSet<StateKey> = ledger.view.keys().collect();
    let former = (*ledger.parameters).clone();
    let next = Parameters { block_entries_max: 500, ..former.clone() };
    let parameters = Action::ChangeParameters(ChangeParameters { former: former.hash(), parameters: next });
    let days = suspension(ClockScope::Ledger, "2025-10-14", "2025-10-15");
    let proposal = proposal(&mut ledger, [1], |request| {
        let request = request.enrol("newcomer", [Role::Exchange]);
        let request = request.enrol_key(MemberNumber(1), &key, KeyPurpose::Administer);
        let request = request.suspend(MemberNumber(4)).adopt_profile(&register());
        let request = request.adopt_calendar(&calendar_year(2026)).action(parameters);
        request.action(Action::SuspendClocks(days))
    });
    assert!(is_open(proposal.recorded()));

    let new: Vec<StateKey> = ledger.view.keys().filter(|key| !before.contains(key)).collect();
    let step = StateKey::History { record: RecordKey::Proposal(FIRST), seq: 0 };
    let made = super::record(&ledger, FIRST);
    let row = StateKey::OpenProposal { proposer: made.proposer, not_after: made.not_after, number: FIRST };
    let expected = [
        StateKey::Counter(Counter::Proposals),
        step,
        StateKey::Proposal(FIRST),
        StateKey::Proposed(FIRST),
        row,
    ];
    assert_eq!(BTreeSet::from_iter(new), BTreeSet::from(expected));
    assert_eq!(*ledger.parameters, former);
    assert_eq!(ledger.record_of(&ledger.body(4)).status, MemberStatus::Active);
    // Carried out, it comes to the same as without a trial.
    let decided = super::outcome(approve(&mut ledger, [2, 3], FIRST).recorded()).outcomes;
    assert_eq!(decided[0], Outcome::MemberNumber(MemberNumber(5)));
    assert_eq!(ledger.parameters.block_entries_max, 500);
}
