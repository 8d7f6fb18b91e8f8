//! What fields say: as a form has it, and in words.

use bulla_rules::CivilDate;
use bulla_rules::profile::{FieldType, Profile};
use bulla_types::{
    DigestAlgorithm, DocumentDigest, FieldContent, FieldValue, FieldValues, Lang, RuleName, Share, Shares,
    Subject,
};
use serde::Serialize;

use crate::lookup::People;
use crate::messages::{KEPT_BY_OWNER, NO, NOT_OPEN, YES};
use crate::text::Said;
use crate::titled::{self, Titled, joined};
use crate::written::quoted;

/// A field of a record, as far as it can be read here.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FieldView {
    pub(crate) field: Titled,
    /// `clear`, `attached` or `committed`; empty for a field that the profile does not know.
    disposition: &'static str,
    /// As a form has them; `None` where only the commitment can be read.
    values: Option<Vec<String>>,
    /// The same in words.
    words: Said,
    #[serde(skip_serializing_if = "Option::is_none")]
    commitment: Option<String>,
}

impl FieldView {
    /// A field with its content; `opened` is what a commitment was opened to.
    pub(crate) fn new(
        profile: &Profile,
        name: &RuleName,
        content: &FieldContent,
        opened: Option<&FieldValues>,
        people: &People,
    ) -> Self {
        use bulla_rules::profile::{Closed, Disposition};
        let rule = profile.fields.get(name.as_str());
        let disposition = rule.map(|rule| rule.disposition);
        let values = content.clear().or(opened).map(FieldValues::as_slice);
        let words = |values: &[FieldValue]| {
            let word = |value| words(profile, rule.map(|rule| &rule.of), value, people);
            let words: Vec<_> = values.iter().map(word).collect();
            let of = |lang| joined(words.iter().map(|word| word.of(lang).to_owned()), lang);
            Said { en: of(Lang::En), zh: of(Lang::Zh) }
        };
        let hidden = if disposition == Some(Disposition::Committed) { KEPT_BY_OWNER } else { NOT_OPEN };
        Self {
            field: Titled::field(profile, name.as_str()),
            disposition: disposition.map_or("", Closed::name),
            words: values.map_or_else(|| hidden.into(), words),
            values: values.map(|values| values.iter().map(|value| text(value, people)).collect()),
            commitment: match content {
                FieldContent::Clear(_) => None,
                FieldContent::Committed(commitment) => Some(commitment.0.to_string()),
            },
        }
    }

    /// Title and words.
    pub(crate) fn row(&self, lang: Lang) -> (&str, String) {
        (self.field.in_lang(lang), self.words.of(lang).to_owned())
    }
}

/// A value as a form has it.
fn text(value: &FieldValue, people: &People) -> String {
    let numbered = |subject| people.identifier(subject);
    match value {
        FieldValue::Text(text) => text.clone(),
        FieldValue::Term(term) => term.to_string(),
        FieldValue::Integer(number) => number.to_string(),
        FieldValue::Amount(minor) => amount(*minor),
        FieldValue::Ratio(ppm) => percent(*ppm),
        FieldValue::Date(number) => date(*number),
        FieldValue::Answer(answer) => answer.to_string(),
        FieldValue::CreditCode(code) => code.to_string(),
        FieldValue::Digests(digests) => {
            let digest = |digest: &DocumentDigest| {
                let name = match digest.algorithm {
                    DigestAlgorithm::Sha256 => "sha256",
                    DigestAlgorithm::Sm3 => "sm3",
                    DigestAlgorithm::Blake3 => "blake3",
                };
                format!("{name}:{}", digest.value)
            };
            digests.as_slice().iter().map(digest).collect::<Vec<_>>().join(",")
        }
        FieldValue::Member(number) => numbered(Subject::Member(*number)),
        FieldValue::Account(number) => numbered(Subject::Account(*number)),
        FieldValue::Registration(number) => numbered(Subject::Registration(*number)),
        FieldValue::Certificate(number) => numbered(Subject::Certificate(*number)),
        FieldValue::Case(number) => numbered(Subject::Case(*number)),
        FieldValue::Shares(shares) => {
            let share =
                |share: &Share| format!("{}={}", numbered(Subject::Member(share.member)), percent(share.ppm));
            shares.as_slice().iter().map(share).collect::<Vec<_>>().join(",")
        }
    }
}

/// A value in words.
fn words(profile: &Profile, of: Option<&FieldType>, value: &FieldValue, people: &People) -> Said {
    match (value, of) {
        (FieldValue::Term(term), Some(FieldType::Term { vocabulary })) => {
            titled::term(profile, vocabulary, term.as_str())
        }
        (FieldValue::Amount(minor), Some(FieldType::Amount { currency })) => {
            Said::name(format!("{} {currency}", amount(*minor)))
        }
        (FieldValue::Answer(answer), _) => if *answer { YES } else { NO }.into(),
        (FieldValue::Member(member), _) => Said::name(people.person(*member).line()),
        (FieldValue::Shares(shares), _) => Said::name(self::shares(shares, people)),
        _ => Said::name(quoted(&text(value, people))),
    }
}

/// Money in whole units with two decimals, as in the yuan.
fn amount(minor: u64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// Holders with their shares, a line each.
fn shares(shares: &Shares, people: &People) -> String {
    let line = |share: &Share| format!("{} {}", people.person(share.member).line(), percent(share.ppm));
    shares.as_slice().iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Parts per million as a percentage.
pub(crate) fn percent(ppm: u32) -> String {
    let rest = format!("{:04}", ppm % 10_000);
    match rest.trim_end_matches('0') {
        "" => format!("{}%", ppm / 10_000),
        rest => format!("{}.{rest}%", ppm / 10_000),
    }
}

/// A day as it is written.
pub(crate) fn date(number: u32) -> String {
    CivilDate::from_number(number).map_or_else(|_| number.to_string(), |date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_per_million_are_told_as_a_percentage() {
        for (ppm, told) in [(1_000_000, "100%"), (125_000, "12.5%"), (1, "0.0001%"), (330_300, "33.03%")] {
            assert_eq!(percent(ppm), told);
        }
    }
}
