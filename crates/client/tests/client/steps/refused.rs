//! What a profile does not allow is refused before anything is signed.

use bulla_client::{AdoptedProfile, CaseReport, PossibleStep, StepBuilder, StepError, StepFault, StepParty};
use bulla_fixtures::stage::name;
use bulla_types::{
    CaseStatus, EvidenceNumber, Identifier, Lang, LedgerId, MemberNumber, ProfileStatus, ReasonCode,
    RegistrationNumber, Subject,
};

use super::desk::{adopted_real, case_in, ledger};

const TIANJIN: &str = "cn-tj-tjifa-003-2022";
const GUIZHOU: &str = "cn-gz-trade-2022";

fn open<'p>(adopted: &'p AdoptedProfile, procedure: &str, step: &str) -> Result<StepBuilder<'p>, StepError> {
    StepBuilder::opening(ledger(), adopted, procedure, step)
}

fn go_on<'p>(
    adopted: &'p AdoptedProfile,
    case: &'p CaseReport,
    step: &str,
) -> Result<StepBuilder<'p>, StepError> {
    StepBuilder::of_case(ledger(), adopted, case, step)
}

fn fault(refused: Result<impl std::fmt::Debug, StepError>, reason: ReasonCode) -> StepFault {
    let error = refused.unwrap_err();
    assert_eq!(error.reason(), reason, "{error}");
    *error.fault
}

#[test]
fn a_step_that_is_not_there_or_not_now_is_answered_with_those_that_are() {
    let adopted = adopted_real(GUIZHOU);
    let unknown = fault(open(&adopted, "auction", "apply"), ReasonCode::StepUnknown);
    assert!(
        matches!(unknown, StepFault::ProcedureUnknown { known, .. } if known.contains(&"trade".to_owned()))
    );
    let unknown = fault(open(&adopted, "trade", "haggle"), ReasonCode::StepUnknown);
    assert_eq!(unknown, StepFault::StepUnknown { possible: vec!["inquire".to_owned()] });
    let later = fault(open(&adopted, "trade", "settle"), ReasonCode::StepOutOfOrder);
    assert_eq!(later, StepFault::NotOpening { possible: vec!["inquire".to_owned()] });

    let case = case_in(&adopted, "trade", "negotiating");
    let early = fault(go_on(&adopted, &case, "settle"), ReasonCode::StepOutOfOrder);
    let StepFault::OutOfOrder { state, possible } = early else { panic!("{early:?}") };
    assert_eq!(state, "negotiating");
    assert!(possible.contains(&"sign_contract".to_owned()) && possible.contains(&"break_off".to_owned()));
}

#[test]
fn a_step_under_rules_that_are_not_the_cases_own_is_refused() {
    let (tianjin, guizhou) = (adopted_real(TIANJIN), adopted_real(GUIZHOU));
    let case = case_in(&guizhou, "trade", "negotiating");
    fault(go_on(&tianjin, &case, "break_off"), ReasonCode::ProfileNotInForce);
    let superseded = AdoptedProfile { status: ProfileStatus::Superseded, ..guizhou.clone() };
    assert!(go_on(&superseded, &case, "break_off").is_ok(), "an open case keeps its profile");
    let refused = fault(open(&superseded, "trade", "inquire"), ReasonCode::ProfileNotInForce);
    assert_eq!(refused, StepFault::Superseded);
}

#[test]
fn nothing_happens_in_a_case_that_has_ended() {
    let adopted = adopted_real(GUIZHOU);
    let mut case = case_in(&adopted, "trade", "broken_off");
    case.record.status = CaseStatus::Ended;
    let refused = fault(go_on(&adopted, &case, "break_off"), ReasonCode::CaseEnded);
    assert_eq!(refused, StepFault::CaseEnded { state: "broken_off".to_owned() });
}

