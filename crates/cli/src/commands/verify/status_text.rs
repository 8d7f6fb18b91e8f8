//! What a status proof shows, for people: the answer first, then what stands behind it.

use bulla_types::{Ballot, BlockTime, Identifier, Lang, LedgerClass};
use bulla_verify::report::{
    AnswerReport, AsOf, CastVoteReport, ContentReport, Contents, EncumbranceReport, FlagReport, RecordReport,
    RegistrationReport, ShareReport, SpanReport, StatusReport, StepReport, Verdict, VotesReport,
};

use crate::messages::{
    ACCOUNT, BLOCK_HASH, CASE, CERTIFICATE, CERTIFIES, CONDITIONAL, CREDIT_CODE, DECIDED, DECIDED_BY,
    EFFECTIVE_FROM, FIELDS, FLAGS, HOLDER, HOLDERS, ISSUED, KEY_ID, KIND_OF, MEMBER, NAME, OF_CASE,
    PROCEDURE, PROFILE, PROPOSAL, PROVED, PUBLIC_KEY, PURPOSE, REGISTRATION, REVISION, ROLES, TEST_LEDGER,
    VALID_UNTIL, VERIFIED, VOTES_UNTIL, WITHOUT_TERM, YEAR,
};
use crate::output::facts;
use crate::text::Text;
use crate::when;
use crate::words::{Word, of_code};
use crate::written::quoted;

use super::status_words::{
    ABOUT, ANSWER, AS_OF, ASKED, BOOKED_IN, CHANGED_BY, DIGEST_OF_PROOF, DIGEST_PROPOSED, ENCUMBRANCES,
    IN_FORCE, LASTING, NOT_IN_FORCE, NOT_KNOWN, NOT_KNOWN_AFTER, NOT_OPEN, NOT_TAKING_VOTES, NOT_VALID,
    OBJECT, OPEN, OPENED, PARTIES, PARTLY_IN_FORCE, PARTLY_OPEN, PARTLY_TAKING_VOTES, PARTLY_VALID,
    PROPOSED_BY, PROPOSED_IN, RIGHTS, SINCE, STATE, STEP_AT, STEPS, SUSPENDS, TAKING_VOTES, TIMELINE, VALID,
    VALID_UNTIL_STATED, VOTED, VOTES, standing,
};
use super::text::{self, Fact, lines};

pub(crate) fn report(report: &StatusReport, lang: Lang) -> String {
    let mut parts = Vec::new();
    if report.ledger.class == LedgerClass::Test {
        parts.push(text::banner(TEST_LEDGER.of(lang)));
    }
    parts.push(VERIFIED.of(lang).to_owned());
    parts.extend(report.answer.as_ref().map(|answer| answered(report, answer, lang)));
    parts.push(facts(text::head(&report.ledger, &report.anchor, lang)));
    parts.push(facts(record(&report.record, lang)));
    parts.push(facts(past(report, lang)));
    parts.join("\n\n")
}

/// The answer, with what held from when until when.
fn answered(report: &StatusReport, answer: &AnswerReport, lang: Lang) -> String {
    let verdict = verdict(&report.record, answer.verdict);
    let time = |ms| when::show(BlockTime(ms));
    // An instant is the millisecond that begins with it.
    let asked = match answer.until_ms - answer.from_ms {
        1 => time(answer.from_ms),
        _ => SINCE.fill(lang, &[&time(answer.from_ms), &time(answer.until_ms)]),
    };
    let mut told = vec![ANSWER.fill(lang, &[&verdict]), ASKED.fill(lang, &[&asked])];
    if answer.verdict == Verdict::NotKnown {
        told.push(NOT_KNOWN_AFTER.fill(lang, &[&time(report.as_of.time_ms)]));
    }
    told.extend(match answer.spans.as_slice() {
        // One that lasts as long as what was asked need not repeat it.
        [span] => vec![format!("  {}", stood(&report.record, span, lang))],
        spans => spans.iter().map(|span| format!("  {}", spanned(&report.record, span, lang))).collect(),
    });
    told.extend(
        answer.distrusted_from_ms.map(|from| format!("  {}: {}", EFFECTIVE_FROM.of(lang), time(from))),
    );
    told.join("\n")
}

