//! Deposits to submit.

use bulla_client::{DepositRequest, Signer, TransactionBuilder};
use bulla_crypto::DocumentHasher;
use bulla_types::{CaptureMode, LedgerId, Submission};

/// A deposit of a text, with a title.
#[must_use]
pub fn deposit(content: &str) -> DepositRequest {
    let digests = DocumentHasher::digest_reader(content.as_bytes()).unwrap();
    DepositRequest {
        title: Some("合同".to_owned()),
        ..DepositRequest::of(&digests, "text/plain".parse().unwrap(), CaptureMode::Original)
    }
}

/// A signed deposit of a text, under a request id of its own.
#[must_use]
pub fn submission(ledger_id: LedgerId, signer: &Signer, content: &str) -> Submission {
    TransactionBuilder::new(ledger_id).signer(signer).action(deposit(content)).build().unwrap()
}
