//! `bulla network plan`.

use std::path::PathBuf;

use bulla_types::{AccessToEntries, FoundingPlan, Lang, LedgerClass, PlannedFounder, Role, Roles};
use serde::Serialize;

use super::founding::aloud;
use super::texts::{
    BEGINS_LATER, BODIES_SIGN, BODIES_SIGN_VALUE, CLOCK_UP_TO, CLOCK_UP_TO_VALUE, COMPARE_PLAN, DEPOSITORS,
    ENTRIES_FOR, LABEL, LEDGER_BEGINS, NODE_RUN, PLAN_DIGEST, POWER, VALIDATORS, VALIDATORS_VALUE,
};
use crate::context::Context;
use crate::failure::Failure;
use crate::founding::read_plan;
use crate::messages::{CREDIT_CODE, LEDGER, NAME, NUMBER, ROLES};
use crate::output::{Show, facts, table};
use crate::when;
use crate::words::Word;

/// Check a plan and show it with its digest | 检查创立方案并显示其内容与摘要
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The plan | 创立方案
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let plan = read_plan(&self.plan)?;
        if let Some(ms) = plan.time().0.checked_sub(when::now().0).filter(|ms| *ms > 0) {
            context.note(&BEGINS_LATER.fill(context.lang, &[&when::span(ms, context.lang)]));
        }
        context.show(&Shown::of(&plan))
    }
}

#[derive(Serialize)]
struct Shown {
    digest: String,
    class: &'static str,
    name: String,
    time: String,
    time_ms: u64,
    test_clock_speed_max: Option<u32>,
    admin_threshold: u32,
    registration_bodies: usize,
    validators: usize,
    validators_to_spare: usize,
    evidence_roles: Vec<&'static str>,
    entry_access: &'static str,
    founders: Vec<Founder>,
    #[serde(skip)]
    plan: FoundingPlan,
}

#[derive(Serialize)]
struct Founder {
    member: u64,
    label: String,
    name: String,
    name_en: Option<String>,
    credit_code: String,
    roles: Vec<&'static str>,
    node: &'static str,
    power: u64,
}

impl Shown {
    fn of(plan: &FoundingPlan) -> Self {
        let founders = plan.founders();
        let codes = |roles: Roles| roles.iter().map(Word::code).collect::<Vec<_>>();
        let is_body = |founder: &&PlannedFounder| founder.roles.contains(Role::RegistrationBody);
        let shown = |(member, founder): (u64, &PlannedFounder)| Founder {
            member,
            label: founder.label.to_string(),
            name: founder.name.to_string(),
            name_en: founder.name_en.as_ref().map(ToString::to_string),
            credit_code: founder.credit_code.to_string(),
            roles: codes(founder.roles),
            node: founder.node.kind().code(),
            power: founder.node.power(),
        };
        Self {
            digest: plan.digest().to_string(),
            class: plan.class().code(),
            name: plan.name().to_string(),
            time: when::show(plan.time()),
            time_ms: plan.time().0,
            test_clock_speed_max: plan.test_clock().map(|clock| clock.speed_max),
            admin_threshold: plan.parameters().admin_threshold,
            registration_bodies: founders.iter().filter(is_body).count(),
            validators: founders.iter().filter(|founder| founder.node.power() > 0).count(),
            validators_to_spare: plan.validators_to_spare(),
            evidence_roles: codes(plan.parameters().evidence_roles),
            entry_access: plan.parameters().entry_access.code(),
            founders: (1..).zip(founders).map(shown).collect(),
            plan: plan.clone(),
        }
    }
}

impl Show for Shown {
    fn text(&self, lang: Lang) -> String {
        let roles = |roles: Roles| roles.iter().map(|role| role.of(lang)).collect::<Vec<_>>().join(", ");
        let (class, access): (LedgerClass, AccessToEntries) =
            (self.plan.class(), self.plan.parameters().entry_access);
        let clock = self.test_clock_speed_max.map(|speed| CLOCK_UP_TO_VALUE.fill(lang, &[&speed]));
        let head = facts([
            (LEDGER.of(lang), format!("{} ({})", self.name, class.of(lang))),
            (LEDGER_BEGINS.of(lang), self.time.clone()),
            (CLOCK_UP_TO.of(lang), clock.unwrap_or_default()),
            (
                BODIES_SIGN.of(lang),
                BODIES_SIGN_VALUE.fill(lang, &[&self.admin_threshold, &self.registration_bodies]),
            ),
            (
                VALIDATORS.of(lang),
                VALIDATORS_VALUE.fill(lang, &[&self.validators, &self.validators_to_spare]),
            ),
            (DEPOSITORS.of(lang), roles(self.plan.parameters().evidence_roles)),
            (ENTRIES_FOR.of(lang), access.of(lang).to_owned()),
            (PLAN_DIGEST.of(lang), aloud(&self.digest)),
        ]);
        let heading = [NUMBER, LABEL, NAME, CREDIT_CODE, ROLES, NODE_RUN, POWER].map(|text| text.of(lang));
        let rows = self.founders.iter().zip(self.plan.founders()).map(|(shown, founder)| {
            let name = match (lang, &shown.name_en) {
                (Lang::En, Some(english)) => format!("{} ({english})", shown.name),
                _ => shown.name.clone(),
            };
            let power = if shown.power == 0 { String::new() } else { shown.power.to_string() };
            let node = founder.node.kind().of(lang).to_owned();
            let code = shown.credit_code.clone();
            [shown.member.to_string(), shown.label.clone(), name, code, roles(founder.roles), node, power]
        });
        format!("{head}\n\n{}\n\n{}", table(heading, rows), COMPARE_PLAN.of(lang))
    }
}
