//! `bulla network template`.

use bulla_types::Lang;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Show;

/// Print a plan to fill in | 输出待填写的创立方案
#[derive(clap::Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        context.show(&Template { template: template(context.lang) })
    }
}

/// The plan with every choice of its founders left blank.
pub(crate) fn template(lang: Lang) -> &'static str {
    match lang {
        Lang::En => include_str!("template.en.toml"),
        Lang::Zh => include_str!("template.zh.toml"),
    }
}

#[derive(Serialize)]
struct Template {
    template: &'static str,
}

impl Show for Template {
    fn text(&self, _: Lang) -> String {
        self.template.trim_end().to_owned()
    }
}
