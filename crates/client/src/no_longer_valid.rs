//! What a case rests on that is no longer valid (所依据的登记、证书已不再有效).

use std::collections::{BTreeSet, VecDeque};

use bulla_types::{
    BlockTime, Canonical, CaseRecord, CertificateRecord, CertificateStatus, FieldContent, FieldValue,
    FieldValues, RecordKey, RecordStatus, RegisterStatus, RegistrationRecord, StateKey, StatusRecord,
    Subject,
};

use crate::client::Client;
use crate::error::ClientError;

/// Records that are read for one case.
const RECORDS_MAX: usize = 32;
/// Steps of the past of one record that are read, from the newest back.
const STEPS_MAX: u32 = 64;

/// A registration or certificate that a case rests on and that is not valid any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoLongerValid {
    /// Which.
    pub subject: Subject,
    /// What has become of it.
    pub status: LostStatus,
    /// Since when. Of one that has had this status for very long, the earliest time that was looked for.
    pub since: BlockTime,
}

/// What has become of a registration or certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostStatus {
    /// Of a registration.
    Registration(RegisterStatus),
    /// Of a certificate.
    Certificate(CertificateStatus),
}

impl Client {
    /// The registrations and certificates that a case rests on and that are not valid any more at `at`, or were not
    /// when it ended: what it is about, what its clear fields name, certificates handed in to it, and what these rest
    /// on in turn, up to 32 records. Each is proved.
    ///
    /// It is for people to know: what follows from it, if anything, the profile says by its conditions.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn no_longer_valid(
        &self,
        case: &CaseRecord,
        at: BlockTime,
    ) -> Result<Vec<NoLongerValid>, ClientError> {
        let until = if case.is_open() { at } else { case.states.get(&case.state).copied().unwrap_or(at) };
        let mut next: VecDeque<Subject> = rests_on(case).collect();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        while let Some(subject) = next.pop_front() {
            if seen.len() == RECORDS_MAX || !seen.insert(subject) {
                continue;
            }
            let lost = match subject {
                Subject::Registration(number) => {
                    let read = self.record(&StateKey::Registration(number)).await?;
                    let Some(record) = read.read::<RegistrationRecord>()? else { continue };
                    next.extend(named(record.contents.values()));
                    match record.status {
                        RegisterStatus::InForce => None,
                        status => {
                            let key = RecordKey::Registration(number);
                            let since = self.has_been(status, key, record.history_count).await?;
                            Some((LostStatus::Registration(status), since))
                        }
                    }
                }
                Subject::Certificate(number) => {
                    let read = self.record(&StateKey::Certificate(number)).await?;
                    let Some(record) = read.read::<CertificateRecord>()? else { continue };
                    next.extend(named(record.contents.values()));
                    next.extend(Some(record.subject));
                    self.lost(&record, at).await?
                }
                _ => None,
            };
            let told = lost.filter(|(_, since)| *since <= until);
            found.extend(told.map(|(status, since)| NoLongerValid { subject, status, since }));
        }
        Ok(found)
    }

    /// What has become of a certificate that is not valid at a time, and since when.
    async fn lost(
        &self,
        record: &CertificateRecord,
        at: BlockTime,
    ) -> Result<Option<(LostStatus, BlockTime)>, ClientError> {
        let (status, since) = match (record.status, record.valid_until) {
            // Times decide, not whether the lapse has been recorded.
            (_, Some(until)) if record.has_lapsed(at) => (CertificateStatus::Lapsed, until),
            (CertificateStatus::InForce, _) => return Ok(None),
            (status, _) => {
                let key = RecordKey::Certificate(record.number);
                (status, self.has_been(status, key, record.history_count).await?)
            }
        };
        Ok(Some((LostStatus::Certificate(status), since)))
    }

    /// Since when a record has had its status.
    async fn has_been<S>(&self, status: S, record: RecordKey, count: u32) -> Result<BlockTime, ClientError>
    where
        S: RecordStatus + PartialEq,
        StatusRecord<S>: Canonical,
    {
        let mut since = BlockTime(0);
        for seq in (count.saturating_sub(STEPS_MAX)..count).rev() {
            let step = self.record(&StateKey::History { record, seq }).await?.read::<StatusRecord<S>>()?;
            match step {
                Some(step) if step.status == status => since = step.time,
                _ => break,
            }
        }
        Ok(since)
    }
}

/// The registrations and certificates that a case rests on by itself.
fn rests_on(case: &CaseRecord) -> impl Iterator<Item = Subject> {
    let handed_in = case.documents.values().flat_map(|filed| &filed.certificates);
    let about = case.about.into_iter().filter(|about| is_followed(*about));
    about.chain(handed_in.copied().map(Subject::Certificate)).chain(named(case.fields.values()))
}

/// The registrations and certificates that clear fields name.
fn named<'c>(contents: impl Iterator<Item = &'c FieldContent>) -> impl Iterator<Item = Subject> {
    let values = contents.filter_map(FieldContent::clear).flat_map(FieldValues::as_slice);
    values.filter_map(|value| match value {
        FieldValue::Registration(number) => Some(Subject::Registration(*number)),
        FieldValue::Certificate(number) => Some(Subject::Certificate(*number)),
        _ => None,
    })
}

fn is_followed(subject: Subject) -> bool {
    matches!(subject, Subject::Registration(_) | Subject::Certificate(_))
}
