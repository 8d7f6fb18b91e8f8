//! `bulla network` as founders use it, each in a folder of his own. Nothing here needs a node.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Founders of [`plan`]: label, credit code, roles, node, and the address of the node.
const FOUNDERS: [(&str, &str, &str, &str, &str); 4] = [
    ("registry-1", "91350100M000100Y43", "registration-body", "validator", "10.0.0.1:7001"),
    ("registry-2", "914403001922038216", "registration-body", "validator", "10.0.0.2:7001"),
    ("supervisor", "91110000802100433B", "supervisor", "observer", "10.0.0.3:7001"),
    ("service", "91110108551385082Q", "evidence-service", "none", ""),
];

const PASSPHRASE: &str = "泥封";

/// A folder with a plan, and a folder for each founder's machine.
struct Consortium {
    folder: tempfile::TempDir,
}

impl Consortium {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plan.toml"), plan("测试账本")).unwrap();
        Self { folder }
    }

    /// All have declared.
    fn declared() -> Self {
        let consortium = Self::new();
        FOUNDERS.iter().for_each(|(label, ..)| consortium.declare(label));
        consortium
    }

    /// All have declared, and there is a genesis.
    fn founded() -> Self {
        let consortium = Self::declared();
        consortium.done(&format!("init plan.toml {} -o genesis.bin", consortium.declarations()));
        consortium
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, line: &str, passphrase: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bulla"));
        command.current_dir(self.folder.path()).arg("network").args(line.split_whitespace()).arg("--json");
        command.env_remove("BULLA_CONFIG").env("LANG", "C").env("BULLA_PASSPHRASE", passphrase);
        command.output().unwrap()
    }

    fn done(&self, line: &str) -> Value {
        let output = self.run(line, PASSPHRASE);
        assert!(output.status.success(), "{line}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What a refused command says, which is in both languages.
    fn refused(&self, line: &str, reason: &str, told: &str) {
        self.refused_with(line, PASSPHRASE, reason, told);
    }

    fn refused_with(&self, line: &str, passphrase: &str, reason: &str, told: &str) {
        let output = self.run(line, passphrase);
        assert!(!output.status.success(), "{line}: {output:?}");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let (found, detail) = (&answer["error"]["reason"], &answer["error"]["detail"]);
        let (en, zh) = (detail["en"].as_str().unwrap(), detail["zh"].as_str().unwrap());
        assert!(found == reason && en.contains(told), "{line}: {reason}, {told}: {answer:#}");
        assert!(!zh.contains("原文"), "{line}: {answer:#}");
    }

    fn declare(&self, label: &str) {
        self.done(&format!("declare plan.toml --founder {label} --dir {label} {}", address_of(label)));
    }

    fn declarations(&self) -> String {
        FOUNDERS.map(|(label, ..)| format!("{label}/{label}.declaration")).join(" ")
    }

    fn pipe(&self, name: &str) {
        assert!(Command::new("mkfifo").arg(self.path(name)).status().unwrap().success());
    }
}

fn address_of(label: &str) -> String {
    let founder = FOUNDERS.iter().find(|(of, ..)| *of == label).unwrap();
    if founder.4.is_empty() { String::new() } else { format!("--address {}", founder.4) }
}

fn plan(name: &str) -> String {
    let head = format!(
        "version = 1\nclass = 'test'\nname = '{name}'\ntime = '2026-01-01'\n[parameters]\nprotocol_version = 1\n\
         block_bytes_max = 4194304\nblock_entries_max = 10000\nblock_interval_ms = 20\nrequest_window_ms = 600000\n\
         time_bound_ms = 5000\nheartbeat_ms = 60000\nadmin_threshold = 2\n\
         evidence_roles = ['registration-body', 'evidence-service']\nentry_access = 'open'\nsecond_log = 'sm3'\n\
         [parameters.timeouts]\npropose_ms = 1000\npropose_delta_ms = 500\nprevote_ms = 500\n\
         prevote_delta_ms = 250\nprecommit_ms = 500\nprecommit_delta_ms = 250\nrebroadcast_ms = 2000\n"
    );
    let founder = |(label, code, role, node, _): (&str, &str, &str, &str, &str)| {
        let power = if node == "validator" { "power = 1\n" } else { "" };
        format!(
            "[[founders]]\nlabel = '{label}'\nkind = 'legal-person'\nname = '机构 {label}'\nname_en = 'Body {label}'\n\
             credit_code = '{code}'\nroles = ['{role}']\nnode = '{node}'\n{power}"
        )
    };
    head + &FOUNDERS.map(founder).concat()
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    items.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn founders_make_one_genesis_whatever_the_order_and_each_configures_its_own_node() {
    let consortium = Consortium::declared();
    let declarations = consortium.declarations();
    let reversed: Vec<_> = declarations.split(' ').rev().collect();
    let made = consortium.done(&format!("init plan.toml {declarations} -o genesis.bin"));
    let again = consortium.done(&format!("init plan.toml {} -o again.bin", reversed.join(" ")));
    assert_eq!((&made["ledger_id"], &made["plan"]), (&again["ledger_id"], &again["plan"]));
    let genesis = fs::read(consortium.path("genesis.bin")).unwrap();
    assert_eq!(genesis, fs::read(consortium.path("again.bin")).unwrap());
    let shown = consortium.done("plan plan.toml");
    assert_eq!((&shown["digest"], &shown["validators_to_spare"]), (&made["plan"], &0.into()));

    let peers = |label: &str| {
        let all = format!("plan.toml {declarations} --genesis genesis.bin --founder {label} --dir {label}");
        let checked = consortium.done(&format!("check {all}"));
        assert_eq!(checked["ledger_id"], made["ledger_id"]);
        let configured = format!("configure {all} --grpc 127.0.0.1:7000 --http 127.0.0.1:8080");
        consortium.done(&configured);
        consortium.done(&configured);
        assert_eq!(fs::read(consortium.path(label).join("genesis.bin")).unwrap(), genesis);
        let node = fs::read_to_string(consortium.path(label).join("node.toml")).unwrap();
        let node: toml::Value = toml::from_str(&node).unwrap();
        assert_eq!(node["network"]["listen"].as_str().unwrap().rsplit('/').next(), Some("7001"));
        assert_eq!(node["keys"].get("consensus").is_some(), label.starts_with("registry"));
        let peers = node["network"]["peers"].as_array().unwrap().iter();
        peers.map(|peer| peer.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (label, number) in [("registry-1", 1), ("registry-2", 2), ("supervisor", 3)] {
        let others: Vec<_> = (1..=3).filter(|other| *other != number).collect();
        let peers = peers(label);
        assert_eq!(peers.len(), others.len());
        for (peer, other) in peers.iter().zip(others) {
            assert!(peer.starts_with(&format!("/ip4/10.0.0.{other}/tcp/7001/p2p/12D3KooW")), "{peers:?}");
        }
        let client = fs::read_to_string(consortium.path(label).join("client.toml")).unwrap();
        assert!(client.contains(&format!("member = {number}")), "{client}");
    }
    let service = format!("plan.toml {declarations} --genesis genesis.bin --founder service --dir service");
    let configured = consortium.done(&format!("configure {service} --endpoint http://10.0.0.1:7000"));
    assert_eq!((&configured["member"], &configured["config"]), (&4.into(), &Value::Null));
    assert!(!consortium.path("service/node.toml").exists());
    assert!(fs::read_to_string(consortium.path("service/client.toml")).unwrap().contains("10.0.0.1:7000"));
}

#[test]
fn private_keys_are_in_their_founders_folders_alone_and_those_of_people_under_a_passphrase() {
    let consortium = Consortium::founded();
    let mut found = 0;
    for path in files(consortium.folder.path()) {
        let is_key = path.parent().unwrap().ends_with("keys");
        let text = fs::read(&path).unwrap();
        let holds = |words: &str| text.windows(words.len()).any(|window| window == words.as_bytes());
        assert_eq!(holds("PRIVATE KEY"), is_key, "{}", path.display());
        let of_people = ["operate.pem", "administer.pem"].iter().any(|name| path.ends_with(name));
        assert_eq!(holds("ENCRYPTED PRIVATE KEY"), of_people, "{}", path.display());
        found += usize::from(is_key);
    }
    assert_eq!(found, 5 + 5 + 4 + 2);
}

#[test]
fn a_plan_that_cannot_be_followed_is_refused_with_its_line() {
    let consortium = Consortium::new();
    let written = plan("测试账本");
    let with = |from: &str, to: &str| fs::write(consortium.path("wrong.toml"), written.replacen(from, to, 1));
    let invalid = |told: &str| consortium.refused("plan wrong.toml", "FOUNDING_PLAN_INVALID", told);
    with("'supervisor']", "'ruler']").unwrap();
    let line = written[..written.find("'supervisor']").unwrap()].matches('\n').count() + 1;
    invalid(&format!("wrong.toml: line {line}, column 10: one of registration-body, evidence-service"));
    with("admin_threshold = 2", "admin_threshold = 3").unwrap();
    invalid("line 13, column 1: parameters.admin_threshold: more registration bodies");
    with("name = '测试账本'", "name = '测试账本'\nclock = 3").unwrap();
    invalid("line 4, column 1: unknown field `clock`");
    fs::write(consortium.path("wrong.toml"), written.replace("'validator'\npower = 1", "'observer'"))
        .unwrap();
    invalid("founders: a ledger has at least one founder with voting power");
    fs::write(consortium.path("wrong.toml"), "# ".repeat(1 << 20)).unwrap();
    consortium.refused("plan wrong.toml", "TOO_LARGE", "wrong.toml: the file has more than");
    consortium.pipe("pipe.toml");
    consortium.refused("plan pipe.toml", "FILE_UNREADABLE", "pipe.toml: it is a named pipe");
    consortium.refused("plan none.toml", "FILE_UNREADABLE", "none.toml: No such file");
    let template = consortium.done("template");
    fs::write(consortium.path("wrong.toml"), template["template"].as_str().unwrap()).unwrap();
    invalid("one of test, production is wanted");
}

#[test]
fn keys_are_made_once_and_for_a_founder_that_can_be_reached() {
    let consortium = Consortium::new();
    let declare = "declare plan.toml --dir one --founder";
    consortium.refused(
        &format!("{declare} nobody"),
        "COMMAND_INVALID",
        "its founders are registry-1, registry-2",
    );
    consortium.refused(&format!("{declare} registry-1"), "COMMAND_INVALID", "--address");
    consortium.refused(&format!("{declare} service --address a:1"), "COMMAND_INVALID", "runs no node");
    for address in ["0.0.0.0:7001", "10.0.0.1", "/ip4/10.0.0.1/tcp/0"] {
        consortium.refused(&format!("{declare} registry-1 --address {address}"), "COMMAND_INVALID", address);
    }
    assert!(!consortium.path("one").exists(), "what is refused makes nothing");
    fs::write(consortium.path("use.toml"), plan("甲").replace("'test'", "'production'")).unwrap();
    let own = "declare use.toml --dir one --founder registry-1 --address 127.0.0.1:7001";
    consortium.refused(own, "COMMAND_INVALID", "reached from this machine alone");
    let right = format!("{declare} registry-1 --address 10.0.0.1:7001");
    consortium.refused_with(&right, "", "PASSPHRASE_REQUIRED", "");
    assert!(!consortium.path("one/keys").exists());

    let made = consortium.done(&right);
    let key = fs::read(consortium.path("one/keys/consensus.pem")).unwrap();
    consortium.refused(&right, "FILE_EXISTS", "one/keys: there are keys in it already");
    let keep = format!("{declare} 91350100M000100Y43 --address 10.0.0.9:7001 --keep-keys");
    consortium.refused_with(&keep, "wrong", "PASSPHRASE_WRONG", "operate.pem");
    let again = consortium.done(&keep);
    assert_eq!(again["keys"], made["keys"]);
    assert_eq!(again["address"], "/ip4/10.0.0.9/tcp/7001");
    assert_eq!(fs::read(consortium.path("one/keys/consensus.pem")).unwrap(), key);
    fs::remove_file(consortium.path("one/keys/peer.pem")).unwrap();
    consortium.refused(&keep, "FILE_UNREADABLE", "peer.pem");
}

#[test]
fn a_genesis_is_made_of_the_right_declarations_or_not_at_all() {
    let consortium = Consortium::declared();
    let all = consortium.declarations();
    let init = |declarations: &str| format!("init plan.toml {declarations} -o genesis.bin");
    let invalid = |declarations: &str, told: &str| {
        consortium.refused(&init(declarations), "DECLARATION_INVALID", told);
    };
    let without = all.replace("registry-2/registry-2.declaration ", "");
    invalid(&without, "plan.toml: no declaration of registry-2 (机构 registry-2)");
    let one = consortium.path("registry-1/registry-1.declaration");
    fs::copy(&one, consortium.path("copy.declaration")).unwrap();
    invalid(&format!("{all} copy.declaration"), "registry-1 (机构 registry-1) has declared in registry-1/");
    invalid(&format!("{all} plan.toml"), "plan.toml: this is not a founder's declaration");

    let mut bytes = fs::read(&one).unwrap();
    let byte = bytes.iter().rposition(|byte| *byte == b'1').unwrap();
    bytes[byte] = b'2';
    fs::write(consortium.path("altered.declaration"), &bytes).unwrap();
    let altered = all.replace("registry-1/registry-1", "altered");
    consortium.refused(
        &init(&altered),
        "POSSESSION_INVALID",
        "altered.declaration: its operate key has not signed",
    );
    bytes.truncate(200);
    fs::write(consortium.path("altered.declaration"), &bytes).unwrap();
    invalid(&altered, "altered.declaration: malformed");
    fs::write(consortium.path("altered.declaration"), vec![0; 5000]).unwrap();
    consortium.refused(
        &init(&altered),
        "TOO_LARGE",
        "altered.declaration: the file has more than the 4096 bytes",
    );

    fs::write(consortium.path("other.toml"), plan("另一账本")).unwrap();
    consortium.done("declare other.toml --founder registry-1 --dir other --address 10.0.0.1:7001");
    let other = all.replace("registry-1/", "other/");
    invalid(&other, "other/registry-1.declaration: it was made for the plan with digest ");
    consortium.done("declare plan.toml --founder registry-1 --dir clash --address 10.0.0.2:7001");
    let clash = all.replace("registry-1/", "clash/");
    invalid(&clash, "the address /ip4/10.0.0.2/tcp/7001 stands in clash/registry-1.declaration too");
    consortium.pipe("pipe.declaration");
    consortium.refused(&init("pipe.declaration"), "FILE_UNREADABLE", "pipe.declaration: it is a named pipe");
    consortium.refused(&init("registry-1"), "FILE_UNREADABLE", "registry-1: it is a folder");
    consortium.refused("init plan.toml -o genesis.bin", "COMMAND_INVALID", "");
    assert!(!consortium.path("genesis.bin").exists(), "what is refused makes nothing");

    consortium.done(&init(&all));
    consortium.refused(&init(&all), "FILE_EXISTS", "genesis.bin");
}

#[test]
fn a_founder_finds_out_that_the_genesis_is_another_or_that_his_keys_are_not_those_declared() {
    let consortium = Consortium::founded();
    let all = consortium.declarations();
    let check = format!("check plan.toml {all} --founder registry-2 --dir registry-2 --genesis");
    consortium.done(&format!("{check} genesis.bin"));
    consortium.refused(&format!("check plan.toml {all}"), "COMMAND_INVALID", "--genesis");

    fs::write(consortium.path("other.toml"), plan("另一账本")).unwrap();
    for (label, ..) in FOUNDERS {
        let declare =
            format!("declare other.toml --founder {label} --dir other-{label} {}", address_of(label));
        consortium.done(&declare);
    }
    let others = FOUNDERS.map(|(label, ..)| format!("other-{label}/{label}.declaration")).join(" ");
    consortium.done(&format!("init other.toml {others} -o other.bin"));
    consortium.refused(&format!("{check} other.bin"), "GENESIS_DIFFERS", "They differ in: the name");
    // The coordinator puts keys of its own in the place of a founder's.
    consortium.done("declare plan.toml --founder registry-2 --dir forged --address 10.0.0.2:7001");
    let forged = all.replace("registry-2/", "forged/");
    consortium.done(&format!("init plan.toml {forged} -o forged.bin"));
    consortium.refused(
        &format!("{check} forged.bin"),
        "GENESIS_DIFFERS",
        "They differ in: founder 2 (机构 registry-2)",
    );
    let with_forged = check.replace(&all, &forged);
    consortium.refused(
        &format!("{with_forged} forged.bin"),
        "CONFIG_INVALID",
        "not the operate key that registry-2",
    );
    consortium.refused(&format!("{check} plan.toml"), "GENESIS_INVALID", "plan.toml: ");
    consortium.pipe("pipe.bin");
    consortium.refused(&format!("{check} pipe.bin"), "FILE_UNREADABLE", "pipe.bin: it is a named pipe");

    let configure = check.replacen("check", "configure --grpc 127.0.0.1:7000 --http 127.0.0.1:8080", 1);
    let both = |reason: &str, told: &str| {
        consortium.refused(&format!("{check} genesis.bin"), reason, told);
        consortium.refused(&format!("{configure} genesis.bin"), reason, told);
        assert!(
            !consortium.path("registry-2/node.toml").exists()
                && !consortium.path("registry-2/genesis.bin").exists()
        );
    };
    let wrong = format!("{check} genesis.bin");
    consortium.refused_with(&wrong, "wrong", "PASSPHRASE_WRONG", "registry-2/keys/operate.pem");
    let (key, kept) = (consortium.path("registry-2/keys/peer.pem"), consortium.path("kept.pem"));
    fs::rename(&key, &kept).unwrap();
    both("FILE_UNREADABLE", "registry-2/keys/peer.pem");
    fs::copy(consortium.path("registry-1/keys/peer.pem"), &key).unwrap();
    both("CONFIG_INVALID", "registry-2/keys/peer.pem: this is not the peer key that registry-2 has declared");
    fs::write(&key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    both("KEY_FILE_INVALID", "registry-2/keys/peer.pem");
    fs::remove_file(&key).unwrap();
    fs::rename(&kept, &key).unwrap();
    consortium.done(&format!("{configure} genesis.bin"));
}

#[test]
fn a_configuration_needs_the_addresses_of_its_machine_and_replaces_nothing() {
    let consortium = Consortium::founded();
    let all = format!("plan.toml {} --genesis genesis.bin", consortium.declarations());
    let configure = format!("configure {all} --founder registry-1 --dir registry-1");
    consortium.refused(&configure, "COMMAND_INVALID", "--grpc and --http");
    let same = format!("{configure} --grpc 127.0.0.1:7000 --http 127.0.0.1:7000");
    consortium.refused(&same, "COMMAND_INVALID", "127.0.0.1:7000");
    let service = format!("configure {all} --founder service --dir service --grpc 127.0.0.1:7000");
    consortium.refused(&service, "COMMAND_INVALID", "by the plan service runs no node");
    let right = format!("{configure} --grpc 127.0.0.1:7000 --http 127.0.0.1:8080");
    let name = format!("{right} --listen node-1.example:7001");
    consortium.refused(&name, "COMMAND_INVALID", "--listen");
    consortium.done(&format!("{right} --listen /ip4/127.0.0.1/tcp/7001"));
    let node = consortium.path("registry-1/node.toml");
    let own = fs::read_to_string(&node).unwrap() + "# mine\n";
    fs::write(&node, &own).unwrap();
    consortium.refused(
        &right,
        "FILE_EXISTS",
        "registry-1/node.toml: it is there already, with other content",
    );
    assert_eq!(fs::read_to_string(&node).unwrap(), own);
}
