//! Profiles and overlays in the files that a person names.

use std::path::{Path, PathBuf};

use bulla_rules::profile::limits::{PROFILE_BYTES_MAX, PROFILE_TEXT_BYTES_MAX};
use bulla_rules::profile::text::{self, Places};
use bulla_rules::profile::{Problem, Profile};
use bulla_types::{Lang, ReasonCode};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::files;
use crate::text::Said;

/// Names a profile on the command line.
#[derive(Args)]
pub(super) struct Files {
    /// A profile: its text (.toml) or its compiled bytes | 规则配置：文本（.toml）或编译结果
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The overlay by which a body fills it in | 采用机构的补充规定
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
}

/// A profile that has been read.
pub(super) struct Loaded {
    pub(super) profile: Profile,
    /// Everything that is wrong with it; with an overlay also what keeps it from being adopted.
    pub(super) problems: Vec<Located>,
}

/// A problem and the file that it stands in.
#[derive(Debug, Clone)]
pub(super) struct Located {
    file: PathBuf,
    problem: Problem,
}

impl Located {
    /// `FILE:LINE:COLUMN CODE PATH (ARTICLE): what to do`.
    pub(super) fn line(&self, lang: Lang) -> String {
        let Self { file, problem } = self;
        let mut place = file.display().to_string();
        if let Some(found) = problem.place {
            place.push_str(&format!(":{}:{}", found.line, found.column));
        }
        let article = problem.article.as_deref().filter(|article| !article.is_empty());
        let article = article.map(|article| format!(" ({article})")).unwrap_or_default();
        let (code, path, message) = (problem.code.as_str(), &problem.path, problem.message(lang));
        format!("{place} {code} {path}{article}: {message}")
    }

    fn json(&self) -> Value {
        let Self { file, problem } = self;
        json!({
            "code": problem.code.as_str(),
            "file": file.display().to_string(),
            "line": problem.place.map(|place| place.line),
            "column": problem.place.map(|place| place.column),
            "path": problem.path,
            "article": problem.article,
            "message": { "en": problem.message(Lang::En), "zh": problem.message(Lang::Zh) },
        })
    }
}

impl Serialize for Located {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}

/// Why there is no profile.
pub(super) enum Unread {
    /// The file cannot be read, or its bytes are no profile.
    Failure(Failure),
    /// Its text has these problems of form.
    Problems(Vec<Located>),
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Failure(failure) => failure,
            Unread::Problems(problems) => refused(&problems),
        }
    }
}

/// The failure of a command that needs a profile without problems.
fn refused(problems: &[Located]) -> Failure {
    let said = |located: &Located| Said { en: located.line(Lang::En), zh: located.line(Lang::Zh) };
    let lines: Vec<_> = problems.iter().map(said).collect();
    Failure::new(ReasonCode::ProfileInvalid, Said::lines(&lines))
}

impl Files {
    /// Reads the profile, and the overlay over it if one is named.
    pub(super) fn read(&self) -> Result<Loaded, Unread> {
        let (base, places) = load(&self.file)?;
        let located = |problems: Vec<Problem>, places: &Places| locate(&self.file, problems, places);
        let Some(overlay_file) = &self.overlay else {
            let problems = if base.adoption.is_some() { base.check_adoptable() } else { base.check() };
            return Ok(Loaded { problems: located(problems, &places), profile: base });
        };
        let broken = base.check();
        if !broken.is_empty() {
            return Err(Unread::Problems(located(broken, &places)));
        }
        let text = files::read_text(overlay_file, PROFILE_TEXT_BYTES_MAX)?;
        let in_overlay = |problems, places: &Places| Unread::Problems(locate(overlay_file, problems, places));
        let (overlay, overlay_places) =
            text::parse_overlay(&text, &base).map_err(|problems| in_overlay(problems, &Places::default()))?;
        let profile =
            base.with_overlay(&overlay).map_err(|problems| in_overlay(problems, &overlay_places))?;
        // What the overlay says is shown there, what it leaves open where the profile says so.
        let problem = |problem: Problem| match overlay_places.of(&problem.path) {
            Some(_) => locate(overlay_file, vec![problem], &overlay_places),
            None => located(vec![problem], &places),
        };
        let problems = profile.check_adoptable().into_iter().flat_map(problem).collect();
        Ok(Loaded { profile, problems })
    }

