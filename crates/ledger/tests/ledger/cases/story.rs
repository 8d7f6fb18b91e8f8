//! A small register with its people, and the ways through it that other tests start from.

use bulla_rules::profile::Profile;
use bulla_types::{CaseNumber, CaseOutcome, FieldValue, ProfileDigest, Role};

use crate::support::{Ledger, Party, Take, calendar_year, digests, go_on, open, register, term};

/// A ledger on 2025-10-10, a Friday after a holiday, with the register of `tests/profiles/register.toml`.
pub(super) struct Register {
    pub(super) ledger: Ledger,
    pub(super) profile: ProfileDigest,
    /// Body 1, which has adopted the profile.
    pub(super) registry: Party,
    pub(super) applicant: Party,
    pub(super) other: Party,
}

impl Register {
    pub(super) fn new() -> Self {
        Self::under(&register())
    }

    /// The same under another profile.
    pub(super) fn under(profile: &Profile) -> Self {
        let mut ledger = Ledger::new();
        ledger.adopt_year(&calendar_year(2025));
        ledger.adopt_year(&calendar_year(2026));
        let profile = ledger.adopt(profile);
        let registry = ledger.body(1);
        let applicant = ledger.enrol("applicant", Role::Subject);
        let other = ledger.enrol("other", Role::Subject);
        assert!(ledger.until("2025-10-10").is_empty());
        Self { ledger, profile, registry, applicant, other }
    }

    /// An application for the asset of this name.
    pub(super) fn application(&self, asset: &str) -> Take {
        open(self.profile, "registration", "apply")
            .by("applicant", &self.applicant)
            .field("code", FieldValue::Digests(digests(asset)))
            .field("form", term("dataset"))
            .attached("name", asset)
            .paper("application")
    }

    pub(super) fn apply(&mut self, asset: &str) -> CaseNumber {
        let application = self.application(asset);
        self.ledger.take(&application).case
    }

    pub(super) fn register(&mut self, case: CaseNumber) -> CaseOutcome {
        self.ledger.take(&go_on(case, "register").by("registry", &self.registry))
    }

    pub(super) fn issue(&self, case: CaseNumber) -> Take {
        go_on(case, "issue").by("registry", &self.registry)
    }

    /// An asset registered and certified on 2025-10-16; what its case has made.
    pub(super) fn certified(&mut self, asset: &str) -> (CaseOutcome, CaseOutcome) {
        let case = self.apply(asset);
        let registered = self.register(case);
        self.ledger.until("2025-10-16");
        let issue = self.issue(case);
        let issued = self.ledger.take(&issue);
        (registered, issued)
    }

    pub(super) fn objection(&self, case: CaseNumber) -> Take {
        open(self.profile, "objection", "file")
            .by("objector", &self.other)
            .about(bulla_types::Subject::Case(case))
            .attached("grounds", "mine")
    }
}
