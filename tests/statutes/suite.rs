//! What a statute test is: a sentence about one rule of a source, shown on a ledger that has adopted the
//! profile. The profile comes from outside, so that the same sentences can be asked of altered ones.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bulla_fixtures::stage::{Ledger, calendar_year};
use bulla_rules::CivilDate;
use bulla_rules::profile::Profile;
use bulla_rules::profile::text::{parse, parse_overlay};
use bulla_types::{BlockTime, CreditCode, ProfileDigest};

/// One minute.
const MINUTE_MS: u64 = 60_000;

/// The texts of a profile and of its overlay for tests.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    pub(crate) base: toml::Table,
    pub(crate) overlay: toml::Table,
}

/// A source, the sentences about it, and what they need.
pub(crate) struct Source {
    /// Name of the files of its profile.
    pub(crate) name: &'static str,
    /// The reports' name of the system.
    pub(crate) system: &'static str,
    /// A ledger with everyone who has a part, before the profile is adopted.
    pub(crate) base: fn() -> &'static Ledger,
    /// Credit codes of the overlay, and the members that stand for them.
    pub(crate) codes: fn() -> Vec<(&'static str, CreditCode)>,
    /// The sentences, by module.
    pub(crate) statutes: &'static [&'static [Statute]],
    /// The rules that the report on the source finds in it.
    pub(crate) rows: &'static [Row],
}

/// A sentence.
pub(crate) struct Statute {
    pub(crate) name: &'static str,
    pub(crate) test: fn(&Law),
}

/// A rule of a source.
pub(crate) struct Row {
    /// Where it stands.
    pub(crate) clause: &'static str,
    /// What it says.
    pub(crate) says: &'static str,
    /// The values of the profile that hold its numbers and choices.
    pub(crate) values: &'static [&'static str],
    pub(crate) shown: Shown,
}

/// How a rule is shown to hold.
pub(crate) enum Shown {
    /// By these sentences.
    By(&'static [&'static str]),
    /// It is the operator's: outside of what a ledger can see.
    Operator(&'static str),
    /// It belongs to a procedure that this version of the profile does not have.
    Later(&'static str),
}

impl Shown {
    /// The sentences that show it.
    pub(crate) fn tests(&self) -> &'static [&'static str] {
        match *self {
            Self::By(tests) => tests,
            Self::Operator(_) | Self::Later(_) => &[],
        }
    }
}

impl Source {
    pub(crate) fn statutes(&self) -> impl Iterator<Item = &Statute> {
        self.statutes.iter().copied().flatten()
    }

    /// The texts as they are published, in which members of the tests stand for the credit codes.
    pub(crate) fn texts(&self) -> Texts {
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
        let folder = profiles();
        let base = read(folder.join(format!("{}.toml", self.name)));
        let mut overlay = read(folder.join(format!("overlays/{}-test.toml", self.name)));
        for (code, member) in (self.codes)() {
            assert!(overlay.contains(code), "{} has no {code}", self.name);
            overlay = overlay.replace(code, &member.to_string());
        }
        Texts { base: base.parse().unwrap(), overlay: overlay.parse().unwrap() }
    }

    /// The profile as published.
    pub(crate) fn law(&self) -> Law {
        Law::new(self.texts(), self.base).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }
}

/// The folder of the profiles.
pub(crate) fn profiles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../profiles")
}

/// An adoptable profile, and the ledger that adopts it.
pub(crate) struct Law {
    texts: Texts,
    base: fn() -> &'static Ledger,
    pub(crate) profile: Profile,
    adopted: OnceCell<(Ledger, ProfileDigest)>,
}

impl Law {
    /// The profile that the texts make, if it may be adopted; else what is wrong.
    pub(crate) fn new(mut texts: Texts, base: fn() -> &'static Ledger) -> Result<Self, Vec<String>> {
        let told = |problems: Vec<_>| problems.iter().map(ToString::to_string).collect::<Vec<String>>();
        let (source, _) = parse(&texts.base.to_string()).map_err(told)?;
        let digest = source.digest().to_string();
        texts.overlay["base"]["digest"] = digest.into();
        let (overlay, _) = parse_overlay(&texts.overlay.to_string(), &source).map_err(told)?;
        let profile = source.with_overlay(&overlay).map_err(told)?;
        let problems = profile.check_adoptable();
        if problems.is_empty() {
            Ok(Self { texts, base, profile, adopted: OnceCell::new() })
        } else {
            Err(told(problems))
        }
    }

