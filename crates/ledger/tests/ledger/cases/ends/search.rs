//! The search: which states there are, what leads from each to which, and whether each leads to an end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bulla_rules::profile::Profile;
use bulla_types::{BlockTime, CaseNumber, CaseRecord, RegistrationRecord, RuleName, StateKey, Subject};

use super::beginnings::Beginnings;
use super::world::World;
use crate::support::Ledger;

/// Situations that are looked at from one beginning; the largest search of both profiles finds about 400. Beyond
/// this, something tells situations apart that are not different.
const FOUND_MAX: usize = 5_000;

const DAY_MS: u64 = 86_400_000;

/// What tells two situations of a case apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sign {
    case: Standing,
    /// The case that it is about.
    parent: Option<Standing>,
    /// Cases about it, and others about its parent or record.
    related: Vec<Standing>,
    /// Flags on the record that it is about or has made, and whether that stands.
    record: Option<(Vec<RuleName>, bool)>,
}

/// Where a case is, what it has been through, what stands on it, and which of its deadlines have come.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    procedure: RuleName,
    state: RuleName,
    steps: Vec<RuleName>,
    flags: Vec<RuleName>,
    come: Vec<RuleName>,
}

impl Standing {
    fn of(ledger: &Ledger, case: &CaseRecord) -> Self {
        let come = case.deadlines.iter().filter(|(_, one)| one.due.is_some_and(|due| due <= ledger.time));
        Self {
            procedure: case.procedure.clone(),
            state: case.state.clone(),
            steps: case.steps.keys().cloned().collect(),
            flags: case.flags.keys().cloned().collect(),
            come: come.map(|(name, _)| name.clone()).collect(),
        }
    }
}

impl Sign {
    fn of(world: &World, case: &CaseRecord) -> Self {
        let ledger = &world.ledger;
        let parent = match case.about {
            Some(Subject::Case(parent)) => Some(parent),
            _ => None,
        };
        let standing = |number| Standing::of(ledger, &ledger.case(number));
        let mut related: Vec<_> = related(world, case).into_iter().map(standing).collect();
        related.sort();
        let registration = match case.about {
            Some(Subject::Registration(number)) => Some(number),
            _ => case.registration,
        };
        let record = registration.map(|number| {
            let record: RegistrationRecord = ledger.view.record(StateKey::Registration(number)).unwrap();
            (record.flags.keys().cloned().collect(), record.status.stands())
        });
        Self { case: Standing::of(ledger, case), parent: parent.map(standing), related, record }
    }
}

/// Open cases about this one, and others about its parent or record.
fn related(world: &World, case: &CaseRecord) -> BTreeSet<CaseNumber> {
    let siblings = match case.about {
        Some(Subject::Case(parent)) => world.children(parent),
        _ => world.about_the_same(case),
    };
    let mut related: BTreeSet<CaseNumber> = world.children(case.number).into_iter().chain(siblings).collect();
    related.remove(&case.number);
    related
}

/// The next times at which a deadline of the case, of its parent or of one about either comes.
fn moments(world: &World, record: &CaseRecord) -> BTreeSet<BlockTime> {
    let parent = match record.about {
        Some(Subject::Case(parent)) => Some(parent),
        _ => None,
    };
    let cases = related(world, record).into_iter().chain(parent).chain([record.number]);
    let next = |case| {
        let deadlines = world.ledger.case(case).deadlines.into_values();
        deadlines.filter_map(|deadline| deadline.due).filter(|due| *due > world.ledger.time).min()
    };
    cases.filter_map(next).collect()
}

/// Everything that could come next: a step in this case, in its parent or in one about either, in every way that
/// leads elsewhere; or time.
fn successors(world: &World, record: &CaseRecord, profile: &Profile) -> Vec<World> {
    let mut found = Vec::new();
    for (step, ways) in world.all_ways(record, profile) {
        found.extend(world.after_first(ways.iter()));
        // The same with another term may lead elsewhere.
        if step.to.is_some() {
            found.extend(world.after_first(ways.iter().rev()));
        }
    }
    let parent = match record.about {
        Some(Subject::Case(parent)) if world.ledger.case(parent).is_open() => Some(parent),
        _ => None,
    };
    for other in related(world, record).into_iter().chain(parent) {
        for (_, ways) in world.all_ways(&world.ledger.case(other), profile) {
            found.extend(world.after_first(ways.iter()));
        }
    }
    // Time branches where something falls due; for what other records wait for, it passes.
    let mut moments = moments(world, record);
    moments.insert(BlockTime(world.ledger.time.0 + 40 * DAY_MS));
    found.extend(moments.into_iter().map(|moment| world.at(moment)));
    found
}

/// The situations that were found, and what leads from which to which.
#[derive(Default)]
struct Map {
    numbers: BTreeMap<Sign, usize>,
    before: Vec<BTreeSet<usize>>,
    ended: BTreeSet<usize>,
}

impl Map {
    /// The number of a situation, and whether it is new.
    fn enter(&mut self, sign: Sign, ended: bool) -> (usize, bool) {
        let next = self.numbers.len();
        let number = *self.numbers.entry(sign).or_insert(next);
        if number == next {
            self.before.push(BTreeSet::new());
            if ended {
                self.ended.insert(number);
            }
        }
        (number, number == next)
    }

    /// Those that lead to an end.
    fn leading_to_an_end(&self) -> BTreeSet<usize> {
        let mut leading = self.ended.clone();
        let mut next = Vec::from_iter(leading.clone());
        while let Some(number) = next.pop() {
            next.extend(self.before[number].iter().filter(|before| leading.insert(**before)));
        }
        leading
    }
}

/// Looks at every situation that a case can reach from here, until there is nothing new. Gives the names of the
/// states.
fn explore(start: World, case: CaseNumber, profile: &Profile) -> BTreeSet<String> {
    let mut map = Map::default();
    let record = start.ledger.case(case);
    map.enter(Sign::of(&start, &record), !record.is_open());
    let mut next = VecDeque::from([(0, start)]);
    while let Some((number, world)) = next.pop_front() {
        let record = world.ledger.case(case);
        if record.is_open() {
            for other in successors(&world, &record, profile) {
                let record = other.ledger.case(case);
                let (to, is_new) = map.enter(Sign::of(&other, &record), !record.is_open());
                map.before[to].insert(number);
                if is_new {
                    assert!(to < FOUND_MAX, "more situations than are looked at");
                    next.push_back((to, other));
                }
            }
        }
    }
    let leading = map.leading_to_an_end();
    for (sign, number) in &map.numbers {
        assert!(leading.contains(number), "cannot be ended: {sign:#?}");
    }
    map.numbers.into_keys().map(|sign| sign.case.state.to_string()).collect()
}

/// Explores from all beginnings, and requires that every state of the procedure was found but for those that are
/// ruled out.
pub(super) fn all_states_but(ruled_out: &[&str], Beginnings { profile, cases }: Beginnings) {
    let procedure = cases[0].0.ledger.case(cases[0].1).procedure.clone();
    let found: BTreeSet<String> =
        cases.into_iter().flat_map(|(world, case)| explore(world, case, &profile)).collect();
    let procedure = profile.procedures.get(procedure.as_str()).unwrap();
    let wrong: Vec<&str> = procedure
        .states
        .iter()
        .map(|state| state.name.as_str())
        .filter(|state| found.contains(*state) == ruled_out.contains(state))
        .collect();
    assert!(wrong.is_empty(), "states of {} that were not reached, or were: {wrong:?}", procedure.head.name);
}
