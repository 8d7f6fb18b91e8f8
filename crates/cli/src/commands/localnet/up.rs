//! `bulla localnet up`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use bulla_types::{AccessToEntries, BlockTime, Lang, ReasonCode};
use indicatif::ProgressBar;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::founding::{self, ClockPlan, Plan};
use super::layout::{Localnet, Node};
use super::status::{NodeStatus, Status};
use super::texts::CLOCK_IS_SET;
use super::{clock, nodes, process};
use crate::complaints::{
    FOR_EVERYBODY, FOR_MEMBERS, NODE_HAS_ENDED, NOT_EMPTY, NOT_READY_WITHIN, OTHER_NETWORK,
};
use crate::context::{Context, read_genesis};
use crate::failure::{Failure, exit};
use crate::messages::{ALL_READY, FOUNDED_IN, NODE_ENDED, STARTING, STOP_WITH_CTRL_C, STOPPED, USE_CONFIG};
use crate::numbers::within;
use crate::progress;
use crate::text::Said;

/// A network that is not ready by then has something wrong with it.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Interval at which nodes are asked, and their processes looked at.
const POLL: Duration = Duration::from_millis(200);

/// Bytes of the end of a node's log that are looked at when it ends too soon.
const LOG_TAIL_BYTES: usize = 4000;

/// Lines that are shown when the node did not come to say why.
const LAST_LINES: usize = 5;

/// How a node begins to say why it ended.
const NODE_SAYS_WHY: &str = "bulla-node: ";

/// Found a test ledger, or start the one that is there | 创建测试账本，或启动已有的测试账本
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The network's folder; a new or empty one for a new network | 网络所在目录；新建网络时须为新目录或空目录
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Validators of a new network, 4 by default | 新网络的验证节点数，默认 4
    #[arg(long, value_name = "N", value_parser = within::<u16>(1, 64))]
    validators: Option<u16>,
    /// Observers of a new network, 1 by default | 新网络的观察节点数，默认 1
    #[arg(long, value_name = "N", value_parser = within::<u16>(0, 64))]
    observers: Option<u16>,
    /// First of three ports for each node of a new network; free ones by default | 新网络的起始端口，每个节点占三个，默认选用空闲端口
    #[arg(long, value_name = "PORT", value_parser = within::<u16>(1, 65_535))]
    base_port: Option<u16>,
    /// Come back when all nodes are ready and let them run | 节点就绪后返回，节点继续运行
    #[arg(long)]
    detach: bool,
    /// Only members may read entries of a new network | 新网络仅限成员读取条目
    #[arg(long)]
    closed: bool,
    /// Give a new network a clock of its own, which shows this time now | 新网络使用自有时钟，此刻显示该时间
    #[arg(long, value_name = "TIME", value_parser = clock::time)]
    clock: Option<BlockTime>,
    /// How many times as fast as this machine's that clock runs, 86400 for a day a second; 1 by default | 该时钟的速度为本机的多少倍，86400 即一秒一天；默认 1
    #[arg(long, value_name = "N", value_parser = within::<u32>(1, clock::SPEED_MAX), requires = "clock")]
    clock_speed: Option<u32>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        fs::create_dir_all(&self.dir).map_err(|error| Failure::unwritable(&self.dir, &error))?;
        let dir = nodes::canonical(&self.dir)?;
        let localnet = if Localnet::exists(&dir) { self.existing(&dir)? } else { self.found(context, &dir)? };
        clock::start(&dir)?;
        context.run(self.bring_up(context, dir, localnet))
    }

    async fn bring_up(&self, context: &Context, dir: PathBuf, localnet: Localnet) -> Result<u8, Failure> {
        let mut stop = Stop::new()?;
        let mut started = Started::start(dir, localnet.nodes)?;
        let Some(status) = wait_until_ready(context, &mut started, &mut stop).await? else {
            started.stop(context);
            return Ok(exit::FAILED);
        };
        context.note(context.say(ALL_READY));
        context.show(&status)?;
        if self.detach {
            context.note(&USE_CONFIG.fill(context.lang, &[&Localnet::client_config(&started.dir).display()]));
            started.leave();
        } else {
            context.note(context.say(STOP_WITH_CTRL_C));
            watch(context, &mut started, &mut stop).await;
            started.stop(context);
        }
        Ok(exit::OK)
    }

    /// A network that was founded before keeps what it was founded as.
    fn existing(&self, dir: &Path) -> Result<Localnet, Failure> {
        let localnet = Localnet::read(dir)?;
        if self.clock.is_some() {
            clock::read(dir)?;
            return Err(Failure::usage(CLOCK_IS_SET.with(&[&dir.display()])));
        }
        let validators = localnet.validators().count();
        let observers = localnet.nodes.len() - validators;
        let first = localnet.nodes.first().map(|node| node.ports.grpc);
        let differs = |asked: Option<u16>, is: usize| asked.is_some_and(|asked| usize::from(asked) != is);
        let other_ports = self.base_port.is_some() && self.base_port != first;
        let entries = read_genesis(&Localnet::genesis(dir))?.genesis().parameters().entry_access;
        let other_access = self.closed && entries != AccessToEntries::Members;
        let other_nodes = differs(self.validators, validators) || differs(self.observers, observers);
        if other_nodes || other_ports || other_access {
            let readers = if entries == AccessToEntries::Members { FOR_MEMBERS } else { FOR_EVERYBODY };
            let first = first.unwrap_or_default();
            let detail = OTHER_NETWORK.with(&[&dir.display(), &validators, &observers, &first, &readers]);
            return Err(Failure::usage(detail));
        }
        Ok(localnet)
    }

    fn found(&self, context: &Context, dir: &Path) -> Result<Localnet, Failure> {
        let mut content = fs::read_dir(dir).map_err(|error| Failure::file(dir, &error))?;
        if content.next().is_some() {
            return Err(Failure::usage(NOT_EMPTY.with(&[&dir.display()])));
        }
        let entries = if self.closed { AccessToEntries::Members } else { AccessToEntries::Open };
        let plan = Plan {
            validators: self.validators.unwrap_or(4).into(),
            observers: self.observers.unwrap_or(1).into(),
            base_port: self.base_port,
            entries,
            clock: self.clock.map(|time| ClockPlan { time, speed: self.clock_speed.unwrap_or(1) }),
        };
        let localnet = founding::found(dir, plan)?;
        context.note(&FOUNDED_IN.fill(context.lang, &[&dir.display()]));
        Ok(localnet)
    }
}

