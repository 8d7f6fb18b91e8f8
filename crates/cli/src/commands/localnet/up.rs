//! `bulla localnet up`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use bulla_types::{AccessToEntries, ReasonCode};
use indicatif::ProgressBar;
use tokio::signal::unix::{SignalKind, signal};

use super::founding::{self, Plan};
use super::layout::{Localnet, Node};
use super::status::{NodeStatus, Status};
use super::{nodes, process};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::messages::{ALL_READY, FOUNDED_IN, NODE_ENDED, STARTING, STOP_WITH_CTRL_C, STOPPED, USE_CONFIG};
use crate::progress;

/// A network that is not ready by then has something wrong with it.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Interval at which nodes are asked, and their processes looked at.
const POLL: Duration = Duration::from_millis(200);

/// Bytes of the end of a node's log that are shown when it ends too soon.
const LOG_TAIL_BYTES: usize = 2000;

/// Found a test ledger, or start the one that is there | 创建测试账本，或启动已有的测试账本
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The network's folder; a new or empty one for a new network | 网络所在目录；新建网络时须为新目录或空目录
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Validators of a new network, 4 by default | 新网络的验证节点数，默认 4
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    validators: Option<u16>,
    /// Observers of a new network, 1 by default | 新网络的观察节点数，默认 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=64))]
    observers: Option<u16>,
    /// First of four ports for each node of a new network; free ones by default | 新网络的起始端口，每个节点占四个，默认选用空闲端口
    #[arg(long, value_name = "PORT")]
    base_port: Option<u16>,
    /// Come back when all nodes are ready and let them run | 节点就绪后返回，节点继续运行
    #[arg(long)]
    detach: bool,
    /// Only members may read entries of a new network | 新网络仅限成员读取条目
    #[arg(long)]
    closed: bool,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        fs::create_dir_all(&self.dir).map_err(|error| Failure::file(&self.dir, &error))?;
        let dir = nodes::canonical(&self.dir)?;
        let localnet = if Localnet::exists(&dir) { self.existing(&dir)? } else { self.found(context, &dir)? };
        let mut started = Started { dir: dir.clone(), nodes: Vec::new(), stop: true };
        for node in localnet.nodes {
            if process::running(&dir, &node).is_none() {
                let child = process::start(&dir, &node)?;
                started.nodes.push((node, child));
            }
        }
        let status = context.run(wait_until_ready(context, &mut started))?;
        context.note(context.say(ALL_READY));
        context.show(&status)?;
        if self.detach {
            started.stop = false;
            context.note(&USE_CONFIG.fill(context.lang, &[&Localnet::client_config(&dir).display()]));
            return Ok(exit::OK);
        }
        context.note(context.say(STOP_WITH_CTRL_C));
        context.run(watch(context, &mut started))?;
        Ok(exit::OK)
    }

    /// A network that was founded before keeps what it was founded as.
    fn existing(&self, dir: &Path) -> Result<Localnet, Failure> {
        let localnet = Localnet::read(dir)?;
        let validators = localnet.validators().count();
        let observers = localnet.nodes.len() - validators;
        let first = localnet.nodes.first().map(|node| node.ports.grpc);
        let differs = |asked: Option<u16>, is: usize| asked.is_some_and(|asked| usize::from(asked) != is);
        let other_ports = self.base_port.is_some() && self.base_port != first;
        if differs(self.validators, validators) || differs(self.observers, observers) || other_ports {
            return Err(Failure::usage(format!(
                "{} holds a network of {validators} validators and {observers} observers from port {} on; \
                 name another folder for another network",
                dir.display(),
                first.unwrap_or_default(),
            )));
        }
        Ok(localnet)
    }

    fn found(&self, context: &Context, dir: &Path) -> Result<Localnet, Failure> {
        let mut content = fs::read_dir(dir).map_err(|error| Failure::file(dir, &error))?;
        if content.next().is_some() {
            return Err(Failure::usage(format!("{} is neither empty nor a local network", dir.display())));
        }
        let entries = if self.closed { AccessToEntries::Members } else { AccessToEntries::Open };
        let plan = Plan {
            validators: self.validators.unwrap_or(4).into(),
            observers: self.observers.unwrap_or(1).into(),
            base_port: self.base_port,
            entries,
        };
        let localnet = founding::found(dir, plan)?;
        context.note(&FOUNDED_IN.fill(context.lang, &[&dir.display()]));
        Ok(localnet)
    }
}

