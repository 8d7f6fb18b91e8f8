//! The log as C2SP `tlog-tiles`: checkpoint, hash tiles, entry bundles.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bulla_merkle::tile::{Resource, TilePath, encode_bundle, encode_hashes};
use bulla_types::{AccessToEntries, ReasonCode};

use super::extract::Path;
use crate::error::ApiError;
use crate::node_api::NodeApi;

const FULL_WIDTH: u16 = 256;

pub(super) async fn checkpoint(State(api): State<Arc<NodeApi>>) -> Result<Response, ApiError> {
    let note = api.read(NodeApi::checkpoint).await?;
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, note).into_response())
}

pub(super) async fn tile(
    State(api): State<Arc<NodeApi>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let path: TilePath = format!("tile/{path}")
        .parse()
        .map_err(|error| ApiError::new(ReasonCode::Malformed, format!("{error}")))?;
    let open = api.chain.tip().parameters.entry_access == AccessToEntries::Open;
    let authorization =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let bytes = api.read(move |api| api.tile(&path, authorization.as_deref())).await?;
    // A partial tile grows into another path, so what has a path never changes. What only members may read
    // stays with the reader.
    let cache = match (path.resource(), open) {
        (Resource::Entries, false) => "private, max-age=31536000, immutable",
        _ => "public, max-age=31536000, immutable",
    };
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, cache)];
    Ok((headers, bytes).into_response())
}

impl NodeApi {
    fn tile(&self, path: &TilePath, authorization: Option<&str>) -> Result<Vec<u8>, ApiError> {
        let log_size = self.chain.tip().log_size;
        if !path.exists_at(log_size) {
            return Err(ApiError::not_found(format!("{path} in a log of {log_size} entries")));
        }
        match path.resource() {
            Resource::Hashes(level) => {
                let hashes = self.chain.tile(level, path.index())?;
                let wanted = hashes
                    .get(..usize::from(path.width()))
                    .ok_or_else(|| ApiError::internal(format!("{path} is shorter than the log")))?;
                Ok(encode_hashes(wanted))
            }
            Resource::Entries => {
                self.may_read_entries(authorization)?;
                let first = path.index() * u64::from(FULL_WIDTH);
                let entries = self.chain.entries(first, u64::from(path.width()))?;
                encode_bundle(entries.iter().map(|entry| &entry[..]))
                    .map_err(|error| ApiError::internal(error.to_string()))
            }
        }
    }
}
