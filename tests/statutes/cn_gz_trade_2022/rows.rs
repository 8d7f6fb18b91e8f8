//! What the report on the measures finds in them, in the order of the measures.

use crate::suite::Row;
use crate::suite::Shown::{By, Later, Operator};

const SUPERVISION: &str = "Acts of authorities and plans of the venue.";

pub(crate) const ROWS: &[Row] = &[
    Row {
        clause: "Art. 5–7, 31, 32, 37, 38, 40",
        says: "Guidance, inspection and evaluation by the authorities.",
        values: &[],
        shown: Operator(SUPERVISION),
    },
    Row {
        clause: "Art. 8",
        says: "Trades of government departments and public institutions in data products, computing and algorithms go through the venue.",
        values: &[],
        shown: Operator("A duty of those members; the ledger cannot see trades outside of it."),
    },
    Row {
        clause: "Art. 9",
        says: "The centre (服务中心) makes the rules and gives the vouchers; the exchange company (交易所公司) operates.",
        values: &["operator"],
        shown: By(&[
            "article_9_the_centre_registers_and_nobody_else",
            "article_24_only_the_centre_registers_an_item",
            "article_28_settlement_goes_through_the_venue",
        ]),
    },
    Row {
        clause: "Art. 11",
        says: "Rules of party and item registration, risk control, settlement, delivery, trade information and exceptions exist.",
        values: &[],
        shown: Operator("Rules of the venue; those that a ledger can keep are the adopted profile."),
    },
    Row {
        clause: "Art. 12",
        says: "Circulation is trusted and traceable, and what is traded stays out of sight: each step of a trade is on the ledger, its terms as commitments.",
        values: &[],
        shown: By(&[
            "article_22_a_trade_is_settled_and_delivered_before_it_is_filed",
            "article_30_terms_and_amounts_stand_as_commitments",
        ]),
    },
    Row {
        clause: "Art. 12",
        says: "Cloud, federated learning and multi-party computation; raw data usable and not visible, products controllable and measurable.",
        values: &[],
        shown: Operator(
            "Technology of the platform. The ledger holds no data, only what is recorded of them.",
        ),
    },
    Row {
        clause: "Art. 13",
        says: "Funds are in third-party custody and separate accounts (分账管理).",
        values: &[],
        shown: By(&["article_13_funds_are_in_third_party_custody_and_separate_accounts"]),
    },
    Row {
        clause: "Art. 13",
        says: "Settlement matches the trade instruction (与交易指令要求相符).",
        values: &[],
        shown: By(&[
            "article_13_settlement_follows_an_instruction_of_the_contract_amount",
            "article_13_settlement_matches_the_instruction",
        ]),
    },
    Row {
        clause: "Art. 14",
        says: "Items: data products and services, computing resources, algorithm tools, others.",
        values: &[],
        shown: By(&["article_14_items_are_of_the_kinds_listed"]),
    },
    Row {
        clause: "Art. 15",
        says: "Modes of delivery: interface, dataset, report, model, computing, system, other service.",
        values: &[],
        shown: By(&[
            "article_15_modes_of_delivery_are_those_listed",
            "article_15_delivery_is_agreed_in_a_mode_that_the_item_offers",
            "article_15_delivery_is_recorded_as_its_mode_asks",
            "article_15_the_demander_confirms_the_delivery",
        ]),
    },
    Row {
        clause: "Art. 16",
        says: "What may not be traded: five grounds, and items that do not meet the standard.",
        values: &[],
        shown: By(&["article_16_an_item_may_be_refused_on_the_grounds_listed_and_with_reasons"]),
    },
    Row {
        clause: "Art. 16",
        says: "Whether an item endangers security or infringes rights.",
        values: &[],
        shown: Operator("Judgment of the centre when it assesses the item."),
    },
    Row {
        clause: "Art. 17",
        says: "Demanders, vendors and intermediaries register; for providers the measures are silent, and the venue decides.",
        values: &["provider_registration"],
        shown: By(&[
            "article_17_parties_register_in_the_capacities_listed",
            "article_17_whether_a_provider_registers_first_is_decided_by_the_venue",
            "article_17_only_a_registered_demander_inquires",
        ]),
    },
    Row {
        clause: "Art. 17, 23",
        says: "Vendors and intermediaries get vouchers (数据商凭证、数据中介凭证).",
        values: &[],
        shown: By(&[
            "article_17_vendors_and_intermediaries_get_their_vouchers",
            "article_17_vouchers_of_parties_are_known_to_other_profiles",
        ]),
    },
    Row {
        clause: "Art. 18 (1)",
        says: "A provider states the source of its data, and answers in the statement for their completeness, truth and legality.",
        values: &[],
        shown: By(&[
            "article_18_a_provider_states_the_source_of_its_data",
            "article_18_and_20_the_source_of_an_item_is_stated",
        ]),
    },
    Row {
        clause: "Art. 19 (2)",
        says: "A demander is able to protect and apply the data.",
        values: &[],
        shown: By(&["article_19_a_demander_proves_that_it_can_protect_the_data"]),
    },
    Row {
        clause: "Art. 19 (1), 20 (3), 21 (4)",
        says: "Data are used, developed and served under control.",
        values: &[],
        shown: Operator("Conduct of the parties after delivery."),
    },
    Row {
        clause: "Art. 20 (1), (2)",
        says: "A vendor states the source and has ability and experience.",
        values: &[],
        shown: By(&[
            "article_20_a_vendor_states_the_source_and_proves_its_ability",
            "article_18_and_20_the_source_of_an_item_is_stated",
        ]),
    },
    Row {
        clause: "Art. 20 (5), 21 (6)",
        says: "Prudential requirements of the supervisor.",
        values: &[],
        shown: Operator(SUPERVISION),
    },
    Row {
        clause: "Art. 21 (1)–(3), 17",
        says: "An intermediary is an organisation and proves premises, staff, qualification and ethics.",
        values: &[],
        shown: By(&[
            "article_21_an_intermediary_proves_premises_qualification_and_staff",
            "article_21_an_intermediary_is_an_organisation",
        ]),
    },
    Row {
        clause: "Art. 22",
        says: "Six stages: party, item, negotiation, contract, settlement, filing.",
        values: &[],
        shown: By(&[
            "article_22_a_trade_is_of_a_registered_item",
            "article_22_nobody_trades_with_itself",
            "article_26_the_contract_follows_terms_that_were_proposed",
            "article_22_a_trade_is_settled_and_delivered_before_it_is_filed",
        ]),
    },
    Row {
        clause: "Art. 23",
        says: "One party, one registration (一主体一登记).",
        values: &[],
        shown: By(&[
            "article_23_one_party_has_one_registration",
            "article_23_a_party_says_who_it_is",
            "article_23_a_registration_may_be_refused_with_reasons",
        ]),
    },
    Row {
        clause: "Art. 24",
        says: "One item, one registration (一标的一登记).",
        values: &[],
        shown: By(&["article_24_one_item_has_one_registration"]),
    },
    Row {
        clause: "Art. 24",
        says: "Items are assessed for security and compliance; what is traded is lawfully registered. Which registers count is decided by the venue.",
        values: &["recognised_registers"],
        shown: By(&[
            "article_24_an_item_is_described_and_assessed",
            "article_24_an_item_rests_on_a_valid_certificate_of_registration",
            "article_24_an_item_rests_on_a_certificate_of_its_offeror",
            "article_24_an_item_rests_on_a_register_that_the_venue_recognises",
            "article_24_an_asset_under_objection_is_no_item",
            "article_24_an_item_whose_registration_has_lapsed_is_not_traded",
            "article_24_an_item_under_objection_is_not_traded",
        ]),
    },
    Row {
        clause: "Art. 24",
        says: "Data-element and data-trust vouchers.",
        values: &[],
        shown: By(&[
            "article_24_an_item_gets_the_voucher_applied_for",
            "article_24_the_entry_says_what_the_item_is",
            "article_24_vouchers_of_items_are_known_to_other_profiles",
        ]),
    },
    Row {
        clause: "Art. 25",
        says: "Prices are negotiated, automatic by the venue's calculator, or assessed with a price proposal.",
        values: &[],
        shown: By(&[
            "article_25_prices_are_found_in_one_of_the_ways_listed",
            "article_25_a_calculated_or_assessed_price_is_proved",
            "article_24_and_25_a_venue_may_add_vouchers_and_ways_of_pricing_and_nothing_else",
        ]),
    },
    Row {
        clause: "Art. 26",
        says: "The parties agree on scope of use, price, mode of trade and term of use.",
        values: &[],
        shown: By(&[
            "article_26_an_inquiry_says_the_scope_of_use",
            "article_26_terms_are_proposed_by_either_side_until_both_sign",
            "article_26_a_party_may_break_off",
        ]),
    },
    Row {
        clause: "Art. 27",
        says: "The contract: content, purpose, quality, mode, exact amount, security duties, confidentiality; signed by both.",
        values: &[],
        shown: By(&[
            "article_27_both_parties_sign_the_contract",
            "article_27_the_contract_says_what_it_must",
            "article_27_the_amount_is_the_price_agreed",
            "article_27_both_parties_may_rescind_before_settlement",
        ]),
    },
    Row {
        clause: "Art. 28",
        says: "Settlement goes through the venue.",
        values: &[],
        shown: By(&["article_28_settlement_goes_through_the_venue"]),
    },
    Row {
        clause: "Art. 29",
        says: "Registration, listing, trade, settlement and delivery material is kept for not less than twenty years (不得少于20年).",
        values: &["retention"],
        shown: By(&[
            "article_29_registration_papers_are_kept_for_twenty_years",
            "article_29_item_papers_are_kept_for_twenty_years",
            "article_29_trade_papers_are_kept_for_twenty_years",
            "article_29_a_venue_may_keep_papers_longer_and_not_shorter",
        ]),
    },
    Row {
        clause: "Art. 30",
        says: "What is learned in a trade is confidential: nothing is disclosed without authorisation.",
        values: &[],
        shown: By(&[
            "article_30_what_a_party_says_of_itself_stands_as_a_commitment",
            "article_30_terms_and_amounts_stand_as_commitments",
        ]),
    },
    Row {
        clause: "Art. 33, 34",
        says: "Plans for risks and emergencies, periodic assessment, access of public and state security under the law.",
        values: &[],
        shown: Operator(SUPERVISION),
    },
    Row {
        clause: "Art. 35",
        says: "Parties keep data secure in the whole process.",
        values: &[],
        shown: Operator("Conduct of the parties."),
    },
    Row {
        clause: "Art. 36",
        says: "Cross-border trade follows the rules of the state.",
        values: &[],
        shown: Later(
            "The fields of a cross-border trade are not in the measures, and not in version 1 of the profile.",
        ),
    },
    Row {
        clause: "Art. 10 (4), 39",
        says: "Disputes are resolved; an effective document ends a trade.",
        values: &[],
        shown: By(&["article_39_an_effective_document_ends_a_trade"]),
    },
    Row {
        clause: "Art. 42",
        says: "The measures apply from the day of their issue, 23 December 2022; the profile, which rests on the registration measures too, from that of theirs, 15 November 2023.",
        values: &[],
        shown: By(&[
            "article_42_the_measures_apply_from_their_date",
            "registration_article_42_the_profile_applies_from_the_date_of_its_later_source",
        ]),
    },
    Row {
        clause: "Registration measures art. 28",
        says: "Both parties of a filed trade get the data trade voucher (数据交易凭证).",
        values: &[],
        shown: By(&[
            "registration_article_28_both_parties_get_the_trade_voucher",
            "registration_article_28_the_centre_files_with_the_papers_of_the_trade",
        ]),
    },
];
