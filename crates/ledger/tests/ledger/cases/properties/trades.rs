//! No money from nothing: what is settled in a trade is what both have signed and the buyer has instructed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use bulla_types::{
    Action, CaseNumber, CaseRef, CertificateRecord, Commitment, Content, FieldContent, MemberNumber, Outcome,
    StateKey, Subject, TakeStep,
};
use proptest::prelude::{Strategy, prop, proptest};
use proptest::test_runner::Config;

use super::replay::check_replay;
use crate::cases::guizhou::Venue;
use crate::support::{Ledger, Party, Take, go_on};

const STEPS: [&str; 10] = [
    "propose",
    "sign_contract",
    "instruct",
    "settle",
    "deliver",
    "confirm_delivery",
    "rescind",
    "break_off",
    "end_by_document",
    "file",
];

/// One thing to try in one of the trades.
#[derive(Debug, Clone)]
struct Deal {
    trade: u8,
    /// The step; the one that would lead on when there is none.
    step: Option<u8>,
    /// Which of the amounts that are spoken of.
    amount: u8,
    /// Whether somebody else tries it.
    by_another: bool,
}

fn deals() -> impl Strategy<Value = Vec<Deal>> {
    let step = proptest::prop_oneof![
        4 => proptest::strategy::Just(None),
        1 => (0..10_u8).prop_map(Some),
    ];
    // The same amount most of the time, so that trades come to their end.
    let amount = prop::sample::select(vec![0, 0, 0, 0, 0, 1]);
    let one = (0..2_u8, step, amount, prop::bool::weighted(0.1));
    let one = one.prop_map(|(trade, step, amount, by_another)| Deal { trade, step, amount, by_another });
    prop::collection::vec(one, 6..40)
}

/// A venue with an item, and two trades of it that have begun.
static VENUE: LazyLock<(Venue, [CaseNumber; 2])> = LazyLock::new(|| {
    let mut venue = Venue::new();
    venue.register_parties();
    let item = venue.register_item();
    let trades = [(); 2].map(|()| {
        let inquiry = venue.inquiry(item);
        venue.register.ledger.take(&inquiry).case
    });
    (venue, trades)
});

fn amount(number: u8) -> &'static str {
    if number == 0 { "1250000" } else { "1250001" }
}

/// The step that leads a trade on.
fn next(ledger: &Ledger, trade: CaseNumber) -> &'static str {
    let case = ledger.case(trade);
    let all: &[&'static str] = match case.state.as_str() {
        "negotiating" => &["propose", "sign_contract"],
        "contracted" => &["instruct", "settle", "deliver", "confirm_delivery"],
        _ => &["file"],
    };
    let left = all.iter().find(|step| !case.steps.contains_key(**step));
    left.or(all.last()).copied().unwrap()
}

fn make(venue: &Venue, trades: [CaseNumber; 2], deal: &Deal) -> Take {
    let trade = trades[usize::from(deal.trade)];
    let ledger = &venue.register.ledger;
    let step = deal.step.map_or_else(|| next(ledger, trade), |step| STEPS[usize::from(step)]);
    let said = amount(deal.amount);
    let or = |party: &Party, other: &Party| if deal.by_another { other.clone() } else { party.clone() };
    let seller = or(&venue.seller, &venue.buyer);
    let buyer = or(&venue.buyer, &venue.seller);
    let operator = or(&venue.operator, &venue.centre);
    let centre = or(&venue.centre, &venue.operator);
    let go = go_on(trade, step);
    match step {
        "propose" => venue.proposal(trade, said).by("seller", &seller),
        "sign_contract" if deal.by_another => {
            venue.contract(trade, said).without_actors().by("seller", &venue.seller)
        }
        "sign_contract" => venue.contract(trade, said),
        "instruct" => go.by("demander", &buyer).attached("instructed_amount", said),
        "settle" => go.by("operator", &operator).attached("settled_amount", said).paper("custody_statement"),
        "deliver" => go.by("seller", &seller).paper("delivered_data"),
        "rescind" => go.by("seller", &seller).with("demander", &buyer),
        "end_by_document" => go.by("centre", &centre).paper("legal_document").reasons("judgment"),
        "file" => go.by("centre", &centre).paper("filing"),
        _ => go.by("demander", &buyer),
    }
}

