//! The names of the ledger's values: as scripts and command lines write them, and as people read them.

use std::ffi::OsStr;
use std::marker::PhantomData;

use bulla_types::{
    AccessToEntries, Ballot, CaptureMode, CaseDeadlineStatus, CaseStatus, CertificateStatus,
    DeadlineStanding, FounderNode, KeyPurpose, KeyStatus, Lang, LedgerClass, LinkRelation, MemberKind,
    MemberStatus, ObjectStatus, ProfileStatus, ProposalStatus, RecordFlagClass, RegisterStatus, Role,
    SecondLog, proto,
};
use bulla_verify::report::Claim;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command};

use crate::complaints::ONE_OF;
use crate::mistake::Mistake;
use crate::text::Text;

/// A value with a name. The code is never renamed: scripts compare it.
pub(crate) trait Word: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// The code in JSON and on the command line.
    fn code(self) -> &'static str;

    /// The name for people.
    fn name(self) -> Text;

    /// The name in a language.
    fn of(self, lang: Lang) -> &'static str {
        self.name().of(lang)
    }
}

/// Reads a code, with `-` or `_` between its words; for the command line.
pub(crate) fn parse<W: Word>(text: &str) -> Result<W, Mistake> {
    let wanted = text.to_ascii_lowercase().replace('-', "_");
    let found = W::ALL.iter().copied().find(|word| word.code() == wanted);
    found.ok_or_else(|| Mistake(ONE_OF.with(&[&typed::<W>().collect::<Vec<_>>().join(", ")])))
}

/// The codes as people type them.
fn typed<W: Word>() -> impl Iterator<Item = String> {
    W::ALL.iter().map(|word| word.code().replace('_', "-"))
}

/// Reads a code, and tells a shell which there are.
pub(crate) struct Parser<W>(PhantomData<fn() -> W>);

impl<W> Parser<W> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<W> Clone for Parser<W> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<W: Word + Send + Sync> TypedValueParser for Parser<W> {
    type Value = W;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<W, clap::Error> {
        parse::<W>.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(typed::<W>().map(PossibleValue::new)))
    }
}

/// The name that belongs to a code which another crate has written.
pub(crate) fn of_code<W: Word>(code: &str, lang: Lang) -> String {
    W::ALL
        .iter()
        .find(|word| word.code() == code)
        .map_or_else(|| code.to_owned(), |word| word.of(lang).to_owned())
}

macro_rules! words {
    ($($type:ty { $($variant:ident = $code:literal $en:literal $zh:literal,)+ })+) => {$(
        impl Word for $type {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            fn name(self) -> Text {
                match self { $(Self::$variant => Text { en: $en, zh: $zh },)+ }
            }
        }
    )+};
}

