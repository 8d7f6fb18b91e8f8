//! The parameters by the names that they have in `docs/formats/genesis.md`.

use std::collections::BTreeSet;

use bulla_types::{OutageRule, Parameters, Roles};

use crate::complaints::{PARAMETER_FIXED, PARAMETER_UNKNOWN, PARAMETER_VALUE};
use crate::mistake::Mistake;
use crate::text::Said;
use crate::words::{self, Word};

/// Names of what a change can set, and of what it cannot.
const FIXED: [&str; 2] = ["protocol_version", "second_log"];

/// A number among the parameters.
enum Number<'p> {
    Short(&'p mut u32),
    Long(&'p mut u64),
}

type NumberOf = fn(&mut Parameters) -> Number<'_>;

const NUMBERS: &[(&str, NumberOf)] = &[
    ("block_bytes_max", |p| Number::Long(&mut p.block_bytes_max)),
    ("block_entries_max", |p| Number::Short(&mut p.block_entries_max)),
    ("request_window_ms", |p| Number::Long(&mut p.request_window_ms)),
    ("time_bound_ms", |p| Number::Long(&mut p.time_bound_ms)),
    ("heartbeat_ms", |p| Number::Long(&mut p.heartbeat_ms)),
    ("admin_threshold", |p| Number::Short(&mut p.admin_threshold)),
    ("block_interval_ms", |p| Number::Short(&mut p.block_interval_ms)),
    ("timeouts.propose_ms", |p| Number::Short(&mut p.timeouts.propose_ms)),
    ("timeouts.propose_delta_ms", |p| Number::Short(&mut p.timeouts.propose_delta_ms)),
    ("timeouts.prevote_ms", |p| Number::Short(&mut p.timeouts.prevote_ms)),
    ("timeouts.prevote_delta_ms", |p| Number::Short(&mut p.timeouts.prevote_delta_ms)),
    ("timeouts.precommit_ms", |p| Number::Short(&mut p.timeouts.precommit_ms)),
    ("timeouts.precommit_delta_ms", |p| Number::Short(&mut p.timeouts.precommit_delta_ms)),
    ("timeouts.rebroadcast_ms", |p| Number::Short(&mut p.timeouts.rebroadcast_ms)),
];
const EVIDENCE_ROLES: &str = "evidence_roles";
const ENTRY_ACCESS: &str = "entry_access";
const OUTAGE: &str = "outage";

/// A parameter with the value that it shall have, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    name: String,
    value: String,
}

impl Setting {
    /// `FIELD=VALUE`; the name must be one of the parameters.
    pub(super) fn parse(text: &str) -> Result<Self, Mistake> {
        let unknown = || Mistake(PARAMETER_UNKNOWN.with(&[&names().join(", ")]));
        let (name, value) = text.split_once('=').ok_or_else(unknown)?;
        if FIXED.contains(&name) {
            return Err(Mistake(PARAMETER_FIXED.with(&[&name])));
        }
        if !names().contains(&name) {
            return Err(unknown());
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }

    /// The first parameter that is named again: of its two values nobody knows which one is meant.
    pub(super) fn twice(settings: &[Self]) -> Option<&str> {
        let mut named = BTreeSet::new();
        settings.iter().map(|setting| setting.name.as_str()).find(|name| !named.insert(*name))
    }

    /// Writes the value.
    pub(super) fn apply(&self, parameters: &mut Parameters) -> Result<(), Said> {
        let Self { name, value } = self;
        let wrong = || PARAMETER_VALUE.with(&[name, value]);
        if let Some((_, number)) = NUMBERS.iter().find(|(known, _)| known == name) {
            match number(parameters) {
                Number::Short(number) => *number = value.parse().map_err(|_| wrong())?,
                Number::Long(number) => *number = value.parse().map_err(|_| wrong())?,
            }
            return Ok(());
        }
        match name.as_str() {
            EVIDENCE_ROLES => {
                let roles = value.split(',').map(words::parse).collect::<Result<Vec<_>, _>>();
                parameters.evidence_roles =
                    Roles::new(roles.map_err(|mistake| mistake.0)?).ok_or_else(wrong)?;
            }
            ENTRY_ACCESS => {
                parameters.entry_access = words::parse(value).map_err(|mistake| mistake.0)?;
            }
            _ => {
                parameters.outage = match value.as_str() {
                    "none" => None,
                    value => Some(outage(value).ok_or_else(wrong)?),
                };
            }
        }
        Ok(())
    }
}

/// `LONGER_THAN_MS/HELD_MS`.
fn outage(value: &str) -> Option<OutageRule> {
    let (longer_than_ms, held_ms) = value.split_once('/')?;
    Some(OutageRule { longer_than_ms: longer_than_ms.parse().ok()?, held_ms: held_ms.parse().ok()? })
}

fn names() -> Vec<&'static str> {
    let numbers = NUMBERS.iter().map(|(name, _)| *name);
    numbers.chain([EVIDENCE_ROLES, ENTRY_ACCESS, OUTAGE]).collect()
}

