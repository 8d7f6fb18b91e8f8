//! The application and what belongs to it (cl. 3.4, 3.5, 5.1, 6.3.5, 6.4.1, 8.2.1, annexes 1–3).

use bulla_fixtures::stage::{Party, Take, code_of, digests, go_on, open, term};
use bulla_types::{CertificateNumber, DocumentItem, EvidenceNumber, FieldValue, ReasonCode, Role};

use super::stage::{ATTACHED, PAPERS, Platform};
use crate::cn_gz_trade_2022::stage::{self as venue_stage, REGISTERED};
use crate::suite::{Law, statutes};

statutes!(super::super::SOURCE:
    clause_3_5_only_a_data_right_holder_applies,
    clause_5_1_a_the_application_form_is_handed_in,
    clause_5_1_b_the_evidence_certificate_is_a_valid_one_of_this_ledger,
    clause_5_1_c_and_d_the_vouchers_are_valid_ones_of_this_ledger,
    annex_1_the_form_says_who_applies,
    annex_1_the_form_says_what_the_asset_is,
    annex_1_forms_of_offer_are_those_listed,
    annex_1_intended_users_are_those_listed,
    annex_1_acquisition_is_one_of_those_listed_and_others_are_explained,
    annex_1_what_is_stored_deidentified_or_structured_is_proved,
    clause_6_4_1_1_a_the_file_says_who_the_holder_is,
    clause_6_2_2_the_credit_code_is_that_under_which_the_applicant_is_enrolled,
    clause_6_4_1_1_b_the_file_says_where_the_data_come_from_and_what_they_are_for,
    clause_6_4_1_2_title_security_and_compliance_are_declared_and_proved,
    annex_3_the_source_is_proved_by_the_paper_of_its_acquisition,
    annex_3_a_trade_voucher_of_this_ledger_proves_a_trade,
    clause_8_2_1_the_update_cycle_is_one_of_those_listed_or_described,
    clause_8_2_1_a_version_may_be_named,
    clause_6_3_5_what_outsiders_may_not_query_stands_as_a_commitment,
    clause_7_3_1_papers_are_handed_in_as_digests_or_as_deposits,
    clause_3_4_one_asset_is_registered_once,
);

/// A platform, and the application of an asset whose vouchers are issued.
fn told(law: &Law) -> (Platform, Take) {
    let mut story = Platform::of(law);
    let application = story.application("asset");
    (story, application)
}

fn each_field_is_asked(story: &mut Platform, take: &Take, fields: &[&str]) {
    for field in fields {
        story.refused(&take.clone().without_field(field), ReasonCode::FieldMissing);
    }
    story.would_take(take);
}

fn each_document_is_asked(story: &mut Platform, take: &Take, documents: &[&str]) {
    for document in documents {
        story.refused(&take.clone().without_document(document), ReasonCode::DocumentMissing);
    }
    story.would_take(take);
}

/// All of these terms are taken, and another one is not. What a term asks besides is added by `with`.
fn terms_are(
    story: &mut Platform,
    take: &Take,
    field: &str,
    terms: &[&str],
    with: impl Fn(Take, &str) -> Take,
) {
    for name in terms {
        story.would_take(&with(take.clone().field(field, term(name)), name));
    }
    story.refused(&take.clone().field(field, term("unlisted")), ReasonCode::FieldInvalid);
}

fn clause_3_5_only_a_data_right_holder_applies(law: &Law) {
    let (mut story, _) = told(law);
    let exchange = story.ledger.enrol("exchange", Role::Exchange);
    let take = open(story.profile, "initial_registration", "apply").by("applicant", &exchange);
    let take = Platform::file(take, "asset", &exchange, [1, 2, 3].map(CertificateNumber));
    story.refused(&take, ReasonCode::RoleMissing);
}

fn clause_5_1_a_the_application_form_is_handed_in(law: &Law) {
    let (mut story, application) = told(law);
    each_document_is_asked(&mut story, &application, &["application_form"]);
    let two = ["one", "two"].map(|form| DocumentItem::Digests(digests(form))).to_vec();
    story.refused(&application.document("application_form", two), ReasonCode::DocumentInvalid);
}

