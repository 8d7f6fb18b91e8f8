//! Profiles and overlays as people write them: TOML. `docs/profiles.md` is the page for them.

mod conditions;
mod date_rules;
mod effects;
mod heads;
mod keys;
mod node;
mod overlay;
mod places;
mod procedures;
mod records;
mod schema;
mod steps;
mod values;

pub use overlay::{OverlayText, parse_overlay};
pub use places::Places;

use toml::de::DeTable;

use super::limits::PROFILE_TEXT_BYTES_MAX;
use super::problem::{Place, Problem, ProblemCode, Words};
use super::table::{Named, Table};
use super::whole::Profile;
use super::{ident::Ident, profile_id::ProfileId};
use heads::title_keys;
use keys::Keys;
use node::{Node, Reading};
use procedures::table;

/// Reads the text of a profile. What its parts say to each other is left to
/// [`check`](Profile::check).
///
/// # Errors
/// Everything that is wrong with its form, in the order of the text.
pub fn parse(text: &str) -> Result<(Profile, Places), Vec<Problem>> {
    parsed(text, profile)
}

fn parsed<T>(text: &str, read: impl FnOnce(&Keys<'_>) -> Option<T>) -> Result<(T, Places), Vec<Problem>> {
    if text.len() > PROFILE_TEXT_BYTES_MAX {
        let details = vec![Words::same(text.len()), Words::same(PROFILE_TEXT_BYTES_MAX)];
        return Err(vec![Problem::new(ProblemCode::TooMany, "", details)]);
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| syntax(text, error)).collect());
    }
    let reading = Reading::default();
    let result = {
        let keys = Keys::new(&reading, String::new(), document.get_ref());
        let result = read(&keys);
        keys.finish();
        result
    };
    reading.finish(text, result)
}

fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    let mut problem = Problem::new(ProblemCode::Syntax, "", vec![Words::same(error.message())]);
    problem.place =
        error.span().map(|span| places::place(text, span.start)).or(Some(Place { line: 1, column: 1 }));
    problem
}

fn profile(keys: &Keys<'_>) -> Option<Profile> {
    let identity = keys.must("profile").and_then(|node| identity(&node));
    let sources = section(keys, "sources", heads::source);
    let values = section(keys, "values", values::value);
    let vocabularies = section(keys, "vocabularies", values::vocabulary);
    let fields = section(keys, "fields", schema::field);
    let documents = section(keys, "documents", schema::document);
    let parties = section(keys, "parties", schema::party);
    let accounts = section(keys, "accounts", records::account);
    let objects = section(keys, "objects", records::object);
    let rights = section(keys, "rights", records::right);
    let flags = section(keys, "flags", records::flag);
    let certificates = section(keys, "certificates", records::certificate);
    let procedures = section(keys, "procedures", procedures::procedure);
    let Identity { id, version, kind, title } = identity?;
    Some(Profile {
        id,
        version,
        kind,
        title,
        sources: sources?,
        values: values?,
        vocabularies: vocabularies?,
        fields: fields?,
        documents: documents?,
        parties: parties?,
        accounts: accounts?,
        objects: objects?,
        rights: rights?,
        flags: flags?,
        certificates: certificates?,
        procedures: procedures?,
        adoption: None,
    })
}

fn section<T: Named>(
    keys: &Keys<'_>,
    key: &'static str,
    read: impl Fn(Ident, &Node<'_>) -> Option<T>,
) -> Option<Table<T>> {
    keys.read(key, |node| table(&node, read)).map(Option::unwrap_or_default)
}

struct Identity {
    id: ProfileId,
    version: u32,
    kind: super::whole::ProfileKind,
    title: super::head::Title,
}

fn identity(node: &Node<'_>) -> Option<Identity> {
    let keys = node.table()?;
    let id = keys.must("id").and_then(|node| id(&node));
    let version = keys.must("version").and_then(|node| node.counted(u32::MAX));
    let kind = keys.must("kind").and_then(|node| node.word());
    let title = title_keys(&keys);
    keys.finish();
    Some(Identity { id: id?, version: version?, kind: kind?, title: title? })
}

fn id(node: &Node<'_>) -> Option<ProfileId> {
    node.parse("规则配置的编号", "the id of a profile", |text| text.parse().ok())
}