/// What the log says of a trade, whatever the record of its case does.
#[derive(Debug, Default)]
struct Told {
    /// The last amount of each kind.
    amounts: BTreeMap<String, Commitment>,
    taken: BTreeSet<String>,
    vouchers: usize,
}

/// Follows each trade through the log.
fn check_money(ledger: &Ledger, seller: MemberNumber, buyer: MemberNumber) {
    let mut trades: BTreeMap<CaseNumber, Told> = BTreeMap::new();
    for entry in &ledger.log {
        let Content::Transaction(transaction) = &entry.content else { continue };
        let signers: BTreeSet<_> = transaction.body().signers.iter().map(|signer| signer.member).collect();
        for (action, outcome) in transaction.body().actions.iter().zip(&entry.outcomes) {
            let Action::TakeStep(TakeStep { case: CaseRef::Number(case), step, fields, .. }) = action else {
                continue;
            };
            if !STEPS.contains(&step.as_str()) || ledger.case(*case).procedure != "trade" {
                continue;
            }
            let told = trades.entry(*case).or_default();
            for field in fields {
                if let FieldContent::Committed(said) = &field.content {
                    told.amounts.insert(field.name.to_string(), *said);
                }
            }
            let both = signers.contains(&seller) && signers.contains(&buyer);
            match step.as_str() {
                "sign_contract" | "rescind" => assert!(both, "a contract of one: {told:?}"),
                "instruct" => assert!(signers.contains(&buyer), "money of the buyer without it: {told:?}"),
                "settle" => {
                    let agreed = told.amounts.get("price");
                    assert!(agreed.is_some(), "money for nothing: {told:?}");
                    for name in ["contract_amount", "instructed_amount", "settled_amount"] {
                        assert_eq!(told.amounts.get(name), agreed, "{name}: money from nothing: {told:?}");
                    }
                    assert!(!told.taken.contains("settle"), "the same money twice: {told:?}");
                    assert!(told.taken.contains("instruct"), "money that nobody has sent: {told:?}");
                }
                "file" => {
                    assert!(told.taken.contains("settle") && told.taken.contains("confirm_delivery"));
                    let Outcome::Case(given) = outcome else { panic!("{outcome:?}") };
                    told.vouchers += given.certificates.len();
                    let voucher = StateKey::Certificate(given.certificates[0]);
                    let voucher: CertificateRecord = ledger.view.record(voucher).unwrap();
                    assert_eq!(voucher.subject, Subject::Case(*case));
                    assert_eq!(voucher.holders, [seller, buyer].into(), "a voucher of others");
                    let said = FieldContent::Committed(told.amounts["settled_amount"]);
                    assert_eq!(voucher.contents["contract_amount"], said, "a voucher of another amount");
                    assert_eq!(told.vouchers, 1, "a voucher twice: {told:?}");
                }
                _ => {}
            }
            told.taken.insert(step.to_string());
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 32, max_shrink_iters: 200, ..Config::default() })]

    #[test]
    fn no_money_comes_from_nothing_whatever_is_tried(deals in deals()) {
        let (venue, trades) = &*VENUE;
        let mut venue = venue.clone();
        for deal in &deals {
            let take = make(&venue, *trades, deal);
            let ledger = &mut venue.register.ledger;
            let transaction = take.request(ledger).transaction();
            let _refusal = ledger.record(&transaction);
        }
        let ledger = &venue.register.ledger;
        check_money(ledger, venue.seller.number, venue.buyer.number);
        check_replay(ledger);
    }
}