fn clause_5_1_b_the_evidence_certificate_is_a_valid_one_of_this_ledger(law: &Law) {
    let (mut story, application) = told(law);
    each_document_is_asked(&mut story, &application, &["evidence_report", "evidence_certificate"]);
    is_a_certificate_of_its_kind(&mut story, &application, "evidence_certificate", CertificateNumber(2));
    story.refused(&application.paper("evidence_report"), ReasonCode::DocumentInvalid);
}

fn clause_5_1_c_and_d_the_vouchers_are_valid_ones_of_this_ledger(law: &Law) {
    let (mut story, application) = told(law);
    let (deidentification, structuring) = ("deidentification_voucher", "structuring_voucher");
    each_document_is_asked(&mut story, &application, &[deidentification, structuring]);
    is_a_certificate_of_its_kind(&mut story, &application, deidentification, CertificateNumber(3));
    is_a_certificate_of_its_kind(&mut story, &application, structuring, CertificateNumber(2));
}

/// Neither a paper, nor a deposit, nor a certificate of another kind or that does not exist will do.
fn is_a_certificate_of_its_kind(
    story: &mut Platform,
    application: &Take,
    category: &str,
    other: CertificateNumber,
) {
    let (unknown, deposit) = (CertificateNumber(9), DocumentItem::Evidence(EvidenceNumber(1)));
    let certificate = |number| vec![DocumentItem::Certificate(number)];
    let take = application.clone();
    story.refused(&take.clone().paper(category), ReasonCode::DocumentInvalid);
    story.refused(&take.clone().document(category, vec![deposit]), ReasonCode::DocumentInvalid);
    story.refused(&take.clone().document(category, certificate(other)), ReasonCode::DocumentInvalid);
    story.refused(&take.document(category, certificate(unknown)), ReasonCode::DocumentInvalid);
}

fn annex_1_the_form_says_who_applies(law: &Law) {
    let (mut story, application) = told(law);
    let fields =
        ["applicant_name", "credit_code", "legal_representative", "address", "telephone", "postcode"];
    each_field_is_asked(&mut story, &application, &fields);
    story.would_take(&application.attached("preapproval_number", "名称预核2025第1号"));
}

fn annex_1_the_form_says_what_the_asset_is(law: &Law) {
    let (mut story, application) = told(law);
    let fields = [
        "asset_name",
        "keywords",
        "industry",
        "asset_form",
        "asset_brief",
        "intended_users",
        "acquisition",
        "evidence_stored",
        "deidentified",
        "structured",
        "asset_digest",
    ];
    each_field_is_asked(&mut story, &application, &fields);
}

fn annex_1_forms_of_offer_are_those_listed(law: &Law) {
    let (mut story, application) = told(law);
    let same = |take, _: &str| take;
    terms_are(&mut story, &application, "asset_form", &["dataset", "report", "interface", "other"], same);
    // The certificate knows applications, the form does not.
    let application = application.field("asset_form", term("application"));
    story.refused(&application, ReasonCode::FieldInvalid);
}

fn annex_1_intended_users_are_those_listed(law: &Law) {
    let (mut story, application) = told(law);
    let users = ["government", "enterprise", "individual", "unrestricted"];
    terms_are(&mut story, &application, "intended_users", &users, |take, _| take);
    let all = users.map(term).to_vec();
    story.would_take(&application.clone().values("intended_users", all));
    let one = vec![term("dataset"), term("report")];
    story.refused(&application.values("asset_form", one), ReasonCode::FieldInvalid);
}

/// The paper by which each acquisition is proved.
const SOURCES: [(&str, &str); 4] = [
    ("original", "operating_permit"),
    ("collected", "collection_declaration"),
    ("traded", "trade_proof"),
    ("other", "other_source_proof"),
];

fn annex_1_acquisition_is_one_of_those_listed_and_others_are_explained(law: &Law) {
    let (mut story, application) = told(law);
    let proved = |take: Take, acquisition: &str| {
        let take = SOURCES.iter().fold(take, |take, (_, paper)| take.paper(paper));
        if acquisition == "other" { take.attached("acquisition_note", "by succession") } else { take }
    };
    let terms = SOURCES.map(|(acquisition, _)| acquisition);
    terms_are(&mut story, &application, "acquisition", &terms, proved);
    let other = proved(application.field("acquisition", term("other")), "other");
    story.refused(&other.without_field("acquisition_note"), ReasonCode::FieldMissing);
}

