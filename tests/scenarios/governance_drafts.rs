//! Governance from the command line, and acts that are signed as files on machines without a network.

use std::fs;
use std::path::Path;

use bulla_tests::bulla::{Answer, bulla};
use bulla_tests::localnet::Localnet;
use serde_json::{Value, json};

/// Runs `bulla` with nothing configured: no network, no ledger.
fn offline(command: &str) -> Answer {
    bulla(command.split(' '))
}

fn reason(answer: &Answer) -> &Value {
    assert_eq!(answer.code, 1, "{:#}", answer.json);
    &answer.json["error"]["reason"]
}

fn administer_key(folder: &Path, body: u64) -> String {
    folder.join(format!("members/validator-{body}/administer.pem")).display().to_string()
}

fn key_id(file: &str) -> String {
    let shown = offline(&format!("key show {file}"));
    shown.json["key_id"].as_str().unwrap_or_else(|| panic!("{:#}", shown.json)).to_owned()
}

#[test]
fn validators_parameters_and_roles_are_changed_and_shown_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let localnet = Localnet::up(folder.path());
    let validators = localnet.done("governance validators");
    assert_eq!(validators.as_array().unwrap().len(), 4);
    assert_eq!((&validators[0]["power"], validators[0]["name"].is_string()), (&json!(1), true));

    localnet.done("governance set-parameters block_entries_max=500 timeouts.propose_ms=800");
    let parameters = localnet.done("governance parameters");
    assert_eq!(
        (&parameters["block_entries_max"], &parameters["timeouts.propose_ms"]),
        (&json!("500"), &json!("800"))
    );
    let stopped = localnet.refused("governance set-parameters time_bound_ms=1");
    assert_eq!(stopped["reason"], "PARAMETERS_INVALID");
    assert!(stopped["detail"]["zh"].as_str().unwrap().contains("将使账本停止"), "{stopped:#}");

    // A validator's power: no more than leaves a margin.
    let key = validators[0]["key_id"].as_str().unwrap();
    let refused = localnet.refused(&format!("governance change-validators --set {key}=2"));
    assert_eq!(refused["reason"], "QUORUM_AT_RISK");
    let refused = localnet.refused(&format!("governance change-validators --remove {key}"));
    assert_eq!(refused["reason"], "QUORUM_AT_RISK");

    localnet.done("governance roles 6 --grant exchange --grounds 取得牌照");
    let member = localnet.done("member show 6");
    assert!(member["roles"].as_array().unwrap().contains(&json!("exchange")), "{member:#}");
    localnet.done("governance expel 6");
    assert_eq!(localnet.done("member show 6")["status"], "expelled");
    assert_eq!(localnet.refused("member readmit 6")["reason"], "MEMBER_EXPELLED");
}

#[test]
fn an_act_is_drafted_signed_apart_without_a_network_joined_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let localnet = Localnet::up(folder.path());
    let keys: Vec<String> = (1..=3).map(|body| administer_key(folder.path(), body)).collect();
    let by: Vec<String> =
        (1..).zip(&keys).map(|(body, key)| format!("--by {body}:{}", key_id(key))).collect();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let draft = file("act.draft");
    let by = by.join(" ");
    let drafted = localnet.done(&format!("governance draft -o {draft} {by} suspend 6 --grounds 停业整顿"));
    assert_eq!(drafted["complete"], false);
    let words = drafted["acts"][0]["zh"].as_str().unwrap();
    assert!(words.contains("暂停成员 6") && words.contains("停业整顿"), "{words}");

    let unsigned = localnet.refused(&format!("governance submit {draft}"));
    assert_eq!(unsigned["reason"], "SIGNER_MISSING");

    // Each signs a copy of its own, with nothing but the file and the key.
    let copies: Vec<String> = (1..=3).map(|body| file(&format!("copy-{body}.draft"))).collect();
    for (key, copy) in keys.iter().zip(&copies) {
        let signed = offline(&format!("governance sign {draft} --key {key} -o {copy}"));
        assert_eq!((signed.code, &signed.json["acts"]), (0, &drafted["acts"]), "{:#}", signed.json);
    }
    let again = offline(&format!("governance sign {} --key {}", copies[0], keys[0]));
    assert_eq!(reason(&again), "SIGNED_ALREADY");
    let wrong = offline(&format!("governance sign {draft} --key {}", administer_key(folder.path(), 4)));
    assert_eq!(reason(&wrong), "SIGNER_UNKNOWN");

    // A file that was altered since it was signed says so wherever it is opened.
    let altered = file("altered.draft");
    let mut bytes = fs::read(&copies[0]).unwrap();
    // Member 6, suspended: of another member.
    let act = [0x08, 0x06, 0x10, 0x02];
    let place = bytes.windows(act.len()).position(|window| window == act).unwrap();
    bytes[place + 1] = 0x05;
    fs::write(&altered, bytes).unwrap();
    for command in ["show {}", "submit {}"] {
        let refused = offline(&format!("governance {}", command.replace("{}", &altered)));
        assert_eq!(reason(&refused), "SIGNATURE_INVALID");
    }

    let shown = offline(&format!("governance show {}", copies[1]));
    let signed: Vec<_> = shown.json["signers"].as_array().unwrap().iter().map(|one| &one["signed"]).collect();
    assert_eq!(signed, [&json!(false), &json!(true), &json!(false)]);
    let recorded = localnet.done(&format!("governance submit {}", copies.join(" ")));
    assert_eq!(recorded["transaction_id"], drafted["transaction_id"]);
    assert_eq!(localnet.done("member show 6")["status"], "suspended");

    // One for a time that has passed.
    let late = file("late.draft");
    localnet.done(&format!("governance draft -o {late} {by} --at 2026-01-02T03:04:05+08:00 readmit 6"));
    for key in &keys {
        assert_eq!(offline(&format!("governance sign {late} --key {key}")).code, 0);
    }
    assert_eq!(localnet.refused(&format!("governance submit {late}"))["reason"], "EXPIRED");
    let other = localnet.refused(&format!("governance submit {late} {draft}"));
    assert_eq!(other["reason"], "MALFORMED");
}

