//! A backup that is checked whole: every byte, then what is in it, by executing its log again.

use std::ops::ControlFlow;
use std::path::Path;

use bulla_storage::{BackupError, BlockHook, Doing, SoundBackup, StoreOptions, Watch};
use bulla_types::{BlockTime, Lang, LedgerId};
use serde::Serialize;

use crate::commands::fsck;
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{
    BACKED_UP_AT, BLOCK_HASH, BLOCK_HEIGHT, LEDGER, LOG_SIZE, MADE_BY, READING_BACKUP, SIZE_BYTES,
};
use crate::output::facts;
use crate::text::Said;
use crate::{progress, when};

/// What is said of a backup that was checked and found in order.
#[derive(Serialize)]
pub(super) struct Sound {
    ledger_id: String,
    height: u64,
    block_hash: String,
    log_size: u64,
    made_at_ms: u64,
    made_by: String,
    files: usize,
    bytes: u64,
    notes: Vec<Said>,
}

/// How a backup is gone through: checked where it lies, or while it is put back.
pub(super) type Way<'w> = &'w mut dyn FnMut(
    Option<LedgerId>,
    &StoreOptions,
    &mut dyn BlockHook,
    Watch<'_>,
) -> Result<SoundBackup, BackupError>;

/// Goes through a backup; the genesis that the configuration names, if it names one, says of which ledger it must be.
pub(super) fn go_through(context: &Context, way: Way<'_>) -> Result<Sound, Failure> {
    let expected = context.genesis_if_named()?.map(|genesis| genesis.genesis().ledger_id());
    let bar = progress::bytes(0, context.say(READING_BACKUP));
    let steps = progress::steps(0, "");
    let mut replay = fsck::replay(context, &steps);
    let gone_through = way(expected, &StoreOptions::default(), &mut replay, &mut |doing| {
        match doing {
            Doing::Moving { done_bytes, total_bytes } => {
                bar.set_length(total_bytes);
                bar.set_position(done_bytes);
            }
            Doing::Checking(progress) => {
                bar.finish_and_clear();
                fsck::show_progress(context, &steps, progress);
            }
        }
        ControlFlow::Continue(())
    });
    let exceptions = replay.into_exceptions();
    bar.finish_and_clear();
    steps.finish_and_clear();
    Ok(Sound::new(gone_through?, exceptions))
}

impl Sound {
    fn new(sound: SoundBackup, exceptions: Vec<String>) -> Self {
        let SoundBackup { manifest, report } = sound;
        Self {
            ledger_id: manifest.ledger_id.to_string(),
            height: manifest.height.0,
            block_hash: manifest.block_hash.to_string(),
            log_size: manifest.log_size,
            made_at_ms: manifest.made_at_ms,
            made_by: manifest.made_by.clone(),
            files: manifest.files.len(),
            bytes: manifest.bytes(),
            notes: report.notes.into_iter().chain(exceptions).map(Said::english).collect(),
        }
    }

    pub(super) fn text(&self, lang: Lang, place: &'static str, path: &Path) -> String {
        let mut parts = vec![facts([
            (place, path.display().to_string()),
            (LEDGER.of(lang), self.ledger_id.clone()),
            (BLOCK_HEIGHT.of(lang), self.height.to_string()),
            (BLOCK_HASH.of(lang), self.block_hash.clone()),
            (LOG_SIZE.of(lang), self.log_size.to_string()),
            (BACKED_UP_AT.of(lang), when::show(BlockTime(self.made_at_ms))),
            (MADE_BY.of(lang), self.made_by.clone()),
            (SIZE_BYTES.of(lang), self.bytes.to_string()),
        ])];
        parts.extend(self.notes.iter().map(|note| note.of(lang).to_owned()));
        parts.join("\n\n")
    }
}
