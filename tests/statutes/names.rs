//! The engine knows no jurisdiction, no day count and no name of a step: all of that stands in profiles.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::suite::profiles;

/// The crates that interpret profiles.
const CRATES: [&str; 2] = ["ledger", "rules"];

/// Names of profiles that are words of the language of profiles as well, or of the ledger's own formats. What
/// they mean there does not come from a source.
const WORDS: [&str; 29] = [
    // Roles, bindings and places of references.
    "holder",
    "registration",
    "party",
    "member",
    // Classes of certificates, flags and rights.
    "item",
    "trade",
    "objection",
    // Kinds of fields and documents, and what conditions and effects are called.
    "case",
    "account",
    "certificate",
    "digest",
    "date",
    "report",
    "credit_code",
    "use",
    "other",
    "price",
    "register",
    "upheld",
    "cancelled",
    "renewal",
    "expiry",
    "retention",
    "value",
    "single",
    "law",
    "system",
    "model",
    // A problem that the check of profiles finds.
    "证书届满",
];

/// The source text of a crate, file by file, without its tests.
fn sources(name: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../crates/{name}/src"))];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
                found.push((path, code));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

fn published() -> Vec<Table> {
    let files = fs::read_dir(profiles()).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    texts.map(|path| fs::read_to_string(path).unwrap().parse().unwrap()).collect()
}

/// The literals of a source text: what stands between quotation marks, comments apart.
fn literals(code: &str) -> Vec<&str> {
    let mut literals = Vec::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let parts: Vec<&str> = line.split('"').collect();
        literals.extend(parts.iter().skip(1).step_by(2));
    }
    literals
}

/// Names of procedures, and of all that a profile names, with the Chinese titles of its procedures and steps.
fn names(profile: &Table) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (section, things) in profile {
        let Some(things) = things.as_table().filter(|_| !["profile", "sources"].contains(&section.as_str()))
        else {
            continue;
        };
        names.extend(things.keys().cloned());
    }
    for procedure in profile["procedures"].as_table().unwrap().values() {
        names.extend(title(procedure));
        for part in ["states", "steps", "deadlines"] {
            let things = procedure.get(part).and_then(Value::as_table).into_iter().flatten();
            for (name, thing) in things {
                names.insert(name.clone());
                names.extend(title(thing));
            }
        }
    }
    names
}

fn title(thing: &Value) -> Option<String> {
    thing.get("zh").and_then(Value::as_str).map(str::to_owned)
}

#[test]
fn no_name_of_a_step_or_field_of_a_source_stands_in_the_engine() {
    let named: BTreeSet<String> = published().iter().flat_map(names).collect();
    assert!(named.contains("sign_contract") && named.contains("公示期满，颁发确权证书并加盖印章"));
    let mut found = BTreeSet::new();
    for (path, code) in CRATES.into_iter().flat_map(sources) {
        for literal in literals(&code) {
            if named.contains(literal) && !WORDS.contains(&literal) {
                found.insert(format!("{}: {literal}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_jurisdiction_stands_in_the_engine() {
    // Parts of the ids, places in the titles and publishers.
    let ids = ["cn-tj", "cn-gz", "tjifa", "tianjin", "guizhou", "guiyang", "天津", "贵州", "贵阳"];
    let places = [
        "beijing",
        "shanghai",
        "chongqing",
        "shenzhen",
        "guangdong",
        "anhui",
        "zhejiang",
        "hubei",
        "hainan",
        "jiangsu",
        "sichuan",
        "jilin",
        "shaanxi",
        "shanxi",
        "dali",
        "changchun",
        "suzhou",
        "北京",
        "上海",
        "重庆",
        "深圳",
        "广东",
        "安徽",
        "浙江",
        "湖北",
        "海南",
        "江苏",
        "四川",
        "吉林",
        "陕西",
        "山西",
        "大理",
        "长春",
        "苏州",
    ];
    for profile in published() {
        let id = profile["profile"]["id"].as_str().unwrap().to_owned();
        assert!(ids.iter().any(|part| id.contains(part)), "{id}: add where it is from");
    }
    for (path, code) in CRATES.into_iter().flat_map(sources) {
        let code = code.to_lowercase();
        let found: Vec<&&str> = ids.iter().chain(&places).filter(|place| code.contains(**place)).collect();
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
}

/// A number of working days, days, months or years in code: `working_days: 3`, `Days(15)`, `years = 20`.
#[test]
fn no_day_count_stands_in_the_engine() {
    let units = ["workingdays(", "working_days:", "days(", "days:", "months(", "months:", "years(", "years:"];
    for (path, code) in CRATES.into_iter().flat_map(sources) {
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let line = line.to_lowercase().replace(' ', "");
            for unit in units {
                let counted = line.match_indices(unit).any(|(at, _)| {
                    let within_a_name =
                        line[..at].ends_with(|last: char| last.is_alphanumeric() || last == '_');
                    !within_a_name && line[at + unit.len()..].starts_with(|next: char| next.is_ascii_digit())
                });
                assert!(!counted, "{}: {line}", path.display());
            }
        }
    }
}
