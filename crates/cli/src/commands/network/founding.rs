//! What the commands share: the files that founders exchange, and how digests are shown to be read aloud.

use std::path::{Path, PathBuf};

use bulla_types::{CreditCode, FounderDeclaration, FoundingPlan, Genesis, KeyPurpose, PlannedFounder};

use super::texts::{KEY_IS_ANOTHER, NO_SUCH_FOUNDER};
use crate::failure::Failure;
use crate::founding::{Declarations, FounderKeys, KeyFolders, read_plan};
use crate::text::Said;
use crate::words::Word;

/// The folder in a founder's folder that its keys are in.
const KEYS: &str = "keys";

/// Digits of a digest that stand together.
const GROUP: usize = 4;

/// Plan and declarations, as every founder has them.
#[derive(clap::Args)]
pub(super) struct Files {
    /// The plan | 创立方案
    #[arg(value_name = "PLAN")]
    pub(super) plan: PathBuf,
    /// The declarations of all founders, in any order | 全体创立成员的创立声明，次序不限
    #[arg(value_name = "DECLARATION", required = true)]
    pub(super) declarations: Vec<PathBuf>,
}

/// What they give.
pub(super) struct Founding {
    pub(super) plan: FoundingPlan,
    pub(super) declarations: Declarations,
    pub(super) genesis: Genesis,
}

impl Files {
    pub(super) fn read(self) -> Result<Founding, Failure> {
        let plan = read_plan(&self.plan)?;
        let declarations = Declarations::read(self.declarations)?;
        let genesis = declarations.genesis(&self.plan, &plan)?;
        Ok(Founding { plan, declarations, genesis })
    }
}

impl Founding {
    /// What a founder has declared: all have, or there is no genesis.
    pub(super) fn declared(&self, founder: &PlannedFounder) -> Result<&FounderDeclaration, Failure> {
        self.declarations.of(founder).ok_or_else(|| Failure::internal(&"a founder without a declaration"))
    }

    /// Refuses keys that are not those which the founder has declared, and keys that are missing.
    pub(super) fn check_keys(&self, founder: &PlannedFounder, dir: &Path) -> Result<(), Failure> {
        let folders = keys_in(dir);
        let keys = FounderKeys::read(&folders, founder.node)?;
        match keys.other_than(self.declared(founder)?) {
            None => Ok(()),
            Some(purpose) => Err(another_key(&folders, purpose, founder)),
        }
    }
}

/// The keys of the founder whose folder this is.
pub(super) fn keys_in(dir: &Path) -> KeyFolders {
    KeyFolders::one(dir.join(KEYS))
}

/// The founder that is meant, by its label or credit code, and its number as a member.
pub(super) fn founder<'p>(plan: &'p FoundingPlan, named: &str) -> Result<(u64, &'p PlannedFounder), Failure> {
    let code: Option<CreditCode> = named.parse().ok();
    let is_meant =
        |founder: &PlannedFounder| founder.label.as_str() == named || Some(founder.credit_code) == code;
    (1..).zip(plan.founders()).find(|(_, founder)| is_meant(founder)).ok_or_else(|| {
        let labels: Vec<_> = plan.founders().iter().map(|founder| founder.label.as_str()).collect();
        Failure::usage(NO_SUCH_FOUNDER.with(&[&named, &labels.join(", ")]))
    })
}

fn another_key(folders: &KeyFolders, purpose: KeyPurpose, founder: &PlannedFounder) -> Failure {
    let why: Said = KEY_IS_ANOTHER.with(&[&purpose.name(), &founder.label]);
    Failure::config(why.of_thing(folders.file(purpose).display()))
}

/// A digest in groups, as two people read it to each other.
pub(super) fn aloud(digest: &str) -> String {
    let groups: Vec<_> = digest.as_bytes().chunks(GROUP).map(String::from_utf8_lossy).collect();
    groups.join(" ")
}
