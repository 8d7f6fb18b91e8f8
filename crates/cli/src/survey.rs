//! Which nodes answer, and how they are.

use std::time::Duration;

use bulla_client::{Client, ClientError};
use bulla_types::{ReasonCode, proto};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::complaints::NODE_OF_ANOTHER_LEDGER;
use crate::context::Link;
use crate::failure::Failure;
use crate::text::Said;

/// A node that has not said how it is by then is passed over.
const ANSWER_WITHIN: Duration = Duration::from_secs(4);

/// Once a node has answered, others have this long to do so too.
const GRACE: Duration = Duration::from_millis(300);

/// How a node says it is.
pub(crate) struct Answer {
    /// Its place among the nodes asked.
    position: usize,
    pub(crate) endpoint: String,
    pub(crate) status: proto::GetStatusResponse,
}

impl Answer {
    /// Whether the ledger can be used by way of this node.
    pub(crate) fn is_ready(&self) -> bool {
        self.status.health() == proto::NodeHealth::Ready
    }
}

/// Asks one node how it is, once: a node that is down is known to be at once.
pub(crate) async fn ask(endpoint: &str, link: &Link) -> Result<proto::GetStatusResponse, Failure> {
    let asked = Client::ask(endpoint, link.tls.as_ref(), ANSWER_WITHIN).await;
    let status = asked.map_err(|error| no_answer(endpoint, error))?;
    match &link.genesis {
        Some(genesis) if status.ledger_id != genesis.ledger_id().as_bytes().as_slice() => {
            let detail = NODE_OF_ANOTHER_LEDGER.with(&[&endpoint, &genesis.ledger_id()]);
            Err(Failure::new(ReasonCode::WrongLedger, detail))
        }
        _ => Ok(status),
    }
}

/// Names the node as the person does.
fn no_answer(endpoint: &str, error: ClientError) -> Failure {
    match error {
        ClientError::Transport { detail, .. } => {
            Failure::new(ReasonCode::Unreachable, Said::english(detail).of_thing(endpoint))
        }
        other => other.into(),
    }
}

/// Asks all nodes at once. Gives their answers in the configured order: all that came soon after the first, or
/// before one from the first node in the order that is enough.
pub(crate) async fn survey(
    endpoints: &[String],
    link: &Link,
    enough: impl Fn(&Answer) -> bool,
) -> Result<Vec<Answer>, Failure> {
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
            Ok((position, Err(failure), _)) => failures.push((position, failure)),
            Err(error) => return Err(Failure::internal(&error)),
        }
        if answers.iter().any(|answer| answer.position == 0 && enough(answer)) {
            break;
        }
    }
    answers.sort_by_key(|answer| answer.position);
    if answers.is_empty() { Err(nobody(failures)) } else { Ok(answers) }
}

/// All nodes, those first that say they are ready, then the others that answer, then the silent ones.
pub(crate) fn by_readiness(endpoints: &[String], answers: &[Answer]) -> Vec<String> {
    let rank = |endpoint: &String| match answers.iter().find(|answer| answer.endpoint == *endpoint) {
        Some(answer) if answer.is_ready() => 0,
        Some(_) => 1,
        None => 2,
    };
    let mut endpoints = endpoints.to_vec();
    endpoints.sort_by_key(rank);
    endpoints
}

/// Another reason than silence says more, such as a node of another ledger.
fn nobody(mut failures: Vec<(usize, Failure)>) -> Failure {
    failures.sort_by_key(|(position, _)| *position);
    let telling = failures.iter().find(|(_, failure)| failure.reason != ReasonCode::Unreachable);
    if let Some((_, telling)) = telling {
        return telling.clone();
    }
    let details: Vec<_> = failures.into_iter().map(|(_, failure)| failure.detail).collect();
    Failure::new(ReasonCode::Unreachable, Said::lines(&details))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Nothing listens at port 1: the answer of the operating system is enough, nobody need wait.
    #[tokio::test]
    async fn dead_nodes_are_told_at_once_and_all_of_them() {
        let link = Link { tls: None, genesis: None };
        let endpoints = ["http://127.0.0.1:1", "localhost:1"].map(str::to_owned);
        let started = Instant::now();
        let failure = survey(&endpoints, &link, |_| true).await.err().unwrap();
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        assert_eq!(failure.reason, ReasonCode::Unreachable);
        let lines: Vec<_> = failure.detail.zh.lines().collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        for (line, endpoint) in lines.iter().zip(&endpoints) {
            assert!(line.starts_with(endpoint.as_str()) && line.contains("连接被拒绝"), "{line}");
        }
    }

    #[test]
    fn ready_nodes_come_first_and_silent_ones_last() {
        let answer = |position, endpoint: &str, health: proto::NodeHealth| Answer {
            position,
            endpoint: endpoint.to_owned(),
            status: proto::GetStatusResponse { health: health.into(), ..Default::default() },
        };
        let answers = [answer(1, "b", proto::NodeHealth::NoQuorum), answer(2, "c", proto::NodeHealth::Ready)];
        let endpoints = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(by_readiness(&endpoints, &answers), ["c", "b", "a"]);
    }
}