/// The nodes that this command started. Whatever goes wrong, it stops them, unless it left them to go on.
struct Started {
    dir: PathBuf,
    nodes: Vec<(Node, Child)>,
}

impl Started {
    /// Starts those nodes that do not run.
    fn start(dir: PathBuf, nodes: Vec<Node>) -> Result<Self, Failure> {
        let mut started = Self { dir, nodes: Vec::new() };
        for node in nodes {
            if process::running(&started.dir, &node).is_none() {
                let child = process::start(&started.dir, &node)?;
                started.nodes.push((node, child));
            }
        }
        Ok(started)
    }

    /// Takes out a node whose process has ended, if there is one.
    fn take_ended(&mut self) -> Option<Node> {
        let ended = |(_, child): &mut (Node, Child)| child.try_wait().is_ok_and(|status| status.is_some());
        let position = self.nodes.iter_mut().position(ended)?;
        Some(self.nodes.swap_remove(position).0)
    }

    fn leave(&mut self) {
        self.nodes.clear();
    }

    fn stop(&mut self, context: &Context) {
        let stopped = self.stop_quietly();
        context.note(&STOPPED.fill(context.lang, &[&stopped.join(" ")]));
    }

    fn stop_quietly(&mut self) -> Vec<String> {
        let nodes: Vec<_> = self.nodes.drain(..).map(|(node, _)| node).collect();
        let stopped = process::stop(&self.dir, &nodes);
        if !stopped.is_empty() && nodes::running(&self.dir).is_ok_and(|running| running.is_empty()) {
            // The clock that goes on meanwhile is the lesser harm.
            let _ = clock::stop(&self.dir);
        }
        stopped
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.stop_quietly();
    }
}

/// That a person or a system asks this command to end.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|error| Failure::internal(&error));
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Whether it was asked within this time.
    async fn asked_within(&mut self, time: Duration) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => true,
            _ = self.terminate.recv() => true,
            () = tokio::time::sleep(time) => false,
        }
    }
}

