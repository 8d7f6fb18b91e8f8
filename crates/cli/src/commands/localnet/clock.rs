//! `bulla localnet clock`, and the clock file of a local network.

use std::path::Path;
use std::time::{Duration, Instant};

use bulla_node::clock_file::{ClockError, ClockFile};
use bulla_types::limits::TEST_CLOCK_SPEED_MAX;
use bulla_types::{BlockTime, Lang, ReasonCode};
use serde::Serialize;

use super::Folder;
use super::layout::Localnet;
use super::nodes;
use super::span::Span;
use super::status::{NodeStatus, Status};
use super::texts::{
    BEHIND, CLOCK, NEXT_DEADLINE, NO_TEST_CLOCK, NOT_FOLLOWED, RUNS, STANDS, STILL_RECORDING, TOO_FAR_AHEAD,
};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::mistake::Mistake;
use crate::numbers::within;
use crate::output::{Show, facts};
use crate::text::Said;
use crate::when;

/// As fast as a clock may run.
pub(super) const SPEED_MAX: u64 = TEST_CLOCK_SPEED_MAX as u64;

/// How far a clock may be ahead of this machine's: what it was set to by a slip cannot be taken back, since a ledger's
/// time never goes back.
const AHEAD_YEARS_MAX: u64 = 100;
const YEAR_MS: u64 = 31_557_600_000;

/// A node that runs has followed the clock by then, or something is wrong with it.
const FOLLOWED_WITHIN: Duration = Duration::from_secs(5);

/// How long a command waits for the deadlines of the time that has passed.
const RECORDED_WITHIN: Duration = Duration::from_secs(30);

/// Interval at which the nodes are asked.
const POLL: Duration = Duration::from_millis(50);

/// Show or set the clock of a test ledger | 显示或调整测试账本的时钟
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    at: Folder,
    /// Show this time from now on | 从此刻起显示该时间
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "advance")]
    set: Option<BlockTime>,
    /// Go on by so much at once, such as 3y, 6mo, 15d or 12h | 立即前进的时长，例如 3y、6mo、15d、12h
    #[arg(long, value_name = "SPAN", value_parser = Span::parse)]
    advance: Option<Span>,
    /// Run so many times as fast as this machine's clock from now on | 此后的速度，为本机时钟的多少倍
    #[arg(long, value_name = "N", value_parser = within::<u32>(1, SPEED_MAX))]
    speed: Option<u32>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let dir = nodes::existing(&self.at.dir)?;
        let before = read(&dir)?;
        let shown = if let Some(file) = self.changed(before)? {
            write(&dir, file)?;
            context.run(follow(context, &dir, file))?
        } else {
            context.run(Status::ask(&dir))?.into_clock()
        };
        // Somebody may have taken the file away meanwhile.
        context.show(&shown.ok_or_else(|| no_clock(&dir))?)
    }

    /// What the clock is to be, if it is to change.
    fn changed(&self, before: ClockFile) -> Result<Option<ClockFile>, Failure> {
        if self.set.is_none() && self.advance.is_none() && self.speed.is_none() {
            return Ok(None);
        }
        let time = match (self.set, self.advance) {
            (Some(time), _) => time,
            (None, Some(span)) => within_reach(span.after(before.now())?).map_err(Failure::usage)?,
            (None, None) => before.now(),
        };
        let started = ClockFile::starting(time, self.speed.unwrap_or(before.speed));
        Ok(Some(ClockFile { stopped: before.stopped, ..started }))
    }
}

/// Reads the time that a clock is to show, on the command line.
pub(super) fn time(text: &str) -> Result<BlockTime, Mistake> {
    when::parse(text).and_then(within_reach).map_err(Mistake)
}

/// Refuses a time that no clock is set to.
fn within_reach(time: BlockTime) -> Result<BlockTime, Said> {
    let latest = BlockTime(when::now().0.saturating_add(AHEAD_YEARS_MAX * YEAR_MS));
    let too_far = || TOO_FAR_AHEAD.with(&[&when::show(time), &AHEAD_YEARS_MAX, &when::show(latest)]);
    if time > latest { Err(too_far()) } else { Ok(time) }
}

/// The clock of a network, if it has one of its own.
pub(super) fn of(dir: &Path) -> Result<Option<ClockFile>, Failure> {
    let path = Localnet::clock(dir);
    if !path.is_file() {
        return Ok(None);
    }
    ClockFile::read(&path).map(Some).map_err(|error| failure(&error))
}

