//! The page that lists every rule with its tests: `docs/statutes.md`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::{env, fs};

use toml::{Table, Value};

use crate::mutation::{SOURCES, survivors};
use crate::suite::{Shown, Source};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/statutes.md");

const INTRODUCTION: &str = "\
# Statutes

What the sources ask, rule by rule, and what shows that the software does it. A test is a sentence about one rule, told by signed transactions on a ledger that has adopted the [profile](profiles.md) of the source; time is the time of blocks, weekends and holidays included. `scripts/test` runs all of them: `cargo test -p bulla-tests --test statutes`.

Each rule of the reports on the sources has its tests, or is left to the operator (留给运营机构) because no ledger can see it, or belongs to a procedure that this version of the profile does not have. Values that the source leaves open (原文未规定) are decided by the body that adopts the profile; the tests use the overlays in `profiles/overlays`, whose authorities are fictitious.

A run on altered profiles (`cargo run --release -p bulla-tests --bin profile-mutations`) changes each number, name and condition of each profile in turn: some test must fail. What survives is listed at the end of each source, with the reason.

This page is made from the tests and the profiles; a test compares it with them.
";

fn page() -> String {
    SOURCES.iter().fold(INTRODUCTION.to_owned(), |page, source| page + &section(source))
}

fn section(source: &Source) -> String {
    let base = source.texts().base;
    let main = &base["sources"]["main"];
    let [zh, en] = ["zh", "en"].map(|language| main[language].as_str().unwrap());
    let number =
        main.get("number").and_then(Value::as_str).map_or(String::new(), |number| format!(", {number}"));
    let file = source.name;
    let mut page = format!(
        "\n## {}: {zh}{number}\n\n{en}. Profile [`{file}.toml`](../profiles/{file}.toml).\n\n\
         | Clause | What it says | Value | Shown by |\n|---|---|---|---|\n",
        source.system
    );
    for row in source.rows {
        let values: Vec<String> = row.values.iter().map(|name| value(&base, name)).collect();
        let (clause, says, values, shown) = (row.clause, row.says, values.join("<br>"), shown(&row.shown));
        writeln!(page, "| {clause} | {says} | {values} | {shown} |").unwrap();
    }
    page + &not_told(source)
}

fn shown(shown: &Shown) -> String {
    match shown {
        Shown::By(tests) => tests.iter().map(|test| format!("`{test}`")).collect::<Vec<_>>().join("<br>"),
        Shown::Operator(reason) => format!("*Left to the operator:* {reason}"),
        Shown::Later(reason) => format!("*Not in this version:* {reason}"),
    }
}

/// What the source gives for a value.
fn value(base: &Table, name: &str) -> String {
    let value = &base["values"][name];
    let Some(content) = value.get("value") else { return format!("`{name}`: left open by the source") };
    let bound = match value.get("bound").and_then(Value::as_str) {
        Some("at_least") => "at least ",
        Some("at_most") => "at most ",
        _ => "",
    };
    format!("`{name}`: {bound}{}", period(content))
}

fn period(content: &Value) -> String {
    let Some(parts) = content.as_table() else { return content.to_string() };
    let parts = parts.iter().filter(|(unit, _)| *unit != "roll");
    let parts = parts.map(|(unit, number)| {
        let unit = unit.replace('_', " ");
        let unit = if number.as_integer() == Some(1) { unit.trim_end_matches('s') } else { &unit };
        format!("{number} {unit}")
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// Alterations that no test can tell.
fn not_told(source: &Source) -> String {
    let mut page =
        "\n### What no test can tell\n\n| In the profile | Altered | Why |\n|---|---|---|\n".to_owned();
    for survivor in survivors().of(source.name) {
        let places: Vec<String> = survivor.places.iter().map(|place| format!("`{place}`")).collect();
        let changes = survivor.changes.join("<br>");
        let changes = if changes.is_empty() { "in any way" } else { &changes };
        writeln!(page, "| {} | {changes} | {} |", places.join("<br>"), survivor.reason).unwrap();
    }
    page
}

#[test]
fn the_page_lists_every_rule_as_the_tests_and_profiles_have_it() {
    if env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::write(PAGE, page()).unwrap();
    }
    let found = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(found == page(), "docs/statutes.md differs from the tests: run with BULLA_WRITE_VECTORS=1");
}

#[test]
fn every_rule_names_tests_that_exist_and_every_test_shows_a_rule() {
    for source in SOURCES {
        let exist: BTreeSet<&str> = source.statutes().map(|statute| statute.name).collect();
        assert_eq!(exist.len(), source.statutes().count(), "{}: a test stands twice", source.name);
        let named: BTreeSet<&str> = source.rows.iter().flat_map(|row| row.shown.tests()).copied().collect();
        let unknown: Vec<_> = named.difference(&exist).collect();
        let idle: Vec<_> = exist.difference(&named).collect();
        assert!(unknown.is_empty(), "{}: no such tests: {unknown:#?}", source.name);
        assert!(idle.is_empty(), "{}: tests of no rule: {idle:#?}", source.name);
        let empty = source.rows.iter().find(|row| matches!(row.shown, Shown::By([])));
        assert!(empty.is_none_or(|row| panic!("{}: no test", row.clause)));
    }
}

#[test]
fn every_value_of_a_profile_belongs_to_a_rule() {
    for source in SOURCES {
        let base = source.texts().base;
        let values: BTreeSet<&str> = base["values"].as_table().unwrap().keys().map(String::as_str).collect();
        let named: BTreeSet<&str> = source.rows.iter().flat_map(|row| row.values).copied().collect();
        assert_eq!(values, named, "{}", source.name);
    }
}
