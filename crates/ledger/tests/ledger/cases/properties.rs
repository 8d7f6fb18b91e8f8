//! Whatever members try, in whatever order, and whenever: the register holds together, no money and no right comes
//! from nothing, and replay gives the same.
//!
//! # Seen to fail
//!
//! Each promise was seen to be broken: with one line of the engine changed as below, this test failed within the
//! cases that it runs. *Register* and *trades* are the tests here, *search* is that of `ends`. Whoever changes a check
//! or a generator changes a line again. A change that breaks the beginnings already is not listed.
//!
//! | Promise | The engine changed: it … | Failed |
//! |---|---|---|
//! | one number, one object | does not ask at a registration whether the object is registered | register |
//! | | gives a known object a new number | register |
//! | | keeps a registration on its object when it ends | register |
//! | | gives every object the same number | register |
//! | one live certificate | does not ask at issue whether one stands | register |
//! | | leaves certificates in force when their entry ends | register |
//! | | leaves certificates in force when their entry is suspended | register |
//! | | issues a certificate to who holds nothing | register |
//! | no certificate without publicity | takes a deadline for reached from the start | register |
//! | no right from nothing | transfers nothing to who acquires | register |
//! | | registers every right of the profile | register |
//! | | ends no right of those that a reduction names | register |
//! | | ends no entry | register |
//! | | lays no pledge, or lays it for another | register |
//! | | releases no pledge | register |
//! | | lets one of several holders act alone | register |
//! | | lets anyone act as a party that is someone | register |
//! | no money from nothing | takes any two amounts for the same | trades |
//! | | takes every step for taken | trades |
//! | indexes follow records | removes no row but of what falls due | register |
//! | | keeps ended cases among the open ones | register |
//! | | keeps deadlines that were met, or certificates that are void | register |
//! | | indexes provisional deadlines, or mistakes the place of a deadline | register |
//! | replay gives the same | counts something outside of the state into a certificate | register |
//! | every case can end | refuses steps that end cases | search |
//! | | does not end a case whose parent has ended | search |
//! | | takes no step when a lapse has come | search |
//!
//! Where checks stand behind one another, the loss of one alone breaks nothing. That an object is free is a condition
//! of the profile before it is the engine's own; the engine's check of a publicity stands before the condition without
//! which no profile is adopted. That shares sum to one is asked by the profile, by the effect, by the form of the
//! record and by the invariants of a block: with the first or the second gone alone, the step is refused all the same,
//! and how all four together would be seen was not tried.

mod people;
mod records;
mod register;
mod replay;
mod rights;
mod rows;
mod trades;

use proptest::proptest;
use proptest::test_runner::Config;

pub(super) use records::profile_of;

use people::{People, beginnings, moves};

proptest! {
    #![proptest_config(Config { cases: 64, max_shrink_iters: 200, ..Config::default() })]

    #[test]
    fn the_register_holds_together_whatever_is_tried(
        (beginning, wording) in beginnings(),
        moves in moves(),
    ) {
        let mut people = People::begin(beginning, wording);
        for what in &moves {
            people.attempt(what);
        }
        let ledger = &people.story.ledger;
        register::check_objects(ledger);
        register::check_certificates(ledger);
        register::check_pasts(ledger);
        rights::check_rights(ledger);
        rows::check_rows(ledger);
        replay::check_replay(ledger);
    }

    #[test]
    fn every_case_that_can_be_reached_can_be_ended(
        (beginning, wording) in beginnings(),
        moves in moves(),
    ) {
        let mut people = People::begin(beginning, wording);
        for what in &moves {
            people.attempt(what);
        }
        let left = people.end_all();
        assert!(left.is_empty(), "cannot be ended: {left:#?}");
    }
}
