//! All alterations of a profile: each number by one, each name and word to another of its kind, each item and
//! each key away. Words for people, and where they come from, are left alone.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::place::{Part, Place};
use super::run::in_parallel;
use crate::suite::{Law, Source, Texts};

/// Alterations of one name that are tried, as far as the check of profiles lets them pass.
const NAMES_MAX: usize = 2;
/// Names that are tried for that.
const TRIES_MAX: usize = 16;

/// Keys whose values people read and the ledger does not.
const PROSE: [&str; 12] = [
    "zh",
    "en",
    "article",
    "note",
    "force",
    "source",
    "unset",
    "basis",
    "number",
    "publisher",
    "result",
    "digest",
];

/// Words that may stand for each other.
const WORDS: [&[&str]; 21] = [
    &["register", "venue"],
    &["clear", "attached", "committed"],
    &["text", "term", "boolean", "date", "integer", "ratio", "digest", "credit_code"],
    &["exact", "at_least", "at_most"],
    &["stays", "to_working_day"],
    &["registration", "party", "item", "trade", "evidence", "service", "objection", "other"],
    &["notice", "objection", "suspension", "freeze"],
    &["title", "encumbrance"],
    &["case", "entry", "account"],
    &["one", "any"],
    &["opener", "adopter", "holders", "anyone", "first", "named"],
    &["registration_body", "evidence_service", "exchange", "service_institution", "supervisor", "subject"],
    &["legal_person", "unincorporated", "natural_person"],
    &["cancelled", "revoked", "terminated", "lapsed"],
    &["amended", "transferred", "ended"],
    &["duty", "window", "lapse"],
    &["restart", "resume", "keep"],
    &["open", "closed"],
    &["digest", "evidence"],
    &["true", "false"],
    &["CNY", "USD"],
];

/// Keys that say the opposite, or another thing of the same form.
const TURNS: [(&str, &str); 5] =
    [("any", "all"), ("all", "any"), ("earliest", "latest"), ("after", "before"), ("before", "after")];

/// An altered profile that the check of profiles lets pass.
pub(crate) struct Mutant {
    /// What was altered.
    pub(crate) place: String,
    /// How.
    pub(crate) change: String,
    texts: Texts,
}

impl Mutant {
    pub(crate) fn law(&self, source: &Source) -> Law {
        Law::new(self.texts.clone(), source.base).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }
}

/// The alterations that the check of profiles lets pass, and how many it refuses.
pub(crate) fn mutants(source: &Source, wanted: impl Fn(&str) -> bool + Sync) -> (Vec<Mutant>, usize) {
    let texts = source.texts();
    let starts = starts(&texts);
    let found = in_parallel(starts.len(), |index| {
        let (place, value) = &starts[index];
        let mut search = Search { source, texts: &texts, wanted: &wanted, found: Vec::new(), refused: 0 };
        search.value(place, value);
        (search.found, search.refused)
    });
    let refused = found.iter().map(|(_, refused)| refused).sum();
    (found.into_iter().flat_map(|(found, _)| found).collect(), refused)
}

/// What the sections of the texts hold, each with its place.
fn starts(texts: &Texts) -> Vec<(Place, &Value)> {
    let base = texts.base.iter().map(|(name, section)| (false, name.as_str(), section));
    let overlay = ["values", "authority"].map(|name| (true, name, &texts.overlay[name]));
    let mut starts = Vec::new();
    for (in_overlay, name, section) in base.chain(overlay) {
        for (key, value) in section.as_table().into_iter().flatten() {
            let told_only = name == "profile" && key != "kind";
            if !told_only && !PROSE.contains(&key.as_str()) {
                let place = Place::root(in_overlay).at(Part::Key(name.to_owned()));
                starts.push((place.at(Part::Key(key.clone())), value));
            }
        }
    }
    starts
}

struct Search<'s> {
    source: &'s Source,
    texts: &'s Texts,
    wanted: &'s dyn Fn(&str) -> bool,
    found: Vec<Mutant>,
    refused: usize,
}

