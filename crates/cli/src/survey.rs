//! Which nodes answer, and how they are.

use std::time::Duration;

use bulla_client::Client;
use bulla_types::{ReasonCode, proto};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::context::Link;
use crate::failure::Failure;

/// A node that has not said how it is by then is passed over.
const ANSWER_WITHIN: Duration = Duration::from_secs(4);

/// Once a node has answered, those before it in the configured order have this long to do so too.
const GRACE: Duration = Duration::from_millis(300);

/// How a node says it is.
pub(crate) struct Answer {
    /// Its place among the nodes asked.
    position: usize,
    pub(crate) endpoint: String,
    pub(crate) status: proto::GetStatusResponse,
}

/// Asks one node how it is.
pub(crate) async fn ask(endpoint: &str, link: &Link) -> Result<proto::GetStatusResponse, Failure> {
    let asking = async {
        let client = Client::connect(&[endpoint], link.tls.as_ref(), link.any_genesis()).await?;
        let status = client.status().await?;
        if status.ledger_id == client.ledger_id().as_bytes().as_slice() {
            return Ok(status);
        }
        let detail = format!("{endpoint} is not of ledger {}", client.ledger_id());
        Err(Failure::new(ReasonCode::WrongLedger, detail))
    };
    timeout(ANSWER_WITHIN, asking).await.unwrap_or_else(|_| {
        let detail = format!("{endpoint}: no answer within {} s", ANSWER_WITHIN.as_secs());
        Err(Failure::new(ReasonCode::Unreachable, detail))
    })
}

/// Asks all nodes at once; gives those that answered soon after the first, in the configured order.
pub(crate) async fn survey(endpoints: &[String], link: &Link) -> Result<Vec<Answer>, Failure> {
    let mut asking = JoinSet::new();
    for (position, endpoint) in endpoints.iter().cloned().enumerate() {
        let link = link.clone();
        asking.spawn(async move { (position, ask(&endpoint, &link).await, endpoint) });
    }
    let mut answers: Vec<Answer> = Vec::new();
    let mut failures = Vec::new();
    let mut until = Instant::now() + 2 * ANSWER_WITHIN;
    while let Ok(Some(asked)) = timeout_at(until, asking.join_next()).await {
        match asked {
            Ok((position, Ok(status), endpoint)) => {
                until = until.min(Instant::now() + GRACE);
                answers.push(Answer { position, endpoint, status });
            }
            Ok((_, Err(failure), _)) => failures.push(failure),
            Err(error) => return Err(Failure::internal(&error)),
        }
        if answers.iter().any(|answer| answer.position == 0) {
            break;
        }
    }
    answers.sort_by_key(|answer| answer.position);
    if answers.is_empty() { Err(nobody(&failures)) } else { Ok(answers) }
}

/// All nodes, those first that say they are ready, then the others that answer, then the silent ones.
pub(crate) async fn by_readiness(endpoints: &[String], link: &Link) -> Result<Vec<String>, Failure> {
    let answers = survey(endpoints, link).await?;
    let rank = |endpoint: &String| match answers.iter().find(|answer| answer.endpoint == *endpoint) {
        Some(answer) if answer.status.health() == proto::NodeHealth::Ready => 0,
        Some(_) => 1,
        None => 2,
    };
    let mut endpoints = endpoints.to_vec();
    endpoints.sort_by_key(rank);
    Ok(endpoints)
}

/// Another reason than silence says more, such as a node of another ledger.
fn nobody(failures: &[Failure]) -> Failure {
    let telling = failures.iter().find(|failure| failure.reason != ReasonCode::Unreachable);
    telling.cloned().unwrap_or_else(|| {
        let details: Vec<_> = failures.iter().map(|failure| failure.detail.as_str()).collect();
        Failure::new(ReasonCode::Unreachable, details.join("; "))
    })
}
