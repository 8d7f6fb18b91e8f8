//! Openings of the steps of a case: which lack, and to whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_chain::{Chain, EntryRef, Origin};
use bulla_client::{ActionRequest, AttachedFields, Signer, TransactionBuilder};
use bulla_fixtures::stage::{calendar_year, made_up, name};
use bulla_fixtures::{credit_code, declaration, genesis, key, organisation, parameters};
use bulla_mempool::Clock;
use bulla_types::{
    AccessToEntries, Action, AdoptCalendar, AdoptProfile, BlockTime, Canonical, CaseNumber, CaseRef,
    ClockScope, Commitment, FieldContent, FieldValue, FieldValues, Founder, Height, KeyPurpose, MemberNumber,
    NamedParty, OpenCase, Parameters, ProfileDigest, Role, StepActor, StepField, Submission, SuspendClocks,
    TakeStep,
};

use crate::ledger::Ledger;

const BODY: MemberNumber = MemberNumber(1);
const OFFEROR: MemberNumber = MemberNumber(2);
const OFFEREE: MemberNumber = MemberNumber(3);
const CASE: CaseNumber = CaseNumber(1);

/// In the middle of November 2026.
const NOW: BlockTime = BlockTime(1_795_000_000_000);

/// After it.
const SUSPENDED_DAY: u32 = 20_261_228;

const AGENCY: &str = include_str!("../../../ledger/tests/profiles/agency.toml");

/// A closed ledger on which one member makes offers to another.
struct Venue {
    ledger: Ledger,
    chain: Arc<Chain>,
    profile: ProfileDigest,
}

/// What a field says.
#[derive(Clone, Copy)]
enum Says {
    /// This price, or title.
    Anew,
    /// The same as before.
    AsBefore(Commitment),
}

struct Step {
    case: CaseRef,
    step: &'static str,
    party: &'static str,
    actors: Vec<StepActor>,
    fields: Vec<(&'static str, Says)>,
}

impl ActionRequest for Step {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let field = |(field, says): (&str, Says)| {
            let content = match says {
                Says::AsBefore(commitment) => commitment,
                Says::Anew => {
                    let value = match field {
                        "title" => FieldValue::Text("标的".to_owned()),
                        _ => FieldValue::Amount(100),
                    };
                    let values = FieldValues::new(vec![value]).unwrap();
                    attached.attach_bytes(format!("fields.{field}"), values.encode().into())
                }
            };
            StepField { name: name(field), content: FieldContent::Committed(content) }
        };
        Action::TakeStep(TakeStep {
            case: self.case,
            step: name(self.step),
            party: name(self.party),
            actors: self.actors,
            fields: self.fields.into_iter().map(field).collect(),
            documents: Vec::new(),
            reasons: None,
        })
    }
}

struct Suspend(ClockScope);

impl ActionRequest for Suspend {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let authority = attached.attach("authority", "某决定".to_owned());
        let (first_day, last_day) = (SUSPENDED_DAY, SUSPENDED_DAY);
        Action::SuspendClocks(SuspendClocks { first_day, last_day, scope: self.0, authority })
    }
}

fn actor(party: &str, member: MemberNumber) -> StepActor {
    StepActor { party: name(party), member, agent: None }
}

impl Venue {
    async fn open() -> Self {
        Self::under(AGENCY).await
    }

    async fn under(profile: &str) -> Self {
        let mut profile = made_up(profile);
        profile.adoption.as_mut().unwrap().credit_code = credit_code(BODY.0);
        let validator = key("validator");
        let administers = declaration(&key("administrator"), KeyPurpose::Administer);
        let keys = vec![declaration(&validator, KeyPurpose::Consensus), administers];
        let body = organisation(1, "登记机构", &[Role::RegistrationBody], keys);
        let subject = |number: u64| {
            let keys = vec![declaration(&key(&format!("subject {number}")), KeyPurpose::Operate)];
            let member = organisation(number, &format!("主体 {number}"), &[Role::Subject], keys);
            Founder { member, power: 0 }
        };
        let founders = vec![Founder { member: body, power: 1 }, subject(2), subject(3)];
        let parameters =
            Parameters { admin_threshold: 1, entry_access: AccessToEntries::Members, ..parameters() };
        let genesis = genesis(BlockTime(NOW.0 - 1_000), parameters, founders);
        let ledger = Ledger::of(genesis, validator, NOW);
        let chain = ledger.open("node");
        let venue = Self { ledger, chain, profile: ProfileDigest(profile.digest()) };
        for year in 2025..=2026 {
            let adopt = AdoptCalendar { year: calendar_year(year).encode().into() };
            venue.record_by(BODY, "administrator", Action::AdoptCalendar(adopt)).await;
        }
        let adopt = AdoptProfile { profile: profile.encode().into() };
        venue.record_by(BODY, "administrator", Action::AdoptProfile(adopt)).await;
        venue
    }

    fn transaction(&self) -> TransactionBuilder {
        TransactionBuilder::at(self.chain.ledger_id(), self.ledger.clock.now())
    }

    /// Records it in a block of its own, and gives what was recorded.
    async fn record(&self, submission: Submission) -> (Height, Submission) {
        self.ledger.admit(&self.chain, &submission).await;
        self.ledger.clock.advance(1_000);
        let before = self.chain.tip().log_size;
        let block = self.ledger.advance(&self.chain);
        assert!(
            self.chain.find(EntryRef::Transaction(submission.transaction().id())).unwrap() >= Some(before)
        );
        (block.header.height, submission)
    }