/// The nodes that this command started. Dropped, it stops them, unless they are to go on.
struct Started {
    dir: PathBuf,
    nodes: Vec<(Node, Child)>,
    stop: bool,
}

impl Started {
    /// The first node whose process has ended.
    fn ended(&mut self) -> Option<&Node> {
        let ended = |child: &mut Child| child.try_wait().is_ok_and(|status| status.is_some());
        self.nodes.iter_mut().find_map(|(node, child)| ended(child).then_some(&*node))
    }

    fn stop(&mut self) -> Vec<String> {
        let nodes: Vec<_> = self.nodes.iter().map(|(node, _)| node.clone()).collect();
        let stopped = process::stop(&self.dir, &nodes);
        // Their ends are taken note of, so that none remains as a zombie.
        self.nodes.iter_mut().for_each(|(_, child)| {
            let _ = child.try_wait();
        });
        self.stop = false;
        stopped
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if self.stop {
            self.stop();
        }
    }
}

async fn wait_until_ready(context: &Context, started: &mut Started) -> Result<Status, Failure> {
    let bar = progress::waiting("");
    let deadline = Instant::now() + READY_WITHIN;
    let waited = loop {
        let dir = started.dir.clone();
        if let Some(node) = started.ended() {
            break Err(ended_too_soon(&dir, node));
        }
        let status = Status::ask(&dir).await?;
        if status.nodes().iter().all(NodeStatus::is_ready) {
            break Ok(status);
        }
        if Instant::now() > deadline {
            break Err(not_ready(&status));
        }
        show_progress(context, &bar, &status);
        tokio::time::sleep(POLL).await;
    };
    bar.finish_and_clear();
    waited
}

fn show_progress(context: &Context, bar: &ProgressBar, status: &Status) {
    let ready = status.nodes().iter().filter(|node| node.is_ready()).count();
    let told = format!("{ready}/{}", status.nodes().len());
    bar.set_message(STARTING.fill(context.lang, &[&told]));
}

fn not_ready(status: &Status) -> Failure {
    let waiting = status.nodes().iter().filter(|node| !node.is_ready());
    let logs: Vec<_> = waiting.map(|node| format!("{}: see {}", node.name, node.log.display())).collect();
    let detail = format!("not ready within {} s\n  {}", READY_WITHIN.as_secs(), logs.join("\n  "));
    Failure { exit: exit::NOT_READY, ..Failure::new(ReasonCode::WaitTimedOut, detail) }
}

fn ended_too_soon(dir: &Path, node: &Node) -> Failure {
    let log = node.log(dir);
    let text = fs::read(&log).unwrap_or_default();
    let tail = String::from_utf8_lossy(&text[text.len().saturating_sub(LOG_TAIL_BYTES)..]).into_owned();
    // The node's own reason says more than that it has ended.
    let reason = bracketed(&tail).unwrap_or(ReasonCode::NodeFailed);
    let detail = format!("{} has ended; see {}\n{}", node.name, log.display(), tail.trim_end());
    Failure::new(reason, detail)
}

/// The last reason code in brackets, as every error message here has it.
fn bracketed(text: &str) -> Option<ReasonCode> {
    text.rsplit('[').find_map(|after| after.split_once(']')?.0.parse().ok())
}

/// Stays until it is told to stop, and tells of nodes that end before.
async fn watch(context: &Context, started: &mut Started) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::internal(&error);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    loop {
        let dir = started.dir.clone();
        if let Some(node) = started.ended() {
            let (name, log) = (node.name.clone(), node.log(&dir));
            context.note(&NODE_ENDED.fill(context.lang, &[&name, &log.display()]));
            started.nodes.retain(|(node, _)| node.name != name);
        }
        tokio::select! {
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
            () = tokio::time::sleep(POLL) => {}
        }
    }
    let stopped = started.stop();
    context.note(&STOPPED.fill(context.lang, &[&stopped.join(" ")]));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_a_node_that_ended_is_found_in_its_log() {
        let log = "INFO the node is up\nerror: The port is in use; [PORT_IN_USE]\n  127.0.0.1:7000\n";
        assert_eq!(bracketed(log), Some(ReasonCode::PortInUse));
        assert_eq!(bracketed("thread 'main' panicked at [src]"), None);
    }
}
