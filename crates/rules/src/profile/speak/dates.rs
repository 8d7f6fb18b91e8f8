//! Values, periods and date rules in words.

use bulla_types::Lang;

use super::{Speaker, say};
use crate::period::{Length, Period, Roll};
use crate::profile::closed::Closed;
use crate::profile::date_rule::{Anchor, DateRule, DateTerm, Direction};
use crate::profile::value::{Amount, Content, Value};

impl Speaker<'_> {
    /// What a value says; of an unset one that it is.
    #[must_use]
    pub fn content(&self, value: &Value) -> String {
        let lang = self.lang;
        match &value.content {
            None => say!(lang, "未规定", "unset"),
            Some(Content::Period(period)) => self.period(*period),
            Some(Content::Integer(number)) => number.to_string(),
            Some(Content::Ratio(ppm)) => {
                let (whole, rest) = (ppm / 10_000, ppm % 10_000);
                let rest = format!("{rest:04}");
                match rest.trim_end_matches('0') {
                    "" => format!("{whole}%"),
                    rest => format!("{whole}.{rest}%"),
                }
            }
            Some(Content::Amount(Amount { minor, currency })) => {
                let (major, minor) = (minor / 100, minor % 100);
                format!("{major}.{minor:02} {currency}")
            }
            Some(Content::Boolean(true)) => say!(lang, "是", "yes"),
            Some(Content::Boolean(false)) => say!(lang, "否", "no"),
            Some(Content::Choice(term)) => self.term(value.vocabulary.as_ref(), term),
            Some(Content::Text(text)) => text.clone(),
            Some(Content::Members(members)) => self.list(members, ToString::to_string),
            Some(Content::Profiles(profiles)) => self.list(profiles, ToString::to_string),
        }
    }

    /// A period.
    #[must_use]
    pub fn period(&self, period: Period) -> String {
        let lang = self.lang;
        let plural = |count: u16| if count == 1 { "" } else { "s" };
        let length = match period.length {
            Length::SameDay => say!(lang, "当日", "the same day"),
            Length::WorkingDays(count) => {
                let s = plural(count.get());
                say!(lang, "{count}个工作日", "{count} working day{s}")
            }
            Length::NaturalDays(count) => {
                let s = plural(count.get());
                say!(lang, "{count}日", "{count} day{s}")
            }
            Length::Months(count) => {
                let s = plural(count.get());
                say!(lang, "{count}个月", "{count} month{s}")
            }
            Length::Years(count) => {
                let s = plural(count.get());
                say!(lang, "{count}年", "{count} year{s}")
            }
        };
        match period.roll {
            Roll::Stays => length,
            Roll::ToWorkingDay => {
                say!(
                    lang,
                    "{length}（届满日顺延至工作日）",
                    "{length} (a last day off gives way to a working day)"
                )
            }
        }
    }

    /// A date rule.
    #[must_use]
    pub fn date_rule(&self, rule: &DateRule) -> String {
        let terms: Vec<_> = rule.terms.iter().map(|term| self.date_term(term)).collect();
        match terms.as_slice() {
            [one] => one.clone(),
            several => {
                let take = rule.take.label(self.lang);
                let terms = several.join(if self.lang == Lang::Zh { "；" } else { "; " });
                say!(self.lang, "{terms}；{take}", "{take} of: {terms}")
            }
        }
    }

    fn date_term(&self, term: &DateTerm) -> String {
        let lang = self.lang;
        let anchor = match &term.anchor {
            Anchor::Opened => say!(lang, "立案", "opening of the case"),
            Anchor::State(state) => {
                let state = self.state(state);
                say!(lang, "进入“{state}”", "entering \"{state}\"")
            }
            Anchor::Step(step) => {
                let step = self.step(step);
                say!(lang, "“{step}”", "\"{step}\"")
            }
            Anchor::Field(field) => self.reference(field),
            Anchor::Issued(kind) => {
                let kind = self.certificate(kind);
                say!(lang, "{kind}颁发", "issue of the {kind}")
            }
            Anchor::Expires(kind) => {
                let kind = self.certificate(kind);
                say!(lang, "{kind}届满", "expiry of the {kind}")
            }
        };
        let date = match (&term.period, term.direction) {
            (None, _) => anchor,
            (Some(period), Direction::After) => {
                let period = self.value(period);
                say!(lang, "{anchor}之后{period}", "{period} after {anchor}")
            }
            (Some(period), Direction::Before) => {
                let period = self.value(period);
                say!(lang, "{anchor}之前{period}", "{period} before {anchor}")
            }
        };
        match &term.when {
            None => date,
            Some(when) => {
                let when = self.condition(when);
                say!(lang, "{date}（如{when}）", "{date} (if {when})")
            }
        }
    }
}
