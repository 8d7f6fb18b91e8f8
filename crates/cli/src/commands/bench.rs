//! `bulla bench`: an open-loop load of deposits, or of steps of cases, each followed to its verified inclusion.
//!
//! Send times are fixed by the rate before the run and do not wait for answers, so a ledger that falls behind
//! shows in the latencies instead of slowing its own measurement. Everything that costs the generator time
//! (keys, digests, signatures, encoding) is done before the run; but for steps of cases, which name what the
//! steps before them have led to.

mod cases;
mod drive;
mod footprint;
mod load;
mod machine;
mod pace;
mod report;
mod signers;
mod tally;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bulla_client::Client;

use self::drive::Stream;
use self::footprint::Footprint;
use self::machine::Machine;
use self::pace::Pace;
use self::report::Report;
use crate::commands::localnet::{self, Localnet, Node};
use crate::complaints::{
    CASES_AT_A_RATE, CASES_ON_LOCALNET, CASES_SIGNERS, RATE_0_SECONDS, TOO_MANY_DEPOSITS, TOO_MANY_STEPS,
};
use crate::config::ClientConfig;
use crate::context::{Context, Link};
use crate::failure::Failure;
use crate::numbers::within;

/// With `--rate 0`: more than any ledger has committed in a second, all of it signed before the run.
const RATE_MAX: u32 = 25_000;

/// Deposits that fit into memory, at about 700 bytes each.
const COUNT_MAX: usize = 6_000_000;

/// With `--cases`: two that trade with each other, two that never do; and no more than are enrolled in a while.
const SUBJECTS: RangeInclusive<u32> = 4..=1_000;

/// Steps of one run with `--cases`.
const STEPS_MAX: usize = 2_000_000;

/// With `--rate 0`: deposits are valid for five minutes from about the start.
const UNPACED_SECONDS_MAX: u32 = 240;

/// Put a load of deposits, or of steps of cases, on the ledger and measure it | 对账本施加存证或案件办理负载并测量
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Deposits or steps a second; 0 for as fast as the window allows | 每秒存证数或步骤数；0 表示在途窗口允许的最快速度
    #[arg(long, value_name = "R", value_parser = within::<u32>(0, 1_000_000))]
    rate: u32,
    /// Seconds | 持续秒数
    #[arg(long, value_name = "S", value_parser = within::<u32>(1, 3600))]
    duration: u32,
    /// Keys that sign in turn, enrolled for the configured member on first use; with cases, members that apply, newly enrolled | 轮流签名的密钥数，首次使用时登记到配置的成员名下；案件负载下为新准入的申请成员数
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = within::<u32>(1, 100_000))]
    signers: u32,
    /// With rate 0: deposits on their way at a time | rate 为 0 时的在途存证数
    #[arg(long, value_name = "N", default_value_t = 8192, value_parser = within::<u32>(1, 100_000))]
    in_flight: u32,
    /// Steps of cases under the profiles and overlays for tests, on a local network, in place of deposits | 在本地网络上按测试用规则配置办理案件，代替存证
    #[arg(long)]
    cases: bool,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        context.show(&context.run(self.measure(context))?)
    }

    async fn measure(&self, context: &Context) -> Result<Report, Failure> {
        self.check()?;
        let config = context.config()?;
        let link = Link::of(&config)?;
        if self.cases {
            return self.measure_cases(context, config, &link).await;
        }
        let client = context.client().await?;
        let keys = signers::ready(context, &config, &client, self.signers).await?;
        load::first_deposit(&client, &keys[0]).await?;
        let watched = Watched::find(context, &config.folder)?;

        let pace = self.pace();
        let order =
            load::Order { ledger_id: client.ledger_id(), count: self.count(), interval: pace.interval() };
        let submissions = Arc::new(load::presign(context, &order, &keys)?);
        let submission_bytes = load::mean_bytes(&submissions);
        let fsync_p50_us = footprint::fsync_p50_us(&watched.folder)?;

        let mut streams = Vec::new();
        for endpoint in &config.endpoints {
            let client = Client::connect(&[endpoint], link.tls.as_ref(), link.require_genesis()?).await?;
            streams.push(Stream::open(&client).await?);
        }
        let before = watched.footprint()?;
        let tally = drive::run(context, streams, &submissions, &pace, self.length()).await?;
        // A node that has ended meanwhile takes its count with it: better none than half.
        let after = watched.footprint().ok().flatten();
        let used = before.zip(after).map(|(before, after)| after.since(&before));

        Ok(Report {
            rate: self.rate,
            duration: self.length(),
            signers: self.signers,
            endpoints: config.endpoints,
            nodes: watched.nodes.len(),
            submission_bytes,
            tally,
            kinds: Vec::new(),
            used,
            fsync_p50_us,
            machine: Machine::this(),
        })
    }

    async fn measure_cases(
        &self,
        context: &Context,
        config: ClientConfig,
        link: &Link,
    ) -> Result<Report, Failure> {
        let watched = Watched::find(context, &config.folder)?;
        let dir = watched.dir.as_deref().ok_or_else(|| Failure::config(CASES_ON_LOCALNET))?;
        let ready = cases::Ready::make(context, &config, link, dir, self.signers).await?;
        let fsync_p50_us = footprint::fsync_p50_us(&watched.folder)?;
        let before = watched.footprint()?;
        let played = ready.measure(self.rate, self.length()).await?;
        let after = watched.footprint().ok().flatten();
        let used = before.zip(after).map(|(before, after)| after.since(&before));
        let kinds = played.kinds.into_iter().map(|(scene, tally)| (scene.name(), tally)).collect();
        Ok(Report {
            rate: self.rate,
            duration: self.length(),
            signers: self.signers,
            nodes: watched.nodes.len(),
            submission_bytes: played.submission_bytes,
            tally: played.total,
            kinds,
            used,
            fsync_p50_us,
            machine: Machine::this(),
            endpoints: config.endpoints,
        })
    }

    fn check(&self) -> Result<(), Failure> {
        if self.cases {
            return self.check_cases();
        }
        if self.rate == 0 && self.duration > UNPACED_SECONDS_MAX {
            return Err(Failure::usage(RATE_0_SECONDS.with(&[&UNPACED_SECONDS_MAX])));
        }
        if self.count() > COUNT_MAX {
            return Err(Failure::usage(TOO_MANY_DEPOSITS.with(&[&self.count(), &COUNT_MAX])));
        }
        Ok(())
    }

    fn check_cases(&self) -> Result<(), Failure> {
        if self.rate == 0 {
            return Err(Failure::usage(CASES_AT_A_RATE));
        }
        if !SUBJECTS.contains(&self.signers) {
            return Err(Failure::usage(CASES_SIGNERS.with(&[SUBJECTS.start(), SUBJECTS.end()])));
        }
        if self.count() > STEPS_MAX {
            return Err(Failure::usage(TOO_MANY_STEPS.with(&[&self.count(), &STEPS_MAX])));
        }
        Ok(())
    }

    fn length(&self) -> Duration {
        Duration::from_secs(self.duration.into())
    }

    fn pace(&self) -> Pace {
        match self.rate {
            0 => Pace::window(self.in_flight),
            rate => Pace::rate(rate),
        }
    }

    /// Deposits to sign before the run.
    fn count(&self) -> usize {
        let rate = if self.rate == 0 { RATE_MAX } else { self.rate };
        usize::try_from(u64::from(rate) * u64::from(self.duration)).unwrap_or(usize::MAX)
    }
}

