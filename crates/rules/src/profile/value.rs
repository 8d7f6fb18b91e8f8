//! Values (参数): every number and choice that a procedure uses, by name.

use std::collections::BTreeSet;

use bulla_types::CreditCode;

use super::closed::closed;
use super::head::{Head, named_by_head};
use super::ident::Ident;
use super::profile_id::ProfileId;
use crate::period::Period;

closed! {
    /// What a value is.
    pub enum ValueKind {
        /// 期间.
        Period = 1 "period" "期间" "period",
        /// 整数.
        Integer = 2 "integer" "整数" "integer",
        /// 比例: parts per million.
        Ratio = 3 "ratio" "比例" "ratio",
        /// 金额.
        Amount = 4 "amount" "金额" "amount",
        /// 是否.
        Boolean = 5 "boolean" "是否" "yes or no",
        /// 选项: one term of a vocabulary.
        Choice = 6 "choice" "选项" "choice",
        /// 文字.
        Text = 7 "text" "文字" "text",
        /// 成员名单, by unified social credit code.
        Members = 8 "members" "成员名单" "members",
        /// 规则配置名单.
        Profiles = 9 "profiles" "规则配置名单" "profiles",
    }
}

closed! {
    /// How the source bounds a value. An overlay may move a bounded value to its stricter side.
    pub enum Bound {
        /// 为.
        Exact = 1 "exact" "为" "exactly",
        /// 不少于.
        AtLeast = 2 "at_least" "不少于" "at least",
        /// 不超过.
        AtMost = 3 "at_most" "不超过" "at most",
    }
}

/// An amount of money in minor units (分), with its currency (ISO 4217).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Minor units.
    pub minor: u64,
    /// Three capital letters.
    pub currency: String,
}

/// What a value says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A length of time.
    Period(Period),
    /// A number.
    Integer(u64),
    /// Parts per million.
    Ratio(u32),
    /// Money.
    Amount(Amount),
    /// Yes or no.
    Boolean(bool),
    /// A term of the value's vocabulary.
    Choice(Ident),
    /// Words.
    Text(String),
    /// Members, at least one.
    Members(BTreeSet<CreditCode>),
    /// Profiles, at least one.
    Profiles(BTreeSet<ProfileId>),
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The source gives it.
    Source,
    /// The source is silent, for this reason, and nobody has filled it in.
    Unset {
        /// Why it is silent.
        why: String,
    },
    /// The source is silent, and the adopting body decided.
    Filled {
        /// Why the source is silent.
        why: String,
        /// What the decision rests on.
        basis: String,
    },
    /// The source bounds it, and the adopting body is stricter.
    Stricter {
        /// What the decision rests on.
        basis: String,
    },
}

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Name, words, article.
    pub head: Head,
    /// What it is.
    pub kind: ValueKind,
    /// Vocabulary of a choice.
    pub vocabulary: Option<Ident>,
    /// How the source bounds it.
    pub bound: Bound,
    /// What it says; `None` exactly while it is unset.
    pub content: Option<Content>,
    /// Where it comes from.
    pub origin: Origin,
}

named_by_head!(Value);

impl Content {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> ValueKind {
        match self {
            Self::Period(_) => ValueKind::Period,
            Self::Integer(_) => ValueKind::Integer,
            Self::Ratio(_) => ValueKind::Ratio,
            Self::Amount(_) => ValueKind::Amount,
            Self::Boolean(_) => ValueKind::Boolean,
            Self::Choice(_) => ValueKind::Choice,
            Self::Text(_) => ValueKind::Text,
            Self::Members(_) => ValueKind::Members,
            Self::Profiles(_) => ValueKind::Profiles,
        }
    }
}

impl Value {
    /// Whether nobody has said it.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        matches!(self.origin, Origin::Unset { .. })
    }
}
