//! A step as a person writes it down: TOML, with a name for each thing as the profile has it.
//!
//! ```toml
//! case = "C-4K7QPX-7-31"
//! step = "propose"
//!
//! [fields]
//! pricing = "negotiated"
//! price = "1250000"
//!
//! [documents]
//! contract = ["contract.pdf", "E-4K7QPX-1024-53"]
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use bulla_types::ReasonCode;
use serde::Deserialize;
use toml::Value;

use super::texts::{FORM_SHARE, FORM_VALUE};
use crate::config::place_in;
use crate::failure::Failure;
use crate::files;
use crate::text::Said;

/// The longest form: every field of a step at its longest is shorter.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a step says, before anything of it is checked. An empty text is no text.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Form {
    /// Identifier or digest of the profile of a new case.
    pub(super) profile: Option<String>,
    /// Procedure of a new case.
    pub(super) procedure: Option<String>,
    /// What a new case is about.
    pub(super) about: Option<String>,
    /// Number of an open case.
    pub(super) case: Option<String>,
    pub(super) step: Option<String>,
    /// As which party it is taken.
    pub(super) party: Option<String>,
    pub(super) reasons: Option<String>,
    /// Parties that the opener names.
    pub(super) parties: BTreeMap<String, String>,
    fields: BTreeMap<String, Value>,
    documents: BTreeMap<String, Value>,
}

impl Form {
    /// Reads a form.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = files::read_text(path, BYTES_MAX)?;
        Self::parse(&text).map_err(|why| malformed(why.of_thing(path.display())))
    }

    pub(super) fn parse(text: &str) -> Result<Self, Said> {
        let mut form: Self = toml::from_str(text).map_err(|error| place_in(text, &error))?;
        let texts = [&mut form.profile, &mut form.procedure, &mut form.about, &mut form.case, &mut form.step];
        for text in texts.into_iter().chain([&mut form.party, &mut form.reasons]) {
            text.take_if(|text| text.trim().is_empty());
        }
        form.parties.retain(|_, member| !member.trim().is_empty());
        Ok(form)
    }

    /// The values of each field, by name; fields without any are left out.
    pub(super) fn fields(&self) -> Result<BTreeMap<String, Vec<String>>, Failure> {
        entered("fields", &self.fields)
    }

    /// The documents of each category, as they are named.
    pub(super) fn documents(&self) -> Result<BTreeMap<String, Vec<String>>, Failure> {
        entered("documents", &self.documents)
    }
}

fn entered(part: &str, table: &BTreeMap<String, Value>) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let mut entered = BTreeMap::new();
    for (name, value) in table {
        let values = values(value).map_err(|why| malformed(why.of_thing(format!("{part}.{name}"))))?;
        if !values.is_empty() {
            entered.insert(name.clone(), values);
        }
    }
    Ok(entered)
}

fn malformed(why: Said) -> Failure {
    Failure::new(ReasonCode::Malformed, why)
}

fn values(value: &Value) -> Result<Vec<String>, Said> {
    let values = match value {
        Value::Array(items) => items.iter().map(one).collect::<Result<Vec<_>, _>>()?,
        single => vec![one(single)?],
    };
    Ok(values.into_iter().filter(|text| !text.trim().is_empty()).collect())
}

fn one(value: &Value) -> Result<String, Said> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(answer) => Ok(answer.to_string()),
        Value::Datetime(date) => Ok(date.to_string()),
        Value::Table(table) => match (table.get("member"), table.get("share"), table.len()) {
            (Some(member), Some(share), 2) => Ok(format!("{}={}", one(member)?, one(share)?)),
            _ => Err(FORM_SHARE.into()),
        },
        Value::Float(_) | Value::Array(_) => Err(FORM_VALUE.into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn values_are_written_as_toml_has_them() {
        let form = Form::parse(
            "step = 'a'\nreasons = ' '\n[fields]\ntext = '甲'\nnumber = 7\nanswer = true\nday = 2026-01-31\n\
             list = ['a', 'b']\nempty = ''\nnone = []\nowners = [{ member = 'M-1', share = '60%' }, { member = 2, share = '40%' }]\n",
        )
        .unwrap();
        assert_eq!((form.step.as_deref(), form.reasons.as_deref()), (Some("a"), None));
        let fields = form.fields().unwrap();
        for (name, expected) in [
            ("text", &["甲"][..]),
            ("number", &["7"][..]),
            ("answer", &["true"][..]),
            ("day", &["2026-01-31"][..]),
            ("list", &["a", "b"][..]),
            ("owners", &["M-1=60%", "2=40%"][..]),
        ] {
            assert_eq!(fields[name], expected, "{name}");
        }
        assert!(!fields.contains_key("empty") && !fields.contains_key("none"));
    }

    #[test]
    fn what_cannot_be_a_value_is_told_with_its_field() {
        for (text, named) in [
            ("[fields]\na = 1.5", "fields.a"),
            ("[fields]\na = [['b']]", "fields.a"),
            ("[fields]\na = { copy = 'b' }", "fields.a"),
            ("[documents]\na = 1.5", "documents.a"),
            ("[fields]\na = [{ member = 1 }]", "fields.a"),
        ] {
            let form = Form::parse(text).unwrap();
            let failure = form.fields().and(form.documents()).unwrap_err();
            assert_eq!(failure.reason, ReasonCode::Malformed);
            assert!(failure.detail.zh.starts_with(named), "{failure:?}");
        }
        let wrong = Form::parse("\nsteps = 'a'").unwrap_err();
        assert!(wrong.zh.contains("第 2 行第 1 列") && wrong.zh.contains("steps"), "{}", wrong.zh);
    }
}
