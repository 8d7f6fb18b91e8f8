//! `bulla-node`: runs one node until SIGTERM or SIGINT.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::{env, io};

use bulla_node::config::NodeConfig;
use bulla_node::{NodeError, run, telemetry};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

/// Runs one node of a Bulla ledger / 运行一个 Bulla 账本节点
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The node's configuration, node.toml / 节点配置文件
    #[arg(long, env = "BULLA_NODE_CONFIG")]
    config: PathBuf,
    /// The clock of a ledger for tests, clock.toml; refused by any other ledger / 测试账本的时钟文件；其他账本拒绝使用
    #[arg(long, value_name = "FILE")]
    clock: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    telemetry::start();
    match start(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(NodeError::StoreStuck) => {
            let error = start_again();
            eprintln!("{}: {error}", NodeError::StoreStuck.text());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{}", error.text());
            ExitCode::FAILURE
        }
    }
}

/// Becomes the same program anew, under the same process id; every file is closed by that. Returns only if it
/// cannot.
fn start_again() -> io::Error {
    match env::current_exe() {
        Ok(program) => Command::new(program).args(env::args_os().skip(1)).exec(),
        Err(error) => error,
    }
}

#[tokio::main]
async fn start(arguments: &Arguments) -> Result<(), NodeError> {
    let mut config = NodeConfig::read(&arguments.config)?;
    config.clock.clone_from(&arguments.clock);
    let mut terminate = signal(SignalKind::terminate()).map_err(NodeError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(NodeError::Signals)?;
    run(config, async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
    .await
}
