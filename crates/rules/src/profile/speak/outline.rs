//! Everything that a profile says, line by line: by which two are compared.

use std::collections::BTreeMap;

use super::Speaker;
use crate::profile::closed::Closed;
use crate::profile::head::Head;
use crate::profile::procedure::{Deadline, OnReturn, Procedure};
use crate::profile::records::AccountNumber;
use crate::profile::step::Step;
use crate::profile::value::Origin;
use crate::profile::{FieldType, Ident};

/// Path of each part, and what it says.
pub type Outline = BTreeMap<String, String>;

struct Lines<'s, 'p> {
    speaker: &'s Speaker<'p>,
    lines: Outline,
}

impl Speaker<'_> {
    /// Everything that the profile says: path of each part, as in its text, and the part in words.
    #[must_use]
    pub fn outline(&self) -> Outline {
        let mut lines = Lines { speaker: self, lines: Outline::new() };
        let profile = self.profile;
        lines.say("profile", "id", &profile.id);
        lines.say("profile", "version", profile.version);
        lines.say("profile", "kind", profile.kind.label(self.lang));
        lines.say("profile", "title", profile.title.in_lang(self.lang));
        lines.sources();
        lines.values();
        lines.vocabularies();
        lines.fields();
        lines.documents();
        lines.parties();
        lines.accounts_and_objects();
        lines.rights_and_flags();
        lines.certificates();
        for procedure in &profile.procedures {
            lines.procedure(procedure);
        }
        lines.lines
    }
}

impl Lines<'_, '_> {
    fn say(&mut self, path: &str, key: &str, words: impl ToString) {
        let words = words.to_string();
        if !words.is_empty() {
            self.lines.insert(format!("{path}.{key}"), words);
        }
    }

    fn head(&mut self, path: &str, head: &Head) {
        let lang = self.speaker.lang;
        self.say(path, "zh", &head.title.zh);
        self.say(path, "en", &head.title.en);
        self.say(path, "source", &head.cite.source);
        self.say(path, "article", &head.cite.article);
        self.say(path, "force", head.cite.force.label(lang));
        self.say(path, "note", head.note.clone().unwrap_or_default());
    }

    fn sources(&mut self) {
        let lang = self.speaker.lang;
        for source in &self.speaker.profile.sources {
            let path = format!("sources.{}", source.id);
            self.say(&path, "document", source.document.in_lang(lang));
            self.say(&path, "number", source.number.clone().unwrap_or_default());
            self.say(&path, "publisher", source.publisher.in_lang(lang));
            self.say(&path, "force", source.force.label(lang));
            self.say(
                &path,
                "effective_from",
                source.effective_from.map(|day| day.to_string()).unwrap_or_default(),
            );
            self.say(
                &path,
                "effective_to",
                source.effective_to.map(|day| day.to_string()).unwrap_or_default(),
            );
        }
        if let Some(adoption) = &self.speaker.profile.adoption {
            self.say("adoption", "base", format!("{} {}", adoption.base_id, adoption.base_version));
            self.say("adoption", "base_digest", adoption.base_digest);
            self.say("adoption", "authority", adoption.authority.in_lang(lang));
            self.say("adoption", "credit_code", adoption.credit_code);
            self.say("adoption", "document", adoption.document.in_lang(lang));
            self.say("adoption", "decided_on", adoption.decided_on);
        }
    }

    fn values(&mut self) {
        let (speaker, profile) = (self.speaker, self.speaker.profile);
        let lang = speaker.lang;
        for value in &profile.values {
            let path = format!("values.{}", value.head.name);
            self.head(&path, &value.head);
            self.say(&path, "type", value.kind.label(lang));
            self.say(&path, "bound", value.bound.label(lang));
            self.say(&path, "value", speaker.content(value));
            let (why, basis) = match &value.origin {
                Origin::Source => ("", ""),
                Origin::Unset { why } => (why.as_str(), ""),
                Origin::Filled { why, basis } => (why.as_str(), basis.as_str()),
                Origin::Stricter { basis } => ("", basis.as_str()),
            };
            self.say(&path, "unset", why);
            self.say(&path, "basis", basis);
        }
    }

