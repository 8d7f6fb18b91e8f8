//! Procedures on the page: steps in the order of their course, deadlines.

use bulla_rules::profile::{Deadline, Head, Procedure, Speaker, State, Step};

use super::super::texts::{
    ABOUT, ARTICLE, BY, CALLED, CONDITIONS, DEADLINES, DOCUMENTS, DUE, EFFECTS, FIELDS, FROM, KIND, MET_BY,
    NOTE, PROCEDURE, REASONS, REASONS_GIVEN, RUNS_IN, SIGNED_BY, STATES, TO,
};
use super::{Page, section};
use crate::output::{facts, table};

impl Page<'_> {
    pub(super) fn procedure(&self, procedure: &Procedure) -> String {
        let speaker = Speaker::new(self.profile, self.lang).of(procedure);
        let title = PROCEDURE.fill(self.lang, &[&self.title(&procedure.head)]);
        let states: Vec<_> =
            procedure.states_in_course().into_iter().map(|state| self.state(state)).collect();
        let known = facts([
            (self.say(ARTICLE), self.article(&procedure.head)),
            (self.say(ABOUT), speaker.about(&procedure.about)),
            (self.say(STATES), states.join("\n")),
            (self.say(NOTE), procedure.head.note.clone().unwrap_or_default()),
        ]);
        let mut parts = vec![section(&title, &known)];
        let steps = procedure.steps_in_course();
        parts.extend(steps.into_iter().zip(1..).map(|(step, number)| self.step(&speaker, step, number)));
        if !procedure.deadlines.is_empty() {
            parts.push(format!("### {}\n{}", self.say(DEADLINES), self.deadlines(&speaker, procedure)));
        }
        parts.join("\n\n")
    }

    fn state(&self, state: &State) -> String {
        let title = state.title.in_lang(self.lang);
        match &state.result {
            Some(result) => format!("{title} ■ {}", result.in_lang(self.lang)),
            None => title.to_owned(),
        }
    }

    fn step(&self, speaker: &Speaker<'_>, step: &Step, number: usize) -> String {
        let states = |states: &mut dyn Iterator<Item = &bulla_rules::profile::Ident>| {
            states.map(|state| speaker.state(state).to_owned()).collect::<Vec<_>>().join(" / ")
        };
        let fields: Vec<_> =
            step.fields.iter().map(|used| speaker.need(speaker.field(&used.field), &used.need)).collect();
        let documents: Vec<_> = step
            .documents
            .iter()
            .map(|used| speaker.need(speaker.document(&used.category), &used.need))
            .collect();
        let conditions: Vec<_> =
            step.conditions.iter().map(|condition| speaker.condition(condition)).collect();
        let effects: Vec<_> = step.effects.iter().map(|effect| speaker.effect(effect)).collect();
        let reasons = if step.reasons { self.say(REASONS_GIVEN) } else { "" };
        let known = facts([
            (self.say(ARTICLE), format!("{} ({})", self.article(&step.head), self.force(&step.head))),
            (self.say(BY), speaker.actor(step)),
            (self.say(SIGNED_BY), speaker.parties(&step.signed_by)),
            (self.say(FROM), states(&mut step.from.iter())),
            (self.say(TO), states(&mut step.to.iter())),
            (self.say(FIELDS), fields.join("\n")),
            (self.say(DOCUMENTS), documents.join("\n")),
            (self.say(REASONS), reasons.to_owned()),
            (self.say(CONDITIONS), conditions.join("\n")),
            (self.say(EFFECTS), effects.join("\n")),
            (self.say(NOTE), note(&step.head)),
        ]);
        format!("### {number}. {}\n{known}", self.title(&step.head))
    }

    fn deadlines(&self, speaker: &Speaker<'_>, procedure: &Procedure) -> String {
        let heading = [CALLED, KIND, DUE, RUNS_IN, MET_BY, ARTICLE].map(|text| self.say(text));
        let row = |deadline: &Deadline| {
            let states: Vec<_> = deadline.runs_in.iter().map(|state| speaker.state(state)).collect();
            let steps: Vec<_> = deadline.met_by.iter().map(|step| speaker.step(step)).collect();
            let opens = deadline.opens.iter().map(|opens| speaker.date_rule(opens));
            let dates: Vec<_> = opens.chain([speaker.date_rule(&deadline.due)]).collect();
            [
                self.title(&deadline.head),
                speaker.deadline_kind(deadline.kind).to_owned(),
                dates.join(" – "),
                states.join(" / "),
                steps.join(" / "),
                self.article(&deadline.head),
            ]
        };
        table(heading, procedure.deadlines.iter().map(row))
    }
}

fn note(head: &Head) -> String {
    head.note.clone().unwrap_or_default()
}
