//! Who may read openings.

use std::collections::BTreeMap;

use bulla_ledger::Readership;
use bulla_types::{
    AccessToEntries, Action, BlockTime, Canonical, ChangeRoles, Commitment, Entry, MemberNumber, Outcome,
    Parameters, Role, Roles, StateKey,
};

use crate::support::{Ledger, Party};

/// From now on the ledger's entries are for members.
pub(crate) fn close(ledger: &mut Ledger) {
    let parameters = Parameters { entry_access: AccessToEntries::Members, ..(*ledger.parameters).clone() };
    ledger.view.apply(BTreeMap::from([(StateKey::Parameters.encode(), Some(parameters.encode()))]));
}

fn readership(ledger: &Ledger, reader: impl Into<Option<MemberNumber>>) -> Readership {
    Readership::of(&ledger.view, reader.into()).unwrap()
}

/// Whether a member may read what the first action of an entry commits to.
pub(crate) fn reads(ledger: &Ledger, reader: &Party, entry: &Entry) -> bool {
    readership(ledger, reader.number).may_read(&ledger.view, entry, 0).unwrap()
}

#[test]
fn an_open_ledger_shows_openings_to_everybody_and_a_closed_one_to_nobody_who_is_no_member() {
    let mut ledger = Ledger::new();
    assert_eq!(readership(&ledger, None), Readership::All);
    close(&mut ledger);
    for reader in [None, Some(MemberNumber(99))] {
        assert_eq!(readership(&ledger, reader), Readership::Nobody);
    }
}

#[test]
fn bodies_and_supervisors_read_all_and_other_classes_what_is_their_own() {
    let mut ledger = Ledger::new();
    close(&mut ledger);
    assert_eq!(readership(&ledger, ledger.body(1).number), Readership::All);
    for role in Role::ALL.iter().copied().filter(|role| *role != Role::RegistrationBody) {
        let member = ledger.enrol(&format!("{role:?}"), role).number;
        let expected = if role == Role::Supervisor { Readership::All } else { Readership::Own(member) };
        assert_eq!(readership(&ledger, member), expected, "{role:?}");
    }
}

#[test]
fn who_is_suspended_reads_nothing_but_a_validator_needs_its_blocks_whole() {
    let mut ledger = Ledger::new();
    close(&mut ledger);
    let supervisor = ledger.enrol("supervisor", Role::Supervisor);
    for member in [supervisor.number, ledger.body(4).number] {
        ledger.request().administered_by_bodies([1, 2, 3]).suspend(member).recorded();
    }
    assert_eq!(readership(&ledger, supervisor.number), Readership::Nobody);
    assert_eq!(readership(&ledger, ledger.body(4).number), Readership::All);
}

#[test]
fn a_deposit_is_read_by_its_signers() {
    let mut ledger = Ledger::new();
    close(&mut ledger);
    let [service, other] = ["one", "other"].map(|name| ledger.enrol(name, Role::EvidenceService));
    ledger.request().operated_by(&service).deposit("a contract").recorded();
    let entry = ledger.log.last().unwrap().clone();
    assert!(reads(&ledger, &service, &entry));
    assert!(!reads(&ledger, &other, &entry));
    assert!(reads(&ledger, &ledger.body(1), &entry));
    let of = |action| Readership::Own(other.number).may_read(&ledger.view, &entry, action).unwrap();
    assert!(!of(1) && !of(u32::MAX), "there is no such action");
    assert!(!Readership::Nobody.may_read(&ledger.view, &entry, 0).unwrap());
}

#[test]
fn what_is_about_a_member_is_read_by_it() {
    let mut ledger = Ledger::new();
    close(&mut ledger);
    let [exchange, other] = ["exchange", "other"].map(|name| ledger.enrol(name, Role::Exchange));
    let outcomes =
        ledger.request().administered_by_bodies([1, 2, 3]).enrol_person("person", [Role::Subject]).recorded();
    let [Outcome::MemberNumber(number)] = outcomes[..] else { panic!("{outcomes:?}") };
    let enrolment = ledger.log.last().unwrap().clone();
    let own = Readership::Own(number).may_read(&ledger.view, &enrolment, 0).unwrap();
    assert!(own && !reads(&ledger, &other, &enrolment));

    let grounds = Some(Commitment(bulla_crypto::sha256(&[b"grounds"])));
    let roles = Roles::new([Role::Exchange, Role::Agent]).unwrap();
    let change = Action::ChangeRoles(ChangeRoles { member: exchange.number, roles, grounds });
    ledger.request().administered_by_bodies([1, 2, 3]).action(change).recorded();
    let entry = ledger.log.last().unwrap().clone();
    assert!(reads(&ledger, &exchange, &entry) && !reads(&ledger, &other, &entry));
}

#[test]
fn what_is_proposed_about_a_member_alone_is_read_by_it() {
    let mut ledger = Ledger::new();
    close(&mut ledger);
    let [service, other] = ["one", "other"].map(|name| ledger.enrol(name, Role::EvidenceService));
    let not_after = BlockTime(ledger.time.0 + 86_400_000);
    let mut proposed = |members: &[MemberNumber]| {
        let request = ledger.request().administered_by_bodies([1]);
        let request = members.iter().fold(request, |request, member| request.suspend(*member));
        request.proposed(not_after).recorded();
        ledger.log.last().unwrap().clone()
    };
    let [about_one, about_two] = [&[service.number][..], &[service.number, other.number]].map(&mut proposed);
    assert!(reads(&ledger, &service, &about_one) && !reads(&ledger, &other, &about_one));
    assert!(!reads(&ledger, &service, &about_two), "its grounds may be of the other");
    assert!(reads(&ledger, &ledger.body(2), &about_two));
}