#[test]
fn a_case_is_about_what_its_procedure_is_about() {
    let adopted = adopted_real(GUIZHOU);
    let inquire = || open(&adopted, "trade", "inquire").unwrap();
    let wrong = inquire().about(Subject::Evidence(EvidenceNumber(1))).unwrap_err();
    assert_eq!(wrong.reason(), ReasonCode::CaseSubjectInvalid);
    // What is asked for, and what was named.
    let told = "about a registration, R-…, and what is named is a deposit of evidence";
    assert!(wrong.to_string().ends_with(told), "{wrong}");
    assert!(
        wrong.message(Lang::Zh).ends_with("须针对登记 R-…，而所指明的是存证"),
        "{}",
        wrong.message(Lang::Zh)
    );
    let nothing = inquire().actor("demander", MemberNumber(2)).unwrap().field("use_scope", "研究").unwrap();
    fault(nothing.finish(), ReasonCode::CaseSubjectInvalid);
    assert!(inquire().about(Subject::Registration(RegistrationNumber(1))).is_ok());
}

#[test]
fn who_has_no_part_does_not_act_and_who_has_is_not_left_out() {
    let adopted = adopted_real(GUIZHOU);
    let case = case_in(&adopted, "trade", "negotiating");
    let break_off = || go_on(&adopted, &case, "break_off").unwrap();
    let open_party = fault(break_off().finish(), ReasonCode::PartyWrong);
    assert_eq!(
        open_party,
        StepFault::PartyOpen { expected: vec!["demander".to_owned(), "seller".to_owned()] }
    );
    let request = break_off().actor("seller", MemberNumber(3)).unwrap().finish().unwrap();
    assert_eq!((request.party().as_str(), request.signers()), ("seller", [MemberNumber(3)].into()));
    let superfluous = break_off().actor("seller", MemberNumber(3)).unwrap();
    let superfluous = superfluous.actor("operator", MemberNumber(4)).unwrap();
    fault(superfluous.finish(), ReasonCode::PartyWrong);

    let contract = go_on(&adopted, &case, "sign_contract").unwrap().actor("seller", MemberNumber(3)).unwrap();
    let alone = fault(contract.finish(), ReasonCode::SignerMissing);
    assert!(matches!(alone, StepFault::ActorMissing(party) if party.name == "demander"));
}

#[test]
fn parties_that_the_case_knows_are_nobody_else() {
    let adopted = adopted_real(GUIZHOU);
    let mut case = case_in(&adopted, "trade", "negotiating");
    case.record.parties.insert(name("demander"), [MemberNumber(2)].into());
    case.possible.push(PossibleStep {
        step: name("break_off"),
        by: vec![StepParty { party: name("seller"), members: vec![MemberNumber(3), MemberNumber(4)] }],
        signed_by: Vec::new(),
        fields: Vec::new(),
        documents: Vec::new(),
        until: Vec::new(),
        after: Vec::new(),
        missing: Vec::new(),
    });
    let break_off = |party: &str, members: &[u64]| {
        let step = go_on(&adopted, &case, "break_off").unwrap();
        let step =
            members.iter().fold(step, |step, number| step.actor(party, MemberNumber(*number)).unwrap());
        step.finish()
    };
    assert!(break_off("demander", &[2]).is_ok());
    let other = fault(break_off("demander", &[9]), ReasonCode::PartyWrong);
    assert!(matches!(other, StepFault::MemberWrong { expected, .. } if expected == [MemberNumber(2)]));
    let half = fault(break_off("seller", &[3]), ReasonCode::SignerMissing);
    assert!(matches!(half, StepFault::MembersMissing { members, .. } if members == [MemberNumber(4)]));
    assert!(break_off("seller", &[3, 4]).is_ok());
}

