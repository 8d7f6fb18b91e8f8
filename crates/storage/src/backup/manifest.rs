//! The manifest: what a backup holds, of which ledger, as of which block. Format:
//! `docs/formats/backup.md`.
//!
//! Two lines of text: a JSON document in its one spelling, and BLAKE3 over it. The digests are against damage;
//! against malice stands what they name, which proves itself from the genesis on.

use std::{fmt, str::FromStr};

use bulla_types::{BlockHash, Height, LedgerId};
use serde::{Deserialize, Serialize};

use crate::slots::SCHEMA_VERSION;

/// Name of the manifest within a backup.
pub(super) const MANIFEST: &str = "manifest";
/// Name of the canonical genesis within a backup.
pub(super) const GENESIS: &str = "genesis.bin";
/// Name of the tip record within a backup.
pub(super) const TIP: &str = "tip";
/// The folder of the database's files within a backup.
pub(super) const DATABASE: &str = "db";

const FORMAT: &str = "bulla-backup";
/// The only version of the format.
pub(super) const VERSION: u32 = 1;

/// Files of one backup: some terabytes of a database.
pub(super) const FILES_MAX: usize = 100_000;
/// Bytes of a manifest.
pub(super) const MANIFEST_BYTES_MAX: u64 = 32 << 20;
/// Bytes of a file's name without its folder.
const NAME_BYTES_MAX: usize = 64;
/// Bytes of the name of a program.
const PROGRAM_BYTES_MAX: usize = 64;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Version of the data folder whose files these are.
    pub schema: u32,
    /// The ledger.
    pub ledger_id: LedgerId,
    /// The newest block in it.
    pub height: Height,
    /// Its hash.
    pub block_hash: BlockHash,
    /// Entries in it.
    pub log_size: u64,
    /// When it was made, by the clock of the node's machine, milliseconds UTC.
    pub made_at_ms: u64,
    /// By which program: name and version.
    pub made_by: String,
    /// Every file of it but the manifest, rising by name.
    pub files: Vec<BackupFile>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupFile {
    /// Where.
    pub name: FileName,
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of all of it.
    pub blake3: [u8; 32],
}

/// A name that stays within its backup: `tip`, `genesis.bin` or `db/…`, of letters, digits, `.`, `_` and `-`, not
/// beginning with a dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileName(String);

