//! The report of a verification for people: what is proved, what is only declared, what was not examined.

use bulla_types::{
    Ballot, BlockTime, CaptureMode, KeyStatus, Lang, LedgerClass, LinkRelation, MemberStatus, ProposalStatus,
};
use bulla_verify::Report;
use bulla_verify::report::{
    ActionReport, ActorReport, AnchorReport, Anchored, AsOf, Claim, Content, DeadlineReport, DepositReport,
    EquivocationReport, LedgerReport, OpenedReport, OpeningsReport, OriginalReport, ProposalReport,
    ReceiptReport, SignerReport, StandingReport, TimeReport, VotesReport,
};

use super::status_text;
use crate::messages::{
    ANCHOR, ANCHOR_AS_GIVEN, ANCHOR_CHECKPOINT, ANCHOR_GENESIS, ANCHORED_BY_CHECKPOINT, ANCHORED_BY_GENESIS,
    BLOCK_HASH, BLOCK_HEIGHT, CAPTURED_AT, CONDITION, CONDITIONAL, CYCLE_ENDED, DEADLINE_REACHED,
    DEADLINE_SETTLED, DECIDED, DECIDED_BY, DECLARED, DIGESTS, DISTANCE, ENTRY_INDEX, EQUIVOCATION, EVENT,
    EVIDENCE_NUMBER, FIELDS, FOUNDING, KEY_ID, LATER_CHANGE, LATER_LEFT_OUT, LATER_LOGS, LATER_LOGS_CLAIMED,
    LEDGER, LINKS, MEDIA_TYPE, NOT_EXAMINED, NOT_STRICT, OBTAINED, ORIGINAL, ORIGINAL_MATCHES, OUTAGE_ENDED,
    PROVED, REACHES_BACK, RECEIPT_OF, RECORDS_AS_OF, SIGNED_BY, SIZE_BYTES, TEST_LEDGER, TIME, TIME_BETWEEN,
    TIME_UNBOUNDED, TRANSACTION, VERIFIED,
};
use crate::output::facts;
use crate::text::texts;
use crate::when;
use crate::words::{Word, of_code};
use crate::written::quoted;

texts! {
    STEP_OF = "step {0} of {1}" "{1} 的步骤 {0}";
    ACTED_BY_AGENT = "{0}: {1}, signed by its agent {2}" "{0}：{1}，由代理人 {2} 签名";
    DOCUMENTS = "Documents" "材料";
    GIVEN = "Given" "由此产生";
    NAMED = "{0}: {1}" "{0}：{1}";
    PROPOSED_DIGEST = "digest of what is proposed {0}" "提案内容摘要 {0}";
    STANDS = "proposal from this entry on: {0}" "自本条目起，提案状态：{0}";
    VOTES_UNTIL = "votes are taken until {0}" "表决截止 {0}";
    OPENINGS_OF = "opens what was committed to in entry {0}:" "为条目 {0} 所承诺的内容：";
    OPENINGS_SHOWN = "Openings" "承诺内容";
}

