//! The log as C2SP `tlog-tiles`: checkpoint, hash tiles, entry bundles.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bulla_merkle::tile::{Resource, TilePath, encode_bundle, encode_hashes};
use bulla_types::{AccessToEntries, ReasonCode};

use super::extract::{Authorization, Path};
use crate::access::{MayReadEntries, Placed};
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
    reader: Authorization,
) -> Result<Response, ApiError> {
    let path: TilePath = format!("tile/{path}")
        .parse()
        .map_err(|error| ApiError::new(ReasonCode::Malformed, format!("{error}")))?;
    let open = api.chain.tip().parameters.entry_access == AccessToEntries::Open;
    // A partial tile grows into another path, so what has a path never changes. What only members may read
    // stays with the reader.
    let cache = match (path.resource(), open) {
        (Resource::Entries, false) => "private, max-age=31536000, immutable",
        _ => "public, max-age=31536000, immutable",
    };
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, cache)];
    match path.resource() {
        Resource::Hashes(level) => {
            let hashes = api.read(move |api| api.hashes(&path, level)).await?;
            Ok((headers, hashes).into_response())
        }
        Resource::Entries => {
            let Placed { answer: bundle, held } =
                api.read_entries(reader.0, move |api, may| api.bundle(&path, may)).await?;
            Ok((Extension(held), headers, bundle).into_response())
        }
    }
}

impl NodeApi {
    fn hashes(&self, path: &TilePath, level: u8) -> Result<Vec<u8>, ApiError> {
        self.must_exist(path)?;
        let hashes = self.chain.tile(level, path.index())?;
        let wanted = hashes
            .get(..usize::from(path.width()))
            .ok_or_else(|| ApiError::internal(format!("{path} is shorter than the log")))?;
        Ok(encode_hashes(wanted))
    }

    fn bundle(&self, path: &TilePath, _: MayReadEntries) -> Result<Vec<u8>, ApiError> {
        self.must_exist(path)?;
        let first = path.index() * u64::from(FULL_WIDTH);
        let entries = self.chain.entries(first, u64::from(path.width()))?;
        encode_bundle(entries.iter().map(|entry| &entry[..]))
            .map_err(|error| ApiError::internal(error.to_string()))
    }

    fn must_exist(&self, path: &TilePath) -> Result<(), ApiError> {
        let log_size = self.chain.tip().log_size;
        if path.exists_at(log_size) {
            Ok(())
        } else {
            Err(ApiError::not_found(format!("{path} in a log of {log_size} entries")))
        }
    }
}
