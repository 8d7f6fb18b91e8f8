//! Who is at the register, and what they may try.

use std::sync::Arc;

use bulla_rules::CivilDate;
use bulla_rules::profile::Profile;
use bulla_types::{
    CaseNumber, CaseRecord, CertificateRecord, ClockScope, Counter, CounterRecord, FieldValue, MemberNumber,
    OutageRule, Parameters, RegistrationNumber, RegistrationRecord, Role, Share, Shares, StateKey, Subject,
};
use proptest::prelude::{Strategy, prop};

use super::records::all;
use crate::cases::story::Register;
use crate::cases::suspensions::{suspend, suspension};
use crate::support::{Party, Take, digests, go_on, made_up, open, register, term};

/// One thing to try. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
pub(super) enum Move {
    Apply { asset: u8, by: Who },
    Object { case: u8, by: Who },
    About { procedure: u8, record: u8, by: Who },
    GoOn { case: u8, step: u8, by: Who },
    Wait { hours: u16 },
    Suspend { after: u8, days: u8, case: u8 },
}

/// Which of the two that hold and apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    First,
    Second,
    Both,
    /// Whoever holds what it is about; where it is about nothing that is held, the first.
    Holders,
}

/// What a register has when the moves begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    Empty,
    /// Two who have applied for the same asset.
    Contested,
    /// An asset of the first, certified.
    Certified,
    /// The same, pledged to the second.
    Pledged,
    /// The same, held by both in shares.
    Shared,
    /// The same, about to be: by less than the whole, where the words let that pass.
    Agreed,
}

/// What a profile asks for by itself. What it does not, the engine makes sure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    Careful,
    /// Neither that an object is free when it is registered, nor that shares are whole.
    Careless,
    /// Not that what happens to a registration voids its certificate.
    Lasting,
}

/// Every beginning in all words in which it comes about: a certificate that lasts keeps its entry where it is.
pub(super) fn beginnings() -> impl Strategy<Value = (Beginning, Wording)> {
    use Beginning::{Agreed, Certified, Contested, Empty, Pledged, Shared};
    let wordings = [Wording::Careful, Wording::Careless, Wording::Lasting];
    let all = [Empty, Contested, Certified, Pledged, Shared, Agreed]
        .map(|beginning| wordings.map(|wording| (beginning, wording)));
    let mut all = all.concat();
    all.retain(|both| *both != (Shared, Wording::Lasting));
    prop::sample::select(all)
}

pub(super) fn moves() -> impl Strategy<Value = Vec<Move>> {
    let any = 0..=u8::MAX;
    let by = || {
        use Who::{Both, First, Holders, Second};
        prop::sample::select(vec![First, Second, Both, Holders, Holders, Holders])
    };
    let one = proptest::prop_oneof![
        3 => (0..3_u8, by()).prop_map(|(asset, by)| Move::Apply { asset, by }),
        2 => (any.clone(), by()).prop_map(|(case, by)| Move::Object { case, by }),
        6 => (any.clone(), any.clone(), by())
            .prop_map(|(procedure, record, by)| Move::About { procedure, record, by }),
        9 => (any.clone(), any.clone(), by()).prop_map(|(case, step, by)| Move::GoOn { case, step, by }),
        1 => (any.clone(), 0..20_u8, any)
            .prop_map(|(after, days, case)| Move::Suspend { after, days, case }),
        3 => (1..200_u16).prop_map(|hours| Move::Wait { hours }),
        1 => (1..12_u16).prop_map(|months| Move::Wait { hours: months * 720 }),
    ];
    prop::collection::vec(one, 1..40)
}

const WHOLE_PPM: u32 = 1_000_000;
const HOUR_MS: u64 = 3_600_000;
/// What falls due in an outage is held so long.
const HELD_MS: u64 = 72 * HOUR_MS;

