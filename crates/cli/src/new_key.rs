//! A key that is to be enrolled, in a file or in a PKCS#11 token: it proves its own possession.

use std::path::{Path, PathBuf};

use bulla_client::TransactionBuilder;
use bulla_crypto::{PublicKey, SecretKey};
use bulla_signer::{TokenConfig, TokenKey};
use bulla_types::{KeyDeclaration, KeyPurpose};
use clap::Args;

use crate::failure::Failure;
use crate::key_files;

// A key in a token. The PIN is that of the file, or of `BULLA_TOKEN_PIN`. No help text: commands that have it say
// what they do.
#[derive(Args)]
pub(crate) struct TokenOptions {
    /// The token's PKCS#11 library | 令牌的 PKCS#11 库文件
    #[arg(long, value_name = "FILE", requires_all = ["token", "token_key"])]
    module: Option<PathBuf>,
    /// Label of the token | 令牌标签
    #[arg(long, value_name = "LABEL", requires_all = ["module", "token_key"])]
    token: Option<String>,
    /// Label of the key | 密钥标签
    #[arg(id = "token_key", long = "key", value_name = "LABEL", requires_all = ["module", "token"])]
    key: Option<String>,
    /// Id of the key, in hexadecimal | 密钥标识，十六进制
    #[arg(long, value_name = "HEX", requires = "token_key")]
    key_id: Option<String>,
    /// A file with the PIN, mode 0600; else the environment's BULLA_TOKEN_PIN | 存放 PIN 的文件（权限 0600）；缺省取环境变量 BULLA_TOKEN_PIN
    #[arg(long, value_name = "FILE", requires = "token_key")]
    pin_file: Option<PathBuf>,
}

/// The arguments that say which token and which key in it.
pub(crate) const IN_TOKEN: [&str; 3] = ["module", "token", "token_key"];

impl TokenOptions {
    /// Where the key is, if it is in a token.
    pub(crate) fn place(&self) -> Option<TokenConfig> {
        let Self { module, token, key, key_id, pin_file } = self;
        Some(TokenConfig {
            module: module.clone()?,
            token: token.clone()?,
            key: key.clone()?,
            key_id: key_id.clone(),
            pin_file: pin_file.clone(),
        })
    }
}

/// A new key of a member.
pub(crate) enum NewKey {
    /// Read from a file.
    Held(Box<SecretKey>),
    /// In a token, which it never leaves.
    InToken(Box<TokenKey>),
}

impl NewKey {
    /// The key in this file.
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        Ok(Self::Held(Box::new(key_files::read(file)?)))
    }

    /// The key in a token.
    pub(crate) fn open(place: TokenConfig) -> Result<Self, Failure> {
        Ok(Self::InToken(Box::new(TokenKey::open(place)?)))
    }

    /// Its public side.
    pub(crate) fn public(&self) -> &PublicKey {
        match self {
            Self::Held(key) => key.public_key(),
            Self::InToken(key) => key.public(),
        }
    }

    /// Declares it for enrolment by this transaction, with the proof of possession if its purpose needs one.
    pub(crate) fn declare(
        &self,
        act: &TransactionBuilder,
        purpose: KeyPurpose,
    ) -> Result<KeyDeclaration, Failure> {
        act.declare_key_by(purpose, self.public(), |ledger_id, request_id| {
            Ok(match self {
                Self::Held(key) => key.sign(&bulla_types::possession_message(
                    ledger_id,
                    request_id,
                    purpose,
                    key.public_key(),
                )),
                Self::InToken(key) => key.prove_possession(ledger_id, request_id, purpose)?,
            })
        })
    }
}
