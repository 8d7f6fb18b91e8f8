//! The sample profile, whole and with defects.

use bulla_rules::profile::{Problem, ProblemCode, Profile, text};

/// A small profile without defects.
pub(crate) const SAMPLE: &str = include_str!("sample.toml");

/// The profile of this text, which has no defect of form.
pub(crate) fn profile(text: &str) -> Profile {
    let (profile, _) = text::parse(text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    profile
}

pub(crate) fn sample() -> Profile {
    profile(SAMPLE)
}

/// The sample with some of its words, which stand in it once, replaced.
pub(crate) fn sample_with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(SAMPLE.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text.replace(from, to)
    })
}

/// Everything that is wrong with a text, with places.
pub(crate) fn problems(text: &str) -> Vec<Problem> {
    match text::parse(text) {
        Err(problems) => problems,
        Ok((profile, places)) => {
            let mut problems = profile.check();
            problems.iter_mut().for_each(|problem| places.locate(problem));
            problems
        }
    }
}

/// Code and path of everything that is wrong with a text.
pub(crate) fn found(text: &str) -> Vec<(ProblemCode, String)> {
    problems(text).into_iter().map(|problem| (problem.code, problem.path)).collect()
}
