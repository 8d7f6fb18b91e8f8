//! A node whose member 1 keeps a small register, and people who come to it.

use bulla_client::{
    ActionRequest, AdoptedProfile, AttachedFields, CaseReport, Client, ProfileRef, Signer, StepBuilder,
    StepRequest, TransactionBuilder,
};
use bulla_fixtures::stage::{adopted_by, calendar_year};
use bulla_fixtures::{credit_code, key, organisation};
use bulla_rules::CivilDate;
use bulla_rules::profile::{Profile, text::parse};
use bulla_types::{
    Action, AdoptCalendar, AdoptProfile, Canonical, CaseNumber, ClockScope, KeyPurpose, MemberNumber, Role,
    Submission, SuspendClocks,
};

use crate::served::Served;

pub const REGISTRY: MemberNumber = MemberNumber(1);
pub const APPLICANT: MemberNumber = MemberNumber(3);

pub fn registry() -> Signer {
    Signer::new(REGISTRY, key("registry"))
}

pub fn applicant() -> Signer {
    Signer::new(APPLICANT, key("applicant"))
}

/// The register of the tests of the engine, as member 1 has adopted it.
pub fn register() -> Profile {
    let (profile, _) = parse(include_str!("../../../ledger/tests/profiles/register.toml")).unwrap();
    adopted_by(profile, credit_code(1))
}

struct Suspend(CivilDate);

impl ActionRequest for Suspend {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let day = self.0.to_number();
        let authority = attached.attach("authority", "某决定".to_owned());
        let scope = ClockScope::Ledger;
        Action::SuspendClocks(SuspendClocks { first_day: day, last_day: day, scope, authority })
    }
}

pub struct Office {
    pub node: Served,
    /// Reads as the applicant.
    pub client: Client,
    pub adopted: AdoptedProfile,
}

impl Office {
    /// The register is in force, and member 3 is enrolled.
    pub async fn on(node: Served) -> Self {
        let administrator = Signer::new(REGISTRY, key("administrator"));
        let begin = || TransactionBuilder::new(node.genesis().ledger_id()).signer(&administrator);
        let transaction = begin();
        let keys = vec![transaction.declare_key(KeyPurpose::Operate, &key("applicant"))];
        let enrol = Action::EnrolMember(organisation(3, "某某数据公司", &[Role::Subject], keys));
        let adopt = Action::AdoptProfile(AdoptProfile { profile: register().encode().into() });
        let year = Action::AdoptCalendar(AdoptCalendar { year: calendar_year(2026).encode().into() });
        for transaction in [transaction.action(enrol), begin().action(adopt), begin().action(year)] {
            node.admit(&transaction.build().unwrap()).await;
            node.commit();
        }
        let client = node.client().await.reading_as(applicant()).unwrap();
        let adopted = client.profile(&ProfileRef::InForce(register().id)).await.unwrap();
        Self { node, client, adopted }
    }

    /// The clocks of every case are suspended on this day.
    pub async fn suspend(&self, day: CivilDate) {
        let administrator = Signer::new(REGISTRY, key("administrator"));
        let transaction = TransactionBuilder::new(self.node.genesis().ledger_id())
            .signer(&administrator)
            .action(Suspend(day));
        self.node.admit(&transaction.build().unwrap()).await;
        self.node.commit();
    }

    pub fn sign(&self, signer: &Signer, request: StepRequest) -> Submission {
        TransactionBuilder::new(self.node.genesis().ledger_id())
            .signer(signer)
            .action(request)
            .build()
            .unwrap()
    }

    pub async fn record(&self, signer: &Signer, request: StepRequest) {
        self.node.admit(&self.sign(signer, request)).await;
        self.node.commit();
    }

    pub fn application(&self, asset: u8) -> StepRequest {
        let digest = format!("sha256:{}", hex::encode([asset; 32]));
        let ledger = self.node.genesis().ledger_id();
        let step = StepBuilder::opening(ledger, &self.adopted, "registration", "apply").unwrap();
        let step = step.actor("applicant", APPLICANT).unwrap().field("code", &digest).unwrap();
        let step = step.field("form", "dataset").unwrap().field("name", &format!("资产 {asset}")).unwrap();
        step.document("application", &digest).unwrap().finish().unwrap()
    }

    /// Applications for this many assets: cases 1 and on.
    pub async fn apply(&self, count: u8) {
        for asset in 1..=count {
            self.record(&applicant(), self.application(asset)).await;
        }
    }

    pub fn step<'c>(&'c self, case: &'c CaseReport, step: &str) -> StepBuilder<'c> {
        StepBuilder::of_case(self.node.genesis().ledger_id(), &self.adopted, case, step).unwrap()
    }

    /// The registry takes a step without fields.
    pub async fn decide(&self, case: u64, step: &str, reasons: Option<&str>) {
        let report = self.client.case(CaseNumber(case)).await.unwrap();
        let mut builder = self.step(&report, step).actor("registry", REGISTRY).unwrap();
        if let Some(reasons) = reasons {
            builder = builder.reasons(reasons).unwrap();
        }
        self.record(&registry(), builder.finish().unwrap()).await;
    }
}
