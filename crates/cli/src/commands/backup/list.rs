//! `bulla backup list`: what lies in a folder of backups.

use std::path::PathBuf;

use bulla_storage::{Shelved, backups_in};
use bulla_types::{BlockTime, Lang};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{
    BACKED_UP_AT, BACKUP_FOLDER, BACKUP_UNUSABLE, BLOCK_HEIGHT, LEDGER, MADE_BY, NO_BACKUPS, SIZE_BYTES,
};
use crate::output::{Show, facts, table};
use crate::text::Said;
use crate::when;

/// List the backups in a folder, the newest first; looks at manifests alone | 由新到旧列出目录中的备份，只读取清单
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder of the backups | 存放备份的目录
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let backups = backups_in(&self.folder)?.into_iter().map(Listed::from).collect();
        context.show(&List { backups })
    }
}

#[derive(Serialize)]
struct List {
    backups: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    path: PathBuf,
    height: u64,
    made_at_ms: u64,
    #[serde(flatten)]
    manifest: Told,
}

/// What the manifest says, or why it cannot be used.
#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    Usable { ledger_id: String, block_hash: String, log_size: u64, made_by: String, bytes: u64 },
    Unusable { unusable: Said },
}

impl From<Shelved> for Listed {
    fn from(shelved: Shelved) -> Self {
        let Shelved { path, height, made_at_ms, manifest } = shelved;
        let manifest = match manifest {
            Ok(manifest) => Told::Usable {
                ledger_id: manifest.ledger_id.to_string(),
                block_hash: manifest.block_hash.to_string(),
                log_size: manifest.log_size,
                made_by: manifest.made_by.clone(),
                bytes: manifest.bytes(),
            },
            Err(error) => Told::Unusable { unusable: Said::english(error) },
        };
        Self { path, height: height.0, made_at_ms, manifest }
    }
}

impl Show for List {
    fn text(&self, lang: Lang) -> String {
        let heading = [BACKED_UP_AT, BLOCK_HEIGHT, SIZE_BYTES, BACKUP_FOLDER].map(|text| text.of(lang));
        let mut parts = Vec::new();
        // Where all are of one ledger and program, that is said once.
        let newest = self.backups.iter().find_map(|listed| match &listed.manifest {
            Told::Usable { ledger_id, made_by, .. } => Some((ledger_id, made_by)),
            Told::Unusable { .. } => None,
        });
        if let Some((ledger_id, made_by)) = newest {
            parts.push(facts([(LEDGER.of(lang), ledger_id.clone()), (MADE_BY.of(lang), made_by.clone())]));
        }
        let row = |listed: &Listed| {
            let size = match &listed.manifest {
                Told::Usable { bytes, .. } => bytes.to_string(),
                Told::Unusable { .. } => BACKUP_UNUSABLE.of(lang).to_owned(),
            };
            let path = listed.path.display().to_string();
            [when::show(BlockTime(listed.made_at_ms)), listed.height.to_string(), size, path]
        };
        if self.backups.is_empty() {
            parts.push(NO_BACKUPS.of(lang).to_owned());
        } else {
            parts.push(table(heading, self.backups.iter().map(row)));
        }
        let unusable = self.backups.iter().filter_map(|listed| match &listed.manifest {
            Told::Unusable { unusable } => Some(unusable.of(lang).to_owned()),
            Told::Usable { .. } => None,
        });
        parts.extend(unusable);
        parts.join("\n\n")
    }
}