fn annex_1_what_is_stored_deidentified_or_structured_is_proved(law: &Law) {
    let (mut story, application) = told(law);
    let proofs: [(&str, &[&str]); 3] = [
        ("evidence_stored", &["evidence_report", "evidence_certificate"]),
        ("deidentified", &["deidentification_plan", "deidentification_report", "deidentification_voucher"]),
        ("structured", &["structuring_plan", "structuring_report", "structuring_voucher"]),
    ];
    for (question, documents) in proofs {
        each_document_is_asked(&mut story, &application, documents);
        // Whoever answers no need not prove it; that the review then fails is another rule.
        let no = application.clone().field(question, FieldValue::Answer(false));
        let no = documents.iter().fold(no, |take, document| take.without_document(document));
        story.would_take(&no);
    }
}

fn clause_6_4_1_1_a_the_file_says_who_the_holder_is(law: &Law) {
    let (mut story, application) = told(law);
    let fields = [
        "applicant_name",
        "registered_capital",
        "credit_code",
        "registered_address",
        "business_scope",
        "business_term",
        "bank",
        "corporate_account",
    ];
    each_field_is_asked(&mut story, &application, &fields);
    each_document_is_asked(&mut story, &application, &["business_licence", "representative_id"]);
}

fn clause_6_4_1_1_b_the_file_says_where_the_data_come_from_and_what_they_are_for(law: &Law) {
    let (mut story, application) = told(law);
    let fields = ["storage_medium", "acquisition", "scenarios", "data_kind"];
    each_field_is_asked(&mut story, &application, &fields);
}

fn clause_6_4_1_2_title_security_and_compliance_are_declared_and_proved(law: &Law) {
    let (mut story, application) = told(law);
    let documents = ["title_declaration", "security_proof", "compliance_proof", "evidence_report"];
    each_document_is_asked(&mut story, &application, &documents);
}

fn annex_3_the_source_is_proved_by_the_paper_of_its_acquisition(law: &Law) {
    let (mut story, application) = told(law);
    let plain = application.without_document("collection_declaration").attached("acquisition_note", "why");
    for (acquisition, paper) in SOURCES {
        let without = plain.clone().field("acquisition", term(acquisition));
        story.refused(&without, ReasonCode::DocumentMissing);
        story.would_take(&without.paper(paper));
    }
}

/// A certificate of class trade, which a venue gives, and no other certificate.
fn annex_3_a_trade_voucher_of_this_ledger_proves_a_trade(law: &Law) {
    let mut story = Platform::of(law);
    let (_, number) = story.certified("asset");
    assert_eq!(number, REGISTERED);
    let voucher = venue_stage::trade_voucher(&mut story.ledger);
    let application = story.application("data bought").field("acquisition", term("traded"));
    let proof = |number| vec![DocumentItem::Certificate(number)];
    story.refused(&application.clone().document("trade_proof", proof(number)), ReasonCode::DocumentInvalid);
    story.take(&application.document("trade_proof", proof(voucher)));
}

fn clause_8_2_1_the_update_cycle_is_one_of_those_listed_or_described(law: &Law) {
    let (mut story, application) = told(law);
    let described = |take: Take, cycle: &str| {
        if cycle == "custom" { take.attached("update_cycle_note", "each Monday") } else { take }
    };
    let cycles = ["realtime", "daily", "monthly", "custom"];
    terms_are(&mut story, &application, "update_cycle", &cycles, described);
    story.refused(&application.clone().field("update_cycle", term("custom")), ReasonCode::FieldMissing);
    each_field_is_asked(&mut story, &application, &["update_cycle"]);
}

fn clause_8_2_1_a_version_may_be_named(law: &Law) {
    let (story, application) = told(law);
    story.would_take(&application.attached("asset_version", "2.1"));
}

