//! `bulla backup create`: asks the node that runs for one.

use std::path::{self, PathBuf};

use bulla_node::operator::{self, BackedUp};
use bulla_types::{BlockTime, Lang};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{
    BACKED_UP_AT, BACKUP_FOLDER, BACKUP_SHARED, BACKUPS_REMOVED, BLOCK_HEIGHT, LEDGER, READING_BACKUP,
    SIZE_BYTES,
};
use crate::output::{Show, facts};
use crate::{progress, when};

/// Have the running node make a backup; commits go on meanwhile | 由运行中的节点生成备份，期间照常出块
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data folder of the running node | 运行中节点的数据目录
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder of the backups, in place of the one in node.toml; nothing is removed from it | 存放备份的目录，替代 node.toml 中的目录；不清理其中的旧备份
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        // The node runs somewhere else.
        let absolute = |to: PathBuf| path::absolute(&to).map_err(|error| Failure::file(&to, &error));
        let to = self.to.map(absolute).transpose()?;
        let bar = progress::bytes(0, context.say(READING_BACKUP));
        let made = operator::back_up(&self.data, to, &mut |done_bytes, total_bytes| {
            bar.set_length(total_bytes);
            bar.set_position(done_bytes);
        });
        bar.finish_and_clear();
        context.show(&Created(made?))
    }
}

/// What the node made.
#[derive(Serialize)]
#[serde(transparent)]
struct Created(BackedUp);

impl Show for Created {
    fn text(&self, lang: Lang) -> String {
        let BackedUp { path, ledger_id, height, made_at_ms, bytes, shared_bytes, removed } = &self.0;
        facts([
            (BACKUP_FOLDER.of(lang), path.display().to_string()),
            (LEDGER.of(lang), ledger_id.clone()),
            (BLOCK_HEIGHT.of(lang), height.to_string()),
            (BACKED_UP_AT.of(lang), when::show(BlockTime(*made_at_ms))),
            (SIZE_BYTES.of(lang), bytes.to_string()),
            (BACKUP_SHARED.of(lang), shared_bytes.to_string()),
            (
                BACKUPS_REMOVED.of(lang),
                removed.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n"),
            ),
        ])
    }
}
