//! Rule profiles: law as data.
//!
//! A profile is a set of small, closed, typed primitives. The engine that runs procedures knows the
//! primitives, never a jurisdiction, a day count or the name of a step. `docs/profiles.md` is the page for
//! people who write and read profiles, `docs/formats/profile.md` gives the bytes.
//!
//! The way of a profile: a text in TOML ([`parse`](text::parse)) → [`Profile`] → with the overlay of the
//! body that adopts it → [`check`](Profile::check) → canonical bytes ([`Profile::encode`]), which
//! governance puts on the ledger and whose [`digest`](Profile::digest) every case and certificate names.
//! On the ledger only the bytes count.

mod answers;
mod check;
mod closed;
mod condition;
mod date_rule;
mod document;
mod effect;
mod field;
mod form;
mod head;
mod ident;
pub mod limits;
mod named_parties;
mod overlay;
mod party;
mod problem;
mod procedure;
mod profile_id;
mod records;
mod reference;
mod source;
mod speak;
mod step;
mod table;
pub mod text;
mod value;
mod vocabulary;
mod whole;
mod wire;

pub use closed::Closed;
pub use condition::{ActorLevel, CertificateStanding, Condition, Operand, Relation, RightRef};
pub use date_rule::{Anchor, DateRule, DateTerm, Direction, Take};
pub use document::{Document, DocumentForm};
pub use effect::{Act, Documents, Effect, EndManner, Holders, RecordTarget};
pub use field::{Disposition, Field, FieldKind, FieldType};
pub use form::FormError;
pub use head::{Citation, Force, Head, Title};
pub use ident::{Ident, IdentError};
pub use party::{Binding, Party};
pub use problem::{Place, Problem, ProblemCode};
pub use procedure::{About, ClockReturn, Deadline, OnReturn, Procedure, State};
pub use profile_id::{ProfileId, ProfileIdError};
pub use records::{
    AccountKind, AccountNumber, CertificateClass, CertificateKind, CertificateSubject, FlagClass, FlagKind,
    FlagTarget, ObjectKind, RecordEvent, RightClass, RightKind,
};
pub use reference::{CertificateRef, PartyFact, Reference, ReferenceError, Scope, Target};
pub use source::{Adoption, Source, SourceForce};
pub use speak::{Outline, Speaker};
pub use step::{Actor, Cycle, DocumentUse, FieldUse, Need, Step, Trigger};
pub use table::{Named, Table};
pub use value::{Amount, Bound, Content, Origin, Value, ValueKind};
pub use vocabulary::{Openness, Term, Vocabulary};
pub use whole::{Profile, ProfileKind};
