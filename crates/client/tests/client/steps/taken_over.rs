//! Fields that must say the same as an earlier one that nobody else may read.

use bulla_client::{
    AdoptedProfile, CaseReport, OpenedField, StepBuilder, StepError, StepFault, TransactionBuilder,
};
use bulla_crypto::sha256;
use bulla_fixtures::stage::name;
use bulla_types::{
    Action, Commitment, FieldContent, FieldValue, KeyPurpose, MemberNumber, ReasonCode, TakeStep,
};

use super::desk::{adopted_real, case_in, ledger};

const CONTRACTED: Commitment = Commitment(bulla_crypto::Hash::ZERO);

/// A trade that was contracted for five million, as whoever may read that sees it, or as others do.
fn contracted(adopted: &AdoptedProfile, seen: bool) -> CaseReport {
    let mut case = case_in(adopted, "trade", "contracted");
    case.record.fields.insert(name("contract_amount"), FieldContent::Committed(CONTRACTED));
    if seen {
        let values = FieldValue::Amount(500_000_000).into();
        case.openings.push(OpenedField { field: name("contract_amount"), index: 9, values });
    }
    case
}

fn instruct(
    adopted: &AdoptedProfile,
    case: &CaseReport,
    amount: &str,
) -> Result<(TakeStep, usize), StepError> {
    let step = StepBuilder::of_case(ledger(), adopted, case, "instruct")?;
    let request = step.actor("demander", MemberNumber(2))?.field("instructed_amount", amount)?.finish()?;
    let party = bulla_fixtures::stage::founder(2).0;
    let signer = bulla_client::Signer::new(MemberNumber(2), party.key(KeyPurpose::Operate));
    let submission = TransactionBuilder::new(ledger()).signer(&signer).action(request).build().unwrap();
    let Action::TakeStep(take) = submission.transaction().body().actions[0].clone() else { panic!() };
    Ok((take, submission.openings().len()))
}

#[test]
fn the_same_amount_takes_over_the_commitment_of_the_contract() {
    let adopted = adopted_real("cn-gz-trade-2022");
    for (seen, text) in [(true, "5000000"), (true, "5000000.00"), (true, "="), (false, "=")] {
        let (take, openings) = instruct(&adopted, &contracted(&adopted, seen), text).unwrap();
        assert_eq!(take.fields[0].content, FieldContent::Committed(CONTRACTED), "{text}");
        assert_eq!(openings, 0, "it is opened where it was said first");
    }
}

#[test]
fn another_amount_is_refused_before_it_is_signed() {
    let adopted = adopted_real("cn-gz-trade-2022");
    let error = instruct(&adopted, &contracted(&adopted, true), "4999999.99").unwrap_err();
    assert_eq!(error.reason(), ReasonCode::ValuesDiffer);
    let StepFault::FieldDiffers { field, other } = *error.fault else { panic!() };
    assert_eq!((field.name.as_str(), other.name.as_str()), ("instructed_amount", "contract_amount"));
}

#[test]
fn an_amount_that_cannot_be_compared_is_not_taken_over_in_silence() {
    let adopted = adopted_real("cn-gz-trade-2022");
    let error = instruct(&adopted, &contracted(&adopted, false), "5000000").unwrap_err();
    assert!(matches!(*error.fault, StepFault::FieldUnseen { .. }), "{error}");
    assert!(error.to_string().contains("\"=\""), "{error}");
}

#[test]
fn a_commitment_from_elsewhere_can_be_taken_over_and_a_clear_field_cannot() {
    let adopted = adopted_real("cn-gz-trade-2022");
    let commitment = Commitment(sha256(&[b"elsewhere"]));
    let apply = || StepBuilder::opening(ledger(), &adopted, "item_registration", "apply").unwrap();
    assert!(apply().take_over("item_name", commitment).is_ok());
    assert_eq!(apply().take_over("item_kind", commitment).unwrap_err().reason(), ReasonCode::FieldInvalid);
    let twice = apply().take_over("item_name", commitment).unwrap().take_over("item_name", commitment);
    assert_eq!(twice.unwrap_err().reason(), ReasonCode::FieldInvalid);
}
