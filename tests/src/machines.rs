//! Machines, a folder each, on which a page of `docs/operations` is followed as it stands.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;

use bulla_types::Lang;
use futures::FutureExt;
use rustix::process::{Pid, Signal, kill_process};

use crate::folder::copy_folder;
use crate::ports::NodePorts;
use crate::programs::program;
use crate::wait::{LIMIT, until, until_within};

/// What stands before a command: the machine, or every machine.
const EVERY_MACHINE: &str = "each";

/// What stands before an act that is carried out as the page says of `ACT`.
const DECIDE: &str = "decide";

/// What a way to carry out acts says in the place of each.
const ACT: &str = "ACT";

/// The passphrase of every key that has one.
const PASSPHRASE: &str = "泥封";

/// Programs that go on beside what follows.
const SERVICES: [&str; 2] = ["bulla-node", "bulla-signer"];

/// Commands that change nothing: a person gives them again until they show what the page has.
const READING: [&str; 8] = [
    "bulla status",
    "bulla governance validators",
    "bulla governance parameters",
    "bulla governance protocol",
    "bulla governance proposal",
    "bulla governance show",
    "bulla member show",
    "bulla member key show",
];

/// Something that a page says to do, or to see.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// `registry-1$ bulla …`, and what it must print.
    Run { machine: String, command: String, sees: Vec<Seen> },
    /// `registry-1 -> all: plan.toml`
    Send { from: String, to: String, file: String },
    /// A file, or what comes at the end of one.
    Write { machine: String, file: String, at_end: bool, text: String },
}

/// A line of what a command prints.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    /// How it begins.
    name: String,
    /// What the page calls the last word of it from there on.
    called: Option<String>,
}

/// Machines with what has been done on them.
pub struct Machines {
    folder: tempfile::TempDir,
    names: Vec<String>,
    ports: Vec<NodePorts>,
    lang: Lang,
    services: Vec<Service>,
    /// What the pages call something, and what that is.
    called: BTreeMap<String, String>,
}

/// A program that goes on.
struct Service {
    machine: String,
    log: PathBuf,
    process: Child,
}