/// A certificate is valid, a case open, a proposal open to votes, everything else in force.
fn verdict(record: &RecordReport, verdict: Verdict) -> Text {
    match (verdict, record) {
        (Verdict::NotKnown, _) => NOT_KNOWN,
        (Verdict::InForce, RecordReport::Certificate(_)) => VALID,
        (Verdict::InForce, RecordReport::Case(_)) => OPEN,
        (Verdict::InForce, RecordReport::Proposal(_)) => TAKING_VOTES,
        (Verdict::InForce, _) => IN_FORCE,
        (Verdict::PartlyInForce, RecordReport::Certificate(_)) => PARTLY_VALID,
        (Verdict::PartlyInForce, RecordReport::Case(_)) => PARTLY_OPEN,
        (Verdict::PartlyInForce, RecordReport::Proposal(_)) => PARTLY_TAKING_VOTES,
        (Verdict::PartlyInForce, _) => PARTLY_IN_FORCE,
        (Verdict::NotInForce, RecordReport::Certificate(_)) => NOT_VALID,
        (Verdict::NotInForce, RecordReport::Case(_)) => NOT_OPEN,
        (Verdict::NotInForce, RecordReport::Proposal(_)) => NOT_TAKING_VOTES,
        (Verdict::NotInForce, _) => NOT_IN_FORCE,
    }
}

/// From when until when the record stood how.
fn spanned(record: &RecordReport, span: &SpanReport, lang: Lang) -> String {
    let time = |ms| when::show(BlockTime(ms));
    let lasted = match span.until_ms {
        Some(until) => SINCE.fill(lang, &[&time(span.from_ms), &time(until)]),
        None => LASTING.fill(lang, &[&time(span.from_ms)]),
    };
    format!("{lasted}  {}", stood(record, span, lang))
}

/// How the record stood.
fn stood(record: &RecordReport, span: &SpanReport, lang: Lang) -> String {
    let mut line = standing(record, span.standing, lang);
    if let Some(state) = &span.state {
        line = format!("{line}, {state}");
    }
    match (record, span.valid_until_ms) {
        (RecordReport::Certificate(_), Some(until)) if span.in_force => {
            format!("{line} {}", VALID_UNTIL_STATED.fill(lang, &[&when::show(BlockTime(until))]))
        }
        _ => line,
    }
}

fn past(report: &StatusReport, lang: Lang) -> Vec<Fact> {
    let VotesReport { round, validators, signatures, signed_power, total_power } = &report.votes;
    let AsOf { height, time_ms } = report.as_of;
    let claims =
        |claims: &[bulla_verify::report::Claim]| lines(claims.iter().map(|claim| claim.of(lang).to_owned()));
    vec![
        (TIMELINE.of(lang), lines(report.timeline.iter().map(|span| spanned(&report.record, span, lang)))),
        (STEPS.of(lang), lines(report.steps.iter().map(|step| stepped(&report.record, step, lang)))),
        (AS_OF.of(lang), format!("{height} ({})", when::show(BlockTime(time_ms)))),
        (BLOCK_HASH.of(lang), report.block_hash.to_string()),
        (
            DECIDED_BY.of(lang),
            DECIDED.fill(lang, &[signatures, validators, signed_power, total_power, round]),
        ),
        (DIGEST_OF_PROOF.of(lang), report.digest.to_string()),
        (PROVED.of(lang), claims(&report.claims.proved)),
        (CONDITIONAL.of(lang), text::conditional(&report.claims.conditional, lang)),
    ]
}

fn stepped(record: &RecordReport, step: &StepReport, lang: Lang) -> String {
    let status = standing(record, step.status, lang);
    let what = [step.state.as_deref(), step.step.as_deref(), step.deadline.as_deref()];
    let what: Vec<_> = [Some(status.as_str())].into_iter().chain(what).flatten().collect();
    let time = |ms| when::show(BlockTime(ms));
    let mut line = STEP_AT.fill(lang, &[&time(step.time_ms), &what.join(", "), &step.index]);
    if let Some(from) = step.effective_from_ms {
        line = format!("{line}, {} {}", EFFECTIVE_FROM.of(lang), time(from));
    }
    if let (RecordReport::Certificate(_), Some(until)) = (record, step.valid_until_ms) {
        line = format!("{line} {}", VALID_UNTIL_STATED.fill(lang, &[&time(until)]));
    }
    line
}

