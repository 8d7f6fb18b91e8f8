//! `bulla-node`: runs one node until SIGTERM or SIGINT.

use std::path::PathBuf;
use std::process::ExitCode;

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
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    telemetry::start();
    match start(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", error.text());
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn start(arguments: &Arguments) -> Result<(), NodeError> {
    let config = NodeConfig::read(&arguments.config)?;
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