/// The clock of a network that must have one of its own.
pub(super) fn read(dir: &Path) -> Result<ClockFile, Failure> {
    of(dir)?.ok_or_else(|| no_clock(dir))
}

pub(super) fn write(dir: &Path, file: ClockFile) -> Result<(), Failure> {
    file.write(&Localnet::clock(dir)).map_err(|error| failure(&error))
}

/// Lets the clock, if there is one, go on from where it was stopped.
pub(super) fn start(dir: &Path) -> Result<(), Failure> {
    match of(dir)? {
        Some(file) if file.stopped => write(dir, ClockFile::starting(file.now(), file.speed)),
        _ => Ok(()),
    }
}

/// Stops the clock, if there is one: years would pass until the network is started again.
pub(super) fn stop(dir: &Path) -> Result<(), Failure> {
    match of(dir)? {
        Some(file) if !file.stopped => {
            write(dir, ClockFile { stopped: true, ..ClockFile::starting(file.now(), file.speed) })
        }
        _ => Ok(()),
    }
}

/// Whether a network has a clock of its own.
pub(crate) fn exists(dir: &Path) -> bool {
    Localnet::clock(dir).is_file()
}

/// Puts the clock of a network on to this time, and waits until its nodes follow. A clock is never put back.
pub(crate) async fn reach(context: &Context, dir: &Path, time: BlockTime) -> Result<(), Failure> {
    let dir = nodes::existing(dir)?;
    let before = read(&dir)?;
    if before.now() < time {
        let file = ClockFile::starting(time, before.speed);
        write(&dir, file)?;
        follow(context, &dir, file).await?;
    }
    Ok(())
}

fn failure(error: &ClockError) -> Failure {
    match error {
        ClockError::Read { .. } => Failure::new(ReasonCode::FileUnreadable, error.to_string()),
        ClockError::Write { .. } => Failure::new(ReasonCode::FileUnwritable, error.to_string()),
        ClockError::Parse { .. } | ClockError::NotPermitted | ClockError::TooFast { .. } => {
            Failure::config(error.to_string())
        }
    }
}

fn no_clock(dir: &Path) -> Failure {
    Failure::usage(NO_TEST_CLOCK.with(&[&dir.display()]))
}

/// Waits until the nodes that run go by this clock, and have recorded the deadlines up to the time that it was set
/// to. `dir` is the full path, by which nodes are known to run.
async fn follow(context: &Context, dir: &Path, file: ClockFile) -> Result<Option<Shown>, Failure> {
    let since = Instant::now();
    loop {
        let earliest = file.now().0;
        let status = Status::ask(dir).await?;
        let latest = file.now().0;
        let mut running = status.nodes().iter().filter(|node| node.is_running());
        let follows = |node: &NodeStatus| node.clock_ms.is_some_and(|ms| (earliest..=latest).contains(&ms));
        if let Some(node) = running.clone().find(|node| !follows(node)) {
            if since.elapsed() > FOLLOWED_WITHIN {
                let detail =
                    NOT_FOLLOWED.with(&[&node.name, &FOLLOWED_WITHIN.as_secs(), &node.log.display()]);
                return Err(Failure {
                    exit: exit::NOT_READY,
                    ..Failure::new(ReasonCode::Unreachable, detail)
                });
            }
        } else if running.all(|node| node.next_deadline_ms.is_none_or(|due_ms| due_ms > file.ledger_ms)) {
            return Ok(status.into_clock());
        } else if since.elapsed() > RECORDED_WITHIN {
            context.note(context.say(STILL_RECORDING));
            return Ok(status.into_clock());
        }
        tokio::time::sleep(POLL).await;
    }
}

/// The clock of a network as it is now.
#[derive(Serialize)]
pub(super) struct Shown {
    time: String,
    time_ms: u64,
    /// How many times as fast as the machine's it runs, or will when the network is started.
    speed: u32,
    /// It stands still while the network is down.
    stopped: bool,
    /// The time of the newest block, when the clock has not come so far.
    block_time: Option<String>,
    block_time_ms: Option<u64>,
    /// When the next deadline falls due; `null` when none does, or no node answers.
    next_deadline: Option<String>,
    next_deadline_ms: Option<u64>,
}

