//! The indexes in the state hold what the records call for, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use bulla_rules::DeadlineKind;
use bulla_rules::profile::{Profile, Trigger};
use bulla_types::{
    AccountRecord, CaseAbout, CaseDeadlineStatus, CaseRecord, CertificateRecord, DeadlineStanding, Due,
    ProfileDigest, RuleTag, StateKey, Subject,
};

use super::records::{all, profile_of};
use crate::support::Ledger;

pub(super) fn check_rows(ledger: &Ledger) {
    let is_row = |key: &StateKey| {
        matches!(
            key,
            StateKey::OpenCase(_)
                | StateKey::EndedCase(_)
                | StateKey::Due(_)
                | StateKey::Reckoned { .. }
                | StateKey::Holding { .. }
        )
    };
    let rows: BTreeSet<StateKey> = ledger.view.keys().filter(is_row).collect();
    let expected = Expected::of(ledger).rows;
    let missing: Vec<_> = expected.difference(&rows).collect();
    let surplus: Vec<_> = rows.difference(&expected).collect();
    assert!(missing.is_empty(), "rows that are missing: {missing:?}");
    assert!(surplus.is_empty(), "rows that no record calls for: {surplus:?}");
}

struct Expected<'l> {
    ledger: &'l Ledger,
    profiles: BTreeMap<ProfileDigest, Profile>,
    rows: BTreeSet<StateKey>,
}

impl<'l> Expected<'l> {
    fn of(ledger: &'l Ledger) -> Self {
        let mut expected = Self { ledger, profiles: BTreeMap::new(), rows: BTreeSet::new() };
        for case in all(ledger, |key| matches!(key, StateKey::Case(_))) {
            expected.case(&case);
        }
        for certificate in all(ledger, |key| matches!(key, StateKey::Certificate(_))) {
            expected.certificate(&certificate);
        }
        for account in all(ledger, |key| matches!(key, StateKey::Account(_))) {
            expected.account(&account);
        }
        expected
    }

    fn profile(&mut self, digest: ProfileDigest) -> &Profile {
        self.profiles.entry(digest).or_insert_with(|| profile_of(self.ledger, digest))
    }

    fn tag(&mut self, profile: ProfileDigest, of: &str) -> RuleTag {
        RuleTag::of(self.profile(profile).id.as_str(), of)
    }

    fn case(&mut self, case: &CaseRecord) {
        // A case about a certificate stands under what that certifies.
        let about = match case.about {
            Some(Subject::Certificate(number)) => {
                let certificate: CertificateRecord =
                    self.ledger.view.record(StateKey::Certificate(number)).unwrap();
                Some(certificate.subject)
            }
            about => about,
        };
        if let Some(about) = about {
            let procedure = self.tag(case.profile, &format!("procedure.{}", case.procedure));
            let row = CaseAbout { about, procedure, case: case.number };
            let rule = self.profile(case.profile).procedures.get(case.procedure.as_str()).unwrap();
            let follows_record = rule.steps.iter().any(|step| step.trigger() == Some(&Trigger::RecordEnded));
            if case.is_open() && follows_record {
                let procedure = self.tag(case.profile, "record_ended");
                self.rows.insert(StateKey::OpenCase(CaseAbout { procedure, ..row }));
            }
            self.rows.insert(if case.is_open() { StateKey::OpenCase(row) } else { StateKey::EndedCase(row) });
        }
        for (name, deadline) in &case.deadlines {
            if deadline.status != CaseDeadlineStatus::Running {
                continue;
            }
            assert!(case.is_open(), "a clock runs in {case:?}");
            let procedure = self.profile(case.profile).procedures.get(case.procedure.as_str()).unwrap();
            let place = procedure.deadlines.position(name.as_str()).unwrap();
            let is_window = procedure.deadlines.as_slice()[place].kind == DeadlineKind::Window;
            let place = u16::try_from(place).unwrap();
            let counted = deadline.counted.iter().map(|(&year, &revision)| StateKey::Reckoned {
                year,
                revision,
                case: case.number,
                deadline: place,
            });
            self.rows.extend(counted);
            if let (Some(due), DeadlineStanding::Settled, false) =
                (deadline.due, deadline.standing, is_window)
            {
                let due = Due { due, subject: Subject::Case(case.number), deadline: place };
                self.rows.insert(StateKey::Due(due));
            }
        }
    }

    fn certificate(&mut self, certificate: &CertificateRecord) {
        if !certificate.status.stands() {
            return;
        }
        let kind = self.tag(certificate.profile, &format!("certificate.{}", certificate.kind));
        let number = certificate.number.0;
        let held = certificate.holders.iter().map(|&holder| StateKey::Holding { holder, kind, number });
        self.rows.extend(held);
        let subject = Subject::Certificate(certificate.number);
        let term = certificate.valid_until.map(|due| StateKey::Due(Due { due, subject, deadline: 0 }));
        self.rows.extend(term);
    }

    fn account(&mut self, account: &AccountRecord) {
        if account.status.stands() {
            let kind = self.tag(account.profile, &format!("account.{}", account.kind));
            let row = StateKey::Holding { holder: account.holder, kind, number: account.number.0 };
            self.rows.insert(row);
        }
    }
}
