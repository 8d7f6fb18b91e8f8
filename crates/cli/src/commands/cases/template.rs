//! `bulla registration template`, `bulla trade template`.

use std::path::Path;
use std::rc::Rc;

use bulla_rules::profile::{Actor, Procedure, Profile, ProfileKind, Step};
use bulla_types::{Lang, ProfileDigest, ReasonCode};
use serde::Serialize;

use super::kind;
use super::page::Page;
use super::texts::{NAME_ONE_OF, NO_SUCH_PROCEDURE, NO_SUCH_STEP, PROFILE_OR_CASE};
use crate::commands::profile;
use crate::context::Context;
use crate::failure::Failure;
use crate::lookup::{self, Lookup};
use crate::output::Show;
use crate::parse;
use crate::text::{Said, Text};

/// Print a step as a form to fill in, for open --from and step --from | 输出步骤的填写模板，供 open --from 与 step --from 使用
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The step; without it, the only one that can be meant | 步骤，只有一个可选时可省略
    #[arg(value_name = "STEP")]
    step: Option<String>,
    /// Profile of a new case: its identifier or digest on the ledger, or a file | 新案件的规则配置：账本上的标识或摘要，或文件
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Procedure of a new case | 新案件的程序
    #[arg(long, value_name = "PROCEDURE")]
    procedure: Option<String>,
    /// An open case | 办理中的案件
    #[arg(long, value_name = "CASE", conflicts_with_all = ["profile", "procedure"])]
    case: Option<String>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context, wanted: ProfileKind) -> Result<u8, Failure> {
        let template = match (&self.case, &self.profile) {
            (Some(case), _) => context.run(self.of_case(context, wanted, case))?,
            (None, Some(named)) => {
                let profile = read_profile(context, named)?;
                kind::require(&profile, wanted)?;
                let procedure = choose_procedure(&profile, self.procedure.as_deref())?;
                let opening = procedure.opening_steps().collect();
                let step = choose_step(opening, self.step.as_deref())?;
                Template::new(&Page { profile: &profile, procedure, step, case: None, lang: context.lang })
            }
            (None, None) => return Err(Failure::usage(PROFILE_OR_CASE)),
        };
        context.show(&template)
    }

    async fn of_case(&self, context: &Context, wanted: ProfileKind, case: &str) -> Result<Template, Failure> {
        let client = context.client().await?;
        let number = parse::case(case, client.ledger_id())?;
        let record = client.case(number).await?.record;
        if !record.is_open() {
            return Err(Failure::new(ReasonCode::CaseEnded, Said::name(case)));
        }
        let profile = Lookup::new(&client).profile(record.profile).await?;
        kind::require(&profile, wanted)?;
        let procedure = choose_procedure(&profile, Some(record.procedure.as_str()))?;
        // A step that is not taken in this state may be prepared for another.
        let steps = match &self.step {
            Some(_) => procedure.steps.iter().filter(|step| !step.opens()).collect(),
            None => procedure.steps_from(record.state.as_str()).collect(),
        };
        let step = choose_step(steps, self.step.as_deref())?;
        let case = lookup::identifier(client.ledger_id(), bulla_types::Subject::Case(number));
        let page = Page { profile: &profile, procedure, step, case: Some(case), lang: context.lang };
        Ok(Template::new(&page))
    }
}

/// A profile in a file, or on the ledger by its identifier or digest.
fn read_profile(context: &Context, named: &str) -> Result<Rc<Profile>, Failure> {
    if Path::new(named).is_file() {
        return profile::read_file(named.as_ref()).map(Rc::new);
    }
    context.run(async {
        let client = context.client().await?;
        Ok(on_ledger(&mut Lookup::new(&client), named).await?.1)
    })
}

/// A profile on the ledger: by digest whichever it is, by identifier the version in force.
pub(super) async fn on_ledger(
    lookup: &mut Lookup<'_>,
    named: &str,
) -> Result<(ProfileDigest, Rc<Profile>), Failure> {
    match named.parse::<ProfileDigest>() {
        Ok(digest) => Ok((digest, lookup.profile(digest).await?)),
        Err(_) => lookup.in_force(named).await,
    }
}

/// The procedure of this name, or the only one.
pub(super) fn choose_procedure<'p>(
    profile: &'p Profile,
    named: Option<&str>,
) -> Result<&'p Procedure, Failure> {
    let names = || profile.procedures.iter().map(|procedure| procedure.head.name.to_string());
    match (named, profile.procedures.as_slice()) {
        (Some(name), _) => {
            profile.procedures.get(name).ok_or_else(|| no_such(NO_SUCH_PROCEDURE, name, names()))
        }
        (None, [only]) => Ok(only),
        (None, _) => Err(Failure::usage(NAME_ONE_OF.with(&[&"--procedure", &list(names())]))),
    }
}

/// The step of this name among those that members take, or the only one.
pub(super) fn choose_step<'p>(steps: Vec<&'p Step>, named: Option<&str>) -> Result<&'p Step, Failure> {
    let mut steps: Vec<_> = steps.into_iter().filter(|step| matches!(step.by, Actor::Parties(_))).collect();
    steps.sort_by_key(|step| step.order);
    let names = || steps.iter().map(|step| step.head.name.to_string());
    match (named, steps.as_slice()) {
        (Some(name), _) => {
            let found = steps.iter().find(|step| step.head.name == *name);
            found.copied().ok_or_else(|| no_such(NO_SUCH_STEP, name, names()))
        }
        (None, [only]) => Ok(only),
        (None, _) => Err(Failure::usage(NAME_ONE_OF.with(&[&"STEP", &list(names())]))),
    }
}

fn no_such(what: Text, name: &str, known: impl Iterator<Item = String>) -> Failure {
    let known = list(known);
    Failure::new(ReasonCode::StepUnknown, what.with(&[&name, &known]))
}

fn list(names: impl Iterator<Item = String>) -> Said {
    let names: Vec<_> = names.collect();
    Said { en: names.join(", "), zh: names.join("、") }
}

/// A form to fill in.
#[derive(Serialize)]
struct Template {
    profile: String,
    procedure: String,
    step: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    /// TOML.
    form: String,
}

impl Template {
    fn new(page: &Page<'_>) -> Self {
        Self {
            profile: page.profile.id.to_string(),
            procedure: page.procedure.head.name.to_string(),
            step: page.step.head.name.to_string(),
            case: page.case.clone(),
            form: page.text(),
        }
    }
}

impl Show for Template {
    fn text(&self, _: Lang) -> String {
        self.form.trim_end().to_owned()
    }
}
