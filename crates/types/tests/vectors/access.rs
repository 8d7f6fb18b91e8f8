//! Access tokens.

use bulla_crypto::SecretKey;
use bulla_types::*;
use serde_json::json;

use super::{check, refused};

#[test]
fn vectors_of_access_tokens() {
    let seed = [2; 32];
    let (ledger, key) = (LedgerId::from_bytes([1; 32]), SecretKey::from_seed(&seed));
    let token = AccessToken::issue(&ledger, MemberNumber(7), &key, BlockTime(1_767_225_600_000));
    let text = token.to_string();
    assert_eq!(text.parse::<AccessToken>().unwrap(), token);
    let message = AccessToken::signing_message(&ledger, token.member, &token.key_id, token.expires_at);
    let wrong = |what: &str, text: String| refused(what, text.as_bytes(), text.parse::<AccessToken>());
    check(
        "access",
        &json!({
            "accepted": [{
                "ledger_id": ledger.to_string(),
                "member": token.member.0,
                "secret_key_seed": hex::encode(seed),
                "key_id": token.key_id.to_string(),
                "expires_at_ms": token.expires_at.0,
                "signing_message": hex::encode(message),
                "token": text,
            }],
            "refused": [
                wrong("another version", format!("02{}", &text[2..])),
                wrong("a digit short", text[1..].to_owned()),
                wrong("upper-case digits", text.to_uppercase()),
                wrong("no member", format!("01{}{}", "0".repeat(16), &text[18..])),
            ],
        }),
    );
}
