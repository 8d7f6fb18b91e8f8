//! Access tokens: by which a member shows a node who asks. `docs/formats/access.md`.

use std::fmt;
use std::str::FromStr;

use bulla_crypto::{Domain, PublicKey, SecretKey, Signature, VerificationError, frame};

use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::{KeyId, LedgerId};
use crate::number::MemberNumber;
use crate::time::BlockTime;

const VERSION: u8 = 1;

/// Length of the binary form.
const BYTES: usize = 1 + 8 + 32 + 8 + 64;

/// A member's short-lived word, under one of its keys, that it is the one who reads. It is good at every node
/// of the ledger until it expires, so it travels over TLS or loopback only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Who reads.
    pub member: MemberNumber,
    /// The key that signs.
    pub key_id: KeyId,
    /// When the token ends.
    pub expires_at: BlockTime,
    /// Signature over the [signing message](Self::signing_message).
    pub signature: Signature,
}

impl AccessToken {
    /// Signs a token.
    #[must_use]
    pub fn issue(ledger_id: &LedgerId, member: MemberNumber, key: &SecretKey, expires_at: BlockTime) -> Self {
        let key_id = KeyId::of(key.public_key());
        let signature = key.sign(&Self::signing_message(ledger_id, member, &key_id, expires_at));
        Self { member, key_id, expires_at, signature }
    }

    /// frame(access) ‖ ledger id ‖ u64 member ‖ key id ‖ u64 expiry in milliseconds.
    #[must_use]
    pub fn signing_message(
        ledger_id: &LedgerId,
        member: MemberNumber,
        key_id: &KeyId,
        expires_at: BlockTime,
    ) -> Vec<u8> {
        let mut message = frame(Domain::Access);
        message.extend_from_slice(ledger_id.as_bytes());
        message.extend_from_slice(&member.0.to_be_bytes());
        message.extend_from_slice(key_id.as_bytes());
        message.extend_from_slice(&expires_at.0.to_be_bytes());
        message
    }

    /// Verifies the signature under the key that the token names, strictly.
    ///
    /// # Errors
    /// Another key, or a signature that does not verify.
    pub fn verify(&self, ledger_id: &LedgerId, key: &PublicKey) -> Result<(), VerificationError> {
        if KeyId::of(key) != self.key_id {
            return Err(VerificationError);
        }
        let message = Self::signing_message(ledger_id, self.member, &self.key_id, self.expires_at);
        key.verify_strict(&message, &self.signature)
    }
}

/// Lower-case hexadecimal digits of: u8 version ‖ u64 member ‖ key id ‖ u64 expiry ‖ signature.
impl fmt::Display for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.member.0.to_be_bytes());
        bytes.extend_from_slice(self.key_id.as_bytes());
        bytes.extend_from_slice(&self.expires_at.0.to_be_bytes());
        bytes.extend_from_slice(&self.signature.0);
        f.write_str(&hex::encode(bytes))
    }
}

impl FromStr for AccessToken {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let length = |found| Fault::Length { found, expected: 2 * BYTES };
        if text.len() != 2 * BYTES {
            return Err(length(text.len()).into());
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(Fault::Malformed("upper-case digits".to_owned()).into());
        }
        let bytes = hex::decode(text).map_err(|error| Fault::Malformed(error.to_string()))?;
        let short = || length(bytes.len());
        let (&version, rest) = bytes.split_first().ok_or_else(short)?;
        if version != VERSION {
            return Err(Fault::UnknownVersion(version.into())).at("version");
        }
        let (member, rest) = rest.split_first_chunk::<8>().ok_or_else(short)?;
        let (key_id, rest) = rest.split_first_chunk::<32>().ok_or_else(short)?;
        let (expires_at, signature) = rest.split_first_chunk::<8>().ok_or_else(short)?;
        Ok(Self {
            member: MemberNumber::from_wire(u64::from_be_bytes(*member)).at("member")?,
            key_id: KeyId::from_bytes(*key_id),
            expires_at: BlockTime::from_wire(u64::from_be_bytes(*expires_at)).at("expires_at")?,
            signature: Signature(signature.try_into().map_err(|_| short())?),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn token() -> (LedgerId, SecretKey, AccessToken) {
        let (ledger, key) = (LedgerId::from_bytes([1; 32]), SecretKey::from_seed(&[2; 32]));
        let token = AccessToken::issue(&ledger, MemberNumber(7), &key, BlockTime(1_000));
        (ledger, key, token)
    }

    #[test]
    fn a_token_reads_back_as_it_was_written_and_verifies() {
        let (ledger, key, token) = token();
        let read: AccessToken = token.to_string().parse().unwrap();
        assert_eq!(read, token);
        assert_eq!(read.verify(&ledger, key.public_key()), Ok(()));
    }

    #[test]
    fn a_token_is_of_one_ledger_member_key_and_time() {
        let (ledger, key, token) = token();
        assert!(token.verify(&LedgerId::from_bytes([9; 32]), key.public_key()).is_err());
        assert!(token.verify(&ledger, SecretKey::from_seed(&[3; 32]).public_key()).is_err());
        let other = AccessToken { member: MemberNumber(8), ..token.clone() };
        assert!(other.verify(&ledger, key.public_key()).is_err());
        let later = AccessToken { expires_at: BlockTime(2_000), ..token };
        assert!(later.verify(&ledger, key.public_key()).is_err());
    }

    #[test]
    fn any_other_text_is_refused() {
        let (_, _, token) = token();
        let text = token.to_string();
        for text in [String::new(), text[2..].to_owned(), text.to_uppercase(), text.replacen('0', "g", 1)] {
            assert!(text.parse::<AccessToken>().is_err(), "{text}");
        }
        assert!(format!("02{}", &text[2..]).parse::<AccessToken>().is_err(), "another version");
    }
}
