//! Fields (登记事项): what a step says.

use bulla_types::{FieldValue, canonical};

use crate::CivilDate;

use super::Profile;
use super::closed::closed;
use super::head::{Head, named_by_head};
use super::ident::Ident;
use super::records::CertificateClass;

closed! {
    /// Where a field's value stands: `docs/formats/openings.md`.
    pub enum Disposition {
        /// 明文: in the entry, read by conditions.
        Clear = 1 "clear" "明文" "clear",
        /// 附件: a commitment in the entry, the opening beside it; erasable.
        Attached = 2 "attached" "附带" "attached",
        /// 承诺: a commitment in the entry, the opening with its owner.
        Committed = 3 "committed" "承诺" "committed",
    }
}

closed! {
    /// What a field holds, without its details.
    pub enum FieldKind {
        /// 文字.
        Text = 1 "text" "文字" "text",
        /// 选项: a term of a vocabulary.
        Term = 2 "term" "选项" "term",
        /// 整数.
        Integer = 3 "integer" "整数" "integer",
        /// 比例: parts per million.
        Ratio = 4 "ratio" "比例" "ratio",
        /// 金额, in minor units.
        Amount = 5 "amount" "金额" "amount",
        /// 日期: a civil day in UTC+8.
        Date = 6 "date" "日期" "date",
        /// 是否.
        Boolean = 7 "boolean" "是否" "yes or no",
        /// 统一社会信用代码.
        CreditCode = 8 "credit_code" "统一社会信用代码" "credit code",
        /// 文件摘要.
        Digest = 9 "digest" "摘要" "digest",
        /// 成员.
        Member = 10 "member" "成员" "member",
        /// 账户.
        Account = 11 "account" "账户" "account",
        /// 登记.
        Entry = 12 "entry" "登记" "entry",
        /// 证书、凭证.
        Certificate = 13 "certificate" "证书" "certificate",
        /// 案件.
        Case = 14 "case" "案件" "case",
        /// 权益人及份额: holders with shares in parts per million.
        Shares = 15 "shares" "份额" "shares",
    }
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// Words of at most so many bytes. Never clear.
    Text {
        /// Longest, in bytes of UTF-8.
        bytes_max: u32,
    },
    /// A term of this vocabulary.
    Term {
        /// The vocabulary.
        vocabulary: Ident,
    },
    /// A number.
    Integer,
    /// Parts per million.
    Ratio,
    /// Money in this currency, in minor units.
    Amount {
        /// ISO 4217.
        currency: String,
    },
    /// A civil day.
    Date,
    /// Yes or no; conditions call them `true` and `false`.
    Boolean,
    /// A unified social credit code.
    CreditCode,
    /// Digests of one document.
    Digest,
    /// A member by number.
    Member,
    /// An account by number.
    Account,
    /// An entry by number.
    Entry,
    /// A certificate of this class by number, of any profile.
    Certificate {
        /// The class.
        class: CertificateClass,
    },
    /// A case by number.
    Case,
    /// Members with shares.
    Shares,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Name, words, article.
    pub head: Head,
    /// What it holds.
    pub of: FieldType,
    /// How many such values: 1 for a single one.
    pub items_max: u32,
    /// Where it stands.
    pub disposition: Disposition,
}

named_by_head!(Field);

impl FieldType {
    /// What it holds, without details.
    #[must_use]
    pub fn kind(&self) -> FieldKind {
        match self {
            Self::Text { .. } => FieldKind::Text,
            Self::Term { .. } => FieldKind::Term,
            Self::Integer => FieldKind::Integer,
            Self::Ratio => FieldKind::Ratio,
            Self::Amount { .. } => FieldKind::Amount,
            Self::Date => FieldKind::Date,
            Self::Boolean => FieldKind::Boolean,
            Self::CreditCode => FieldKind::CreditCode,
            Self::Digest => FieldKind::Digest,
            Self::Member => FieldKind::Member,
            Self::Account => FieldKind::Account,
            Self::Entry => FieldKind::Entry,
            Self::Certificate { .. } => FieldKind::Certificate,
            Self::Case => FieldKind::Case,
            Self::Shares => FieldKind::Shares,
        }
    }

    /// Whether a value is of this type under a profile, as far as the value alone says: a text fits its limit, a term
    /// stands in the vocabulary, a date is a civil day. Whether what it names is on the ledger, and of which class, is
    /// asked elsewhere.
    #[must_use]
    pub fn holds(&self, value: &FieldValue, profile: &Profile) -> bool {
        match (self, value) {
            (Self::Text { bytes_max }, FieldValue::Text(text)) => {
                canonical::text(text, usize::try_from(*bytes_max).unwrap_or(usize::MAX)).is_ok()
            }
            (Self::Term { vocabulary }, FieldValue::Term(term)) => {
                let vocabulary = profile.vocabularies.get(vocabulary.as_str());
                vocabulary.is_some_and(|vocabulary| vocabulary.term(term.as_str()).is_some())
            }
            (Self::Date, FieldValue::Date(number)) => CivilDate::from_number(*number).is_ok(),
            (Self::Integer, FieldValue::Integer(_))
            | (Self::Ratio, FieldValue::Ratio(_))
            | (Self::Amount { .. }, FieldValue::Amount(_))
            | (Self::Boolean, FieldValue::Answer(_))
            | (Self::CreditCode, FieldValue::CreditCode(_))
            | (Self::Digest, FieldValue::Digests(_))
            | (Self::Member, FieldValue::Member(_))
            | (Self::Account, FieldValue::Account(_))
            | (Self::Entry, FieldValue::Registration(_))
            | (Self::Certificate { .. }, FieldValue::Certificate(_))
            | (Self::Case, FieldValue::Case(_))
            | (Self::Shares, FieldValue::Shares(_)) => true,
            _ => false,
        }
    }
}
