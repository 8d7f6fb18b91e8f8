//! What a step led to.

use std::iter;

use crate::error::{DecodeError, Fault};
use crate::field::{At, list, rising};
use crate::limits::GIVEN_MAX;
use crate::number::{AccountNumber, CaseNumber, CertificateNumber, ObjectNumber, RegistrationNumber};
use crate::proto;
use crate::subject::Subject;

/// The case of a step, and the numbers that were given: at most 16 of them, each list rising.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CaseOutcome {
    /// The case.
    pub case: CaseNumber,
    /// Accounts opened.
    pub accounts: Vec<AccountNumber>,
    /// Objects that got their number.
    pub objects: Vec<ObjectNumber>,
    /// Registrations recorded.
    pub registrations: Vec<RegistrationNumber>,
    /// Certificates issued.
    pub certificates: Vec<CertificateNumber>,
    /// Cases opened besides its own.
    pub cases: Vec<CaseNumber>,
}

impl CaseOutcome {
    /// Nothing given yet.
    #[must_use]
    pub fn of(case: CaseNumber) -> Self {
        Self {
            case,
            accounts: Vec::new(),
            objects: Vec::new(),
            registrations: Vec::new(),
            certificates: Vec::new(),
            cases: Vec::new(),
        }
    }

    /// How many numbers were given.
    #[must_use]
    pub fn given(&self) -> usize {
        let Self { case: _, accounts, objects, registrations, certificates, cases } = self;
        accounts.len() + objects.len() + registrations.len() + certificates.len() + cases.len()
    }

    /// The case, then everything that was given a number.
    pub fn subjects(&self) -> impl Iterator<Item = Subject> {
        let Self { case, accounts, objects, registrations, certificates, cases } = self;
        iter::once(Subject::Case(*case))
            .chain(accounts.iter().copied().map(Subject::Account))
            .chain(objects.iter().copied().map(Subject::Object))
            .chain(registrations.iter().copied().map(Subject::Registration))
            .chain(certificates.iter().copied().map(Subject::Certificate))
            .chain(cases.iter().copied().map(Subject::Case))
    }

    pub(crate) fn from_message(message: &proto::CaseOutcome) -> Result<Self, DecodeError> {
        let outcome = Self {
            case: CaseNumber::from_wire(message.case_number).at("case_number")?,
            accounts: numbers(&message.accounts, "accounts", AccountNumber::from_wire)?,
            objects: numbers(&message.objects, "objects", ObjectNumber::from_wire)?,
            registrations: numbers(&message.registrations, "registrations", RegistrationNumber::from_wire)?,
            certificates: numbers(&message.certificates, "certificates", CertificateNumber::from_wire)?,
            cases: numbers(&message.cases, "cases", CaseNumber::from_wire)?,
        };
        if outcome.given() > GIVEN_MAX {
            return Err(Fault::TooMany { max: GIVEN_MAX }.into());
        }
        Ok(outcome)
    }

    pub(crate) fn to_message(&self) -> proto::CaseOutcome {
        proto::CaseOutcome {
            case_number: self.case.0,
            accounts: self.accounts.iter().map(|number| number.0).collect(),
            objects: self.objects.iter().map(|number| number.0).collect(),
            registrations: self.registrations.iter().map(|number| number.0).collect(),
            certificates: self.certificates.iter().map(|number| number.0).collect(),
            cases: self.cases.iter().map(|number| number.0).collect(),
        }
    }
}

fn numbers<N: Ord + Copy>(
    found: &[u64],
    field: &str,
    read: impl Fn(u64) -> Result<N, Fault>,
) -> Result<Vec<N>, DecodeError> {
    let numbers = list(found, field, 0..=GIVEN_MAX, |&number| read(number))?;
    rising(&numbers, field, |&number| number)?;
    Ok(numbers)
}
