//! The pages of `docs/operations` that begin where founding ends, followed as they stand, in both languages.

use bulla_tests::machines::{Machines, commands, sections};
use bulla_types::Lang;

const FOUNDING: [&str; 2] =
    [include_str!("../../docs/operations/founding.md"), include_str!("../../docs/operations/founding.zh.md")];
const JOINING: [&str; 2] =
    [include_str!("../../docs/operations/joining.md"), include_str!("../../docs/operations/joining.zh.md")];
const GOVERNANCE: [&str; 2] = [
    include_str!("../../docs/operations/governance.md"),
    include_str!("../../docs/operations/governance.zh.md"),
];
const CONSENSUS_KEY: [&str; 2] = [
    include_str!("../../docs/operations/consensus-key.md"),
    include_str!("../../docs/operations/consensus-key.zh.md"),
];

/// The sections of the page on joining after which the new member's node follows.
const JOINED: usize = 3;

const LANGUAGES: [Lang; 2] = [Lang::En, Lang::Zh];

/// Founders who have followed their page.
async fn founded(page: usize) -> Machines {
    let founders = ["registry-1", "registry-2", "registry-3", "registry-4"];
    let mut machines = Machines::new(&founders, LANGUAGES[page]);
    machines.follow(FOUNDING[page]).await;
    machines
}

async fn joined_by(page: usize) {
    let mut machines = founded(page).await;
    machines.add("registry-5");
    machines.follow(JOINING[page]).await;
    machines.stop().await;
}

async fn governed_by(page: usize) {
    let mut machines = founded(page).await;
    machines.add("registry-5");
    machines.follow(&sections(JOINING[page], JOINED)).await;
    machines.follow(GOVERNANCE[page]).await;
    machines.stop().await;
}

async fn kept_by(page: usize) {
    let mut machines = founded(page).await;
    machines.add("vault");
    machines.follow(CONSENSUS_KEY[page]).await;
    machines.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_member_who_follows_the_english_page_has_a_node_by_each_way() {
    joined_by(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_member_who_follows_the_chinese_page_has_a_node_by_each_way() {
    joined_by(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_who_follow_the_english_page_change_keys_members_and_validators() {
    governed_by(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_who_follow_the_chinese_page_change_keys_members_and_validators() {
    governed_by(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_follows_the_english_page_keeps_the_key_with_a_signer_and_in_a_token() {
    kept_by(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_follows_the_chinese_page_keeps_the_key_with_a_signer_and_in_a_token() {
    kept_by(1).await;
}

#[test]
fn the_pages_of_both_languages_have_their_readers_do_the_same() {
    for ([english, chinese], at_least) in [(JOINING, 30), (GOVERNANCE, 100), (CONSENSUS_KEY, 30)] {
        assert_eq!(commands(english), commands(chinese));
        assert!(commands(english).len() > at_least);
    }
}