/// Every parameter with its value, as a setting writes it.
pub(super) fn all(parameters: &Parameters) -> Vec<(&'static str, String)> {
    let mut copy = parameters.clone();
    let mut fields = vec![("protocol_version", parameters.protocol_version.to_string())];
    for (name, number) in NUMBERS {
        let value = match number(&mut copy) {
            Number::Short(number) => number.to_string(),
            Number::Long(number) => number.to_string(),
        };
        fields.push((name, value));
    }
    let roles: Vec<_> = parameters.evidence_roles.iter().map(Word::code).collect();
    let outage = parameters
        .outage
        .map_or_else(|| "none".to_owned(), |rule| format!("{}/{}", rule.longer_than_ms, rule.held_ms));
    let second_log = if parameters.second_log == bulla_types::SecondLog::Sm3 { "sm3" } else { "none" };
    fields.extend([
        (EVIDENCE_ROLES, roles.join(",")),
        (ENTRY_ACCESS, parameters.entry_access.code().to_owned()),
        ("second_log", second_log.to_owned()),
        (OUTAGE, outage),
    ]);
    fields
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn set(parameters: &Parameters, text: &str) -> Parameters {
        let mut changed = parameters.clone();
        Setting::parse(text).unwrap_or_else(|_| panic!("{text}")).apply(&mut changed).unwrap();
        changed
    }

    #[test]
    fn every_parameter_is_set_under_the_name_that_it_is_shown_under() {
        let parameters = bulla_fixtures::parameters();
        for (name, value) in all(&parameters) {
            if FIXED.contains(&name) {
                assert!(Setting::parse(&format!("{name}={value}")).is_err(), "{name}");
                continue;
            }
            assert_eq!(set(&parameters, &format!("{name}={value}")), parameters, "{name}");
            let other = match name {
                EVIDENCE_ROLES => "judicial".to_owned(),
                ENTRY_ACCESS => "members".to_owned(),
                OUTAGE => "1000/2000".to_owned(),
                _ => "77777".to_owned(),
            };
            let changed = set(&parameters, &format!("{name}={other}"));
            let differing: Vec<_> =
                all(&changed).into_iter().zip(all(&parameters)).filter(|(new, old)| new != old).collect();
            assert_eq!(differing.len(), 1, "{name}");
            assert_eq!(differing[0].0, (name, other));
        }
    }

    #[test]
    fn a_parameter_that_is_named_twice_is_found() {
        let parse = |texts: &[&str]| -> Vec<Setting> {
            texts.iter().map(|text| Setting::parse(text).unwrap_or_else(|_| panic!("{text}"))).collect()
        };
        let settings = parse(&["block_entries_max=17", "heartbeat_ms=1000", "block_entries_max=18"]);
        assert_eq!(Setting::twice(&settings), Some("block_entries_max"));
        assert_eq!(Setting::twice(&settings[..2]), None);
    }

    #[test]
    fn what_is_no_parameter_or_no_value_of_one_is_refused() {
        for text in ["block_entries_max", "block_size=5", "=5"] {
            assert!(Setting::parse(text).is_err(), "{text}");
        }
        for text in ["block_entries_max=many", "evidence_roles=king", "outage=5", "entry_access=closed"] {
            let setting = Setting::parse(text).unwrap_or_else(|_| panic!("{text}"));
            assert!(setting.apply(&mut bulla_fixtures::parameters()).is_err(), "{text}");
        }
    }
}