#[test]
fn a_draft_whose_signers_could_not_carry_it_is_refused_when_it_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let localnet = Localnet::up(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let id = |member: &str, key: &str| key_id(&file(&format!("members/{member}/{key}.pem")));
    let (draft, stranger) = (file("act.draft"), file("stranger.pem"));
    assert_eq!(offline(&format!("key new {stranger} --plain")).code, 0);
    let refused = |by: &str, act: &str, reason: &str, told: &str| {
        let refused = localnet.refused(&format!("governance draft -o {draft} {by} {act}"));
        let detail = &refused["detail"];
        assert_eq!(refused["reason"], reason, "{by} {act}: {refused:#}");
        assert!(detail["zh"].as_str().unwrap().contains(told), "{by} {act}: {refused:#}");
        assert!(!Path::new(&draft).exists(), "{by} {act}");
    };
    let operate = format!("--by 1:{} --by 2 --by 3", id("validator-1", "operate"));
    refused(&operate, "suspend 6", "KEY_PURPOSE_WRONG", "管理（ADMINISTER）密钥");
    refused(&format!("--by 1:{stranger} --by 2 --by 3"), "suspend 6", "SIGNER_UNKNOWN", "bulla key show");
    let of_another = format!("--by 1:{} --by 3 --by 4", id("validator-2", "administer"));
    refused(&of_another, "suspend 6", "SIGNER_UNKNOWN", "成员 1");
    refused("--by 1 --by 2 --by 99:9f3a", "suspend 6", "FILE_UNREADABLE", "9f3a");
    let nobody = format!("--by 1 --by 2 --by 99:{}", id("validator-3", "administer"));
    refused(&nobody, "suspend 6", "MEMBER_UNKNOWN", "成员 99");
    refused("--by 1 --by 2", "suspend 6", "THRESHOLD_NOT_MET", "须由 3 个登记机构签名");
    refused("--by 1 --by 2 --by 5", "suspend 6", "THRESHOLD_NOT_MET", "能签名的为 2 个");
    // Nobody's own signature carries what takes its standing from it.
    refused("--by 1 --by 2 --by 3", "suspend 3", "THRESHOLD_NOT_MET", "不计入");
    refused("--by 1 --by 2 --by 3", "set-parameters admin_threshold=4", "THRESHOLD_NOT_MET", "4 个");
    refused("--by 5 --propose", "suspend 6", "SIGNER_MISSING", "登记机构");
    refused("--by 5", &format!("retire-key {}", id("validator-1", "operate")), "SIGNER_MISSING", "成员 1");

    localnet.done("member suspend 4");
    refused("--by 1 --by 2 --by 4", "suspend 6", "MEMBER_SUSPENDED", "成员 4");
    localnet.done("member readmit 4");
    let (former, key) = (id("validator-2", "administer"), file("administer-2.pem"));
    assert_eq!(offline(&format!("key new {key} --plain")).code, 0);
    localnet.done(&format!("member key add {key} --purpose administer --member 2"));
    localnet.done(&format!("member key retire {former}"));
    refused(&format!("--by 1 --by 2:{former} --by 3"), "suspend 6", "KEY_RETIRED", "停用");

    // By those who can, it is made; and one more act in it asks for no others.
    let by = format!("--by 1 --by 2:{} --by 3", key_id(&key));
    localnet.done(&format!("governance draft -o {draft} {by} suspend 6"));
    let both = file("both.draft");
    let added = format!("governance draft -o {both} --add-to {draft} suspend 3");
    assert_eq!(localnet.refused(&added)["reason"], "THRESHOLD_NOT_MET");
}