/// The nodes whose use of the machine is measured: those of the local network that the load goes to.
struct Watched {
    dir: Option<PathBuf>,
    nodes: Vec<(Node, u32)>,
    /// On the disk that the nodes write to.
    folder: PathBuf,
}

impl Watched {
    fn find(context: &Context, config_folder: &Path) -> Result<Self, Failure> {
        let beside = Localnet::exists(config_folder).then_some(config_folder);
        let Some(dir) = context.localnet().or(beside) else {
            return Ok(Self { dir: None, nodes: Vec::new(), folder: config_folder.to_owned() });
        };
        let nodes = localnet::running(dir)?;
        Ok(Self { dir: Some(dir.to_owned()), nodes, folder: dir.to_owned() })
    }

    /// What the nodes have used so far; `None` when they are not on this machine.
    fn footprint(&self) -> Result<Option<Footprint>, Failure> {
        let Some(dir) = &self.dir else { return Ok(None) };
        let data = self.nodes.iter().map(|(node, _)| node.data(dir)).collect::<Vec<_>>();
        let pids = self.nodes.iter().map(|(_, pid)| *pid).collect::<Vec<_>>();
        Footprint::of(&pids, &data).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::exit;

    fn asked(rate: u32, duration: u32) -> Arguments {
        Arguments { rate, duration, signers: 64, in_flight: 8192, cases: false }
    }

    #[test]
    fn as_many_deposits_are_signed_as_the_rate_makes_due() {
        assert_eq!(asked(2000, 30).count(), 60_000);
        assert_eq!(asked(0, 2).count(), 50_000);
        assert!(asked(4000, 60).check().is_ok() && asked(0, 240).check().is_ok());
    }

    #[test]
    fn a_load_beyond_memory_or_validity_is_refused_before_anything_is_signed() {
        for (rate, duration) in [(0, 241), (25_000, 3600)] {
            assert!(asked(rate, duration).check().is_err_and(|failure| failure.exit == exit::USAGE));
        }
    }

    #[test]
    fn cases_go_by_a_rate_with_some_members_and_are_bounded() {
        let cases = |rate, signers| Arguments { signers, cases: true, ..asked(rate, 60) };
        assert!(cases(500, 64).check().is_ok());
        for (rate, signers) in [(0, 64), (500, 3), (500, 1_001), (50_000, 64)] {
            let refused = cases(rate, signers).check();
            assert!(refused.is_err_and(|failure| failure.exit == exit::USAGE), "{rate} {signers}");
        }
    }
}