impl Wording {
    /// The register in these words.
    fn profile(self) -> Profile {
        let left_out: &[&str] = match self {
            Self::Careful => return register(),
            Self::Careless => &[", { free_object = \"asset\" }", "  { whole = \"shares\" },\n"],
            Self::Lasting => &["voided_by = [\"amended\", \"transferred\", \"ended\"]\n"],
        };
        let mut text = include_str!("../../../profiles/register.toml").to_owned();
        for words in left_out {
            assert_eq!(text.matches(words).count(), 1, "{words}");
            text = text.replace(words, "");
        }
        made_up(&text)
    }
}

pub(super) struct People {
    pub(super) story: Register,
    court: Party,
}

impl People {
    pub(super) fn begin(beginning: Beginning, wording: Wording) -> Self {
        let mut story = Register::under(&wording.profile());
        let court = story.ledger.enrol("court", Role::Judicial);
        let outage = Some(OutageRule { longer_than_ms: 200 * HOUR_MS, held_ms: HELD_MS });
        story.ledger.parameters = Arc::new(Parameters { outage, ..(*story.ledger.parameters).clone() });
        let mut people = Self { story, court };
        match beginning {
            Beginning::Empty => {}
            Beginning::Contested => {
                for who in [Who::First, Who::Second] {
                    let apply = people.application("asset 0", who);
                    people.story.ledger.take(&apply);
                }
            }
            Beginning::Certified => {
                people.certified();
            }
            Beginning::Pledged => {
                let entry = people.certified();
                let propose = people.pledge(Subject::Registration(entry), Who::First);
                let case = people.story.ledger.take(&propose).case;
                let lay = go_on(case, "lay").by("pledgee", &people.story.other);
                people.story.ledger.take(&lay);
            }
            Beginning::Shared => {
                let entry = people.certified();
                let agree = people.transfer(Subject::Registration(entry), Who::First, 600_000);
                let case = people.story.ledger.take(&agree).case;
                let carry_out = go_on(case, "carry_out").by("registry", &people.story.registry);
                people.story.ledger.take(&carry_out);
            }
            Beginning::Agreed => {
                let entry = people.certified();
                let given = if wording == Wording::Careless { 500_000 } else { 600_000 };
                let agree = people.transfer(Subject::Registration(entry), Who::First, given);
                people.story.ledger.take(&agree);
            }
        }
        people
    }

    /// An asset of the first; the second has an account, so that it can acquire.
    fn certified(&mut self) -> RegistrationNumber {
        let entry = self.story.certified("asset 0").0.registrations[0];
        let apply = self.application("another asset", Who::Second);
        let case = self.story.ledger.take(&apply).case;
        self.story.register(case);
        entry
    }

    fn member(&self, who: Who) -> &Party {
        if who == Who::Second { &self.story.other } else { &self.story.applicant }
    }

    /// Takes a step about a record as its holders.
    fn held(&self, take: Take, about: Option<Subject>, who: Who) -> Take {
        let (first, second) = (&self.story.applicant, &self.story.other);
        let both = match who {
            Who::First => vec![first],
            Who::Second => vec![second],
            Who::Both => vec![first, second],
            Who::Holders => {
                let held = self.holders(about);
                [first, second].into_iter().filter(|party| held.contains(&party.number)).collect()
            }
        };
        let mut both = both.into_iter();
        let taken = take.by("holder", both.next().unwrap_or(first));
        both.fold(taken, |take, party| take.with("holder", party))
    }

    fn holders(&self, about: Option<Subject>) -> Vec<MemberNumber> {
        let view = &self.story.ledger.view;
        let entry = match about {
            Some(Subject::Certificate(number)) => {
                view.record(StateKey::Certificate(number)).map(|record: CertificateRecord| record.subject)
            }
            about => about,
        };
        let Some(Subject::Registration(number)) = entry else { return Vec::new() };
        let record: Option<RegistrationRecord> = view.record(StateKey::Registration(number));
        record.map(|record| record.holders.members().collect()).unwrap_or_default()
    }

    fn count(&self, counter: Counter) -> u64 {
        let record: Option<CounterRecord> = self.story.ledger.view.record(StateKey::Counter(counter));
        record.map_or(0, |record| record.next - 1)
    }

