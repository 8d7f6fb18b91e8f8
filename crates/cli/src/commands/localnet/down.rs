//! `bulla localnet down`.

use std::path::Path;

use bulla_types::Lang;
use serde::Serialize;

use super::layout::Localnet;
use super::{clock, nodes, process};
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{NOTHING_RUNS, STOPPED};
use crate::output::Show;

pub(super) fn run(context: &Context, dir: &Path) -> Result<u8, Failure> {
    let dir = nodes::existing(dir)?;
    let nodes = Localnet::read(&dir)?.nodes;
    let stopped = process::stop(&dir, &nodes);
    clock::stop(&dir)?;
    context.show(&Down { stopped })
}

/// The nodes that were running.
#[derive(Serialize)]
struct Down {
    stopped: Vec<String>,
}

impl Show for Down {
    fn text(&self, lang: Lang) -> String {
        match self.stopped.as_slice() {
            [] => NOTHING_RUNS.of(lang).to_owned(),
            names => STOPPED.fill(lang, &[&names.join(" ")]),
        }
    }
}
