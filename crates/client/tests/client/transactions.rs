//! What the builders make is what nodes take.

use bulla_client::{
    BuildError, ChangeMemberStatusRequest, DepositRequest, EnrolPersonRequest, Signer, TransactionBuilder,
};
use bulla_crypto::{DocumentHasher, SecretKey};
use bulla_types::{
    Action, BlockTime, CaptureMode, ChangeKeyStatus, EnrolKey, Fault, KeyChange, KeyId, KeyPurpose, LedgerId,
    MemberNumber, MemberStatus, Opening, Role, Roles, SignerRef, Submission,
};

const DOCUMENT: &[u8] = "框架合同".as_bytes();

fn ledger() -> LedgerId {
    LedgerId::from_bytes([9; 32])
}

fn signer(seed: u8) -> Signer {
    Signer::new(MemberNumber(seed.into()), SecretKey::from_seed(&[seed; 32]))
}

fn request() -> DepositRequest {
    let digests = DocumentHasher::digest_reader(DOCUMENT).unwrap();
    DepositRequest::of(&digests, "application/pdf".parse().unwrap(), CaptureMode::Original)
}

fn with_texts() -> DepositRequest {
    DepositRequest {
        title: Some("合同".to_owned()),
        description: Some("第一版\n双方签字".to_owned()),
        statement: Some("由本方起草".to_owned()),
        ..request()
    }
}

fn built(builder: TransactionBuilder) -> Submission {
    let submission = builder.build().unwrap();
    // What is sent reads back: nodes check no more of the form than this.
    assert_eq!(Submission::decode(submission.encode().into()).unwrap(), submission);
    submission
}

#[test]
fn a_deposit_carries_all_digests_of_the_document_and_its_size() {
    let submission = built(TransactionBuilder::new(ledger()).signer(&signer(1)).action(request()));
    let [Action::DepositEvidence(deposit)] = submission.transaction().body().actions.as_slice() else {
        panic!()
    };
    assert_eq!(deposit.digests.as_slice().len(), 3);
    assert_eq!(deposit.size_bytes, DOCUMENT.len() as u64);
    assert!(submission.openings().is_empty());
}

#[test]
fn attached_texts_stand_in_openings_and_nowhere_in_the_transaction() {
    let submission = built(TransactionBuilder::new(ledger()).signer(&signer(1)).action(with_texts()));
    assert_eq!(submission.first_unopened(), None);
    let paths: Vec<_> = submission.openings().iter().map(|opening| opening.path.to_string()).collect();
    assert_eq!(paths, ["description", "provenance.statement", "title"]);
    let leaf = submission.transaction().encode();
    for opening in submission.openings() {
        assert!(!leaf.windows(opening.value.len()).any(|window| window == opening.value));
    }
}

#[test]
fn the_same_text_twice_has_two_commitments() {
    let submission =
        built(TransactionBuilder::new(ledger()).signer(&signer(1)).action(with_texts()).action(with_texts()));
    let commitments: std::collections::BTreeSet<_> = submission
        .transaction()
        .body()
        .actions
        .iter()
        .flat_map(|action| action.commitments().into_iter().map(|(_, commitment)| commitment))
        .collect();
    assert_eq!(commitments.len(), 6);
    let salts: std::collections::BTreeSet<_> =
        submission.openings().iter().map(|opening| opening.salt).collect();
    assert_eq!(salts.len(), 6);
}

#[test]
fn every_signer_signs_the_transaction_id_in_its_place() {
    let signers = [signer(1), signer(2), signer(3)];
    let builder = signers.iter().fold(TransactionBuilder::new(ledger()), TransactionBuilder::signer);
    let submission = built(builder.action(request()));
    let transaction = submission.transaction();
    for (index, seed) in (1_u8..=3).enumerate() {
        let key = SecretKey::from_seed(&[seed; 32]).public_key().clone();
        assert_eq!(transaction.body().signers[index].member, MemberNumber(seed.into()));
        assert_eq!(transaction.body().signers[index].key_id, KeyId::of(&key));
        key.verify_strict(&transaction.signing_message(), &transaction.signatures()[index]).unwrap();
    }
}

#[test]
fn a_transaction_is_valid_for_five_minutes_from_its_request_id_unless_told_otherwise() {
    let builder = TransactionBuilder::new(ledger()).signer(&signer(1)).action(request());
    let made_at = builder.request_id().time_ms();
    assert_eq!(built(builder).transaction().body().not_after, BlockTime(made_at + 300_000));
    let builder = TransactionBuilder::new(ledger()).signer(&signer(1)).action(request());
    let submission = built(builder.not_after(BlockTime(77)));
    assert_eq!(submission.transaction().body().not_after, BlockTime(77));
}

#[test]
fn each_transaction_is_a_new_request_unless_it_is_made_again() {
    let first = TransactionBuilder::new(ledger());
    let second = TransactionBuilder::new(ledger());
    assert_ne!(first.request_id(), second.request_id());
    let again = TransactionBuilder::with_request_id(ledger(), first.request_id());
    let first = built(first.signer(&signer(1)).action(request()));
    assert_eq!(built(again.signer(&signer(1)).action(request())), first);
}

#[test]
fn a_declared_key_proves_possession_for_this_request_where_its_purpose_needs_it() {
    let key = SecretKey::from_seed(&[5; 32]);
    for purpose in [KeyPurpose::Operate, KeyPurpose::Administer, KeyPurpose::Audit, KeyPurpose::Note] {
        let builder = TransactionBuilder::new(ledger()).signer(&signer(1));
        let declaration = builder.declare_key(purpose, &key);
        assert_eq!(declaration.possession.is_some(), purpose.needs_possession());
        assert!(declaration.proves_possession(&ledger(), &builder.request_id()));
        built(builder.action(Action::EnrolKey(EnrolKey { member: MemberNumber(1), key: declaration })));
    }
}

