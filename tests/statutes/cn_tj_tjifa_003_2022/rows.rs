//! What the report on the standard finds in it, in the order of the standard.

use crate::suite::Row;
use crate::suite::Shown::{By, Later, Operator};

const CHANGE: &str = "Change registration (变更登记) is not part of version 1 of the profile.";
const JUDGMENT: &str = "Cancellation on the judgment of a court is not part of version 1 of the profile.";
const CHAIN: &str =
    "Of the chain, not of a procedure: shown by the tests of the ledger, its receipts and `bulla verify`.";

pub(crate) const ROWS: &[Row] = &[
    Row {
        clause: "3.3, 3.4, 3.10",
        says: "Registration turns a data resource into a data asset; one asset is registered once, whatever it is called.",
        values: &[],
        shown: By(&["clause_3_4_one_asset_is_registered_once"]),
    },
    Row {
        clause: "3.10",
        says: "Four kinds of registration: initial, supplementary, change and cancellation (初始登记、补充登记、变更登记、注销登记). The rows of 6.4.1, 6.4.2 and 6.4.5 show the others.",
        values: &[],
        shown: Later(CHANGE),
    },
    Row {
        clause: "3.4.1",
        says: "Lawful control: the data meet the law, are recorded and stored by the holder, who may freely dispose of them.",
        values: &[],
        shown: By(&["clause_6_4_1_2_title_security_and_compliance_are_declared_and_proved"]),
    },
    Row {
        clause: "3.5, 6.4.1.3",
        says: "The data right holder (数据权益人) applies for all registrations, and answers for truth, legality and completeness.",
        values: &[],
        shown: By(&[
            "clause_3_5_only_a_data_right_holder_applies",
            "clause_3_5_only_a_data_right_holder_commissions_third_parties",
            "clause_8_3_3_only_the_holder_applies_for_renewal_and_in_writing",
        ]),
    },
    Row {
        clause: "3.6, 3.4.2",
        says: "Anonymisation and de-identification are confirmed by third parties that meet the standard recognised by the platform.",
        values: &["deidentification_agencies"],
        shown: By(&[
            "clause_3_6_only_recognised_agencies_confirm_deidentification",
            "clause_3_6_and_3_7_an_agency_may_decline_with_reasons",
        ]),
    },
    Row {
        clause: "3.7, 3.4.3",
        says: "Structuring is confirmed by third parties that meet the standard recognised by the platform.",
        values: &["structuring_agencies"],
        shown: By(&[
            "clause_3_7_only_recognised_agencies_confirm_structuring",
            "clause_3_6_and_3_7_an_agency_may_decline_with_reasons",
        ]),
    },
    Row {
        clause: "3.8, 7.1.1",
        says: "Evidence is stored by a provider that the platform designates or recognises.",
        values: &["evidence_providers"],
        shown: By(&["clause_7_1_1_only_a_designated_or_recognised_provider_stores_evidence"]),
    },
    Row {
        clause: "3.9, 6.1",
        says: "The platform (数据资产登记平台) reviews, opens the ledger, registers, publicises, issues and renews.",
        values: &[],
        shown: By(&[
            "clause_6_1_2_only_the_platform_reviews",
            "clause_8_1_2_only_the_platform_issues_the_certificate",
            "clause_8_3_3_a_renewal_extends_from_the_old_expiry",
        ]),
    },
    Row {
        clause: "3.12",
        says: "Rights confirmation: possession, use, benefit and disposal (占有、使用、收益、处分).",
        values: &[],
        shown: By(&["clause_3_12_possession_use_benefit_and_disposal_are_registered"]),
    },
    Row {
        clause: "4",
        says: "Principles: accuracy, neutrality, security, efficiency, legality.",
        values: &[],
        shown: Operator(
            "Conduct of the platform and the provider; neutrality of the record is what the chain is for.",
        ),
    },
    Row {
        clause: "5.1 a), annex 1",
        says: "The application form (申请表): who applies, and what the asset is.",
        values: &[],
        shown: By(&[
            "clause_5_1_a_the_application_form_is_handed_in",
            "annex_1_the_form_says_who_applies",
            "annex_1_the_form_says_what_the_asset_is",
        ]),
    },
    Row {
        clause: "5.1 b), annexes 2 and 5",
        says: "Proofs, the declaration of title and security, and the evidence certificate (存证证书).",
        values: &[],
        shown: By(&[
            "clause_5_1_b_the_evidence_certificate_is_a_valid_one_of_this_ledger",
            "clause_6_4_1_2_title_security_and_compliance_are_declared_and_proved",
        ]),
    },
    Row {
        clause: "5.1 c) and d), annex 6",
        says: "Material and vouchers of de-identification and of structuring.",
        values: &[],
        shown: By(&[
            "clause_5_1_c_and_d_the_vouchers_are_valid_ones_of_this_ledger",
            "annex_1_what_is_stored_deidentified_or_structured_is_proved",
        ]),
    },
    Row {
        clause: "5.1 e)–g), chart 1",
        says: "Submission, review, publicity, in this order; the certificate follows the publicity.",
        values: &[],
        shown: By(&[
            "clause_8_1_1_publicity_begins_with_the_registration",
            "clause_6_4_2_1_a_failed_review_returns_all_material_for_supplement",
        ]),
    },
    Row {
        clause: "5.1 h)",
        says: "Objections are handled (异议处理). The standard says no more; who may object, until when, and what follows is decided by the platform.",
        values: &[
            "objection_filing_period",
            "objection_handling_period",
            "objector_scope",
            "objection_outcome",
        ],
        shown: By(&[
            "clause_5_1_h_objections_are_filed_in_the_period_that_the_platform_has_set",
            "clause_5_1_h_an_objection_states_its_grounds_and_hands_in_material",
            "clause_5_1_h_an_objector_shows_its_interest_where_the_platform_asks_it",
            "clause_5_1_h_nobody_objects_to_its_own_registration",
            "clause_5_1_h_an_objection_is_to_a_registration_in_publicity",
            "clause_5_1_h_the_registration_is_marked_while_an_objection_is_pending",
            "clause_5_1_h_no_certificate_is_issued_while_an_objection_is_pending",
            "clause_5_1_h_the_right_holder_replies",
            "clause_5_1_h_the_platform_decides_with_reasons_in_its_period",
            "clause_5_1_h_the_objector_may_withdraw",
            "clause_5_1_h_an_upheld_objection_returns_the_application",
            "clause_5_1_h_an_upheld_objection_cancels_the_registration_where_the_platform_says_so",
            "clause_5_1_h_an_objection_that_is_pending_marks_a_registration_made_anew",
            "clause_5_1_h_an_objection_ends_with_the_application_that_is_withdrawn",
        ]),
    },
    Row {
        clause: "5.1 i)",
        says: "The certificate is issued (发放).",
        values: &[],
        shown: By(&["clause_8_1_2_the_certificate_is_issued_once"]),
    },
    Row {
        clause: "5.1 j)",
        says: "The case is archived (归档). For how long is decided by the platform.",
        values: &["archive_retention"],
        shown: By(&[
            "clause_5_1_j_the_case_is_archived_once_certified",
            "clause_5_1_j_the_archive_is_kept_for_the_period_that_the_platform_has_set",
        ]),
    },
    Row {
        clause: "6.1.1",
        says: "The platform meets one of three qualifications: classified protection level 3; asset registration, settlement and custody; risk control.",
        values: &[],
        shown: Operator("Qualifications of the operator, checked before it is enrolled."),
    },
    Row {
        clause: "6.1.2",
        says: "Review: the resource is de-identified and structured, with the vouchers of third parties, of this asset and this holder; declaration, proofs and evidence report are there.",
        values: &["review_period"],
        shown: By(&[
            "clause_6_1_2_a_what_is_not_deidentified_structured_or_stored_is_not_registered",
            "clause_6_1_2_a_vouchers_of_another_asset_will_not_do",
            "clause_6_1_2_a_vouchers_of_another_holder_will_not_do",
            "clause_6_1_2_the_review_ends_in_the_period_that_the_platform_has_set",
        ]),
    },
    Row {
        clause: "6.1.3, 6.1.7",
        says: "The standards of the three -izations, operating rules and ledger details are published for holders.",
        values: &[],
        shown: Operator(
            "Publication on the platform's site; the rules themselves are the adopted profile, which everyone can read.",
        ),
    },
    Row {
        clause: "6.1.4",
        says: "After the review the ledger (账簿) is opened and the asset registered under a classified account.",
        values: &[],
        shown: By(&["clause_6_1_4_registration_opens_the_ledger_and_the_classified_account"]),
    },
    Row {
        clause: "6.1.5",
        says: "A voucher (确权凭证) is issued after registration. 8.1.2 issues the certificate (确权证书) after the publicity: the profile takes both for the same and issues it then.",
        values: &[],
        shown: By(&["clause_8_1_1_publicity_lasts_at_least_three_working_days"]),
    },
    Row {
        clause: "6.1.6",
        says: "Registration across platforms is made convenient.",
        values: &[],
        shown: Operator("Service of the platform."),
    },
    Row {
        clause: "6.2.1",
        says: "The ledger records kinds, quantity and changes of the data assets held.",
        values: &[],
        shown: By(&["clause_6_2_1_the_ledger_records_what_is_held"]),
    },
    Row {
        clause: "6.2.2",
        says: "The ledger bears the real name of its holder, and the credit code that an application states is the one under which the applicant is enrolled.",
        values: &[],
        shown: By(&[
            "clause_6_2_2_the_ledger_is_the_holders_by_its_real_name",
            "clause_6_2_2_the_credit_code_is_that_under_which_the_applicant_is_enrolled",
        ]),
    },
    Row {
        clause: "6.2.3",
        says: "One holder has one ledger.",
        values: &[],
        shown: By(&["clause_6_2_3_one_holder_has_one_ledger"]),
    },
    Row {
        clause: "6.2.4",
        says: "Access to the ledger by real name and password.",
        values: &[],
        shown: Operator(
            "In place of a password, every step is signed with a key of the member; who holds that key inside the member is its own affair.",
        ),
    },
    Row {
        clause: "6.3.1",
        says: "Accounts by type of asset, or a single one.",
        values: &["account_structure"],
        shown: By(&[
            "clause_6_3_1_accounts_follow_the_form_of_the_asset",
            "clause_6_3_1_a_platform_may_keep_a_single_account",
        ]),
    },
    Row {
        clause: "6.3.2, 6.3.3",
        says: "Ledgers are the electronic archive; backup is automatic, local and off-site at the same time.",
        values: &[],
        shown: Operator("Where nodes run and what they back up. Every node holds the whole archive."),
    },
    Row {
        clause: "6.3.4",
        says: "The holder queries and prints with a valid identity document.",
        values: &[],
        shown: Operator("Counter and client of the platform."),
    },
    Row {
        clause: "6.3.5",
        says: "Other institutions and persons may not query at will.",
        values: &[],
        shown: By(&["clause_6_3_5_what_outsiders_may_not_query_stands_as_a_commitment"]),
    },
    Row {
        clause: "6.3.5",
        says: "Who holds a judicial document (司法文件) may query.",
        values: &[],
        shown: Later("Who may read what is not part of profiles yet."),
    },
    Row {
        clause: "6.4.1.1 a)",
        says: "The file of the holder: name, capital, credit code, addresses, business, bank, licence, legal representative.",
        values: &[],
        shown: By(&["clause_6_4_1_1_a_the_file_says_who_the_holder_is"]),
    },
    Row {
        clause: "6.4.1.1 b)",
        says: "The file of the asset: storage medium, acquisition, plans, reports, vouchers, scenarios, kind.",
        values: &[],
        shown: By(&[
            "clause_6_4_1_1_b_the_file_says_where_the_data_come_from_and_what_they_are_for",
            "clause_6_4_1_1_b_an_agency_works_by_a_plan_and_reports",
            "annex_1_what_is_stored_deidentified_or_structured_is_proved",
        ]),
    },
    Row {
        clause: "6.4.1.1 b)",
        says: "Use beyond the expected scenarios needs supplementary registration.",
        values: &[],
        shown: Later(
            "A second meaning of 补充登记: a new registration of the same asset, which version 1 does not have.",
        ),
    },
    Row {
        clause: "6.4.1.2",
        says: "Declaration and proof of lawful source, secure management and compliant use, with the evidence report.",
        values: &[],
        shown: By(&["clause_6_4_1_2_title_security_and_compliance_are_declared_and_proved"]),
    },
    Row {
        clause: "6.4.1.4",
        says: "Mutual recognition (互认): a certificate of a recognised platform exempts from the review.",
        values: &[],
        shown: Later("Recognition of certificates of other ledgers is not part of profiles yet."),
    },
    Row {
        clause: "6.4.2",
        says: "Supplementary registration (补充登记): all material is returned, comes again as a whole, and leads to the certificate like an initial registration.",
        values: &[],
        shown: By(&[
            "clause_6_4_2_1_a_failed_review_returns_all_material_for_supplement",
            "clause_6_4_2_2_the_supplement_brings_the_whole_file_again",
            "clause_6_4_2_3_a_supplemented_registration_is_certified_like_any_other",
        ]),
    },
    Row {
        clause: "6.4.3.1–6.4.3.4",
        says: "Transfer by auction or purchase, pledge and licence, on joint application of both parties with the original certificate and the contract.",
        values: &[],
        shown: Later(CHANGE),
    },
    Row {
        clause: "6.4.3.5, 6.4.3.6",
        says: "The former holder declares the change of title to the evidence provider on the day on which the new certificate is issued.",
        values: &[],
        shown: Later(CHANGE),
    },
    Row {
        clause: "6.4.5.1, 6.4.5.2, 8.3.2",
        says: "Voluntary cancellation (注销登记) on application, with identity documents and the original certificate, ends the registration and the certificate and deletes the book content. By when it is decided is set by the platform. On the ledger, which only grows, the openings of the content may be erased.",
        values: &["cancellation_period"],
        shown: By(&[
            "clause_6_4_5_1_the_right_holder_ends_the_registration_and_with_it_the_certificate",
            "clause_6_4_5_1_only_the_right_holder_applies_and_only_the_platform_decides",
            "clause_6_4_5_1_a_cancelled_asset_may_be_registered_anew",
            "clause_6_4_5_1_the_book_content_may_be_erased_once_cancelled",
            "clause_6_4_5_1_a_registration_is_cancelled_once_and_applied_for_one_at_a_time",
            "clause_6_4_5_1_a_registration_without_certificate_is_withdrawn_and_not_cancelled",
            "clause_6_4_5_1_a_pending_renewal_ends_with_the_registration",
            "clause_6_4_5_2_application_identity_and_original_are_handed_in",
            "clause_6_4_5_2_the_platform_may_ask_for_other_material",
            "clause_6_4_5_the_platform_decides_in_the_period_that_it_has_set",
            "clause_8_3_2_a_cancellation_may_be_refused_with_reasons",
            "clause_8_3_3_a_lapsed_certificate_leaves_the_way_to_cancellation_and_a_new_registration",
        ]),
    },
    Row {
        clause: "6.4.5.3",
        says: "Third parties sue, and apply for cancellation with the effective judgment.",
        values: &[],
        shown: Later(JUDGMENT),
    },
    Row {
        clause: "7.1.2",
        says: "A platform that is its own evidence provider isolates business, personnel and risk.",
        values: &[],
        shown: Operator(
            "Organisation of the platform. The roles are of different members, with keys of their own.",
        ),
    },
    Row {
        clause: "7.1.3",
        says: "The provider is filed with the cyberspace authority and states its filing number.",
        values: &[],
        shown: By(&["clause_7_1_3_the_provider_states_its_filing_number"]),
    },
    Row {
        clause: "7.1.4",
        says: "Nodes are run by notaries, law firms, arbitration, appraisal, time service, audit and digital identity institutions.",
        values: &[],
        shown: Operator("Who runs nodes is decided when the ledger is founded and validators are admitted."),
    },
    Row {
        clause: "3.11, 7.2.1, annex 3",
        says: "The holder declares source, title, security and compliance and proves the source by its way of acquisition.",
        values: &[],
        shown: By(&[
            "clause_7_2_1_the_holder_declares_and_proves_the_source",
            "clause_7_2_1_an_asset_is_submitted_with_its_name_digest_and_holder",
            "annex_3_the_source_is_proved_by_the_paper_of_its_acquisition",
            "annex_3_a_trade_voucher_of_this_ledger_proves_a_trade",
        ]),
    },
    Row {
        clause: "7.2.2",
        says: "Evidence is collected, numbered and fixed by the consensus of several nodes.",
        values: &[],
        shown: Operator(CHAIN),
    },
    Row {
        clause: "7.2.3, 7.3.1",
        says: "The evidence report (存证报告书) carries the digest, is on the chain, and goes with the certificate.",
        values: &[],
        shown: By(&[
            "clause_7_2_3_the_evidence_report_is_a_deposit_on_the_chain",
            "clause_7_3_1_papers_are_handed_in_as_digests_or_as_deposits",
            "clause_7_2_evidence_may_be_declined_with_reasons",
        ]),
    },
    Row {
        clause: "7.3.2",
        says: "The evidence report names the holder and describes the registration in brief.",
        values: &[],
        shown: Operator(
            "In the report, of which the ledger holds the digest; the evidence certificate (annex 5) names holder and asset.",
        ),
    },
    Row {
        clause: "7.2.3, 7.3.3",
        says: "The provider offers verification, which holder, platform and interested parties may demand.",
        values: &[],
        shown: Operator(CHAIN),
    },
    Row {
        clause: "8.1.1",
        says: "Publicity begins at once after registration and lasts not less than three working days (不少于3个工作日).",
        values: &["publicity_period"],
        shown: By(&[
            "clause_8_1_1_publicity_lasts_at_least_three_working_days",
            "clause_8_1_1_holidays_do_not_count_and_make_up_days_do",
            "clause_8_1_1_publicity_begins_with_the_registration",
            "clause_8_1_1_a_platform_may_lengthen_the_publicity_and_not_shorten_it",
        ]),
    },
    Row {
        clause: "8.1.1",
        says: "What may be disclosed is announced.",
        values: &[],
        shown: By(&["clause_8_1_1_what_may_be_known_is_published"]),
    },
    Row {
        clause: "8.1.1",
        says: "Search and QR-scan entries on the platform.",
        values: &[],
        shown: Operator("Pages of the platform."),
    },
    Row {
        clause: "8.1.2",
        says: "The certificate is issued under seal once the publicity has ended.",
        values: &[],
        shown: By(&[
            "clause_8_1_1_publicity_lasts_at_least_three_working_days",
            "clause_8_1_2_only_the_platform_issues_the_certificate",
            "clause_8_1_2_the_certificate_is_issued_once",
        ]),
    },
    Row {
        clause: "8.2.1, annex 8",
        says: "Contents of the certificate: asset with version, type, holder, credit code, acquisition, update cycle, permitted use. Number, registration and day are the ledger's.",
        values: &[],
        shown: By(&[
            "clause_8_2_1_the_certificate_says_what_it_must",
            "clause_8_2_1_the_certificate_speaks_of_the_registration_and_belongs_to_the_holder",
            "clause_8_2_1_the_registrar_says_type_acquisition_and_permitted_use",
            "clause_8_2_1_the_update_cycle_is_one_of_those_listed_or_described",
            "clause_8_2_1_a_version_may_be_named",
            "clause_8_2_1_other_profiles_know_what_the_certificates_are",
            "clause_8_2_1_the_terms_of_the_standard_are_all_there_are",
        ]),
    },
    Row {
        clause: "8.2.2",
        says: "A page of other rights (他项权益页) may be added for pledge and licence.",
        values: &[],
        shown: Later(CHANGE),
    },
    Row {
        clause: "8.2.3",
        says: "On application the certificate itself is put on the chain as evidence.",
        values: &[],
        shown: Operator("Any document may be deposited; the certificate is a record of the chain already."),
    },
    Row {
        clause: "8.3.1",
        says: "Other changes cancel the old certificate and issue a new one.",
        values: &[],
        shown: Later(CHANGE),
    },
    Row {
        clause: "8.3.3",
        says: "The certificate is valid for three years, or as long as the data. Which of both counts is decided by the platform.",
        values: &["certificate_term", "certificate_term_rule"],
        shown: By(&[
            "clause_8_3_3_the_certificate_is_valid_for_three_years",
            "clause_8_3_3_the_term_may_be_that_of_the_data",
            "clause_8_3_3_the_earlier_of_both_terms_may_count",
            "clause_8_3_3_the_fixed_term_may_count_alone",
            "clause_8_3_3_an_application_is_withdrawn_before_the_certificate_its_data_expired_or_not",
        ]),
    },
    Row {
        clause: "8.3.3",
        says: "Renewal is applied for within one month before expiry (届满前一个月内). How long it extends is decided by the platform.",
        values: &["renewal_window", "renewal_extension"],
        shown: By(&[
            "clause_8_3_3_renewal_is_applied_for_in_the_last_month",
            "clause_8_3_3_only_the_holder_applies_for_renewal_and_in_writing",
            "clause_8_3_3_a_renewal_extends_from_the_old_expiry",
            "clause_8_3_3_one_window_renews_a_certificate_once",
            "clause_8_3_3_a_renewal_may_be_refused_with_reasons",
            "clause_8_3_3_a_certificate_that_expires_before_the_decision_is_not_renewed",
        ]),
    },
    Row {
        clause: "8.4",
        says: "The platform answers for process and technical security only.",
        values: &[],
        shown: Operator("Liability."),
    },
    Row {
        clause: "9.1",
        says: "Violations are reported to the regulator; warning, suspension of cooperation, penalty, publication.",
        values: &[],
        shown: Operator(
            "Acts of the platform. A member may be suspended by the registration bodies: docs/ledger.md.",
        ),
    },
    Row {
        clause: "9.2",
        says: "In disputes the platform provides documents to courts, arbitration and mediation.",
        values: &[],
        shown: Operator("Duty of the platform; receipts and proofs are made for it."),
    },
    Row {
        clause: "Annex 1, items 4–7",
        says: "Forms of offer, intended users, acquisition: the lists of the form.",
        values: &[],
        shown: By(&[
            "annex_1_forms_of_offer_are_those_listed",
            "annex_1_intended_users_are_those_listed",
            "annex_1_acquisition_is_one_of_those_listed_and_others_are_explained",
        ]),
    },
    Row {
        clause: "Annex 1",
        says: "The applicant's declaration of truth, signed by its legal representative and the person responsible for the asset, sealed and dated.",
        values: &[],
        shown: Operator("On the paper whose digest is handed in; the review looks at it."),
    },
    Row {
        clause: "Annex 2",
        says: "The declaration of title and security: ownership, no infringement, compliance, liability; signature, seal, date.",
        values: &[],
        shown: Operator("On the paper whose digest is handed in; the review looks at it."),
    },
    Row {
        clause: "Annex 4, 1",
        says: "Complete records, identity of depositors, integrity, at least 256 bits, active-active and off-site copies.",
        values: &[],
        shown: Operator(CHAIN),
    },
    Row {
        clause: "Annex 4, 2–4",
        says: "Public query through a node, reproducible extraction, verification by third parties by a public algorithm.",
        values: &[],
        shown: Operator(CHAIN),
    },
    Row {
        clause: "Annex 5",
        says: "The evidence certificate: provider, number, asset, evidence number, day, holder, credit code.",
        values: &[],
        shown: By(&[
            "annex_5_the_evidence_certificate_names_asset_holder_and_filing_number",
            "annexes_5_and_6_the_credit_code_is_that_under_which_the_holder_is_enrolled",
        ]),
    },
    Row {
        clause: "Annex 6",
        says: "The vouchers of the three -izations: number, asset, day, institution, holder, credit code.",
        values: &[],
        shown: By(&[
            "annex_6_a_voucher_names_asset_and_holder",
            "annexes_5_and_6_the_credit_code_is_that_under_which_the_holder_is_enrolled",
        ]),
    },
    Row {
        clause: "Annex 7",
        says: "The notice of supplement: deficiencies, return of all material, time to supplement, which the platform sets.",
        values: &["supplement_period"],
        shown: By(&[
            "annex_7_the_notice_says_what_is_missing",
            "annex_7_the_supplement_comes_in_time_or_the_case_ends",
        ]),
    },
    Row {
        clause: "Annex 7",
        says: "The notice is addressed to the holder, signed by the reviewer (审核人) and dated.",
        values: &[],
        shown: Operator(
            "The step is signed with a key of the platform, in the holder's case, at a block's time; which person holds that key is the platform's own affair.",
        ),
    },
];