    /// Reads a profile without problems.
    pub(super) fn whole(&self) -> Result<Profile, Failure> {
        let Loaded { profile, problems } = self.read()?;
        if problems.is_empty() { Ok(profile) } else { Err(refused(&problems)) }
    }
}

/// Reads a profile without problems from one file.
pub(crate) fn profile(file: &Path) -> Result<Profile, Failure> {
    Files { file: file.to_owned(), overlay: None }.whole()
}

fn load(file: &Path) -> Result<(Profile, Places), Unread> {
    if file.extension().is_some_and(|extension| extension == "toml") {
        let text = files::read_text(file, PROFILE_TEXT_BYTES_MAX)?;
        return text::parse(&text)
            .map_err(|problems| Unread::Problems(locate(file, problems, &Places::default())));
    }
    let bytes = files::read(file, PROFILE_BYTES_MAX)?;
    let profile = Profile::decode(&bytes)
        .map_err(|error| Failure::new(error.reason(), Said::english(&error).of_thing(file.display())))?;
    Ok((profile, Places::default()))
}

fn locate(file: &Path, problems: Vec<Problem>, places: &Places) -> Vec<Located> {
    let located = |mut problem: Problem| {
        places.locate(&mut problem);
        Located { file: file.to_owned(), problem }
    };
    let mut problems: Vec<_> = problems.into_iter().map(located).collect();
    problems.sort_by_key(|located| located.problem.place);
    problems
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    fn repository(file: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles").join(file)
    }

    /// The profiles of the repository, each with its overlay for tests.
    fn published() -> Vec<Files> {
        let overlays = fs::read_dir(repository("overlays")).unwrap().map(|file| file.unwrap().path());
        let base = |overlay: &Path| {
            let name = overlay.file_name().unwrap().to_str().unwrap().replace("-test.toml", ".toml");
            repository(&name)
        };
        overlays.map(|overlay| Files { file: base(&overlay), overlay: Some(overlay) }).collect()
    }

    #[test]
    fn every_published_profile_is_read_with_its_overlay() {
        assert!(published().len() >= 2);
        for files in published() {
            assert!(files.whole().unwrap().adoption.is_some());
        }
    }

    #[test]
    fn compiled_bytes_are_read_like_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("profile.bulla");
        let from_text = published()[0].whole().unwrap();
        fs::write(&file, from_text.encode()).unwrap();
        assert_eq!(profile(&file).unwrap(), from_text);
        fs::write(&file, b"nothing").unwrap();
        assert_eq!(profile(&file).unwrap_err().reason, ReasonCode::Malformed);
    }

    #[test]
    fn a_problem_is_shown_in_its_file_with_line_column_article_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let Files { file, overlay } = published().pop().unwrap();
        let text = fs::read_to_string(overlay.unwrap()).unwrap();
        let cut = folder.path().join("overlay.toml");
        let start = text.find("[values.").unwrap();
        fs::write(&cut, &text[..start]).unwrap();
        let loaded = Files { file: file.clone(), overlay: Some(cut) }.read().ok().unwrap();
        let base = fs::read_to_string(&file).unwrap();
        for located in &loaded.problems {
            let line = located.line(Lang::En);
            let name = located.problem.path.strip_prefix("values.").unwrap();
            let at = base.lines().position(|line| line == format!("[values.{name}]")).unwrap() + 1;
            assert!(
                line.starts_with(&format!("{}:{at}:1 VALUE_UNSET values.{name} (", file.display())),
                "{line}"
            );
            assert!(line.ends_with("set it in the overlay."), "{line}");
        }
        assert!(!loaded.problems.is_empty());
    }
}