/// Waits until all nodes are ready; `None` when it is asked to stop before.
async fn wait_until_ready(
    context: &Context,
    started: &mut Started,
    stop: &mut Stop,
) -> Result<Option<Status>, Failure> {
    let bar = progress::waiting("");
    let deadline = Instant::now() + READY_WITHIN;
    let waited = loop {
        if let Some(node) = started.take_ended() {
            break Err(ended_too_soon(&started.dir, &node));
        }
        let status = Status::ask(&started.dir).await?;
        if status.nodes().iter().all(NodeStatus::is_ready) {
            break Ok(Some(status));
        }
        if Instant::now() > deadline {
            break Err(not_ready(&status));
        }
        show_progress(context, &bar, &status);
        if stop.asked_within(POLL).await {
            break Ok(None);
        }
    };
    bar.finish_and_clear();
    waited
}

/// Stays until it is asked to stop, and tells of nodes that end before.
async fn watch(context: &Context, started: &mut Started, stop: &mut Stop) {
    while !stop.asked_within(POLL).await {
        if let Some(node) = started.take_ended() {
            context.note(&NODE_ENDED.fill(context.lang, &[&node.name, &node.log(&started.dir).display()]));
        }
    }
}

fn show_progress(context: &Context, bar: &ProgressBar, status: &Status) {
    let ready = status.nodes().iter().filter(|node| node.is_ready()).count();
    let told = format!("{ready}/{}", status.nodes().len());
    bar.set_message(STARTING.fill(context.lang, &[&told]));
}

fn not_ready(status: &Status) -> Failure {
    let waiting: Vec<_> = status.nodes().iter().filter(|node| !node.is_ready()).collect();
    let reason = waiting.first().map_or(ReasonCode::Unreachable, |node| node.reason());
    let mut detail = vec![NOT_READY_WITHIN.with(&[&READY_WITHIN.as_secs()])];
    detail.extend(waiting.iter().map(|node| {
        let told = |lang| format!("{}: {} {}", node.name, node.health(lang), node.log.display());
        Said { en: told(Lang::En), zh: told(Lang::Zh) }
    }));
    Failure { exit: exit::NOT_READY, ..Failure::new(reason, Said::lines(&detail)) }
}

fn ended_too_soon(dir: &Path, node: &Node) -> Failure {
    let log = node.log(dir);
    let text = fs::read(&log).unwrap_or_default();
    let tail = String::from_utf8_lossy(&text[text.len().saturating_sub(LOG_TAIL_BYTES)..]).into_owned();
    let ended = NODE_HAS_ENDED.with(&[&node.name, &log.display()]);
    // The node's own reason says more than that it has ended.
    let (reason, words) = last_words(&tail);
    Failure::new(reason, Said::lines(&[vec![ended], words].concat()))
}

/// Why a node ended, and what it said of it: its last lines if it did not come to say why.
fn last_words(log: &str) -> (ReasonCode, Vec<Said>) {
    let lines: Vec<_> = log.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let reason = |at: usize| lines[at].strip_prefix(NODE_SAYS_WHY).and_then(bracketed);
    let Some((told, reason)) = (0..lines.len()).rev().find_map(|at| Some((at, reason(at)?))) else {
        let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
        return (ReasonCode::NodeFailed, last.iter().map(Said::name).collect());
    };
    let sentences = [Lang::En, Lang::Zh].map(|lang| reason.message(lang));
    let words = lines[told + 1..].iter().filter(|line| !sentences.contains(line));
    (reason, words.map(Said::english).collect())
}

/// The reason code in brackets at the end of a line.
fn bracketed(line: &str) -> Option<ReasonCode> {
    line.strip_suffix(']')?.rsplit_once('[')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_ended_is_quoted_from_where_it_says_why() {
        let sentences = [Lang::En, Lang::Zh].map(|lang| ReasonCode::PortInUse.message(lang));
        let log = format!(
            "INFO the node is up [1]\nbulla-node: {} [PORT_IN_USE]\n  {}\n  cannot listen on 127.0.0.1:7000: Address \
             already in use (os error 98)\n",
            sentences[0], sentences[1]
        );
        let (reason, words) = last_words(&log);
        assert_eq!(reason, ReasonCode::PortInUse);
        let words: Vec<_> = words.iter().map(|said| said.of(Lang::Zh)).collect();
        assert_eq!(words, ["无法监听 127.0.0.1:7000：端口已被占用（系统错误 98）"]);
    }

    #[test]
    fn a_node_that_does_not_say_why_is_quoted_with_its_last_lines() {
        let (reason, words) = last_words("one\ntwo\nthread 'main' panicked at [src]\n");
        assert_eq!((reason, words.len()), (ReasonCode::NodeFailed, 3));
        assert_eq!(last_words("").1, []);
    }
}
