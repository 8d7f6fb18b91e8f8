//! Actions in words, from the transaction alone: what somebody signs who has no ledger at hand.

use bulla_crypto::sha256;
use bulla_rules::CalendarYear;
use bulla_types::{
    Action, Canonical, ClockScope, EnrolMember, KeyChange, KeyDeclaration, MemberIdentity, MemberStatus,
    Opening, ProfileDigest, Roles, TransactionDraft, ValidatorChange,
};

use super::fields;
use crate::text::{Said, Value, texts};
use crate::when;
use crate::words::Word;

texts! {
    VALIDATES = "the CONSENSUS key {0} validates with a voting power of {1}" "共识密钥 {0} 担任验证节点，表决权为 {1}";
    VALIDATES_NO_MORE = "the CONSENSUS key {0} validates no more" "共识密钥 {0} 不再担任验证节点";
    PARAMETERS_ARE = "the parameters become {0}, in place of those with hash {1}" "账本参数变更为 {0}，取代哈希为 {1} 的参数";
    ROLES_ARE = "member {0} has the roles {1}, and no others" "成员 {0} 的角色变更为 {1}，不再具有其他角色";
    IS_SUSPENDED = "member {0} is suspended" "暂停成员 {0}";
    IS_READMITTED = "member {0} is readmitted" "恢复成员 {0}";
    IS_EXPELLED = "member {0} is expelled, for ever" "将成员 {0} 除名，不可恢复";
    ENROLS = "{0} ({1}) becomes a member with the roles {2} and the keys {3}" "准入成员 {0}（{1}），角色为 {2}，密钥为 {3}";
    ENROLS_PERSON = "a natural person becomes a member with the roles {0} and the keys {1}" "准入自然人成员，角色为 {0}，密钥为 {1}";
    GETS_KEY = "member {0} gets the key {1}" "为成员 {0} 登记密钥 {1}";
    KEY_RETIRED = "the key {0} is retired" "停用密钥 {0}";
    KEY_COMPROMISED = "the key {0} is reported compromised since {1}" "报告密钥 {0} 自 {1} 起泄露";
    ADOPTS_PROFILE = "the rule profile with digest {0} comes into force" "启用摘要为 {0} 的规则配置";
    ADOPTS_YEAR = "the calendar of {0}, revision {1}, comes into force" "启用 {0} 年工作日历第 {1} 版";
    ADOPTS_BYTES = "a year of the calendar with SHA-256 {0} comes into force" "启用 SHA-256 为 {0} 的年度工作日历";
    SUSPENDS_CLOCKS = "deadlines of {2} do not count the days from {0} to {1}" "{2}的期限不计入 {0} 至 {1} 的日期";
    EVERY_CASE = "every case" "全部案件";
    CASES_UNDER = "the cases under {0}" "适用 {0} 的案件";
    ONE_CASE = "case {0}" "案件 {0}";
    DEPOSITS = "evidence with {0} digests is deposited" "存证，含 {0} 项摘要";
    TAKES_STEP = "the step {0} of a case is taken" "办理案件步骤 {0}";
    STATES = "   {0}: {1}" "   {0}：{1}";
    NOT_OPENED = "(not in the file)" "（文件中没有）";
    KEY_FOR = "{0} ({1})" "{0}（{1}）";
}

/// A line or more for each action, in order.
pub(super) fn all(draft: &TransactionDraft) -> Vec<Said> {
    let actions = (0_u32..).zip(&draft.body().actions);
    actions.map(|(index, action)| Said::lines(&one(index, action, draft.openings()))).collect()
}

/// What it does, then what is attached to it.
fn one(index: u32, action: &Action, openings: &[Opening]) -> Vec<Said> {
    let mut lines = does(action);
    for (path, _) in action.commitments() {
        let opened = openings.iter().find(|opening| opening.action == index && opening.path.as_str() == path);
        let text = opened.and_then(|opening| std::str::from_utf8(&opening.value).ok());
        let text = text.map_or_else(|| NOT_OPENED.into(), Said::name);
        lines.push(STATES.with(&[&path, &text]));
    }
    lines
}