/// Why bytes are no manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// More than any manifest.
    #[error("it is longer than the {MANIFEST_BYTES_MAX} bytes that a manifest can have")]
    TooLong,
    /// The second line is not the digest of the first.
    #[error("it is cut off or altered: its digest does not match")]
    Digest,
    /// It is of later software.
    #[error("it has version {found}; this software knows version {VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
    /// The data folder in it is of later or earlier software.
    #[error("its files have schema {found}; this software reads schema {SCHEMA_VERSION}")]
    Schema {
        /// Its schema version.
        found: u32,
    },
    /// It is not what the format says.
    #[error("it breaks the format: {0}")]
    Form(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    schema: u32,
    ledger_id: String,
    height: u64,
    block_hash: String,
    log_size: u64,
    made_at_ms: u64,
    made_by: String,
    files: Vec<DocumentFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentFile {
    name: String,
    bytes: u64,
    blake3: String,
}

/// What is read before the rest can be understood.
#[derive(Deserialize)]
struct Heading {
    format: String,
    version: u32,
}

impl Manifest {
    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// The two lines.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let files = self.files.iter().map(|file| DocumentFile {
            name: file.name.to_string(),
            bytes: file.bytes,
            blake3: hex::encode(file.blake3),
        });
        let document = Document {
            format: FORMAT.to_owned(),
            version: VERSION,
            schema: self.schema,
            ledger_id: self.ledger_id.to_string(),
            height: self.height.0,
            block_hash: self.block_hash.to_string(),
            log_size: self.log_size,
            made_at_ms: self.made_at_ms,
            made_by: self.made_by.clone(),
            files: files.collect(),
        };
        #[allow(clippy::expect_used, reason = "strings and numbers always have a JSON form")]
        let mut text = serde_json::to_string(&document).expect("invariant: a manifest has a JSON form");
        text.push('\n');
        let digest = blake3::hash(text.as_bytes()).to_hex();
        text.push_str(&digest);
        text.push('\n');
        text.into_bytes()
    }

    /// Reads the two lines; takes one spelling only.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ManifestError> {
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MANIFEST_BYTES_MAX {
            return Err(ManifestError::TooLong);
        }
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(ManifestError::Digest)?;
        let (document, digest) = bytes.split_at(end + 1);
        if digest != format!("{}\n", blake3::hash(document).to_hex()).as_bytes() {
            return Err(ManifestError::Digest);
        }
        let form = |error: serde_json::Error| ManifestError::Form(error.to_string());
        let heading: Heading = serde_json::from_slice(document).map_err(form)?;
        if heading.format != FORMAT {
            return Err(ManifestError::Form(format!("the format is {:?}", heading.format)));
        }
        if heading.version != VERSION {
            return Err(ManifestError::Version { found: heading.version });
        }
        let document: Document = serde_json::from_slice(document).map_err(form)?;
        if document.schema != SCHEMA_VERSION {
            return Err(ManifestError::Schema { found: document.schema });
        }
        let manifest = Self::parse(document).map_err(ManifestError::Form)?;
        if manifest.encode() != bytes {
            return Err(ManifestError::Form("it is not in its one spelling".to_owned()));
        }
        Ok(manifest)
    }

    fn parse(document: Document) -> Result<Self, String> {
        if document.files.len() > FILES_MAX {
            return Err(format!("it names more than {FILES_MAX} files"));
        }
        if document.made_by.is_empty()
            || document.made_by.len() > PROGRAM_BYTES_MAX
            || !document.made_by.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        {
            return Err("made_by is not the name of a program".to_owned());
        }
        if document.height == 0 {
            return Err("it is of no block".to_owned());
        }
        let files = document.files.into_iter().map(|file| {
            let mut blake3 = [0; 32];
            hex::decode_to_slice(&file.blake3, &mut blake3)
                .map_err(|_| format!("the digest of {:?} is not 64 hexadecimal digits", file.name))?;
            Ok(BackupFile { name: file.name.parse()?, bytes: file.bytes, blake3 })
        });
        let files = files.collect::<Result<Vec<_>, String>>()?;
        if !files.is_sorted_by(|a, b| a.name < b.name) {
            return Err("its files do not rise by name".to_owned());
        }
        for needed in [TIP, GENESIS] {
            if files.binary_search_by(|file| file.name.as_str().cmp(needed)).is_err() {
                return Err(format!("it does not name {needed}"));
            }
        }
        let hash = |name: &str, text: &str| {
            text.parse::<BlockHash>().map_err(|_| format!("{name} is not 64 hexadecimal digits"))
        };
        Ok(Self {
            schema: document.schema,
            ledger_id: LedgerId(hash("ledger_id", &document.ledger_id)?.0),
            height: Height(document.height),
            block_hash: hash("block_hash", &document.block_hash)?,
            log_size: document.log_size,
            made_at_ms: document.made_at_ms,
            made_by: document.made_by,
            files,
        })
    }
}

