//! Work lists: whom the open cases of a ledger may call upon, block by block, and put in order when they are lost.

use bulla_chain::{Chain, rebuild_indexes};
use bulla_fixtures::stage::{self, Party, Take, calendar_year, digests, go_on, made_up, open, term};
use bulla_ledger::called_upon;
use bulla_storage::Rebuilt;
use bulla_types::{
    CaseNumber, CaseOutcome, FieldValue, MemberNumber, ProfileDigest, Role, Share, Shares, StateKey, Subject,
};

use crate::deadlines::{of_blocks, replayed};

const ENTRIES_MAX: u32 = 100;
const REGISTER: &str = include_str!("../../../ledger/tests/profiles/register.toml");

/// The register of the ledger's own tests, and who is there.
struct Register {
    told: stage::Ledger,
    profile: ProfileDigest,
    registry: Party,
    reviewer: Party,
    applicant: Party,
    other: Party,
}

impl Register {
    fn under(profile: &str) -> Self {
        let mut told = of_blocks(ENTRIES_MAX);
        (2025..=2026).for_each(|year| told.adopt_year(&calendar_year(year)));
        let profile = told.adopt(&made_up(profile));
        let reviewer = told.enrol("reviewer", Role::RegistrationBody);
        let applicant = told.enrol("applicant", Role::Subject);
        let other = told.enrol("other", Role::Subject);
        told.until("2025-10-10");
        Self { registry: told.body(1), told, profile, reviewer, applicant, other }
    }

    /// A case of this applicant that stands in its publicity.
    fn registered(&mut self, applicant: &Party) -> CaseOutcome {
        let application = open(self.profile, "registration", "apply")
            .by("applicant", applicant)
            .field("code", FieldValue::Digests(digests(&applicant.name)))
            .field("form", term("dataset"))
            .attached("name", &applicant.name)
            .paper("application");
        let case = self.told.take(&application).case;
        self.told.take(&go_on(case, "register").by("registry", &self.registry))
    }

    fn take(&mut self, take: &Take) -> CaseNumber {
        self.told.take(take).case
    }
}

/// The work of a member as its node lists it.
fn work(chain: &Chain, member: &Party) -> Vec<CaseNumber> {
    let reader = chain.state_reader().unwrap();
    reader.indexes().work_of_member(member.number, CaseNumber(1)).map(Result::unwrap).collect()
}

/// Every list says what the rules say of the state.
fn agrees(told: &stage::Ledger, chain: &Chain) {
    let reader = chain.state_reader().unwrap();
    let cases = told.view.keys().filter_map(|key| match key {
        StateKey::Case(number) => Some(number),
        _ => None,
    });
    for (case, expected) in called_upon(&told.view, cases).unwrap() {
        assert_eq!(reader.indexes().called_upon(case).unwrap(), expected, "case {case}");
    }
}

/// A registration with a case that calls upon its holder.
fn surrendered() -> (Register, Subject, CaseNumber) {
    let mut register = Register::under(REGISTER);
    let (applicant, other) = (register.applicant.clone(), register.other.clone());
    let registered = register.registered(&applicant);
    // Who acquires has an account.
    register.registered(&other);
    register.told.until("2025-10-16");
    register.take(&go_on(registered.case, "issue").by("registry", &register.registry));
    let entry = Subject::Registration(registered.registrations[0]);
    let offer = open(register.profile, "surrender", "offer").about(entry).by("holder", &applicant);
    let case = register.take(&offer);
    (register, entry, case)
}

/// Gives the registration to these.
fn transfer(register: &mut Register, entry: Subject, shares: &[(MemberNumber, u32)]) -> CaseNumber {
    let share = |&(member, ppm)| Share { member, ppm };
    let shares = Shares::new(shares.iter().map(share).collect()).unwrap();
    let agree = open(register.profile, "transfer", "agree")
        .about(entry)
        .naming("acquirer", &register.other)
        .by("holder", &register.applicant)
        .with("acquirer", &register.other)
        .field("shares", FieldValue::Shares(shares));
    register.take(&agree)
}

