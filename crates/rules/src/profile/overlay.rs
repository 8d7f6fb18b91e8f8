//! Laying an overlay over a profile: the adopting body fills in what the source leaves open.

use bulla_types::Lang;

use super::closed::Closed;
use super::ident::Ident;
use super::problem::{Problem, ProblemCode, Words};
use super::source::Adoption;
use super::text::OverlayText;
use super::value::{Bound, Content, Origin, Value};
use super::vocabulary::{Openness, Term};
use super::whole::Profile;
use crate::period::{Length, Period};

impl Profile {
    /// The profile as an overlay fills it in. An overlay sets what is unset, moves bounded values to their
    /// stricter side, and adds terms to open vocabularies; it can do nothing else.
    ///
    /// # Errors
    /// Everything in the overlay that it cannot do, with paths in its text.
    pub fn with_overlay(&self, overlay: &OverlayText) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        problems.extend(self.differs(overlay));
        let mut profile = self.clone();
        for (name, content, basis) in &overlay.values {
            let Some(value) = profile.values.get_mut(name.as_str()) else {
                problems.push(unknown("values", Words::of("参数", "value"), name));
                continue;
            };
            problems.extend(set(value, content, basis).err());
        }
        for (name, terms) in &overlay.terms {
            problems.extend(profile.add_terms(name, terms));
        }
        profile.id = overlay.id.clone();
        profile.version = overlay.version;
        profile.adoption = Some(Adoption {
            base_id: overlay.base_id.clone(),
            base_version: overlay.base_version,
            base_digest: overlay.base_digest,
            authority: overlay.authority.clone(),
            credit_code: overlay.credit_code,
            document: overlay.document.clone(),
            decided_on: overlay.decided_on,
        });
        if problems.is_empty() { Ok(profile) } else { Err(problems) }
    }

    fn differs(&self, overlay: &OverlayText) -> Option<Problem> {
        let ours = (&self.id, self.version, self.digest());
        let theirs = (&overlay.base_id, overlay.base_version, overlay.base_digest);
        let words = |(id, version, digest): (_, _, _)| Words::same(format!("{id} {version} {digest}"));
        let fits = ours == theirs && self.adoption.is_none();
        (!fits)
            .then(|| Problem::new(ProblemCode::OverlayBaseDiffers, "base", vec![words(theirs), words(ours)]))
    }

    fn add_terms(&mut self, name: &Ident, terms: &[Term]) -> Option<Problem> {
        let path = format!("vocabularies.{name}");
        let Some(vocabulary) = self.vocabularies.get_mut(name.as_str()) else {
            return Some(unknown("vocabularies", Words::of("词表", "vocabulary"), name));
        };
        if vocabulary.openness == Openness::Closed {
            let details = vec![Words::same(name)];
            return Some(Problem::new(ProblemCode::OverlayVocabularyClosed, path, details));
        }
        for term in terms {
            if vocabulary.term(term.name.as_str()).is_some() {
                return Some(Problem::new(ProblemCode::Duplicate, path, vec![Words::same(&term.name)]));
            }
            vocabulary.terms.push(term.clone());
        }
        None
    }
}

fn unknown(section: &str, what: Words, name: &Ident) -> Problem {
    Problem::new(ProblemCode::NameUnknown, format!("{section}.{name}"), vec![what, Words::same(name)])
}

fn set(value: &mut Value, content: &Content, basis: &str) -> Result<(), Problem> {
    let basis = basis.to_owned();
    let problem = |code, details: Vec<Words>| {
        Problem::new(code, format!("values.{}", value.head.name), details).citing(&value.head.cite.article)
    };
    let origin = match (&value.origin, &value.content) {
        (Origin::Unset { why }, _) => Origin::Filled { why: why.clone(), basis },
        (_, Some(given)) if value.bound != Bound::Exact => {
            if !is_stricter(value.bound, given, content) {
                let bound = Words::of(value.bound.label(Lang::Zh), value.bound.label(Lang::En));
                let details = vec![Words::same(&value.head.name), bound];
                return Err(problem(ProblemCode::OverlayValueWeaker, details));
            }
            Origin::Stricter { basis }
        }
        _ => return Err(problem(ProblemCode::OverlayValueGiven, vec![Words::same(&value.head.name)])),
    };
    value.origin = origin;
    value.content = Some(content.clone());
    Ok(())
}

/// Whether the new content is no less strict than the given one; in the same unit, or it cannot be told.
fn is_stricter(bound: Bound, given: &Content, new: &Content) -> bool {
    let pair = match (given, new) {
        (Content::Period(given), Content::Period(new)) => counts(*given, *new),
        (Content::Integer(given), Content::Integer(new)) => Some((*given, *new)),
        (Content::Ratio(given), Content::Ratio(new)) => Some((u64::from(*given), u64::from(*new))),
        (Content::Amount(given), Content::Amount(new)) if given.currency == new.currency => {
            Some((given.minor, new.minor))
        }
        _ => None,
    };
    match (bound, pair) {
        (Bound::AtLeast, Some((given, new))) => new >= given,
        (Bound::AtMost, Some((given, new))) => new <= given,
        _ => false,
    }
}

fn counts(given: Period, new: Period) -> Option<(u64, u64)> {
    let counts = match (given.length, new.length) {
        (Length::WorkingDays(given), Length::WorkingDays(new))
        | (Length::NaturalDays(given), Length::NaturalDays(new))
        | (Length::Months(given), Length::Months(new))
        | (Length::Years(given), Length::Years(new)) => Some((given, new)),
        _ => None,
    };
    counts.filter(|_| given.roll == new.roll).map(|(given, new)| (given.get().into(), new.get().into()))
}