#[test]
fn an_agent_acts_where_the_profile_lets_it_and_shows_its_mandate() {
    let adopted = adopted_real(GUIZHOU);
    let case = case_in(&adopted, "trade", "negotiating");
    let by_agent = go_on(&adopted, &case, "break_off").unwrap();
    let by_agent = by_agent.actor_by_agent("seller", MemberNumber(3), MemberNumber(8)).unwrap();
    let party = adopted.profile.parties.get("seller").unwrap();
    match &party.mandate {
        None => {
            let refused = fault(by_agent.finish(), ReasonCode::MandateMissing);
            assert!(matches!(refused, StepFault::AgentNotAllowed(_)));
        }
        Some(mandate) => {
            let refused = fault(by_agent.clone().finish(), ReasonCode::MandateMissing);
            assert!(matches!(refused, StepFault::MandateMissing(_)));
            let digests = format!("sha256:{}", "cd".repeat(32));
            let request = by_agent.document(mandate.as_str(), &digests).unwrap().finish().unwrap();
            assert_eq!(request.signers(), [MemberNumber(8)].into(), "the agent signs");
        }
    }
}

#[test]
fn fields_and_documents_that_a_step_does_not_have_are_answered_with_those_that_it_has() {
    let adopted = adopted_real(GUIZHOU);
    let inquire = open(&adopted, "trade", "inquire").unwrap();
    let field = fault(inquire.clone().field("contract_amount", "5"), ReasonCode::FieldInvalid);
    assert!(
        matches!(field, StepFault::FieldUnknown { known, .. } if known.contains(&"use_scope".to_owned()))
    );
    fault(inquire.clone().document("contract", "E-1"), ReasonCode::DocumentInvalid);
    fault(inquire.clone().reasons("because"), ReasonCode::FieldInvalid);
    let twice = inquire.field("use_scope", "研究").unwrap();
    let twice = fault(twice.field("use_scope", "经营"), ReasonCode::FieldInvalid);
    assert!(matches!(twice, StepFault::FieldTooMany { max: 1, .. }));
}

#[test]
fn an_empty_paper_is_no_document() {
    let adopted = adopted_real(GUIZHOU);
    let apply = || open(&adopted, "item_registration", "apply").unwrap();
    let nothing = bulla_crypto::DocumentHasher::new().finish();
    for digest in [format!("sha256:{}", nothing.sha256), format!("sm3:{}", nothing.sm3)] {
        let refused = fault(apply().document("source_statement", &digest), ReasonCode::DocumentInvalid);
        assert!(matches!(refused, StepFault::DocumentEmpty(of) if of.name == "source_statement"), "{digest}");
    }
}

#[test]
fn identifiers_are_of_this_ledger_and_of_the_right_kind() {
    let adopted = adopted_real(GUIZHOU);
    let apply = || open(&adopted, "item_registration", "apply").unwrap();
    let certificate = Subject::new(bulla_types::SubjectKind::Certificate, 4);
    let here = Identifier { ledger: (&ledger()).into(), subject: certificate };
    assert!(apply().field("registration", &here.to_string()).is_ok());
    assert!(apply().field("registration", "4").is_ok());
    let elsewhere = Identifier { ledger: (&LedgerId::from_bytes([9; 32])).into(), subject: certificate };
    let other = apply().field("registration", &elsewhere.to_string()).unwrap_err();
    assert!(other.to_string().contains("on this ledger"), "{other}");
    let member = Identifier::member(&ledger(), MemberNumber(4));
    fault(apply().field("registration", &member.to_string()), ReasonCode::FieldInvalid);

    let evidence = Identifier::evidence(&ledger(), EvidenceNumber(1)).to_string();
    assert!(apply().document("source_statement", &evidence).is_ok());
    assert!(apply().document("source_statement", &format!("sm3:{}", "0f".repeat(32))).is_ok());
    for wrong in [here.to_string(), elsewhere.to_string(), "sha256:ab".to_owned(), String::new()] {
        let refused = fault(apply().document("source_statement", &wrong), ReasonCode::DocumentInvalid);
        assert!(matches!(refused, StepFault::DocumentForm { forms, .. } if forms.len() == 2), "{wrong}");
    }
}
