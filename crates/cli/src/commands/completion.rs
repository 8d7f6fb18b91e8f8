//! `bulla completion`.

use bulla_types::Lang;
use clap_complete::{Shell, generate};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::help;
use crate::output::Show;

/// Print a completion script for a shell | 输出 shell 的补全脚本
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shell | 所用的 shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Serialize)]
struct Completion {
    script: String,
}

impl Arguments {
    pub(crate) fn run(self, context: &Context) -> Result<u8, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut help::command(context.lang), "bulla", &mut script);
        context.show(&Completion { script: String::from_utf8_lossy(&script).into_owned() })
    }
}

impl Show for Completion {
    fn text(&self, _: Lang) -> String {
        self.script.trim_end().to_owned()
    }
}
