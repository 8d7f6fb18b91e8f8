//! The reads, each the same as its gRPC twin.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bulla_chain::EntryRef;
use bulla_types::{ReasonCode, TransactionId, proto};
use bytes::Bytes;
use prost::Message;
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Authorization, Path, Query};
use super::json::{bytes_to_json, to_json};
use crate::access::Placed;
use crate::error::ApiError;
use crate::listen::Held;
use crate::node_api::NodeApi;

pub(super) type Api = State<Arc<NodeApi>>;
pub(super) type Json = Result<axum::Json<Value>, ApiError>;
/// JSON with entries in it, and its place among such answers.
pub(super) type Entries = Result<(Extension<Held>, axum::Json<Value>), ApiError>;

const RECEIPT_MEDIA_TYPE: &str = "application/vnd.bulla.receipt";
const STATUS_PROOF_MEDIA_TYPE: &str = "application/vnd.bulla.status-proof";

pub(super) async fn status(State(api): Api) -> Json {
    let status = api.read(|api| Ok(api.status())).await?;
    Ok(axum::Json(to_json("GetStatusResponse", &status)?))
}

pub(super) async fn health(State(api): Api) -> Response {
    let assessment = api.vitals.assess();
    let ready = assessment.health == proto::NodeHealth::Ready;
    let code = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let reason = assessment.reason.map(ReasonCode::as_str);
    let said = json!({
        "ready": ready,
        "health": assessment.health.as_str_name(),
        "reason": reason,
        "entriesLackingOpenings": assessment.entries_lacking_openings,
    });
    (code, axum::Json(said)).into_response()
}

pub(super) async fn metrics(State(api): Api) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], super::metrics::text(&api)).into_response()
}

pub(super) async fn genesis(State(api): Api) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], api.genesis_bytes.clone()).into_response()
}

pub(super) async fn entry(State(api): Api, Path(index): Path<u64>, reader: Authorization) -> Entries {
    read_entry(&api, EntryRef::Index(index), reader).await
}

pub(super) async fn transaction(State(api): Api, Path(id): Path<String>, reader: Authorization) -> Entries {
    let id: TransactionId = id
        .parse()
        .map_err(|_| ApiError::new(ReasonCode::Malformed, "a transaction id has 64 hexadecimal digits"))?;
    read_entry(&api, EntryRef::Transaction(id), reader).await
}

async fn read_entry(api: &Arc<NodeApi>, by: EntryRef, reader: Authorization) -> Entries {
    let Placed { answer: found, held } =
        api.read_entries(reader.0, move |api, may| api.entry(by, may)).await?;
    let openings =
        found.openings.iter().map(|opening| to_json("Opening", opening)).collect::<Result<Vec<_>, _>>()?;
    let found = json!({
        "index": found.index,
        "entry": bytes_to_json("Entry", &found.entry)?,
        "leaf": hex::encode(&found.entry),
        "openings": openings,
    });
    Ok((Extension(held), axum::Json(found)))
}

#[derive(Deserialize)]
pub(super) struct ReceiptQuery {
    #[serde(default)]
    later_log_size: u64,
}

/// The receipt file itself, or JSON for a caller that asks for it.
pub(super) async fn receipt(
    State(api): Api,
    Path(index): Path<u64>,
    Query(query): Query<ReceiptQuery>,
    reader: Authorization,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Placed { answer: file, held } = api
        .read_entries(reader.0, move |api, may| {
            api.receipt(EntryRef::Index(index), query.later_log_size, may)
        })
        .await?;
    proof_file("ReceiptFile", RECEIPT_MEDIA_TYPE, &file, held, &headers)
}

/// The status proof itself, or JSON for a caller that asks for it.
pub(super) async fn status_proof(
    State(api): Api,
    Path(record): Path<String>,
    reader: Authorization,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let record = api.record_named(&record)?;
    let Placed { answer: file, held } =
        api.read_entries(reader.0, move |api, may| api.status_proof(record, may)).await?;
    proof_file("StatusProofFile", STATUS_PROOF_MEDIA_TYPE, &file, held, &headers)
}

