//! Any value of each type, for properties that hold for all of them.

use std::collections::BTreeSet;

use bulla_crypto::{Hash, Signature};
use bulla_types::*;
use bytes::Bytes;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::samples::{self, public};

pub fn hashes() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash::from_bytes)
}

fn nonzero_hashes() -> impl Strategy<Value = Hash> {
    hashes().prop_filter("zero stands for none", |hash| *hash != Hash::ZERO)
}

pub fn signatures() -> impl Strategy<Value = Signature> {
    vec(any::<u8>(), 64).prop_map(|bytes| Signature(bytes.try_into().unwrap()))
}

pub fn times() -> impl Strategy<Value = BlockTime> {
    (1..=u64::MAX).prop_map(BlockTime)
}

fn numbers() -> impl Strategy<Value = u64> {
    prop_oneof![1_u64..300, 1..=u64::MAX]
}

fn names() -> impl Strategy<Value = Name> {
    "[a-zA-Z0-9\u{4e00}-\u{9fa5}（）·]{1,40}".prop_map(|name| name.parse().unwrap())
}

fn commitments() -> impl Strategy<Value = Commitment> {
    hashes().prop_map(Commitment)
}

fn maybe_commitment() -> impl Strategy<Value = Option<Commitment>> {
    proptest::option::of(commitments())
}

pub fn role_sets() -> impl Strategy<Value = Roles> {
    subsequence(Role::ALL, 1..=Role::ALL.len()).prop_map(|found| Roles::new(found).unwrap())
}

fn credit_codes() -> impl Strategy<Value = CreditCode> {
    select(&samples::CREDIT_CODES[..]).prop_map(|code| code.parse().unwrap())
}

pub fn identities() -> impl Strategy<Value = MemberIdentity> {
    let form = select(&[OrganisationForm::LegalPerson, OrganisationForm::Unincorporated][..]);
    let organisation = (form, names(), credit_codes());
    prop_oneof![
        organisation.prop_map(|(form, name, credit_code)| MemberIdentity::Organisation {
            form,
            name,
            credit_code
        }),
        commitments().prop_map(|person| MemberIdentity::NaturalPerson { person }),
    ]
}

/// A declaration as transactions hold it, of the key of a seed.
fn declarations(seed: u8) -> impl Strategy<Value = KeyDeclaration> {
    (select(KeyPurpose::ALL), signatures()).prop_map(move |(purpose, possession)| KeyDeclaration {
        key: public(seed),
        purpose,
        possession: purpose.needs_possession().then_some(possession),
    })
}

pub fn request_ids() -> impl Strategy<Value = RequestId> {
    (0..1_u64 << 48, any::<[u8; 10]>()).prop_map(|(time, random)| RequestId::new(time, &random))
}

