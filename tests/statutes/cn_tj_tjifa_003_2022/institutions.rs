//! Evidence providers and the agencies of the three -izations (cl. 3.6–3.8, 7, annexes 3, 5 and 6).

use bulla_fixtures::stage::{Party, code_of, go_on, term};
use bulla_types::{
    CaseNumber, CertificateNumber, DocumentItem, EvidenceNumber, FieldValue, ReasonCode, RuleName, Subject,
};

use super::stage::Platform;
use crate::suite::{Law, statutes};

statutes!(super::super::SOURCE:
    clause_3_5_only_a_data_right_holder_commissions_third_parties,
    clause_7_1_1_only_a_designated_or_recognised_provider_stores_evidence,
    clause_7_1_3_the_provider_states_its_filing_number,
    clause_7_2_1_the_holder_declares_and_proves_the_source,
    clause_7_2_1_an_asset_is_submitted_with_its_name_digest_and_holder,
    annexes_5_and_6_the_credit_code_is_that_under_which_the_holder_is_enrolled,
    clause_7_2_3_the_evidence_report_is_a_deposit_on_the_chain,
    clause_7_2_evidence_may_be_declined_with_reasons,
    annex_5_the_evidence_certificate_names_asset_holder_and_filing_number,
    clause_3_6_only_recognised_agencies_confirm_deidentification,
    clause_3_7_only_recognised_agencies_confirm_structuring,
    clause_6_4_1_1_b_an_agency_works_by_a_plan_and_reports,
    clause_3_6_and_3_7_an_agency_may_decline_with_reasons,
    annex_6_a_voucher_names_asset_and_holder,
);

/// The procedures, who acts in them, and what they issue.
const PROCEDURES: [(&str, &str, &str, &str); 3] = [
    ("evidence_storage", "evidence_provider", "issue_report", "evidence_certificate"),
    ("deidentification", "deidentification_agency", "issue_voucher", "deidentification_voucher"),
    ("structuring", "structuring_agency", "issue_voucher", "structuring_voucher"),
];

fn submitted(story: &mut Platform, procedure: &str) -> CaseNumber {
    story.deposit();
    let submission = story.submission(procedure, "asset", &story.applicant);
    story.take(&submission).case
}

fn issued(story: &mut Platform, procedure: &str) -> (CaseNumber, CertificateNumber) {
    let case = submitted(story, procedure);
    let work = story.work(procedure, case);
    (case, story.take(&work).certificates[0])
}

fn clause_3_5_only_a_data_right_holder_commissions_third_parties(law: &Law) {
    let mut story = Platform::of(law);
    for (procedure, ..) in PROCEDURES {
        let institution = story.other_institution.clone();
        let submission = story.submission(procedure, "asset", &institution);
        story.refused(&submission, ReasonCode::RoleMissing);
    }
}

/// Nobody but the institution that the value names does the work of a procedure: not one of the same role
/// that is not named, and not one that is named and does not have the role.
fn only_the_appointed(law: &Law, procedure: &str, party: &str, value: &str) {
    let mut story = Platform::of(law);
    let case = submitted(&mut story, procedure);
    let done = |story: &Platform, by: &Party| story.work(procedure, case).without_actors().by(party, by);
    for stranger in [story.other_provider.clone(), story.other_institution.clone(), story.platform.clone()] {
        let work = done(&story, &stranger);
        story.refused(&work, ReasonCode::PartyWrong);
    }
    let work = story.work(procedure, case);
    story.take(&work);

    let code = code_of("competitor").to_string();
    let mut story = Platform::of(&law.deciding(value, vec![code]));
    let case = submitted(&mut story, procedure);
    let named = story.competitor.clone();
    let work = story.work(procedure, case).without_actors().by(party, &named);
    story.refused(&work, ReasonCode::RoleMissing);
}

fn clause_7_1_1_only_a_designated_or_recognised_provider_stores_evidence(law: &Law) {
    only_the_appointed(law, "evidence_storage", "evidence_provider", "evidence_providers");
}

fn clause_3_6_only_recognised_agencies_confirm_deidentification(law: &Law) {
    only_the_appointed(law, "deidentification", "deidentification_agency", "deidentification_agencies");
}

fn clause_3_7_only_recognised_agencies_confirm_structuring(law: &Law) {
    only_the_appointed(law, "structuring", "structuring_agency", "structuring_agencies");
}

fn clause_7_1_3_the_provider_states_its_filing_number(law: &Law) {
    let mut story = Platform::of(law);
    let case = submitted(&mut story, "evidence_storage");
    let work = story.work("evidence_storage", case);
    story.refused(&work.clone().without_field("chain_filing_number"), ReasonCode::FieldMissing);
    let clear = FieldValue::Text("津网信备1号".to_owned());
    story.refused(&work.field("chain_filing_number", clear), ReasonCode::FieldInvalid);
}

fn clause_7_2_1_the_holder_declares_and_proves_the_source(law: &Law) {
    let mut story = Platform::of(law);
    let submission = story.submission("evidence_storage", "asset", &story.applicant);
    story.refused(&submission.clone().without_document("title_declaration"), ReasonCode::DocumentMissing);
    story.refused(&submission.clone().without_field("acquisition"), ReasonCode::FieldMissing);
    let proofs = [
        ("original", "operating_permit"),
        ("collected", "collection_declaration"),
        ("traded", "trade_proof"),
        ("other", "other_source_proof"),
    ];
    let plain = submission.without_document("collection_declaration").attached("acquisition_note", "why");
    for (acquisition, proof) in proofs {
        let without = plain.clone().field("acquisition", term(acquisition));
        story.refused(&without, ReasonCode::DocumentMissing);
        story.would_take(&without.paper(proof));
    }
    let other = plain.field("acquisition", term("other")).paper("other_source_proof");
    story.refused(&other.without_field("acquisition_note"), ReasonCode::FieldMissing);
}

