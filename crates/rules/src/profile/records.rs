//! Kinds of records: accounts, objects, rights, flags, certificates.

use super::closed::closed;
use super::date_rule::DateRule;
use super::effect::Effect;
use super::head::{Head, named_by_head};
use super::ident::Ident;

/// A kind of account (账簿、账户).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountKind {
    /// Name, words, article.
    pub head: Head,
    /// The holder's account of this kind, to which it belongs.
    pub within: Option<Ident>,
    /// How many a holder may have.
    pub number: AccountNumber,
}

/// How many accounts of a kind a holder may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountNumber {
    /// One for each combination of these clear fields of the opening case; without fields, just one. Rising.
    OneForEach(Vec<Ident>),
    /// Any number.
    Any,
}

/// A kind of object that is registered (登记对象): one object has one number, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectKind {
    /// Name, words, article.
    pub head: Head,
    /// Clear fields of the registering case: what agrees in all of them is the same object. At least one,
    /// rising.
    pub unique_by: Vec<Ident>,
}

closed! {
    /// Whether a right stands by itself.
    pub enum RightClass {
        /// 权利.
        Title = 1 "title" "权利" "title",
        /// 他项权益: lies on another's title.
        Encumbrance = 2 "encumbrance" "他项权益" "encumbrance",
    }
}

/// A kind of right (权益).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightKind {
    /// Name, words, article.
    pub head: Head,
    /// Whether it stands by itself.
    pub class: RightClass,
}

closed! {
    /// What a flag is set on.
    pub enum FlagTarget {
        /// The case.
        Case = 1 "case" "案件" "case",
        /// The entry of the case, else of its parent.
        Entry = 2 "entry" "登记" "entry",
        /// The account of the case, else of its parent.
        Account = 3 "account" "账户" "account",
    }
}

closed! {
    /// What a flag means to those who do not know its profile.
    pub enum FlagClass {
        /// 提示: nothing of its own.
        Notice = 1 "notice" "提示" "notice",
        /// 异议: an objection is pending; the record stays valid.
        Objection = 2 "objection" "异议" "objection",
        /// 中止: the record is not valid while it stands.
        Suspension = 3 "suspension" "中止" "suspension",
        /// 司法冻结: the record is not valid while it stands.
        Freeze = 4 "freeze" "冻结" "freeze",
    }
}

/// A kind of flag (标识).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagKind {
    /// Name, words, article.
    pub head: Head,
    /// What it is set on.
    pub on: FlagTarget,
    /// What it means.
    pub class: FlagClass,
}

closed! {
    /// What a certificate is to those who do not know its profile.
    pub enum CertificateClass {
        /// 登记、确权证书.
        Registration = 1 "registration" "登记确权证书" "registration",
        /// 主体凭证.
        Party = 2 "party" "主体凭证" "party",
        /// 标的凭证.
        Item = 3 "item" "标的凭证" "item",
        /// 交易凭证.
        Trade = 4 "trade" "交易凭证" "trade",
        /// 存证证书.
        Evidence = 5 "evidence" "存证证书" "evidence",
        /// 第三方服务机构出具的凭证.
        Service = 6 "service" "第三方凭证" "service",
        /// 异议登记证明.
        Objection = 7 "objection" "异议证明" "objection",
        /// 其他.
        Other = 8 "other" "其他" "other",
    }
}

closed! {
    /// What a certificate speaks of.
    pub enum CertificateSubject {
        /// The entry of the case: valid only while that is in force.
        Entry = 1 "entry" "登记" "entry",
        /// The account of the case: likewise.
        Account = 2 "account" "账户" "account",
        /// The case that issues it.
        Case = 3 "case" "案件" "case",
    }
}

closed! {
    /// What can happen to the record that a certificate speaks of.
    pub enum RecordEvent {
        /// 变更.
        Amended = 1 "amended" "变更" "amended",
        /// 转移.
        Transferred = 2 "transferred" "转移" "transferred",
        /// 设立他项权益.
        Encumbered = 3 "encumbered" "设立他项权益" "encumbered",
        /// 终止.
        Ended = 4 "ended" "终止" "ended",
    }
}

/// A kind of certificate or voucher (证书、凭证). A record has at most one of a kind in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateKind {
    /// Name, words, article.
    pub head: Head,
    /// What it is to others.
    pub class: CertificateClass,
    /// What it speaks of.
    pub subject: CertificateSubject,
    /// Fields that stand on it, in order.
    pub contents: Vec<Ident>,
    /// Until when it is valid; `None`: without end. Counted when it is issued.
    pub validity: Option<DateRule>,
    /// What the ledger does when it lapses.
    pub on_lapse: Vec<Effect>,
    /// What happens to its record that voids it. Rising.
    pub voided_by: Vec<RecordEvent>,
}

named_by_head!(AccountKind, ObjectKind, RightKind, FlagKind, CertificateKind);
