//! The form of a step, to be filled in: what it may say and must, in the words of its profile.

use bulla_rules::profile::{
    About, Actor, Closed, Condition, Disposition, DocumentUse, Field, FieldType, FieldUse, Head, Ident, Need,
    Procedure, Profile, Reference, Scope, Speaker, Step,
};
use bulla_types::Lang;

use super::texts::{
    ATTACHED, CLEAR, COMMITTED, FORM_ABOUT, FORM_ARTICLE, FORM_AT_LEAST, FORM_AT_MOST, FORM_BY,
    FORM_CONDITION, FORM_DOCUMENTS, FORM_FILL, FORM_MANDATE, FORM_OPTIONAL, FORM_PARTIES, FORM_PARTY,
    FORM_PROFILE_VERSION, FORM_REASONS, FORM_REQUIRED, FORM_REQUIRED_WHEN, FORM_SAME, FORM_SIGNED_BY,
    FORM_STEP, TYPE_ACCOUNT, TYPE_AMOUNT, TYPE_BOOLEAN, TYPE_CASE, TYPE_CERTIFICATE, TYPE_CREDIT_CODE,
    TYPE_DATE, TYPE_DIGEST, TYPE_ENTRY, TYPE_INTEGER, TYPE_MEMBER, TYPE_RATIO, TYPE_SHARES, TYPE_TERM,
    TYPE_TEXT,
};
use crate::text::Text;
use crate::titled::joined;

/// The form of one step.
pub(super) struct Page<'p> {
    pub(super) profile: &'p Profile,
    pub(super) procedure: &'p Procedure,
    pub(super) step: &'p Step,
    /// The open case; `None` for a new one.
    pub(super) case: Option<String>,
    pub(super) lang: Lang,
}

/// What one line of the form asks for.
struct Asked<'p> {
    head: &'p Head,
    words: Vec<String>,
    need: Rank,
    /// What stands there until it is filled in.
    empty: &'static str,
}

/// What must be there stands first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Required,
    RequiredWhen,
    Optional,
}

