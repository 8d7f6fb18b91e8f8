//! Records that cases make and change: profiles, calendars, accounts, objects, registrations, certificates,
//! cases. `docs/formats/register.md`; the keys are in `docs/formats/state.md`.

mod account;
mod apart;
mod calendar;
mod case;
mod case_deadline;
mod case_step;
mod certificate;
mod encumbrance;
mod flag;
mod index;
mod object;
mod profile;
mod registration;
mod rows;
mod status;
mod suspension;

pub use account::AccountRecord;
pub use calendar::{CalendarHead, CalendarRecord, CalendarRevision};
pub use case::{CaseDocument, CaseMandate, CaseRecord, CaseStatus, MandateOf, Publication, StepTaken};
pub use case_deadline::{CaseDeadline, CaseDeadlineStatus, DaysAway};
pub use case_step::CaseStepRecord;
pub use certificate::CertificateRecord;
pub use encumbrance::Encumbrance;
pub use flag::{RecordFlag, RecordFlagClass};
pub use index::IndexRecord;
pub use object::{ObjectKeyRecord, ObjectRecord};
pub use profile::{ProfileRecord, ProfileStatus, ProfileVersionRecord};
pub use registration::RegistrationRecord;
pub use status::{CertificateStatus, ObjectStatus, RegisterStatus};
pub use suspension::{OutageRecord, SuspensionRecord};