/// A fact with its name.
pub(super) type Fact = (&'static str, String);

pub(super) fn report(report: &Report, lang: Lang) -> String {
    let mut parts = Vec::new();
    if report.ledger.class == LedgerClass::Test {
        parts.push(banner(TEST_LEDGER.of(lang)));
    }
    parts.push(VERIFIED.of(lang).to_owned());
    parts.push(facts(head(&report.ledger, &report.anchor, lang)));
    for (position, receipt) in report.receipts.iter().enumerate() {
        if report.receipts.len() > 1 {
            parts.push(RECEIPT_OF.fill(lang, &[&(position + 1), &report.receipts.len()]));
        }
        parts.push(facts(receipt_facts(receipt, lang)));
    }
    if !report.originals.is_empty() {
        parts.push(facts(originals(report, lang)));
    }
    if !report.openings.is_empty() {
        parts.push(facts(openings(report, lang)));
    }
    parts.join("\n\n")
}

/// A line that nobody overlooks.
pub(crate) fn banner(text: &str) -> String {
    let rule = "=".repeat(72);
    format!("{rule}\n{text}\n{rule}")
}

pub(super) fn head(ledger: &LedgerReport, anchor: &AnchorReport, lang: Lang) -> Vec<Fact> {
    let LedgerReport { name, class, id, .. } = ledger;
    let ledger = format!("{name} ({}) {id}", class.of(lang));
    let anchor = match anchor {
        AnchorReport::Genesis { time_ms } => {
            let age = when::span(when::now().0.saturating_sub(*time_ms), lang);
            ANCHOR_GENESIS.fill(lang, &[&when::show(BlockTime(*time_ms)), &age])
        }
        AnchorReport::Checkpoint { log_size, root, signed_by, .. } => {
            let said = ANCHOR_CHECKPOINT.fill(lang, &[log_size, root]);
            if signed_by.is_empty() {
                format!("{said}\n{}", ANCHOR_AS_GIVEN.of(lang))
            } else {
                let keys: Vec<_> = signed_by.iter().map(ToString::to_string).collect();
                format!("{said}\n{} {}", SIGNED_BY.of(lang), keys.join(" "))
            }
        }
    };
    vec![(LEDGER.of(lang), ledger), (ANCHOR.of(lang), anchor)]
}

fn receipt_facts(receipt: &ReceiptReport, lang: Lang) -> Vec<Fact> {
    let mut list = vec![
        (ENTRY_INDEX.of(lang), receipt.entry_index.to_string()),
        (BLOCK_HEIGHT.of(lang), receipt.height.to_string()),
        (BLOCK_HASH.of(lang), receipt.block_hash.to_string()),
        (TIME.of(lang), time(&receipt.time, lang)),
    ];
    content(&receipt.content, lang, &mut list);
    let VotesReport { round, validators, signatures, signed_power, total_power } = &receipt.votes;
    let decided = DECIDED.fill(lang, &[signatures, validators, signed_power, total_power, round]);
    list.push((DECIDED_BY.of(lang), decided));
    let AsOf { height, time_ms } = receipt.records_as_of;
    list.push((RECORDS_AS_OF.of(lang), format!("{height} ({})", when::show(BlockTime(time_ms)))));
    for (name, proved) in [(LATER_LOGS, true), (LATER_LOGS_CLAIMED, false)] {
        let later = receipt.later_inclusions.iter().filter(|later| later.proved == proved);
        let later = later.map(|later| format!("{} {}", later.log_size, later.root));
        list.push((name.of(lang), lines(later)));
    }
    list.push((DISTANCE.of(lang), anchored(&receipt.anchored, lang)));
    let claims = |claims: &[Claim]| lines(claims.iter().map(|claim| claim.of(lang).to_owned()));
    list.push((PROVED.of(lang), claims(&receipt.claims.proved)));
    list.push((CONDITIONAL.of(lang), conditional(&receipt.claims.conditional, lang)));
    list.push((DECLARED.of(lang), claims(&receipt.claims.declared)));
    list.push((NOT_EXAMINED.of(lang), claims(&receipt.claims.not_examined)));
    list
}

/// What a checkpoint alone does not prove, with the condition that it rests on.
pub(super) fn conditional(list: &[Claim], lang: Lang) -> String {
    let claims = list.iter().map(|claim| claim.of(lang));
    let condition = (!list.is_empty()).then(|| CONDITION.of(lang));
    lines(claims.chain(condition).map(str::to_owned))
}

/// Block time and the interval that it stands for.
fn time(time: &TimeReport, lang: Lang) -> String {
    let recorded = when::show(BlockTime(time.recorded_ms));
    let meaning = match (time.earliest_ms, time.latest_ms) {
        (Some(earliest), Some(latest)) => {
            let (earliest, latest) = (when::show(BlockTime(earliest)), when::show(BlockTime(latest)));
            TIME_BETWEEN.fill(lang, &[&earliest, &latest])
        }
        _ => TIME_UNBOUNDED.of(lang).to_owned(),
    };
    format!("{recorded}\n{meaning}")
}

fn anchored(anchored: &Anchored, lang: Lang) -> String {
    match anchored {
        Anchored::Genesis { elapsed_ms, validator_changes } => {
            ANCHORED_BY_GENESIS.fill(lang, &[&when::span(*elapsed_ms, lang), validator_changes])
        }
        Anchored::Checkpoint { later_entries } => ANCHORED_BY_CHECKPOINT.fill(lang, &[later_entries]),
    }
}

fn content(content: &Content, lang: Lang, list: &mut Vec<Fact>) {
    match content {
        Content::Transaction(transaction) => {
            list.push((TRANSACTION.of(lang), transaction.transaction_id.to_string()));
            let actions = transaction.actions.iter().filter(|action| action.evidence_number.is_none());
            actions.for_each(|action| list.extend(act_facts(action, lang)));
            transaction.deposits.iter().for_each(|deposit| list.extend(deposit_facts(deposit, lang)));
            let signers = transaction.signers.iter().map(|signer| signer_lines(signer, lang));
            list.push((SIGNED_BY.of(lang), lines(signers)));
        }
        Content::Founded => list.push((EVENT.of(lang), FOUNDING.of(lang).to_owned())),
        Content::Equivocation(equivocation) => {
            let EquivocationReport { address, height, round, vote_type } = equivocation;
            list.push((EVENT.of(lang), EQUIVOCATION.fill(lang, &[address, height, round, vote_type])));
        }
        Content::DeadlineReached(DeadlineReport { subject, deadline, due_ms }) => {
            let due = when::show(BlockTime(*due_ms));
            list.push((EVENT.of(lang), DEADLINE_REACHED.fill(lang, &[subject, deadline, &due])));
        }
        Content::DeadlineSettled(DeadlineReport { subject, deadline, due_ms }) => {
            let due = when::show(BlockTime(*due_ms));
            list.push((EVENT.of(lang), DEADLINE_SETTLED.fill(lang, &[subject, deadline, &due])));
        }
        Content::OutageEnded { from_ms, held_until_ms } => {
            let (from, until) = (when::show(BlockTime(*from_ms)), when::show(BlockTime(*held_until_ms)));
            list.push((EVENT.of(lang), OUTAGE_ENDED.fill(lang, &[&from, &until])));
        }
        Content::CycleEnded { due_ms, profile_digest, procedure } => {
            let due = when::show(BlockTime(*due_ms));
            list.push((EVENT.of(lang), CYCLE_ENDED.fill(lang, &[&due, procedure, profile_digest])));
        }
    }
}

/// An act, and of a step who took it with what.
fn act_facts(action: &ActionReport, lang: Lang) -> Vec<Fact> {
    if let Some(proposal) = &action.proposal {
        return vec![(EVENT.of(lang), about_proposal(action.action, proposal, lang))];
    }
    let Some(taken) = &action.taken else { return vec![(EVENT.of(lang), action.action.to_owned())] };
    let (case, given) =
        action.given.split_first().map_or(("", &[][..]), |(case, given)| (case.as_str(), given));
    let mut act = vec![STEP_OF.fill(lang, &[&taken.step, &case])];
    act.extend(taken.actors.iter().map(|ActorReport { party, member, agent }| match agent {
        Some(agent) => ACTED_BY_AGENT.fill(lang, &[party, member, agent]),
        None => NAMED.fill(lang, &[party, member]),
    }));
    let documents = taken.documents.iter();
    let documents = documents.map(|(name, items)| NAMED.fill(lang, &[name, &items.join(", ")]));
    vec![
        (EVENT.of(lang), lines(act)),
        (GIVEN.of(lang), given.join(" ")),
        (FIELDS.of(lang), status_text::contents(&taken.fields)),
        (DOCUMENTS.of(lang), lines(documents)),
    ]
}

/// An act about a proposal: what became of that, and the acts in it with the numbers that they gave.
fn about_proposal(action: &str, proposal: &ProposalReport, lang: Lang) -> String {
    let ProposalReport { identifier, digest, ballot, not_after_ms, status, acts } = proposal;
    let mut told = vec![NAMED.fill(lang, &[&action, &identifier])];
    told.extend(ballot.map(|ballot| of_code::<Ballot>(ballot, lang)));
    told.extend(not_after_ms.map(|until| VOTES_UNTIL.fill(lang, &[&when::show(BlockTime(until))])));
    let status = of_code::<ProposalStatus>(status, lang);
    told.push(STANDS.fill(lang, &[&status]));
    let given = |act: &ActionReport| {
        let numbers = [act.member_number, act.suspension_number].into_iter().flatten();
        let ids = [&act.key_id, &act.profile_digest].into_iter().flatten();
        let given: Vec<_> = numbers.map(|number| number.to_string()).chain(ids.cloned()).collect();
        format!("- {} {}", act.action, given.join(" ")).trim_end().to_owned()
    };
    told.extend(acts.iter().map(given));
    told.extend(digest.map(|digest| PROPOSED_DIGEST.fill(lang, &[&digest])));
    lines(told)
}

fn deposit_facts(deposit: &DepositReport, lang: Lang) -> Vec<Fact> {
    let digests = deposit.digests.iter().map(|d| format!("{:8} {}", d.algorithm.to_string(), d.value));
    let links = deposit.links.iter();
    let links =
        links.map(|link| format!("{} {}", of_code::<LinkRelation>(link.relation, lang), link.evidence));
    let captured = deposit.provenance.captured_at_ms.map(|ms| when::show(BlockTime(ms)));
    vec![
        (EVIDENCE_NUMBER.of(lang), deposit.evidence.to_string()),
        (DIGESTS.of(lang), lines(digests)),
        (MEDIA_TYPE.of(lang), deposit.media_type.to_string()),
        (SIZE_BYTES.of(lang), deposit.size_bytes.to_string()),
        (OBTAINED.of(lang), of_code::<CaptureMode>(deposit.provenance.mode, lang)),
        (CAPTURED_AT.of(lang), captured.unwrap_or_default()),
        (LINKS.of(lang), lines(links)),
    ]
}

fn signer_lines(signer: &SignerReport, lang: Lang) -> String {
    let mut told = vec![enrolled(signer, lang), format!("{} {}", KEY_ID.of(lang), signer.key_id)];
    if !signer.strict {
        told.push(NOT_STRICT.of(lang).to_owned());
    }
    later::<MemberStatus>(&signer.enrolment.member, lang, &mut told);
    later::<KeyStatus>(&signer.enrolment.key, lang, &mut told);
    told.join("\n")
}

fn enrolled(SignerReport { member, enrolment, .. }: &SignerReport, lang: Lang) -> String {
    let mut known = vec![member.to_string()];
    known.extend(enrolment.name.as_ref().map(ToString::to_string));
    known.extend(enrolment.credit_code.map(|code| code.to_string()));
    let mut words: Vec<_> = enrolment.roles.iter().map(|role| role.of(lang)).collect();
    words.push(enrolment.purpose.of(lang));
    format!("{} ({})", known.join(" "), words.join(", "))
}

/// What was recorded of a member or key after the entry.
fn later<S: Word>(standing: &StandingReport, lang: Lang, told: &mut Vec<String>) {
    for step in &standing.later {
        let status = of_code::<S>(step.status, lang);
        let mut line = LATER_CHANGE.fill(lang, &[&status, &when::show(BlockTime(step.time_ms)), &step.index]);
        if step.reaches_back {
            line = format!("{line} {}", REACHES_BACK.of(lang));
        }
        told.push(line);
    }
    if !standing.later_complete && standing.newest != standing.status {
        told.push(LATER_LEFT_OUT.fill(lang, &[&of_code::<S>(standing.newest, lang)]));
    }
}

fn originals(report: &Report, lang: Lang) -> Vec<Fact> {
    let one = |original: &OriginalReport| {
        let matches = original.matches.iter().map(|found| {
            let algorithms: Vec<_> = found.algorithms.iter().map(ToString::to_string).collect();
            ORIGINAL_MATCHES.fill(lang, &[&found.evidence, &algorithms.join(", ")])
        });
        (ORIGINAL.of(lang), format!("{}\n{}", original.name, lines(matches)))
    };
    report.originals.iter().map(one).collect()
}

/// What owners kept to themselves and now show.
fn openings(report: &Report, lang: Lang) -> Vec<Fact> {
    let field = |OpenedReport { path, values, .. }: &OpenedReport| {
        let name = path.strip_prefix("fields.").unwrap_or(path);
        NAMED.fill(lang, &[&name, &quoted(&values.join(", "))])
    };
    let one = |OpeningsReport { name, entry_index, fields, .. }: &OpeningsReport| {
        let head = [name.clone(), OPENINGS_OF.fill(lang, &[entry_index])];
        (OPENINGS_SHOWN.of(lang), lines(head.into_iter().chain(fields.iter().map(field))))
    };
    report.openings.iter().map(one).collect()
}

pub(super) fn lines(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_fixtures::{Ledger, SERVICE};
    use bulla_types::{LaterInclusion, ReceiptFile};
    use bulla_verify::{Anchor, verify};

    use super::*;

    /// Size 4 is that of a certified header in the file; size 5 the genesis does not reach.
    #[test]
    fn a_later_log_that_the_anchor_does_not_reach_is_only_claimed() {
        let mut ledger = Ledger::with_deposits();
        let deposit = ledger.deposit(b"later", &[(SERVICE, "member 5 operate")]);
        ledger.block(vec![deposit]);
        let (mut receipts, bundle) = ledger.receipts(&[2], 4);
        let later = |log_size| LaterInclusion { log_size, inclusion_path: ledger.path(2, log_size) };
        receipts[0].later_inclusions = vec![later(4), later(5)];
        let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
        let report = report(&verify(&file, &Anchor::Ledger(ledger.id), &[]).unwrap(), Lang::En);
        let line =
            |name: &str| report.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
        assert!(line("Also in later logs").ends_with(&format!(" 4 {}", ledger.root(4))), "{report}");
        assert!(line("Claimed for later logs").ends_with(&format!(" 5 {}", ledger.root(5))), "{report}");
    }
}
