//! Submissions that no honest client would make: messages changed at will, signed all the same.

use bulla_crypto::{Domain, SecretKey, framed};
use bulla_types::{Submission, TransactionId, proto, signing_message};
use bytes::Bytes;
use prost::Message;

/// The submission as a message, after a change of the transaction's body, which this key signs.
#[must_use]
pub fn with_body(
    submission: &Submission,
    key: &SecretKey,
    change: impl FnOnce(&mut proto::TransactionBody),
) -> proto::SubmittedTransaction {
    let mut message = submission.to_message();
    let transaction = message.transaction.as_mut().unwrap();
    let body = transaction.body.as_mut().unwrap();
    change(body);
    let id = TransactionId(framed(Domain::Transaction, &[&body.encode_to_vec()]));
    let signature = key.sign(&signing_message(&id));
    transaction.signatures[0].value = Bytes::copy_from_slice(&signature.0);
    message
}

/// As [`with_body`], with a change of the one deposit in it.
#[must_use]
pub fn with_deposit(
    submission: &Submission,
    key: &SecretKey,
    change: impl FnOnce(&mut proto::DepositEvidence),
) -> proto::SubmittedTransaction {
    with_body(submission, key, |body| match &mut body.actions[0].kind {
        Some(proto::action::Kind::DepositEvidence(deposit)) => change(deposit),
        other => panic!("no deposit: {other:?}"),
    })
}
