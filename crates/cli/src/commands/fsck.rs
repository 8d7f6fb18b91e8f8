//! `bulla fsck`: checks a node's data folder against itself, down to every hash.

mod books;
mod replay;

use std::path::{Path, PathBuf};

use bulla_chain::{ChainError, RebuiltIndexes, rebuild_indexes};
use bulla_storage::{Checked, Finding, FsckReport, Progress, Stage, Store, StoreOptions, fsck, ledger_of};
use bulla_types::{Lang, ReasonCode};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::messages::{
    BLOCKS, CLEAN, DAMAGE, ENTRIES, EXPECTED, FINDINGS_LEFT_OUT, FOUND, FSCK_CHAIN, FSCK_FILES, FSCK_REPLAY,
    FSCK_STATE, INDEX_ROWS_ADDED, INDEX_ROWS_REMOVED, OPENINGS, PLACE, PROPOSALS, REQUESTS, ROWS,
    STATE_RECORDS, TILES, WHAT,
};
use crate::output::{Show, facts, table};
use crate::progress;
use crate::text::{Said, Text};

use replay::Replay;

/// Check a data folder that no node has open; exit code 5 when it is damaged | 检查未被节点占用的数据目录；有损坏时退出码为 5
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data folder | 数据目录
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// First write the node's own indexes over accounts, registrations, certificates, cases and work lists anew from the records | 检查前，先根据记录重建账户、登记、证书、案件和待办的本地索引
    #[arg(long)]
    rebuild_indexes: bool,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let rebuilt = self.rebuild_indexes.then(|| rebuild(&self.data)).transpose()?;
        let bar = progress::steps(0, "");
        let mut replay =
            Replay::new(|height, heights| show(&bar, context.say(FSCK_REPLAY), height, Some(heights)));
        let checked = fsck(&self.data, &StoreOptions::default(), &mut replay, &mut |progress| {
            let Progress { stage, done, total } = progress;
            show(&bar, context.say(name(stage)), done, total);
        });
        let exceptions = replay.into_exceptions();
        bar.finish_and_clear();
        let mut report = checked?;
        report.notes.extend(exceptions);
        context.show(&Report::new(self.data, report, rebuilt))
    }
}

/// Puts the indexes over records in order.
fn rebuild(data: &Path) -> Result<RebuiltIndexes, Failure> {
    let store = Store::open(data, &StoreOptions::default(), ledger_of(data)?)?.store;
    rebuild_indexes(&store).map_err(|error| match error {
        ChainError::Storage(error) => error.into(),
        error => Failure { exit: exit::DAMAGED, ..Failure::new(ReasonCode::DataCorrupt, error.to_string()) },
    })
}

fn show(bar: &ProgressBar, stage: &'static str, done: u64, total: Option<u64>) {
    bar.set_message(stage);
    // Where nothing is known of the end, the bar stays at its beginning.
    bar.set_length(total.unwrap_or(u64::MAX));
    bar.set_position(done);
}

fn name(stage: Stage) -> Text {
    match stage {
        Stage::Files => FSCK_FILES,
        Stage::Chain => FSCK_CHAIN,
        Stage::State => FSCK_STATE,
    }
}

/// What was checked and what is wrong.
#[derive(Serialize)]
struct Report {
    clean: bool,
    data: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    rebuilt: Option<RebuiltRows>,
    checked: Counts,
    findings: Vec<Wrong>,
    findings_left_out: u64,
    notes: Vec<String>,
}

/// Rows of the indexes over records that were missing, and that nothing accounted for.
#[derive(Serialize)]
struct RebuiltRows {
    added: u64,
    removed: u64,
}

#[derive(Serialize)]
struct Counts {
    blocks: u64,
    entries: u64,
    tiles: u64,
    state_records: u64,
    openings: u64,
    proposals: u64,
    requests: u64,
    rows: u64,
}

#[derive(Serialize)]
struct Wrong {
    place: String,
    what: String,
    expected: Option<String>,
    found: Option<String>,
}

