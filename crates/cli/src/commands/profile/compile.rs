//! `bulla profile compile`.

use bulla_types::Lang;
use serde::Serialize;

use super::read::Files;
use super::texts::{BYTES, DIGEST, PROFILE};
use crate::context::Context;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::messages::FILE;
use crate::output::{Show, facts};

/// Compile a profile to the bytes that governance adopts | 将规则配置编译为供采用的字节
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    destination: Destination,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        self.destination.check()?;
        let profile = self.files.whole()?;
        let bytes = profile.encode();
        let compiled = Compiled {
            id: profile.id.to_string(),
            version: profile.version,
            digest: profile.digest().to_string(),
            bytes: bytes.len(),
            file: self.destination.write(&bytes)?.display().to_string(),
        };
        context.show(&compiled)
    }
}

/// A profile that has been written.
#[derive(Serialize)]
struct Compiled {
    id: String,
    version: u32,
    digest: String,
    bytes: usize,
    file: String,
}

impl Show for Compiled {
    fn text(&self, lang: Lang) -> String {
        facts([
            (PROFILE.of(lang), format!("{} {}", self.id, self.version)),
            (DIGEST.of(lang), self.digest.clone()),
            (BYTES.of(lang), self.bytes.to_string()),
            (FILE.of(lang), self.file.clone()),
        ])
    }
}