fn digests() -> impl Strategy<Value = Digests> {
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

pub fn actions() -> impl Strategy<Value = Action> {
    let enrolment = (identities(), role_sets(), declarations(90), declarations(91));
    let member = || numbers().prop_map(MemberNumber);
    prop_oneof![
        4 => deposits().prop_map(Action::DepositEvidence),
        1 => enrolment.prop_map(|(identity, roles, first, second)| {
            Action::EnrolMember(EnrolMember { identity, roles, keys: vec![first, second] })
        }),
        1 => (member(), declarations(92)).prop_map(|(member, key)| Action::EnrolKey(EnrolKey { member, key })),
        1 => (hashes(), key_changes()).prop_map(|(id, change)| {
            Action::ChangeKeyStatus(ChangeKeyStatus { key_id: KeyId(id), change })
        }),
        1 => (member(), select(MemberStatus::ALL), maybe_commitment()).prop_map(|(member, status, grounds)| {
            Action::ChangeMemberStatus(ChangeMemberStatus { member, status, grounds })
        }),
    ]
}

pub fn bodies() -> impl Strategy<Value = TransactionBody> {
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

pub fn transactions() -> impl Strategy<Value = Transaction> {
    (bodies(), vec(signatures(), 4))
        .prop_map(|(body, signatures)| Transaction::new(&body, &signatures[..body.signers.len()]).unwrap())
}

pub fn openings(action: u32) -> impl Strategy<Value = Opening> {
    ("[a-z0-9_.]{1,64}", any::<[u8; 32]>(), vec(any::<u8>(), 0..200)).prop_map(move |(path, salt, value)| {
        Opening { action, path: path.parse().unwrap(), salt, value: value.into() }
    })
}

/// A submission whose first action is a deposit with the values opened.
pub fn submissions() -> impl Strategy<Value = Submission> {
    let value = || proptest::option::of((any::<[u8; 32]>(), vec(any::<u8>(), 0..300)));
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

fn outcome_of(action: &Action, number: u64, id: Hash) -> Outcome {
    match action {
        Action::DepositEvidence(_) => Outcome::EvidenceNumber(EvidenceNumber(number)),
        Action::EnrolMember(_) => Outcome::MemberNumber(MemberNumber(number)),
        Action::EnrolKey(_) => Outcome::KeyId(KeyId(id)),
        Action::ChangeKeyStatus(_) | Action::ChangeMemberStatus(_) => Outcome::Done,
    }
}

fn contents() -> impl Strategy<Value = (Content, Vec<Outcome>)> {
    let recorded = (transactions(), numbers(), hashes()).prop_map(|(transaction, number, id)| {
        let actions = transaction.body().actions.iter();
        let outcomes = actions.map(|action| outcome_of(action, number, id)).collect();
        (Content::Transaction(transaction), outcomes)
    });
    let event = prop_oneof![
        hashes().prop_map(|id| SystemEvent::Founded { ledger_id: LedgerId(id) }),
        equivocations().prop_map(SystemEvent::Equivocation),
    ];
    prop_oneof![4 => recorded, 1 => event.prop_map(|event| (Content::Event(event), vec![]))]
}

pub fn entries() -> impl Strategy<Value = Entry> {
    (numbers(), times(), contents()).prop_map(|(height, time, (content, outcomes))| Entry {
        height: Height(height),
        time,
        content,
        outcomes,
    })
}

pub fn equivocations() -> impl Strategy<Value = Equivocation> {
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

pub fn headers() -> impl Strategy<Value = Header> {
    let sizes = (1..=u64::MAX / 2, 0..=u64::MAX / 2);
    let optional = (nonzero_hashes(), proptest::option::of(nonzero_hashes()));
    (1..=u32::MAX, prop_oneof![Just(1), numbers()], times(), sizes, optional, vec(hashes(), 9)).prop_map(
        |(protocol_version, height, time, (before, added), (certificate, second_log_root), h)| {
            let first = height == 1;
            let before = if first { 0 } else { before };
            Header {
                protocol_version,
                ledger_id: LedgerId(h[0]),
                height: Height(height),
                time,
                builder: Address(h[1]),
                parent: BlockHash(if first { h[0] } else { h[2] }),
                parent_certificate: (!first).then_some(certificate),
                log_size_before: before,
                log_size_after: (before + added).max(1),
                log_root: h[3],
                second_log_root,
                state_root: h[4],
                validators_hash: h[5],
                next_validators_hash: h[6],
                parameters_hash: h[7],
            }
        },
    )
}

pub fn certificates() -> impl Strategy<Value = CommitCertificate> {
    let signatures = proptest::collection::btree_map(hashes(), signatures(), 1..6);
    (numbers(), any::<u32>(), hashes(), signatures).prop_map(|(height, round, block_hash, signatures)| {
        CommitCertificate {
            height: Height(height),
            round,
            block_hash: BlockHash(block_hash),
            signatures: signatures.into_iter().map(|(address, found)| (Address(address), found)).collect(),
        }
    })
}

/// One to five validators of any power.
pub fn validator_sets() -> impl Strategy<Value = ValidatorSet> {
    vec(1_u64..1 << 57, 1..=5).prop_map(|powers| {
        let validators = (200_u8..).zip(powers);
        let validator = |(seed, power)| Validator::new(public(seed), power).unwrap();
        ValidatorSet::new(validators.map(validator).collect()).unwrap()
    })
}

pub fn parameter_sets() -> impl Strategy<Value = Parameters> {
    let sizes = (65_535..=8_388_608_u64, 1..=20_000_u32);
    let durations = (1..=86_400_000_u64, 1..=600_000_u64, 1..=3_600_000_u64);
    let choices = (select(AccessToEntries::ALL), select(SecondLog::ALL));
    let timeout = || 1..=600_000_u32;
    let timeouts = (timeout(), timeout(), timeout(), timeout(), timeout(), timeout(), timeout());
    (sizes, durations, (1..=16_u32, 1..=10_000_u32), role_sets(), choices, timeouts).prop_map(
        |(
            sizes,
            durations,
            (admin_threshold, block_interval_ms),
            evidence_roles,
            (entry_access, second_log),
            t,
        )| Parameters {
            protocol_version: 1,
            block_bytes_max: sizes.0,
            block_entries_max: sizes.1,
            request_window_ms: durations.0,
            time_bound_ms: durations.1,
            heartbeat_ms: durations.2,
            admin_threshold,
            evidence_roles,
            entry_access,
            second_log,
            timeouts: ConsensusTimeouts {
                propose_ms: t.0,
                propose_delta_ms: t.1,
                prevote_ms: t.2,
                prevote_delta_ms: t.3,
                precommit_ms: t.4,
                precommit_delta_ms: t.5,
                rebroadcast_ms: t.6,
            },
            block_interval_ms,
        },
    )
}

pub fn geneses() -> impl Strategy<Value = Genesis> {
    let powers =
        vec(0_u64..1000, 1..=4).prop_filter("someone validates", |powers| powers.iter().any(|&p| p > 0));
    (parameter_sets(), select(LedgerClass::ALL), names(), times(), powers).prop_map(
        |(parameters, class, name, time, powers)| {
            let founders: Vec<_> =
                (0_u8..).zip(powers).map(|(n, power)| samples::founder(n, power)).collect();
            let admin_threshold = parameters.admin_threshold.min(u32::try_from(founders.len()).unwrap());
            let parameters = Parameters { admin_threshold, ..parameters };
            Genesis::new(class, name, time, parameters, founders).unwrap()
        },
    )
}

pub fn member_records() -> impl Strategy<Value = MemberRecord> {
    (numbers(), identities(), role_sets(), select(MemberStatus::ALL), 1..=u32::MAX).prop_map(
        |(number, identity, roles, status, history_count)| MemberRecord {
            number: MemberNumber(number),
            identity,
            roles,
            status,
            history_count,
        },
    )
}

pub fn key_records() -> impl Strategy<Value = KeyRecord> {
    (numbers(), select(KeyPurpose::ALL), 1_u8.., select(KeyStatus::ALL), 1..=u32::MAX).prop_map(
        |(member, purpose, seed, status, history_count)| KeyRecord {
            member: MemberNumber(member),
            purpose,
            key: EncodedKey::from(&public(seed)),
            status,
            history_count,
        },
    )
}

pub fn status_records<S: RecordStatus + std::fmt::Debug + 'static>(
    all: &'static [S],
) -> impl Strategy<Value = StatusRecord<S>> {
    let id = proptest::option::of(hashes().prop_map(TransactionId));
    (select(all), any::<u64>(), times(), id, proptest::option::of(times())).prop_map(
        |(status, log_index, time, transaction_id, effective_from)| StatusRecord {
            status,
            log_index,
            time,
            transaction_id,
            effective_from,
        },
    )
}

pub fn state_keys() -> impl Strategy<Value = StateKey> {
    let record = || {
        prop_oneof![
            numbers().prop_map(|number| RecordKey::Member(MemberNumber(number))),
            hashes().prop_map(|id| RecordKey::Key(KeyId(id))),
        ]
    };
    let equivocation = (hashes(), numbers(), any::<u32>(), select(VoteType::ALL));
    prop_oneof![
        Just(StateKey::Parameters),
        Just(StateKey::Validators),
        Just(StateKey::Counter(Counter::Members)),
        Just(StateKey::Counter(Counter::Evidence)),
        record().prop_map(StateKey::from),
        (record(), any::<u32>()).prop_map(|(record, seq)| StateKey::History { record, seq }),
        credit_codes().prop_map(StateKey::CreditCode),
        equivocation.prop_map(|(address, height, round, vote_type)| StateKey::Equivocation {
            address: Address(address),
            height: Height(height),
            round,
            vote_type,
        }),
    ]
}

pub fn record_proofs() -> impl Strategy<Value = RecordProof> {
    let value = proptest::option::of(vec(any::<u8>(), 1..200));
    let other = proptest::option::of((hashes(), hashes()));
    (state_keys(), value, other, vec(hashes(), 0..10)).prop_map(|(key, value, other, siblings)| {
        let other = other.filter(|_| value.is_none());
        let other = other.map(|(key_hash, value_hash)| OtherLeaf { key_hash, value_hash });
        RecordProof { key, value: value.map(Bytes::from), proof: MapProof { other, siblings } }
    })
}

pub fn bundles() -> impl Strategy<Value = TrustBundle> {
    let transition = (headers(), certificates(), validator_sets());
    let records = vec(record_proofs(), 0..4);
    (geneses(), vec(transition, 0..3), headers(), certificates(), records).prop_map(
        |(genesis, mut transitions, state_header, state_certificate, mut records)| {
            transitions.sort_by_key(|(header, ..)| header.height);
            transitions.dedup_by_key(|(header, ..)| header.height);
            records.sort_by_key(|record| record.key.encode());
            records.dedup_by_key(|record| record.key);
            let transitions = transitions.into_iter().map(|(header, certificate, next_validators)| {
                ValidatorTransition { header, certificate, next_validators }
            });
            let transitions = transitions.collect();
            TrustBundle { genesis, transitions, state_header, state_certificate, records }
        },
    )
}

fn receipts(bundle_digest: Hash) -> impl Strategy<Value = Receipt> {
    let later = btree_set(numbers(), 0..3);
    let attestation = (select(AttestationKind::ALL), vec(any::<u8>(), 1..50));
    let path = || vec(hashes(), 0..6);
    (
        vec(any::<u8>(), 1..200),
        any::<u64>(),
        path(),
        headers(),
        certificates(),
        later,
        path(),
        vec(attestation, 0..3),
    )
        .prop_map(
            move |(entry, index, inclusion_path, header, certificate, sizes, later_path, attestations)| {
                let later = |log_size| LaterInclusion { log_size, inclusion_path: later_path.clone() };
                let attestation = |(kind, value): (_, Vec<u8>)| Attestation { kind, value: value.into() };
                Receipt {
                    entry: entry.into(),
                    index,
                    inclusion_path,
                    header,
                    certificate,
                    bundle_digest,
                    later_inclusions: sizes.into_iter().map(later).collect::<Vec<_>>(),
                    attestations: attestations.into_iter().map(attestation).collect(),
                }
            },
        )
}

pub fn receipt_files() -> impl Strategy<Value = ReceiptFile> {
    bundles().prop_flat_map(|bundle| {
        vec(receipts(bundle.digest()), 1..3)
            .prop_map(move |receipts| ReceiptFile::new(receipts, vec![bundle.clone()]).unwrap())
    })
}

/// A block around any entries: the header is made to fit them.
pub fn blocks() -> impl Strategy<Value = Block> {
    let opened = |count: usize| btree_set(0..u32::try_from(count).unwrap(), 0..=count);
    let parts = (headers(), certificates(), vec(vec(any::<u8>(), 1..100), 1..4));
    parts.prop_flat_map(move |(header, certificate, entries)| {
        (Just((header, certificate)), opened(entries.len()), Just(entries), openings(0)).prop_map(
            |((header, certificate), positions, entries, opening)| {
                block_of(header, certificate, entries, positions, &opening)
            },
        )
    })
}

fn block_of(
    mut header: Header,
    mut certificate: CommitCertificate,
    entries: Vec<Vec<u8>>,
    positions: BTreeSet<u32>,
    opening: &Opening,
) -> Block {
    header.log_size_after = header.log_size_before + entries.len() as u64;
    certificate.block_hash = header.parent;
    certificate.height = Height((header.height.0 - 1).max(1));
    header.parent_certificate = header.parent_certificate.map(|_| certificate.hash());
    Block {
        parent_certificate: header.parent_certificate.map(|_| certificate),
        header,
        entries: entries.into_iter().map(Bytes::from).collect(),
        openings: positions.into_iter().map(|position| (position, vec![opening.clone()])).collect(),
    }
}

pub fn tickets() -> impl Strategy<Value = Ticket> {
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
