//! The words of status proofs.

use bulla_types::{
    CaseStatus, CertificateStatus, KeyStatus, Lang, MemberStatus, ObjectStatus, ProfileStatus,
    ProposalStatus, RegisterStatus,
};
use bulla_verify::report::RecordReport;

use crate::text::texts;
use crate::words::of_code;

texts! {
    ANSWER = "ANSWER: {0}" "结论：{0}";
    ASKED = "  Asked: {0}" "  所问时间：{0}";
    VALID = "VALID throughout" "始终有效";
    PARTLY_VALID = "VALID for part of that time only" "仅部分时间有效";
    NOT_VALID = "NOT VALID at any time of it" "该时间内无效";
    IN_FORCE = "IN FORCE throughout" "始终有效";
    PARTLY_IN_FORCE = "IN FORCE for part of that time only" "仅部分时间有效";
    NOT_IN_FORCE = "NOT IN FORCE at any time of it" "该时间内无效";
    OPEN = "OPEN throughout" "始终在办理中";
    PARTLY_OPEN = "OPEN for part of that time only" "仅部分时间在办理中";
    NOT_OPEN = "NOT OPEN at any time of it" "该时间内不在办理中";
    TAKING_VOTES = "OPEN to votes throughout" "始终在表决中";
    PARTLY_TAKING_VOTES = "OPEN to votes for part of that time only" "仅部分时间在表决中";
    NOT_TAKING_VOTES = "NOT OPEN to votes at any time of it" "该时间内不在表决中";
    NOT_KNOWN = "NOT KNOWN" "不可知";
    NOT_KNOWN_AFTER = "  This proof knows nothing after {0}: fetch a newer one." "  本证明只载至 {0}，此后情况请另取新的证明。";

    SINCE = "from {0} until before {1}" "自 {0} 起，至 {1} 前";
    LASTING = "from {0} on" "自 {0} 起";
    VALID_UNTIL_STATED = "(valid until before {0})" "（有效期至 {0} 前）";
    STEP_AT = "{0}  {1}, entry {2}" "{0}  {1}，条目 {2}";

    ABOUT = "About" "所涉事项";
    AS_OF = "As of height" "截至高度";
    BOOKED_IN = "Booked in" "记入账户";
    CHANGED_BY = "Last changed by" "最近变更案件";
    DIGEST_OF_PROOF = "Digest of this proof" "本证明摘要";
    DIGEST_PROPOSED = "Digest of what is proposed" "提案内容摘要";
    ENCUMBRANCES = "Encumbrances" "权利负担";
    OBJECT = "Object" "登记对象";
    OPENED = "Opened" "立案时间";
    PARTIES = "Parties" "当事人";
    PROPOSED_BY = "Proposed by" "提出机构";
    PROPOSED_IN = "What is proposed: entry" "提案所在条目";
    RIGHTS = "Rights" "权利";
    STATE = "State" "状态";
    STEPS = "Recorded" "历次记录";
    SUSPENDS = "(suspends)" "（中止效力）";
    VOTED = "{0}: {1}, entry {2}, key {3}" "{0}：{1}，条目 {2}，密钥 {3}";
    VOTES = "Votes" "表决";
    TIMELINE = "Timeline (UTC+8)" "状态沿革（UTC+8）";

    STANDS_VALID = "valid" "有效";
    STANDS_IN_FORCE = "in force" "有效";
    STANDS_NOT_YET = "not there yet" "尚不存在";
    STANDS_NOT_KNOWN = "not known" "不可知";
}

/// How a record stood, by the code of a report.
pub(super) fn standing(record: &RecordReport, code: &str, lang: Lang) -> String {
    match (code, record) {
        ("not_yet", _) => STANDS_NOT_YET.of(lang).to_owned(),
        ("not_known", _) => STANDS_NOT_KNOWN.of(lang).to_owned(),
        ("in_force", RecordReport::Certificate(_)) => STANDS_VALID.of(lang).to_owned(),
        (_, RecordReport::Certificate(_)) => of_code::<CertificateStatus>(code, lang),
        (_, RecordReport::Member { .. }) => of_code::<MemberStatus>(code, lang),
        (_, RecordReport::Key { .. }) => of_code::<KeyStatus>(code, lang),
        (_, RecordReport::Profile { .. }) => of_code::<ProfileStatus>(code, lang),
        (_, RecordReport::Calendar { .. }) => STANDS_IN_FORCE.of(lang).to_owned(),
        (_, RecordReport::Account(_) | RecordReport::Registration(_)) => {
            of_code::<RegisterStatus>(code, lang)
        }
        (_, RecordReport::Object { .. }) => of_code::<ObjectStatus>(code, lang),
        (_, RecordReport::Case(_)) => of_code::<CaseStatus>(code, lang),
        (_, RecordReport::Proposal(_)) => of_code::<ProposalStatus>(code, lang),
    }
}
