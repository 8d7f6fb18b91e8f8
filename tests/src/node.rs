//! One node: a process, its configuration, its folder and its log.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use bulla_node::config::NodeConfig;
use bulla_types::proto::{GetStatusResponse, NodeHealth};
use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, Signal, kill_process};

use crate::fault::Fault;
use crate::http;
use crate::programs::program;
use crate::resident::resident_bytes;
use crate::wait::{LIMIT, until, until_within};
use crate::wire::Wire;

/// A node that is told to stop does so within this.
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// Lines of a log that are printed when a test fails.
const LOG_TAIL_LINES: usize = 60;

/// A node of a network, running or not.
pub struct Node {
    config: NodeConfig,
    home: PathBuf,
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(&'static str, PathBuf)>,
    process: Option<Child>,
    wire: Wire,
}

impl Node {
    pub(crate) fn new(config: NodeConfig) -> Self {
        let home = config.data.parent().unwrap().to_owned();
        let wire = Wire::to(config.api.grpc);
        let node = Self {
            config,
            home,
            program: program("bulla-node"),
            arguments: Vec::new(),
            environment: Vec::new(),
            process: None,
            wire,
        };
        node.write_config();
        node
    }

    /// Breaks the protocol from the next start on.
    pub(crate) fn break_protocol(&mut self, fault: &Fault) {
        self.program = program("bulla-faulty-node");
        self.arguments = vec!["--fault".to_owned(), serde_json::to_string(fault).unwrap()];
    }

    /// Runs a program that knows the versions of the protocol up to this one from the next start on.
    pub fn install_program_knowing(&mut self, newest: u32) {
        self.break_protocol(&Fault::KnowsProtocols { newest });
    }

    /// Runs this program from the next start on, whatever ran before.
    pub fn install_own_program(&mut self) {
        self.program = program("bulla-node");
        self.arguments.clear();
    }

    /// Follows this clock file from the next start on.
    pub fn follow_clock(&mut self, file: &Path) {
        self.arguments.extend(["--clock".to_owned(), file.display().to_string()]);
    }

    /// Has a path in its environment from the next start on.
    pub fn environment(&mut self, name: &'static str, path: &Path) {
        self.environment.push((name, path.to_owned()));
    }

    /// Changes `node.toml` for the next start.
    pub fn configure(&mut self, change: impl FnOnce(&mut NodeConfig)) {
        change(&mut self.config);
        self.wire = Wire::to(self.config.api.grpc);
        self.write_config();
    }

    fn write_config(&self) {
        fs::write(self.config_path(), toml::to_string(&self.config).unwrap()).unwrap();
    }

    fn config_path(&self) -> PathBuf {
        self.home.join("node.toml")
    }

    /// What stands in `node.toml`.
    #[must_use]
    pub fn config(&self) -> &NodeConfig {
        &self.config
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.config.data
    }

    /// Where gRPC is served, as clients write it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.config.api.grpc)
    }

    /// Where HTTP is served.
    #[must_use]
    pub fn http(&self) -> SocketAddr {
        self.config.api.http
    }

