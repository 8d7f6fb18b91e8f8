//! `bulla clocks suspend`.

use bulla_client::{ActionRequest, AttachedFields};
use bulla_rules::{CivilDate, DaySpan};
use bulla_types::limits::SUSPENSION_DAYS_MAX;
use bulla_types::{Action, ClockScope, Lang, LedgerId, Name, Outcome, ReasonCode, SuspendClocks, TextError};
use serde::Serialize;

use super::Stopped;
use crate::complaints::{DAYS_FALL, DAYS_TOO_MANY};
use crate::context::Context;
use crate::decided::{self, Decided};
use crate::decision::DecisionArguments;
use crate::failure::Failure;
use crate::messages::{CLOCKS, FIRST_DAY, LAST_DAY, NUMBER};
use crate::mistake::Mistake;
use crate::output::{Show, facts};
use crate::parse;
use crate::signers::Needed;
use crate::text::Said;

/// Have these days not counted, by a decision of the registration bodies | 由登记机构决定：下列日期不计入期限
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    suspension: Suspension,
    #[command(flatten)]
    decision: DecisionArguments,
}

// Which days, whose clocks, by which decision. No help text: commands that have it say what they do.
#[derive(clap::Args)]
pub(crate) struct Suspension {
    /// The first day that is not counted | 不计入的首日
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    from: CivilDate,
    /// The last day that is not counted | 不计入的末日
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    until: CivilDate,
    #[command(flatten)]
    scope: Scope,
    /// The decision that orders it, by whom and why; erasable, only its commitment goes into the log | 所依决定：由谁作出、因何作出；可删除，日志中只有其承诺值
    #[arg(long, value_name = "TEXT", value_parser = parse::attached)]
    authority: String,
}

/// Whose clocks are named.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Scope {
    /// Of every case | 全部案件
    #[arg(long)]
    all: bool,
    /// Of the cases under these profiles, in whichever version | 适用这些规则配置（任何版本）的案件
    #[arg(long, value_name = "ID", num_args = 1.., value_parser = profile)]
    profile: Vec<Name>,
    /// Of this case | 该案件
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let days = self.suspension.days()?;
        let suspended = context.run(async {
            let client = context.client().await?;
            let request = self.suspension.request(client.ledger_id())?;
            let scope = request.scope.clone();
            let act = self.decision.begin(context, &client, Needed::Bodies).await?.action(request);
            let receipt = self.decision.submit(context, &client, act).await?;
            let (first, last) = (days.first().to_number(), days.last().to_number());
            let stopped = Stopped::new(first, last, &scope, client.ledger_id());
            let number = decided::outcomes(&receipt).into_iter().find_map(|outcome| match outcome {
                Outcome::Suspension(number) => Some(number.0),
                _ => None,
            });
            Ok(Suspended { number, stopped, decided: Decided::new(client.ledger_id(), &receipt) })
        })?;
        context.show(&suspended)
    }
}

impl Suspension {
    /// What is asked of this ledger.
    pub(crate) fn request(&self, ledger: LedgerId) -> Result<Request, Failure> {
        let scope = self.scope.read(ledger)?;
        Ok(Request { days: self.days()?, scope, authority: self.authority.clone() })
    }

    fn days(&self) -> Result<DaySpan, Failure> {
        days(self.from, self.until)
    }
}

/// The days, as far as they say themselves that they are wrong. Whatever else is, the ledger says.
fn days(first: CivilDate, last: CivilDate) -> Result<DaySpan, Failure> {
    let invalid = |why| Failure::new(ReasonCode::SuspensionInvalid, why);
    let span = DaySpan::new(first, last).ok_or_else(|| invalid(DAYS_FALL.with(&[&last, &first])))?;
    let days = last.days_since(first).saturating_add(1);
    if days > SUSPENSION_DAYS_MAX {
        return Err(invalid(DAYS_TOO_MANY.with(&[&first, &last, &days, &SUSPENSION_DAYS_MAX])));
    }
    Ok(span)
}

impl Scope {
    fn read(&self, ledger: LedgerId) -> Result<ClockScope, Failure> {
        Ok(match &self.case {
            Some(named) => ClockScope::Case(parse::case(named, ledger)?),
            None if self.all => ClockScope::Ledger,
            None => ClockScope::Profiles(self.profile.iter().cloned().collect()),
        })
    }
}

fn profile(text: &str) -> Result<Name, Mistake> {
    text.parse().map_err(|error: TextError| Mistake(Said::english(error)))
}

/// Suspends clocks; the text of the decision stays outside the log.
pub(crate) struct Request {
    days: DaySpan,
    scope: ClockScope,
    authority: String,
}

impl ActionRequest for Request {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        Action::SuspendClocks(SuspendClocks {
            first_day: self.days.first().to_number(),
            last_day: self.days.last().to_number(),
            scope: self.scope,
            authority: attached.attach("authority", self.authority),
        })
    }
}

/// A suspension that is in force now.
#[derive(Serialize)]
struct Suspended {
    /// Under which `clocks list` names it.
    number: Option<u64>,
    #[serde(flatten)]
    stopped: Stopped,
    #[serde(flatten)]
    decided: Decided,
}

impl Show for Suspended {
    fn text(&self, lang: Lang) -> String {
        let Stopped { first_day, last_day, clocks } = &self.stopped;
        let head = [
            (NUMBER.of(lang), self.number.map(|number| number.to_string()).unwrap_or_default()),
            (CLOCKS.of(lang), clocks.line(lang)),
            (FIRST_DAY.of(lang), first_day.clone()),
            (LAST_DAY.of(lang), last_day.clone()),
        ];
        facts(head.into_iter().chain(self.decided.facts(lang)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::CaseNumber;
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn read(scope: &[&str]) -> Result<Arguments, clap::Error> {
        let days = ["suspend", "--from", "2025-10-01", "--until", "2025-10-08", "--authority", "〔2025〕7号"];
        let line = Line::try_parse_from(days.iter().chain(scope))?;
        Ok(line.arguments)
    }

    fn scope(named: &[&str]) -> ClockScope {
        read(named).unwrap().suspension.scope.read(LedgerId::from_bytes([7; 32])).unwrap()
    }

    #[test]
    fn clocks_are_those_of_every_case_of_profiles_or_of_one_case() {
        assert_eq!(scope(&["--all"]), ClockScope::Ledger);
        assert_eq!(scope(&["--case", "12"]), ClockScope::Case(CaseNumber(12)));
        let profiles =
            ClockScope::Profiles(["cn-a", "cn-b"].map(|id| id.parse().unwrap()).into_iter().collect());
        assert_eq!(scope(&["--profile", "cn-b", "cn-a"]), profiles);
        assert_eq!(scope(&["--profile", "cn-a", "--profile", "cn-b", "--profile", "cn-a"]), profiles);
    }

    #[test]
    fn whose_clocks_is_said_once() {
        for scope in [&[][..], &["--all", "--case", "12"], &["--profile", "cn-a", "--all"], &["--profile"]] {
            assert!(read(scope).is_err(), "{scope:?}");
        }
    }
}
