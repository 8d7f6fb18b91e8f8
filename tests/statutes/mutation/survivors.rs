//! Alterations that no sentence can tell from the profile, and why.

use serde::Deserialize;

use super::place::matches;
use super::run::Verdict;

/// The list.
pub(crate) struct Survivors(pub(crate) Vec<Survivor>);

/// Alterations at some places that survive.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Survivor {
    /// Name of the profile.
    pub(crate) profile: String,
    /// Where, each as a pattern.
    pub(crate) places: Vec<String>,
    /// How; left out: however.
    #[serde(default)]
    pub(crate) changes: Vec<String>,
    /// Why.
    pub(crate) reason: String,
}

/// Reads `survivors.toml`.
pub(crate) fn survivors() -> Survivors {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        survivor: Vec<Survivor>,
    }
    let file: File = toml::from_str(include_str!("survivors.toml")).unwrap();
    Survivors(file.survivor)
}

impl Survivors {
    pub(crate) fn of<'s>(&'s self, profile: &'s str) -> impl Iterator<Item = &'s Survivor> {
        self.0.iter().filter(move |survivor| survivor.profile == profile)
    }

    /// Survivors that the list does not have.
    pub(crate) fn unlisted<'v>(&self, profile: &str, verdicts: &'v [Verdict]) -> Vec<&'v Verdict> {
        let survived = verdicts.iter().filter(|verdict| verdict.survived());
        survived.filter(|verdict| !self.of(profile).any(|survivor| survivor.tells(verdict))).collect()
    }

    /// Alterations that the list has, and that a sentence tells.
    pub(crate) fn told<'v>(&self, profile: &str, verdicts: &'v [Verdict]) -> Vec<&'v Verdict> {
        let killed = verdicts.iter().filter(|verdict| !verdict.survived());
        killed.filter(|verdict| self.of(profile).any(|survivor| survivor.tells(verdict))).collect()
    }

    /// Places of the list at which nothing survives.
    pub(crate) fn idle(&self, profile: &str, verdicts: &[Verdict]) -> Vec<String> {
        let survived: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.survived()).collect();
        let patterns = self.of(profile).flat_map(|survivor| {
            survivor
                .places
                .iter()
                .filter(|pattern| !survived.iter().any(|verdict| survivor.fits(pattern, verdict)))
        });
        patterns.cloned().collect()
    }
}

impl Survivor {
    fn tells(&self, verdict: &Verdict) -> bool {
        self.places.iter().any(|pattern| self.fits(pattern, verdict))
    }

    fn fits(&self, pattern: &str, verdict: &Verdict) -> bool {
        matches(pattern, &verdict.place)
            && (self.changes.is_empty() || self.changes.contains(&verdict.change))
    }
}
