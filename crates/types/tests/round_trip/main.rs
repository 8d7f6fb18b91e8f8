//! What is encoded reads back, and nothing else does.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

#[path = "../samples/mod.rs"]
mod samples;
mod strategies;

use std::fmt::Debug;

use bulla_types::*;
use bytes::Bytes;
use proptest::prelude::*;

fn reads_back<T: Canonical + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    let encoded = value.encode();
    prop_assert!(encoded.len() <= T::BYTES_MAX);
    prop_assert_eq!(&T::decode(&encoded).map_err(|error| TestCaseError::fail(error.to_string()))?, value);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_transaction_reads_back_and_keeps_its_bytes(transaction in strategies::transactions()) {
        let read = Transaction::decode(transaction.encode()).unwrap();
        prop_assert_eq!(read.body(), transaction.body());
        prop_assert_eq!(read.id(), transaction.body().id());
        prop_assert_eq!(read.body_bytes(), &transaction.body().encode());
        prop_assert_eq!(read.signatures(), transaction.signatures());
        prop_assert_eq!(read.encode(), transaction.encode());
    }

    #[test]
    fn any_submission_reads_back(submission in strategies::submissions()) {
        prop_assert_eq!(&Submission::decode(submission.encode().into()).unwrap(), &submission);
        prop_assert_eq!(&Submission::from_message(submission.to_message()).unwrap(), &submission);
    }

    #[test]
    fn any_entry_reads_back(entry in strategies::entries()) {
        let encoded = entry.encode();
        prop_assert_eq!(&Entry::decode(encoded.clone().into()).unwrap(), &entry);
        if let Content::Transaction(transaction) = entry.content {
            let again =
                Entry::encode_transaction(entry.height, entry.time, &transaction, &entry.outcomes);
            prop_assert_eq!(again, encoded);
        }
    }

    #[test]
    fn any_header_reads_back(header in strategies::headers()) {
        prop_assert_eq!(Header::decode(&header.encode()).unwrap(), header);
    }

    #[test]
    fn any_certificate_reads_back(certificate in strategies::certificates()) {
        reads_back(&certificate)?;
    }

    #[test]
    fn any_validator_set_reads_back(validators in strategies::validator_sets()) {
        reads_back(&validators)?;
    }

    #[test]
    fn any_set_of_validators_or_parameters_reads_back(
        validators in strategies::validator_set_records(),
        parameters in strategies::parameter_set_records(),
        schedule in strategies::protocol_schedule_records(),
    ) {
        reads_back(&validators)?;
        reads_back(&parameters)?;
        reads_back(&schedule)?;
    }

    #[test]
    fn any_parameters_and_genesis_read_back(genesis in strategies::geneses()) {
        reads_back(genesis.parameters())?;
        reads_back(&genesis)?;
    }

    #[test]
    fn any_plan_and_what_its_founders_declare_read_back_and_give_a_genesis(
        plan in strategies::plans(),
        turn in 0_usize..4,
    ) {
        reads_back(&plan)?;
        let mut declarations: Vec<_> =
            (0_u8..).zip(plan.founders()).map(|(n, _)| samples::declared(&plan, n)).collect();
        for declaration in &declarations {
            reads_back(declaration)?;
            prop_assert_eq!(declaration.unproved(), None);
        }
        let genesis = plan.genesis(&declarations).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let turn = turn % declarations.len();
        declarations.rotate_left(turn);
        prop_assert_eq!(plan.genesis(&declarations), Ok(genesis));
    }

    #[test]
    fn any_record_reads_back(
        member in strategies::member_records(),
        key in strategies::key_records(),
        member_status in strategies::status_records(MemberStatus::ALL),
        key_status in strategies::status_records(KeyStatus::ALL),
        number in 1..=u64::MAX,
    ) {
        reads_back(&member)?;
        reads_back(&key)?;
        reads_back(&member_status)?;
        reads_back(&key_status)?;
        reads_back(&CounterRecord { next: number })?;
        reads_back(&OwnerRecord { member: MemberNumber(number) })?;
        reads_back(&EquivocationRecord { log_index: number })?;
    }

    #[test]
    fn any_proposal_and_its_record_read_back(
        propose in strategies::proposals(),
        record in strategies::proposal_records(),
        status in strategies::status_records(ProposalStatus::ALL),
        active in 1..=u32::MAX,
    ) {
        reads_back(&propose)?;
        reads_back(&record)?;
        reads_back(&status)?;
        reads_back(&BodyCount { active })?;
    }

    #[test]
    fn any_record_of_the_register_reads_back(
        profile in strategies::profile_records(),
        (year, head) in strategies::calendar_records(),
        account in strategies::account_records(),
        object in strategies::object_records(),
        registration in strategies::registration_records(),
        certificate in strategies::certificate_records(),
        register_status in strategies::status_records(RegisterStatus::ALL),
        suspension in strategies::suspension_records(),
        outage in strategies::outage_records(),
        number in 1..=u64::MAX,
    ) {
        reads_back(&profile)?;
        reads_back(&ProfileVersionRecord { digest: ProfileDigest::of(&profile.profile), version: 7 })?;
        reads_back(&year)?;
        reads_back(&head)?;
        reads_back(&account)?;
        reads_back(&object)?;
        reads_back(&ObjectKeyRecord { object: object.number })?;
        reads_back(&registration)?;
        reads_back(&certificate)?;
        reads_back(&register_status)?;
        reads_back(&suspension)?;
        reads_back(&outage)?;
        reads_back(&IndexRecord { log_index: number })?;
    }

    #[test]
    fn any_case_and_its_past_read_back(
        case in strategies::case_records(),
        step in strategies::case_steps(),
        values in strategies::field_values(),
    ) {
        reads_back(&case)?;
        reads_back(&step)?;
        reads_back(&values)?;
    }

    #[test]
    fn any_state_key_reads_back(key in strategies::state_keys()) {
        prop_assert_eq!(StateKey::decode(&key.encode()).unwrap(), key);
        prop_assert!(key.encode().len() <= limits::STATE_KEY_BYTES_MAX);
    }

    #[test]
    fn any_receipt_file_reads_back(file in strategies::receipt_files()) {
        prop_assert_eq!(&ReceiptFile::decode(&file.encode().into()).unwrap(), &file);
        let (receipt, bundle) = (&file.receipts()[0], &file.bundles()[0]);
        prop_assert_eq!(&Receipt::decode(&receipt.encode().into()).unwrap(), receipt);
        prop_assert_eq!(&TrustBundle::decode(&bundle.encode().into()).unwrap(), bundle);
    }

    #[test]
    fn any_status_proof_reads_back(file in strategies::status_proofs()) {
        prop_assert_eq!(StatusProofFile::decode(&file.encode().into()).unwrap(), file);
    }

    #[test]
    fn any_block_reads_back(block in strategies::blocks()) {
        prop_assert_eq!(Block::decode(&block.encode().into()).unwrap(), block);
    }

    #[test]
    fn any_ticket_reads_back(ticket in strategies::tickets()) {
        reads_back(&ticket)?;
    }

    #[test]
    fn any_identifier_and_request_id_read_back(
        ledger in strategies::hashes(),
        number in 1..=u64::MAX,
        request_id in strategies::request_ids(),
    ) {
        let ledger = LedgerId(ledger);
        for &kind in SubjectKind::ALL {
            let identifier = Identifier { ledger: (&ledger).into(), subject: Subject::new(kind, number) };
            prop_assert_eq!(identifier.to_string().parse(), Ok(identifier));
        }
        prop_assert_eq!(request_id.to_string().parse(), Ok(request_id));
    }
}

