//! Machines, a folder each, on which a page of `docs/operations` is followed as it stands.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use bulla_types::Lang;
use rustix::process::{Pid, Signal, kill_process};

use crate::ports::NodePorts;
use crate::programs::program;
use crate::wait::until;

/// What stands before a command: the machine, or every machine.
const EVERY_MACHINE: &str = "each";

/// The passphrase of every key that has one.
const PASSPHRASE: &str = "泥封";

/// Something that a page says to do, or to see.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// `registry-1$ bulla …`
    Run { machine: String, command: String },
    /// `registry-1 -> all: plan.toml`
    Send { from: String, to: String, file: String },
    /// A plan, as `plan.toml` on the first machine.
    Plan(String),
    /// The names of what the command before has printed.
    See(Vec<String>),
}

/// Machines with what has been done on them.
pub struct Machines {
    folder: tempfile::TempDir,
    names: Vec<String>,
    ports: Vec<NodePorts>,
    lang: Lang,
    nodes: Vec<(String, Child)>,
    printed: String,
}

impl Machines {
    /// Empty ones, whose people read this language.
    #[must_use]
    pub fn new(names: &[&str], lang: Lang) -> Self {
        let folder = tempfile::tempdir().unwrap();
        names.iter().for_each(|name| fs::create_dir(folder.path().join(name)).unwrap());
        let ports = names.iter().map(|_| NodePorts::free()).collect();
        let names = names.iter().map(ToString::to_string).collect();
        Self { folder, names, ports, lang, nodes: Vec::new(), printed: String::new() }
    }

    /// The folder of a machine.
    #[must_use]
    pub fn folder(&self, machine: &str) -> PathBuf {
        self.folder.path().join(machine)
    }

    /// Does all that a page says, in its order. Nodes of `each` are started from the last machine to the first.
    pub async fn follow(&mut self, page: &str) {
        for step in steps(page) {
            match step {
                Step::Run { machine, command } if machine == EVERY_MACHINE => {
                    let names = self.names.clone();
                    for machine in names.iter().rev() {
                        self.run(machine, &command).await;
                    }
                }
                Step::Run { machine, command } => self.run(&machine, &command).await,
                Step::Send { from, to, file } => self.send(&from, &to, &file),
                Step::Plan(text) => fs::write(self.folder(&self.names[0]).join("plan.toml"), text).unwrap(),
                Step::See(names) => {
                    for name in names {
                        assert!(
                            self.printed.contains(&name),
                            "the page has {name:?}, and not:\n{}",
                            self.printed
                        );
                    }
                }
            }
        }
    }

    async fn run(&mut self, machine: &str, command: &str) {
        let command = self.substituted(machine, command);
        if let Some(arguments) = command.strip_prefix("bulla-node ") {
            let node = self.start(machine, arguments);
            self.nodes.push((machine.to_owned(), node));
            return;
        }
        let answered = |output: Output| output.status.success().then_some(output);
        let output = if command.starts_with("bulla status") {
            until(&format!("{machine}$ {command}"), || {
                std::future::ready(answered(self.shell(machine, &command)))
            })
            .await
        } else {
            let output = self.shell(machine, &command);
            assert!(output.status.success(), "{machine}$ {command}: {output:?}");
            output
        };
        self.printed = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    }

    /// The command with what stands for something else on each machine.
    fn substituted(&self, machine: &str, command: &str) -> String {
        let position = self.names.iter().position(|name| name == machine).unwrap();
        let NodePorts { grpc, http, network } = self.ports[position];
        let here = |port: u16| format!("127.0.0.1:{port}");
        command
            .replace("127.0.0.1:7000", &here(grpc))
            .replace("127.0.0.1:8080", &here(http))
            .replace("LABEL", machine)
            .replace("ADDRESS", &here(network))
    }

    fn shell(&self, machine: &str, command: &str) -> Output {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(self.folder(machine)).env_remove("BULLA_CONFIG");
        let programs = program("bulla").parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([programs].into_iter().chain(std::env::split_paths(&path))).unwrap();
        let lang = if self.lang == Lang::Zh { "zh" } else { "en" };
        shell.env("PATH", path).env("BULLA_LANG", lang).env("BULLA_PASSPHRASE", PASSPHRASE);
        shell.stdin(Stdio::null()).output().unwrap()
    }

    fn start(&self, machine: &str, arguments: &str) -> Child {
        let folder = self.folder(machine);
        let log = File::create(folder.join("node.log")).unwrap();
        let mut node = Command::new(program("bulla-node"));
        node.args(arguments.split_whitespace()).current_dir(folder);
        node.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }

    fn send(&self, from: &str, to: &str, file: &str) {
        let receivers = self.names.iter().filter(|name| *name != from && (to == "all" || *name == to));
        for receiver in receivers {
            fs::copy(self.folder(from).join(file), self.folder(receiver).join(file)).unwrap();
        }
    }

    /// Every file of a machine.
    #[must_use]
    pub fn files(&self, machine: &str) -> Vec<PathBuf> {
        files(&self.folder(machine))
    }

    /// Stops the nodes in order.
    pub async fn stop(&mut self) {
        for (machine, mut node) in std::mem::take(&mut self.nodes) {
            kill_process(Pid::from_child(&node), Signal::TERM).unwrap();
            let ended = || std::future::ready(node.try_wait().unwrap());
            let status = until(&format!("the node of {machine} ends"), ended).await;
            let log = fs::read_to_string(self.folder(&machine).join("node.log")).unwrap();
            assert!(status.success(), "the node of {machine} ended with {status}:\n{log}");
        }
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for (_, node) in &mut self.nodes {
            // It may have ended by itself.
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    items.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What the blocks of code of a page say to do.
fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        match kind {
            "sh" => steps.extend(block.into_iter().map(to_do)),
            "toml" => steps.push(Step::Plan(block.join("\n"))),
            "text" => {
                let name = |line: &str| line.trim().split("  ").next().unwrap_or_default().to_owned();
                steps.push(Step::See(block.into_iter().map(name).collect()));
            }
            other => panic!("a block of {other:?}"),
        }
    }
    steps
}

fn to_do(line: &str) -> Step {
    if let Some((machine, command)) = line.split_once("$ ") {
        return Step::Run { machine: machine.to_owned(), command: command.to_owned() };
    }
    let sent = line.split_once(" -> ").and_then(|(from, rest)| Some((from, rest.split_once(": ")?)));
    let (from, (to, file)) = sent.unwrap_or_else(|| panic!("neither a command nor a file sent: {line:?}"));
    Step::Send { from: from.to_owned(), to: to.to_owned(), file: file.to_owned() }
}

/// The commands and files sent of a page, as they stand.
#[must_use]
pub fn commands(page: &str) -> Vec<String> {
    let done = steps(page).into_iter().filter(|step| matches!(step, Step::Run { .. } | Step::Send { .. }));
    done.map(|step| format!("{step:?}")).collect()
}