fn proof_file(
    name: &str,
    media_type: &'static str,
    file: &impl Message,
    held: Held,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let held = Extension(held);
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    if wants_json {
        return Ok((held, axum::Json(to_json(name, file)?)).into_response());
    }
    let bytes = Bytes::from(file.encode_to_vec());
    Ok((held, [(header::CONTENT_TYPE, media_type)], bytes).into_response())
}

pub(super) async fn record(State(api): Api, Path(key): Path<String>, reader: Authorization) -> Json {
    let key = hex::decode(&key)
        .map_err(|_| ApiError::new(ReasonCode::Malformed, "a state key is written in hexadecimal digits"))?;
    let record = api.read(move |api| api.record(&key, reader.0.as_deref())).await?;
    Ok(axum::Json(to_json("GetRecordResponse", &record)?))
}

#[derive(Deserialize)]
pub(super) struct EvidenceQuery {
    digest: Option<String>,
    number: Option<u64>,
    #[serde(default)]
    from: u64,
    #[serde(default)]
    limit: u32,
}

pub(super) async fn evidence(
    State(api): Api,
    Query(query): Query<EvidenceQuery>,
    reader: Authorization,
) -> Entries {
    use proto::find_evidence_request::By;
    let by = match (query.digest, query.number) {
        (Some(digest), None) => {
            let digest = hex::decode(&digest).map_err(|_| {
                ApiError::new(ReasonCode::Malformed, "a digest is written in hexadecimal digits")
            })?;
            By::Digest(digest.into())
        }
        (None, Some(number)) => By::EvidenceNumber(number),
        _ => return Err(ApiError::new(ReasonCode::Malformed, "say ?digest=… or ?number=…")),
    };
    let request = proto::FindEvidenceRequest { by: Some(by), limit: query.limit, from_number: query.from };
    let Placed { answer: found, held } =
        api.read_entries(reader.0, move |api, may| api.find(&request, may)).await?;
    let hits = found
        .hits
        .iter()
        .map(|hit| {
            Ok(json!({
                "evidenceNumber": hit.evidence_number,
                "index": hit.index,
                "action": hit.action,
                "entry": bytes_to_json("Entry", &hit.entry)?,
            }))
        })
        .collect::<Result<Vec<_>, ApiError>>()?;
    Ok((Extension(held), axum::Json(json!({ "hits": hits, "nextNumber": found.next_number }))))
}

#[derive(Deserialize)]
pub(super) struct MembersQuery {
    #[serde(default)]
    from: u64,
    #[serde(default)]
    limit: u32,
}

pub(super) async fn members(State(api): Api, Query(query): Query<MembersQuery>) -> Json {
    let list = api.read(move |api| api.members(query.from, query.limit)).await?;
    let members = list
        .members
        .iter()
        .map(|member| bytes_to_json("MemberRecord", member))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(axum::Json(json!({ "members": members, "total": list.total })))
}

#[derive(Deserialize)]
pub(super) struct InclusionQuery {
    index: u64,
    log_size: u64,
}

pub(super) async fn inclusion(State(api): Api, Query(query): Query<InclusionQuery>) -> Json {
    path(api.read(move |api| api.inclusion(query.index, query.log_size)).await?)
}

#[derive(Deserialize)]
pub(super) struct ConsistencyQuery {
    first: u64,
    second: u64,
}

pub(super) async fn consistency(State(api): Api, Query(query): Query<ConsistencyQuery>) -> Json {
    path(api.read(move |api| api.consistency(query.first, query.second)).await?)
}

#[allow(clippy::needless_pass_by_value)]
fn path(proof: proto::GetProofResponse) -> Json {
    let path: Vec<String> = proof.path.iter().map(hex::encode).collect();
    Ok(axum::Json(json!({ "path": path })))
}
