//! A person with nothing but the command line.

use std::ffi::OsStr;
use std::fs;

use bulla_tests::bulla::bulla;
use bulla_tests::localnet::Localnet;
use serde_json::json;

#[test]
fn a_local_network_takes_a_deposit_and_its_receipt_is_proved_offline_until_a_byte_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("账本");
    let localnet = Localnet::up(&dir);
    let nodes = localnet.is("status", &[]).json["nodes"].as_array().unwrap().len();
    assert_eq!(nodes, 5, "four validators and an observer");
    assert_eq!(localnet.run(&["status"]).json["health"], json!("ready"));

    let (original, receipt) = (folder.path().join("合同.txt"), folder.path().join("合同.receipt"));
    fs::write(&original, "甲方与乙方约定……").unwrap();
    let deposited = localnet.run::<&OsStr>(&["evidence".as_ref(), "deposit".as_ref(), original.as_ref()]);
    assert_eq!(deposited.code, 0, "{:#}", deposited.json);
    let index = deposited.json[0]["entry_index"].to_string();
    let fetched =
        localnet.run::<&OsStr>(&["receipt".as_ref(), index.as_ref(), "-o".as_ref(), receipt.as_ref()]);
    assert_eq!(fetched.code, 0, "{:#}", fetched.json);
    assert_eq!(localnet.is("down", &[]).code, 0);

    let verify = || {
        let genesis = dir.join("genesis.bin");
        let anchor: [&OsStr; 4] =
            ["verify".as_ref(), receipt.as_ref(), "--anchor".as_ref(), genesis.as_ref()];
        bulla(anchor.into_iter().chain(["--original".as_ref(), original.as_os_str()]))
    };
    let proved = verify();
    assert_eq!((proved.code, &proved.json["verified"]), (0, &json!(true)), "{:#}", proved.json);

    fs::write(&original, "甲方与乙方约定……！").unwrap();
    let refused = verify();
    assert_eq!((refused.code, &refused.json["error"]["reason"]), (4, &json!("ORIGINAL_MISMATCH")));
    fs::write(&original, "甲方与乙方约定……").unwrap();
    let mut bytes = fs::read(&receipt).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&receipt, bytes).unwrap();
    let refused = verify();
    assert_eq!((refused.code, &refused.json["verified"]), (4, &json!(false)), "{:#}", refused.json);
}

#[test]
fn registration_bodies_that_can_sign_do_for_those_that_cannot_and_members_go_by_any_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let localnet = Localnet::up(folder.path());
    let first = localnet.done("member show 1");
    let (identifier, code) = (first["member"].as_str().unwrap(), first["credit_code"].as_str().unwrap());
    localnet.done(&format!("member suspend {code}"));
    assert_eq!(localnet.done("member show 1")["status"], "suspended");
    localnet.done(&format!("member readmit {identifier}"));
    assert_eq!(localnet.done("member show 1")["status"], "active");

    let key = folder.path().join("members/validator-1/administer.pem");
    localnet.done(&format!("member key retire {}", key.display()));
    let again = localnet.refused(&format!("member key retire {}", key.display()));
    assert_eq!(again["reason"], "KEY_RETIRED");
    assert!(again["detail"]["zh"].as_str().unwrap().contains("此前已停用"), "{again:#}");

    // Three of four are left: as many as must sign, so that none of them can be done without.
    localnet.done("member suspend 6");
    let last = localnet.refused("member suspend 2");
    assert_eq!(last["reason"], "THRESHOLD_UNREACHABLE");
    assert!(last["message"]["zh"].as_str().unwrap().contains("--signer"), "{last:#}");
    let code_of_3 = localnet.done("member show 3")["credit_code"].as_str().unwrap().to_owned();
    let signers = [(2, "2"), (3, &code_of_3), (4, "4")].map(|(number, name)| {
        let key = folder.path().join(format!("members/validator-{number}/administer.pem"));
        format!("--signer {name}:{}", key.display())
    });
    localnet.done(&format!("member readmit 6 {}", signers.join(" ")));
}

#[test]
fn every_file_of_a_deposit_is_answered_for_and_no_receipt_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("net");
    let localnet = Localnet::up(&dir);
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("a"), "a").unwrap();
    let deposited = localnet.run(&["evidence", "deposit", &path("a"), &path("none")]);
    assert_eq!(deposited.code, 1, "{:#}", deposited.json);
    let index = deposited.json[0]["entry_index"].as_u64().unwrap();
    assert_eq!(deposited.json[1]["error"]["reason"], "FILE_UNREADABLE", "{:#}", deposited.json);

    let receipt = format!("receipt {index} -o {}", path("r"));
    localnet.done(&receipt);
    fs::write(path("r"), "kept").unwrap();
    assert_eq!(localnet.refused(&receipt)["reason"], "FILE_EXISTS");
    assert_eq!(fs::read(path("r")).unwrap(), b"kept");
    localnet.done(&format!("{receipt} --force"));
    assert_ne!(fs::read(path("r")).unwrap(), b"kept");
    let full = localnet.refused(&format!("receipt {index} -o /dev/full"));
    assert_eq!(full["reason"], "FILE_UNWRITABLE");
    assert!(full["detail"]["zh"].as_str().unwrap().starts_with("/dev/full："), "{full:#}");
}

#[test]
fn a_closed_ledger_answers_its_members_and_tells_others_that_they_may_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("closed");
    let localnet = Localnet::up_with(&dir, &["--closed", "--validators", "1", "--observers", "0"]);
    let (document, receipt) = (folder.path().join("秘密.txt"), folder.path().join("秘密.receipt"));
    fs::write(&document, "不公开的内容").unwrap();
    let deposited = localnet.run(&[OsStr::new("evidence"), OsStr::new("deposit"), document.as_os_str()]);
    assert_eq!(deposited.code, 0, "{:#}", deposited.json);
    localnet.done("evidence show 1");
    let fetched =
        localnet.run(&[OsStr::new("receipt"), OsStr::new("1"), OsStr::new("-o"), receipt.as_os_str()]);
    assert_eq!(fetched.code, 0, "{:#}", fetched.json);

    let endpoint = localnet.is("status", &[]).json["nodes"][0]["grpc"].as_str().unwrap().to_owned();
    let genesis = dir.join("genesis.bin");
    let stranger =
        [OsStr::new("--endpoint"), OsStr::new(&endpoint), OsStr::new("--genesis"), genesis.as_os_str()];
    for asked in [&["evidence", "show", "1"][..], &["receipt", "1", "-o", "/dev/null"]] {
        let refused = bulla(asked.iter().map(OsStr::new).chain(stranger));
        assert_eq!(
            refused.json["error"]["reason"],
            json!("UNAUTHENTICATED"),
            "{asked:?}: {:#}",
            refused.json
        );
    }
}
