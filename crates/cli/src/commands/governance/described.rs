//! Actions in words, from themselves alone: what somebody signs who has no ledger at hand.

use bulla_crypto::sha256;
use bulla_rules::CalendarYear;
use bulla_types::{
    Action, Ballot, Canonical, ChangeParameters, ClockScope, EnrolMember, KeyChange, KeyDeclaration,
    MemberIdentity, MemberStatus, Opening, Parameters, ProfileDigest, Propose, Roles, TransactionDraft,
    ValidatorChange,
};

use super::fields;
use crate::text::{Said, Text, Value, texts};
use crate::when;
use crate::words::Word;

texts! {
    VALIDATES = "the CONSENSUS key {0} validates with a voting power of {1}" "共识密钥 {0} 担任验证节点，表决权为 {1}";
    VALIDATES_NO_MORE = "the CONSENSUS key {0} validates no more" "共识密钥 {0} 不再担任验证节点";
    PARAMETERS_ARE = "the parameters become {0}, in place of those with hash {1}" "账本参数变更为 {0}，取代哈希为 {1} 的参数";
    PARAMETER_CHANGES = "the parameter {0} changes from {1} to {2}" "账本参数 {0} 由 {1} 变更为 {2}";
    PROTOCOL_IS = "the ledger goes by version {0} of the protocol from height {1} on" "账本自高度 {1} 起采用协议版本 {0}";
    PROTOCOL_STAYS = "the version of the protocol that is scheduled is taken back" "撤销已排定的协议版本";
    PARAMETERS_STALE = "{0} (refused as it stands: made to replace the parameters with hash {1}, and others are in force)" "{0}（现不能执行：拟替换的参数哈希为 {1}，而现行参数已不同）";
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
    PROPOSES = "the registration bodies are to vote until {0} on this proposal:" "提请各登记机构于 {0} 前表决以下提案：";
    APPROVES = "approves proposal {0}, whose digest is {1}" "同意提案 {0}（摘要 {1}）";
    REJECTS = "rejects proposal {0}, whose digest is {1}" "反对提案 {0}（摘要 {1}）";
    WITHDRAWS = "proposal {0} is withdrawn" "撤回提案 {0}";
    TAKES_STEP = "the step {0} of a case is taken" "办理案件步骤 {0}";
    STATES = "   {0}: {1}" "   {0}：{1}";
    NOT_OPENED = "(not in the file)" "（文件中没有）";
    KEY_FOR = "{0} ({1})" "{0}（{1}）";
}

/// The path of the grounds of a proposal.
pub(super) const GROUNDS: &str = "grounds";

/// What is known beyond the actions themselves.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// The openings of their transaction, and which of its actions they are looked up for.
    pub(super) openings: &'a [Opening],
    pub(super) action: u32,
    /// What stands for what is not opened.
    pub(super) missing: Text,
    /// The draft that they are of.
    pub(super) draft: Option<&'a TransactionDraft>,
    /// The parameters of the next height.
    pub(super) parameters: Option<&'a Parameters>,
}

impl<'a> Known<'a> {
    /// The text that is attached at this path.
    pub(super) fn text(self, path: &str) -> Option<&'a str> {
        let found = |opening: &&Opening| opening.action == self.action && opening.path.as_str() == path;
        std::str::from_utf8(&self.openings.iter().find(found)?.value).ok()
    }
}

/// A line or more for each action of a draft, in order.
pub(super) fn all(draft: &TransactionDraft) -> Vec<Said> {
    let actions = (0_u32..).zip(&draft.body().actions);
    let known = |action| Known {
        openings: draft.openings(),
        action,
        missing: NOT_OPENED,
        draft: Some(draft),
        parameters: None,
    };
    actions.map(|(place, action)| Said::lines(&one(action, known(place), None))).collect()
}

/// A line or more for each act that is proposed, in order.
pub(super) fn proposed(propose: &Propose, known: Known<'_>) -> Vec<Said> {
    let acts = propose.actions.iter().enumerate();
    acts.map(|(place, act)| Said::lines(&one(act, known, Some(place)))).collect()
}

/// What it does, then what is attached to it; at this place of a proposal, if it is of one.
fn one(action: &Action, known: Known<'_>, place: Option<usize>) -> Vec<Said> {
    let mut lines = does(action, known.parameters);
    let paths: Vec<_> = match action {
        Action::Propose(propose) => {
            lines.extend(proposed(propose, known).iter().map(|act| act.indented("   ")));
            propose.grounds.iter().map(|_| GROUNDS.into()).collect()
        }
        action => action.commitments().into_iter().map(|(path, _)| path).collect(),
    };
    if let Action::VoteOnProposal(vote) = action {
        let acts = known
            .draft
            .and_then(|draft| Some(proposed(draft.voted_on(vote)?, Known { openings: &[], ..known })));
        let acts = acts.unwrap_or_else(|| vec![NOT_OPENED.into()]);
        lines.extend(acts.iter().map(|act| act.indented("   ")));
    }
    for path in paths {
        let whole = place.map_or_else(|| path.to_string(), |place| Propose::path(place, &path));
        let text = known.text(&whole).map_or_else(|| known.missing.into(), Said::name);
        lines.push(STATES.with(&[&path, &text]));
    }
    lines
}

