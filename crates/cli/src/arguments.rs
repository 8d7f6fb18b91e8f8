//! The command line. Every help text stands here and in the commands' own files in both languages,
//! `English | 中文`; `help` shows one of them.

use std::path::PathBuf;

use bulla_rules::profile::ProfileKind;
use clap::{Args, Parser, Subcommand};

use crate::commands::{
    account, backup, bench, calendar, cases, certificate, checkpoint, clocks, completion, deadlines,
    evidence, fsck, governance, key, localnet, member, network, profile, receipt, snapshot, status,
    status_proof, verify,
};
use crate::context::Context;
use crate::failure::Failure;
use crate::language::Language;

/// Bulla, a permissioned ledger: everything that a person does with it | Bulla 许可账本的命令行工具
#[derive(Parser)]
#[command(name = "bulla", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes.
#[derive(Args)]
pub(crate) struct Common {
    /// Print one JSON document | 输出一个 JSON 文档
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of messages, zh or en (or environment BULLA_LANG); from the locale by default | 提示语言：zh 或 en（或环境变量 BULLA_LANG），默认随系统区域设置
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<Language>,
    /// Which ledger, which nodes, and as whom: a client.toml (or environment BULLA_CONFIG) | 客户端配置文件 client.toml：账本、节点与身份（或环境变量 BULLA_CONFIG）
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// gRPC addresses in place of the configured ones, several with commas | 节点 gRPC 地址，多个用逗号分隔，替代配置中的地址
    #[arg(long, global = true, value_name = "URL", value_delimiter = ',')]
    pub(crate) endpoint: Vec<String>,
    /// The ledger's genesis in place of the configured one | 创世文件，替代配置中的文件
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) genesis: Option<PathBuf>,
    /// Use this local network: its client.toml and the keys in its folder | 使用该本地网络的 client.toml 及其目录中的密钥
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) localnet: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Localnet(localnet::Arguments),
    Network(network::Arguments),
    Key(key::Arguments),
    Member(member::Arguments),
    Evidence(evidence::Arguments),
    /// Cases of registration: open, step, show, list, work, template | 登记案件：立案、办理、查看、列出、待办、模板
    Registration(cases::Arguments),
    /// Cases of trade: open, step, show, list, work, template | 交易案件：立案、办理、查看、列出、待办、模板
    Trade(cases::Arguments),
    Account(account::Arguments),
    Certificate(certificate::Arguments),
    Deadlines(deadlines::Arguments),
    Clocks(clocks::Arguments),
    Governance(governance::Arguments),
    Receipt(receipt::Arguments),
    StatusProof(status_proof::Arguments),
    Verify(verify::Arguments),
    Checkpoint(checkpoint::Arguments),
    Status(status::Arguments),
    Calendar(calendar::Arguments),
    Profile(profile::Arguments),
    Fsck(fsck::Arguments),
    Backup(backup::Arguments),
    Snapshot(snapshot::Arguments),
    Bench(bench::Arguments),
    Completion(completion::Arguments),
}

impl Command {
    /// Runs the command; gives the exit code.
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self {
            Self::Localnet(arguments) => arguments.run(context),
            Self::Network(arguments) => arguments.run(context),
            Self::Key(arguments) => arguments.run(context),
            Self::Member(arguments) => arguments.run(context),
            Self::Evidence(arguments) => arguments.run(context),
            Self::Registration(arguments) => arguments.run(context, ProfileKind::Register),
            Self::Trade(arguments) => arguments.run(context, ProfileKind::Venue),
            Self::Account(arguments) => arguments.run(context),
            Self::Certificate(arguments) => arguments.run(context),
            Self::Deadlines(arguments) => arguments.run(context),
            Self::Clocks(arguments) => arguments.run(context),
            Self::Governance(arguments) => arguments.run(context),
            Self::Receipt(arguments) => arguments.run(context),
            Self::StatusProof(arguments) => arguments.run(context),
            Self::Verify(arguments) => arguments.run(context),
            Self::Checkpoint(arguments) => arguments.run(context),
            Self::Status(arguments) => arguments.run(context),
            Self::Calendar(arguments) => arguments.run(context),
            Self::Profile(arguments) => arguments.run(context),
            Self::Fsck(arguments) => arguments.run(context),
            Self::Backup(arguments) => arguments.run(context),
            Self::Snapshot(arguments) => arguments.run(context),
            Self::Bench(arguments) => arguments.run(context),
            Self::Completion(arguments) => arguments.run(context),
        }
    }
}
