//! The page of a profile: what a lawyer reads.

mod procedures;

use bulla_rules::profile::{
    AccountNumber, Bound, CertificateKind, Closed, FieldType, Head, Origin, Profile, Source, Speaker, Value,
};
use bulla_types::Lang;

use super::texts::{
    ADOPTED_BY, ADOPTED_FROM, ANY_NUMBER, ARTICLE, CALLED, DIGEST, DISPOSITION, DOCUMENTS, FIELDS, FILLED,
    FORCE, FORMS, KIND, MEMBERS, ONE_FOR_EACH, ONE_PER_HOLDER, ORIGIN, PARTIES, RECORDS, RULE, SAME_THING,
    SOURCE, SOURCE_GIVES, STRICTER, TYPE, UNSET, VALID_UNTIL, VALUE, VALUES, VERSION, VOCABULARIES,
    VOIDED_BY, WITHOUT_END,
};
use crate::output::{facts, table};
use crate::text::Text;
use crate::words::Word;

/// The whole page.
pub(super) fn of(profile: &Profile, lang: Lang) -> String {
    let page = Page { profile, speaker: Speaker::new(profile, lang), lang };
    let mut parts = vec![page.head()];
    let sections = [
        (VALUES, page.values()),
        (PARTIES, page.parties()),
        (FIELDS, page.fields()),
        (VOCABULARIES, page.vocabularies()),
        (DOCUMENTS, page.documents()),
        (RECORDS, page.records()),
    ];
    parts.extend(sections.into_iter().map(|(title, text)| section(title.of(lang), &text)));
    parts.extend(profile.procedures.iter().map(|procedure| page.procedure(procedure)));
    parts.join("\n\n")
}

struct Page<'p> {
    profile: &'p Profile,
    speaker: Speaker<'p>,
    lang: Lang,
}

fn section(title: &str, text: &str) -> String {
    format!("## {title}\n{text}")
}