fn clause_6_3_5_what_outsiders_may_not_query_stands_as_a_commitment(law: &Law) {
    let (mut story, application) = told(law);
    let custom = application
        .clone()
        .field("update_cycle", term("custom"))
        .attached("update_cycle_note", "each Monday")
        .attached("acquisition_note", "why")
        .attached("preapproval_number", "1")
        .attached("asset_version", "1");
    story.would_take(&custom);
    let optional = ["update_cycle_note", "acquisition_note", "preapproval_number", "asset_version"];
    for field in ATTACHED.iter().chain(&optional) {
        let clear = custom.clone().field(field, FieldValue::Text("for all to read".to_owned()));
        story.refused(&clear, ReasonCode::FieldInvalid);
    }
    let clear = [
        "asset_digest",
        "credit_code",
        "asset_form",
        "intended_users",
        "acquisition",
        "update_cycle",
        "evidence_stored",
        "deidentified",
        "structured",
        "data_valid_until",
    ];
    for field in clear {
        story.refused(&application.clone().attached(field, "hidden"), ReasonCode::FieldInvalid);
    }
}

fn clause_7_3_1_papers_are_handed_in_as_digests_or_as_deposits(law: &Law) {
    let (mut story, application) = told(law);
    let deposits = PAPERS.iter().fold(application.clone(), |take, category| {
        take.document(category, vec![DocumentItem::Evidence(EvidenceNumber(1))])
    });
    story.would_take(&deposits);
    for (acquisition, paper) in SOURCES {
        let take =
            application.clone().field("acquisition", term(acquisition)).attached("acquisition_note", "");
        story.would_take(&take.document(paper, vec![DocumentItem::Evidence(EvidenceNumber(1))]));
    }
    let certificate = vec![DocumentItem::Certificate(CertificateNumber(1))];
    for paper in PAPERS {
        story.refused(&application.clone().document(paper, certificate.clone()), ReasonCode::DocumentInvalid);
    }
}

/// The vouchers of the second applicant are of the same asset, so nothing but the registration of the first
/// stands in its way.
fn clause_3_4_one_asset_is_registered_once(law: &Law) {
    let mut story = Platform::of(law);
    let (applicant, competitor): (Party, Party) = (story.applicant.clone(), story.competitor.clone());
    let first = story.applied("asset");
    let vouchers = story.vouchers("asset", &competitor);
    let application = story.application_of(&competitor, "asset", vouchers);
    let second = story.take(&application).case;
    let returned = story.take(&story.application_of(&competitor, "asset", vouchers)).case;
    let back = story.return_for_supplement(returned);
    story.take(&back);
    let register = story.register(first);
    story.take(&register);

    story.refused(&application, ReasonCode::ObjectRegistered);
    let register = story.register(second);
    story.refused(&register, ReasonCode::ObjectRegistered);
    let resubmit = go_on(returned, "resubmit").by("applicant", &competitor);
    let resubmit = Platform::file(resubmit, "asset", &competitor, vouchers);
    story.refused(&resubmit, ReasonCode::ObjectRegistered);
    // It is the digest that makes it the same, whatever it is called.
    let renamed = application.attached("asset_name", "another name").attached("asset_version", "2");
    story.refused(&renamed, ReasonCode::ObjectRegistered);
    let other = story.vouchers("another asset", &applicant);
    story.would_take(&story.application_of(&applicant, "another asset", other));
}

fn clause_6_2_2_the_credit_code_is_that_under_which_the_applicant_is_enrolled(law: &Law) {
    let (mut story, application) = told(law);
    let own = FieldValue::CreditCode(code_of("applicant"));
    let others = FieldValue::CreditCode(code_of("competitor"));
    story.refused(&application.clone().field("credit_code", others.clone()), ReasonCode::ValuesDiffer);
    let case = story.take(&application).case;
    let back = story.return_for_supplement(case);
    story.take(&back);
    let vouchers = story.vouchers("asset", &story.applicant.clone());
    let resubmission = story.resubmission(case, "asset", vouchers);
    story.refused(&resubmission.clone().field("credit_code", others), ReasonCode::ValuesDiffer);
    story.take(&resubmission);
    let register = story.register(case);
    story.take(&register);
    story.until("2025-10-15");
    let issue = story.issue(case);
    let number = story.take(&issue).certificates[0];
    let certified = story.certificate(number).contents["credit_code"].clone();
    assert_eq!(certified.clear().and_then(|values| values.single()), Some(&own));
}