/// Every decoder of this crate, told what it makes of some bytes.
fn decode_as_everything(bytes: &Bytes) {
    let _ = Transaction::decode(bytes.clone());
    let _ = Submission::decode(bytes.clone());
    let _ = Entry::decode(bytes.clone());
    let _ = Header::decode(bytes);
    let _ = Block::decode(bytes);
    let _ = Receipt::decode(bytes);
    let _ = ReceiptFile::decode(bytes);
    let _ = StatusProofFile::decode(bytes);
    let _ = ForkProof::decode(bytes);
    let _ = TrustBundle::decode(bytes);
    let _ = StateKey::decode(bytes);
    let _ = CommitCertificate::decode(bytes);
    let _ = CaseRecord::decode(bytes);
    let _ = RegistrationRecord::decode(bytes);
    let _ = CertificateRecord::decode(bytes);
    let _ = SuspensionRecord::decode(bytes);
    let _ = OutageRecord::decode(bytes);
    let _ = ProtocolScheduleRecord::decode(bytes);
    let _ = FieldValues::decode(bytes);
    let _ = ValidatorSet::decode(bytes);
    let _ = Parameters::decode(bytes);
    let _ = Genesis::decode(bytes);
    let _ = FoundingPlan::decode(bytes);
    let _ = FounderDeclaration::decode(bytes).map(|declaration| declaration.unproved());
    let _ = MemberRecord::decode(bytes);
    let _ = KeyRecord::decode(bytes);
    let _ = StatusRecord::<MemberStatus>::decode(bytes);
    let _ = StatusRecord::<KeyStatus>::decode(bytes);
    let _ = StatusRecord::<CertificateStatus>::decode(bytes);
    let _ = CounterRecord::decode(bytes);
    let _ = OwnerRecord::decode(bytes);
    let _ = EquivocationRecord::decode(bytes);
    let _ = Ticket::decode(bytes);
    let _ = RequestId::parse(bytes);
    let _ = CreditCode::parse(bytes);
    let text = String::from_utf8_lossy(bytes);
    let _ = text.parse::<Identifier>();
    let _ = text.parse::<RequestId>();
    let _ = text.parse::<MediaType>();
    let _ = text.parse::<Name>();
    let _ = text.parse::<FieldPath>();
    let _ = text.parse::<ReasonCode>();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        decode_as_everything(&bytes.into());
    }

    /// Bytes that look like nested messages get further than noise does.
    #[test]
    fn random_fields_never_panic(bytes in fields(4)) {
        decode_as_everything(&bytes.into());
    }
}

fn fields(depth: u32) -> BoxedStrategy<Vec<u8>> {
    let number = (1_u8..10, any::<u64>()).prop_map(|(field, value)| {
        let mut bytes = vec![field << 3];
        prost::encoding::encode_varint(value >> (value % 64), &mut bytes);
        bytes
    });
    let content = if depth == 0 {
        proptest::collection::vec(any::<u8>(), 0..40).boxed()
    } else {
        prop_oneof![fields(depth - 1), proptest::collection::vec(any::<u8>(), 32..=32)].boxed()
    };
    let nested = (1_u8..10, content).prop_map(|(field, content)| {
        let mut bytes = vec![field << 3 | 2];
        prost::encoding::encode_varint(content.len() as u64, &mut bytes);
        bytes.extend(content);
        bytes
    });
    proptest::collection::vec(prop_oneof![number, nested], 0..6).prop_map(|found| found.concat()).boxed()
}
