//! A ledger with the rules of `crates/ledger/tests/profiles/agency.toml`, for scenarios of several themes.

use std::fs;
use std::path::{Path, PathBuf};

use bulla_tests::bulla::Answer;
use bulla_tests::localnet::Localnet;
use bulla_types::{Canonical, Genesis, LedgerId};
use serde_json::{Value, json};

pub(crate) const PROFILE: &str = "test-agency-adopted";
/// A Monday; the days after it are worked.
const OPENED: &str = "2025-10-13T09:00+08:00";

/// Members, with unified social credit codes of no organisation. On a network of one validator and no observer their
/// numbers are 7 to 10.
pub(crate) const MEMBERS: [(&str, &str, &str); 4] = [
    ("offeror", "91000000MA00008017", "subject"),
    ("offeree", "91000000MA0000802A", "subject"),
    ("agent", "91000000MA0000803D", "agent"),
    ("other", "91000000MA0000804G", "agent"),
];

/// A ledger with the rules of a venue whose parties act by agents.
pub(crate) struct Venue<'a> {
    pub(crate) localnet: Localnet<'a>,
    folder: &'a Path,
}

impl<'a> Venue<'a> {
    /// A network of one validator.
    pub(crate) fn up(folder: &'a Path, options: &[&str]) -> Self {
        let network = ["--validators", "1", "--observers", "0"];
        let venue = Self::found(folder, &[&network, options].concat());
        venue.adopt();
        venue.enrol();
        venue
    }

    /// A network whose clock begins on that Monday.
    pub(crate) fn found(folder: &'a Path, options: &[&str]) -> Self {
        let venue =
            Self { localnet: Localnet::up_with(folder, &[&["--clock", OPENED], options].concat()), folder };
        fs::write(venue.path("mandate.txt"), "授权委托书").unwrap();
        venue
    }

    /// Puts the calendar and the rules in force.
    pub(crate) fn adopt(&self) {
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/ledger/tests/profiles/agency.toml");
        let checked = self.localnet.done(&format!("profile check {}", base.display()));
        let overlay = self.path("overlay.toml");
        fs::write(&overlay, overlay_of(checked["digest"].as_str().unwrap())).unwrap();
        self.localnet.done("calendar adopt 2025 2026");
        self.localnet.done(&format!("profile adopt {} --overlay {}", base.display(), overlay.display()));
    }

    /// Enrols the members, each with a key.
    pub(crate) fn enrol(&self) {
        for (name, code, role) in MEMBERS {
            let key = self.key(name);
            self.localnet.done(&format!("key new {key} --plain"));
            self.localnet.done(&format!(
                "member enrol --name {name} --role {role} --credit-code {code} --operate-key {key}"
            ));
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn key(&self, name: &str) -> String {
        self.path(&format!("{name}.pem")).display().to_string()
    }

    pub(crate) fn mandate(&self) -> String {
        format!("mandate={}", self.path("mandate.txt").display())
    }

    /// How somebody signs: `offeror`, or `offeror/agent`.
    pub(crate) fn signer(&self, who: &str) -> String {
        let code = |name: &str| MEMBERS.iter().find(|(known, ..)| *known == name).unwrap().1;
        match who.split_once('/') {
            Some((member, agent)) => format!("{}/{}:{}", code(member), code(agent), self.key(agent)),
            None => format!("{}:{}", code(who), self.key(who)),
        }
    }

    /// Runs a command signed by these; without any, as the evidence service.
    pub(crate) fn run(&self, words: &[&str], signers: &[&str]) -> Answer {
        let signers = signers.iter().flat_map(|who| ["--sign-as".to_owned(), self.signer(who)]);
        let words: Vec<String> = words.iter().map(ToString::to_string).chain(signers).collect();
        self.localnet.run(&words)
    }

    /// The same, and it is done.
    pub(crate) fn done(&self, words: &[&str], signers: &[&str]) -> Value {
        let answer = self.run(words, signers);
        assert_eq!(answer.code, 0, "{words:?}: {:#}", answer.json);
        answer.json
    }

    /// The same, and it is refused for this reason.
    pub(crate) fn refused(&self, reason: &str, words: &[&str], signers: &[&str]) {
        let answer = self.run(words, signers);
        let found = (answer.code, &answer.json["error"]["reason"]);
        assert_eq!(found, (1, &json!(reason)), "{words:?} {signers:?}: {:#}", answer.json);
    }

    /// The words of an offer; the openings of its price go into a file of this name.
    pub(crate) fn offer(&self, openings: &str, more: &[&str]) -> Vec<String> {
        let openings = self.path(openings).display().to_string();
        let offer = ["trade", "open", "--profile", PROFILE, "--procedure", "offer", "--openings", &openings];
        let fields = ["--field", "price=1250000", "--field", "title=甲", "--field", "purpose=绝密"];
        [&offer[..], &fields, more].concat().into_iter().map(str::to_owned).collect()
    }

    /// A certificate of authority of the offeror, and the case that gave it.
    pub(crate) fn authority(&self) -> (String, String) {
        let words = ["trade", "open", "--profile", PROFILE, "--procedure", "authorisation"];
        let granted = self.done(&words, &["offeror"]);
        (text(&granted["certificates"][0]), text(&granted["case"]))
    }

    pub(crate) fn ledger_id(&self) -> LedgerId {
        Genesis::decode(&fs::read(self.path("genesis.bin")).unwrap()).unwrap().ledger_id()
    }
}

fn overlay_of(digest: &str) -> String {
    format!(
        "[overlay]\nid = \"{PROFILE}\"\nversion = 1\n[base]\nid = \"test-agency\"\nversion = 1\ndigest = \"{digest}\"\n\
         [authority]\nzh = \"测试机构\"\nen = \"Test body\"\ncredit_code = \"91000000MA0000101F\"\n\
         [decision]\ndocument = {{ zh = \"测试\", en = \"Test\" }}\ndate = 2025-01-02\n"
    )
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value:#}")).to_owned()
}

pub(crate) fn words(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