    /// The steps that a move asks for, of which the first that is not refused is taken; none if there is nothing that
    /// it could be about.
    fn tries(&self, what: &Move) -> Vec<Take> {
        match *what {
            // All that could be done in a case, from one of them on.
            Move::GoOn { case, step, by } => {
                let Some(case) = self.case(case) else { return Vec::new() };
                let mut steps = self.steps(case, by);
                let first = usize::from(step).checked_rem(steps.len()).unwrap_or(0);
                steps.rotate_left(first);
                steps
            }
            _ => self.opening(what).into_iter().collect(),
        }
    }

    /// Mostly a case in which something can still be done.
    fn case(&self, number: u8) -> Option<CaseNumber> {
        let open = self.open_cases();
        let among_open = open.get(usize::from(number) % (open.len() + 1)).copied();
        among_open.or_else(|| self.pick(number, Counter::Cases).map(CaseNumber))
    }

    fn pick(&self, number: u8, counter: Counter) -> Option<u64> {
        Some(u64::from(number).checked_rem(self.count(counter))? + 1)
    }

    fn opening(&self, what: &Move) -> Option<Take> {
        match *what {
            Move::Apply { asset, by } => Some(self.application(&format!("asset {asset}"), by)),
            Move::Object { case, by } => {
                let case = CaseNumber(self.pick(case, Counter::Cases)?);
                let file = open(self.story.profile, "objection", "file").about(Subject::Case(case));
                Some(file.by("objector", self.member(by)).attached("grounds", "mine"))
            }
            Move::About { procedure, record, by } => {
                self.about(procedure, self.pick(record, Counter::Registrations)?, by)
            }
            Move::GoOn { .. } | Move::Wait { .. } | Move::Suspend { .. } => None,
        }
    }

    pub(super) fn open_cases(&self) -> Vec<CaseNumber> {
        let cases = all::<CaseRecord>(&self.story.ledger, |key| matches!(key, StateKey::Case(_)));
        cases.iter().filter(|case| case.is_open()).map(|case| case.number).collect()
    }

    fn application(&self, asset: &str, by: Who) -> Take {
        open(self.story.profile, "registration", "apply")
            .by("applicant", self.member(by))
            .field("code", FieldValue::Digests(digests(asset)))
            .field("form", term("dataset"))
            .attached("name", asset)
            .paper("application")
    }

    fn pledge(&self, entry: Subject, by: Who) -> Take {
        let propose = open(self.story.profile, "pledge", "propose").about(entry);
        let propose = propose.naming("pledgee", &self.story.other);
        self.held(propose, Some(entry), by).field("until", FieldValue::Date(20_260_101))
    }

    /// The other one is given this share; who holds keeps 40 %, unless all is given.
    fn transfer(&self, entry: Subject, who: Who, given_ppm: u32) -> Take {
        let (first, second) = (&self.story.applicant, &self.story.other);
        let from_second = match who {
            Who::Second => true,
            Who::Holders => self.holders(Some(entry)) == [second.number],
            Who::First | Who::Both => false,
        };
        let (giver, acquirer) = if from_second { (second, first) } else { (first, second) };
        let share = |party: &Party, ppm| Share { member: party.number, ppm };
        let shares = match given_ppm {
            WHOLE_PPM => vec![share(acquirer, WHOLE_PPM)],
            given => vec![share(giver, 400_000), share(acquirer, given)],
        };
        let agree = open(self.story.profile, "transfer", "agree").about(entry).naming("acquirer", acquirer);
        let agree = self.held(agree, Some(entry), who).with("acquirer", acquirer);
        agree.field("shares", FieldValue::Shares(Shares::new(shares).unwrap()))
    }