#[tokio::test]
async fn when_a_record_is_transferred_cases_about_it_call_upon_the_new_holder() {
    let (mut register, entry, case) = surrendered();
    let (_before, chain) = replayed(&register.told).await;
    assert!(work(&chain, &register.applicant).contains(&case));
    assert!(!work(&chain, &register.other).contains(&case));

    let whole = [(register.other.number, 1_000_000)];
    let agreed = transfer(&mut register, entry, &whole);
    let (_agreed, chain) = replayed(&register.told).await;
    assert!(work(&chain, &register.applicant).contains(&case), "a transfer that is agreed moves nothing");
    assert!(work(&chain, &register.other).contains(&agreed));

    register.take(&go_on(agreed, "carry_out").by("registry", &register.registry));
    let (_after, chain) = replayed(&register.told).await;
    assert!(!work(&chain, &register.applicant).contains(&case));
    assert!(work(&chain, &register.other).contains(&case));
    agrees(&register.told, &chain);
}

#[tokio::test]
async fn what_several_hold_is_the_work_of_each() {
    let (mut register, entry, case) = surrendered();
    let shares = [(register.applicant.number, 400_000), (register.other.number, 600_000)];
    let agreed = transfer(&mut register, entry, &shares);
    register.take(&go_on(agreed, "carry_out").by("registry", &register.registry));
    let (_ledger, chain) = replayed(&register.told).await;
    assert!(work(&chain, &register.applicant).contains(&case));
    assert!(work(&chain, &register.other).contains(&case));
    agrees(&register.told, &chain);
}

#[tokio::test]
async fn when_the_parties_of_a_case_change_cases_about_it_call_upon_the_new_ones() {
    // Who has reviewed answers an objection; nobody has before.
    let mut profile = REGISTER.to_owned();
    for (said, instead) in [
        ("bound = { parent = \"applicant\" }", "bound = { parent = \"reviewer\" }"),
        ("  { parties_differ = [\"objector\", \"respondent\"] },\n", ""),
        (
            "[procedures.objection.steps.uphold]",
            "[procedures.objection.steps.answer]\nzh = \"答复\"\nen = \"Answer\"\narticle = \"8\"\nby = \"respondent\"\nfrom = \"filed\"\n\n[procedures.objection.steps.uphold]",
        ),
    ] {
        assert_eq!(profile.matches(said).count(), 1, "{said}");
        profile = profile.replace(said, instead);
    }
    let mut register = Register::under(&profile);
    let (applicant, reviewer) = (register.applicant.clone(), register.reviewer.clone());
    let registration = register.registered(&applicant).case;
    let file = open(register.profile, "objection", "file")
        .about(Subject::Case(registration))
        .by("objector", &register.other)
        .attached("grounds", "mine");
    let objection = register.take(&file);
    let (_before, chain) = replayed(&register.told).await;
    assert!(!work(&chain, &reviewer).contains(&objection));

    register.take(&go_on(registration, "confirm").by("reviewer", &reviewer));
    let (_after, chain) = replayed(&register.told).await;
    assert!(work(&chain, &reviewer).contains(&objection));
    agrees(&register.told, &chain);

    register.take(&go_on(objection, "dismiss").by("registry", &register.registry).reasons("no"));
    let (_ended, chain) = replayed(&register.told).await;
    assert!(!work(&chain, &reviewer).contains(&objection), "what has ended is nobody's work");
}

#[tokio::test]
async fn indexes_that_are_lost_are_put_in_order_from_the_records() {
    let (mut register, entry, _) = surrendered();
    let whole = [(register.other.number, 1_000_000)];
    transfer(&mut register, entry, &whole);
    let (ledger, chain) = replayed(&register.told).await;
    let before = work(&chain, &register.applicant);
    assert!(before.len() > 1);
    drop(chain);

    let store = ledger.open_store("node");
    let lost = store.rebuild_work_list(&[]).unwrap();
    assert!(lost.removed > 4 && lost.added == 0, "{lost:?}");
    let rebuilt = rebuild_indexes(&store).unwrap();
    assert_eq!(rebuilt.work_list, Rebuilt { added: lost.removed, removed: 0 });
    assert_eq!(rebuilt.register, Rebuilt::default());
    drop(store);
    let chain = ledger.open("node");
    assert_eq!(work(&chain, &register.applicant), before);
    agrees(&register.told, &chain);
}
