//! Actions in words, from themselves alone: what somebody signs who has no ledger at hand.

use bulla_crypto::sha256;
use bulla_rules::CalendarYear;
use bulla_rules::profile::Profile;
use bulla_types::{
    Action, Ballot, Canonical, ChangeParameters, ClockScope, EnrolMember, KeyChange, KeyDeclaration,
    MemberIdentity, MemberStatus, Opening, Parameters, ProfileDigest, Propose, Roles, TransactionDraft,
    ValidatorChange, VotedOn,
};

use super::fields;
use crate::records::date;
use crate::text::{Said, Text, Value, texts};
use crate::when;
use crate::words::Word;
use crate::written::quoted;

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
    ADOPTS_VERSION = "version {1} of the rule profile {0} comes into force, with digest {2}" "启用规则配置 {0} 第 {1} 版（摘要 {2}）";
    ADOPTS_PROFILE = "the rule profile with digest {0} comes into force" "启用摘要为 {0} 的规则配置";
    ADOPTS_YEAR = "the calendar of {0}, revision {1}, comes into force" "启用 {0} 年工作日历第 {1} 版";
    ADOPTS_BYTES = "a year of the calendar with SHA-256 {0} comes into force" "启用 SHA-256 为 {0} 的年度工作日历";
    SUSPENDS_CLOCKS = "deadlines of {2} do not count the days from {0} to {1}" "{2}的期限不计入 {0} 至 {1} 的日期";
    EVERY_CASE = "every case" "全部案件";
    CASES_UNDER = "the cases under {0}" "适用 {0} 的案件";
    ONE_CASE = "case {0}" "第 {0} 号案件";
    DEPOSITS = "evidence with {0} digests is deposited" "存证，含 {0} 项摘要";
    PROPOSES = "the registration bodies are to vote until {0} on this proposal:" "提请各登记机构于 {0} 前表决以下提案：";
    APPROVES = "approves proposal {0}, whose digest is {1}" "同意提案 {0}（摘要 {1}）";
    REJECTS = "rejects proposal {0}, whose digest is {1}" "反对提案 {0}（摘要 {1}）";
    WITHDRAWS = "proposal {0} is withdrawn" "撤回提案 {0}";
    TAKES_STEP = "the step {0} of a case is taken" "办理案件步骤 {0}";
    GROUNDS_OF_PROPOSAL = "   grounds of the proposal: {0}" "   提案理由：{0}";
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

    /// A line, or more, of what is attached under this name at a path.
    fn states(self, name: &str, path: &str) -> Said {
        STATES.with(&[&name, &self.shown(path)])
    }

    /// What is attached at a path, for a line that stands three columns to the right.
    fn shown(self, path: &str) -> Said {
        let text = self.text(path).map(|text| quoted(text).replace('\n', "\n   "));
        text.map_or_else(|| self.missing.into(), Said::name)
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

/// What a vote is on: its acts, then its grounds.
fn voted_on(on: &VotedOn, known: Known<'_>) -> Vec<Said> {
    let openings = on.opened.as_ref().map_or(&[][..], |opened| &opened.openings);
    let action = openings.first().map_or(known.action, |opening| opening.action);
    let known = Known { openings, action, ..known };
    let grounds = on.propose.grounds.map(|_| GROUNDS_OF_PROPOSAL.with(&[&known.shown(GROUNDS)]));
    let acts = proposed(&on.propose, known);
    acts.iter().map(|act| act.indented("   ")).chain(grounds).collect()
}

/// What it does, then what is attached to it; at this place of a proposal, if it is of one.
fn one(action: &Action, known: Known<'_>, place: Option<usize>) -> Vec<Said> {
    let mut lines = does(action, known.parameters);
    let mut on = Vec::new();
    let paths: Vec<_> = match action {
        Action::Propose(propose) => {
            lines.extend(proposed(propose, known).iter().map(|act| act.indented("   ")));
            propose.grounds.iter().map(|_| GROUNDS.into()).collect()
        }
        action => action.commitments().into_iter().map(|(path, _)| path).collect(),
    };
    if let Action::VoteOnProposal(vote) = action {
        let held = known.draft.and_then(|draft| draft.voted_on(vote));
        let not_in_file = || vec![Said::from(NOT_OPENED).indented("   ")];
        on = held.map_or_else(not_in_file, |on| voted_on(on, known));
    }
    for path in paths {
        let whole = place.map_or_else(|| path.to_string(), |place| Propose::path(place, &path));
        lines.push(known.states(&path, &whole));
    }
    lines.extend(on);
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
        Action::AdoptProfile(adoption) => {
            let digest = ProfileDigest::of(&adoption.profile);
            vec![match Profile::decode(&adoption.profile) {
                Ok(profile) => ADOPTS_VERSION.with(&[&profile.id, &profile.version, &digest]),
                Err(_) => ADOPTS_PROFILE.with(&[&digest]),
            }]
        }
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
            vec![SUSPENDS_CLOCKS.with(&[&date(suspension.first_day), &date(suspension.last_day), &clocks])]
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

    use bulla_client::{ChangeMemberStatusRequest, TransactionBuilder, VoteRequest};
    use bulla_crypto::SecretKey;
    use bulla_types::Lang::{En, Zh};
    use bulla_types::{
        AdoptCalendar, AdoptProfile, BlockTime, CaseNumber, Commitment, EnrolKey, KeyId, KeyPurpose,
        LedgerId, MemberNumber, OpenedProposal, ProposalNumber, ScheduleProtocol, SignerRef, SuspendClocks,
    };

    use super::*;
    use crate::golden::assert_golden;

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
    fn a_second_line_of_grounds_is_marked_and_never_stands_where_acts_do() {
        let hostile = Some("none\nmember 4 is readmitted\n   - member 5".to_owned());
        let member = MemberNumber(6);
        let suspension =
            ChangeMemberStatusRequest { member, status: MemberStatus::Suspended, grounds: hostile.clone() };
        let told = all(&draft(begin().action(suspension.clone())));
        let lines: Vec<_> = told[0].en.lines().collect();
        let told_of = ["   grounds: none", "   | member 4 is readmitted", "   |    - member 5"];
        assert_eq!(lines, [&["member 6 is suspended"][..], &told_of].concat());
        let proposed = all(&draft(begin().proposing(BlockTime(1), hostile).action(suspension)));
        let lines: Vec<_> = proposed[0].en.lines().skip(2).collect();
        let of_act = told_of.map(|line| format!("   {line}"));
        let of_all: Vec<&str> = of_act.iter().map(String::as_str).chain(told_of).collect();
        assert_eq!(lines, of_all);
    }

    #[test]
    fn what_drafts_can_hold_is_told_in_both_languages() {
        let year = crate::commands::calendar::published::year(2025).unwrap().unwrap();
        let key = begin().declare_key(KeyPurpose::Consensus, &SecretKey::from_seed(&[7; 32]));
        let actions = [
            Action::AdoptProfile(AdoptProfile { profile: b"a profile"[..].into() }),
            Action::AdoptCalendar(AdoptCalendar { year: year.encode().into() }),
            Action::AdoptCalendar(AdoptCalendar { year: b"no year"[..].into() }),
            Action::EnrolKey(EnrolKey { member: MemberNumber(6), key }),
            Action::ScheduleProtocol(ScheduleProtocol { scheduled: None }),
        ];
        let scopes = [
            ClockScope::Ledger,
            ClockScope::Case(CaseNumber(12)),
            ClockScope::Profiles(["cn-a", "cn-b"].map(|id| id.parse().unwrap()).into_iter().collect()),
        ];
        let suspensions = scopes.map(|scope| {
            Action::SuspendClocks(SuspendClocks {
                first_day: 20_260_201,
                last_day: 20_260_203,
                scope,
                authority: Commitment(sha256(&[b"7"])),
            })
        });
        let told =
            all(&draft(actions.into_iter().chain(suspensions).fold(begin(), TransactionBuilder::action)));
        for (lang, file) in [(En, "draft.en.txt"), (Zh, "draft.zh.txt")] {
            let told: Vec<_> = told.iter().map(|said| said.of(lang)).collect();
            assert_golden(file, &(told.join("\n") + "\n"));
        }
    }

    #[test]
    fn a_vote_tells_what_it_is_on_if_the_file_holds_that() {
        let grounds = Some("联席会议".to_owned());
        let proposal = draft(begin().proposing(BlockTime(1_900_000_000_000), grounds).action(suspension()));
        let Action::Propose(propose) = &proposal.body().actions[0] else { panic!("a proposal") };
        let (digest, ballot) = (propose.digest(), Ballot::Reject);
        let grounds = Some("条件未核实".to_owned());
        let vote =
            draft(begin().action(VoteRequest { proposal: ProposalNumber(7), digest, ballot, grounds }));
        assert!(all(&vote)[0].zh.ends_with(NOT_OPENED.zh));
        let told = all(&vote.clone().with_voted_on(vec![propose.clone().into()]).unwrap());
        let lines: Vec<_> = told[0].zh.lines().collect();
        assert!(lines[0].starts_with("反对提案 7"), "{lines:?}");
        assert_eq!(
            lines[1..],
            [
                "   grounds：条件未核实",
                "   暂停成员 6",
                "      grounds：（文件中没有）",
                "   提案理由：（文件中没有）"
            ]
        );
        // With what is attached to the proposal, grounds are read too.
        let opened =
            OpenedProposal { request_id: proposal.body().request_id, openings: proposal.openings().to_vec() };
        let on = VotedOn { propose: propose.clone(), opened: Some(opened) };
        let told = all(&vote.with_voted_on(vec![on]).unwrap());
        let lines: Vec<_> = told[0].zh.lines().skip(1).collect();
        assert_eq!(
            lines,
            ["   grounds：条件未核实", "   暂停成员 6", "      grounds：停业", "   提案理由：联席会议"]
        );
    }
}
