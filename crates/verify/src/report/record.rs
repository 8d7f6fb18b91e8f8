//! Records that keep their past, as of one block.

use std::collections::{BTreeMap, BTreeSet};

use bulla_crypto::{Hash, PublicKey};
use bulla_types::{
    AccountRecord, CalendarRecord, CaseRecord, CertificateRecord, CreditCode, Identifier, KeyId, KeyPurpose,
    KeyRecord, LedgerId, MemberNumber, MemberRecord, Name, ObjectRecord, ProfileDigest, ProfileRecord,
    ProposalRecord, RecordKey, RegistrationRecord, Roles, RuleName, Subject,
};
use serde::Serialize;

use super::names::Names;
use super::proposal::ProposalRecordReport;
use super::{signer, text, text_if_any, texts};

/// A record as it stands after the block: names, holders and contents are those of then; only the status, and
/// for a certificate the term, are proved for earlier times.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum RecordReport {
    /// A member.
    Member {
        /// Its identifier.
        #[serde(serialize_with = "text")]
        identifier: Identifier,
        /// Name of an organisation.
        #[serde(serialize_with = "text_if_any")]
        name: Option<Name>,
        /// 统一社会信用代码 of an organisation.
        #[serde(serialize_with = "text_if_any")]
        credit_code: Option<CreditCode>,
        /// What it may do.
        #[serde(serialize_with = "signer::roles")]
        roles: Roles,
    },
    /// A key.
    Key {
        /// Its id.
        #[serde(serialize_with = "text")]
        key_id: KeyId,
        /// The key.
        #[serde(serialize_with = "text_if_any")]
        public_key: Option<PublicKey>,
        /// What it may sign.
        #[serde(serialize_with = "signer::purpose")]
        purpose: KeyPurpose,
        /// The member that holds it.
        #[serde(serialize_with = "text")]
        member: Identifier,
    },
    /// A rule profile.
    Profile {
        /// Its digest.
        #[serde(serialize_with = "text")]
        digest: ProfileDigest,
    },
    /// A year of the calendar.
    Calendar {
        /// The year.
        year: u16,
        /// Its revision.
        revision: u32,
    },
    /// An account.
    Account(AccountReport),
    /// A case.
    Case(CaseReport),
    /// An object.
    Object {
        /// Its identifier.
        #[serde(serialize_with = "text")]
        identifier: Identifier,
        /// Digest of the profile under which it was registered first.
        #[serde(serialize_with = "text")]
        profile: ProfileDigest,
        /// Its kind in that profile.
        #[serde(serialize_with = "text")]
        kind: RuleName,
        /// The registration of it that stands.
        #[serde(serialize_with = "text_if_any")]
        registration: Option<Identifier>,
    },
    /// A registration.
    Registration(RegistrationReport),
    /// A certificate or voucher.
    Certificate(CertificateReport),
    /// A proposal of acts of administration.
    Proposal(ProposalRecordReport),
}

/// An account.
#[derive(Debug, Clone, Serialize)]
pub struct AccountReport {
    /// Its identifier.
    #[serde(serialize_with = "text")]
    pub identifier: Identifier,
    /// Digest of the profile that it was opened under.
    #[serde(serialize_with = "text")]
    pub profile: ProfileDigest,
    /// Its kind in that profile.
    #[serde(serialize_with = "text")]
    pub kind: RuleName,
    /// Whose it is.
    #[serde(serialize_with = "text")]
    pub holder: Identifier,
    /// The case that opened it.
    #[serde(serialize_with = "text")]
    pub case: Identifier,
    /// What stands in it.
    pub contents: Contents,
    /// Flags on it.
    pub flags: Vec<FlagReport>,
}

/// A case.
#[derive(Debug, Clone, Serialize)]
pub struct CaseReport {
    /// Its identifier.
    #[serde(serialize_with = "text")]
    pub identifier: Identifier,
    /// Digest of the profile that it runs under.
    #[serde(serialize_with = "text")]
    pub profile: ProfileDigest,
    /// Its procedure in that profile.
    #[serde(serialize_with = "text")]
    pub procedure: RuleName,
    /// Its state.
    #[serde(serialize_with = "text")]
    pub state: RuleName,
    /// When it was opened.
    pub opened_ms: u64,
    /// What it is about.
    #[serde(serialize_with = "text_if_any")]
    pub about: Option<Identifier>,
    /// Its parties.
    pub parties: BTreeMap<String, Vec<String>>,
    /// What its steps have said, the last of each field.
    pub contents: Contents,
    /// Flags on it.
    pub flags: Vec<FlagReport>,
}