#[test]
fn years_of_the_calendar_a_suspension_of_clocks_a_profile_and_a_key_are_drafted_without_a_ledger_and_recorded()
 {
    let folder = tempfile::tempdir().unwrap();
    let localnet = Localnet::up(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let keys: Vec<String> = (1..=3).map(|body| administer_key(folder.path(), body)).collect();
    let by: Vec<String> =
        (1..).zip(&keys).map(|(body, key)| format!("--by {body}:{}", key_id(key))).collect();
    let (by, genesis, new) = (by.join(" "), file("genesis.bin"), file("new.pem"));
    assert_eq!(offline(&format!("key new {new} --plain")).code, 0);
    let profiles = concat!(env!("CARGO_MANIFEST_DIR"), "/../profiles");
    let acts = [
        "adopt-calendar 2025 2026".to_owned(),
        format!(
            "adopt-profile {profiles}/cn-tj-tjifa-003-2022.toml --overlay \
             {profiles}/overlays/cn-tj-tjifa-003-2022-test.toml"
        ),
        "suspend-clocks --from 2026-02-01 --until 2026-02-03 --all --authority 〔2026〕7号".to_owned(),
        format!("add-key {new} --member 6 --purpose audit"),
    ];
    // What needs a ledger says so.
    let nowhere = format!("governance draft -o {} --genesis {genesis}", file("none.draft"));
    for (asks, told) in [
        (format!("{by} set-parameters block_entries_max=500"), "未指定节点"),
        ("--by 1 suspend 6".to_owned(), "成员 1"),
    ] {
        let refused = offline(&format!("{nowhere} {asks}"));
        assert_eq!((refused.code, &refused.json["error"]["reason"]), (2, &json!("CONFIG_INVALID")));
        assert!(refused.json["error"]["detail"]["zh"].as_str().unwrap().contains(told), "{:#}", refused.json);
    }

    let mut draft = None;
    for (place, act) in acts.iter().enumerate() {
        let next = file(&format!("{place}.draft"));
        let begun = draft.map_or_else(|| by.clone(), |former| format!("--add-to {former}"));
        let drafted = offline(&format!("governance draft -o {next} {begun} --genesis {genesis} {act}"));
        assert_eq!(drafted.code, 0, "{act}: {:#}", drafted.json);
        draft = Some(next);
    }
    let draft = draft.unwrap();
    let shown = offline(&format!("governance show {draft}"));
    let words: Vec<&str> =
        shown.json["acts"].as_array().unwrap().iter().map(|act| act["zh"].as_str().unwrap()).collect();
    assert!(words.len() == 5 && words[2].contains("cn-tj-tjifa-003-2022"), "{words:?}");
    assert!(words[3].contains("2026-02-03") && words[3].ends_with("authority：〔2026〕7号"), "{words:?}");
    assert!(words[4].contains(&key_id(&new)), "{words:?}");
    for key in &keys {
        assert_eq!(offline(&format!("governance sign {draft} --key {key}")).code, 0);
    }
    let recorded = localnet.done(&format!("governance submit {draft}"));
    assert_eq!(recorded["transaction_id"], shown.json["transaction_id"]);
    assert_eq!(localnet.done("profile list")[0]["status"], "in_force");
    assert_eq!(localnet.done("clocks list")[0]["first_day"], "2026-02-01");
    assert_eq!(localnet.done(&format!("member key show {new}"))["status"], "in_force");
}

/// As `docs/operations/governance.md` says.
#[test]
fn a_consensus_key_is_rotated_as_the_page_for_operators_says() {
    let folder = tempfile::tempdir().unwrap();
    let localnet = Localnet::up(folder.path());
    let home = folder.path().join("validator-2");
    let new = home.join("keys/consensus-2.pem").display().to_string();
    let made = offline(&format!("key new {new} --plain"));
    assert_eq!(made.code, 0, "{:#}", made.json);
    let (former, rotated) = (key_id(&home.join("keys/consensus.pem").display().to_string()), key_id(&new));
    let configure = |from: &str, to: &str| {
        assert_eq!(localnet.is("down", &[]).code, 0);
        let toml = fs::read_to_string(home.join("node.toml")).unwrap();
        assert!(toml.contains(from), "{toml}");
        fs::write(home.join("node.toml"), toml.replace(from, to)).unwrap();
        localnet.start(&[]);
    };
    configure("[keys]\n", "[keys]\nconsensus_besides = [\"keys/consensus-2.pem\"]\n");
    localnet.done(&format!("member key add {new} --purpose consensus --member 2"));
    localnet.done(&format!("governance change-validators --remove {former} --set {rotated}"));
    let validators = localnet.done("governance validators");
    let keys: Vec<_> =
        validators.as_array().unwrap().iter().map(|one| one["key_id"].as_str().unwrap()).collect();
    assert!(keys.contains(&rotated.as_str()) && !keys.contains(&former.as_str()), "{keys:?}");
    localnet.done(&format!("member key retire {former}"));
    configure("keys/consensus.pem", "keys/consensus-2.pem");

    // Without one of the others, the validator with the new key is needed.
    let first = localnet.is("status", &[]).json["nodes"][0]["pid"].to_string();
    assert!(std::process::Command::new("kill").args(["-9", &first]).status().unwrap().success());
    let document = folder.path().join("contract.txt");
    fs::write(&document, "after the rotation").unwrap();
    localnet.done(&format!("evidence deposit {}", document.display()));
}