    fn vocabularies(&mut self) {
        let (profile, lang) = (self.speaker.profile, self.speaker.lang);
        for vocabulary in &profile.vocabularies {
            let path = format!("vocabularies.{}", vocabulary.head.name);
            self.head(&path, &vocabulary.head);
            self.say(&path, "openness", vocabulary.openness.label(lang));
            for term in &vocabulary.terms {
                self.say(&path, term.name.as_str(), term.title.in_lang(lang));
            }
        }
    }

    fn fields(&mut self) {
        let (profile, lang) = (self.speaker.profile, self.speaker.lang);
        for field in &profile.fields {
            let path = format!("fields.{}", field.head.name);
            self.head(&path, &field.head);
            let detail = match &field.of {
                FieldType::Text { bytes_max } => bytes_max.to_string(),
                FieldType::Term { vocabulary } => vocabulary.to_string(),
                FieldType::Amount { currency } => currency.clone(),
                FieldType::Certificate { class } => class.label(lang).to_owned(),
                _ => String::new(),
            };
            self.say(&path, "type", format!("{} {detail}", field.of.kind().label(lang)).trim_end());
            self.say(&path, "items_max", field.items_max);
            self.say(&path, "disposition", field.disposition.label(lang));
        }
    }

    fn documents(&mut self) {
        let (speaker, profile) = (self.speaker, self.speaker.profile);
        for document in &profile.documents {
            let path = format!("documents.{}", document.head.name);
            self.head(&path, &document.head);
            self.say(&path, "forms", speaker.forms(&document.forms));
            self.say(&path, "items_max", document.items_max);
        }
    }

    fn parties(&mut self) {
        let (speaker, profile) = (self.speaker, self.speaker.profile);
        for party in &profile.parties {
            let path = format!("parties.{}", party.head.name);
            self.head(&path, &party.head);
            let debug = |words: String| words.trim_matches(['[', ']']).to_owned();
            self.say(&path, "roles", debug(format!("{:?}", party.roles)));
            self.say(&path, "excluded_roles", debug(format!("{:?}", party.excluded_roles)));
            self.say(&path, "member_kinds", debug(format!("{:?}", party.member_kinds)));
            self.say(&path, "bound", speaker.binding(&party.binding));
            self.say(&path, "mandate", party.mandate.as_ref().map(Ident::to_string).unwrap_or_default());
            for (index, condition) in party.requires.iter().enumerate() {
                self.say(&path, &format!("requires[{index}]"), speaker.condition(condition));
            }
        }
    }

    fn accounts_and_objects(&mut self) {
        let (speaker, profile) = (self.speaker, self.speaker.profile);
        for kind in &profile.accounts {
            let path = format!("accounts.{}", kind.head.name);
            self.head(&path, &kind.head);
            let number = match &kind.number {
                AccountNumber::Any => "any".to_owned(),
                AccountNumber::OneForEach(fields) if fields.is_empty() => "one".to_owned(),
                AccountNumber::OneForEach(fields) => format!("one for each: {}", speaker.fields(fields)),
            };
            self.say(&path, "per_holder", number);
            self.say(&path, "within", kind.within.as_ref().map(Ident::to_string).unwrap_or_default());
        }
        for kind in &profile.objects {
            let path = format!("objects.{}", kind.head.name);
            self.head(&path, &kind.head);
            self.say(&path, "unique_by", speaker.fields(&kind.unique_by));
        }
    }

    fn rights_and_flags(&mut self) {
        let (profile, lang) = (self.speaker.profile, self.speaker.lang);
        for kind in &profile.rights {
            let path = format!("rights.{}", kind.head.name);
            self.head(&path, &kind.head);
            self.say(&path, "class", kind.class.label(lang));
        }
        for kind in &profile.flags {
            let path = format!("flags.{}", kind.head.name);
            self.head(&path, &kind.head);
            self.say(&path, "on", kind.on.label(lang));
            self.say(&path, "class", kind.class.label(lang));
        }
    }

