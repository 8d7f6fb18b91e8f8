//! What the records of registers have in common, as people and scripts read them.

mod listing;
mod of_ledger;
mod values;

use std::collections::BTreeMap;

use bulla_client::{CaseReport, Client};
use bulla_rules::profile::Profile;
use bulla_types::{
    CaseNumber, CertificateNumber, FieldContent, Lang, ProfileDigest, RecordFlag, RecordFlagClass, RuleName,
    Subject,
};
use serde::Serialize;

pub(crate) use listing::{Listing, unknown};
pub(crate) use of_ledger::OfLedger;
pub(crate) use values::{FieldView, percent};

use crate::lookup::People;
use crate::messages::PROFILE_VERSION;
use crate::titled::Titled;
use crate::when;
use crate::words::{Word, of_code};

/// What stands in a record, by name.
pub(crate) type Contents = BTreeMap<RuleName, FieldContent>;

/// The contents of a record for everyone to read. Where the case that they come from is at hand, its fields open those
/// that are the same commitment.
pub(crate) fn fields(
    contents: &Contents,
    profile: &Profile,
    people: &People,
    case: Option<&CaseReport>,
) -> Vec<FieldView> {
    let opened = |name: &RuleName, content: &FieldContent| {
        let case = case.filter(|case| case.record.fields.get(name) == Some(content))?;
        case.openings.iter().find(|opened| opened.field == *name).map(|opened| &opened.values)
    };
    let view = |(name, content)| FieldView::new(profile, name, content, opened(name, content), people);
    contents.iter().map(view).collect()
}

/// The case that a record comes from, if the node shows it to this reader.
pub(crate) async fn case_of(client: &Client, number: CaseNumber) -> Option<CaseReport> {
    client.case(number).await.ok()
}

/// The profile that a record is under.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProfileView {
    #[serde(flatten)]
    profile: Titled,
    version: u32,
    digest: String,
}

impl ProfileView {
    pub(crate) fn new(profile: &Profile, digest: ProfileDigest) -> Self {
        Self { profile: Titled::profile(profile), version: profile.version, digest: digest.to_string() }
    }

    pub(crate) fn line(&self, lang: Lang) -> String {
        PROFILE_VERSION.fill(lang, &[&self.profile.in_lang(lang), &self.profile.name, &self.version])
    }
}

/// A flag on a record.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FlagView {
    flag: Titled,
    class: &'static str,
    /// The case that set it.
    case: String,
    since: String,
}

impl FlagView {
    pub(crate) fn line(&self, lang: Lang) -> String {
        let class = of_code::<RecordFlagClass>(self.class, lang);
        format!("{} · {class} · {} · {}", self.flag.in_lang(lang), self.since, self.case)
    }
}

/// The flags on a record.
pub(crate) fn flags(
    flags: &BTreeMap<RuleName, RecordFlag>,
    profile: &Profile,
    people: &People,
) -> Vec<FlagView> {
    let view = |(name, flag): (&RuleName, &RecordFlag)| FlagView {
        flag: Titled::flag(profile, name.as_str()),
        class: flag.class.code(),
        case: people.identifier(Subject::Case(flag.case)),
        since: when::show(flag.since),
    };
    flags.iter().map(view).collect()
}

/// The newest certificate of a kind on a record.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CertificateView {
    kind: Titled,
    certificate: String,
}

impl CertificateView {
    pub(crate) fn row(&self, lang: Lang) -> (&str, String) {
        (self.kind.in_lang(lang), self.certificate.clone())
    }
}

/// The certificates of a record.
pub(crate) fn certificates(
    certificates: &BTreeMap<RuleName, CertificateNumber>,
    profile: &Profile,
    people: &People,
) -> Vec<CertificateView> {
    let view = |(kind, number): (&RuleName, &CertificateNumber)| CertificateView {
        kind: Titled::certificate(profile, kind.as_str()),
        certificate: people.identifier(Subject::Certificate(*number)),
    };
    certificates.iter().map(view).collect()
}