#[test]
fn a_persons_name_and_the_grounds_of_a_suspension_stay_outside_the_transaction() {
    let builder = TransactionBuilder::new(ledger()).signer(&signer(1));
    let keys = vec![builder.declare_key(KeyPurpose::Operate, &SecretKey::from_seed(&[5; 32]))];
    let person =
        EnrolPersonRequest { name: "张三".to_owned(), roles: Roles::new([Role::Subject]).unwrap(), keys };
    let suspension = ChangeMemberStatusRequest {
        member: MemberNumber(2),
        status: MemberStatus::Suspended,
        grounds: Some("逾期未年检".to_owned()),
    };
    let submission = built(builder.action(person).action(suspension));
    assert_eq!(submission.first_unopened(), None);
    let opened: Vec<_> =
        submission.openings().iter().map(|opening| (opening.action, opening.path.to_string())).collect();
    assert_eq!(opened, [(0, "person".to_owned()), (1, "grounds".to_owned())]);
}

#[test]
fn an_action_without_attached_fields_is_taken_as_it_is() {
    let action = Action::ChangeKeyStatus(ChangeKeyStatus {
        key_id: KeyId::from_bytes([3; 32]),
        change: KeyChange::ReportCompromised { from: BlockTime(1) },
    });
    let submission = built(TransactionBuilder::new(ledger()).signer(&signer(1)).action(action.clone()));
    assert_eq!(submission.transaction().body().actions, [action]);
}

#[test]
fn a_transaction_without_signer_or_action_is_refused() {
    let no_signer = TransactionBuilder::new(ledger()).action(request()).build().unwrap_err();
    let BuildError::Format(error) = no_signer else { panic!("{no_signer}") };
    assert_eq!((error.path(), error.fault()), ("body.signers", &Fault::Missing));
    let no_action = TransactionBuilder::new(ledger()).signer(&signer(1)).build().unwrap_err();
    let BuildError::Format(error) = no_action else { panic!("{no_action}") };
    assert_eq!((error.path(), error.fault()), ("body.actions", &Fault::Missing));
}

#[test]
fn an_attached_text_that_is_too_long_is_refused_by_its_name() {
    let request = DepositRequest { description: Some("x".repeat(65_537)), ..request() };
    let error = TransactionBuilder::new(ledger()).signer(&signer(1)).action(request).build().unwrap_err();
    assert_eq!(
        error,
        BuildError::AttachedTooLong { action: 0, path: "description".to_owned(), bytes: 65_537, max: 65_536 }
    );
}

fn suspension(grounds: &str) -> ChangeMemberStatusRequest {
    let grounds = Some(grounds.to_owned());
    ChangeMemberStatusRequest { member: MemberNumber(6), status: MemberStatus::Suspended, grounds }
}

fn paths(openings: &[Opening]) -> Vec<(u32, String)> {
    openings.iter().map(|opening| (opening.action, opening.path.to_string())).collect()
}

#[test]
fn what_is_proposed_stands_in_one_proposal_with_its_texts_under_its_acts() {
    let until = BlockTime(1_900_000_000_000);
    let retire = ChangeKeyStatus { key_id: KeyId::from_bytes([3; 32]), change: KeyChange::Retire };
    let builder = TransactionBuilder::new(ledger()).signer(&signer(1));
    let builder =
        builder.action(Action::ChangeKeyStatus(retire)).proposing(until, Some("联席会议".to_owned()));
    let submission = built(builder.action(suspension("停业")).action(suspension("再次停业")));
    let [Action::ChangeKeyStatus(_), Action::Propose(propose)] =
        submission.transaction().body().actions.as_slice()
    else {
        panic!("{submission:?}")
    };
    assert_eq!((propose.actions.len(), propose.not_after, submission.first_unopened()), (2, until, None));
    let expected = ["actions.0.grounds", "actions.1.grounds", "grounds"].map(|path| (1, path.to_owned()));
    assert_eq!(paths(submission.openings()), expected);
}

#[test]
fn a_draft_is_continued_with_its_texts_under_the_same_request() {
    let cosigners = [SignerRef { member: MemberNumber(2), key_id: signer(2).key_id() }];
    let begun = TransactionBuilder::new(ledger()).action(suspension("停业")).draft(&cosigners).unwrap();
    let more = TransactionBuilder::of_draft(&begun).action(suspension("再次停业")).draft(&cosigners).unwrap();
    assert_eq!(more.body().request_id, begun.body().request_id);
    assert_eq!(more.body().actions[..1], begun.body().actions);
    assert_eq!(paths(more.openings()), [0, 1].map(|action| (action, "grounds".to_owned())));

    let proposal = TransactionBuilder::new(ledger()).proposing(BlockTime(1_900_000_000_000), None);
    let begun = proposal.action(suspension("停业")).draft(&cosigners).unwrap();
    let more = TransactionBuilder::of_draft(&begun).action(suspension("再次停业")).draft(&cosigners).unwrap();
    let [Action::Propose(propose)] = more.body().actions.as_slice() else { panic!("{more:?}") };
    assert_eq!(propose.actions.len(), 2);
}

#[test]
fn a_proposal_of_nothing_is_not_made() {
    let proposal = TransactionBuilder::new(ledger()).signer(&signer(1)).proposing(BlockTime(9), None);
    assert!(matches!(proposal.build(), Err(BuildError::Format(_))));
}
