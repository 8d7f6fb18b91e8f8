//! What a node says of conditions in English, in the words of their profile.

use bulla_ledger::condition_words;
use bulla_rules::profile::{Actor, Condition, Ident, Procedure, Profile, Speaker, Step};
use bulla_types::{RuleName, Subject, SubjectKind};

use super::refusal::with_titles;
use super::texts::AND_PROVISIONAL;
use crate::text::Said;
use crate::titled::Titled;

/// Ends what a calendar can still move.
const PROVISIONALLY: &str = ", provisionally";
/// Between a condition and what is known of what it asks about.
const BETWEEN: &str = "; ";

/// A condition of a step, or of who takes it, by what a node calls it, with the times and numbers behind it; else its
/// words as they are.
pub(super) fn told(
    words: &str,
    profile: &Profile,
    procedure: Option<&Procedure>,
    step: Option<&RuleName>,
    identifier: &dyn Fn(Subject) -> String,
) -> Said {
    let mut parts = words.split(BETWEEN);
    let condition = parts.next().unwrap_or(words);
    let rule = procedure.zip(step).and_then(|(procedure, step)| procedure.steps.get(step.as_str()));
    let known = rule.and_then(|step| find(condition, profile, step));
    let mut said = match known {
        Some(condition) => {
            let in_lang = |lang| {
                let speaker = Speaker::new(profile, lang);
                procedure.map_or(speaker, |procedure| speaker.of(procedure)).condition(condition)
            };
            Said { en: in_lang(bulla_types::Lang::En), zh: in_lang(bulla_types::Lang::Zh) }
        }
        None => in_words(condition, profile, procedure),
    };
    for part in parts {
        let part = of_known(part, profile, procedure);
        said = Said { en: format!("{}; {}", said.en, part.en), zh: format!("{}；{}", said.zh, part.zh) };
    }
    Said { en: with_identifiers(&said.en, identifier), zh: with_identifiers(&said.zh, identifier) }
}

/// What is known of a deadline: its title stands in place of its name, in both languages.
fn of_known(part: &str, profile: &Profile, procedure: Option<&Procedure>) -> Said {
    let (part, can_move) = match part.strip_suffix(PROVISIONALLY) {
        Some(part) => (part, true),
        None => (part, false),
    };
    let mut said = in_words(part, profile, procedure);
    if let Some(Titled { name, title, .. }) =
        part.split(' ').find_map(|word| deadline(word, profile, procedure))
    {
        said.en = said.en.replacen(&name, &format!("\"{}\"", title.en), 1);
        said.zh = said.zh.replacen(&name, &format!("“{}”", title.zh), 1);
    }
    match can_move {
        true => AND_PROVISIONAL.with(&[&said]),
        false => said,
    }
}

/// A deadline of the procedure, else of another one: a case is also asked about those of the case that it is about.
fn deadline(name: &str, profile: &Profile, procedure: Option<&Procedure>) -> Option<Titled> {
    let mut procedures = procedure.into_iter().chain(&profile.procedures);
    let of = procedures.find(|procedure| procedure.deadlines.get(name).is_some())?;
    Some(Titled::deadline(Some(of), name))
}

fn in_words(words: &str, profile: &Profile, procedure: Option<&Procedure>) -> Said {
    let Said { en, zh } = Said::english(words);
    Said { en, zh: procedure.map_or(zh.clone(), |procedure| with_titles(&zh, profile, procedure)) }
}

/// A text with whole identifiers in place of letters with numbers, `R-7`.
pub(super) fn with_identifiers(text: &str, identifier: &dyn Fn(Subject) -> String) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut told = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let end = rest[start..].find(|c| !is_part(c)).map_or(rest.len(), |length| start + length);
        told.push_str(&rest[..start]);
        let word = &rest[start..end];
        told.push_str(&subject(word).map_or_else(|| word.to_owned(), identifier));
        rest = &rest[end..];
    }
    told + rest
}

fn subject(word: &str) -> Option<Subject> {
    let (letter, number) = word.split_once('-')?;
    let kind = SubjectKind::ALL.iter().find(|kind| letter.chars().eq([kind.letter()]))?;
    Some(Subject::new(*kind, number.parse().ok().filter(|number| *number > 0)?))
}

fn find<'p>(words: &str, profile: &'p Profile, step: &'p Step) -> Option<&'p Condition> {
    let taken_by = match &step.by {
        Actor::Parties(parties) => Some(parties),
        Actor::Ledger(_) => None,
    };
    let parties = taken_by.into_iter().flatten().chain(&step.signed_by);
    let requires = |party: &Ident| profile.parties.get(party.as_str()).map(|party| &party.requires);
    let of_parties = parties.filter_map(requires).flatten();
    let mut found = None;
    for condition in step.conditions.iter().chain(of_parties) {
        condition.visit(&mut |condition| {
            if found.is_none() && condition_words(condition) == words {
                found = Some(condition);
            }
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_as_whole_identifiers() {
        let identifier = |subject: Subject| format!("<{subject}>");
        let told = with_identifiers("there is R-7 already, not Z-0, A-x or cn-a-1; M-12（R-7）", &identifier);
        assert_eq!(told, "there is <R-7> already, not Z-0, A-x or cn-a-1; <M-12>（<R-7>）");
    }
}
