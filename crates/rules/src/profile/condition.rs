//! Conditions: the closed set of questions that a profile can ask.
//!
//! The ledger answers all of them but one kind: a comparison of fields that are not clear. Who signs the step
//! answers for that, and the record says *declared* ([`Profile::is_declared`](super::Profile::is_declared)).

use std::collections::BTreeSet;

use bulla_types::MemberKind;

use super::closed::closed;
use super::ident::Ident;
use super::records::{FlagClass, RightClass};
use super::reference::{CertificateRef, Reference, Target};

closed! {
    /// How two amounts compare.
    pub enum Relation {
        /// 少于.
        Less = 1 "less" "少于" "less than",
        /// 不超过.
        AtMost = 2 "at_most" "不超过" "at most",
        /// 等于.
        Equal = 3 "equal" "等于" "equal to",
        /// 不少于.
        AtLeast = 4 "at_least" "不少于" "at least",
        /// 超过.
        More = 5 "more" "超过" "more than",
    }
}

closed! {
    /// Where a certificate stands now.
    pub enum CertificateStanding {
        /// 有效: issued, not expired, not void, and its record in force.
        Valid = 1 "valid" "有效" "valid",
        /// 失效: expired.
        Lapsed = 2 "lapsed" "失效" "lapsed",
        /// 作废.
        Void = 3 "void" "作废" "void",
    }
}

closed! {
    /// Who counts as the same actor.
    pub enum ActorLevel {
        /// The person: the signing key.
        Key = 1 "key" "经办人（密钥）" "person (key)",
        /// The body: the member.
        Member = 2 "member" "机构" "body",
    }
}

/// Which right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RightRef {
    /// One of this kind, of this profile.
    Kind(Ident),
    /// Any of this class, of any profile.
    Class(RightClass),
}

/// What an amount is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// Another field of the same kind.
    Field(Reference),
    /// A value of the same kind.
    Value(Ident),
}

/// A question about a case, answered with yes or no. What it asks about and is not there (a field that nobody
/// gave, a certificate that nobody handed in) makes it no; of a list of certificates or records, every one must
/// answer yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All hold; at least one.
    All(Vec<Condition>),
    /// One holds; at least one.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A clear field of terms or yes and no has one of these; of a list, some item has.
    FieldIs {
        /// The field.
        field: Reference,
        /// At least one.
        terms: BTreeSet<Ident>,
    },
    /// The field has a value or a commitment.
    FieldPresent(Reference),
    /// A document of this category has been handed in and not been returned.
    DocumentPresent(Ident),
    /// Both fields say the same: equal values if clear, the very same commitment if not. A later field takes
    /// over an earlier one's commitment to say so. Either may be what the register knows of a party, of several
    /// members in rising order of their numbers; of a member that has none it is not there.
    Same(Reference, Reference),
    /// The second field, a clear list, has the first, clear too, among its items; either may be what the register
    /// knows of a party.
    Among(Reference, Reference),
    /// Two numbers, ratios, amounts or dates.
    Compare {
        /// On the left.
        field: Reference,
        /// How they compare.
        relation: Relation,
        /// On the right.
        other: Operand,
        /// Value of kind ratio by which the right side is multiplied.
        times: Option<Ident>,
    },
    /// The shares of this field sum to one.
    SharesWhole(Reference),
    /// A choice or yes-or-no value of the profile is one of these.
    ValueIs {
        /// The value.
        value: Ident,
        /// At least one.
        terms: BTreeSet<Ident>,
    },
    /// A certificate stands so.
    Standing {
        /// Which.
        certificate: CertificateRef,
        /// How.
        standing: CertificateStanding,
    },
    /// A certificate was issued under one of the profiles that a value names.
    FromProfile {
        /// Which.
        certificate: CertificateRef,
        /// Value of kind profiles.
        value: Ident,
    },
    /// A certificate was issued to the party.
    HeldBy {
        /// Which.
        certificate: CertificateRef,
        /// The party.
        party: Ident,
    },
    /// The party is a member of one of these kinds.
    PartyKind {
        /// The party.
        party: Ident,
        /// At least one; rising.
        kinds: Vec<MemberKind>,
    },
    /// No entry in force is of the object that this case describes.
    FreeObject(Ident),
    /// The party may still open an account of this kind.
    FreeAccount {
        /// The party.
        party: Ident,
        /// The kind.
        kind: Ident,
    },
    /// The party holds an account of this kind that is in force.
    HoldsAccount {
        /// The party.
        party: Ident,
        /// The kind.
        kind: Ident,
    },
    /// The party holds a valid certificate of this kind.
    HoldsCertificate {
        /// The party.
        party: Ident,
        /// The kind.
        kind: Ident,
    },
    /// The flag is set.
    Flagged {
        /// The flag.
        flag: Ident,
        /// Where.
        on: Target,
    },
    /// Some flag of this class is set, of any profile.
    FlagClass {
        /// The class.
        class: FlagClass,
        /// Where.
        on: Target,
    },
    /// A right is held of an entry that has not ended: a title of it, or an encumbrance that lies on it now.
    RightHeld {
        /// Which.
        right: RightRef,
        /// Of which entry.
        on: Target,
        /// By whom: each member of this party holds it, or a part of it; `None`: by anyone.
        party: Option<Ident>,
    },
    /// A case of this procedure about it is open.
    OpenCase {
        /// The procedure.
        procedure: Ident,
        /// About what.
        on: Target,
    },
    /// A case of this procedure about it has ended in one of these states.
    PastCase {
        /// The procedure.
        procedure: Ident,
        /// About what.
        on: Target,
        /// End states; at least one.
        results: BTreeSet<Ident>,
        /// Clear fields that were the same as in this case.
        same: BTreeSet<Ident>,
        /// Party that was the same as in this case.
        party: Option<Ident>,
    },
    /// The step has been taken.
    Taken {
        /// The step.
        step: Ident,
        /// Value of kind integer: at least so often; `None`: once.
        times: Option<Ident>,
    },
    /// The deadline's due time has come.
    Reached(Reference),
    /// The window is open: from its opening until before its due time.
    Within(Reference),
    /// Who acts is who took this step, last.
    SameActor {
        /// The step.
        step: Ident,
        /// Who counts as the same.
        level: ActorLevel,
    },
    /// Who acts is not who took this step, last.
    OtherActor {
        /// The step.
        step: Ident,
        /// Who counts as the same.
        level: ActorLevel,
    },
    /// These parties are different members; at least two.
    PartiesDiffer(BTreeSet<Ident>),
}

impl Condition {
    /// Visits this condition and all within it, from the outside in.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Condition)) {
        see(self);
        match self {
            Self::All(arms) | Self::Any(arms) => arms.iter().for_each(|arm| arm.visit(see)),
            Self::Not(inner) => inner.visit(see),
            _ => {}
        }
    }
}
