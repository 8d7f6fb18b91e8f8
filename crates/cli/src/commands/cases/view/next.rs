//! What may happen next in a case: by whom, until when, and what is still missing.

use bulla_client::{PossibleStep, StepParty, StepTime};
use bulla_rules::profile::{Procedure, Profile, Speaker};
use bulla_types::Lang;
use serde::Serialize;

use super::super::conditions;
use super::super::texts::{
    AFTER, BY, DUE_AT, DUE_AT_PROVISIONAL, DUE_BEFORE, DUE_BEFORE_PROVISIONAL, MISSING, MUST_BRING_DOCUMENTS,
    MUST_BRING_FIELDS, NOTHING_NEXT, SIGNED_BY, UNTIL,
};
use super::is_provisional;
use crate::lookup::{People, Person};
use crate::output::facts;
use crate::text::Said;
use crate::titled::{Titled, joined};
use crate::when;
use crate::words::Word;

/// A step that members may take.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NextStep {
    step: Titled,
    by: Vec<Actor>,
    signed_by: Vec<Actor>,
    fields: Vec<Titled>,
    documents: Vec<Titled>,
    until: Vec<Time>,
    after: Vec<Time>,
    missing: Vec<Said>,
}

/// A party, and who may act as it.
#[derive(Debug, Clone, Serialize)]
struct Actor {
    party: Titled,
    /// Empty when it is not settled yet who.
    members: Vec<Person>,
    /// Which member the party is.
    who: Said,
}

#[derive(Debug, Clone, Serialize)]
struct Time {
    deadline: Titled,
    due: String,
    standing: &'static str,
}

/// The steps that can be taken now, and those that cannot, in the order in which the node tells them.
pub(super) fn steps(
    possible: &[PossibleStep],
    profile: &Profile,
    procedure: Option<&Procedure>,
    people: &People,
) -> (Vec<NextStep>, Vec<NextStep>) {
    let actors = |parties: &[StepParty]| -> Vec<Actor> {
        parties.iter().map(|party| Actor::new(party, profile, people)).collect()
    };
    let times = |times: &[StepTime]| times.iter().map(|time| Time::new(time, procedure)).collect();
    let step = |possible: &PossibleStep| NextStep {
        step: Titled::step(procedure, possible.step.as_str()),
        by: actors(&possible.by),
        signed_by: actors(&possible.signed_by),
        fields: possible.fields.iter().map(|name| Titled::field(profile, name.as_str())).collect(),
        documents: possible.documents.iter().map(|name| Titled::document(profile, name.as_str())).collect(),
        until: times(&possible.until),
        after: times(&possible.after),
        missing: {
            let told = |missing: &String| {
                conditions::told(missing, profile, procedure, Some(&possible.step), &|subject| {
                    people.identifier(subject)
                })
            };
            possible.missing.iter().map(told).collect()
        },
    };
    possible.iter().map(step).partition(|step| step.missing.is_empty())
}

impl Actor {
    fn new(party: &StepParty, profile: &Profile, people: &People) -> Self {
        let rule = profile.parties.get(party.party.as_str());
        let who =
            |lang| rule.map_or(String::new(), |rule| Speaker::new(profile, lang).binding(&rule.binding));
        Self {
            party: Titled::party(profile, party.party.as_str()),
            members: people.persons(party.members.iter().copied()),
            who: Said { en: who(Lang::En), zh: who(Lang::Zh) },
        }
    }

    fn words(&self, lang: Lang) -> String {
        let members = match self.members.as_slice() {
            [] => self.who.of(lang).to_owned(),
            members => joined(members.iter().map(Person::line), lang),
        };
        match lang {
            Lang::Zh => format!("{}：{members}", self.party.in_lang(lang)),
            Lang::En => format!("{}: {members}", self.party.in_lang(lang)),
        }
    }
}

impl Time {
    fn new(time: &StepTime, procedure: Option<&Procedure>) -> Self {
        Self {
            deadline: Titled::deadline(procedure, time.deadline.as_str()),
            due: when::show(time.due),
            standing: time.standing.code(),
        }
    }

    fn before(&self, lang: Lang) -> String {
        let text = if is_provisional(self.standing) { DUE_BEFORE_PROVISIONAL } else { DUE_BEFORE };
        text.fill(lang, &[&self.due, &self.deadline.in_lang(lang)])
    }

    fn from(&self, lang: Lang) -> String {
        let text = if is_provisional(self.standing) { DUE_AT_PROVISIONAL } else { DUE_AT };
        text.fill(lang, &[&self.due, &self.deadline.in_lang(lang)])
    }
}

impl NextStep {
    /// For a person: the name by which it is asked for, its title and article, and all that bears on it.
    fn text(&self, lang: Lang) -> String {
        let titles =
            |titles: &[Titled]| joined(titles.iter().map(|titled| titled.in_lang(lang).to_owned()), lang);
        let lines = |lines: Vec<String>| lines.join("\n");
        let known = facts([
            (BY.of(lang), lines(self.by.iter().map(|actor| actor.words(lang)).collect())),
            (SIGNED_BY.of(lang), lines(self.signed_by.iter().map(|actor| actor.words(lang)).collect())),
            (UNTIL.of(lang), lines(self.until.iter().map(|time| time.before(lang)).collect())),
            (AFTER.of(lang), lines(self.after.iter().map(|time| time.from(lang)).collect())),
            (MUST_BRING_FIELDS.of(lang), titles(&self.fields)),
            (MUST_BRING_DOCUMENTS.of(lang), titles(&self.documents)),
            (MISSING.of(lang), lines(self.missing.iter().map(|told| told.of(lang).to_owned()).collect())),
        ]);
        let known = known.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n");
        format!("{} · {}\n{known}", self.step.name, self.step.with_article(lang))
    }
}

/// All steps for a person.
pub(in super::super) fn next_steps(next: &[NextStep], lang: Lang) -> String {
    if next.is_empty() {
        return NOTHING_NEXT.of(lang).to_owned();
    }
    next.iter().map(|step| step.text(lang)).collect::<Vec<_>>().join("\n")
}