fn does(action: &Action, present: Option<&Parameters>) -> Vec<Said> {
    match action {
        Action::ChangeValidators(change) => change.changes.iter().map(validator).collect(),
        Action::ChangeParameters(change) => vec![parameters(change, present)],
        Action::ScheduleProtocol(schedule) => vec![match schedule.scheduled {
            Some(scheduled) => PROTOCOL_IS.with(&[&scheduled.version, &scheduled.height]),
            None => PROTOCOL_STAYS.into(),
        }],
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
        Action::Propose(propose) => vec![PROPOSES.with(&[&when::show(propose.not_after)])],
        Action::VoteOnProposal(vote) => {
            let text = match vote.ballot {
                Ballot::Approve => APPROVES,
                Ballot::Reject => REJECTS,
            };
            vec![text.with(&[&vote.proposal, &vote.digest])]
        }
        Action::WithdrawProposal(withdrawal) => vec![WITHDRAWS.with(&[&withdrawal.proposal])],
    }
}

/// Every parameter, or what changes of those that are known.
fn parameters(change: &ChangeParameters, present: Option<&Parameters>) -> Said {
    let new = fields::all(&change.parameters);
    let Some(present) = present else {
        let fields: Vec<_> = new.iter().map(|(name, value)| format!("{name}={value}")).collect();
        return PARAMETERS_ARE.with(&[&fields.join(" "), &change.former]);
    };
    let pairs = fields::all(present).into_iter().zip(new).filter(|(old, new)| old != new);
    let changes: Vec<_> =
        pairs.map(|((name, old), (_, new))| PARAMETER_CHANGES.with(&[&name, &old, &new])).collect();
    let changes = joined(&changes);
    if present.hash() == change.former { changes } else { PARAMETERS_STALE.with(&[&changes, &change.former]) }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_client::{ChangeMemberStatusRequest, TransactionBuilder};
    use bulla_types::{BlockTime, KeyId, LedgerId, MemberNumber, ProposalNumber, SignerRef, VoteOnProposal};

    use super::*;

    fn draft(act: TransactionBuilder) -> TransactionDraft {
        act.draft(&[SignerRef { member: MemberNumber(2), key_id: KeyId::from_bytes([3; 32]) }]).unwrap()
    }

    fn begin() -> TransactionBuilder {
        TransactionBuilder::new(LedgerId::from_bytes([9; 32]))
    }

    fn suspension() -> ChangeMemberStatusRequest {
        let grounds = Some("停业".to_owned());
        ChangeMemberStatusRequest { member: MemberNumber(6), status: MemberStatus::Suspended, grounds }
    }

    #[test]
    fn of_parameters_that_are_known_what_changes_is_told_and_whether_others_are_in_force() {
        let present = bulla_fixtures::parameters();
        let changed = Parameters { block_entries_max: 500, ..present.clone() };
        let change = ChangeParameters { former: present.hash(), parameters: changed };
        let told = parameters(&change, Some(&present));
        let from = present.block_entries_max;
        assert_eq!(told.en, format!("the parameter block_entries_max changes from {from} to 500"));
        let other = Parameters { block_entries_max: 600, ..present.clone() };
        let told = parameters(&change, Some(&other));
        assert!(told.en.contains("from 600 to 500 (refused as it stands"), "{}", told.en);
        assert!(parameters(&change, None).en.contains("block_bytes_max="), "else all of them");
    }

    #[test]
    fn a_proposal_tells_its_acts_with_what_is_attached_to_each() {
        let act = begin().proposing(BlockTime(1_900_000_000_000), Some("联席会议".to_owned()));
        let told = all(&draft(act.action(suspension())));
        let lines: Vec<_> = told[0].zh.lines().collect();
        assert_eq!(lines[1..], ["   暂停成员 6", "      grounds：停业", "   grounds：联席会议"], "{lines:?}");
    }

    #[test]
    fn a_vote_tells_what_it_is_on_if_the_file_holds_that() {
        let proposal = draft(begin().proposing(BlockTime(1_900_000_000_000), None).action(suspension()));
        let Action::Propose(propose) = &proposal.body().actions[0] else { panic!("a proposal") };
        let (digest, ballot) = (propose.digest(), Ballot::Reject);
        let vote = VoteOnProposal { proposal: ProposalNumber(7), digest, ballot };
        let vote = draft(begin().action(Action::VoteOnProposal(vote)));
        assert!(all(&vote)[0].zh.ends_with(NOT_OPENED.zh));
        let told = all(&vote.with_voted_on(vec![propose.clone()]).unwrap());
        let lines: Vec<_> = told[0].zh.lines().collect();
        assert!(lines[0].starts_with("反对提案 7"), "{lines:?}");
        assert_eq!(lines[1], "   暂停成员 6");
    }
}
