//! Whether the parts of a profile fit each other: every name resolves, every state can be reached and left,
//! every date can be reckoned, nothing is asked that can never hold, nothing is left over.

mod conditions;
mod contradictions;
mod dates;
mod deadlines;
mod effects;
mod flow;
mod givens;
mod names;
mod parties;
mod publicity;
mod records;
mod rights;
mod schema;
mod steps;
mod unset;

use std::collections::BTreeSet;

use super::limits::PROFILE_BYTES_MAX;
use super::problem::{Problem, ProblemCode, Words};
use super::procedure::Procedure;
use super::whole::Profile;
use names::Section;
use records::Records;

impl Profile {
    /// Everything that is wrong with the profile as the text of a source: unset values may remain.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let mut checker = Checker::new(self);
        checker.sections();
        for procedure in &self.procedures {
            checker.procedure(procedure);
        }
        checker.unused();
        checker.form();
        let mut problems: Vec<Problem> = Vec::new();
        for problem in checker.problems {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems
    }

    /// Everything that keeps the profile from being adopted: the same, and each value that is still unset.
    #[must_use]
    pub fn check_adoptable(&self) -> Vec<Problem> {
        let mut problems = self.check();
        problems.extend(unset::unset(self));
        problems
    }
}

struct Checker<'p> {
    profile: &'p Profile,
    records: Records<'p>,
    used: BTreeSet<(Section, String)>,
    problems: Vec<Problem>,
}

/// A part of the profile that is being checked.
#[derive(Clone, Copy)]
struct Part<'a> {
    path: &'a str,
    article: &'a str,
}

impl<'p> Checker<'p> {
    fn new(profile: &'p Profile) -> Self {
        Self { profile, records: Records::of(profile), used: BTreeSet::new(), problems: Vec::new() }
    }

    fn note(&mut self, part: Part<'_>, code: ProblemCode, details: Vec<Words>) {
        self.problems.push(Problem::new(code, part.path, details).citing(part.article));
    }

    fn procedure(&mut self, procedure: &'p Procedure) {
        let path = format!("procedures.{}", procedure.head.name);
        let part = Part { path: &path, article: &procedure.head.cite.article };
        self.about(procedure, part);
        self.steps(procedure, &path);
        self.deadlines(procedure, &path);
        self.flow(procedure, part);
        self.publicity(procedure, &path);
    }

    /// What only the encoded profile can show.
    fn form(&mut self) {
        let whole = Part { path: "", article: "" };
        let bytes = self.profile.encode();
        if bytes.len() > PROFILE_BYTES_MAX {
            let details = vec![Words::same(bytes.len()), Words::same(PROFILE_BYTES_MAX)];
            self.note(whole, ProblemCode::TooLarge, details);
        } else if let Err(error) = Profile::decode(&bytes) {
            self.note(whole, ProblemCode::FormBroken, vec![Words::same(error)]);
        }
    }
}
