//! The words that stand for statuses in a report, never renamed, and what follows from each.

use bulla_types::{
    CalendarRevision, CaseStatus, CertificateStatus, KeyStatus, MemberStatus, ObjectStatus, ProfileStatus,
    ProposalStatus, RegisterStatus,
};

use crate::report::words;

/// A status that a report names.
pub(super) trait StatusWord: Copy {
    /// Its word.
    fn word(self) -> &'static str;

    /// Whether the record is in force with it.
    fn in_force(self) -> bool;

    /// What the term of the record, if it has one, makes of it; none: nothing.
    fn runs_out(self) -> Option<&'static str> {
        None
    }

    /// What the report says beside the word.
    fn state(self) -> Option<String> {
        None
    }
}

impl StatusWord for MemberStatus {
    fn word(self) -> &'static str {
        words::member_status(self)
    }

    fn in_force(self) -> bool {
        self == Self::Active
    }
}

impl StatusWord for KeyStatus {
    fn word(self) -> &'static str {
        words::key_status(self)
    }

    fn in_force(self) -> bool {
        self == Self::InForce
    }
}

impl StatusWord for ProfileStatus {
    fn word(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Superseded => "superseded",
        }
    }

    fn in_force(self) -> bool {
        self == Self::InForce
    }
}

impl StatusWord for CalendarRevision {
    fn word(self) -> &'static str {
        "in_force"
    }

    fn in_force(self) -> bool {
        true
    }

    fn state(self) -> Option<String> {
        Some(format!("revision {}", self.0))
    }
}

impl StatusWord for RegisterStatus {
    fn word(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Suspended => "suspended",
            Self::Cancelled => "cancelled",
            Self::Revoked => "revoked",
            Self::Terminated => "terminated",
            Self::Lapsed => "lapsed",
        }
    }

    fn in_force(self) -> bool {
        self == Self::InForce
    }
}

impl StatusWord for ObjectStatus {
    fn word(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Free => "free",
        }
    }

    fn in_force(self) -> bool {
        self == Self::Registered
    }
}

impl StatusWord for CertificateStatus {
    fn word(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Suspended => "suspended",
            Self::Void => "void",
            Self::Lapsed => "lapsed",
        }
    }

    fn in_force(self) -> bool {
        self == Self::InForce
    }

    fn runs_out(self) -> Option<&'static str> {
        self.stands().then_some("lapsed")
    }
}

impl StatusWord for ProposalStatus {
    fn word(self) -> &'static str {
        words::proposal_status(self)
    }

    fn in_force(self) -> bool {
        self == Self::Open
    }

    fn runs_out(self) -> Option<&'static str> {
        self.in_force().then_some(words::proposal_status(Self::Expired))
    }
}

impl StatusWord for CaseStatus {
    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }

    fn in_force(self) -> bool {
        self == Self::Open
    }
}