impl Machines {
    /// Empty ones, whose people read this language.
    #[must_use]
    pub fn new(names: &[&str], lang: Lang) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (ports, services) = (Vec::new(), Vec::new());
        let mut made = Self { folder, names: Vec::new(), ports, lang, services, called: BTreeMap::new() };
        names.iter().for_each(|name| made.add(name));
        made
    }

    /// Another empty one.
    pub fn add(&mut self, name: &str) {
        fs::create_dir(self.folder.path().join(name)).unwrap();
        self.names.push(name.to_owned());
        self.ports.push(NodePorts::free());
    }

    /// The folder of a machine.
    #[must_use]
    pub fn folder(&self, machine: &str) -> PathBuf {
        self.folder.path().join(machine)
    }

    /// Does all that a page says, in its order. Nodes of `each` are started from the last machine to the first.
    pub async fn follow(&mut self, page: &str) {
        for step in steps(page, &self.names[0]) {
            match step {
                Step::Run { machine, command, sees } if machine == EVERY_MACHINE => {
                    let names = self.names.clone();
                    for machine in names.iter().rev() {
                        self.run(machine, &command, &sees).await;
                    }
                }
                Step::Run { machine, command, sees } => self.run(&machine, &command, &sees).await,
                Step::Send { from, to, file } => self.send(&from, &to, &file),
                Step::Write { machine, file, at_end, text } => {
                    let path = self.folder(&machine).join(file);
                    let before = if at_end { fs::read_to_string(&path).unwrap() } else { String::new() };
                    let text = self.substituted(&machine, &text);
                    fs::write(path, format!("{before}{text}\n")).unwrap();
                }
            }
        }
    }

    async fn run(&mut self, machine: &str, command: &str, sees: &[Seen]) {
        let command = self.substituted(machine, command);
        if let Some(service) = self.start(machine, &command) {
            self.services.push(service);
            return;
        }
        let seen =
            sees.iter().map(|seen| Seen { name: self.substituted(machine, &seen.name), ..seen.clone() });
        let seen: Vec<_> = seen.collect();
        let printed = if READING.iter().any(|reading| command.starts_with(reading)) {
            let last = Mutex::new(None);
            let shown = until_within(LIMIT, "", || {
                let output = self.shell(machine, &command);
                let is_success = output.status.success();
                let printed = text_of(output);
                let shown = is_success && seen.iter().all(|seen| seen.line(&printed).is_some());
                *last.lock().unwrap() = Some(printed.clone());
                std::future::ready(shown.then_some(printed))
            });
            match AssertUnwindSafe(shown).catch_unwind().await {
                Ok(printed) => printed,
                Err(_) => {
                    panic!("{machine}$ {command}\ndoes not show {seen:?}, but {:?}", last.lock().unwrap())
                }
            }
        } else {
            let output = self.shell(machine, &command);
            assert!(output.status.success(), "{machine}$ {command}: {output:?}");
            text_of(output)
        };
        for seen in seen {
            let line = seen.line(&printed);
            let line =
                line.unwrap_or_else(|| panic!("{machine}$ {command}\nprints no {:?}:\n{printed}", seen.name));
            if let Some(called) = seen.called {
                self.called.insert(called, line.split_whitespace().last().unwrap().to_owned());
            }
        }
    }

    /// The text with what stands for something else on each machine, or has got a name.
    fn substituted(&self, machine: &str, text: &str) -> String {
        let position = self.names.iter().position(|name| name == machine).unwrap();
        let NodePorts { grpc, http, network } = self.ports[position];
        let here = |port: u16| format!("127.0.0.1:{port}");
        let fixed = [
            ("127.0.0.1:7000", here(grpc)),
            ("127.0.0.1:8080", here(http)),
            ("LABEL", machine.to_owned()),
            ("ENDPOINT", here(self.ports[0].grpc)),
            ("ADDRESS", here(network)),
        ];
        // A machine in capitals is where others reach it.
        let others = self
            .names
            .iter()
            .zip(&self.ports)
            .map(|(name, ports)| (name.to_uppercase(), here(ports.network)));
        let others: Vec<_> = others.collect();
        let others = others.iter().map(|(name, value)| (name.as_str(), value));
        let fixed = fixed.iter().map(|(name, value)| (*name, value)).chain(others);
        let called = self.called.iter().map(|(name, value)| (name.as_str(), value));
        fixed.chain(called).fold(text.to_owned(), |text, (name, value)| with_word(&text, name, value))
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

    /// Starts a program that goes on, if the command is of one.
    fn start(&self, machine: &str, command: &str) -> Option<Service> {
        let mut words = command.split_whitespace().peekable();
        let mut environment = Vec::new();
        while let Some(set) =
            words.next_if(|word| word.split_once('=').is_some_and(|(name, _)| is_name(name)))
        {
            environment.extend(set.split_once('='));
        }
        let name = words.next().filter(|name| SERVICES.contains(name))?;
        let folder = self.folder(machine);
        let log = folder.join(format!("{name}.log"));
        let output = File::options().create(true).append(true).open(&log).unwrap();
        let mut service = Command::new(program(name));
        service.args(words).envs(environment).current_dir(folder);
        service.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        Some(Service { machine: machine.to_owned(), log, process: service.spawn().unwrap() })
    }

    fn send(&self, from: &str, to: &str, file: &str) {
        let file = self.substituted(from, file);
        let receivers = self.names.iter().filter(|name| *name != from && (to == "all" || *name == to));
        for receiver in receivers {
            let sent = named(&self.folder(from), &file);
            assert!(!sent.is_empty(), "{from} has no {file}");
            for path in sent {
                let to = self.folder(receiver).join(path.file_name().unwrap());
                if path.is_dir() {
                    copy_folder(&path, &to);
                } else {
                    fs::copy(path, to).unwrap();
                }
            }
        }
    }

    /// Every file of a machine.
    #[must_use]
    pub fn files(&self, machine: &str) -> Vec<PathBuf> {
        files(&self.folder(machine))
    }

    /// Stops the nodes, and then their signers, in order.
    pub async fn stop(&mut self) {
        while let Some(Service { machine, log, mut process }) = self.services.pop() {
            kill_process(Pid::from_child(&process), Signal::TERM).unwrap();
            let ended = || std::future::ready(process.try_wait().unwrap());
            let status = until(&format!("what {machine} runs ends"), ended).await;
            let log = fs::read_to_string(log).unwrap();
            assert!(status.success(), "what {machine} ran ended with {status}:\n{log}");
        }
    }
}

impl Seen {
    /// The line of the output with this in its first column; where nothing of it gets a name, it may stand anywhere in
    /// one, and columns may be wider than on the page.
    fn line<'p>(&self, printed: &'p str) -> Option<&'p str> {
        printed.lines().find(|line| match self.called {
            Some(_) => line.trim_start().split("  ").next() == Some(&self.name),
            None => line.split_whitespace().collect::<Vec<_>>().join(" ").contains(&self.name),
        })
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for Service { machine, log, process } in &mut self.services {
            // It may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
            if std::thread::panicking() {
                let log = fs::read_to_string(log).unwrap_or_default();
                let lines: Vec<_> = log.lines().collect();
                eprintln!(
                    "--- {machine} ---\n{}",
                    lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
                );
            }
        }
    }
}

/// Lines of a log that are printed when a page could not be followed.
const LOG_TAIL_LINES: usize = 40;

