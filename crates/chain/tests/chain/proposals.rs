//! Proposals live in the state: who joins while one is open carries it out with the others.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bulla_chain::{Chain, Origin, VerifiedSnapshot, make_snapshot};
use bulla_client::{Signer, TransactionBuilder};
use bulla_fixtures::{declaration, genesis, key, organisation, parameters};
use bulla_mempool::Clock;
use bulla_storage::{Joining, NoHook, SnapshotFolder, StoreOptions, fsck};
use bulla_types::{
    Action, Ballot, Block, BlockTime, Canonical, ChangeMemberStatus, Founder, KeyPurpose, MemberNumber,
    MemberRecord, MemberStatus, Parameters, ProposalNumber, ProposalRecord, ProposalStatus, Propose, Role,
    StateKey, Submission, VoteOnProposal,
};

use crate::ledger::Ledger;

const SERVICE: MemberNumber = MemberNumber(3);

/// Two registration bodies, both of which sign acts of administration; the first validates.
fn two_bodies() -> Ledger {
    let body = |number: u64| {
        let administers = declaration(&key(&format!("administrator {number}")), KeyPurpose::Administer);
        let votes = declaration(&key(&format!("validator {number}")), KeyPurpose::Consensus);
        let name = format!("登记机构 {number}");
        let member = organisation(number, &name, &[Role::RegistrationBody], vec![votes, administers]);
        Founder { member, power: u64::from(number == 1) }
    };
    let operates = vec![declaration(&key("service"), KeyPurpose::Operate)];
    let service = organisation(3, "存证服务机构", &[Role::EvidenceService], operates);
    let founders = vec![body(1), body(2), Founder { member: service, power: 0 }];
    let parameters = Parameters { admin_threshold: 2, ..parameters() };
    let now = BlockTime(u64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap());
    Ledger::of(genesis(BlockTime(now.0 - 1_000), parameters, founders), key("validator 1"), now)
}

/// A transaction of one body.
fn of_body(chain: &Chain, number: u64, action: Action) -> Submission {
    let signer = Signer::new(MemberNumber(number), key(&format!("administrator {number}")));
    TransactionBuilder::new(chain.ledger_id()).signer(&signer).action(action).build().unwrap()
}

fn record<R: Canonical>(chain: &Chain, key: StateKey) -> R {
    let view = chain.store().view().unwrap();
    R::decode(&view.state(&key.encode()).unwrap().unwrap()).unwrap()
}

fn assert_clean(ledger: &Ledger, name: &str) {
    drop(ledger.open_store(name));
    let report = fsck(&ledger.path(name), &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    assert!(report.is_clean(), "{name}: {:#?}", report.findings);
}

#[tokio::test]
async fn who_joins_while_a_proposal_is_open_carries_it_out_with_the_others() {
    let ledger = two_bodies();
    let source = ledger.open("source");
    let suspend = ChangeMemberStatus { member: SERVICE, status: MemberStatus::Suspended, grounds: None };
    let not_after = BlockTime(ledger.clock.now().0 + 86_400_000);
    let propose = Propose { actions: vec![Action::ChangeMemberStatus(suspend)], not_after, grounds: None };
    let digest = propose.digest();
    let proposal = of_body(&source, 1, Action::Propose(propose));
    ledger.admit(&source, &proposal).await;
    ledger.clock.advance(1_000);
    ledger.advance(&source);

    let place = ledger.path("snapshot");
    make_snapshot(source.store(), |_| place.clone(), || ()).unwrap();
    let snapshot = VerifiedSnapshot::open(SnapshotFolder::new(&place), source.ledger_id()).unwrap();
    let joining = Joining::begin(&ledger.path("joined"), source.ledger_id()).unwrap();
    snapshot.restore(joining, &StoreOptions::small(), &mut |_| ()).unwrap();
    let joined = ledger.open("joined");

    let number = ProposalNumber(1);
    let vote = VoteOnProposal { proposal: number, digest, ballot: Ballot::Approve, grounds: None };
    let vote = of_body(&source, 2, Action::VoteOnProposal(vote));
    ledger.admit(&source, &vote).await;
    ledger.clock.advance(1_000);
    let height = source.tip().next_height();
    let built = source.build(height, 0, ledger.address()).unwrap();
    assert_eq!(Block::decode(&built.1).unwrap().entries.len(), 1);
    joined.check(&ledger.proposal(height, built.clone(), Origin::Fresh)).unwrap().unwrap();
    let certificate = ledger.certify(&built.1);
    for chain in [&source, &joined] {
        chain.commit(&certificate).unwrap();
        let member: MemberRecord = record(chain, StateKey::Member(SERVICE));
        assert_eq!(member.status, MemberStatus::Suspended);
        let proposal: ProposalRecord = record(chain, StateKey::Proposal(number));
        assert_eq!(proposal.status, ProposalStatus::CarriedOut);
        let view = chain.store().view().unwrap();
        assert_eq!(view.state(&StateKey::Proposed(number).encode()).unwrap(), None, "it stands in the log");
    }
    assert_eq!(source.tip().block_hash, joined.tip().block_hash);
    drop::<[Arc<Chain>; 2]>([source, joined]);
    assert_clean(&ledger, "source");
    assert_clean(&ledger, "joined");
}
