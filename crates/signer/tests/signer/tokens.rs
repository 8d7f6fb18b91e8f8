//! Keys in a PKCS#11 token: SoftHSM, which `scripts/setup --checks` installs. Where it is missing these tests fail.
//!
//! SoftHSM reads where its tokens are from the environment, so each case runs in a process of its own: this program
//! once more, with the case named.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bulla_signer::{SigningKey, Standing, TokenConfig, TokenError, TokenKey};
use bulla_types::ReasonCode;

use super::*;

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const MISSING: &str = "SoftHSM is missing: run scripts/setup --checks";

/// Much longer than a library that does not find a token is left as it is.
const FOUND_AGAIN_WITHIN: Duration = Duration::from_secs(120);
/// Longer than it is left as it is: now it could be started again.
const LEFT_ALONE: Duration = Duration::from_secs(12);

/// Runs one of the cases below over an empty token.
fn over_a_token(case: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (tokens, settings) = (folder.path().join("tokens"), folder.path().join("softhsm2.conf"));
    fs::create_dir(&tokens).unwrap();
    fs::write(&settings, format!("directories.tokendir = {}\n", tokens.display())).unwrap();
    let pin = folder.path().join("pin");
    fs::write(&pin, "4321\n").unwrap();
    fs::set_permissions(&pin, Permissions::from_mode(0o600)).unwrap();
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "bulla", "--pin", "4321", "--so-pin", "8765"])
        .env("SOFTHSM2_CONF", &settings)
        .output()
        .expect(MISSING);
    assert!(made.status.success(), "{made:?}");
    let ran = Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("tokens::{case}"), "--ignored", "--nocapture"])
        .env("SOFTHSM2_CONF", &settings)
        .env("BULLA_TEST_PIN_FILE", &pin)
        .env_remove("BULLA_TOKEN_PIN")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

fn config(key: &str) -> TokenConfig {
    TokenConfig {
        module: MODULE.into(),
        token: "bulla".to_owned(),
        key: key.to_owned(),
        key_id: None,
        pin_file: Some(PathBuf::from(
            env::var_os("BULLA_TEST_PIN_FILE").expect("one of the tests below runs this"),
        )),
    }
}

#[test]
fn a_key_made_in_a_token_signs_what_verifies_strictly() {
    over_a_token("makes_and_signs");
}

#[test]
#[ignore = "a case of the test above, which runs it"]
fn makes_and_signs() {
    let made = TokenKey::generate(config("consensus")).unwrap();
    let found = TokenKey::open(config("consensus")).unwrap();
    assert_eq!(made.public(), found.public());
    for message in [vote(PREVOTE, 5, 0, Some(1)), proposal(5, 0, None, 1)] {
        let signature = found.sign(&message).unwrap();
        found.public().verify_strict(&message.preimage(), &signature).unwrap();
        assert_eq!(made.sign(&message).unwrap(), signature, "Ed25519 signs the same twice");
    }
    assert!(matches!(TokenKey::generate(config("consensus")), Err(TokenError::Exists { .. })));
    let other = TokenKey::generate(config("other")).unwrap();
    assert_ne!(other.public(), made.public());
}

#[test]
fn a_token_key_stands_behind_the_same_guard() {
    over_a_token("is_guarded");
}

#[test]
#[ignore = "a case of the test above, which runs it"]
fn is_guarded() {
    let folder = tempfile::tempdir().unwrap();
    let key = Arc::new(TokenKey::generate(config("consensus")).unwrap());
    let public_key = key.public().clone();
    let record = SignedRecord::open(&folder.path().join("record"), ledger()).unwrap();
    record.guard().settle(Height(0)).unwrap();
    let signer = Signer::new(ledger(), key, record);
    let ConsensusMessage::Vote(own) = vote(PREVOTE, 5, 0, Some(1)) else { panic!() };
    let own = Vote { address: Address::of(&public_key), ..own };
    let Answer::Signature(signature) = asked(&signer, ConsensusMessage::Vote(own)) else { panic!() };
    public_key.verify_strict(&own.preimage(), &signature).unwrap();
    let refused = asked(&signer, vote(PREVOTE, 5, 0, Some(2)));
    assert!(matches!(refused, Answer::Refused(_)), "{refused:?}");
}

#[test]
fn what_is_wrong_with_a_token_is_named() {
    over_a_token("names_what_is_wrong");
}