/// A registration.
#[derive(Debug, Clone, Serialize)]
pub struct RegistrationReport {
    /// Its identifier.
    #[serde(serialize_with = "text")]
    pub identifier: Identifier,
    /// Digest of the profile that it was recorded under.
    #[serde(serialize_with = "text")]
    pub profile: ProfileDigest,
    /// What is registered.
    #[serde(serialize_with = "text")]
    pub object: Identifier,
    /// The account in which it is booked.
    #[serde(serialize_with = "text_if_any")]
    pub account: Option<Identifier>,
    /// The case that recorded it.
    #[serde(serialize_with = "text")]
    pub case: Identifier,
    /// The case that changed it last.
    #[serde(serialize_with = "text")]
    pub changed_by: Identifier,
    /// The rights that are held.
    pub rights: Vec<String>,
    /// Who holds how much of them, of all that do not stand apart.
    pub holders: Vec<ShareReport>,
    /// Rights that others hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<HeldRightReport>,
    /// Rights of others that lie on it.
    pub encumbrances: Vec<EncumbranceReport>,
    /// What stands in it.
    pub contents: Contents,
    /// Flags on it.
    pub flags: Vec<FlagReport>,
}

/// A certificate or voucher.
#[derive(Debug, Clone, Serialize)]
pub struct CertificateReport {
    /// Its identifier.
    #[serde(serialize_with = "text")]
    pub identifier: Identifier,
    /// Digest of the profile that it was issued under.
    #[serde(serialize_with = "text")]
    pub profile: ProfileDigest,
    /// Its kind in that profile.
    #[serde(serialize_with = "text")]
    pub kind: RuleName,
    /// What it certifies.
    #[serde(serialize_with = "text")]
    pub subject: Identifier,
    /// To whom it was issued.
    #[serde(serialize_with = "texts")]
    pub holders: Vec<Identifier>,
    /// The case that issued it.
    #[serde(serialize_with = "text")]
    pub case: Identifier,
    /// When it was issued.
    pub issued_ms: u64,
    /// The first instant at which it is no longer valid; none: it does not expire.
    pub valid_until_ms: Option<u64>,
    /// What stands on it.
    pub contents: Contents,
}

/// A member's part.
#[derive(Debug, Clone, Serialize)]
pub struct ShareReport {
    /// The member.
    #[serde(serialize_with = "text")]
    pub member: Identifier,
    /// Its part, in parts per million.
    pub ppm: u32,
}

/// A right of a registration that others hold than the first one.
#[derive(Debug, Clone, Serialize)]
pub struct HeldRightReport {
    /// The right.
    #[serde(serialize_with = "text")]
    pub right: RuleName,
    /// Who holds how much of it.
    pub holders: Vec<ShareReport>,
}

/// A right of another that lies on a registration.
#[derive(Debug, Clone, Serialize)]
pub struct EncumbranceReport {
    /// The right.
    #[serde(serialize_with = "text")]
    pub right: RuleName,
    /// Whose it is.
    #[serde(serialize_with = "text")]
    pub holder: Identifier,
    /// Until when it was laid; none: without end.
    pub until_ms: Option<u64>,
    /// The case that laid it.
    #[serde(serialize_with = "text")]
    pub case: Identifier,
    /// Since when.
    pub since_ms: u64,
}

/// A flag that stands on a record.
#[derive(Debug, Clone, Serialize)]
pub struct FlagReport {
    /// Its name in the profile.
    #[serde(serialize_with = "text")]
    pub flag: RuleName,
    /// Whether the record is not valid while it stands.
    pub suspends: bool,
    /// The case that set it.
    #[serde(serialize_with = "text")]
    pub case: Identifier,
    /// Since when.
    pub since_ms: u64,
}

/// What stands in a record, by field.
pub type Contents = BTreeMap<String, ContentReport>;

/// What a field says.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentReport {
    /// Its values.
    Values(Vec<String>),
    /// A commitment to its values, which stand elsewhere.
    Commitment(#[serde(serialize_with = "text")] Hash),
}