fn clause_7_2_1_an_asset_is_submitted_with_its_name_digest_and_holder(law: &Law) {
    let mut story = Platform::of(law);
    for (procedure, ..) in PROCEDURES {
        let submission = story.submission(procedure, "asset", &story.applicant);
        for field in ["asset_name", "asset_digest", "applicant_name", "credit_code"] {
            story.refused(&submission.clone().without_field(field), ReasonCode::FieldMissing);
        }
        story.would_take(&submission);
    }
}

fn clause_7_2_3_the_evidence_report_is_a_deposit_on_the_chain(law: &Law) {
    let mut story = Platform::of(law);
    let case = submitted(&mut story, "evidence_storage");
    let work = story.work("evidence_storage", case);
    story.refused(&work.clone().without_document("evidence_report"), ReasonCode::DocumentMissing);
    story.refused(&work.clone().paper("evidence_report"), ReasonCode::DocumentInvalid);
    let unknown = vec![DocumentItem::Evidence(EvidenceNumber(2))];
    story.refused(&work.clone().document("evidence_report", unknown), ReasonCode::EvidenceUnknown);
    story.take(&work);
    assert_eq!(story.state(case), "issued");
}

fn clause_7_2_evidence_may_be_declined_with_reasons(law: &Law) {
    let mut story = Platform::of(law);
    let case = submitted(&mut story, "evidence_storage");
    assert!(!story.case(case).documents.is_empty());
    let decline = go_on(case, "decline").by("evidence_provider", &story.provider);
    story.refused(&decline, ReasonCode::ReasonsMissing);
    story.take(&decline.reasons("forged"));
    assert_eq!(story.state(case), "declined");
    assert!(story.case(case).documents.is_empty(), "the documents are handed back");
    let work = story.work("evidence_storage", case);
    story.refused(&work, ReasonCode::CaseEnded);
}

fn annex_5_the_evidence_certificate_names_asset_holder_and_filing_number(law: &Law) {
    let mut story = Platform::of(law);
    let (case, number) = issued(&mut story, "evidence_storage");
    let contents = ["applicant_name", "asset_digest", "asset_name", "chain_filing_number", "credit_code"];
    certifies(&story, case, number, "evidence_certificate", &contents);
}

fn clause_6_4_1_1_b_an_agency_works_by_a_plan_and_reports(law: &Law) {
    let mut story = Platform::of(law);
    for procedure in ["deidentification", "structuring"] {
        let submission = story.submission(procedure, "asset", &story.applicant);
        let plan = format!("{procedure}_plan");
        story.refused(&submission.clone().without_document(&plan), ReasonCode::DocumentMissing);
        let case = story.take(&submission).case;
        let work = story.work(procedure, case);
        let report = format!("{procedure}_report");
        story.refused(&work.clone().without_document(&report), ReasonCode::DocumentMissing);
        story.take(&work);
        assert_eq!(story.state(case), "issued");
    }
}

fn clause_3_6_and_3_7_an_agency_may_decline_with_reasons(law: &Law) {
    let mut story = Platform::of(law);
    let agencies =
        [("deidentification", story.deidentifier.clone()), ("structuring", story.structurer.clone())];
    for (procedure, agency) in agencies {
        let case = submitted(&mut story, procedure);
        let decline = go_on(case, "decline").by(&format!("{procedure}_agency"), &agency);
        story.refused(&decline, ReasonCode::ReasonsMissing);
        story.take(&decline.reasons("insufficient"));
        assert_eq!(story.state(case), "declined");
        let work = story.work(procedure, case);
        story.refused(&work, ReasonCode::CaseEnded);
    }
}

fn annex_6_a_voucher_names_asset_and_holder(law: &Law) {
    let mut story = Platform::of(law);
    for procedure in ["deidentification", "structuring"] {
        let (case, number) = issued(&mut story, procedure);
        let contents = ["applicant_name", "asset_digest", "asset_name", "credit_code"];
        certifies(&story, case, number, &format!("{procedure}_voucher"), &contents);
    }
}

/// The certificate speaks of its case, belongs to the applicant, has no term, and says just this.
fn certifies(story: &Platform, case: CaseNumber, number: CertificateNumber, kind: &str, contents: &[&str]) {
    let certificate = story.certificate(number);
    assert_eq!(certificate.kind, kind);
    assert_eq!(certificate.subject, Subject::Case(case));
    assert_eq!(certificate.holders, [story.applicant.number].into());
    assert_eq!(certificate.valid_until, None);
    let said: Vec<&str> = certificate.contents.keys().map(RuleName::as_str).collect();
    assert_eq!(said, contents);
}

fn annexes_5_and_6_the_credit_code_is_that_under_which_the_holder_is_enrolled(law: &Law) {
    let mut story = Platform::of(law);
    for (procedure, ..) in PROCEDURES {
        let submission = story.submission(procedure, "asset", &story.applicant);
        let others = FieldValue::CreditCode(code_of("competitor"));
        story.refused(&submission.clone().field("credit_code", others), ReasonCode::ValuesDiffer);
        story.would_take(&submission);
    }
    for voucher in story.vouchers("asset", &story.competitor.clone()) {
        let said = story.certificate(voucher).contents["credit_code"].clone();
        let own = FieldValue::CreditCode(code_of("competitor"));
        assert_eq!(said.clear().and_then(|values| values.single()), Some(&own));
    }
}
