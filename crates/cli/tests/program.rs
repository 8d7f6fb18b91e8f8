//! The program as a script sees it: exit codes, streams, languages. Nothing here needs a ledger.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const BULLA: &str = env!("CARGO_BIN_EXE_bulla");

/// Runs `bulla` with these arguments in a folder, without any configuration of this machine.
fn bulla(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    command(BULLA, folder, arguments).envs(environment.iter().copied()).output().unwrap()
}

fn command(program: &str, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments);
    for variable in ["BULLA_CONFIG", "BULLA_LANG", "BULLA_PASSPHRASE", "LC_ALL", "LC_MESSAGES"] {
        command.env_remove(variable);
    }
    command.env("LANG", "C");
    command
}

/// The same with its standard output going there.
fn bulla_into(folder: &Path, arguments: &[&str], output: impl Into<Stdio>) -> Output {
    let mut command = command(BULLA, folder, arguments);
    command.stdout(output).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
}

/// A folder with a client.toml by which member 6 can sign, and no node that it names.
fn folder_of_a_member() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(&bulla(folder.path(), &["key", "new", "k", "--plain"], &[])), 0);
    let config = "endpoints = ['127.0.0.1:1']\nmember = 6\nkey = 'k'\n";
    fs::write(folder.path().join("client.toml"), config).unwrap();
    folder
}

fn pipe_in(folder: &Path, name: &str) {
    assert!(Command::new("mkfifo").arg(folder.join(name)).status().unwrap().success());
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
    let pem = fs::read_to_string(folder.path().join("a.pem")).unwrap();
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
    let before = fs::read(folder.path().join("a.pem")).unwrap();
    assert_eq!(code(&bulla(folder.path(), &["key", "new", "a.pem", "--plain"], &[])), 1);
    assert_eq!(fs::read(folder.path().join("a.pem")).unwrap(), before);
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
    fs::create_dir(folder.path().join("folder")).unwrap();
    fs::write(folder.path().join("client.toml"), "endpoints = ['127.0.0.1:1']\nmember = 6\nkey = 'k'\n")
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
    fs::write(folder.path().join("a.bulla"), b"not a receipt").unwrap();
    let ledger = "07".repeat(32);
    let arguments = ["verify", "a.bulla", "--anchor", &ledger, "--json"];
    let refused = bulla(folder.path(), &arguments, &[("BULLA_CONFIG", "/nonexistent/client.toml")]);
    assert_eq!(code(&refused), 4, "{refused:?}");
    assert_eq!(
        (&json(&refused)["verified"], &json(&refused)["error"]["reason"]),
        (&false.into(), &"MALFORMED".into())
    );
}

/// A file without end takes neither all memory nor all time: one of holes reads as a device of zeros would.
#[test]
fn verification_reads_no_more_than_a_receipt_or_an_anchor_can_have() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "a").unwrap();
    File::create(folder.path().join("zeros")).unwrap().set_len(1 << 40).unwrap();
    let ledger = "07".repeat(32);
    for arguments in [
        &["verify", "zeros", "--anchor", &ledger, "--json"][..],
        &["verify", "a", "--anchor", "zeros", "--json"],
    ] {
        let within_a_gibibyte = ["-c", "ulimit -v 1048576; exec \"$0\" \"$@\"", BULLA];
        let arguments = [&within_a_gibibyte, arguments].concat();
        let refused = command("sh", folder.path(), &arguments).output().unwrap();
        assert_eq!((code(&refused), &json(&refused)["error"]["reason"]), (1, &"TOO_LARGE".into()));
        assert!(json(&refused)["error"]["detail"]["en"].as_str().unwrap().starts_with("zeros: "));
    }
}

