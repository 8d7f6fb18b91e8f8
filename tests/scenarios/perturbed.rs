//! Nodes disturbed at moments that nobody chose.
//!
//! `BULLA_SEED` repeats a run as far as timing can be repeated; a failure prints the seed.
//! `BULLA_DISTURBANCES` makes it longer.

use std::time::Duration;

use bulla_tests::{Acknowledged, Load, Network};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

const DISTURBANCES: u64 = 12;

#[derive(Debug, Clone, Copy)]
enum Disturbance {
    Kill,
    Terminate,
    Pause,
    KillWhileItStarts,
    KillAll,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_to_the_nodes_nothing_acknowledged_is_lost_and_all_roots_are_the_same() {
    let seed = number_from("BULLA_SEED").unwrap_or_else(rand::random);
    eprintln!("BULLA_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut network = Network::of(4).observers(1).start().await;
    let mut acknowledged = Acknowledged::default();
    for number in 1..=number_from("BULLA_DISTURBANCES").unwrap_or(DISTURBANCES) {
        let disturbance = disturbance(&mut random);
        let victim = random.gen_range(0..5);
        eprintln!("{number}: {disturbance:?} of node {victim}");
        // The load may run on the victim.
        let load = Load::on(&network, random.gen_range(0..5)).await;
        load.reaches(20).await;
        disturb(&mut network, disturbance, victim, &mut random).await;
        acknowledged.join(load.stop().await);
        network.ready().await;
    }
    let tip = network.agreed().await;
    acknowledged.receipts_verify(&network);
    for node in 0..5 {
        acknowledged.stands_at(&network, node, tip.log_size).await;
    }
    network.close().await;
}

fn number_from(variable: &str) -> Option<u64> {
    Some(std::env::var(variable).ok()?.parse().unwrap())
}

fn disturbance(random: &mut StdRng) -> Disturbance {
    use Disturbance::{Kill, KillAll, KillWhileItStarts, Pause, Terminate};
    *[Kill, Terminate, Pause, KillWhileItStarts, KillAll].choose(random).unwrap()
}

async fn disturb(network: &mut Network, disturbance: Disturbance, victim: usize, random: &mut StdRng) {
    let mut while_ms = |range| tokio::time::sleep(Duration::from_millis(random.gen_range(range)));
    match disturbance {
        Disturbance::Kill => {
            network.node(victim).kill();
            while_ms(0..1_500).await;
            network.node(victim).start();
        }
        Disturbance::Terminate => {
            network.node(victim).terminate().await;
            while_ms(0..1_500).await;
            network.node(victim).start();
        }
        Disturbance::Pause => {
            network.node(victim).pause();
            while_ms(0..3_000).await;
            network.node(victim).resume();
        }
        Disturbance::KillWhileItStarts => {
            network.node(victim).kill();
            for _ in 0..3 {
                network.node(victim).start();
                while_ms(0..500).await;
                network.node(victim).kill();
            }
            network.node(victim).start();
        }
        Disturbance::KillAll => {
            (0..5).for_each(|node| network.node(node).kill());
            (0..5).for_each(|node| network.node(node).start());
        }
    }
}