fn does(action: &Action) -> Vec<Said> {
    match action {
        Action::ChangeValidators(change) => change.changes.iter().map(validator).collect(),
        Action::ChangeParameters(change) => {
            let fields = fields::all(&change.parameters);
            let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            vec![PARAMETERS_ARE.with(&[&fields.join(" "), &change.former])]
        }
        Action::ChangeRoles(change) => vec![ROLES_ARE.with(&[&change.member, &roles(change.roles)])],
        Action::ChangeMemberStatus(change) => {
            let text = match change.status {
                MemberStatus::Active => IS_READMITTED,
                MemberStatus::Suspended => IS_SUSPENDED,
                MemberStatus::Expelled => IS_EXPELLED,
            };
            vec![text.with(&[&change.member])]
        }
        Action::EnrolMember(enrolment) => vec![enrols(enrolment)],
        Action::EnrolKey(enrolment) => vec![GETS_KEY.with(&[&enrolment.member, &key(&enrolment.key)])],
        Action::ChangeKeyStatus(end) => vec![match end.change {
            KeyChange::Retire => KEY_RETIRED.with(&[&end.key_id]),
            KeyChange::ReportCompromised { from } => KEY_COMPROMISED.with(&[&end.key_id, &when::show(from)]),
        }],
        Action::AdoptProfile(adoption) => vec![ADOPTS_PROFILE.with(&[&ProfileDigest::of(&adoption.profile)])],
        Action::AdoptCalendar(adoption) => vec![match CalendarYear::decode(&adoption.year) {
            Ok(year) => ADOPTS_YEAR.with(&[&year.year(), &year.revision()]),
            Err(_) => ADOPTS_BYTES.with(&[&sha256(&[&adoption.year])]),
        }],
        Action::SuspendClocks(suspension) => {
            let clocks = match &suspension.scope {
                ClockScope::Ledger => EVERY_CASE.into(),
                ClockScope::Case(case) => ONE_CASE.with(&[case]),
                ClockScope::Profiles(ids) => {
                    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                    CASES_UNDER.with(&[&ids.join(", ")])
                }
            };
            vec![SUSPENDS_CLOCKS.with(&[&suspension.first_day, &suspension.last_day, &clocks])]
        }
        Action::DepositEvidence(deposit) => vec![DEPOSITS.with(&[&deposit.digests.as_slice().len()])],
        Action::TakeStep(step) => vec![TAKES_STEP.with(&[&step.step])],
    }
}

fn validator(change: &ValidatorChange) -> Said {
    match change.power {
        0 => VALIDATES_NO_MORE.with(&[&change.key_id]),
        power => VALIDATES.with(&[&change.key_id, &power]),
    }
}

fn enrols(enrolment: &EnrolMember) -> Said {
    let keys: Vec<Said> = enrolment.keys.iter().map(key).collect();
    let keys = joined(&keys);
    match &enrolment.identity {
        MemberIdentity::Organisation { name, credit_code, .. } => {
            ENROLS.with(&[name, credit_code, &roles(enrolment.roles), &keys])
        }
        MemberIdentity::NaturalPerson { .. } => ENROLS_PERSON.with(&[&roles(enrolment.roles), &keys]),
    }
}

fn key(declaration: &KeyDeclaration) -> Said {
    KEY_FOR.with(&[&declaration.key_id(), &word(declaration.purpose)])
}

fn roles(roles: Roles) -> Said {
    let roles: Vec<_> = roles.iter().map(word).collect();
    joined(&roles)
}

fn word(word: impl Word) -> Said {
    use bulla_types::Lang::{En, Zh};
    Said { en: word.of(En).to_owned(), zh: word.of(Zh).to_owned() }
}

fn joined(parts: &[Said]) -> Said {
    use bulla_types::Lang::{En, Zh};
    let join = |lang, with: &str| parts.iter().map(|part| part.in_lang(lang)).collect::<Vec<_>>().join(with);
    Said { en: join(En, ", "), zh: join(Zh, "、") }
}