impl Report {
    fn new(data: PathBuf, report: FsckReport, rebuilt: Option<RebuiltIndexes>) -> Self {
        let clean = report.is_clean();
        let FsckReport { checked, findings, findings_left_out, notes } = report;
        let Checked { blocks, entries, tiles, state_records, openings, proposals, requests, rows } = checked;
        let wrong = |finding: Finding| {
            let Finding { place, what, expected, found } = finding;
            Wrong { place, what, expected, found }
        };
        let rebuilt = rebuilt.map(|RebuiltIndexes { register, work_list }| RebuiltRows {
            added: register.added + work_list.added,
            removed: register.removed + work_list.removed,
        });
        Self {
            clean,
            data,
            rebuilt,
            checked: Counts { blocks, entries, tiles, state_records, openings, proposals, requests, rows },
            findings: findings.into_iter().map(wrong).collect(),
            findings_left_out,
            notes,
        }
    }
}

impl Show for Report {
    fn text(&self, lang: Lang) -> String {
        let Counts { blocks, entries, tiles, state_records, openings, proposals, requests, rows } =
            self.checked;
        let counted = [
            (BLOCKS, blocks),
            (ENTRIES, entries),
            (TILES, tiles),
            (STATE_RECORDS, state_records),
            (OPENINGS, openings),
            (PROPOSALS, proposals),
            (REQUESTS, requests),
            (ROWS, rows),
        ];
        let rebuilt = self.rebuilt.iter().flat_map(|RebuiltRows { added, removed }| {
            [(INDEX_ROWS_ADDED, *added), (INDEX_ROWS_REMOVED, *removed)]
        });
        let counted = counted.into_iter().chain(rebuilt);
        let mut parts = vec![facts(counted.map(|(text, count)| (text.of(lang), count.to_string())))];
        let told = |text: &str| Said::english(text).of(lang).to_owned();
        let notes: Vec<_> = self.notes.iter().map(|note| told(note)).collect();
        parts.extend((!notes.is_empty()).then(|| notes.join("\n")));
        if self.clean {
            parts.push(CLEAN.of(lang).to_owned());
        } else {
            let heading = [PLACE, WHAT, EXPECTED, FOUND].map(|text| text.of(lang));
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let row = |f: &Wrong| [told(&f.place), told(&f.what), text(&f.expected), text(&f.found)];
            parts.push(table(heading, self.findings.iter().map(row)));
            if self.findings_left_out > 0 {
                parts.push(FINDINGS_LEFT_OUT.fill(lang, &[&self.findings_left_out]));
            }
            parts.push(DAMAGE.of(lang).to_owned());
        }
        parts.join("\n\n")
    }

    fn exit(&self) -> u8 {
        if self.clean { exit::OK } else { exit::DAMAGED }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn damage_has_its_own_exit_code_and_is_told_with_its_place() {
        let finding = Finding {
            place: "block 7".to_owned(),
            what: "the log root".to_owned(),
            expected: Some("aa".to_owned()),
            found: Some("bb".to_owned()),
        };
        let report = FsckReport { findings: vec![finding], ..FsckReport::default() };
        let report = Report::new("data".into(), report, None);
        assert_eq!(report.exit(), exit::DAMAGED);
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!((&json["clean"], &json["findings"][0]["place"]), (&false.into(), &"block 7".into()));
        assert!(report.text(Lang::Zh).contains("区块 7"), "{}", report.text(Lang::Zh));
    }

    #[test]
    fn a_folder_in_good_order_gives_exit_code_0() {
        assert_eq!(Report::new("data".into(), FsckReport::default(), None).exit(), exit::OK);
    }

    #[test]
    fn a_folder_without_a_ledger_is_named_as_such() {
        let empty = tempfile::tempdir().unwrap();
        let mut replay = Replay::new(|_, _| {});
        let error = fsck(empty.path(), &StoreOptions::small(), &mut replay, &mut |_| {}).unwrap_err();
        assert_eq!(Failure::from(error).reason, ReasonCode::DataMissing);
    }
}
