//! Starting and stopping node processes, and never any other.

use std::fs::{File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bulla_types::ReasonCode;
use rustix::process::{Pid, Signal, kill_process};

use super::layout::{Localnet, Node};
use crate::complaints::PROGRAM_MISSING;
use crate::failure::Failure;
use crate::files;

/// A node asked to stop is ended by force after this.
const STOP_WAIT: Duration = Duration::from_secs(20);

/// Interval at which stopping processes are looked at.
const POLL: Duration = Duration::from_millis(50);

/// Starts a node in a process group of its own, so that Ctrl-C reaches this program first; its output goes to
/// its log.
pub(super) fn start(dir: &Path, node: &Node) -> Result<Child, Failure> {
    let log_path = node.log(dir);
    let log = open_log(&log_path)?;
    let errors = log.try_clone().map_err(|error| Failure::unwritable(&log_path, &error))?;
    let program = program()?;
    let mut command = Command::new(&program);
    command.arg("--config").arg(node.config(dir));
    let clock = Localnet::clock(dir);
    if clock.is_file() {
        command.arg("--clock").arg(clock);
    }
    let child = command
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(|error| Failure::file(&program, &error))?;
    files::write(&node.pid_file(dir), child.id().to_string())?;
    Ok(child)
}

fn open_log(path: &Path) -> Result<File, Failure> {
    OpenOptions::new().create(true).append(true).open(path).map_err(|error| Failure::unwritable(path, &error))
}

/// `bulla-node` beside this program.
fn program() -> Result<PathBuf, Failure> {
    let this = std::env::current_exe().map_err(|error| Failure::internal(&error))?;
    let program = this.with_file_name("bulla-node");
    if program.is_file() {
        Ok(program)
    } else {
        Err(Failure::new(ReasonCode::FileUnreadable, PROGRAM_MISSING.with(&[&program.display()])))
    }
}

/// The node's process, if it runs: the one whose command line names this node's configuration. `dir` is the
/// full path that the node was started with.
pub(super) fn running(dir: &Path, node: &Node) -> Option<u32> {
    let pid: u32 = std::fs::read_to_string(node.pid_file(dir)).ok()?.trim().parse().ok()?;
    let command = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let config = node.config(dir);
    let config = config.to_str()?.as_bytes();
    command.split(|byte| *byte == 0).any(|argument| argument == config).then_some(pid)
}

/// Asks nodes to stop, waits, and ends by force those that do not. Gives the names of those that ran.
pub(super) fn stop(dir: &Path, nodes: &[Node]) -> Vec<String> {
    let mut stopping: Vec<_> = nodes.iter().filter_map(|node| Some((node, running(dir, node)?))).collect();
    let stopped = stopping.iter().map(|(node, _)| node.name.clone()).collect();
    stopping.iter().for_each(|(_, pid)| signal(*pid, Signal::TERM));
    let deadline = Instant::now() + STOP_WAIT;
    loop {
        stopping.retain(|(node, pid)| running(dir, node) == Some(*pid));
        if stopping.is_empty() {
            break;
        }
        if Instant::now() > deadline {
            stopping.iter().for_each(|(_, pid)| signal(*pid, Signal::KILL));
        }
        std::thread::sleep(POLL);
    }
    stopped
}

fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // It may have ended meanwhile.
        let _ = kill_process(pid, signal);
    }
}
