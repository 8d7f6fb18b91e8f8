//! `bulla key`: key files.

use std::path::PathBuf;

use bulla_crypto::SecretKey;
use bulla_types::{Address, KeyId, Lang};
use clap::Subcommand;
use rand_core::OsRng;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::key_files;
use crate::messages::{ADDRESS, FILE, KEY_ID, PASSPHRASE_AGAIN, PUBLIC_KEY};
use crate::output::{Show, facts};

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
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let (file, key) = match self.command {
            Command::New { file, plain } => {
                let again = context.say(PASSPHRASE_AGAIN);
                let passphrase = (!plain).then(|| key_files::new_passphrase(&file, again)).transpose()?;
                let key = SecretKey::generate(&mut OsRng);
                key_files::write(&file, &key, passphrase.as_deref())?;
                (file, key)
            }
            Command::Show { file } => {
                let key = key_files::read(&file)?;
                (file, key)
            }
        };
        context.show(&Key::new(file, &key))
    }
}

/// The public side of a key.
#[derive(Serialize)]
struct Key {
    file: PathBuf,
    key_id: String,
    algorithm: &'static str,
    public_key: String,
    /// The address that it gives a validator.
    address: String,
}

impl Key {
    fn new(file: PathBuf, key: &SecretKey) -> Self {
        let public = key.public_key();
        Self {
            file,
            key_id: KeyId::of(public).to_string(),
            algorithm: "Ed25519",
            public_key: public.to_string(),
            address: Address::of(public).to_string(),
        }
    }
}

impl Show for Key {
    fn text(&self, lang: Lang) -> String {
        facts([
            (FILE.of(lang), self.file.display().to_string()),
            (KEY_ID.of(lang), self.key_id.clone()),
            (PUBLIC_KEY.of(lang), format!("{} {}", self.algorithm, self.public_key)),
            (ADDRESS.of(lang), self.address.clone()),
        ])
    }
}