    /// gRPC without a client's patience.
    #[must_use]
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Starts the process.
    pub fn start(&mut self) {
        assert!(self.process.is_none(), "{} runs already", self.config.label);
        let log = File::options().create(true).append(true).open(self.log_path()).unwrap();
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(self.config_path()).args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, path)| (name, path)));
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let process = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        self.process = Some(process);
    }

    /// Whether a process was started and not seen to end.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.process.is_some()
    }

    /// SIGKILL: the process ends where it stands.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.process.take().unwrap().wait().unwrap();
    }

    /// SIGSTOP: the process stands still; its connections stay.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT: the process goes on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Whether the process stands still.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid().as_raw_nonzero())).unwrap();
        // The state follows the name, which is in parentheses and may hold anything.
        stat.rsplit_once(") ").unwrap().1.starts_with('T')
    }

    /// SIGTERM, and how the process ended.
    pub async fn told_to_stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended().await
    }

    /// SIGTERM: the process must end in order.
    pub async fn terminate(&mut self) {
        let status = self.told_to_stop().await;
        assert!(
            status.success(),
            "{} was told to stop and ended with {status}\n{}",
            self.config.label,
            self.log_tail()
        );
    }

    /// Waits until the process has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let mut process = self.process.take().unwrap();
        let what = format!("{} ends", self.config.label);
        let ended =
            until_within(STOP_WITHIN, &what, || std::future::ready(process.try_wait().unwrap())).await;
        assert_eq!(ended.core_dumped().then(|| self.log_tail()), None, "{} crashed", self.config.label);
        ended
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_child(self.process.as_ref().expect("the node runs"))
    }

    /// The node's word on itself; `None` while it does not answer.
    pub async fn status(&self) -> Option<GetStatusResponse> {
        self.wire.status().await
    }

    /// Waits until the node says that its health is this.
    pub async fn is(&self, health: NodeHealth) -> GetStatusResponse {
        until(&format!("{} says {}", self.config.label, health.as_str_name()), || self.says(health)).await
    }

    /// As [`is`](Self::is), with a limit.
    pub async fn is_within(&self, limit: Duration, health: NodeHealth) -> GetStatusResponse {
        let what = format!("{} says {}", self.config.label, health.as_str_name());
        until_within(limit, &what, || self.says(health)).await
    }

    async fn says(&self, health: NodeHealth) -> Option<GetStatusResponse> {
        self.status().await.filter(|status| status.health() == health)
    }

    /// Waits until the node has committed this height.
    pub async fn reaches(&self, height: u64) -> GetStatusResponse {
        until(&format!("{} commits height {height}", self.config.label), || async {
            self.status().await.filter(|status| status.height >= height)
        })
        .await
    }

    /// Gets a path over HTTP.
    pub async fn get(&self, path: &str) -> http::Response {
        http::get(self.http(), path)
            .await
            .unwrap_or_else(|error| panic!("{} {path}: {error}", self.config.label))
    }

    /// What the node counts under this name.
    pub async fn metric(&self, name: &str) -> u64 {
        http::metric(self.http(), name).await
    }

    /// Memory that the process holds, in bytes.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        resident_bytes(self.pid())
    }

    /// CPU time that the process has used, in user and kernel, since it was started.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid().as_raw_nonzero())).unwrap();
        // The name, in parentheses, may hold anything; after it both stand as the 12th and 13th.
        let fields = stat.rsplit_once(')').unwrap().1.split_ascii_whitespace();
        let ticks: u64 = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_micros(ticks * 1_000_000 / clock_ticks_per_second())
    }

    /// Files and connections that the process has open.
    #[must_use]
    pub fn open_files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid().as_raw_nonzero())).unwrap().count()
    }

    /// All that the node has logged, over all its starts.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Waits until the log holds a line with all these words.
    pub async fn logs(&self, words: &[&str]) -> String {
        self.logs_within(LIMIT, words).await
    }

    /// As [`logs`](Self::logs), for what takes its time.
    pub async fn logs_within(&self, limit: Duration, words: &[&str]) -> String {
        until_within(limit, &format!("{} logs {words:?}", self.config.label), || {
            let log = self.log();
            let line = log.lines().find(|line| words.iter().all(|word| line.contains(word)));
            std::future::ready(line.map(str::to_owned))
        })
        .await
    }

    /// The reasons for which the node has refused proposals, in order.
    #[must_use]
    pub fn refusals(&self) -> Vec<String> {
        let log = self.log();
        let refused = log.lines().filter_map(|line| line.split_once("block refused: ").map(|(_, why)| why));
        refused.map(|why| why.split(':').next().unwrap().to_owned()).collect()
    }

    fn log_path(&self) -> PathBuf {
        self.home.join("log")
    }

    pub(crate) fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n");
        format!("--- {} ---\n{tail}", self.config.label)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