fn files(folder: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    items.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The files of a folder that are meant: one, or all `*.with` such an end.
fn named(folder: &Path, file: &str) -> Vec<PathBuf> {
    let Some(end) = file.strip_prefix('*') else { return vec![folder.join(file)] };
    let files = fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    files.filter(|path| path.to_str().unwrap().ends_with(end)).collect()
}

fn text_of(output: Output) -> String {
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat()
}

/// What a page writes for something that is different for everybody: capitals, digits and hyphens.
fn is_name(word: &str) -> bool {
    word.len() > 1
        && word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

/// Puts a value in the place of a word, and not of a part of one.
fn with_word(text: &str, name: &str, value: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut done, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        let word = !before.ends_with(is_part) && !after.starts_with(is_part);
        // `KEY` is no part of `KEY-2`.
        let word = word && !(after.starts_with('-') && after[1..].starts_with(|c: char| c.is_ascii_digit()));
        done += before;
        done += if word { value } else { name };
        rest = after;
    }
    done + rest
}

/// What the blocks of code of a page say to do. A block with `ACT` in it is done where a line says `decide$`.
fn steps(page: &str, first: &str) -> Vec<Step> {
    let (mut steps, mut decide) = (Vec::new(), Vec::new());
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.trim_start().strip_prefix("```") else { continue };
        let block: Vec<_> =
            lines.by_ref().take_while(|line| line.trim() != "```").map(str::trim_end).collect();
        match kind {
            "sh" => {
                let done: Vec<_> = block.into_iter().flat_map(|line| to_do(line, &decide)).collect();
                if done.iter().any(|step| acted(step, "") != *step) {
                    decide = done;
                } else {
                    steps.extend(done);
                }
            }
            "toml" => steps.push(to_write(&block, first)),
            "text" => {
                let Some(Step::Run { sees, .. }) = steps.last_mut() else {
                    panic!("nothing prints {block:?}")
                };
                sees.extend(block.into_iter().filter(|line| !line.trim().is_empty()).map(seen));
            }
            other => panic!("a block of {other:?}"),
        }
    }
    steps
}

fn to_do(line: &str, decide: &[Step]) -> Vec<Step> {
    if let Some((machine, command)) = line.split_once("$ ") {
        if machine == DECIDE {
            assert!(!decide.is_empty(), "before it is said how: {line}");
            return decide.iter().map(|step| acted(step, command)).collect();
        }
        let (machine, command) = (machine.to_owned(), command.to_owned());
        return vec![Step::Run { machine, command, sees: Vec::new() }];
    }
    let sent = line.split_once(" -> ").and_then(|(from, rest)| Some((from, rest.split_once(": ")?)));
    let (from, (to, file)) = sent.unwrap_or_else(|| panic!("neither a command nor a file sent: {line:?}"));
    vec![Step::Send { from: from.to_owned(), to: to.to_owned(), file: file.to_owned() }]
}

/// A step of a way to carry out acts, with this one.
fn acted(step: &Step, act: &str) -> Step {
    let mut step = step.clone();
    if let Step::Run { command, .. } = &mut step {
        *command = with_word(command, ACT, act);
    }
    step
}

/// A file whose place the first line tells: `# registry-1: node.toml`, or `# registry-1: node.toml, at its end`. Without
/// one it is a plan, on the first machine.
fn to_write(block: &[&str], first: &str) -> Step {
    let place = block.first().and_then(|line| line.strip_prefix("# ")?.split_once(": "));
    let Some((machine, file)) = place else {
        let (machine, file) = (first.to_owned(), "plan.toml".to_owned());
        return Step::Write { machine, file, at_end: false, text: block.join("\n") };
    };
    let (file, at_end) = match file.split_once([',', '，']) {
        Some((file, _)) => (file, true),
        None => (file, false),
    };
    Step::Write { machine: machine.to_owned(), file: file.to_owned(), at_end, text: block[1..].join("\n") }
}

fn seen(line: &str) -> Seen {
    let (name, value) = line.trim().split_once("  ").unwrap_or((line.trim(), ""));
    let called = value.split_whitespace().last().filter(|word| is_name(word));
    Seen { name: name.to_owned(), called: called.map(ToOwned::to_owned) }
}

/// What a page has its readers do, and what they call what they see.
#[must_use]
pub fn commands(page: &str) -> Vec<String> {
    let done = steps(page, "").into_iter().map(|mut step| {
        if let Step::Run { sees, .. } = &mut step {
            // Names of what is printed are in the language of the page.
            sees.iter_mut().for_each(|seen| seen.name.clear());
        }
        format!("{step:?}")
    });
    done.collect()
}

/// The sections of a page up to this one, counted from 1, and what stands before the first.
#[must_use]
pub fn sections(page: &str, last: usize) -> String {
    page.split_inclusive("\n## ").take(last + 1).collect()
}
