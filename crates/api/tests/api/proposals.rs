//! Proposals as a node lists them: to everybody, also where entries are for members.

use bulla_client::{ListedProposal, Signer, TransactionBuilder};
use bulla_fixtures::key;
use bulla_types::{
    Action, Ballot, BlockTime, ChangeMemberStatus, MemberNumber, MemberStatus, ProposalNumber,
    ProposalStatus, VoteOnProposal, WithdrawProposal, proto,
};
use serde_json::Value;

use crate::served::Served;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

struct Bodies {
    node: Served,
}

impl Bodies {
    async fn meet() -> Self {
        Self { node: Served::of_two_bodies().await }
    }

    fn begin(&self, body: u64) -> TransactionBuilder {
        let name = if body == 1 { "administrator" } else { "other administrator" };
        let ledger = self.node.genesis().ledger_id();
        let signer = Signer::new(MemberNumber(body), key(name));
        TransactionBuilder::new(ledger).signer(&signer)
    }

    async fn record(&self, act: TransactionBuilder) {
        self.node.admit(&act.build().unwrap()).await;
        self.node.commit();
    }

    /// Member 1 proposes to suspend the evidence service, to be voted on for so many days.
    async fn propose(&self, days: u64) {
        let until = BlockTime(self.node.now().0 + days * DAY_MS);
        let status = MemberStatus::Suspended;
        let suspend = ChangeMemberStatus { member: MemberNumber(2), status, grounds: None };
        self.record(self.begin(1).proposing(until, None).action(Action::ChangeMemberStatus(suspend))).await;
    }

    async fn listed(&self, from: u64, limit: u32, ended: bool) -> (Vec<ListedProposal>, Option<u64>) {
        let client = self.node.client().await;
        let (listed, next) = client.proposals(ProposalNumber(from), limit, ended).await.unwrap();
        (listed, next.map(|number| number.0))
    }

    async fn numbers(&self, from: u64, limit: u32, ended: bool) -> (Vec<u64>, Option<u64>) {
        let (listed, next) = self.listed(from, limit, ended).await;
        (listed.iter().map(|listed| listed.record.number.0).collect(), next)
    }
}

#[tokio::test]
async fn open_proposals_are_listed_with_what_they_propose_and_others_on_demand() {
    let bodies = Bodies::meet().await;
    for days in [30, 2, 30, 30] {
        bodies.propose(days).await;
    }
    let (listed, _) = bodies.listed(1, 0, false).await;
    assert_eq!(listed.len(), 4);
    let first = &listed[0];
    assert_eq!(first.propose.as_ref().unwrap().digest(), first.record.digest);
    let vote = |number: usize, ballot| {
        let record = &listed[number - 1].record;
        let (proposal, digest) = (record.number, record.digest);
        Action::VoteOnProposal(VoteOnProposal { proposal, digest, ballot, grounds: None })
    };
    bodies.record(bodies.begin(3).action(vote(1, Ballot::Reject))).await;
    let withdrawal = WithdrawProposal { proposal: ProposalNumber(3) };
    bodies.record(bodies.begin(1).action(Action::WithdrawProposal(withdrawal))).await;
    assert_eq!(bodies.numbers(1, 0, false).await, (vec![2, 4], None));

    // The second takes no vote of a block to come, whether its record says so or not.
    bodies.node.advance_clock(3 * DAY_MS);
    assert_eq!(bodies.numbers(1, 0, false).await, (vec![4], None));

    let (all, next) = bodies.listed(1, 0, true).await;
    let statuses: Vec<_> = all.iter().map(|listed| listed.record.status).collect();
    use ProposalStatus::{Open, Rejected, Withdrawn};
    assert_eq!((statuses, next), (vec![Rejected, Open, Withdrawn, Open], None));
    let held: Vec<_> = all.iter().map(|listed| listed.propose.is_some()).collect();
    assert_eq!(held, [false, true, false, true], "what has ended stands in its entry alone");
}

#[tokio::test]
async fn a_list_that_is_cut_says_where_it_goes_on() {
    let bodies = Bodies::meet().await;
    for _ in 0..5 {
        bodies.propose(30).await;
    }
    for ended in [false, true] {
        assert_eq!(bodies.numbers(0, 2, ended).await, (vec![1, 2], Some(3)));
        assert_eq!(bodies.numbers(3, 2, ended).await, (vec![3, 4], Some(5)));
        assert_eq!(bodies.numbers(5, 2, ended).await, (vec![5], None));
        assert_eq!(bodies.numbers(6, 2, ended).await, (vec![], None));
        assert_eq!(bodies.numbers(u64::MAX, 2, ended).await, (vec![], None));
    }
}

#[tokio::test]
async fn over_http_proposals_are_read_by_number_or_identifier() {
    let bodies = Bodies::meet().await;
    bodies.propose(30).await;
    let get = async |path: &str| {
        let (status, body) = bodies.node.get(path, "").await;
        (status, serde_json::from_str::<Value>(&body).unwrap_or(Value::String(body)))
    };
    let (status, list) = get("/v1/proposals?ended=true&limit=1").await;
    assert_eq!((status, &list["nextNumber"]), (200, &Value::String("0".to_owned())));
    let (status, one) = get("/v1/proposals/1").await;
    assert_eq!((status, &one), (200, &list["proposals"][0]));
    assert_eq!(one["record"]["status"], "PROPOSAL_STATUS_OPEN");
    assert_eq!(one["propose"]["actions"][0]["changeMemberStatus"]["member"], "2");
    assert_eq!(get("/v1/proposals/2").await.1, "NOT_FOUND");
    assert_eq!(get("/v1/proposals/0").await.1, "NOT_FOUND");
    assert_eq!(get("/v1/proposals/P-1").await.1, "IDENTIFIER_INVALID");

    let request = proto::ListProposalsRequest { from_number: 1, limit: 0, ended: false };
    let listed: proto::ListProposalsResponse =
        bodies.node.wire().call("ListProposals", request).await.unwrap();
    assert_eq!(listed.proposals.len(), 1);
}