impl Shown {
    pub(super) fn of(file: ClockFile, nodes: &[NodeStatus]) -> Self {
        let now = file.now();
        let show = |ms: Option<u64>| ms.map(|ms| when::show(BlockTime(ms)));
        let newest_ms = nodes.iter().filter_map(|node| node.block_time_ms).max();
        let block_time_ms = newest_ms.filter(|newest_ms| *newest_ms > now.0);
        let next_deadline_ms = nodes.iter().filter_map(|node| node.next_deadline_ms).min();
        Self {
            time: when::show(now),
            time_ms: now.0,
            speed: file.speed,
            stopped: file.stopped,
            block_time: show(block_time_ms),
            block_time_ms,
            next_deadline: show(next_deadline_ms),
            next_deadline_ms,
        }
    }

    /// As lines of a table.
    pub(super) fn facts(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let time = if self.stopped {
            STANDS.fill(lang, &[&self.time])
        } else {
            RUNS.fill(lang, &[&self.time, &self.speed])
        };
        let mut facts = vec![(CLOCK.of(lang), time)];
        facts.extend(self.block_time.iter().map(|time| ("", BEHIND.fill(lang, &[time]))));
        facts.extend(self.next_deadline.iter().map(|time| (NEXT_DEADLINE.of(lang), time.clone())));
        facts
    }
}

impl Show for Shown {
    fn text(&self, lang: Lang) -> String {
        facts(self.facts(lang))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const NOON_MS: u64 = 1_759_118_400_000;

    fn stopped() -> ClockFile {
        ClockFile { stopped: true, ..ClockFile::starting(BlockTime(NOON_MS), 86_400) }
    }

    #[test]
    fn a_clock_goes_on_from_where_it_was_stopped() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), stopped()).unwrap();
        start(dir.path()).unwrap();
        let file = read(dir.path()).unwrap();
        assert_eq!((file.stopped, file.ledger_ms, file.speed), (false, NOON_MS, 86_400));
        stop(dir.path()).unwrap();
        let file = read(dir.path()).unwrap();
        assert!(file.stopped && file.ledger_ms >= NOON_MS);
        assert_eq!(file.now(), BlockTime(file.ledger_ms));
    }

    #[test]
    fn a_network_without_a_clock_of_its_own_has_none_to_stop_or_set() {
        let dir = tempfile::tempdir().unwrap();
        start(dir.path()).unwrap();
        stop(dir.path()).unwrap();
        assert!(of(dir.path()).unwrap().is_none());
        assert_eq!(read(dir.path()).unwrap_err().exit, exit::USAGE);
    }

    #[test]
    fn a_clock_is_set_a_hundred_years_ahead_at_most() {
        let ahead = |years: u64| when::show(BlockTime(when::now().0 + years * YEAR_MS));
        assert!(time(&ahead(99)).is_ok());
        for far in [ahead(101), "9999-12-31".to_owned()] {
            let refused = time(&far).map_err(|mistake| mistake.0).unwrap_err();
            assert!(refused.zh.contains("不能倒退") && refused.en.contains("100 years"), "{refused:?}");
        }
        let arguments = Arguments {
            at: Folder { dir: "unused".into() },
            set: None,
            advance: Some(Span::parse("9000y").unwrap_or_else(|_| panic!("a span"))),
            speed: None,
        };
        for clock in [stopped(), ClockFile::starting(BlockTime(NOON_MS), 1)] {
            assert_eq!(arguments.changed(clock).unwrap_err().exit, exit::USAGE);
        }
    }

    #[test]
    fn a_clock_file_that_is_none_is_a_wrong_configuration() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(Localnet::clock(dir.path()), "ledger_ms = 1").unwrap();
        let failure = of(dir.path()).unwrap_err();
        assert_eq!((failure.reason, failure.exit), (ReasonCode::ConfigInvalid, exit::USAGE));
    }

    #[test]
    fn a_clock_that_is_behind_says_so_and_always_that_it_is_of_a_test() {
        let shown = Shown::of(stopped(), &[]);
        assert!(shown.text(Lang::En).contains("TEST") && shown.text(Lang::Zh).contains("测试"));
        let behind = Shown { block_time: Some("2028-09-29".into()), ..shown };
        assert!(behind.text(Lang::Zh).contains("2028-09-29"));
    }
}
