//! Waiting for conditions.

use std::future::Future;
use std::time::Duration;

/// A condition that has not come true within this fails its test. Long, since a machine that builds or tests
/// something else beside is slow; nothing waits for it when all is well.
pub const LIMIT: Duration = Duration::from_secs(60);

const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Waits until a condition gives a value, at most [`LIMIT`].
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, condition: impl FnMut() -> F) -> T {
    until_within(LIMIT, what, condition).await
}

/// Waits until a condition gives a value.
pub async fn until_within<T, F: Future<Output = Option<T>>>(
    limit: Duration,
    what: &str,
    mut condition: impl FnMut() -> F,
) -> T {
    let waited = async {
        loop {
            if let Some(value) = condition().await {
                return value;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    ends_within(limit, what, waited).await
}

/// Waits for something that ends by itself, at most [`LIMIT`].
pub async fn ends<T>(what: &str, work: impl Future<Output = T>) -> T {
    ends_within(LIMIT, what, work).await
}

async fn ends_within<T>(limit: Duration, what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_| panic!("did not happen within {limit:?}: {what}"))
}
