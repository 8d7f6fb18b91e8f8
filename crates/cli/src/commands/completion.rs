//! `bulla completion`.

use clap_complete::{Shell, generate};

use crate::failure::{Failure, exit};
use crate::{help, language};

/// Print a completion script for a shell | 输出 shell 的补全脚本
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shell | shell 名称
    shell: Shell,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<u8, Failure> {
        let mut command = help::command(language::choose(std::env::args_os()));
        let mut script = Vec::new();
        generate(self.shell, &mut command, "bulla", &mut script);
        crate::output::print(&String::from_utf8_lossy(&script));
        Ok(exit::OK)
    }
}
