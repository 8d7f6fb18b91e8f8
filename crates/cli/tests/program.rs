//! The program as a script sees it: exit codes, streams, languages. Nothing here needs a ledger.

#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs `bulla` with these arguments in a folder, without any configuration of this machine.
fn bulla(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bulla"));
    command.current_dir(folder).args(arguments);
    for variable in ["BULLA_CONFIG", "BULLA_LANG", "BULLA_PASSPHRASE", "LC_ALL", "LC_MESSAGES"] {
        command.env_remove(variable);
    }
    command.env("LANG", "C").envs(environment.iter().copied()).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_new_key_opens_with_its_passphrase_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let right = [("BULLA_PASSPHRASE", "right")];
    let made = bulla(folder.path(), &["key", "new", "a.pem", "--json"], &right);
    assert_eq!(code(&made), 0, "{made:?}");
    let pem = std::fs::read_to_string(folder.path().join("a.pem")).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));

    let shown = bulla(folder.path(), &["key", "show", "a.pem", "--json"], &right);
    assert_eq!(json(&shown), json(&made));
    let wrong = [("BULLA_PASSPHRASE", "wrong")];
    for (environment, reason) in [(&wrong[..], "PASSPHRASE_WRONG"), (&[], "PASSPHRASE_REQUIRED")] {
        let refused = bulla(folder.path(), &["key", "show", "a.pem", "--json"], environment);
        assert_eq!((code(&refused), &json(&refused)["error"]["reason"]), (1, &reason.into()));
    }
}

#[test]
fn no_key_is_ever_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(&bulla(folder.path(), &["key", "new", "a.pem", "--plain"], &[])), 0);
    let before = std::fs::read(folder.path().join("a.pem")).unwrap();
    assert_eq!(code(&bulla(folder.path(), &["key", "new", "a.pem", "--plain"], &[])), 1);
    assert_eq!(std::fs::read(folder.path().join("a.pem")).unwrap(), before);
}

#[test]
fn a_failure_goes_to_stderr_for_people_and_to_stdout_for_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let for_people = bulla(folder.path(), &["fsck", "--data", "."], &[]);
    assert_eq!((code(&for_people), for_people.stdout.len()), (1, 0));
    assert!(text(&for_people.stderr).contains("[DATA_MISSING]"));
    let for_scripts = bulla(folder.path(), &["fsck", "--data", ".", "--json"], &[]);
    assert_eq!((code(&for_scripts), for_scripts.stderr.len()), (1, 0));
    assert_eq!(json(&for_scripts)["error"]["reason"], "DATA_MISSING");
}

#[test]
fn help_and_messages_speak_the_language_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let chinese = [
        bulla(folder.path(), &["--lang", "zh", "--help"], &[]),
        bulla(folder.path(), &["--help"], &[("BULLA_LANG", "zh")]),
        bulla(folder.path(), &["--help"], &[("LANG", "zh_CN.UTF-8")]),
    ];
    for help in chinese {
        assert!(text(&help.stdout).contains("电子数据存证"), "{help:?}");
    }
    assert!(text(&bulla(folder.path(), &["--help"], &[]).stdout).is_ascii());
    let failure = bulla(folder.path(), &["fsck", "--data", ".", "--lang=zh"], &[]);
    assert!(text(&failure.stderr).starts_with("错误"));
}

#[test]
fn a_wrong_command_line_and_a_missing_configuration_give_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["status", "--jsno"][..], &["evidence"], &["status"], &["member", "list", "--endpoint", "a:1"]]
    {
        let refused = bulla(folder.path(), arguments, &[]);
        assert_eq!(code(&refused), 2, "{arguments:?}: {refused:?}");
    }
}

#[test]
fn a_program_is_answered_in_json_even_if_its_command_line_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["status", "--jsno", "--json"][..], &["--json"], &["evidence", "--json"]] {
        let refused = bulla(folder.path(), arguments, &[]);
        assert_eq!((code(&refused), refused.stderr.len()), (2, 0), "{refused:?}");
        assert_eq!(json(&refused)["error"]["reason"], "COMMAND_INVALID");
    }
}

/// Every way to name a file that is not there, or is something else.
#[test]
fn a_local_file_that_cannot_be_read_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    std::fs::write(folder.path().join("client.toml"), "endpoints = ['127.0.0.1:1']\nmember = 6\nkey = 'k'\n")
        .unwrap();
    let ledger = "07".repeat(32);
    for path in ["missing", "folder"] {
        for arguments in [
            &["status", "--config", path][..],
            &["status", "--endpoint", "127.0.0.1:1", "--genesis", path],
            &["status", "--localnet", path],
            &["localnet", "status", "--dir", path],
            &["key", "show", path],
            &["member", "key", "show", path],
            &["evidence", "find", path],
            &["evidence", "deposit", "a", "--config", "client.toml"],
            &["receipt", "1", "-o", "a", "--checkpoint", path],
            &["verify", path, "--anchor", &ledger],
        ] {
            let refused = bulla(folder.path(), &[arguments, &["--lang", "zh"]].concat(), &[]);
            let told = text(&refused.stderr);
            assert!(told.contains("FILE_UNREADABLE") && code(&refused) == 1, "{arguments:?}: {told}");
            assert!(told.contains(path) || told.contains("密钥文件 ./k"), "{arguments:?}: {told}");
            assert!(!told.contains("原文") && !told.contains("os error"), "{arguments:?}: {told}");
        }
    }
}

/// Verification is offline: neither a configuration nor an address of a node reaches it.
#[test]
fn a_file_that_is_no_receipt_is_refused_with_exit_code_4_whatever_is_configured() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.bulla"), b"not a receipt").unwrap();
    let ledger = "07".repeat(32);
    let arguments = ["verify", "a.bulla", "--anchor", &ledger, "--json"];
    let refused = bulla(folder.path(), &arguments, &[("BULLA_CONFIG", "/nonexistent/client.toml")]);
    assert_eq!(code(&refused), 4, "{refused:?}");
    assert_eq!(
        (&json(&refused)["verified"], &json(&refused)["error"]["reason"]),
        (&false.into(), &"MALFORMED".into())
    );
}

#[test]
fn a_node_that_cannot_be_reached_gives_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["status", "--endpoint", "http://127.0.0.1:1", "--json"];
    let silent = bulla(folder.path(), &arguments, &[]);
    assert_eq!((code(&silent), &json(&silent)["error"]["reason"]), (1, &"UNREACHABLE".into()));
}

#[test]
fn a_folder_of_something_else_is_never_made_a_network() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), b"dear").unwrap();
    let refused = bulla(folder.path(), &["localnet", "up", "--dir", ".", "--detach"], &[]);
    assert_eq!(code(&refused), 2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn completion_is_given_for_the_usual_shells() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            text(&bulla(folder.path(), &["completion", shell], &[]).stdout).contains("deposit"),
            "{shell}"
        );
    }
}
