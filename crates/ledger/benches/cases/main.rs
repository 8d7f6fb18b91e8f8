//! What a step of a case costs, of each kind under both profiles, and a block with as many lapses as one may hold.
//!
//! A transaction is executed and its block finished; signatures, logs and trees come on top. Profiles are kept
//! decoded, as a node keeps them.

mod story;

use std::hint::black_box;
use std::time::Duration;

use bulla_fixtures::stage::{Ledger, Take};
use bulla_ledger::BlockExecution;
use bulla_types::CaseOutcome;
use bulla_types::limits::BLOCK_DEADLINES_MAX;
use criterion::{Criterion, criterion_group, criterion_main};

use story::{Register, Venue};

/// Measures steps on the state before them, then takes them.
struct Measure<'c> {
    criterion: &'c mut Criterion,
}

impl Measure<'_> {
    fn take(&mut self, name: &str, ledger: &mut Ledger, take: &Take) -> CaseOutcome {
        let transaction = take.request(ledger).transaction();
        let context = ledger.context();
        self.criterion.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut block = BlockExecution::new(&ledger.view, context.clone());
                black_box(block.transaction(&transaction).expect("the step can be taken"));
                block.finish().expect("the view answers")
            });
        });
        ledger.take(take)
    }
}

fn registration(criterion: &mut Criterion) {
    let (mut register, mut measure) = (Register::new(), Measure { criterion });
    let submit = register.submit("evidence_storage", "asset");
    let case = measure.take("evidence_storage.submit", &mut register.ledger, &submit).case;
    let report = register.issue("evidence_storage", case);
    let evidence =
        measure.take("evidence_storage.issue_report", &mut register.ledger, &report).certificates[0];
    let others = ["deidentification", "structuring"].map(|procedure| register.voucher(procedure, "asset"));
    let vouchers = [evidence, others[0], others[1]];
    let apply = register.apply("asset", vouchers);
    let case = measure.take("initial_registration.apply", &mut register.ledger, &apply).case;
    let back = register.give_back(case);
    measure.take("initial_registration.return_for_supplement", &mut register.ledger, &back);
    let again = register.resubmit(case, "asset", vouchers);
    measure.take("initial_registration.resubmit", &mut register.ledger, &again);
    let passed = register.register(case);
    measure.take("initial_registration.register", &mut register.ledger, &passed);
    let [object, reply, dismiss] = register.objection(case);
    let objection = measure.take("objection.file", &mut register.ledger, &object).case;
    measure.take("objection.reply", &mut register.ledger, &reply.of(objection));
    measure.take("objection.dismiss", &mut register.ledger, &dismiss.of(objection));
    register.ledger.until("2025-10-15");
    let issue = register.certify(case);
    measure.take("initial_registration.issue_certificate", &mut register.ledger, &issue);
}

fn trade(criterion: &mut Criterion) {
    let (mut venue, mut measure) = (Venue::new(), Measure { criterion });
    let buyer = venue.buyer.clone();
    let [apply, register] = venue.party(&buyer);
    let case = measure.take("party_registration.apply", venue.ledger(), &apply).case;
    measure.take("party_registration.register", venue.ledger(), &register.of(case));
    let [apply, register] = venue.item();
    let case = measure.take("item_registration.apply", venue.ledger(), &apply).case;
    let item =
        measure.take("item_registration.register", venue.ledger(), &register.of(case)).registrations[0];
    let inquiry = venue.inquiry(item);
    let case = measure.take("trade.inquire", venue.ledger(), &inquiry).case;
    for (name, step) in venue.trade(case) {
        measure.take(name, venue.ledger(), &step);
    }
}

/// A thousand applications that were returned and not supplemented in time.
fn lapses(criterion: &mut Criterion) {
    let mut register = Register::new();
    register.not_supplemented(BLOCK_DEADLINES_MAX);
    let context = register.ledger.context();
    let mut group = criterion.benchmark_group("block");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("1000 lapses", |bencher| {
        bencher.iter(|| {
            let mut block = BlockExecution::new(&register.ledger.view, context.clone());
            let mut events = 0;
            while let Some(event) = block.due().expect("the view answers") {
                block.event(&event).expect("it is due");
                events += 1;
            }
            assert_eq!(events, BLOCK_DEADLINES_MAX);
            block.finish().expect("the view answers")
        });
    });
    group.finish();
}

criterion_group!(benches, registration, trade, lapses);
criterion_main!(benches);
