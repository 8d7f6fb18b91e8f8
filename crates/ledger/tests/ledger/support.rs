//! The stage that stories are told on, and the made-up register.

use bulla_rules::profile::Profile;

pub(crate) use bulla_fixtures::stage::{
    Ledger, MemoryView, Party, Request, START, Take, adopted_by, calendar_year, credit_code, digests, go_on,
    made_up, name, open, real, refusal, secret, term, tianjin,
};

/// The text of the small register with a second source, on which a value of it rests, and what limits that.
pub(crate) fn beside(register: &str, term: &str) -> String {
    let value = "[values.publicity]\n";
    assert_eq!(register.matches(value).count(), 1);
    let source = "[sources.terms]\nzh = \"测试期间规则\"\nen = \"Test terms\"\n\
                  publisher = { zh = \"测试\", en = \"Test\" }\nforce = \"binding\"\n";
    register.replace(value, &format!("{source}{term}\n\n{value}source = \"terms\"\n"))
}

/// The small register, as body 1 has adopted it.
pub(crate) fn register() -> Profile {
    made_up(include_str!("../profiles/register.toml"))
}
