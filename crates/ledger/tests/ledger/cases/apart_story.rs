//! The register of separate rights of `tests/profiles/rights.toml`, with its people.

use bulla_types::{
    CaseNumber, CaseOutcome, CertificateNumber, CertificateRecord, FieldValue, MemberNumber, ProfileDigest,
    RegistrationNumber, RegistrationRecord, Role, StateKey, Subject,
};

use crate::support::{Ledger, Party, Take, calendar_year, digests, go_on, made_up, open};

const RIGHTS: &str = include_str!("../../profiles/rights.toml");

/// A ledger on 2025-10-10.
pub(super) struct Apart {
    pub(super) ledger: Ledger,
    pub(super) profile: ProfileDigest,
    pub(super) registry: Party,
    pub(super) committee: [Party; 3],
    pub(super) applicant: Party,
    pub(super) other: Party,
    pub(super) third: Party,
}

impl Apart {
    pub(super) fn new() -> Self {
        Self::under(|text| text)
    }

    /// The same with another text of the profile.
    pub(super) fn under(change: impl FnOnce(String) -> String) -> Self {
        let mut ledger = Ledger::new();
        ledger.adopt_year(&calendar_year(2025));
        ledger.adopt_year(&calendar_year(2026));
        let committee = ["first", "second", "third expert"].map(|name| ledger.enrol(name, Role::Subject));
        let mut codes = committee
            .each_ref()
            .map(|party| ledger.record_of(party).identity.credit_code().copied().unwrap());
        codes.sort();
        let codes = codes.map(|code| format!("\"{code}\"")).join(", ");
        let profile = ledger.adopt(&made_up(&change(RIGHTS.replace("COMMITTEE", &codes))));
        let registry = ledger.body(1);
        let [applicant, other, third] =
            ["applicant", "other", "third"].map(|name| ledger.enrol(name, Role::Subject));
        ledger.until("2025-10-10");
        Self { ledger, profile, registry, committee, applicant, other, third }
    }

    pub(super) fn apply(&mut self, asset: &str) -> CaseNumber {
        let apply = open(self.profile, "registration", "apply")
            .by("applicant", &self.applicant)
            .field("code", FieldValue::Digests(digests(asset)));
        self.ledger.take(&apply).case
    }

    /// The decision of the committee, by these of its members.
    pub(super) fn decision(&self, case: CaseNumber, members: &[usize]) -> Take {
        let decision = go_on(case, "agree").paper("minutes");
        let mut members = members.iter().map(|member| &self.committee[*member]);
        let first = decision.by("committee", members.next().unwrap());
        members.fold(first, |decision, member| decision.with("committee", member))
    }

    /// The asset, with both of its rights held by the applicant.
    pub(super) fn registered(&mut self) -> CaseOutcome {
        let case = self.apply("asset");
        let decision = self.decision(case, &[0, 1]);
        self.ledger.take(&decision);
        self.ledger.take(&go_on(case, "register").by("registry", &self.registry))
    }

    pub(super) fn entry(&self) -> RegistrationRecord {
        self.ledger.view.record(StateKey::Registration(RegistrationNumber(1))).unwrap()
    }

    pub(super) fn certificate(&self, number: CertificateNumber) -> CertificateRecord {
        self.ledger.view.record(StateKey::Certificate(number)).unwrap()
    }

    /// Opens a case about the entry.
    pub(super) fn about(&self, procedure: &str, step: &str) -> Take {
        open(self.profile, procedure, step).about(Subject::Registration(RegistrationNumber(1)))
    }

    /// The operating right goes to someone.
    pub(super) fn assignment(&self, by: &Party, to: &Party) -> Take {
        self.about("assignment", "assign").naming("acquirer", to).by("operator", by).with("acquirer", to)
    }

    /// A pledge for a lender, until the end of a day.
    pub(super) fn pledge(&mut self, lender: &Party, until: u32) -> CaseNumber {
        let lay = self
            .about("pledging", "lay")
            .naming("lender", lender)
            .by("keeper", &self.applicant)
            .with("lender", lender)
            .field("until", FieldValue::Date(until));
        self.ledger.take(&lay).case
    }

    pub(super) fn holders_of(&self, right: &str) -> Vec<MemberNumber> {
        self.entry().shares_of(right).unwrap().members().collect()
    }
}
