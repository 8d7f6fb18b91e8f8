//! Whatever the members of the register of separate rights try: each right stays wholly held, and nobody acts for what
//! is not his.

use std::collections::BTreeMap;

use bulla_types::{FieldValue, MemberNumber, RegistrationRecord, Share, Shares};
use proptest::prelude::*;

use super::apart_story::Apart;
use crate::support::{Party, term};

/// One try: who does what, with whom, to which right.
#[derive(Debug, Clone)]
enum Try {
    Assign { by: usize, to: usize, with_consent: bool },
    Share { by: Vec<usize>, to: usize, ppm: u32 },
    Pledge { by: usize, to: usize },
    Release { by: usize },
    Reduce { right: &'static str },
    Pass,
}

fn tries() -> impl Strategy<Value = Try> {
    let who = || 0..3_usize;
    prop_oneof![
        4 => (who(), who(), any::<bool>()).prop_map(|(by, to, with_consent)| Try::Assign { by, to, with_consent }),
        4 => (proptest::collection::btree_set(who(), 1..3), who(), 1..=1_000_000_u32)
            .prop_map(|(by, to, ppm)| Try::Share { by: by.into_iter().collect(), to, ppm }),
        2 => (who(), who()).prop_map(|(by, to)| Try::Pledge { by, to }),
        2 => who().prop_map(|by| Try::Release { by }),
        1 => prop_oneof![Just("holding"), Just("operating")].prop_map(|right| Try::Reduce { right }),
        1 => Just(Try::Pass),
    ]
}

/// Who holds what, for each right.
fn held(entry: &RegistrationRecord) -> BTreeMap<String, Shares> {
    let of = |right: &bulla_types::RuleName| entry.shares_of(right.as_str()).unwrap().clone();
    entry.rights.iter().map(|right| (right.to_string(), of(right))).collect()
}

fn attempt(story: &mut Apart, what: &Try) -> bool {
    let people = [story.applicant.clone(), story.other.clone(), story.third.clone()];
    let take = match what {
        Try::Assign { by, to, with_consent: false } => story.assignment(&people[*by], &people[*to]),
        Try::Assign { by, to, with_consent: true } => {
            let lenders: std::collections::BTreeSet<MemberNumber> =
                story.entry().encumbrances.iter().map(|laid| laid.holder).collect();
            let consent = story
                .about("assignment", "assign_with_consent")
                .naming("acquirer", &people[*to])
                .by("operator", &people[*by])
                .with("acquirer", &people[*to]);
            let lenders = people.iter().filter(|person| lenders.contains(&person.number));
            lenders.fold(consent, |consent, lender| consent.with("creditor", lender))
        }
        Try::Share { by, to, ppm } => {
            let (mine, theirs) = (people[by[0]].number, people[*to].number);
            let mut parts = vec![Share { member: theirs, ppm: *ppm }];
            if mine != theirs && *ppm < 1_000_000 {
                parts.push(Share { member: mine, ppm: 1_000_000 - ppm });
            }
            let shares = FieldValue::Shares(Shares::new(parts).unwrap());
            let sharing = story.about("sharing", "share").field("shares", shares);
            let sharing = sharing.by("keeper", &people[by[0]]);
            by[1..].iter().fold(sharing, |sharing, other| sharing.with("keeper", &people[*other]))
        }
        Try::Pledge { by, to } => story
            .about("pledging", "lay")
            .naming("lender", &people[*to])
            .by("keeper", &people[*by])
            .with("lender", &people[*to])
            .field("until", FieldValue::Date(20_260_415)),
        Try::Release { by } => story.about("release", "ask").by("pledgee", &people[*by]),
        Try::Reduce { right } => {
            let all = story.entry().all_holders();
            let mut holders = people.iter().filter(|person| all.contains(&person.number));
            let first = holders.next().unwrap();
            let reduce = story.about("ending", "reduce").field("ended_rights", term(right));
            holders.fold(reduce.by("holder", first), |reduce, holder| reduce.with("holder", holder))
        }
        Try::Pass => {
            story.ledger.sleep(60_000);
            return false;
        }
    };
    let transaction = take.request(&mut story.ledger).transaction();
    story.ledger.record(&transaction).is_ok()
}

fn number(people: &[Party; 3], who: usize) -> MemberNumber {
    people[who].number
}

/// What a try that was taken has changed, and nothing else.
fn expect(what: &Try, before: &RegistrationRecord, after: &RegistrationRecord, people: &[Party; 3]) {
    let (was, is) = (held(before), held(after));
    match what {
        Try::Assign { by, to, .. } => {
            assert_eq!(was["operating"].members().collect::<Vec<_>>(), [number(people, *by)]);
            assert_eq!(is["operating"], Shares::whole(number(people, *to)));
            assert_eq!(was.get("holding"), is.get("holding"));
        }
        Try::Share { by, .. } => {
            let acted: std::collections::BTreeSet<_> = by.iter().map(|who| number(people, *who)).collect();
            assert_eq!(was["holding"].members().collect::<std::collections::BTreeSet<_>>(), acted);
            assert_eq!(was.get("operating"), is.get("operating"));
        }
        Try::Pledge { to, .. } => {
            assert_eq!(after.encumbrances.len(), before.encumbrances.len() + 1);
            assert_eq!(after.encumbrances.last().unwrap().holder, number(people, *to));
            assert_eq!(was, is);
        }
        Try::Release { by } => {
            assert!(before.encumbrances.iter().any(|laid| laid.holder == number(people, *by)));
            assert_eq!(was, is);
        }
        Try::Reduce { right } => {
            let left: BTreeMap<_, _> = was.into_iter().filter(|(name, _)| name != right).collect();
            if after.status.stands() {
                assert_eq!(is, left);
            } else {
                assert!(left.is_empty());
            }
        }
        Try::Pass => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn each_right_stays_wholly_held_by_those_to_whom_it_was_given(tries in proptest::collection::vec(tries(), 1..24)) {
        let mut story = Apart::new();
        story.registered();
        let people = [story.applicant.clone(), story.other.clone(), story.third.clone()];
        for what in &tries {
            let before = story.entry();
            let taken = attempt(&mut story, what);
            let after = story.entry();
            prop_assert!(after.rights.iter().all(|right| after.shares_of(right.as_str()).unwrap().are_whole()));
            if taken {
                expect(what, &before, &after, &people);
            } else {
                prop_assert_eq!(&before, &after);
            }
            if !after.status.stands() {
                break;
            }
        }
    }
}