impl FileName {
    /// That of a file of the database.
    pub(super) fn of_database(name: &str) -> Result<Self, String> {
        format!("{DATABASE}/{name}").parse()
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name within the folder of the database; `None` for a file beside it.
    pub(super) fn within_database(&self) -> Option<&str> {
        self.0.strip_prefix("db/")
    }
}

impl FromStr for FileName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.strip_prefix("db/");
        let is_plain = |name: &str| {
            !name.is_empty()
                && name.len() <= NAME_BYTES_MAX
                && !name.starts_with('.')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if name.map_or([TIP, GENESIS].contains(&text), is_plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!("{:?} is not the name of a file of a backup", text.chars().take(80).collect::<String>()))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{env, fs, path::PathBuf};

    use serde_json::{Value, json};

    use super::*;

    fn manifest() -> Manifest {
        let file = |name: &str, content: &[u8]| BackupFile {
            name: name.parse().unwrap(),
            bytes: content.len() as u64,
            blake3: blake3::hash(content).into(),
        };
        Manifest {
            schema: SCHEMA_VERSION,
            ledger_id: LedgerId::from_bytes([0xaa; 32]),
            height: Height(1234),
            block_hash: BlockHash::from_bytes([0xbb; 32]),
            log_size: 5678,
            made_at_ms: 1_790_000_000_123,
            made_by: "bulla-node 0.1.0".to_owned(),
            files: vec![
                file("db/000012.sst", b"a table"),
                file("db/CURRENT", b"MANIFEST-000005\n"),
                file("genesis.bin", b"a genesis"),
                file("tip", b"a tip record"),
            ],
        }
    }

    /// With the digest that fits.
    fn signed(document: &str) -> Vec<u8> {
        let line = format!("{document}\n");
        format!("{line}{}\n", blake3::hash(line.as_bytes()).to_hex()).into_bytes()
    }

    fn altered(change: impl FnOnce(&str) -> String) -> Vec<u8> {
        let text = String::from_utf8(manifest().encode()).unwrap();
        signed(&change(text.lines().next().unwrap()))
    }

    fn without_tip() -> Vec<u8> {
        let mut manifest = manifest();
        manifest.files.pop();
        manifest.encode()
    }

    /// What the format refuses, with the reason that this implementation gives.
    fn refused() -> Vec<(&'static str, Vec<u8>)> {
        let name = |to: &str| altered(|line| line.replace("db/000012.sst", to));
        let whole = manifest().encode();
        vec![
            ("its digest does not match", whole[..whole.len() - 1].to_vec()),
            ("its digest does not match", whole[..40].to_vec()),
            ("its digest does not match", Vec::new()),
            ("its digest does not match", {
                let mut bytes = whole.clone();
                bytes[150] ^= 1;
                bytes
            }),
            ("it has version 2", altered(|line| line.replace("\"version\":1", "\"version\":2,\"more\":1"))),
            ("its files have schema 3", altered(|line| line.replace("\"schema\":2", "\"schema\":3"))),
            ("its files have schema 1", altered(|line| line.replace("\"schema\":2", "\"schema\":1"))),
            ("the format is", altered(|line| line.replace("bulla-backup", "other"))),
            ("unknown field", altered(|line| line.replace("\"schema\":2", "\"schema\":2,\"more\":1"))),
            ("missing field", altered(|line| line.replace("\"log_size\":5678,", ""))),
            ("it is not in its one spelling", altered(|line| line.replace(":1234", ": 1234"))),
            ("it is not in its one spelling", altered(|line| line.replace("aaaa", "AAAA"))),
            ("is not 64 hexadecimal digits", altered(|line| line.replace("bbbb", "bbb"))),
            ("it is of no block", altered(|line| line.replace(":1234", ":0"))),
            ("made_by is not", altered(|line| line.replace("bulla-node 0.1.0", ""))),
            ("its files do not rise by name", name("db/ZZ")),
            ("its files do not rise by name", name("db/CURRENT")),
            ("it does not name tip", without_tip()),
            ("is not the name of a file", name("../../etc/passwd")),
            ("is not the name of a file", name("/etc/passwd")),
            ("is not the name of a file", name("db/../tip")),
            ("is not the name of a file", name("db/..")),
            ("is not the name of a file", name("db/a/b")),
            ("is not the name of a file", name("db/")),
            ("is not the name of a file", name("db/.hidden")),
            ("is not the name of a file", name("db/a\\u0000b")),
            ("is not the name of a file", name("signed")),
            ("is not the name of a file", name("consensus.wal")),
        ]
    }

    #[test]
    fn a_manifest_reads_as_it_was_written() {
        assert_eq!(Manifest::decode(&manifest().encode()).unwrap(), manifest());
        assert_eq!(manifest().bytes(), 44);
    }

    #[test]
    fn what_breaks_the_format_is_refused_with_its_reason() {
        for (reason, bytes) in refused() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            match Manifest::decode(&bytes) {
                Err(error) => assert!(error.to_string().contains(reason), "{reason}: {error}: {text}"),
                Ok(_) => panic!("{reason}: {text}"),
            }
        }
    }

    #[test]
    fn every_changed_byte_of_a_manifest_is_noticed() {
        let whole = manifest().encode();
        for position in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[position] ^= 0x20;
            assert!(Manifest::decode(&bytes).is_err(), "byte {position}");
        }
    }

    #[test]
    fn the_vectors_of_the_format_are_what_the_page_says() {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let refused: Vec<_> = refused()
            .into_iter()
            .filter_map(|(_, bytes)| {
                let error = Manifest::decode(&bytes).unwrap_err().to_string();
                let manifest = String::from_utf8(bytes).ok()?;
                Some(json!({ "why": error, "manifest": manifest }))
            })
            .collect();
        let vectors: Value = json!({
            "accepted": [{
                "manifest": text(&manifest().encode()),
                "height": 1234,
                "files": { "db/000012.sst": "a table", "db/CURRENT": "MANIFEST-000005\n",
                    "genesis.bin": "a genesis", "tip": "a tip record" },
            }],
            "refused": refused,
        });
        let path =
            PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/backup.json"));
        let written = serde_json::to_string_pretty(&vectors).unwrap() + "\n";
        if env::var_os("BULLA_WRITE_VECTORS").is_some() {
            fs::write(&path, &written).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), written);
    }
}