impl Search<'_> {
    /// Alters a value, and all within it.
    fn value(&mut self, place: &Place, value: &Value) {
        match value {
            Value::Integer(number) => {
                self.replaced(place, value, (number - 1).into());
                self.replaced(place, value, (number + 1).into());
            }
            Value::Boolean(answer) => self.replaced(place, value, (!answer).into()),
            Value::Datetime(date) => self.date(place, *date),
            Value::String(word) => self.word(place, word),
            Value::Float(_) => {}
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let item_place = place.at(Part::Item(index));
                    self.altered(&item_place, "left out".to_owned(), |texts| {
                        let list = place.of(texts).as_array_mut().expect("invariant: a list");
                        list.remove(index);
                    });
                    self.value(&item_place, item);
                }
            }
            Value::Table(table) => self.table(place, table),
        }
    }

    fn table(&mut self, place: &Place, table: &Table) {
        for (key, value) in table.iter().filter(|(key, _)| !PROSE.contains(&key.as_str())) {
            let inner = place.at(Part::Key(key.clone()));
            self.altered(&inner, "left out".to_owned(), |texts| {
                place.of(texts).as_table_mut().expect("invariant: a table").remove(key);
            });
            if let Some((_, turned)) = TURNS.iter().find(|(from, _)| from == key) {
                self.altered(&inner, format!("turned to {turned}"), |texts| {
                    let table = place.of(texts).as_table_mut().expect("invariant: a table");
                    let value = table.remove(key).expect("invariant: it is there");
                    table.insert((*turned).to_owned(), value);
                });
            }
            if key == "not" {
                let value = value.clone();
                self.altered(&inner, "turned to the contrary".to_owned(), |texts| *place.of(texts) = value);
            }
            self.value(&inner, value);
        }
    }

    fn date(&mut self, place: &Place, date: toml::value::Datetime) {
        let Some(day) = date.date else { return };
        for day in
            [toml::value::Date { day: day.day - 1, ..day }, toml::value::Date { day: day.day + 1, ..day }]
        {
            let other = toml::value::Datetime { date: Some(day), ..date };
            self.replaced(place, &date.into(), other.into());
        }
    }

    /// Puts other names of the same kind in place of a name, and other words of the same list for a word.
    fn word(&mut self, place: &Place, word: &str) {
        let (prefix, name) = word.rsplit_once('.').map_or(("", word), |(prefix, name)| (prefix, name));
        let mut left = NAMES_MAX;
        for other in self.others(place, name).into_iter().take(TRIES_MAX) {
            let other = if prefix.is_empty() { other } else { format!("{prefix}.{other}") };
            let before = self.found.len();
            self.replaced(place, &word.into(), other.into());
            left -= self.found.len() - before;
            if left == 0 {
                return;
            }
        }
    }

    /// What could stand in place of a name, those that follow it in its list first.
    fn others(&self, place: &Place, name: &str) -> Vec<String> {
        let mut lists = self.names(place);
        lists.extend(WORDS.iter().map(|words| words.iter().map(|&word| word.to_owned()).collect()));
        lists.push((self.source.codes)().into_iter().map(|(_, code)| code.to_string()).collect());
        let mut seen = BTreeSet::from([name.to_owned()]);
        let mut others = Vec::new();
        for mut list in lists {
            if let Some(found) = list.iter().position(|item| item == name) {
                list.rotate_left(found);
                others.extend(list.into_iter().filter(|item| seen.insert(item.clone())));
            }
        }
        others
    }

    /// The lists of names that are known at a place.
    fn names(&self, place: &Place) -> Vec<Vec<String>> {
        let keys = |value: Option<&Value>| -> Vec<String> {
            value.and_then(Value::as_table).map(|table| table.keys().cloned().collect()).unwrap_or_default()
        };
        let mut lists = Vec::new();
        if let (Some("procedures"), Some(procedure)) = (place.key(0), place.key(1)) {
            let procedure = &self.texts.base["procedures"][procedure];
            lists.extend(["states", "steps", "deadlines"].map(|part| keys(procedure.get(part))));
        }
        for (section, value) in &self.texts.base {
            match section.as_str() {
                "profile" | "sources" => {}
                "vocabularies" => {
                    let vocabularies = value.as_table().into_iter().flat_map(Table::values);
                    lists.extend(vocabularies.map(terms));
                    lists.push(keys(Some(value)));
                }
                _ => lists.push(keys(Some(value))),
            }
        }
        lists
    }

    fn replaced(&mut self, place: &Place, value: &Value, with: Value) {
        let change = format!("{value} to {with}");
        self.altered(place, change, |texts| *place.of(texts) = with);
    }

    fn altered(&mut self, place: &Place, change: String, alter: impl FnOnce(&mut Table)) {
        let name = place.to_string();
        if !(self.wanted)(&name) {
            return;
        }
        let mut texts = self.texts.clone();
        alter(if place.in_overlay { &mut texts.overlay } else { &mut texts.base });
        if Law::new(texts.clone(), self.source.base).is_ok() {
            self.found.push(Mutant { place: name, change, texts });
        } else {
            self.refused += 1;
        }
    }
}

fn terms(vocabulary: &Value) -> Vec<String> {
    let terms = vocabulary.get("terms").and_then(Value::as_array).into_iter().flatten();
    terms.filter_map(|term| term.get("name")?.as_str().map(str::to_owned)).collect()
}