#[test]
#[ignore = "a case of the test above, which runs it"]
fn names_what_is_wrong() {
    let missing = TokenKey::open(config("consensus")).err().unwrap();
    assert!(matches!(missing, TokenError::NotOneKey { found: 0, .. }), "{missing}");
    let no_token = TokenKey::open(TokenConfig { token: "other".to_owned(), ..config("consensus") });
    assert!(matches!(no_token, Err(TokenError::NoToken { .. })));
    let module = "/nowhere/lib.so".into();
    let no_library = TokenKey::open(TokenConfig { module, ..config("consensus") });
    assert!(matches!(no_library, Err(TokenError::Library { .. })));
    let no_pin = TokenKey::open(TokenConfig { pin_file: None, ..config("consensus") });
    assert!(matches!(no_pin, Err(TokenError::NoPin { .. })));
    let open = config("consensus").pin_file.unwrap();
    for empty in ["", "\n"] {
        fs::write(&open, empty).unwrap();
        let not_tried = TokenKey::open(config("consensus"));
        assert!(matches!(not_tried, Err(TokenError::NoPin { .. })), "an empty PIN counts as an attempt");
    }
    fs::write(&open, "1111\n").unwrap();
    let wrong_pin = TokenKey::open(config("consensus")).err().unwrap();
    assert_eq!(wrong_pin.reason().as_str(), "TOKEN_FAILED");
    assert!(wrong_pin.to_string().contains("let this user in"), "{wrong_pin}");
    fs::set_permissions(&open, Permissions::from_mode(0o644)).unwrap();
    let open = TokenKey::open(config("consensus")).err().unwrap();
    assert_eq!(open.reason().as_str(), "KEY_FILE_PERMISSIONS");
}

#[test]
fn a_token_that_went_away_and_came_back_is_found_by_every_key_in_it() {
    over_a_token("is_found_again");
}

#[test]
#[ignore = "a case of the test above, which runs it"]
fn is_found_again() {
    let key = TokenKey::generate(config("consensus")).unwrap();
    // It holds a session and does not notice.
    let idle = TokenKey::generate(config("idle")).unwrap();
    key.sign(&vote(PREVOTE, 5, 0, Some(1))).unwrap();
    let token = folder_of_the_token();
    let away = token.with_extension("away");
    for height in 6..8 {
        fs::rename(&token, &away).unwrap();
        assert!(!signs_within(&key, height, Duration::ZERO));
        assert_eq!(key.standing(), Standing::Unable(ReasonCode::TokenFailed));
        fs::rename(&away, &token).unwrap();
        assert!(signs_within(&key, height, FOUND_AGAIN_WITHIN));
        assert_eq!(key.standing(), Standing::Able);
    }
    assert!(signs_within(&idle, 8, Duration::ZERO), "its session had ended, and it takes another one");
    assert_eq!(TokenKey::open(config("consensus")).unwrap().public(), key.public());
}

#[test]
fn a_token_that_went_away_takes_no_session_from_a_key_in_another_token_of_the_library() {
    over_a_token("waits_for_others");
}

#[test]
#[ignore = "a case of the test above, which runs it"]
fn waits_for_others() {
    let token = folder_of_the_token();
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "second", "--pin", "4321", "--so-pin", "8765"])
        .output()
        .expect(MISSING);
    assert!(made.status.success(), "{made:?}");
    let key = TokenKey::generate(config("consensus")).unwrap();
    let other = TokenKey::generate(TokenConfig { token: "second".to_owned(), ..config("other") }).unwrap();
    let away = token.with_extension("away");
    fs::rename(&token, &away).unwrap();
    assert!(!signs_within(&key, 5, Duration::ZERO));
    fs::rename(&away, &token).unwrap();
    assert!(!signs_within(&key, 5, LEFT_ALONE), "the library is left alone: another key works");
    assert!(signs_within(&other, 5, Duration::ZERO));
    drop(other);
    assert!(signs_within(&key, 5, FOUND_AGAIN_WITHIN));
}

/// The one folder in the folder of tokens.
fn folder_of_the_token() -> PathBuf {
    let settings = fs::read_to_string(env::var_os("SOFTHSM2_CONF").unwrap()).unwrap();
    let tokens = Path::new(settings.trim().split_once(" = ").unwrap().1);
    let mut folders = fs::read_dir(tokens).unwrap().map(|entry| entry.unwrap().path());
    let (token, None) = (folders.next().unwrap(), folders.next()) else { panic!("there is one token") };
    token
}

/// Asks at least once.
fn signs_within(key: &TokenKey, height: u64, within: Duration) -> bool {
    let until = Instant::now() + within;
    loop {
        if key.sign(&vote(PREVOTE, height, 0, Some(1))).is_ok() {
            return true;
        }
        if Instant::now() >= until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
