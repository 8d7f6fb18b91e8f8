//! `bulla network declare`.

use std::path::{Path, PathBuf};

use bulla_types::{Canonical, FoundingPlan, KeyDeclaration, Lang, PlannedFounder, PlannedNode, ReasonCode};
use serde::Serialize;

use super::founding::{aloud, founder, keys_in};
use super::made_keys::{self, MadeKey};
use super::texts::{
    ADDRESS_DECLARED, ADDRESS_NEEDED, ADDRESS_NOT_WANTED, DECLARATION, FOUNDER, KEYS_ARE_THERE, KEYS_IN,
    PLAN_DIGEST, SEND_DECLARATION,
};
use crate::context::Context;
use crate::failure::Failure;
use crate::founding::{Address, FounderKeys, read_plan};
use crate::messages::PASSPHRASE_AGAIN;
use crate::mistake::Mistake;
use crate::output::{Show, facts};
use crate::{files, key_files};

/// Make a founder's keys on this machine, and the declaration that it hands out | 在本机生成创立成员的密钥，以及送交各方的创立声明
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The plan | 创立方案
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Which founder: its label in the plan or its credit code | 创立成员：方案中的短名或统一社会信用代码
    #[arg(long, value_name = "FOUNDER")]
    founder: String,
    /// The founder's folder on this machine; its keys go to DIR/keys | 该创立成员在本机的目录，密钥写入其下的 keys
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Where the other founders' nodes reach this one's: HOST:PORT or a multiaddr | 其他创立成员的节点到达本节点的地址：“主机:端口”或 multiaddr
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    address: Option<Address>,
    /// Do not encrypt the keys of people under a passphrase: for trials | 人员所用密钥不用口令加密，仅用于试验
    #[arg(long)]
    plain: bool,
    /// Sign with the keys that are in DIR/keys, for another plan or address | 用 DIR/keys 中现有的密钥为其他方案或地址重新声明
    #[arg(long, conflicts_with = "plain")]
    keep_keys: bool,
}

/// Reads an address for the command line.
pub(super) fn address(text: &str) -> Result<Address, Mistake> {
    text.parse().map_err(Mistake)
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let plan = read_plan(&self.plan)?;
        let (_, founder) = founder(&plan, &self.founder)?;
        self.check_address(&plan, founder)?;
        let file = self.dir.join(format!("{}.declaration", founder.label));
        let folders = keys_in(&self.dir);
        let keys = if self.keep_keys {
            FounderKeys::read(&folders, founder.node)?
        } else {
            self.refuse_what_is_there(&folders.people, &file)?;
            FounderKeys::generate(founder.node)
        };
        let declaration = keys.declare(plan.digest(), founder.credit_code, self.address.as_ref())?;
        if !self.keep_keys {
            let again = context.say(PASSPHRASE_AGAIN);
            let passphrase =
                (!self.plain).then(|| key_files::new_passphrase(&folders.people, again)).transpose()?;
            keys.write_new(&folders.people, passphrase.as_deref())?;
        }
        files::write(&file, declaration.encode())?;
        let key = |key: &KeyDeclaration| MadeKey::new(&folders, key.purpose, key.key_id().to_string());
        context.show(&Declared {
            founder: founder.label.to_string(),
            name: founder.name.to_string(),
            plan: plan.digest().to_string(),
            declaration: file,
            address: declaration.address().map(ToOwned::to_owned),
            keys: declaration.keys().iter().map(key).collect(),
            folder: folders.people,
        })
    }

    fn check_address(&self, plan: &FoundingPlan, founder: &PlannedFounder) -> Result<(), Failure> {
        match (&self.address, founder.node) {
            (None, PlannedNode::None) => Ok(()),
            (Some(_), PlannedNode::None) => Err(Failure::usage(ADDRESS_NOT_WANTED.with(&[&founder.label]))),
            (None, _) => Err(Failure::usage(ADDRESS_NEEDED.with(&[&founder.label]))),
            (Some(address), _) => address.check_for(plan.class()).map_err(Failure::usage),
        }
    }

    /// Before there are keys that would have nowhere to go.
    fn refuse_what_is_there(&self, keys: &Path, declaration: &Path) -> Result<(), Failure> {
        if keys.exists() {
            let detail = KEYS_ARE_THERE.with(&[]).of_thing(keys.display());
            return Err(Failure::new(ReasonCode::FileExists, detail));
        }
        if declaration.exists() { Err(Failure::exists(declaration)) } else { Ok(()) }
    }
}

#[derive(Serialize)]
struct Declared {
    founder: String,
    name: String,
    /// Digest of the plan.
    plan: String,
    declaration: PathBuf,
    address: Option<String>,
    keys: Vec<MadeKey>,
    #[serde(skip)]
    folder: PathBuf,
}

impl Show for Declared {
    fn text(&self, lang: Lang) -> String {
        let head = facts([
            (FOUNDER.of(lang), format!("{} ({})", self.founder, self.name)),
            (PLAN_DIGEST.of(lang), aloud(&self.plan)),
            (ADDRESS_DECLARED.of(lang), self.address.clone().unwrap_or_default()),
            (KEYS_IN.of(lang), self.folder.display().to_string()),
            (DECLARATION.of(lang), self.declaration.display().to_string()),
        ]);
        let keys = made_keys::table(&self.keys, lang);
        format!("{head}\n\n{keys}\n\n{}", SEND_DECLARATION.of(lang))
    }
}
