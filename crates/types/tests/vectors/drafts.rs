//! `draft.json`.

use bulla_types::*;
use prost::Message;
use serde_json::{Value, json};

use crate::samples::*;
use crate::{check, refused};

fn draft_json(what: &str, draft: &TransactionDraft, seeds: &[u8]) -> Value {
    json!({
        "what": what,
        "transaction_id": draft.id().to_string(),
        "signed_message": hex::encode(signing_message(&draft.id())),
        "secret_key_seeds": seeds.iter().map(|seed| hex::encode([*seed; 32])).collect::<Vec<_>>(),
        "voted_on": draft.all_voted_on().iter().map(|on| on.propose.digest().to_string()).collect::<Vec<_>>(),
        "opened": draft.all_voted_on().iter().map(opened_json).collect::<Vec<_>>(),
        "missing": draft.missing().iter().map(|signer| signer.key_id.to_string()).collect::<Vec<_>>(),
        "draft": hex::encode(draft.encode()),
        "submission": draft.complete().ok().map(|submission| hex::encode(submission.encode())),
    })
}

fn opened_json(on: &VotedOn) -> Value {
    on.opened.as_ref().map_or(Value::Null, |opened| {
        let text = |opening: &Opening| {
            let text = String::from_utf8(opening.value.to_vec()).unwrap();
            json!({ "path": opening.path.as_str(), "text": text })
        };
        let openings: Vec<_> = opened.openings.iter().map(text).collect();
        json!({ "request_id": opened.request_id.to_string(), "openings": openings })
    })
}

fn refused_drafts() -> Vec<Value> {
    type Change = fn(&mut proto::TransactionDraft);
    let changes: [(&str, Change); 8] = [
        ("an unknown version", |d| d.version = 2),
        ("no body", |d| d.body = None),
        ("a body that was altered after it was signed", |d| d.body.as_mut().unwrap().not_after_ms += 1),
        ("a signature that was altered", |d| {
            let signature = d.signatures[0].signature.as_mut().unwrap();
            let mut bytes = signature.value.to_vec();
            bytes[40] ^= 1;
            signature.value = bytes.into();
        }),
        ("a signature of somebody who is not to sign", |d| {
            let body = governance_body();
            let key = secret(77);
            let signature = key.sign(&signing_message(&body.id()));
            let mut other = d.signatures[0].clone();
            other.key.as_mut().unwrap().value = key.public_key().to_bytes().to_vec().into();
            other.signature.as_mut().unwrap().value = signature.0.to_vec().into();
            d.signatures = vec![other];
        }),
        ("the same signature twice", |d| {
            let signature = d.signatures[0].clone();
            d.signatures.push(signature);
        }),
        ("a signature without its key", |d| d.signatures[0].key = None),
        ("an opening of another value", |d| d.openings[0].value = "another reason".into()),
    ];
    let votes: [(&str, Change); 3] = [
        ("a proposal that no vote is on", |d| d.proposals[0].not_after_ms += 1),
        ("the same proposal twice", |d| d.proposals.push(d.proposals[0].clone())),
        ("a proposal in a proposal", |d| {
            let kind = Some(proto::action::Kind::Propose(d.proposals[0].clone()));
            d.proposals[0].actions.push(proto::Action { kind });
        }),
    ];
    let opened: [(&str, Change); 8] = [
        ("openings of a proposal that is not there", |d| d.proposal_openings[0].proposal = 1),
        ("openings of the same proposal twice", |d| {
            d.proposal_openings.push(d.proposal_openings[0].clone());
        }),
        ("openings of a proposal, and none there", |d| d.proposal_openings[0].openings.clear()),
        ("openings of a proposal for another request", |d| {
            let mut bytes = d.proposal_openings[0].request_id.to_vec();
            bytes[15] ^= 1;
            d.proposal_openings[0].request_id = bytes.into();
        }),
        ("openings of a proposal at another place of its transaction", |d| {
            d.proposal_openings[0].openings.iter_mut().for_each(|opening| opening.action += 1);
        }),
        ("openings of a proposal at two places", |d| d.proposal_openings[0].openings[1].action += 1),
        ("other grounds of a proposal", |d| {
            d.proposal_openings[0].openings[1].value = "other grounds".into();
        }),
        ("openings of a proposal that do not rise", |d| d.proposal_openings[0].openings.reverse()),
    ];
    let case = |draft: TransactionDraft, (what, change): (&str, Change)| {
        let mut message = proto::TransactionDraft::decode(draft.encode().as_slice()).unwrap();
        change(&mut message);
        let bytes = message.encode_to_vec();
        refused(what, &bytes, TransactionDraft::decode(&bytes))
    };
    let changes = changes.into_iter().map(|change| case(governance_draft(&[2]), change));
    let votes = votes.into_iter().map(|change| case(votes_draft(), change));
    let opened = opened.into_iter().map(|change| case(opened_votes_draft(), change));
    changes.chain(votes).chain(opened).collect()
}

#[test]
fn draft_vectors() {
    check(
        "draft",
        &json!({
            "accepted": [
                draft_json("nobody has signed", &governance_draft(&[]), &[]),
                draft_json("one of two has signed", &governance_draft(&[12]), &[12]),
                draft_json("both have signed", &governance_draft(&[12, 2]), &[2, 12]),
                draft_json("votes, with what they are on", &votes_draft(), &[]),
                draft_json("votes, with what they are on and its grounds", &opened_votes_draft(), &[]),
            ],
            "refused": refused_drafts(),
        }),
    );
}