    /// The same where the adopting body has decided otherwise.
    pub(crate) fn deciding(&self, value: &str, content: impl Into<toml::Value>) -> Self {
        self.decided(value, content).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }

    /// The same, if the source lets the adopting body decide so.
    pub(crate) fn decided(&self, value: &str, content: impl Into<toml::Value>) -> Result<Self, Vec<String>> {
        let mut texts = self.texts.clone();
        let values = texts.overlay["values"].as_table_mut().unwrap();
        let decision = toml::Table::from_iter([
            ("value".to_owned(), content.into()),
            ("basis".to_owned(), "测试".into()),
        ]);
        values.insert(value.to_owned(), decision.into());
        Self::new(texts, self.base)
    }

    /// The same where a source does not say from when it applies.
    pub(crate) fn undated(&self, source: &str) -> Self {
        let mut texts = self.texts.clone();
        let source = texts.base["sources"][source].as_table_mut().unwrap();
        assert!(source.remove("effective_from").is_some());
        Self::new(texts, self.base).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }

    /// The same as another member has adopted it.
    pub(crate) fn adopted_by(&self, code: CreditCode) -> Self {
        let mut texts = self.texts.clone();
        texts.overlay["authority"]["credit_code"] = code.to_string().into();
        Self::new(texts, self.base).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }

    /// The same where the adopting body has added a term, if the source lets it.
    pub(crate) fn adding(&self, vocabulary: &str, term: &str) -> Result<Self, Vec<String>> {
        let text =
            format!("[{vocabulary}]\nterms = [{{ name = \"{term}\", zh = \"测试\", en = \"Test\" }}]\n");
        let mut texts = self.texts.clone();
        texts.overlay.insert("vocabularies".to_owned(), text.parse::<toml::Table>().unwrap().into());
        Self::new(texts, self.base)
    }

    /// A ledger of its own on which the profile is in force.
    pub(crate) fn ledger(&self) -> (Ledger, ProfileDigest) {
        let adopt = || {
            let mut ledger = (self.base)().clone();
            let digest = ledger.adopt(&self.profile);
            (ledger, digest)
        };
        self.adopted.get_or_init(adopt).clone()
    }
}

/// A founded ledger with the years of the calendar that are published for the time of the tests.
pub(crate) fn founded() -> Ledger {
    static FOUNDED: OnceLock<Ledger> = OnceLock::new();
    let found = || {
        let mut ledger = Ledger::new();
        (2025..=2026).for_each(|year| ledger.adopt_year(&calendar_year(year)));
        ledger
    };
    FOUNDED.get_or_init(found).clone()
}

/// A period of working days as an overlay says it.
pub(crate) fn working_days(number: i64) -> toml::Table {
    toml::Table::from_iter([("working_days".to_owned(), number.into())])
}

/// The end of a day in UTC+8.
pub(crate) fn end_of(day: &str) -> BlockTime {
    day.parse::<CivilDate>().unwrap().ends()
}

/// Lets time pass to the last minute of a day.
pub(crate) fn last_minute_of(ledger: &mut Ledger, day: &str) {
    ledger.time = BlockTime(end_of(day).0 - MINUTE_MS);
    while !ledger.tick().is_empty() {}
}

/// Lets time pass to the first minute after a day.
pub(crate) fn first_minute_after(ledger: &mut Ledger, day: &str) {
    ledger.time = end_of(day);
    while !ledger.tick().is_empty() {}
}

/// Lists the sentences of a module, and makes each a test on the profile as published.
macro_rules! statutes {
    ($source:path: $($name:ident),+ $(,)?) => {
        pub(crate) const STATUTES: &[crate::suite::Statute] =
            &[$(crate::suite::Statute { name: stringify!($name), test: $name }),+];

        #[cfg(test)]
        mod tests {
            $(
                #[test]
                fn $name() {
                    super::$name(&$source.law());
                }
            )+
        }
    };
}
pub(crate) use statutes;