/// The record as it stands after the block.
fn record(record: &RecordReport, lang: Lang) -> Vec<Fact> {
    let optional = |value: &Option<Identifier>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    let time = |ms| when::show(BlockTime(ms));
    match record {
        RecordReport::Member { identifier, name, credit_code, roles } => vec![
            (MEMBER.of(lang), identifier.to_string()),
            (NAME.of(lang), name.as_ref().map(ToString::to_string).unwrap_or_default()),
            (CREDIT_CODE.of(lang), credit_code.map(|code| code.to_string()).unwrap_or_default()),
            (ROLES.of(lang), roles.iter().map(|role| role.of(lang)).collect::<Vec<_>>().join(", ")),
        ],
        RecordReport::Key { key_id, public_key, purpose, member } => vec![
            (KEY_ID.of(lang), key_id.to_string()),
            (PUBLIC_KEY.of(lang), public_key.as_ref().map(ToString::to_string).unwrap_or_default()),
            (PURPOSE.of(lang), purpose.of(lang).to_owned()),
            (HOLDER.of(lang), member.to_string()),
        ],
        RecordReport::Profile { digest } => vec![(PROFILE.of(lang), digest.to_string())],
        RecordReport::Calendar { year, revision } => {
            vec![(YEAR.of(lang), year.to_string()), (REVISION.of(lang), revision.to_string())]
        }
        RecordReport::Account(account) => vec![
            (ACCOUNT.of(lang), account.identifier.to_string()),
            (KIND_OF.of(lang), account.kind.to_string()),
            (HOLDER.of(lang), account.holder.to_string()),
            (OF_CASE.of(lang), account.case.to_string()),
            (PROFILE.of(lang), account.profile.to_string()),
            (FIELDS.of(lang), contents(&account.contents)),
            (FLAGS.of(lang), flags(&account.flags, lang)),
        ],
        RecordReport::Case(case) => {
            let parties =
                case.parties.iter().map(|(party, members)| format!("{party} {}", members.join(" ")));
            vec![
                (CASE.of(lang), case.identifier.to_string()),
                (PROCEDURE.of(lang), case.procedure.to_string()),
                (STATE.of(lang), case.state.to_string()),
                (OPENED.of(lang), time(case.opened_ms)),
                (ABOUT.of(lang), optional(&case.about)),
                (PARTIES.of(lang), lines(parties)),
                (PROFILE.of(lang), case.profile.to_string()),
                (FIELDS.of(lang), contents(&case.contents)),
                (FLAGS.of(lang), flags(&case.flags, lang)),
            ]
        }
        RecordReport::Object { identifier, profile, kind, registration } => vec![
            (OBJECT.of(lang), identifier.to_string()),
            (KIND_OF.of(lang), kind.to_string()),
            (REGISTRATION.of(lang), optional(registration)),
            (PROFILE.of(lang), profile.to_string()),
        ],
        RecordReport::Registration(registration) => vec![
            (REGISTRATION.of(lang), registration.identifier.to_string()),
            (OBJECT.of(lang), registration.object.to_string()),
            (RIGHTS.of(lang), registration.rights.join(", ")),
            (HOLDERS.of(lang), lines(registration.holders.iter().map(share).chain(apart(registration)))),
            (ENCUMBRANCES.of(lang), lines(registration.encumbrances.iter().map(encumbrance))),
            (BOOKED_IN.of(lang), optional(&registration.account)),
            (OF_CASE.of(lang), registration.case.to_string()),
            (CHANGED_BY.of(lang), registration.changed_by.to_string()),
            (PROFILE.of(lang), registration.profile.to_string()),
            (FIELDS.of(lang), contents(&registration.contents)),
            (FLAGS.of(lang), flags(&registration.flags, lang)),
        ],
        RecordReport::Certificate(certificate) => vec![
            (CERTIFICATE.of(lang), certificate.identifier.to_string()),
            (KIND_OF.of(lang), certificate.kind.to_string()),
            (CERTIFIES.of(lang), certificate.subject.to_string()),
            (HOLDERS.of(lang), lines(certificate.holders.iter().map(ToString::to_string))),
            (ISSUED.of(lang), time(certificate.issued_ms)),
            (
                VALID_UNTIL.of(lang),
                certificate.valid_until_ms.map_or_else(|| WITHOUT_TERM.of(lang).to_owned(), time),
            ),
            (OF_CASE.of(lang), certificate.case.to_string()),
            (PROFILE.of(lang), certificate.profile.to_string()),
            (FIELDS.of(lang), contents(&certificate.contents)),
        ],
        RecordReport::Proposal(proposal) => {
            let vote = |vote: &CastVoteReport| {
                let ballot = of_code::<Ballot>(vote.ballot, lang);
                VOTED.fill(lang, &[&vote.member, &ballot, &vote.entry_index, &vote.key_id])
            };
            vec![
                (PROPOSAL.of(lang), proposal.identifier.to_string()),
                (PROPOSED_BY.of(lang), proposal.proposer.to_string()),
                (PROPOSED_IN.of(lang), proposal.entry_index.to_string()),
                (DIGEST_PROPOSED.of(lang), proposal.digest.to_string()),
                (VOTES_UNTIL.of(lang), time(proposal.not_after_ms)),
                (VOTES.of(lang), lines(proposal.votes.iter().map(vote))),
            ]
        }
    }
}

