//! The plan as its founders write and read it: a TOML text. What it says is checked by `bulla-types`; here is where
//! it stands.

use std::path::Path;

use bulla_types::{
    AccessToEntries, Canonical, DecodeError, FounderNode, FoundingPlan, LedgerClass, MemberKind, ReasonCode,
    Role, SecondLog, proto,
};
use serde::Deserialize;
use toml::Spanned;

use super::place;
use crate::config::{place_at, place_in};
use crate::failure::{Failure, exit};
use crate::files;
use crate::text::Said;
use crate::when;
use crate::words::{self, Word};

/// The longest plan, comments included.
const BYTES_MAX: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanText {
    version: u32,
    class: Spanned<String>,
    name: String,
    time: Spanned<String>,
    test_clock: Option<TestClockText>,
    parameters: ParametersText,
    founders: Vec<FounderText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestClockText {
    speed_max: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParametersText {
    protocol_version: u32,
    block_bytes_max: u64,
    block_entries_max: u32,
    block_interval_ms: u32,
    request_window_ms: u64,
    time_bound_ms: u64,
    heartbeat_ms: u64,
    admin_threshold: u32,
    evidence_roles: Vec<Spanned<String>>,
    entry_access: Spanned<String>,
    second_log: Spanned<String>,
    timeouts: TimeoutsText,
    outage: Option<OutageText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeoutsText {
    propose_ms: u32,
    propose_delta_ms: u32,
    prevote_ms: u32,
    prevote_delta_ms: u32,
    precommit_ms: u32,
    precommit_delta_ms: u32,
    rebroadcast_ms: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutageText {
    longer_than_ms: u64,
    held_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FounderText {
    label: String,
    kind: Spanned<String>,
    name: String,
    #[serde(default)]
    name_en: String,
    credit_code: String,
    roles: Vec<Spanned<String>>,
    node: Spanned<String>,
    #[serde(default)]
    power: u64,
}

/// Reads a plan.
pub(crate) fn read_plan(path: &Path) -> Result<FoundingPlan, Failure> {
    let text = files::read_text(path, BYTES_MAX)?;
    parse(&text).map_err(|why| invalid_plan(path, why))
}

/// A plan that is none, or that cannot be followed.
fn invalid_plan(path: &Path, why: Said) -> Failure {
    Failure {
        exit: exit::USAGE,
        ..Failure::new(ReasonCode::FoundingPlanInvalid, why.of_thing(path.display()))
    }
}

fn parse(text: &str) -> Result<FoundingPlan, Said> {
    let written: PlanText = toml::from_str(text).map_err(|error| place_in(text, &error))?;
    let message = written.into_message().map_err(|(start, why)| place_at(text, start, &why))?;
    FoundingPlan::from_message(message).map_err(|error| placed(text, &error))
}

/// A field that breaks a rule, where the text has it.
fn placed(text: &str, error: &DecodeError) -> Said {
    let path = match error.path() {
        "time_ms" => "time",
        path => path,
    };
    let why = Said::english(error);
    match place::of_path(text, path) {
        Some(start) => place_at(text, start, &why),
        None => why,
    }
}

/// A word that is not known, and where it begins.
type Wrong = (usize, Said);

fn word<W: Word>(written: &Spanned<String>) -> Result<W, Wrong> {
    words::parse(written.get_ref()).map_err(|mistake| (written.span().start, mistake.0))
}

/// Roles are a set: their order and how often one is named say nothing.
fn roles(written: &[Spanned<String>]) -> Result<Vec<i32>, Wrong> {
    let mut roles =
        written.iter().map(|role| Ok(word::<Role>(role)?.to_wire())).collect::<Result<Vec<_>, _>>()?;
    roles.sort_unstable();
    roles.dedup();
    Ok(roles)
}

impl PlanText {
    fn into_message(self) -> Result<proto::FoundingPlan, Wrong> {
        let class = word::<LedgerClass>(&self.class)?;
        let time = when::parse(self.time.get_ref()).map_err(|why| (self.time.span().start, why))?;
        let founders = self.founders.into_iter().map(FounderText::into_message);
        Ok(proto::FoundingPlan {
            version: self.version,
            class: class.to_wire(),
            name: self.name,
            time_ms: time.0,
            parameters: Some(self.parameters.into_message()?),
            founders: founders.collect::<Result<_, _>>()?,
            test_clock: self.test_clock.map(|clock| proto::TestClock { speed_max: clock.speed_max }),
        })
    }
}

impl ParametersText {
    fn into_message(self) -> Result<proto::Parameters, Wrong> {
        let outage = self
            .outage
            .map(|OutageText { longer_than_ms, held_ms }| proto::OutageRule { longer_than_ms, held_ms });
        Ok(proto::Parameters {
            protocol_version: self.protocol_version,
            block_bytes_max: self.block_bytes_max,
            block_entries_max: self.block_entries_max,
            request_window_ms: self.request_window_ms,
            time_bound_ms: self.time_bound_ms,
            heartbeat_ms: self.heartbeat_ms,
            admin_threshold: self.admin_threshold,
            evidence_roles: roles(&self.evidence_roles)?,
            entry_access: word::<AccessToEntries>(&self.entry_access)?.to_wire(),
            second_log: word::<SecondLog>(&self.second_log)?.to_wire(),
            timeouts: Some(self.timeouts.into_message()),
            block_interval_ms: self.block_interval_ms,
            outage,
        })
    }
}

impl TimeoutsText {
    fn into_message(self) -> proto::ConsensusTimeouts {
        proto::ConsensusTimeouts {
            propose_ms: self.propose_ms,
            propose_delta_ms: self.propose_delta_ms,
            prevote_ms: self.prevote_ms,
            prevote_delta_ms: self.prevote_delta_ms,
            precommit_ms: self.precommit_ms,
            precommit_delta_ms: self.precommit_delta_ms,
            rebroadcast_ms: self.rebroadcast_ms,
        }
    }
}

impl FounderText {
    fn into_message(self) -> Result<proto::PlannedFounder, Wrong> {
        Ok(proto::PlannedFounder {
            label: self.label,
            kind: word::<MemberKind>(&self.kind)?.to_wire(),
            name: self.name,
            name_en: self.name_en,
            credit_code: self.credit_code,
            roles: roles(&self.roles)?,
            node: word::<FounderNode>(&self.node)?.to_wire(),
            power: self.power,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::{Lang, PlannedNode};

    use super::*;
    use crate::commands::network::template;

    const ANSWERS: [(&str, &str); 15] = [
        ("class = \"\"", "class = \"production\""),
        ("\nname = \"\"", "\nname = \"贵州数据要素登记账本\""),
        ("time = \"\"", "time = \"2026-12-01T09:00:00+08:00\""),
        ("admin_threshold = 0", "admin_threshold = 1"),
        ("evidence_roles = []", "evidence_roles = [\"exchange\", \"registration-body\", \"exchange\"]"),
        ("entry_access = \"\"", "entry_access = \"members\""),
        ("second_log = \"\"", "second_log = \"sm3\""),
        ("label = \"\"", "label = \"registry-1\""),
        ("kind = \"\"", "kind = \"legal-person\""),
        ("\nname = \"\"", "\nname = \"贵州登记中心\""),
        ("name_en = \"\"", "name_en = \"Guizhou Registry\""),
        ("credit_code = \"\"", "credit_code = \"91350100M000100Y43\""),
        ("roles = []", "roles = [\"registration-body\"]"),
        ("node = \"\"", "node = \"validator\""),
        ("power = 0", "power = 1"),
    ];

    /// The template of a language with so many of its blanks filled in.
    fn filled(lang: Lang, answers: usize) -> String {
        let fill = |text: String, (blank, answer): &(&str, &str)| {
            assert!(text.contains(blank), "{blank}");
            text.replacen(blank, answer, 1)
        };
        ANSWERS[..answers].iter().fold(template(lang).to_owned(), fill)
    }

    #[test]
    fn the_template_asks_for_one_thing_after_the_other_and_is_then_a_plan() {
        for lang in [Lang::En, Lang::Zh] {
            for answered in 0..ANSWERS.len() {
                let refused = parse(&filled(lang, answered)).unwrap_err();
                assert!(refused.en.starts_with("line "), "{refused:?}");
            }
        }
        let [plan, other] = [Lang::En, Lang::Zh].map(|lang| parse(&filled(lang, ANSWERS.len())).unwrap());
        assert_eq!(plan, other, "the templates differ in their comments alone");
        assert_eq!(plan.founders()[0].node, PlannedNode::Validator { power: 1 });
        assert_eq!(plan.class(), LedgerClass::Production);
        assert!(plan.parameters().evidence_roles.iter().eq([Role::RegistrationBody, Role::Exchange]));
    }

    #[test]
    fn line_ends_and_comments_of_a_plan_are_no_part_of_it() {
        let text = filled(Lang::En, ANSWERS.len());
        let with_returns = text.replace('\n', "\r\n");
        let bare: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let digests = [&text, &with_returns, &bare.join("\n")].map(|text| parse(text).unwrap().digest());
        assert_eq!(digests[0], digests[1]);
        assert_eq!(digests[0], digests[2]);
    }

    #[test]
    fn what_is_wrong_is_told_by_line_field_and_what_is_wanted() {
        let text = filled(Lang::Zh, ANSWERS.len());
        let line_of = |part: &str| text[..text.find(part).unwrap()].matches('\n').count() + 1;
        for (right, wrong, told) in [
            ("class = \"production\"", "class = \"life\"", "one of test, production is wanted"),
            ("node = \"validator\"", "node = \"miner\"", "one of none, observer, validator is wanted"),
            (
                "roles = [\"registration-body\"]",
                "roles = [\"registrar\"]",
                "registration-body, evidence-service",
            ),
            (
                "roles = [\"registration-body\"]",
                "roles = [\"exchange\"]",
                "founders[0].roles: validators are registration bodies",
            ),
            ("power = 1", "power = 0", "founders[0].power: 0 is outside 1 to"),
            ("power = 1", "power = -1", "invalid value"),
            ("91350100M000100Y43", "91350100M000100Y44", "founders[0].credit_code: the check character"),
            ("admin_threshold = 1", "admin_threshold = 2", "more registration bodies would have to sign"),
            (
                "time_bound_ms = 5000",
                "time_bound_ms = 5000000",
                "parameters.time_bound_ms: 5000000 is outside",
            ),
            (
                "protocol_version = 1",
                "protocol_version = 7",
                "parameters.protocol_version: unknown version 7",
            ),
            ("time = \"2026-12-01T09:00:00+08:00\"", "time = \"1 December\"", "is not a time"),
            ("entry_access =", "entry_acces =", "unknown field `entry_acces`"),
        ] {
            assert!(text.contains(right), "{right}");
            let refused = parse(&text.replacen(right, wrong, 1)).unwrap_err();
            let place = format!("line {}, column ", line_of(right));
            assert!(refused.en.starts_with(&place) && refused.en.contains(told), "{wrong}: {refused:?}");
            assert!(!refused.zh.contains("原文："), "{refused:?}");
        }
        let with_clock = text.replacen("[parameters]", "[test_clock]\nspeed_max = 2\n\n[parameters]", 1);
        let refused = parse(&with_clock).unwrap_err();
        assert!(
            refused.en.contains("test_clock: the clock of a ledger for use is that of the world"),
            "{refused:?}"
        );
    }

    #[test]
    fn a_text_that_nests_without_end_is_refused() {
        for text in [
            "[".repeat(BYTES_MAX / 2),
            format!("a = {}", "[".repeat(BYTES_MAX / 2)),
            "a.".repeat(BYTES_MAX / 4),
        ] {
            assert!(parse(&text).is_err());
        }
    }
}
