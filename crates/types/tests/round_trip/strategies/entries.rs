//! Entries of the log.

use bulla_crypto::Hash;
use bulla_types::*;
use proptest::prelude::*;
use proptest::sample::select;

use super::cases::case_outcomes;
use super::transactions::transactions;
use super::values::{hashes, numbers, signatures, times};

fn outcome_of(action: &Action, number: u64, id: Hash, given: &CaseOutcome) -> Outcome {
    match action {
        Action::DepositEvidence(_) => Outcome::EvidenceNumber(EvidenceNumber(number)),
        Action::EnrolMember(_) => Outcome::MemberNumber(MemberNumber(number)),
        Action::EnrolKey(_) => Outcome::KeyId(KeyId(id)),
        Action::ChangeKeyStatus(_) | Action::ChangeMemberStatus(_) => Outcome::Done,
        Action::AdoptCalendar(_) => Outcome::Done,
        Action::ChangeValidators(_) | Action::ChangeParameters(_) | Action::ChangeRoles(_) => Outcome::Done,
        Action::ScheduleProtocol(_) => Outcome::Done,
        Action::SuspendClocks(_) => Outcome::Suspension(SuspensionNumber(number)),
        Action::AdoptProfile(_) => Outcome::Profile(ProfileDigest(id)),
        Action::TakeStep(_) => Outcome::Case(given.clone()),
        Action::Propose(propose) => {
            let carried_out = number.is_multiple_of(2);
            let acts = propose.actions.iter().map(|act| outcome_of(act, number, id, given));
            Outcome::Proposal(ProposalOutcome {
                number: ProposalNumber(number),
                status: if carried_out { ProposalStatus::CarriedOut } else { ProposalStatus::Open },
                outcomes: if carried_out { acts.collect() } else { Vec::new() },
            })
        }
        Action::VoteOnProposal(vote) => {
            let (status, outcomes) = match number % 3 {
                0 => (ProposalStatus::CarriedOut, vec![Outcome::KeyId(KeyId(id)), Outcome::Done]),
                1 => (ProposalStatus::Rejected, Vec::new()),
                _ => (ProposalStatus::Open, Vec::new()),
            };
            Outcome::Proposal(ProposalOutcome { number: vote.proposal, status, outcomes })
        }
        Action::WithdrawProposal(withdrawal) => Outcome::Proposal(ProposalOutcome {
            number: withdrawal.proposal,
            status: ProposalStatus::Withdrawn,
            outcomes: Vec::new(),
        }),
    }
}

fn contents() -> impl Strategy<Value = (Content, Vec<Outcome>)> {
    let recorded = (transactions(), numbers(), hashes(), case_outcomes());
    let recorded = recorded.prop_map(|(transaction, number, id, given)| {
        let actions = transaction.body().actions.iter();
        let outcomes = actions.map(|action| outcome_of(action, number, id, &given)).collect();
        (Content::Transaction(transaction), outcomes)
    });
    let event = prop_oneof![
        hashes().prop_map(|id| SystemEvent::Founded { ledger_id: LedgerId(id) }),
        equivocations().prop_map(SystemEvent::Equivocation),
        deadlines(),
        (times(), 1..1_000_000_u64).prop_map(|(from, held_ms)| {
            SystemEvent::OutageEnded(OutageEnded {
                from,
                held_until: BlockTime(from.0.saturating_add(held_ms)),
            })
        }),
        (times(), hashes(), 0..32_u16).prop_map(|(due, profile, procedure)| {
            SystemEvent::CycleEnded(CycleEnded { due, profile: ProfileDigest(profile), procedure })
        }),
    ];
    prop_oneof![4 => recorded, 1 => event.prop_map(|event| (Content::Event(event), vec![]))]
}

pub(crate) fn entries() -> impl Strategy<Value = Entry> {
    (numbers(), times(), contents()).prop_map(|(height, time, (content, outcomes))| Entry {
        height: Height(height),
        time,
        content,
        outcomes,
    })
}

fn deadlines() -> impl Strategy<Value = SystemEvent> {
    let place = 0..u16::try_from(limits::CASE_DEADLINES_MAX).unwrap();
    (times(), numbers(), place, select(DeadlineStanding::ALL), 0..3_u8).prop_map(
        |(due, number, deadline, standing, what)| match what {
            0 => SystemEvent::DeadlineReached(DeadlineReached {
                due,
                subject: Subject::Case(CaseNumber(number)),
                deadline,
            }),
            1 => SystemEvent::DeadlineReached(DeadlineReached {
                due,
                subject: Subject::Certificate(CertificateNumber(number)),
                deadline: 0,
            }),
            _ => SystemEvent::DeadlineSettled(DeadlineSettled {
                case: CaseNumber(number),
                deadline,
                due,
                standing,
            }),
        },
    )
}

fn equivocations() -> impl Strategy<Value = Equivocation> {
    let value = || (proptest::option::of(hashes()), signatures());
    (hashes(), numbers(), any::<u32>(), select(VoteType::ALL), value(), value())
        .prop_filter("two values", |(_, _, _, _, first, second)| first.0 != second.0)
        .prop_map(|(address, height, round, vote_type, first, second)| {
            let vote = |(value, signature): (Option<Hash>, _)| SignedValue {
                value: value.map(BlockHash),
                signature,
            };
            let votes = [vote(first), vote(second)];
            Equivocation::new(Address(address), Height(height), round, vote_type, votes).unwrap()
        })
}
