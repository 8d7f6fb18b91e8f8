//! A person with nothing but the command line.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use bulla_tests::bulla::{Answer, bulla};
use serde_json::json;

/// A local network, stopped when the test ends, however it ends.
struct Localnet<'a>(&'a Path);

impl<'a> Localnet<'a> {
    fn up(folder: &'a Path) -> Self {
        let localnet = Self(folder);
        assert_eq!(localnet.is("up", &["--detach"]).code, 0);
        localnet
    }

    fn is(&self, what: &str, options: &[&str]) -> Answer {
        let arguments = [OsStr::new("localnet"), OsStr::new(what), OsStr::new("--dir"), self.0.as_os_str()];
        bulla(arguments.into_iter().chain(options.iter().map(OsStr::new)))
    }

    fn run(&self, arguments: &[&OsStr]) -> Answer {
        bulla(arguments.iter().copied().chain([OsStr::new("--localnet"), self.0.as_os_str()]))
    }
}

impl Drop for Localnet<'_> {
    fn drop(&mut self) {
        self.is("down", &[]);
    }
}

#[test]
fn a_local_network_takes_a_deposit_and_its_receipt_is_proved_offline_until_a_byte_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("账本");
    let localnet = Localnet::up(&dir);
    let nodes = localnet.is("status", &[]).json["nodes"].as_array().unwrap().len();
    assert_eq!(nodes, 5, "four validators and an observer");
    assert_eq!(localnet.run(&[OsStr::new("status")]).json["health"], json!("ready"));

    let (original, receipt) = (folder.path().join("合同.txt"), folder.path().join("合同.receipt"));
    fs::write(&original, "甲方与乙方约定……").unwrap();
    let deposited = localnet.run(&["evidence".as_ref(), "deposit".as_ref(), original.as_ref()]);
    assert_eq!(deposited.code, 0, "{:#}", deposited.json);
    let index = deposited.json[0]["entry_index"].to_string();
    let fetched = localnet.run(&["receipt".as_ref(), index.as_ref(), "-o".as_ref(), receipt.as_ref()]);
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