    fn certificates(&mut self) {
        let (speaker, profile) = (self.speaker, self.speaker.profile);
        let lang = speaker.lang;
        for kind in &profile.certificates {
            let path = format!("certificates.{}", kind.head.name);
            self.head(&path, &kind.head);
            self.say(&path, "class", kind.class.label(lang));
            self.say(&path, "subject", kind.subject.label(lang));
            self.say(&path, "contents", speaker.fields(&kind.contents));
            self.say(
                &path,
                "validity",
                kind.validity.as_ref().map(|rule| speaker.date_rule(rule)).unwrap_or_default(),
            );
            for (index, effect) in kind.on_lapse.iter().enumerate() {
                self.say(&path, &format!("on_lapse[{index}]"), speaker.effect(effect));
            }
            self.say(&path, "voided_by", speaker.list(&kind.voided_by, |event| event.label(lang).to_owned()));
        }
    }

    fn procedure(&mut self, procedure: &Procedure) {
        let path = format!("procedures.{}", procedure.head.name);
        let speaker = self.speaker.of(procedure);
        self.head(&path, &procedure.head);
        self.say(&path, "about", speaker.about(&procedure.about));
        for state in &procedure.states {
            let path = format!("{path}.states");
            self.say(&path, state.name.as_str(), state.title.in_lang(speaker.lang));
            let result = state.result.as_ref().map(|result| result.in_lang(speaker.lang)).unwrap_or_default();
            self.say(&format!("{path}.{}", state.name), "result", result);
        }
        for step in &procedure.steps {
            self.step(&format!("{path}.steps.{}", step.head.name), &speaker, step);
        }
        for deadline in &procedure.deadlines {
            self.deadline(&format!("{path}.deadlines.{}", deadline.head.name), &speaker, deadline);
        }
    }

    fn step(&mut self, path: &str, speaker: &Speaker<'_>, step: &Step) {
        self.head(path, &step.head);
        self.say(path, "order", step.order);
        self.say(path, "by", speaker.actor(step));
        self.say(path, "from", speaker.list(&step.from, |state| speaker.state(state).to_owned()));
        self.say(path, "to", step.to.as_ref().map(|state| speaker.state(state)).unwrap_or_default());
        self.say(path, "signed_by", speaker.parties(&step.signed_by));
        for used in &step.fields {
            let key = format!("fields.{}", used.field);
            self.say(path, &key, speaker.need(speaker.field(&used.field), &used.need));
        }
        for used in &step.documents {
            let key = format!("documents.{}", used.category);
            self.say(path, &key, speaker.need(speaker.document(&used.category), &used.need));
            let at_least = used.at_least.as_ref().map(|value| speaker.value(value)).unwrap_or_default();
            self.say(&format!("{path}.{key}"), "at_least", at_least);
        }
        for (index, condition) in step.conditions.iter().enumerate() {
            self.say(path, &format!("conditions[{index}]"), speaker.condition(condition));
        }
        for (index, effect) in step.effects.iter().enumerate() {
            self.say(path, &format!("effects[{index}]"), speaker.effect(effect));
        }
        if step.reasons {
            self.say(path, "reasons", step.reasons);
        }
    }

    fn deadline(&mut self, path: &str, speaker: &Speaker<'_>, deadline: &Deadline) {
        self.head(path, &deadline.head);
        self.say(path, "kind", speaker.deadline_kind(deadline.kind));
        self.say(
            path,
            "opens",
            deadline.opens.as_ref().map(|rule| speaker.date_rule(rule)).unwrap_or_default(),
        );
        self.say(path, "due", speaker.date_rule(&deadline.due));
        self.say(path, "runs_in", speaker.list(&deadline.runs_in, |state| speaker.state(state).to_owned()));
        let on_return = match &deadline.on_return {
            OnReturn::Fixed(what) => what.label(speaker.lang).to_owned(),
            OnReturn::Value(value) => speaker.value(value),
        };
        self.say(path, "on_return", on_return);
        self.say(path, "met_by", speaker.list(&deadline.met_by, |step| speaker.step(step).to_owned()));
    }
}
