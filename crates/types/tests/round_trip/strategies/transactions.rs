//! Transactions, what goes with them, and what they bring about.

use bulla_types::*;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::cases::{adoptions, steps};
use super::governance::{actions_about_proposals, acts_of_governance};
use super::values::{
    declarations, hashes, identities, maybe_commitment, numbers, request_ids, role_sets, signatures, times,
};

pub(super) fn digests() -> impl Strategy<Value = Digests> {
    (subsequence(DigestAlgorithm::ALL, 1..=3), vec(hashes(), 3)).prop_map(|(algorithms, values)| {
        let digests = algorithms.into_iter().zip(values);
        Digests::new(digests.map(|(algorithm, value)| DocumentDigest { algorithm, value }).collect()).unwrap()
    })
}

fn media_types() -> impl Strategy<Value = MediaType> {
    "[a-z0-9][a-z0-9.+-]{0,20}/[a-z0-9][a-z0-9!#$&^_.+-]{0,40}".prop_map(|text| text.parse().unwrap())
}

fn provenances() -> impl Strategy<Value = Provenance> {
    (select(CaptureMode::ALL), proptest::option::of(times()), maybe_commitment())
        .prop_map(|(mode, captured_at, statement)| Provenance { mode, captured_at, statement })
}

fn links() -> impl Strategy<Value = Vec<EvidenceLink>> {
    let link = (select(LinkRelation::ALL), numbers());
    btree_set(link, 0..5).prop_map(|links| {
        let link = |(relation, number)| EvidenceLink { relation, evidence_number: EvidenceNumber(number) };
        links.into_iter().map(link).collect()
    })
}

fn deposits() -> impl Strategy<Value = DepositEvidence> {
    let attached = (maybe_commitment(), maybe_commitment());
    (digests(), media_types(), any::<u64>(), provenances(), links(), attached).prop_map(
        |(digests, media_type, size_bytes, provenance, links, (title, description))| DepositEvidence {
            digests,
            media_type,
            size_bytes,
            provenance,
            links,
            title,
            description,
        },
    )
}

fn key_changes() -> impl Strategy<Value = KeyChange> {
    prop_oneof![Just(KeyChange::Retire), times().prop_map(|from| KeyChange::ReportCompromised { from })]
}

/// Acts about members and their keys.
pub(super) fn acts_of_membership() -> impl Strategy<Value = Action> {
    let enrolment = (identities(), role_sets(), declarations(90), declarations(91));
    let member = || numbers().prop_map(MemberNumber);
    prop_oneof![
        enrolment.prop_map(|(identity, roles, first, second)| {
            Action::EnrolMember(EnrolMember { identity, roles, keys: vec![first, second] })
        }),
        (member(), declarations(92)).prop_map(|(member, key)| Action::EnrolKey(EnrolKey { member, key })),
        (hashes(), key_changes()).prop_map(|(id, change)| {
            Action::ChangeKeyStatus(ChangeKeyStatus { key_id: KeyId(id), change })
        }),
        (member(), select(MemberStatus::ALL), maybe_commitment()).prop_map(|(member, status, grounds)| {
            Action::ChangeMemberStatus(ChangeMemberStatus { member, status, grounds })
        }),
    ]
}

fn actions() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => deposits().prop_map(Action::DepositEvidence),
        4 => acts_of_membership(),
        1 => adoptions(),
        1 => acts_of_governance(),
        2 => actions_about_proposals(),
        2 => steps().prop_map(Action::TakeStep),
    ]
}

fn bodies() -> impl Strategy<Value = TransactionBody> {
    let signers = btree_set(hashes(), 1..=4);
    (hashes(), request_ids(), times(), signers, vec(numbers(), 4), vec(actions(), 1..=4)).prop_map(
        |(ledger, request_id, not_after, key_ids, members, actions)| {
            let signers = key_ids.into_iter().zip(members);
            let signer = |(id, member)| SignerRef { member: MemberNumber(member), key_id: KeyId(id) };
            let (ledger_id, signers) = (LedgerId(ledger), signers.map(signer).collect());
            TransactionBody { ledger_id, request_id, not_after, signers, actions }
        },
    )
}

pub(crate) fn transactions() -> impl Strategy<Value = Transaction> {
    (bodies(), vec(signatures(), 4))
        .prop_map(|(body, signatures)| Transaction::new(&body, &signatures[..body.signers.len()]).unwrap())
}

pub(super) fn openings(action: u32) -> impl Strategy<Value = Opening> {
    ("[a-z0-9_.]{1,64}", any::<[u8; 32]>(), vec(any::<u8>(), 0..200)).prop_map(move |(path, salt, value)| {
        Opening { action, path: path.parse().unwrap(), salt, value: value.into() }
    })
}

/// A submission whose first action is a deposit with the values opened.
pub(crate) fn submissions() -> impl Strategy<Value = Submission> {
    let value = || proptest::option::of((any::<[u8; 32]>(), "[a-z 一-龥，。\n]{0,60}"));
    (bodies(), deposits(), [value(), value(), value()], vec(signatures(), 4)).prop_map(
        |(mut body, mut deposit, values, signatures)| {
            let paths = ["title", "description", "provenance.statement"];
            let fields = [&mut deposit.title, &mut deposit.description, &mut deposit.provenance.statement];
            let mut openings = vec![];
            for ((path, field), value) in paths.into_iter().zip(fields).zip(values) {
                let Some((salt, value)) = value else { continue };
                let opening = Opening { action: 0, path: path.parse().unwrap(), salt, value: value.into() };
                *field = Some(opening.commitment(&body.request_id));
                openings.push(opening);
            }
            body.actions[0] = Action::DepositEvidence(deposit);
            let transaction = Transaction::new(&body, &signatures[..body.signers.len()]).unwrap();
            Submission::new(transaction, openings).unwrap()
        },
    )
}

pub(crate) fn tickets() -> impl Strategy<Value = Ticket> {
    (hashes(), hashes(), times(), times(), hashes(), signatures()).prop_map(
        |(ledger, transaction, admitted_at, expires_at, key, signature)| Ticket {
            ledger_id: LedgerId(ledger),
            transaction_id: TransactionId(transaction),
            admitted_at,
            expires_at,
            note_key_id: KeyId(key),
            signature,
        },
    )
}