    async fn record_by(
        &self,
        member: MemberNumber,
        of: &str,
        request: impl ActionRequest,
    ) -> (Height, Submission) {
        let signer = Signer::new(member, key(of));
        self.record(self.transaction().signer(&signer).action(request).build().unwrap()).await
    }

    fn step(&self, signers: &[MemberNumber], step: Step) -> Submission {
        let mut transaction = self.transaction().action(step);
        for member in signers {
            transaction = transaction.signer(&Signer::new(*member, key(&format!("subject {member}"))));
        }
        transaction.build().unwrap()
    }

    fn offer(&self) -> Submission {
        self.offer_to(vec![NamedParty { party: name("offeree"), member: OFFEREE }])
    }

    fn offer_to(&self, parties: Vec<NamedParty>) -> Submission {
        let open = OpenCase { profile: self.profile, procedure: name("offer"), about: None, parties };
        self.step(
            &[OFFEROR],
            Step {
                case: CaseRef::Open(open),
                step: "make",
                party: "offeror",
                actors: vec![actor("offeror", OFFEROR)],
                fields: vec![("price", Says::Anew), ("title", Says::Anew)],
            },
        )
    }

    fn accept(&self) -> Submission {
        let step = Step {
            case: CaseRef::Number(CASE),
            step: "accept",
            party: "offeree",
            actors: vec![actor("offeree", OFFEREE)],
            fields: vec![],
        };
        self.step(&[OFFEREE], step)
    }

    fn settle(&self, price: Commitment) -> Submission {
        let step = Step {
            case: CaseRef::Number(CASE),
            step: "settle",
            party: "offeror",
            actors: vec![actor("offeree", OFFEREE), actor("offeror", OFFEROR)],
            fields: vec![("settled_price", Says::AsBefore(price))],
        };
        self.step(&[OFFEROR, OFFEREE], step)
    }

    /// Another node that has fetched all blocks.
    fn follower(&self) -> Arc<Chain> {
        let follower = self.ledger.open("follower");
        for (certificate, bytes) in self.chain.decided(1, u64::MAX - 1, u64::MAX).unwrap() {
            let (height, hash) = (certificate.height.0, certificate.block_hash);
            let proposal = self.ledger.proposal(height, (hash, bytes), Origin::Synced);
            follower.check(&proposal).unwrap().unwrap();
            follower.commit(&certificate).unwrap();
        }
        follower
    }
}

/// What a step commits to in this field.
fn committed(step: &Submission, field: &str) -> Commitment {
    let commitments = step.transaction().body().actions[0].commitments();
    commitments.iter().find(|(path, _)| path == &format!("fields.{field}")).unwrap().1
}

#[tokio::test]
async fn a_field_that_takes_over_a_commitment_lacks_nothing_once_the_earlier_one_is_opened() {
    let venue = Venue::open().await;
    let (made, offer) = venue.record(venue.offer()).await;
    venue.record(venue.accept()).await;
    let (settled, _) = venue.record(venue.settle(committed(&offer, "price"))).await;
    for reader in [BODY, OFFEROR, OFFEREE] {
        for height in [made, settled] {
            let lacking = venue.chain.lacking_openings(Some(reader), height).unwrap();
            assert!(lacking.is_empty(), "{reader} at {height}: {lacking:?}");
        }
    }

    let follower = venue.follower();
    for reader in [BODY, OFFEROR, OFFEREE] {
        assert_eq!(follower.lacking_openings(Some(reader), settled).unwrap(), [0], "nobody can tell yet");
    }
    let given = venue.chain.openings_for(Some(OFFEREE), made, &[0], usize::MAX).unwrap().entries;
    assert_eq!(given.len(), 1);
    follower.keep_openings(made, given).unwrap().unwrap();
    for reader in [BODY, OFFEROR, OFFEREE] {
        assert!(follower.lacking_openings(Some(reader), settled).unwrap().is_empty());
        assert!(follower.look_for_openings(Some(reader), settled).unwrap().is_empty());
    }
}

#[tokio::test]
async fn who_becomes_party_later_seeks_the_steps_of_before_and_the_decisions_that_suspend_the_clocks() {
    let bound = "[parties.offeree]\nzh = \"受要约人\"\nen = \"Offeree\"\narticle = \"3\"\nroles = [\"subject\"]\nbound = ";
    assert!(AGENCY.contains(&format!("{bound}\"named\"")));
    let profile = AGENCY.replace(&format!("{bound}\"named\""), &format!("{bound}\"first\""));
    let venue = Venue::under(&profile).await;
    let (made, _) = venue.record(venue.offer_to(Vec::new())).await;
    let suspend = Suspend(ClockScope::Case(CASE));
    let (suspended, _) = venue.record_by(BODY, "administrator", suspend).await;
    let (other, _) = venue.record(venue.offer_to(Vec::new())).await;
    let (accepted, _) = venue.record(venue.accept()).await;

    let follower = venue.follower();
    let lacks = |height| follower.look_for_openings(Some(OFFEREE), height).unwrap();
    for height in [made, suspended, other] {
        let alone = if height == other { BTreeMap::new() } else { BTreeMap::from([(height, 1)]) };
        assert_eq!(lacks(height), alone, "at {height}");
    }
    assert_eq!(lacks(accepted), BTreeMap::from([(made, 1), (suspended, 1)]));
    for height in [made, suspended] {
        let given = venue.chain.openings_for(Some(OFFEREE), height, &[0], usize::MAX).unwrap().entries;
        follower.keep_openings(height, given).unwrap().unwrap();
    }
    assert_eq!(lacks(accepted), BTreeMap::new());
}