impl Page<'_> {
    fn say(&self, text: Text) -> &'static str {
        text.of(self.lang)
    }

    fn title(&self, head: &Head) -> String {
        head.title.in_lang(self.lang).to_owned()
    }

    /// Article, with the source when it is not the main one.
    fn article(&self, head: &Head) -> String {
        let article = head.cite.article.clone();
        match self.profile.sources.get(head.cite.source.as_str()) {
            Some(source) if source.id != *"main" => {
                format!("{} {article}", source.document.in_lang(self.lang))
            }
            _ => article,
        }
    }

    fn force(&self, head: &Head) -> String {
        head.cite.force.label(self.lang).to_owned()
    }

    fn head(&self) -> String {
        let (profile, lang) = (self.profile, self.lang);
        let title = format!("# {}", profile.title.in_lang(lang));
        let version = VERSION.fill(lang, &[&profile.version]);
        let mut known = vec![
            (self.say(KIND), format!("{} · {} · {version}", profile.kind.label(lang), profile.id)),
            (self.say(DIGEST), profile.digest().to_string()),
        ];
        known.extend(profile.sources.iter().map(|source| (self.say(SOURCE), self.source(source))));
        if let Some(adoption) = &profile.adoption {
            let base = format!("{} {} {}", adoption.base_id, adoption.base_version, adoption.base_digest);
            let authority = adoption.authority.in_lang(lang);
            let document = adoption.document.in_lang(lang);
            let by = format!("{authority} · {} · {document} · {}", adoption.credit_code, adoption.decided_on);
            known.extend([(self.say(ADOPTED_FROM), base), (self.say(ADOPTED_BY), by)]);
        }
        format!("{title}\n{}", facts(known))
    }

    fn source(&self, source: &Source) -> String {
        let mut words = vec![source.document.in_lang(self.lang).to_owned()];
        words.extend(source.number.clone());
        words.push(source.publisher.in_lang(self.lang).to_owned());
        words.push(source.force.label(self.lang).to_owned());
        let day = |day: Option<_>| day.map_or(String::new(), |day: bulla_rules::CivilDate| day.to_string());
        if source.effective_from.is_some() || source.effective_to.is_some() {
            words.push(
                format!("{} – {}", day(source.effective_from), day(source.effective_to)).trim().to_owned(),
            );
        }
        words.join(" · ")
    }

    fn values(&self) -> String {
        let row = |value: &Value| {
            let mut content = self.speaker.content(value);
            if value.bound != Bound::Exact && value.content.is_some() {
                content = format!("{} {content}", value.bound.label(self.lang));
            }
            [
                self.title(&value.head),
                content,
                self.article(&value.head),
                self.force(&value.head),
                self.origin(value),
            ]
        };
        let heading = [CALLED, VALUE, ARTICLE, FORCE, ORIGIN].map(|text| self.say(text));
        table(heading, self.profile.values.iter().map(row))
    }

    fn origin(&self, value: &Value) -> String {
        match &value.origin {
            Origin::Source => self.say(SOURCE_GIVES).to_owned(),
            Origin::Unset { why } => UNSET.fill(self.lang, &[why]),
            Origin::Filled { why, basis } => FILLED.fill(self.lang, &[basis, why]),
            Origin::Stricter { basis } => STRICTER.fill(self.lang, &[basis]),
        }
    }

    fn parties(&self) -> String {
        let heading = [CALLED, MEMBERS, RULE, ARTICLE].map(|text| self.say(text));
        let row = |party: &bulla_rules::profile::Party| {
            let mut rules: Vec<_> =
                party.roles.iter().map(|role| role.name().of(self.lang).to_owned()).collect();
            rules.extend(party.member_kinds.iter().map(|kind| self.speaker.member_kind(*kind).to_owned()));
            rules.extend(party.requires.iter().map(|condition| self.speaker.condition(condition)));
            let binding = self.speaker.binding(&party.binding);
            [self.title(&party.head), binding, rules.join("\n"), self.article(&party.head)]
        };
        table(heading, self.profile.parties.iter().map(row))
    }

    fn fields(&self) -> String {
        let heading = [CALLED, TYPE, DISPOSITION, ARTICLE].map(|text| self.say(text));
        let row = |field: &bulla_rules::profile::Field| {
            let mut kind = field.of.kind().label(self.lang).to_owned();
            if let FieldType::Term { vocabulary } = &field.of {
                let vocabulary = self.profile.vocabularies.get(vocabulary.as_str());
                kind = vocabulary.map_or(kind, |vocabulary| self.title(&vocabulary.head));
            }
            if field.items_max > 1 {
                kind.push_str(&format!(" ×{}", field.items_max));
            }
            let disposition = field.disposition.label(self.lang).to_owned();
            [self.title(&field.head), kind, disposition, self.article(&field.head)]
        };
        table(heading, self.profile.fields.iter().map(row))
    }

    fn vocabularies(&self) -> String {
        let heading = [CALLED, VALUE, ARTICLE].map(|text| self.say(text));
        let row = |vocabulary: &bulla_rules::profile::Vocabulary| {
            let terms: Vec<_> = vocabulary.terms.iter().map(|term| term.title.in_lang(self.lang)).collect();
            let terms = format!("{} ({})", terms.join(" / "), vocabulary.openness.label(self.lang));
            [self.title(&vocabulary.head), terms, self.article(&vocabulary.head)]
        };
        table(heading, self.profile.vocabularies.iter().map(row))
    }

    fn documents(&self) -> String {
        let heading = [CALLED, FORMS, ARTICLE].map(|text| self.say(text));
        let row = |document: &bulla_rules::profile::Document| {
            [self.title(&document.head), self.speaker.forms(&document.forms), self.article(&document.head)]
        };
        table(heading, self.profile.documents.iter().map(row))
    }

    fn records(&self) -> String {
        let (profile, lang) = (self.profile, self.lang);
        let mut rows = Vec::new();
        let mut add = |head: &Head, rule: String| rows.push([self.title(head), rule, self.article(head)]);
        for kind in &profile.accounts {
            let rule = match &kind.number {
                AccountNumber::Any => self.say(ANY_NUMBER).to_owned(),
                AccountNumber::OneForEach(fields) if fields.is_empty() => self.say(ONE_PER_HOLDER).to_owned(),
                AccountNumber::OneForEach(fields) => ONE_FOR_EACH.fill(lang, &[&self.speaker.fields(fields)]),
            };
            add(&kind.head, rule);
        }
        for kind in &profile.objects {
            add(&kind.head, SAME_THING.fill(lang, &[&self.speaker.fields(&kind.unique_by)]));
        }
        for kind in &profile.rights {
            add(&kind.head, kind.class.label(lang).to_owned());
        }
        for kind in &profile.flags {
            add(&kind.head, format!("{} · {}", kind.class.label(lang), kind.on.label(lang)));
        }
        for kind in &profile.certificates {
            add(&kind.head, self.certificate(kind));
        }
        table([CALLED, RULE, ARTICLE].map(|text| self.say(text)), rows)
    }

    fn certificate(&self, kind: &CertificateKind) -> String {
        let mut rules = vec![format!("{} · {}", kind.class.label(self.lang), kind.subject.label(self.lang))];
        rules.extend(kind.contents.iter().map(|field| format!("· {}", self.speaker.field(field))));
        rules.push(match &kind.validity {
            Some(validity) => VALID_UNTIL.fill(self.lang, &[&self.speaker.date_rule(validity)]),
            None => self.say(WITHOUT_END).to_owned(),
        });
        if !kind.voided_by.is_empty() {
            let events: Vec<_> = kind.voided_by.iter().map(|event| event.label(self.lang)).collect();
            rules.push(VOIDED_BY.fill(self.lang, &[&events.join(" / ")]));
        }
        rules.extend(kind.on_lapse.iter().map(|effect| self.speaker.effect(effect)));
        rules.retain(|rule| !rule.is_empty());
        rules.join("\n")
    }
}
