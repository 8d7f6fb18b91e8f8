//! A case as a person reads it.

use bulla_types::{CaseStatus, DeadlineStanding, Lang};

use super::super::texts::{
    ABOUT, ASKED_AT, DEADLINES, DOCUMENT_ITEMS, DOCUMENTS, NEXT, NOT_NOW, OPENED, PARTIES, PAST, PUBLISHED,
    PUBLISHED_SINCE, PUBLISHED_UNTIL, RESULT, RETAINED, STATE, STATE_AND_STATUS,
};
use super::{CaseView, DeadlineState, DeadlineView, DocumentView, PublishedView, next, past};
use crate::lookup::Person;
use crate::messages::{
    ACCOUNT, CASE, DEADLINE, DUE, FIELDS, FLAGS, PROCEDURE, PROFILE, REGISTRATION, STATUS,
};
use crate::output::{Show, facts, table};
use crate::titled::{Titled, joined};
use crate::words::{Word, of_code};

impl Show for CaseView {
    fn text(&self, lang: Lang) -> String {
        let mut parts = vec![self.head(lang)];
        let sections = [
            (PARTIES, self.parties(lang)),
            (FIELDS, facts(self.fields.iter().map(|field| field.row(lang)))),
            (DOCUMENTS, facts(self.documents.iter().map(|document| document.row(lang)))),
            (DEADLINES, self.deadlines(lang)),
            (FLAGS, lines(self.flags.iter().map(|flag| flag.line(lang)))),
            (PUBLISHED, lines(self.published.iter().map(|published| published.line(lang)))),
            (PAST, past::text(&self.past, lang)),
        ];
        let written = sections.into_iter().filter(|(_, text)| !text.is_empty());
        parts.extend(written.map(|(title, text)| format!("{}\n{text}", title.of(lang))));
        if self.is_open() {
            parts.push(format!("{}\n{}", NEXT.of(lang), next::next_steps(&self.next, lang)));
            if !self.not_now.is_empty() {
                parts.push(format!("{}\n{}", NOT_NOW.of(lang), next::next_steps(&self.not_now, lang)));
            }
        }
        parts.join("\n\n")
    }
}

impl CaseView {
    fn head(&self, lang: Lang) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let result = self.result.as_ref().map(|result| result.of(lang).to_owned()).unwrap_or_default();
        let status = of_code::<CaseStatus>(self.status, lang);
        let head = [
            (CASE.of(lang), self.case.clone()),
            (PROFILE.of(lang), self.profile.line(lang)),
            (PROCEDURE.of(lang), self.procedure.with_article(lang)),
            (STATE.of(lang), STATE_AND_STATUS.fill(lang, &[&self.state.in_lang(lang), &status])),
            (RESULT.of(lang), result),
            (OPENED.of(lang), self.opened.clone()),
            (ABOUT.of(lang), text(&self.about)),
            (ACCOUNT.of(lang), text(&self.account)),
            (REGISTRATION.of(lang), text(&self.registration)),
        ];
        let certificates = self.certificates.iter().map(|certificate| certificate.row(lang));
        let rest = [(RETAINED.of(lang), text(&self.retained_until)), (ASKED_AT.of(lang), self.at.clone())];
        facts(head.into_iter().chain(certificates).chain(rest))
    }

    fn parties(&self, lang: Lang) -> String {
        let members = |members: &[Person]| joined(members.iter().map(Person::line), lang);
        facts(self.parties.iter().map(|party| (party.party.in_lang(lang), members(&party.members))))
    }

    fn deadlines(&self, lang: Lang) -> String {
        if self.deadlines.is_empty() {
            return String::new();
        }
        let heading = [DEADLINE, DUE, STATUS].map(|text| text.of(lang));
        table(heading, self.deadlines.iter().map(|deadline| deadline.row(lang)))
    }
}

impl DocumentView {
    fn row(&self, lang: Lang) -> (&str, String) {
        let items = DOCUMENT_ITEMS.fill(lang, &[&self.items, &self.entry_index]);
        let words: Vec<_> = std::iter::once(items).chain(self.certificates.iter().cloned()).collect();
        (self.document.in_lang(lang), words.join(" "))
    }
}

impl DeadlineView {
    fn row(&self, lang: Lang) -> [String; 3] {
        let mut status = of_code::<DeadlineState>(self.status, lang);
        if super::is_provisional(self.standing) {
            status = joined([status, of_code::<DeadlineStanding>(self.standing, lang)], lang);
        }
        [self.deadline.with_article(lang), self.due.clone().unwrap_or_default(), status]
    }

    /// In one line; of what runs.
    pub(in super::super) fn line(&self, lang: Lang) -> String {
        let [deadline, due, status] = self.row(lang);
        format!("{due} {deadline} · {status}")
    }

    /// Whether it runs, or has come and is not recorded yet.
    pub(in super::super) fn is_ahead(&self) -> bool {
        [DeadlineState::Running.code(), DeadlineState::Due.code()].contains(&self.status)
    }
}

impl PublishedView {
    fn line(&self, lang: Lang) -> String {
        let fields = joined(self.fields.iter().map(|field| field.in_lang(lang).to_owned()), lang);
        let until = self.until.as_ref().map(|until: &Titled| until.in_lang(lang));
        match until {
            Some(until) => PUBLISHED_UNTIL.fill(lang, &[&fields, &self.since, &until]),
            None => PUBLISHED_SINCE.fill(lang, &[&fields, &self.since]),
        }
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