/// A member with its part.
fn share(share: &ShareReport) -> String {
    let ShareReport { member, ppm } = share;
    format!("{member} {}.{:04} %", ppm / 10_000, ppm % 10_000)
}

/// Rights that others hold, with who they are.
fn apart(registration: &RegistrationReport) -> impl Iterator<Item = String> {
    let held = registration.apart.iter();
    held.flat_map(|held| held.holders.iter().map(|holder| format!("{}: {}", held.right, share(holder))))
}

/// A right of another, with whom it is for and until when.
fn encumbrance(laid: &EncumbranceReport) -> String {
    let until = laid.until_ms.map(|until| format!(" - {}", when::show(BlockTime(until)))).unwrap_or_default();
    let since = when::show(BlockTime(laid.since_ms));
    format!("{} {} ({}, {since}{until})", laid.right, laid.holder, laid.case)
}

pub(super) fn contents(contents: &Contents) -> String {
    lines(contents.iter().map(|(field, content)| match content {
        ContentReport::Values(values) => format!("{field}: {}", quoted(&values.join(", "))),
        ContentReport::Commitment(commitment) => format!("{field}: # {commitment}"),
    }))
}

fn flags(flags: &[FlagReport], lang: Lang) -> String {
    lines(flags.iter().map(|flag| {
        let since = when::show(BlockTime(flag.since_ms));
        let suspends = if flag.suspends { SUSPENDS.of(lang) } else { "" };
        format!("{} {since} {} {suspends}", flag.flag, flag.case).trim_end().to_owned()
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_fixtures::{GENESIS_MS, Ledger, SERVICE};
    use bulla_types::RecordKey;
    use bulla_verify::{Anchor, Asked, verify_status};

    use super::*;

    /// Of a ledger whose only block was decided a second after its genesis.
    fn told(asked: Asked, lang: Lang) -> String {
        let ledger = Ledger::found();
        let file = ledger.status_proof(RecordKey::Member(SERVICE), 1).encode();
        report(&verify_status(&file, &Anchor::Ledger(ledger.id), Some(asked)).unwrap(), lang)
    }

    #[test]
    fn the_answer_stands_before_what_it_rests_on_and_a_test_ledger_is_named_first() {
        let text = told(Asked::at(BlockTime(GENESIS_MS)), Lang::En);
        let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
        let parts = ["TEST LEDGER", "VERIFIED", "ANSWER: IN FORCE throughout", "Member", "Timeline"];
        assert!(parts.map(place).is_sorted(), "{text}");
    }

    #[test]
    fn a_time_after_the_header_is_not_known_and_it_is_said_why() {
        let after = Asked::from_until(BlockTime(GENESIS_MS), BlockTime(GENESIS_MS + 5000)).unwrap();
        let text = told(after, Lang::Zh);
        assert!(text.contains("结论：不可知") && text.contains("另取新的证明"), "{text}");
        assert!(text.lines().any(|line| line.ends_with("前  有效")), "what is known is told: {text}");
    }
}
