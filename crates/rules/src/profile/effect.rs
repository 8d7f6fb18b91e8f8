//! Effects: the closed set of things that a step can do.

use std::collections::{BTreeMap, BTreeSet};

use super::closed::closed;
use super::condition::Condition;
use super::date_rule::DateRule;
use super::ident::Ident;

closed! {
    /// Which record ends.
    pub enum RecordTarget {
        /// The entry of the case, else of its parent.
        Entry = 1 "entry" "登记" "entry",
        /// The account of the case, else of its parent.
        Account = 2 "account" "账户" "account",
    }
}

closed! {
    /// How a record ends.
    pub enum EndManner {
        /// 注销.
        Cancelled = 1 "cancelled" "注销" "cancelled",
        /// 撤销.
        Revoked = 2 "revoked" "撤销" "revoked",
        /// 终止.
        Terminated = 3 "terminated" "终止" "terminated",
        /// 失效.
        Lapsed = 4 "lapsed" "失效" "lapsed",
    }
}

/// Who holds what is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holders {
    /// This party holds the whole.
    Party(Ident),
    /// As this field of kind shares says.
    Shares(Ident),
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Opens an account (开立账户).
    OpenAccount {
        /// Whose.
        party: Ident,
        /// Of which kind.
        kind: Ident,
        /// Fields that become the account's contents, in order.
        contents: Vec<Ident>,
    },
    /// Records an entry (登记) of the object that the case describes, which gets its number if it has none.
    RecordEntry {
        /// Kind of object.
        object: Ident,
        /// Rights that are recorded; all held alike.
        rights: BTreeSet<Ident>,
        /// By whom.
        holders: Holders,
        /// Kind of the holder's account in which it is booked.
        account: Option<Ident>,
        /// Fields that become the entry's contents, in order.
        contents: Vec<Ident>,
    },
    /// Puts these fields of the case in place of the record's (变更、更正).
    Amend(Vec<Ident>),
    /// Gives rights of the entry to others (转移、过户).
    Transfer {
        /// To whom.
        to: Holders,
        /// Which; empty: all.
        rights: BTreeSet<Ident>,
    },
    /// Lays a right on the entry (设立他项权益).
    Encumber {
        /// Kind of right.
        right: Ident,
        /// Who holds it.
        holder: Ident,
        /// Field of kind date: until when.
        until: Option<Ident>,
    },
    /// Takes an encumbrance off the entry.
    Release(Ident),
    /// Ends a record, or a part of an entry's rights.
    End {
        /// Which record.
        target: RecordTarget,
        /// How.
        manner: EndManner,
        /// Field of terms that names the rights which end; `None`: the whole.
        scope: Option<Ident>,
    },
    /// Issues a certificate (颁发证书、凭证).
    Issue {
        /// Kind.
        certificate: Ident,
        /// To whom; at least one.
        to: BTreeSet<Ident>,
    },
    /// Voids the certificate of this kind on the case's record (作废).
    Void(Ident),
    /// Extends the certificate of this kind on the case's record (延期).
    Extend {
        /// Kind.
        certificate: Ident,
        /// Its new end.
        until: DateRule,
    },
    /// Sets a flag.
    SetFlag(Ident),
    /// Clears a flag.
    ClearFlag(Ident),
    /// Opens these fields to everyone (公示).
    Publish {
        /// The fields, in order.
        fields: Vec<Ident>,
        /// Deadline at which the publicity ends; a case with one issues no certificate before.
        until: Option<Ident>,
    },
    /// Hands documents back (退回材料): they count as not handed in.
    ReturnDocuments(Documents),
    /// Opens a case about this one or its record.
    OpenCase {
        /// Procedure.
        procedure: Ident,
        /// Its parties that are bound by name, and the parties of this case that they are.
        parties: BTreeMap<Ident, Ident>,
    },
    /// Openings and documents of the case are kept for this period (保存): a value.
    Retain(Ident),
    /// The openings of these fields, of the case or of the record that it is about, may be erased from now on
    /// (删除).
    Erase(Vec<Ident>),
}

/// Which documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Documents {
    /// All.
    All,
    /// Those of these categories; at least one.
    Of(BTreeSet<Ident>),
}

/// What a step does, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Only if this holds before the step.
    pub when: Option<Condition>,
    /// What.
    pub act: Act,
}
