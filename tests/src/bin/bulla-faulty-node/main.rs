//! `bulla-faulty-node`: a validator that breaks the protocol as told, for tests of everyone else.
//!
//! It is `bulla-node` but for its clock, or what stands between consensus and the rest: see
//! [`bulla_tests::fault::Fault`].
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod broken;
mod faulty;
mod forked;
mod signers;
mod spoil;
mod standstill;
mod withheld;
mod wrong_blocks;
mod wrong_clock;

use std::env::args;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use bulla_consensus::{Application, Byzantine, ConsensusConfig, Role, VoteSigner, spawn_byzantine};
use bulla_crypto::{SecretKey, key_file};
use bulla_mempool::{Clock, SystemClock};
use bulla_node::config::NodeConfig;
use bulla_node::{Parts, StartConsensus, run_with, telemetry};
use bulla_tests::fault::{Fault, PARTS_WITHHELD_UP_TO};
use bulla_types::{Canonical, Genesis, KnownProtocols};
use futures::FutureExt;
use tokio::signal::unix::{SignalKind, signal};

use broken::Broken;
use faulty::Faulty;
use forked::{AnotherHistory, claims_to_be_ahead, keys_beside, tells_other_heads};
use signers::Unguarded;
use standstill::{StopsAfterWithholdingItsPrecommit, StopsBeforeCheckingAgain};
use withheld::Withheld;
use wrong_blocks::WrongBlocks;
use wrong_clock::WrongClock;

#[tokio::main]
async fn main() -> ExitCode {
    telemetry::start();
    let config = NodeConfig::read(Path::new(&argument("--config"))).unwrap();
    let fault: Fault = serde_json::from_str(&argument("--fault")).unwrap();
    let key = key_file::read(config.keys.consensus.as_deref().unwrap(), None).unwrap();
    let genesis = Genesis::decode(&std::fs::read(&config.genesis).unwrap()).unwrap();
    let mut terminate = signal(SignalKind::terminate()).unwrap();
    let stop = async move {
        terminate.recv().await;
    };
    let clock: Arc<dyn Clock> = match fault {
        Fault::WrongClock { ahead_ms } => Arc::new(WrongClock { ahead_ms }),
        _ => Arc::new(SystemClock),
    };
    let says = match fault {
        Fault::TellsOtherHeads { from } | Fault::HasAnotherHistory { from } => tells_other_heads(from),
        Fault::ClaimsToBeAhead { from, by } => claims_to_be_ahead(from, by),
        _ => Parts::default().says,
    };
    let keys = keys_beside(&config);
    let protocols = match fault {
        Fault::KnowsProtocols { newest } => KnownProtocols::up_to(newest),
        _ => KnownProtocols::OF_THIS_PROGRAM,
    };
    let parts = Parts { clock, start_consensus: with(fault, key, keys, genesis), says, protocols };
    match run_with(config, parts, stop).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", error.text());
            ExitCode::FAILURE
        }
    }
}

fn argument(name: &str) -> String {
    args().skip_while(|argument| argument != name).nth(1).unwrap_or_else(|| panic!("say {name}"))
}

/// Starts consensus with the fault in it.
fn with(fault: Fault, key: SecretKey, keys: Vec<SecretKey>, genesis: Genesis) -> StartConsensus {
    Box::new(move |config: ConsensusConfig, lanes, application, role| {
        let Role::Validator(signer) = role else {
            // Until its record of votes is beyond doubt it observes, and has no vote to misuse.
            return bulla_consensus::spawn(config, lanes, application, role).boxed();
        };
        let mut misconduct = Byzantine::default();
        let (key, genesis) = (key.clone(), genesis.clone());
        let (application, signer): (Arc<dyn Application>, Arc<dyn VoteSigner>) = match fault.clone() {
            Fault::ProposesWrongBlocks(wrongs) => {
                (Faulty::new(application, WrongBlocks::new(genesis, wrongs)), signer)
            }
            Fault::WithholdsItsBlocks => {
                misconduct.withhold_parts = true;
                misconduct.heights = Some(1..=PARTS_WITHHELD_UP_TO);
                (Faulty::new(application, Withheld::default()), signer)
            }
            Fault::VotesTwice => {
                misconduct.equivocate_votes = true;
                (application, Arc::new(Unguarded(key)))
            }
            Fault::WrongClock { .. }
            | Fault::TellsOtherHeads { .. }
            | Fault::ClaimsToBeAhead { .. }
            | Fault::KnowsProtocols { .. } => (application, signer),
            Fault::HasAnotherHistory { from } => {
                (Faulty::new(application, AnotherHistory::new(from, keys.clone(), genesis)), signer)
            }
            Fault::CannotCommit { height } => (Faulty::new(application, Broken { height }), signer),
            Fault::StopsAfterWithholdingItsPrecommit { height } => {
                (application, Arc::new(StopsAfterWithholdingItsPrecommit::new(signer, height)))
            }
            Fault::StopsBeforeCheckingAgain { height } => {
                (Faulty::new(application, StopsBeforeCheckingAgain::new(height)), signer)
            }
        };
        spawn_byzantine(config, lanes, application, signer, misconduct).boxed()
    })
}
