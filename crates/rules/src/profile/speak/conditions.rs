//! Conditions in words.

use bulla_types::{Lang, MemberKind};

use super::{Speaker, say};
use crate::profile::closed::Closed;
use crate::profile::condition::{Condition, Operand, RightRef};
use crate::profile::field::FieldType;
use crate::profile::ident::Ident;

impl Speaker<'_> {
    /// A condition.
    #[must_use]
    pub fn condition(&self, condition: &Condition) -> String {
        let lang = self.lang;
        match condition {
            Condition::All(arms) => self.joined(arms, say!(lang, "，且", " and ")),
            Condition::Any(arms) => self.joined(arms, say!(lang, "，或者", " or ")),
            Condition::Not(inner) => {
                let inner = self.condition(inner);
                say!(lang, "并非：{inner}", "not: {inner}")
            }
            Condition::FieldIs { .. }
            | Condition::FieldPresent(_)
            | Condition::DocumentPresent(_)
            | Condition::Same(..)
            | Condition::Among(..)
            | Condition::Compare { .. }
            | Condition::SharesWhole(_)
            | Condition::ValueIs { .. } => self.of_fields(condition),
            Condition::Taken { .. }
            | Condition::Reached(_)
            | Condition::Within(_)
            | Condition::SameActor { .. }
            | Condition::OtherActor { .. }
            | Condition::PartiesDiffer(_) => self.of_course(condition),
            _ => self.of_records(condition),
        }
    }

    fn joined(&self, arms: &[Condition], with: String) -> String {
        let arm = |arm: &Condition| match arm {
            Condition::All(arms) | Condition::Any(arms) if arms.len() > 1 => {
                let inner = self.condition(arm);
                say!(self.lang, "（{inner}）", "({inner})")
            }
            other => self.condition(other),
        };
        arms.iter().map(arm).collect::<Vec<_>>().join(&with)
    }

    fn of_fields(&self, condition: &Condition) -> String {
        let lang = self.lang;
        match condition {
            Condition::FieldIs { field, terms } => {
                let vocabulary = match self.profile.fields.get(field.name.as_str()).map(|field| &field.of) {
                    Some(FieldType::Term { vocabulary }) => Some(vocabulary),
                    _ => None,
                };
                let terms = self.any(terms.iter().map(|term| self.term(vocabulary, term)));
                let field = self.reference(field);
                say!(lang, "{field}为{terms}", "{field} is {terms}")
            }
            Condition::FieldPresent(field) => {
                let field = self.reference(field);
                say!(lang, "已填写{field}", "{field} is given")
            }
            Condition::DocumentPresent(category) => {
                let document = self.document(category);
                say!(lang, "已提交{document}", "the {document} has been handed in")
            }
            Condition::Same(left, right) => {
                let (left, right) = (self.reference(left), self.reference(right));
                say!(lang, "{left}与{right}一致", "{left} equals {right}")
            }
            Condition::Among(item, list) => {
                let (item, list) = (self.reference(item), self.reference(list));
                say!(lang, "{item}在{list}之内", "{item} is among {list}")
            }
            Condition::Compare { field, relation, other, times } => {
                let other = match other {
                    Operand::Field(field) => self.reference(field),
                    Operand::Value(value) => self.value(value),
                };
                let times = times.as_ref().map(|times| self.value(times));
                let times = times.map(|times| say!(lang, "的{times}", " times {times}")).unwrap_or_default();
                let (field, relation) = (self.reference(field), relation.label(lang));
                let declared = if self.profile.is_declared(condition) {
                    say!(lang, "（由签名人声明）", " (declared by who signs)")
                } else {
                    String::new()
                };
                say!(
                    lang,
                    "{field}{relation}{other}{times}{declared}",
                    "{field} is {relation} {other}{times}{declared}"
                )
            }
            Condition::SharesWhole(field) => {
                let field = self.reference(field);
                say!(lang, "{field}合计为百分之百", "{field} sum to one")
            }
            Condition::ValueIs { value, terms } => {
                let vocabulary =
                    self.profile.values.get(value.as_str()).and_then(|value| value.vocabulary.as_ref());
                let terms = self.any(terms.iter().map(|term| self.term(vocabulary, term)));
                let value =
                    self.title(value, self.profile.values.get(value.as_str()).map(|value| &value.head.title));
                say!(lang, "规定的{value}为{terms}", "the rule on \"{value}\" is {terms}")
            }
            _ => String::new(),
        }
    }

    fn of_records(&self, condition: &Condition) -> String {
        let lang = self.lang;
        match condition {
            Condition::Standing { certificate, standing } => {
                let (certificate, standing) = (self.certificate_ref(certificate), standing.label(lang));
                say!(lang, "{certificate}{standing}", "the {certificate} is {standing}")
            }
            Condition::FromProfile { certificate, value } => {
                let (certificate, value) = (self.certificate_ref(certificate), self.value(value));
                say!(lang, "{certificate}依{value}颁发", "the {certificate} was issued under one of {value}")
            }
            Condition::HeldBy { certificate, party } => {
                let (certificate, party) = (self.certificate_ref(certificate), self.party(party));
                say!(lang, "{certificate}由{party}持有", "the {certificate} is held by the {party}")
            }
            Condition::PartyKind { party, kinds } => {
                let kinds = self.any(kinds.iter().map(|kind| self.member_kind(*kind).to_owned()));
                let party = self.party(party);
                say!(lang, "{party}为{kinds}", "the {party} is a {kinds}")
            }
            Condition::FreeObject(object) => {
                let object = self.object(object);
                say!(lang, "同一{object}没有有效登记", "no entry in force is of the same {object}")
            }
            Condition::FreeAccount { party, kind } => {
                let (party, kind) = (self.party(party), self.account(kind));
                say!(lang, "{party}尚可开立{kind}", "the {party} may still open a {kind}")
            }
            Condition::HoldsAccount { party, kind } => {
                let (party, kind) = (self.party(party), self.account(kind));
                say!(lang, "{party}有{kind}", "the {party} has a {kind}")
            }
            Condition::HoldsCertificate { party, kind } => {
                let (party, kind) = (self.party(party), self.certificate(kind));
                say!(lang, "{party}持有有效的{kind}", "the {party} holds a valid {kind}")
            }
            Condition::Flagged { flag, on } => {
                let (flag, on) = (self.flag(flag), self.target(on));
                say!(lang, "{on}有“{flag}”标识", "{on} is flagged \"{flag}\"")
            }
            Condition::FlagClass { class, on } => {
                let (class, on) = (class.label(lang), self.target(on));
                say!(lang, "{on}有{class}类标识", "{on} carries a flag of class {class}")
            }
            Condition::RightHeld { right, on, party } => {
                let right = match right {
                    RightRef::Kind(right) => self.right(right),
                    RightRef::Class(class) => class.label(lang),
                };
                let on = self.target(on);
                match party.as_ref().map(|party| self.party(party)) {
                    None => say!(lang, "{on}上有“{right}”", "there is a {right} of {on}"),
                    Some(party) => {
                        say!(lang, "{party}享有{on}的“{right}”", "the {party} holds the {right} of {on}")
                    }
                }
            }
            Condition::OpenCase { procedure, on } => {
                let (procedure, on) = (self.procedure(procedure), self.target(on));
                say!(lang, "{on}有未结的{procedure}", "a case of \"{procedure}\" about {on} is open")
            }
            Condition::PastCase { procedure, on, results, same, party } => {
                let of = self.profile.procedures.get(procedure.as_str());
                let results = self.any(results.iter().map(|state| self.state_of(of, state).to_owned()));
                let same = same
                    .iter()
                    .map(|field| self.field(field))
                    .chain(party.iter().map(|party| self.party(party)));
                let same = self.list(same.collect::<Vec<_>>(), str::to_owned);
                let (procedure, on) = (self.procedure(procedure), self.target(on));
                let with = if same.is_empty() {
                    String::new()
                } else {
                    say!(lang, "（{same}相同）", " (same {same})")
                };
                say!(
                    lang,
                    "{on}曾有{procedure}以“{results}”终结{with}",
                    "a case of \"{procedure}\" about {on} has ended as {results}{with}"
                )
            }
            _ => String::new(),
        }
    }

    fn of_course(&self, condition: &Condition) -> String {
        let lang = self.lang;
        match condition {
            Condition::Taken { step, times } => {
                let times = times.as_ref().map(|times| self.value(times));
                let times =
                    times.map(|times| say!(lang, "达{times}次", " {times} times")).unwrap_or_default();
                let step = self.step(step);
                say!(lang, "已进行“{step}”{times}", "\"{step}\" has been done{times}")
            }
            Condition::Reached(deadline) => {
                let deadline = self.deadline(deadline);
                say!(lang, "“{deadline}”已届满", "\"{deadline}\" has come")
            }
            Condition::Within(deadline) => {
                let deadline = self.deadline(deadline);
                say!(lang, "在“{deadline}”之内", "within \"{deadline}\"")
            }
            Condition::SameActor { step, level } => {
                let (step, level) = (self.step(step), level.label(lang));
                say!(lang, "与“{step}”为同一{level}", "by the {level} that did \"{step}\"")
            }
            Condition::OtherActor { step, level } => {
                let (step, level) = (self.step(step), level.label(lang));
                say!(lang, "与“{step}”非同一{level}", "by another {level} than did \"{step}\"")
            }
            Condition::PartiesDiffer(parties) => {
                let parties = self.parties(parties);
                say!(lang, "{parties}为不同主体", "{parties} are different members")
            }
            _ => String::new(),
        }
    }

    /// One of several.
    fn any(&self, words: impl Iterator<Item = String>) -> String {
        words.collect::<Vec<_>>().join(if self.lang == Lang::Zh { "或" } else { " or " })
    }

    /// What a kind of member is called.
    #[must_use]
    pub fn member_kind(&self, kind: MemberKind) -> &'static str {
        match (kind, self.lang) {
            (MemberKind::LegalPerson, Lang::Zh) => "法人",
            (MemberKind::LegalPerson, Lang::En) => "legal person",
            (MemberKind::Unincorporated, Lang::Zh) => "非法人组织",
            (MemberKind::Unincorporated, Lang::En) => "unincorporated organisation",
            (MemberKind::NaturalPerson, Lang::Zh) => "自然人",
            (MemberKind::NaturalPerson, Lang::En) => "natural person",
        }
    }

    /// What a value says, else that it is unset; with its name, so that a reader finds it in the table.
    #[must_use]
    pub fn value(&self, name: &Ident) -> String {
        let Some(value) = self.profile.values.get(name.as_str()) else { return name.to_string() };
        let (lang, title) = (self.lang, value.head.title.in_lang(self.lang));
        let content = self.content(value);
        say!(lang, "{title}（{content}）", "{title} ({content})")
    }
}
