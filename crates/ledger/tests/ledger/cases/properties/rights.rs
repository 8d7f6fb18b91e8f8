//! No right from nothing: what is held, and what lies on it, follows from the cases that say so.

use std::collections::BTreeSet;

use bulla_types::{
    CaseNumber, CaseRecord, FieldContent, FieldValue, MemberNumber, RegistrationRecord, RuleName, Shares,
    StateKey, Subject,
};

use super::records::all;
use crate::support::{Ledger, name};

/// Who holds a registration is who applied for it, or whom the last transfer names; its rights are those that were
/// registered, less those that a case has ended; the rights of others on it are those of the pledges that stand.
pub(super) fn check_rights(ledger: &Ledger) {
    let cases: Vec<CaseRecord> = all(ledger, |key| matches!(key, StateKey::Case(_)));
    for entry in all::<RegistrationRecord>(ledger, |key| matches!(key, StateKey::Registration(_))) {
        let about = Some(Subject::Registration(entry.number));
        let first = ledger.case(entry.case);
        assert_eq!(first.registration, Some(entry.number), "a registration of no case");
        assert!(first.steps.contains_key("register"), "a registration that nobody has recorded");
        let mut expected = Expected {
            holders: Shares::whole(only(&first, "applicant")),
            rights: ["holding", "using"].map(name).into(),
            stands: first.state != "upheld",
        };
        let mut ended: Vec<&CaseRecord> =
            cases.iter().filter(|case| case.about == about && !case.is_open()).collect();
        ended.sort_by_key(|case| case.states[&case.state]);
        ended.into_iter().for_each(|case| expected.follow(case));
        assert_eq!(entry.holders, expected.holders, "shares that no case has given: {entry:?}");
        assert!(entry.holders.are_whole(), "shares of less or more than the whole: {entry:?}");
        assert_eq!(entry.rights, expected.rights, "rights that no case has given: {entry:?}");
        assert_eq!(entry.status.stands(), expected.stands, "an end that no case has brought: {entry:?}");

        let pledges = cases.iter().filter(|case| case.about == about && case.state == "standing");
        let pledges: BTreeSet<(CaseNumber, MemberNumber)> =
            pledges.map(|case| (case.number, only(case, "pledgee"))).collect();
        let laid: BTreeSet<_> = entry.encumbrances.iter().map(|laid| (laid.case, laid.holder)).collect();
        assert_eq!(laid, pledges, "a right of another from nothing, or into nothing: {entry:?}");
        assert!(entry.encumbrances.iter().all(|laid| laid.right == "pledge"));
    }
}

/// What follows from the cases about a registration.
struct Expected {
    holders: Shares,
    rights: BTreeSet<RuleName>,
    stands: bool,
}

impl Expected {
    fn follow(&mut self, case: &CaseRecord) {
        match (case.procedure.as_str(), case.state.as_str()) {
            ("transfer", "transferred") => {
                let [FieldValue::Shares(shares)] = clear(case, "shares") else { panic!("{case:?}") };
                self.holders = shares.clone();
            }
            ("ending", "reduced") => {
                let ends =
                    |right: &RuleName| clear(case, "ended_rights").contains(&FieldValue::Term(right.clone()));
                self.rights.retain(|right| !ends(right));
                self.stands &= !self.rights.is_empty();
            }
            ("ending", "ended") | ("surrender", "surrendered") => self.stands = false,
            _ => {}
        }
    }
}

fn clear<'c>(case: &'c CaseRecord, field: &str) -> &'c [FieldValue] {
    case.fields.get(field).and_then(FieldContent::clear).unwrap().as_slice()
}

/// The one member that a party of a case is.
fn only(case: &CaseRecord, party: &str) -> MemberNumber {
    let members = &case.parties[party];
    assert_eq!(members.len(), 1, "{party} of {case:?}");
    *members.first().unwrap()
}