impl RecordReport {
    pub(crate) fn of_proposal(ledger_id: &LedgerId, head: &ProposalRecord) -> Self {
        Self::Proposal(ProposalRecordReport::new(ledger_id, head))
    }

    pub(crate) fn of_member(ledger_id: &LedgerId, head: &MemberRecord) -> Self {
        Self::Member {
            identifier: Identifier::member(ledger_id, head.number),
            name: head.identity.name().cloned(),
            credit_code: head.identity.credit_code().copied(),
            roles: head.roles,
        }
    }

    pub(crate) fn of_key(ledger_id: &LedgerId, head: &KeyRecord) -> Self {
        Self::Key {
            key_id: head.key.id(),
            public_key: head.key.parse().ok(),
            purpose: head.purpose,
            member: Identifier::member(ledger_id, head.member),
        }
    }

    pub(crate) fn of_profile(_: &LedgerId, head: &ProfileRecord) -> Self {
        Self::Profile { digest: ProfileDigest::of(&head.profile) }
    }

    pub(crate) fn of_calendar(key: RecordKey, head: &CalendarRecord) -> Self {
        let year = if let RecordKey::Calendar(year) = key { year } else { 0 };
        Self::Calendar { year, revision: head.revision.0 }
    }

    pub(crate) fn of_account(ledger_id: &LedgerId, head: &AccountRecord) -> Self {
        let names = Names(ledger_id);
        Self::Account(AccountReport {
            identifier: names.of(Subject::Account(head.number)),
            profile: head.profile,
            kind: head.kind.clone(),
            holder: names.of(Subject::Member(head.holder)),
            case: names.of(Subject::Case(head.case)),
            contents: names.contents(&head.contents),
            flags: names.flags(&head.flags),
        })
    }

    pub(crate) fn of_case(ledger_id: &LedgerId, head: &CaseRecord) -> Self {
        let names = Names(ledger_id);
        let members = |members: &BTreeSet<MemberNumber>| {
            members.iter().map(|member| names.of(Subject::Member(*member)).to_string()).collect()
        };
        Self::Case(CaseReport {
            identifier: names.of(Subject::Case(head.number)),
            profile: head.profile,
            procedure: head.procedure.clone(),
            state: head.state.clone(),
            opened_ms: head.opened.0,
            about: head.about.map(|about| names.of(about)),
            parties: head.parties.iter().map(|(party, of)| (party.to_string(), members(of))).collect(),
            contents: names.contents(&head.fields),
            flags: names.flags(&head.flags),
        })
    }

    pub(crate) fn of_object(ledger_id: &LedgerId, head: &ObjectRecord) -> Self {
        let names = Names(ledger_id);
        Self::Object {
            identifier: names.of(Subject::Object(head.number)),
            profile: head.profile,
            kind: head.kind.clone(),
            registration: head.registration.map(|number| names.of(Subject::Registration(number))),
        }
    }

    pub(crate) fn of_registration(ledger_id: &LedgerId, head: &RegistrationRecord) -> Self {
        let names = Names(ledger_id);
        Self::Registration(RegistrationReport {
            identifier: names.of(Subject::Registration(head.number)),
            profile: head.profile,
            object: names.of(Subject::Object(head.object)),
            account: head.account.map(|number| names.of(Subject::Account(number))),
            case: names.of(Subject::Case(head.case)),
            changed_by: names.of(Subject::Case(head.changed_by)),
            rights: head.rights.iter().map(ToString::to_string).collect(),
            holders: names.shares(&head.holders),
            apart: head.apart.iter().map(|(right, held)| names.held_right(right, held)).collect(),
            encumbrances: head.encumbrances.iter().map(|laid| names.encumbrance(laid)).collect(),
            contents: names.contents(&head.contents),
            flags: names.flags(&head.flags),
        })
    }

    pub(crate) fn of_certificate(ledger_id: &LedgerId, head: &CertificateRecord) -> Self {
        let names = Names(ledger_id);
        Self::Certificate(CertificateReport {
            identifier: names.of(Subject::Certificate(head.number)),
            profile: head.profile,
            kind: head.kind.clone(),
            subject: names.of(head.subject),
            holders: head.holders.iter().map(|holder| names.of(Subject::Member(*holder))).collect(),
            case: names.of(Subject::Case(head.case)),
            issued_ms: head.issued.0,
            valid_until_ms: head.valid_until.map(|until| until.0),
            contents: names.contents(&head.contents),
        })
    }
}
