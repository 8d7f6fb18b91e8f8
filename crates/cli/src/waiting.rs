//! Waiting for receipts as long as a person wants to.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bulla_client::{Client, Submitted, VerifiedReceipt};
use bulla_types::{ReasonCode, Submission, proto};
use clap::Args;
use tokio::time::{Instant, timeout, timeout_at};

use crate::complaints::{NODE_SAYS, NOT_YET_ADMITTED, NOT_YET_RECORDED};
use crate::failure::{Failure, Pending, exit};
use crate::numbers::within;
use crate::text::Said;
use crate::when;
use crate::words::Word;

/// A ledger in good order records within a second; a change of proposer or a node on its way back take some more.
const WAIT_S: u32 = 60;
/// No transaction is valid for longer than this.
const WAIT_S_MAX: u64 = 600;
/// After a wait that came to nothing, nodes have this long to say whether they admitted the transaction.
const ADMISSION_WITHIN: Duration = Duration::from_secs(2);

/// How long to wait, on the command line.
#[derive(Args)]
pub(crate) struct WaitArguments {
    /// Give up when no receipt has come for so long; what was admitted may still be recorded | 多久没有取得回执即不再等待，已受理的交易仍可能被记录
    #[arg(long, value_name = "SECONDS", default_value_t = WAIT_S, value_parser = within::<u32>(0, WAIT_S_MAX))]
    wait: u32,
}

impl WaitArguments {
    /// Begins to wait.
    pub(crate) fn start(&self) -> Wait {
        Wait::new(Duration::from_secs(self.wait.into()))
    }
}

/// A wait for one receipt or for many: it goes on as long as they come.
pub(crate) struct Wait {
    limit: Duration,
    /// When the last receipt came, at first when the wait began.
    last: Mutex<Instant>,
}

impl Default for Wait {
    fn default() -> Self {
        Self::new(Duration::from_secs(WAIT_S.into()))
    }
}

impl Wait {
    fn new(limit: Duration) -> Self {
        Self { limit, last: Mutex::new(Instant::now()) }
    }

    fn until(&self) -> Instant {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) + self.limit
    }

    /// Submits a transaction and waits for its receipt.
    pub(crate) async fn submit(
        &self,
        client: &Client,
        submission: &Submission,
    ) -> Result<VerifiedReceipt, Failure> {
        let mut submitting = Box::pin(client.submit_and_wait(submission));
        let submitted = loop {
            let until = self.until();
            match timeout_at(until, &mut submitting).await {
                Ok(submitted) => break submitted,
                Err(_) if until < self.until() => {}
                Err(_) => return self.open(client, submission).await,
            }
        };
        let receipt = match submitted {
            // It has waited until the transaction expired.
            Err(bulla_client::ClientError::Pending { .. }) => self.open(client, submission).await?,
            submitted => submitted?,
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Ok(receipt)
    }

    /// The wait is over: what can be said of the transaction, unless its receipt is there after all.
    async fn open(&self, client: &Client, submission: &Submission) -> Result<VerifiedReceipt, Failure> {
        let (admission, health) = tokio::join!(
            timeout(ADMISSION_WITHIN, client.submit(submission)),
            timeout(ADMISSION_WITHIN, client.status()),
        );
        let admitted = match admission {
            Ok(Ok(Submitted::Recorded(receipt))) => return Ok(*receipt),
            Ok(Ok(Submitted::Admitted(_))) => true,
            Ok(Err(error)) if !error.is_transient() => return Err(error.into()),
            Ok(Err(_)) | Err(_) => false,
        };
        let health = health.ok().and_then(Result::ok).map(|status| status.health());
        Err(self.not_recorded(submission, admitted, health))
    }

    fn not_recorded(
        &self,
        submission: &Submission,
        admitted: bool,
        health: Option<proto::NodeHealth>,
    ) -> Failure {
        let transaction = submission.transaction();
        let (transaction_id, expires_at) = (transaction.id(), transaction.body().not_after);
        let what = if admitted { NOT_YET_RECORDED } else { NOT_YET_ADMITTED };
        let what = what.with(&[&transaction_id, &self.limit.as_secs(), &when::show(expires_at)]);
        let says = health.map(|health| NODE_SAYS.with(&[&health.name()]));
        let detail: Vec<_> = [Some(what), says].into_iter().flatten().collect();
        Failure {
            exit: exit::NOT_READY,
            pending: Some(Box::new(Pending { transaction_id, expires_at, admitted })),
            ..Failure::new(ReasonCode::WaitTimedOut, Said::lines(&detail))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_client::{Signer, TransactionBuilder};
    use bulla_crypto::SecretKey;
    use bulla_types::{Action, ChangeKeyStatus, KeyChange, KeyId, Lang, LedgerId, MemberNumber};

    use super::*;

    fn submission() -> Submission {
        let signer = Signer::new(MemberNumber(6), SecretKey::from_seed(&[7; 32]));
        let action = ChangeKeyStatus { key_id: KeyId::from_bytes([3; 32]), change: KeyChange::Retire };
        let builder = TransactionBuilder::new(LedgerId::from_bytes([9; 32])).signer(&signer);
        builder.action(Action::ChangeKeyStatus(action)).build().unwrap()
    }

    #[test]
    fn a_wait_that_came_to_nothing_says_what_may_still_happen_and_how_to_ask() {
        let (submission, wait) = (submission(), Wait::new(Duration::from_secs(7)));
        let id = submission.transaction().id().to_string();
        for (admitted, told) in [(true, "已受理"), (false, "没有节点答复")] {
            let failure = wait.not_recorded(&submission, admitted, Some(proto::NodeHealth::NoQuorum));
            assert_eq!((failure.reason, failure.exit), (ReasonCode::WaitTimedOut, exit::NOT_READY));
            let text = failure.text(Lang::Zh);
            for part in [told, "7 秒", &format!("bulla receipt {id}"), "未达法定多数"] {
                assert!(text.contains(part), "{part} in {text}");
            }
            let error = &failure.json()["error"];
            assert_eq!(
                (&error["transaction_id"], &error["admitted"]),
                (&id.clone().into(), &admitted.into())
            );
            assert!(text.contains(error["expires_at"].as_str().unwrap()));
        }
    }

    /// Nothing listens at port 1.
    #[tokio::test]
    async fn a_wait_ends_when_it_is_over_even_if_no_node_answers() {
        let genesis = crate::commands::localnet::test_genesis();
        let genesis = bulla_types::Canonical::encode(&genesis);
        let trust = bulla_client::Trust::Genesis(bulla_verify::TrustedGenesis::from_file(&genesis).unwrap());
        let client = Client::connect(&["127.0.0.1:1"], None, trust).await.unwrap();
        let wait = Wait::new(Duration::from_millis(50));
        let started = Instant::now();
        let failure = wait.submit(&client, &submission()).await.err().unwrap();
        assert!(started.elapsed() < 2 * ADMISSION_WITHIN, "{:?}", started.elapsed());
        assert!(!failure.pending.unwrap().admitted);
    }
}