/// A pipe that nobody writes to would be waited for without end.
#[test]
fn no_command_reads_what_is_not_a_regular_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "a").unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    let ledger = "07".repeat(32);
    for file in ["pipe", "/dev/zero"] {
        for arguments in [
            &["verify", file, "--anchor", &ledger][..],
            &["verify", "a", "--anchor", file],
            &["verify", "a", "--anchor", &ledger, "--original", file],
            &["calendar", "show", "2026", "--file", file],
            &["profile", "check", file],
            &["registration", "open", "--from", file],
        ] {
            let limited = [&["20", BULLA][..], arguments, &["--json"]].concat();
            let refused = command("timeout", folder.path(), &limited).output().unwrap();
            let answer = json(&refused);
            let error = answer.get("error").unwrap_or_else(|| &answer[0]["error"]);
            assert_eq!(error["reason"], "FILE_UNREADABLE", "{arguments:?}: {answer:#}");
            let told = error["detail"]["en"].as_str().unwrap();
            assert!(told.contains(", not a regular file"), "{arguments:?}: {told}");
        }
    }
}

#[test]
fn an_anchor_that_is_none_is_named_and_nothing_is_called_verified_or_not() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in
        [("a.bulla", "a"), ("passwd", "root:x:0:0\n"), ("empty", ""), ("note", "bulla/ledger/07\n7\n")]
    {
        fs::write(folder.path().join(name), content).unwrap();
    }
    for (path, told) in
        [("passwd", "not a genesis"), ("empty", "the file is empty"), ("note", "not the origin")]
    {
        let refused = bulla(folder.path(), &["verify", "a.bulla", "--anchor", path], &[]);
        let message = text(&refused.stderr);
        assert!(code(&refused) == 2 && message.contains("[ANCHOR_INVALID]"), "{message}");
        assert!(message.contains(&format!("{path}: {told}")) && !message.contains("VERIFIED"), "{message}");
    }
    let keys = ["verify", "a.bulla", "--anchor", "note", "--note-key", "x", "--json"];
    let refused = json(&bulla(folder.path(), &keys, &[]));
    assert!(refused["error"]["detail"]["en"].as_str().unwrap().starts_with("--note-key: "), "{refused}");

    let asked = ["evidence", "show", "1", "--genesis", "passwd", "--endpoint", "127.0.0.1:1"];
    let refused = bulla(folder.path(), &asked, &[]);
    let message = text(&refused.stderr);
    assert!(code(&refused) == 2 && message.contains("passwd: not a genesis"), "{message}");
    assert!(!message.contains("VERIFIED"), "{message}");
}

#[test]
fn an_empty_receipt_file_is_refused_as_such() {
    let folder = tempfile::tempdir().unwrap();
    File::create(folder.path().join("a.bulla")).unwrap();
    let ledger = "07".repeat(32);
    let refused = bulla(folder.path(), &["verify", "a.bulla", "--anchor", &ledger, "--json"], &[]);
    let error = &json(&refused)["error"];
    assert_eq!(
        (code(&refused), &error["reason"], &error["place"]),
        (4, &"MALFORMED".into(), &"a.bulla".into())
    );
    assert_eq!(error["detail"]["zh"], "文件为空");
}

/// To open a pipe would be to wait for whoever writes into it.
#[test]
fn a_pipe_or_a_device_is_no_document_and_no_key() {
    let folder = folder_of_a_member();
    pipe_in(folder.path(), "p");
    fs::write(folder.path().join("a.bulla"), "a").unwrap();
    let ledger = "07".repeat(32);
    for (path, kind) in [("p", "a named pipe"), ("/dev/zero", "a device"), (".", "a folder")] {
        let find = ["evidence", "find", path, "--config", "client.toml"];
        let verify = ["verify", "a.bulla", "--anchor", &ledger, "--original", path];
        for arguments in [&find[..], &verify] {
            let message = text(&bulla(folder.path(), arguments, &[]).stderr);
            let told = format!("{path}: it is {kind}, not a regular file");
            assert!(message.contains("[FILE_UNREADABLE]") && message.contains(&told), "{message}");
        }
        let shown = text(&bulla(folder.path(), &["key", "show", path], &[]).stderr);
        assert!(shown.contains(&format!("{path} is not a regular file")), "{shown}");
    }
}

