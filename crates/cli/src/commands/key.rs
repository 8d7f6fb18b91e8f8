//! `bulla key`: key files, and keys in PKCS#11 tokens.

use std::path::PathBuf;

use bulla_crypto::{PublicKey, SecretKey};
use bulla_network::peer_id_of;
use bulla_signer::{TokenConfig, TokenKey};
use bulla_types::{Address, KeyId, Lang};
use clap::{ArgGroup, Subcommand};
use rand_core::OsRng;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::key_files;
use crate::messages::{ADDRESS, FILE, KEY_ID, PASSPHRASE_AGAIN, PUBLIC_KEY, TOKEN};
use crate::new_key::{IN_TOKEN, TokenOptions};
use crate::output::{Show, facts};
use crate::text::texts;

texts! {
    PEER_ID = "Peer id" "节点身份";
    TOKEN_PLACE_NEEDED = "say which key: --module, --token and --key" "请指明密钥：--module、--token 与 --key";
}

/// Make and look at key files | 生成与查看密钥文件
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new Ed25519 key | 生成新的 Ed25519 密钥
    New {
        /// The file to write; none is overwritten | 要写入的文件，不会覆盖已有文件
        file: PathBuf,
        /// Do not encrypt it under a passphrase: for keys of nodes | 不用口令加密，用于节点密钥
        #[arg(long)]
        plain: bool,
    },
    /// Show the public side of a key file | 显示密钥文件的公开部分
    Show {
        /// The key file | 密钥文件
        file: PathBuf,
    },
    /// Keys in a PKCS#11 token | PKCS#11 令牌中的密钥
    #[command(subcommand)]
    Token(TokenCommand),
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a new Ed25519 key in a token, which never leaves it | 在令牌中生成新的 Ed25519 密钥，私钥不可导出
    New(InToken),
    /// Show the public side of a key in a token | 显示令牌中密钥的公开部分
    Show(InToken),
}

/// Which key in a token.
#[derive(clap::Args)]
#[command(group(ArgGroup::new("in_token").args(IN_TOKEN).required(true).multiple(true)))]
struct InToken {
    #[command(flatten)]
    place: TokenOptions,
}

impl InToken {
    fn place(&self) -> Result<TokenConfig, Failure> {
        self.place.place().ok_or_else(|| Failure::usage(TOKEN_PLACE_NEEDED))
    }
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let (place, key) = match self.command {
            Command::New { file, plain } => {
                let again = context.say(PASSPHRASE_AGAIN);
                let passphrase = (!plain).then(|| key_files::new_passphrase(&file, again)).transpose()?;
                let key = SecretKey::generate(&mut OsRng);
                key_files::write(&file, &key, passphrase.as_deref())?;
                (KeyPlace::File { file }, key.public_key().clone())
            }
            Command::Show { file } => {
                let key = key_files::read(&file)?;
                (KeyPlace::File { file }, key.public_key().clone())
            }
            Command::Token(command) => {
                let key = match command {
                    TokenCommand::New(place) => TokenKey::generate(place.place()?)?,
                    TokenCommand::Show(place) => TokenKey::open(place.place()?)?,
                };
                let TokenConfig { token, key: label, .. } = key.config().clone();
                (KeyPlace::Token { token, label }, key.public().clone())
            }
        };
        context.show(&Key::new(place, &key))
    }
}

/// The public side of a key.
#[derive(Serialize)]
struct Key {
    #[serde(flatten)]
    place: KeyPlace,
    key_id: String,
    algorithm: &'static str,
    public_key: String,
    /// The address that it gives a validator.
    address: String,
    /// The identity that it gives a node on the members' network; none where it can be no such.
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_id: Option<String>,
}

/// Where the secret side is.
#[derive(Serialize)]
#[serde(untagged)]
enum KeyPlace {
    File { file: PathBuf },
    Token { token: String, label: String },
}

impl Key {
    fn new(place: KeyPlace, public: &PublicKey) -> Self {
        Self {
            place,
            key_id: KeyId::of(public).to_string(),
            algorithm: "Ed25519",
            public_key: public.to_string(),
            address: Address::of(public).to_string(),
            peer_id: peer_id_of(&public.to_bytes()).ok().map(|id| id.to_string()),
        }
    }
}

impl Show for Key {
    fn text(&self, lang: Lang) -> String {
        let place = match &self.place {
            KeyPlace::File { file } => (FILE.of(lang), file.display().to_string()),
            KeyPlace::Token { token, label } => (TOKEN.of(lang), format!("{token}: {label}")),
        };
        facts([
            place,
            (KEY_ID.of(lang), self.key_id.clone()),
            (PUBLIC_KEY.of(lang), format!("{} {}", self.algorithm, self.public_key)),
            (ADDRESS.of(lang), self.address.clone()),
            (PEER_ID.of(lang), self.peer_id.clone().unwrap_or_default()),
        ])
    }
}