impl Page<'_> {
    /// The form as TOML.
    pub(super) fn text(&self) -> String {
        let mut parts = vec![self.head(), self.case()];
        if self.step.reasons {
            parts.push(format!("# {}\nreasons = \"\"", self.say(FORM_REASONS)));
        }
        let sections =
            [("parties", self.parties()), ("fields", self.fields()), ("documents", self.documents())];
        for (name, lines) in sections.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            parts.push(format!("[{name}]\n{lines}"));
        }
        parts.join("\n\n") + "\n"
    }

    fn say(&self, text: Text) -> &'static str {
        text.of(self.lang)
    }

    fn speaker(&self) -> Speaker<'_> {
        Speaker::new(self.profile, self.lang).of(self.procedure)
    }

    fn head(&self) -> String {
        let (lang, step, speaker) = (self.lang, self.step, self.speaker());
        let title = |head: &Head| head.title.in_lang(lang).to_owned();
        let of = FORM_PROFILE_VERSION.fill(lang, &[&self.profile.title.in_lang(lang), &self.profile.version]);
        let cite = &step.head.cite;
        let mut lines = vec![
            of,
            FORM_STEP.fill(lang, &[&title(&self.procedure.head), &title(&step.head)]),
            FORM_ARTICLE.fill(lang, &[&cite.article, &cite.force.label(lang)]),
            FORM_BY.fill(lang, &[&speaker.actor(step)]),
        ];
        if !step.signed_by.is_empty() {
            lines.push(FORM_SIGNED_BY.fill(lang, &[&speaker.parties(&step.signed_by)]));
        }
        let conditions = step.conditions.iter().map(|condition| speaker.condition(condition));
        lines.extend(conditions.map(|condition| FORM_CONDITION.fill(lang, &[&condition])));
        lines.extend(step.head.note.clone());
        lines.push(self.say(FORM_FILL).to_owned());
        comment(&lines)
    }

    /// Which case, which step, as whom.
    fn case(&self) -> String {
        let mut lines = Vec::new();
        match &self.case {
            Some(case) => lines.push(format!("case = \"{case}\"")),
            None => {
                lines.push(format!("profile = \"{}\"", self.profile.id));
                lines.push(format!("procedure = \"{}\"", self.procedure.head.name));
            }
        }
        lines.push(format!("step = \"{}\"", self.step.head.name));
        if let Actor::Parties(by) = &self.step.by
            && by.len() > 1
        {
            let named = |party: &Ident| format!("{party} {}", self.speaker().party(party));
            let parties = joined(by.iter().map(named), self.lang);
            lines.push(format!("# {}\nparty = \"\"", FORM_PARTY.fill(self.lang, &[&parties])));
        }
        if self.case.is_none() && !matches!(self.procedure.about, About::Nothing | About::NewObject(_)) {
            let about = self.speaker().about(&self.procedure.about);
            lines.push(format!("# {}\nabout = \"\"", FORM_ABOUT.fill(self.lang, &[&about])));
        }
        lines.join("\n")
    }

    /// Parties that the opener names.
    fn parties(&self) -> String {
        if self.case.is_some() {
            return String::new();
        }
        let named = self.procedure.named_parties(self.profile);
        let line = |name: &&Ident| format!("# {}\n{name} = \"\"", self.speaker().party(name));
        let lines: Vec<_> = named.iter().map(line).collect();
        match lines.is_empty() {
            true => String::new(),
            false => format!("# {}\n{}", self.say(FORM_PARTIES), lines.join("\n")),
        }
    }

    fn fields(&self) -> String {
        let asked = |used: &FieldUse| {
            let field = self.profile.fields.get(used.field.as_str())?;
            let disposition = match field.disposition {
                Disposition::Clear => CLEAR,
                Disposition::Attached => ATTACHED,
                Disposition::Committed => COMMITTED,
            };
            let mut words = vec![self.kind(field)];
            if field.items_max > 1 {
                words.push(FORM_AT_MOST.fill(self.lang, &[&field.items_max]));
            }
            let (need, need_words) = self.need(&used.need);
            words.extend([self.say(disposition).to_owned(), need_words]);
            if let Some(other) = self.same_as(field) {
                words.push(FORM_SAME.fill(self.lang, &[&self.speaker().field(other)]));
            }
            let empty = if field.items_max > 1 { "[]" } else { "\"\"" };
            Some(Asked { head: &field.head, words, need, empty })
        };
        self.lines(self.step.fields.iter().filter_map(asked).collect())
    }

    fn documents(&self) -> String {
        let documents = &self.profile.documents;
        let forms = |name: &Ident| {
            let forms = documents.get(name.as_str()).map(|document| self.speaker().forms(&document.forms));
            forms.unwrap_or_default()
        };
        let asked = |used: &DocumentUse| {
            let document = documents.get(used.category.as_str())?;
            let (need, need_words) = self.need(&used.need);
            let mut words = vec![forms(&used.category), need_words];
            if let Some(count) = used.at_least.as_ref() {
                words.push(FORM_AT_LEAST.fill(self.lang, &[&self.speaker().value(count)]));
            }
            Some(Asked { head: &document.head, words, need, empty: "[]" })
        };
        let mut asked: Vec<_> = self.step.documents.iter().filter_map(asked).collect();
        for mandate in self.mandates() {
            let known = asked.iter().any(|asked| asked.head.name == *mandate);
            if let Some(document) = documents.get(mandate.as_str()).filter(|_| !known) {
                let words = vec![forms(mandate), self.say(FORM_MANDATE).to_owned()];
                let (head, need) = (&document.head, Rank::Optional);
                asked.push(Asked { head, words, need, empty: "[]" });
            }
        }
        if asked.is_empty() {
            return String::new();
        }
        format!("# {}\n{}", self.say(FORM_DOCUMENTS), self.lines(asked))
    }

    /// Documents by which agents of those who act show their mandate.
    fn mandates(&self) -> Vec<&Ident> {
        let by = match &self.step.by {
            Actor::Parties(parties) => Some(parties),
            Actor::Ledger(_) => None,
        };
        let acting = by.into_iter().flatten().chain(&self.step.signed_by);
        let party = |name: &Ident| self.profile.parties.get(name.as_str());
        acting.filter_map(|name| party(name)?.mandate.as_ref()).collect()
    }

    /// A line each: what must be there first, and what need not be there behind a mark.
    fn lines(&self, mut asked: Vec<Asked<'_>>) -> String {
        asked.sort_by(|a, b| (a.need, &a.head.name).cmp(&(b.need, &b.head.name)));
        let line = |asked: &Asked<'_>| {
            let title = asked.head.title.in_lang(self.lang).to_owned();
            let words =
                [title, asked.head.cite.article.clone()].into_iter().chain(asked.words.iter().cloned());
            let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
            let mark = if asked.need == Rank::Required { "" } else { "# " };
            format!("# {}\n{mark}{} = {}", one_line(&words.join(" · ")), asked.head.name, asked.empty)
        };
        asked.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Whether something must be there, and how that is said. What a value of the profile settles is settled.
    fn need(&self, need: &Need) -> (Rank, String) {
        let settled = match need {
            Need::RequiredWhen(Condition::ValueIs { value, terms }) => {
                self.profile.choice(value.as_str()).map(|choice| terms.contains(choice))
            }
            _ => None,
        };
        match (need, settled) {
            (Need::Required, _) | (_, Some(true)) => (Rank::Required, self.say(FORM_REQUIRED).to_owned()),
            (Need::Optional, _) | (_, Some(false)) => (Rank::Optional, self.say(FORM_OPTIONAL).to_owned()),
            (Need::RequiredWhen(condition), None) => {
                let when = self.speaker().condition(condition);
                (Rank::RequiredWhen, FORM_REQUIRED_WHEN.fill(self.lang, &[&when]))
            }
        }
    }

    /// Of a field that is not clear and must say the same as an earlier one of the case: that one.
    fn same_as(&self, field: &Field) -> Option<&Ident> {
        if field.disposition == Disposition::Clear {
            return None;
        }
        let is_own = |of: &Reference| of.scope == Scope::Case && of.name == field.head.name;
        let is_earlier = |of: &Reference| {
            of.scope == Scope::Case && self.step.fields.iter().all(|used| used.field != of.name)
        };
        self.step.conditions.iter().find_map(|condition| match condition {
            Condition::Same(own, other) | Condition::Same(other, own) if is_own(own) && is_earlier(other) => {
                Some(&other.name)
            }
            _ => None,
        })
    }

    /// What a field holds, and how it is written.
    fn kind(&self, field: &Field) -> String {
        let lang = self.lang;
        match &field.of {
            FieldType::Text { bytes_max } => TYPE_TEXT.fill(lang, &[bytes_max]),
            FieldType::Term { vocabulary } => {
                let vocabulary = self.profile.vocabularies.get(vocabulary.as_str());
                let terms = vocabulary.into_iter().flat_map(|vocabulary| &vocabulary.terms);
                let term =
                    |term: &bulla_rules::profile::Term| format!("{} {}", term.name, term.title.in_lang(lang));
                TYPE_TERM.fill(lang, &[&joined(terms.map(term), lang)])
            }
            FieldType::Integer => self.say(TYPE_INTEGER).to_owned(),
            FieldType::Ratio => self.say(TYPE_RATIO).to_owned(),
            FieldType::Amount { currency } => TYPE_AMOUNT.fill(lang, &[currency]),
            FieldType::Date => self.say(TYPE_DATE).to_owned(),
            FieldType::Boolean => self.say(TYPE_BOOLEAN).to_owned(),
            FieldType::CreditCode => self.say(TYPE_CREDIT_CODE).to_owned(),
            FieldType::Digest => self.say(TYPE_DIGEST).to_owned(),
            FieldType::Member => self.say(TYPE_MEMBER).to_owned(),
            FieldType::Account => self.say(TYPE_ACCOUNT).to_owned(),
            FieldType::Entry => self.say(TYPE_ENTRY).to_owned(),
            FieldType::Certificate { class } => TYPE_CERTIFICATE.fill(lang, &[&class.label(lang)]),
            FieldType::Case => self.say(TYPE_CASE).to_owned(),
            FieldType::Shares => self.say(TYPE_SHARES).to_owned(),
        }
    }
}

