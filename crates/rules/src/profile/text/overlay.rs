//! The text of an overlay.

use bulla_crypto::Hash;
use bulla_types::CreditCode;

use super::heads::{title, title_keys};
use super::keys::Keys;
use super::node::{Node, every};
use super::places::Places;
use super::values::{content, terms};
use super::{id, parsed};
use crate::civil_date::CivilDate;
use crate::profile::head::Title;
use crate::profile::ident::Ident;
use crate::profile::limits::NOTE_BYTES_MAX;
use crate::profile::problem::{Problem, ProblemCode, Words};
use crate::profile::profile_id::ProfileId;
use crate::profile::value::Content;
use crate::profile::vocabulary::Term;
use crate::profile::whole::Profile;

/// What an overlay says (补充规定): by whom, by what act, and how it fills in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlayText {
    /// Identifier of the adopted profile.
    pub id: ProfileId,
    /// Version of the adopted profile.
    pub version: u32,
    /// The profile that is filled in.
    pub base_id: ProfileId,
    /// Its version.
    pub base_version: u32,
    /// Its digest.
    pub base_digest: Hash,
    /// The body that decides.
    pub authority: Title,
    /// Its unified social credit code.
    pub credit_code: CreditCode,
    /// The document by which it decides.
    pub document: Title,
    /// When it decided.
    pub decided_on: CivilDate,
    /// Values that it sets: name, content, what that rests on.
    pub values: Vec<(Ident, Content, String)>,
    /// Terms that it adds to open vocabularies.
    pub terms: Vec<(Ident, Vec<Term>)>,
}

/// Reads the text of an overlay over this profile, whose values say of what kind each is.
///
/// # Errors
/// Everything that is wrong with its form, in the order of the text.
pub fn parse_overlay(text: &str, base: &Profile) -> Result<(OverlayText, Places), Vec<Problem>> {
    parsed(text, |keys| overlay(keys, base))
}

fn overlay(keys: &Keys<'_>, base: &Profile) -> Option<OverlayText> {
    let own = keys.must("overlay").and_then(|node| versioned(&node));
    let over = keys.must("base").and_then(|node| digested(&node));
    let authority = keys.must("authority").and_then(|node| authority(&node));
    let decision = keys.must("decision").and_then(|node| decision(&node));
    let values = keys
        .read("values", |node| every(node.named()?.into_iter().map(|(name, node)| value(name, &node, base))));
    let terms = keys
        .read("vocabularies", |node| every(node.named()?.into_iter().map(|(name, node)| added(name, &node))));
    let ((id, version), (base_id, base_version, base_digest)) = (own?, over?);
    let ((authority, credit_code), (document, decided_on)) = (authority?, decision?);
    Some(OverlayText {
        id,
        version,
        base_id,
        base_version,
        base_digest,
        authority,
        credit_code,
        document,
        decided_on,
        values: values?.unwrap_or_default(),
        terms: terms?.unwrap_or_default(),
    })
}

fn versioned(node: &Node<'_>) -> Option<(ProfileId, u32)> {
    let keys = node.table()?;
    let id = keys.must("id").and_then(|node| id(&node));
    let version = keys.must("version").and_then(|node| node.counted(u32::MAX));
    keys.finish();
    id.zip(version)
}

fn digested(node: &Node<'_>) -> Option<(ProfileId, u32, Hash)> {
    let keys = node.table()?;
    let id = keys.must("id").and_then(|node| id(&node));
    let version = keys.must("version").and_then(|node| node.counted(u32::MAX));
    let digest = keys.must("digest").and_then(|node| {
        node.parse("64 位十六进制摘要", "a digest of 64 hexadecimal digits", |text| text.parse().ok())
    });
    keys.finish();
    Some((id?, version?, digest?))
}

fn authority(node: &Node<'_>) -> Option<(Title, CreditCode)> {
    let keys = node.table()?;
    let name = title_keys(&keys);
    let credit_code = keys.must("credit_code").and_then(|node| {
        node.parse("统一社会信用代码", "a unified social credit code", |text| {
            CreditCode::parse(text.as_bytes()).ok()
        })
    });
    keys.finish();
    name.zip(credit_code)
}

fn decision(node: &Node<'_>) -> Option<(Title, CivilDate)> {
    let keys = node.table()?;
    let document = keys.must("document").and_then(|node| title(&node));
    let date = keys.must("date").and_then(|node| node.date());
    keys.finish();
    document.zip(date)
}

/// A value that the profile has; one that it has not is left to the laying of the overlay, which names it.
fn value(name: Ident, node: &Node<'_>, base: &Profile) -> Option<(Ident, Content, String)> {
    let keys = node.table()?;
    let content = match base.values.get(name.as_str()) {
        Some(value) => keys.must("value").and_then(|node| content(&node, value.kind)),
        None => {
            let details = vec![Words::of("参数", "value"), Words::same(&name)];
            keys.problem(ProblemCode::NameUnknown, details);
            keys.has("value");
            None
        }
    };
    let basis = keys.must("basis").and_then(|node| node.text(NOTE_BYTES_MAX));
    keys.finish();
    Some((name, content?, basis?))
}

fn added(name: Ident, node: &Node<'_>) -> Option<(Ident, Vec<Term>)> {
    let keys = node.table()?;
    let terms = keys.must("terms").and_then(|node| terms(&node));
    keys.finish();
    Some((name, terms?))
}