#[test]
fn files_that_cannot_be_deposited_are_listed_one_by_one_even_if_all_of_them() {
    let folder = folder_of_a_member();
    pipe_in(folder.path(), "p");
    let deposit = ["evidence", "deposit", "none", "p", "--config", "client.toml", "--json"];
    let refused = bulla(folder.path(), &deposit, &[]);
    assert_eq!((code(&refused), json(&refused).as_array().unwrap().len()), (1, 2), "{refused:?}");
    for (place, path) in ["none", "p"].iter().enumerate() {
        let listed = &json(&refused)[place];
        assert_eq!(
            (&listed["path"], &listed["error"]["reason"]),
            (&(*path).into(), &"FILE_UNREADABLE".into())
        );
    }
}

#[test]
fn output_that_cannot_be_written_is_a_failure_told_on_stderr() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["completion", "bash"][..],
        &["completion", "bash", "--json"],
        &["calendar", "show", "2025"],
        &["--help"],
        &["--version"],
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let lost = bulla_into(folder.path(), arguments, full);
        let message = text(&lost.stderr);
        assert!(code(&lost) == 1 && message.contains("[FILE_UNWRITABLE]"), "{arguments:?}: {message}");
        assert!(message.contains("standard output: No space left"), "{arguments:?}: {message}");
    }
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let failed = bulla_into(folder.path(), &["fsck", "--data", ".", "--json"], full);
    assert!(code(&failed) == 1 && text(&failed.stderr).contains("[DATA_MISSING]"), "{failed:?}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let ended = bulla_into(folder.path(), &["completion", "bash"], writer);
    assert_eq!((code(&ended), ended.stderr.len()), (0, 0), "{ended:?}");
}

/// Nothing is asked of a node for it.
#[test]
fn a_receipt_or_a_checkpoint_that_is_there_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "kept").unwrap();
    for arguments in [&["receipt", "1", "-o", "a"][..], &["checkpoint", "-o", "a"]] {
        let refused = bulla(folder.path(), arguments, &[]);
        let message = text(&refused.stderr);
        assert!(code(&refused) == 1 && message.contains("[FILE_EXISTS]\n  a\n"), "{message}");
        let goes_on = bulla(folder.path(), &[arguments, &["--force"]].concat(), &[]);
        assert!(text(&goes_on.stderr).contains("[CONFIG_INVALID]"), "{goes_on:?}");
    }
    assert_eq!(fs::read(folder.path().join("a")).unwrap(), b"kept");
}

#[test]
fn nobody_is_told_to_change_the_permissions_of_a_file_that_is_no_key() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("passwd"), "root:x:0:0:root:/root:/bin/sh\n").unwrap();
    let refused = bulla(folder.path(), &["key", "show", "passwd"], &[]);
    let message = text(&refused.stderr);
    assert!(code(&refused) == 1 && message.contains("[KEY_FILE_INVALID]"), "{message}");
    assert!(message.contains("passwd: this is not PEM text") && !message.contains("chmod"), "{message}");
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
    fs::write(folder.path().join("letter.txt"), b"dear").unwrap();
    let refused = bulla(folder.path(), &["localnet", "up", "--dir", ".", "--detach"], &[]);
    assert_eq!(code(&refused), 2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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

const REGISTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles/cn-tj-tjifa-003-2022.toml");

#[test]
fn a_form_is_printed_from_a_profile_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let printed = bulla(
        folder.path(),
        &["registration", "template", "--profile", REGISTER, "--procedure", "objection", "--lang", "zh"],
        &[],
    );
    assert_eq!(code(&printed), 0, "{printed:?}");
    let form = text(&printed.stdout);
    for line in ["procedure = \"objection\"", "step = \"file\"", "about = \"\"", "[fields]", "[documents]"] {
        assert!(form.lines().any(|found| found == line), "{line} in\n{form}");
    }
    assert!(form.contains("# 条款：5.1 h)（推定）"), "{form}");
    let asked = ["registration", "template", "--profile", REGISTER, "--procedure", "objection", "--json"];
    assert_eq!(json(&bulla(folder.path(), &asked, &[]))["step"], "file");
}

