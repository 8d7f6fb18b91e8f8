//! `bulla network init`.

use std::path::PathBuf;

use bulla_types::{Canonical, Lang};
use serde::Serialize;

use super::founding::{Files, aloud};
use super::texts::{COMPARE_LEDGER, GENESIS_FILE, LEDGER_ID, PLAN_DIGEST};
use crate::context::Context;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::messages::LEDGER;
use crate::output::{Show, facts};
use crate::words::Word;

/// Make the genesis of a plan out of its founders' declarations | 由方案与各创立声明生成创世文件
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    destination: Destination,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        self.destination.check()?;
        let founding = self.files.read()?;
        let (plan, genesis) = (&founding.plan, &founding.genesis);
        let made = Made {
            ledger_id: genesis.ledger_id().to_string(),
            plan: plan.digest().to_string(),
            name: plan.name().to_string(),
            class: plan.class().code(),
            founders: plan.founders().len(),
            file: self.destination.write(genesis.encode())?,
            class_name: plan.class().name().en,
            class_name_zh: plan.class().name().zh,
        };
        context.show(&made)
    }
}

#[derive(Serialize)]
struct Made {
    ledger_id: String,
    /// Digest of the plan.
    plan: String,
    name: String,
    class: &'static str,
    founders: usize,
    file: PathBuf,
    #[serde(skip)]
    class_name: &'static str,
    #[serde(skip)]
    class_name_zh: &'static str,
}

impl Show for Made {
    fn text(&self, lang: Lang) -> String {
        let class = if lang == Lang::Zh { self.class_name_zh } else { self.class_name };
        let facts = facts([
            (LEDGER.of(lang), format!("{} ({class})", self.name)),
            (PLAN_DIGEST.of(lang), aloud(&self.plan)),
            (GENESIS_FILE.of(lang), self.file.display().to_string()),
            (LEDGER_ID.of(lang), aloud(&self.ledger_id)),
        ]);
        format!("{facts}\n\n{}", COMPARE_LEDGER.of(lang))
    }
}
