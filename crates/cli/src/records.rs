//! What the records of registers have in common, as people and scripts read them.

mod listing;
mod of_ledger;
mod span;
mod values;

use std::collections::BTreeMap;

use bulla_client::{CaseReport, Client};
use bulla_rules::profile::Profile;
use bulla_types::{
    AccountRecord, CaseNumber, CertificateNumber, CertificateRecord, FieldContent, FieldValues, Lang,
    ProfileDigest, RecordFlag, RecordFlagClass, RegistrationRecord, RuleName, StateKey, Subject,
};
use serde::Serialize;

pub(crate) use listing::{Listed, Listing, unknown};
pub(crate) use of_ledger::OfLedger;
pub(crate) use span::Span;
pub(crate) use values::{FieldView, date, percent};

use crate::lookup::People;
use crate::messages::PROFILE_VERSION;
use crate::titled::Titled;
use crate::when;
use crate::words::{Word, of_code};

/// Cases that are asked for openings of one record.
const CASES_BEHIND_MAX: usize = 8;

/// What stands in a record, by name.
pub(crate) type Contents = BTreeMap<RuleName, FieldContent>;

/// The contents of a record for everyone to read. The cases at hand that they come from open those that are the same
/// commitments.
pub(crate) fn fields(
    contents: &Contents,
    profile: &Profile,
    people: &People,
    cases: &[&CaseReport],
) -> Vec<FieldView> {
    let opened = |content: &FieldContent| cases.iter().find_map(|case| opened_in(case, content));
    let view = |(name, content)| FieldView::new(profile, name, content, opened(content), people);
    contents.iter().map(view).collect()
}

/// What a case opens that is this commitment, under whichever name.
fn opened_in<'c>(case: &'c CaseReport, content: &FieldContent) -> Option<&'c FieldValues> {
    let says = |field: &RuleName| case.record.fields.get(field) == Some(content);
    case.openings.iter().find(|opened| says(&opened.field)).map(|opened| &opened.values)
}

/// The case that a record comes from, and those from which it may have taken something over: the ones that this one is
/// about, and those behind the records that they are about. As far as the node shows them to this reader.
pub(crate) async fn cases_behind(client: &Client, number: CaseNumber) -> Vec<CaseReport> {
    gathered(client, vec![number]).await
}

/// The cases from which a case at hand may have taken something over; none where all of it is open.
pub(crate) async fn cases_before(client: &Client, case: &CaseReport) -> Vec<CaseReport> {
    let closed = |content: &FieldContent| content.clear().is_none() && opened_in(case, content).is_none();
    if !case.record.fields.values().any(closed) {
        return Vec::new();
    }
    gathered(client, named_by(client, case).await).await
}

async fn gathered(client: &Client, mut next: Vec<CaseNumber>) -> Vec<CaseReport> {
    let mut cases: Vec<CaseReport> = Vec::new();
    while let Some(number) = next.pop() {
        if cases.len() == CASES_BEHIND_MAX || cases.iter().any(|case| case.record.number == number) {
            continue;
        }
        let Ok(case) = client.case(number).await else { continue };
        next.extend(named_by(client, &case).await);
        cases.push(case);
    }
    cases
}

/// The cases from which a case can take something over: by what it is about, and by certificates handed in.
async fn named_by(client: &Client, case: &CaseReport) -> Vec<CaseNumber> {
    let handed_in = case.record.documents.values().flat_map(|filed| &filed.certificates);
    let subjects = case.record.about.into_iter().chain(handed_in.copied().map(Subject::Certificate));
    let mut cases = Vec::new();
    for subject in subjects {
        cases.extend(case_of(client, subject).await);
    }
    cases
}

/// The case behind a record; `None` where there is none, or the node does not say.
async fn case_of(client: &Client, subject: Subject) -> Option<CaseNumber> {
    match subject {
        Subject::Case(number) => Some(number),
        Subject::Registration(number) => {
            let proved = client.record(&StateKey::Registration(number)).await.ok()?;
            Some(proved.read::<RegistrationRecord>().ok()??.changed_by)
        }
        Subject::Account(number) => {
            let proved = client.record(&StateKey::Account(number)).await.ok()?;
            Some(proved.read::<AccountRecord>().ok()??.case)
        }
        Subject::Certificate(number) => {
            let proved = client.record(&StateKey::Certificate(number)).await.ok()?;
            Some(proved.read::<CertificateRecord>().ok()??.case)
        }
        Subject::Member(_) | Subject::Evidence(_) | Subject::Object(_) | Subject::Proposal(_) => None,
    }
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