#[test]
fn what_is_wrong_with_a_step_is_told_before_any_node_is_asked() {
    let folder = folder_of_a_member();
    fs::write(folder.path().join("bad.toml"), "step = 'apply'\nfield = 1\n").unwrap();
    fs::write(folder.path().join("value.toml"), "profile = 'p'\n[fields]\na = 1.5\n").unwrap();
    fs::write(folder.path().join("of_case.toml"), "case = '7'\n").unwrap();
    let suspension = |until| {
        ["clocks", "suspend", "--all", "--from", "2025-10-01", "--until", until, "--authority", "decision 7"]
    };
    for (arguments, exit, reason, told) in [
        (&["registration", "template"][..], 2, "COMMAND_INVALID", "--case"),
        (&["trade", "template", "--profile", REGISTER], 2, "COMMAND_INVALID", "bulla registration"),
        (&["registration", "template", "--profile", REGISTER], 2, "COMMAND_INVALID", "initial_registration"),
        (
            &["registration", "template", "--profile", REGISTER, "--procedure", "loan"],
            1,
            "STEP_UNKNOWN",
            "initial_registration",
        ),
        (&["registration", "open"], 2, "COMMAND_INVALID", "--profile"),
        (&["registration", "open", "--from", "of_case.toml"], 2, "COMMAND_INVALID", "registration step"),
        (&["registration", "open", "--from", "bad.toml"], 1, "MALFORMED", "第 2 行第 1 列"),
        (&["registration", "open", "--from", "value.toml"], 1, "MALFORMED", "fields.a"),
        (&["registration", "open", "--from", "none.toml"], 1, "FILE_UNREADABLE", "none.toml"),
        (&["registration", "step"], 2, "COMMAND_INVALID", "案件"),
        (&["registration", "step", "7", "--sign-as", "7"], 2, "COMMAND_INVALID", "operate.pem"),
        (&["registration", "step", "7", "--field", "a"], 2, "COMMAND_INVALID", "名称=内容"),
        (&["profile", "adopt", REGISTER], 1, "PROFILE_INVALID", "--overlay"),
        (&["calendar", "adopt", "1999"], 2, "COMMAND_INVALID", "2004"),
        (&["governance", "change-validators"], 2, "COMMAND_INVALID", "--set"),
        (&["governance", "change-validators", "--set", "a.pem=0"], 2, "COMMAND_INVALID", "--remove"),
        (&["governance", "set-parameters", "second_log=sm3"], 2, "COMMAND_INVALID", "固定"),
        (&["governance", "set-parameters", "blocks=1"], 2, "COMMAND_INVALID", "block_entries_max"),
        (
            &["governance", "draft", "-o", "a.draft", "--by", "1:", "expel", "6"],
            2,
            "COMMAND_INVALID",
            "成员:密钥编号",
        ),
        (&["governance", "show", "bad.toml"], 1, "MALFORMED", "bad.toml"),
        (&suspension("2025-02-29"), 2, "COMMAND_INVALID", "应为日期"),
        (&suspension("2026-10-02"), 1, "SUSPENSION_INVALID", "共 367 日"),
        (&suspension("2025-09-30"), 1, "SUSPENSION_INVALID", "2025-09-30 早于 2025-10-01"),
    ] {
        let arguments = [arguments, &["--json", "--config", "client.toml"]].concat();
        let refused = bulla(folder.path(), &arguments, &[("BULLA_LANG", "zh")]);
        let error = &json(&refused)["error"];
        assert_eq!((code(&refused), &error["reason"]), (exit, &reason.into()), "{arguments:?}: {error:#}");
        assert!(error["detail"]["zh"].as_str().unwrap().contains(told), "{arguments:?}: {error:#}");
    }
}
