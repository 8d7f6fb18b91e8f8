//! `bulla network check`.

use std::path::{Path, PathBuf};

use bulla_types::{Canonical, Genesis, Lang, ReasonCode, limits::GENESIS_BYTES_MAX};
use serde::Serialize;

use super::founding::{Files, Founding, aloud, founder};
use super::texts::{
    COMPARE_LEDGER, GENESIS_HOLDS, GENESIS_IS_ANOTHER, GENESIS_NEEDED, IN_BYTES, IN_CLASS, IN_CLOCK,
    IN_COUNT, IN_FOUNDER, IN_NAME, IN_PARAMETERS, IN_TIME, LEDGER_ID, OWN_KEYS, OWN_KEYS_VALUE, PLAN_DIGEST,
};
use crate::context::Context;
use crate::failure::Failure;
use crate::files;
use crate::messages::LEDGER;
use crate::output::{Show, facts};
use crate::text::Said;

/// Check a genesis against the plan, the declarations and one's own keys | 对照方案、各创立声明与本方密钥检查创世文件
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    files: Files,
    /// Also check the keys of this founder, by its label or credit code | 同时检查该创立成员（短名或统一社会信用代码）的密钥
    #[arg(long, value_name = "FOUNDER", requires = "dir")]
    founder: Option<String>,
    /// The founder's folder on this machine | 该创立成员在本机的目录
    #[arg(long, value_name = "DIR", requires = "founder")]
    dir: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let founding = self.files.read()?;
        check_genesis(context, &founding)?;
        let own = match (&self.founder, self.dir) {
            (Some(named), Some(dir)) => {
                let (_, founder) = founder(&founding.plan, named)?;
                founding.check_keys(founder, &dir)?;
                Some((founder.label.to_string(), dir))
            }
            _ => None,
        };
        context.show(&Checked {
            ledger_id: founding.genesis.ledger_id().to_string(),
            plan: founding.plan.digest().to_string(),
            name: founding.plan.name().to_string(),
            founder: own.as_ref().map(|(label, _)| label.clone()),
            dir: own.map(|(_, dir)| dir),
        })
    }
}

/// Refuses a genesis that is not the one which plan and declarations give.
pub(super) fn check_genesis(context: &Context, founding: &Founding) -> Result<(), Failure> {
    let path = context.genesis().ok_or_else(|| Failure::usage(GENESIS_NEEDED))?;
    let bytes = files::read(path, GENESIS_BYTES_MAX)?;
    if bytes == founding.genesis.encode() { Ok(()) } else { Err(another(path, &bytes, &founding.genesis)) }
}

fn another(path: &Path, bytes: &[u8], expected: &Genesis) -> Failure {
    match Genesis::decode(bytes) {
        Ok(found) => {
            let difference = difference(&found, expected);
            let detail = GENESIS_IS_ANOTHER.with(&[&found.ledger_id(), &expected.ledger_id(), &difference]);
            Failure::new(ReasonCode::GenesisDiffers, detail.of_thing(path.display()))
        }
        Err(error) => Failure::new(ReasonCode::GenesisInvalid, Said::english(error).of_thing(path.display())),
    }
}

/// The first thing in which they differ.
fn difference(found: &Genesis, expected: &Genesis) -> Said {
    let (theirs, ours) = (found.founders(), expected.founders());
    let founder = theirs.iter().zip(ours).position(|(theirs, ours)| theirs != ours);
    let named = |index: usize| {
        let name = ours[index].member.identity.name().map(ToString::to_string).unwrap_or_default();
        IN_FOUNDER.with(&[&(index + 1), &name])
    };
    let differs = [
        (found.class() != expected.class(), IN_CLASS),
        (found.name() != expected.name(), IN_NAME),
        (found.time() != expected.time(), IN_TIME),
        (found.parameters() != expected.parameters(), IN_PARAMETERS),
        (found.test_clock() != expected.test_clock(), IN_CLOCK),
        (theirs.len() != ours.len(), IN_COUNT),
    ];
    let first = differs.into_iter().find(|(differs, _)| *differs).map(|(_, what)| what.into());
    first.or_else(|| founder.map(named)).unwrap_or_else(|| IN_BYTES.into())
}

#[derive(Serialize)]
struct Checked {
    ledger_id: String,
    /// Digest of the plan.
    plan: String,
    name: String,
    /// Whose keys were checked, and where they are.
    founder: Option<String>,
    dir: Option<PathBuf>,
}

impl Show for Checked {
    fn text(&self, lang: Lang) -> String {
        let own = self.founder.as_ref().zip(self.dir.as_ref());
        let own = own.map(|(founder, dir)| OWN_KEYS_VALUE.fill(lang, &[founder, &dir.display()]));
        let facts = facts([
            (LEDGER.of(lang), self.name.clone()),
            (PLAN_DIGEST.of(lang), aloud(&self.plan)),
            (OWN_KEYS.of(lang), own.unwrap_or_default()),
            (LEDGER_ID.of(lang), aloud(&self.ledger_id)),
        ]);
        format!("{}\n\n{facts}\n\n{}", GENESIS_HOLDS.of(lang), COMPARE_LEDGER.of(lang))
    }
}