    fn about(&self, procedure: u8, number: u64, by: Who) -> Option<Take> {
        let entry = Subject::Registration(RegistrationNumber(number));
        let about = |procedure, step| open(self.story.profile, procedure, step).about(entry);
        let held = |take| self.held(take, Some(entry), by);
        let registry = &self.story.registry;
        Some(match procedure % 10 {
            0 => about("freeze", "freeze").by("court", &self.court).paper("judgment"),
            1 => held(about("ending", "end")),
            2 => {
                let right = if procedure >= 128 { "using" } else { "holding" };
                held(about("ending", "reduce")).field("ended_rights", term(right))
            }
            3 => held(about("change", "change")).with("registry", registry).attached("name", "new"),
            4 => held(about("surrender", "offer")),
            // Now and then less than the whole, which is refused.
            5 | 8 | 9 => {
                let given = [WHOLE_PPM, 600_000, 500_000, 500_000][usize::from(procedure / 64)];
                self.transfer(entry, by, given)
            }
            6 => {
                let view = &self.story.ledger.view;
                let entry: RegistrationRecord =
                    view.record(StateKey::Registration(RegistrationNumber(number)))?;
                let certificate = *entry.certificates.get("certificate")?;
                let certificate = Subject::Certificate(certificate);
                let ask = open(self.story.profile, "renewal", "ask").about(certificate);
                self.held(ask, Some(certificate), by)
            }
            _ => self.pledge(entry, by),
        })
    }

    /// Every step that could be tried in a case, whatever its state.
    fn steps(&self, case: CaseNumber, by: Who) -> Vec<Take> {
        let registry = &self.story.registry;
        let record = self.story.ledger.case(case);
        let acts = |step: &str| go_on(case, step).by("registry", registry);
        match record.procedure.as_str() {
            "registration" => vec![
                acts("give_back").reasons("incomplete"),
                go_on(case, "resubmit").by("applicant", self.member(by)).paper("application"),
                acts("register"),
                acts("register"),
                acts("refuse").reasons("no"),
                go_on(case, "confirm").by("reviewer", registry),
                acts("issue"),
                acts("issue"),
            ],
            "objection" => vec![acts("uphold").reasons("yes"), acts("dismiss").reasons("no")],
            "renewal" => vec![acts("renew")],
            "transfer" => vec![acts("carry_out"), self.held(go_on(case, "drop"), record.about, by)],
            "freeze" => vec![go_on(case, "release").by("court", &self.court)],
            "pledge" => vec![
                go_on(case, "discharge").by("pledgee", &self.story.other),
                go_on(case, "lay").by("pledgee", &self.story.other),
                go_on(case, "lay").by("pledgee", self.member(by)),
                acts("withdraw"),
            ],
            "surrender" => vec![self.held(go_on(case, "complete"), record.about, by), acts("close")],
            _ => vec![],
        }
    }

    /// The same by everyone who may be asked, and by both where holders act together.
    fn ways(&self, case: CaseNumber) -> Vec<Take> {
        [Who::First, Who::Second, Who::Holders].into_iter().flat_map(|who| self.steps(case, who)).collect()
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
    pub(super) fn attempt(&mut self, what: &Move) {
        if let Move::Wait { hours } = what {
            self.wait(u64::from(*hours) * HOUR_MS);
        }
        if let Move::Suspend { after, days, case } = what {
            self.suspend(*after, *days, *case);
        }
        for take in self.tries(what) {
            let transaction = take.request(&mut self.story.ledger).transaction();
            if self.story.ledger.record(&transaction).is_ok() {
                break;
            }
        }
    }

    fn wait(&mut self, ms: u64) {
        self.story.ledger.sleep(ms);
        self.story.ledger.catch_up();
    }

    /// Ends every open case, by some step of a member or by time. Gives those that are left.
    pub(super) fn end_all(&mut self) -> Vec<CaseRecord> {
        for _ in 0..12 {
            for case in self.open_cases() {
                // Ending steps come last in the table.
                for way in self.ways(case).into_iter().rev() {
                    let transaction = way.request(&mut self.story.ledger).transaction();
                    if self.story.ledger.record(&transaction).is_ok() {
                        break;
                    }
                }
            }
            // That was an outage; what fell due in it is held for a while.
            self.wait(40 * 24 * HOUR_MS);
            self.wait(HELD_MS);
        }
        self.open_cases().into_iter().map(|case| self.story.ledger.case(case)).collect()
    }
}