fn comment(lines: &[String]) -> String {
    lines.iter().map(|line| format!("# {}", one_line(line))).collect::<Vec<_>>().join("\n")
}

/// A comment ends with its line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::super::form::Form;
    use super::super::testing::{published, venue};
    use super::*;
    use crate::golden::assert_golden;

    fn pages(profile: &Profile, lang: Lang) -> Vec<Page<'_>> {
        let steps = profile.procedures.iter().flat_map(|procedure| {
            let taken = procedure.steps.iter().filter(|step| matches!(step.by, Actor::Parties(_)));
            taken.map(move |step| (procedure, step))
        });
        let case = |step: &Step| (!step.opens()).then(|| "C-4K7QPX-7-31".to_owned());
        steps.map(|(procedure, step)| Page { profile, procedure, step, case: case(step), lang }).collect()
    }

    /// A form with everything filled in, what need not be there too.
    fn filled(form: &str) -> String {
        let assigns = |line: &str| {
            let name = line.split(" = ").next().unwrap_or_default();
            line.contains(" = ")
                && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
        };
        let line = |line: &str| {
            let bare = line.strip_prefix("# ").filter(|bare| assigns(bare)).unwrap_or(line);
            bare.replace("= \"\"", "= \"x\"").replace("= []", "= [\"x\"]")
        };
        form.lines().map(|text| line(text) + "\n").collect()
    }

    #[test]
    fn every_step_of_every_profile_has_a_form_that_reads_back_with_all_its_names() {
        for profile in published() {
            for page in [Lang::Zh, Lang::En].into_iter().flat_map(|lang| pages(&profile, lang)) {
                let (step, text) = (page.step, page.text());
                let form = Form::parse(&filled(&text)).unwrap_or_else(|why| panic!("{}\n{text}", why.en));
                assert_eq!(form.step.as_deref(), Some(step.head.name.as_str()));
                assert_eq!(form.case.is_some(), !step.opens());
                assert_eq!(form.reasons.is_some(), step.reasons);
                let names = |names: Vec<&str>| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
                let fields = names(step.fields.iter().map(|used| used.field.as_str()).collect());
                assert_eq!(form.fields().unwrap().into_keys().collect::<BTreeSet<_>>(), fields, "{text}");
                let mut documents = names(step.documents.iter().map(|used| used.category.as_str()).collect());
                documents.extend(page.mandates().into_iter().map(ToString::to_string));
                assert_eq!(
                    form.documents().unwrap().into_keys().collect::<BTreeSet<_>>(),
                    documents,
                    "{text}"
                );
                let empty = Form::parse(&text).unwrap();
                assert!(empty.fields().unwrap().is_empty() && empty.documents().unwrap().is_empty());
            }
        }
    }

    #[test]
    fn a_form_says_what_each_line_is_where_it_stands_and_what_may_be_written() {
        let profile = venue();
        let procedure = profile.procedures.get("trade").unwrap();
        let step = procedure.steps.get("sign_contract").unwrap();
        for (lang, file) in [(Lang::Zh, "template.zh.toml"), (Lang::En, "template.en.toml")] {
            let case = Some("C-4K7QPX-7-31".to_owned());
            assert_golden(file, &Page { profile: &profile, procedure, step, case, lang }.text());
        }
    }
}