words! {
    MemberKind {
        LegalPerson = "legal_person" "legal person" "法人",
        Unincorporated = "unincorporated" "unincorporated organisation" "非法人组织",
        NaturalPerson = "natural_person" "natural person" "自然人",
    }
    Role {
        RegistrationBody = "registration_body" "registration body" "登记机构",
        EvidenceService = "evidence_service" "evidence service" "存证服务机构",
        Exchange = "exchange" "exchange" "数据交易场所",
        ServiceInstitution = "service_institution" "service institution" "第三方服务机构",
        Judicial = "judicial" "judicial body" "司法机构",
        Supervisor = "supervisor" "supervisor" "监管部门",
        Subject = "subject" "subject" "登记主体",
        Agent = "agent" "agent" "代理人",
    }
    AccessToEntries {
        Open = "open" "open" "公开",
        Members = "members" "members" "仅限成员",
    }
    MemberStatus {
        Active = "active" "active" "有效",
        Suspended = "suspended" "suspended" "暂停",
        Expelled = "expelled" "expelled" "除名",
    }
    KeyPurpose {
        Operate = "operate" "operate" "业务",
        Administer = "administer" "administer" "管理",
        Audit = "audit" "audit" "审计",
        Consensus = "consensus" "consensus" "共识",
        Note = "note" "note" "检查点",
        Peer = "peer" "peer" "组网",
    }
    KeyStatus {
        InForce = "in_force" "in force" "有效",
        Retired = "retired" "retired" "停用",
        Compromised = "compromised" "compromised" "泄露",
    }
    CaptureMode {
        Original = "original" "produced originally" "原始取得",
        Collected = "collected" "collected" "采集取得",
        Traded = "traded" "acquired by trade" "交易取得",
        Other = "other" "otherwise" "其他方式",
    }
    LinkRelation {
        Supersedes = "supersedes" "supersedes" "替代",
        Contains = "contains" "contains" "包含",
        DerivedFrom = "derived_from" "derived from" "派生自",
        Related = "related" "related to" "相关",
    }
    CaseStatus {
        Open = "open" "open" "办理中",
        Ended = "ended" "ended" "已终结",
    }
    CaseDeadlineStatus {
        Running = "running" "running" "计算中",
        Met = "met" "met" "已办理",
        Reached = "reached" "reached" "已届满",
        Left = "left" "no longer runs" "不再计算",
    }
    DeadlineStanding {
        Settled = "settled" "settled" "确定",
        Provisional = "provisional" "provisional" "暂定",
    }
    RecordFlagClass {
        Notice = "notice" "notice" "提示",
        Objection = "objection" "objection" "异议",
        Suspension = "suspension" "suspension" "中止",
        Freeze = "freeze" "freeze" "冻结",
    }
    RegisterStatus {
        InForce = "in_force" "in force" "有效",
        Suspended = "suspended" "suspended" "中止",
        Cancelled = "cancelled" "cancelled" "注销",
        Revoked = "revoked" "revoked" "撤销",
        Terminated = "terminated" "terminated" "终止",
        Lapsed = "lapsed" "lapsed" "失效",
    }
    CertificateStatus {
        InForce = "in_force" "in force" "有效",
        Suspended = "suspended" "suspended" "中止",
        Void = "void" "void" "作废",
        Lapsed = "lapsed" "lapsed" "失效",
    }
    ObjectStatus {
        Registered = "registered" "registered" "已登记",
        Free = "free" "not registered" "未登记",
    }
    ProfileStatus {
        InForce = "in_force" "in force" "现行",
        Superseded = "superseded" "superseded" "已由新版替代",
    }
    ProposalStatus {
        Open = "open" "open" "表决中",
        CarriedOut = "carried_out" "carried out" "已执行",
        Rejected = "rejected" "rejected" "已否决",
        Withdrawn = "withdrawn" "withdrawn" "已撤回",
        Expired = "expired" "expired" "已过期",
    }
    Ballot {
        Approve = "approve" "for" "同意",
        Reject = "reject" "against" "反对",
    }
    LedgerClass {
        Test = "test" "test" "测试",
        Production = "production" "production" "生产",
    }
    SecondLog {
        None = "none" "none" "无",
        Sm3 = "sm3" "SM3" "国密 SM3",
    }
    FounderNode {
        None = "none" "none" "不运行",
        Observer = "observer" "observer" "观察节点",
        Validator = "validator" "validator" "验证节点",
    }
    Claim {
        IntegritySinceStorage = "integrity_since_storage"
            "unaltered since it was recorded" "存证后未被篡改",
        Time = "time" "recorded at this time" "记录时间",
        SignedByKeys = "signed_by_keys" "signed with these keys" "由所列密钥签名",
        SignersInForce = "signers_in_force"
            "the signers are these members, in force then" "签名方为所列成员且当时有效",
        CaptureBeforeStorage = "capture_before_storage" "how the data was obtained before" "存证前的来源",
        MediaTypeAndSize = "media_type_and_size" "media type and size" "媒体类型与大小",
        DecidedByQuorum = "decided_by_quorum" "decided by a quorum of validators" "由法定多数验证节点决定",
        LaterInclusions = "later_inclusions" "inclusion in later logs of unknown root" "根值未知的后续日志中的包含",
        StatusHistory = "status_history" "the record and every step of its past" "记录及其全部历史",
        Attestations = "attestations" "attestations of others" "他方证明",
    }
    proto::NodeHealth {
        Unspecified = "unknown" "unknown" "未知",
        Ready = "ready" "ready" "就绪",
        Syncing = "syncing" "catching up" "追赶中",
        NoQuorum = "no_quorum" "no quorum" "未达法定多数",
        DiskFull = "disk_full" "disk full" "磁盘已满",
        Failed = "failed" "failed" "故障",
        Abstaining = "abstaining" "cannot sign" "无法签名",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_word_reads_back<W: Word + PartialEq>() {
        for word in W::ALL {
            assert!(parse::<W>(word.code()).is_ok_and(|read| read == *word), "{}", word.code());
            assert!(parse::<W>(&word.code().replace('_', "-")).is_ok_and(|read| read == *word));
            assert!(word.of(Lang::En).is_ascii() && !word.of(Lang::Zh).is_ascii());
        }
    }

    #[test]
    fn codes_read_back_with_either_stroke() {
        every_word_reads_back::<MemberKind>();
        every_word_reads_back::<Role>();
        every_word_reads_back::<KeyPurpose>();
        every_word_reads_back::<CaptureMode>();
        every_word_reads_back::<LinkRelation>();
        every_word_reads_back::<proto::NodeHealth>();
    }

    #[test]
    fn no_value_of_the_ledger_is_without_a_name() {
        assert_eq!(<Role as Word>::ALL, Role::ALL);
        assert_eq!(<MemberKind as Word>::ALL, MemberKind::ALL);
        assert_eq!(<KeyPurpose as Word>::ALL, KeyPurpose::ALL);
        assert_eq!(<FounderNode as Word>::ALL, FounderNode::ALL);
        assert_eq!(<AccessToEntries as Word>::ALL, AccessToEntries::ALL);
        assert_eq!(<SecondLog as Word>::ALL, SecondLog::ALL);
        assert_eq!(<KeyStatus as Word>::ALL, KeyStatus::ALL);
        assert_eq!(<CaptureMode as Word>::ALL, CaptureMode::ALL);
        assert_eq!(<LinkRelation as Word>::ALL, LinkRelation::ALL);
        assert_eq!(<RegisterStatus as Word>::ALL, RegisterStatus::ALL);
        assert_eq!(<CertificateStatus as Word>::ALL, CertificateStatus::ALL);
        assert_eq!(<CaseDeadlineStatus as Word>::ALL, CaseDeadlineStatus::ALL);
        assert_eq!(<RecordFlagClass as Word>::ALL, RecordFlagClass::ALL);
        assert_eq!(<ProposalStatus as Word>::ALL, ProposalStatus::ALL);
        assert_eq!(<Ballot as Word>::ALL, Ballot::ALL);
    }

    #[test]
    fn an_unknown_word_is_answered_with_those_that_are_known() {
        let mistake = parse::<CaptureMode>("found").err().map(|mistake| mistake.0.en);
        assert_eq!(mistake.as_deref(), Some("one of original, collected, traded, other is wanted"));
    }
}
