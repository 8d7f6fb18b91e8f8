//! What the register holds.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use bulla_types::{SubjectKind, proto};
use serde::Deserialize;
use serde_json::json;

use super::extract::{Authorization, Path, Query};
use super::json::bytes_to_json;
use super::reads::{Api, Entries};
use crate::access::Placed;
use crate::error::ApiError;
use crate::node_api::NodeApi;

#[derive(Deserialize)]
pub(super) struct RegisterQuery {
    holder: Option<String>,
    #[serde(default)]
    from: u64,
    #[serde(default)]
    limit: u32,
}

macro_rules! routes {
    ($($list:ident $one:ident: $kind:ident $record:literal;)+) => {$(
        pub(super) async fn $list(
            State(api): Api,
            Query(query): Query<RegisterQuery>,
            reader: Authorization,
        ) -> Entries {
            list(&api, SubjectKind::$kind, $record, query, reader).await
        }

        pub(super) async fn $one(
            State(api): Api,
            Path(number): Path<String>,
            reader: Authorization,
        ) -> Entries {
            one(&api, SubjectKind::$kind, $record, &number, reader).await
        }
    )+};
}

routes! {
    accounts account: Account "AccountRecord";
    objects object: Object "ObjectRecord";
    registrations registration: Registration "RegistrationRecord";
    certificates certificate: Certificate "CertificateRecord";
}

async fn list(
    api: &Arc<NodeApi>,
    kind: SubjectKind,
    message: &str,
    query: RegisterQuery,
    reader: Authorization,
) -> Entries {
    let holder = match &query.holder {
        Some(holder) => api.number(holder, SubjectKind::Member)?,
        None => 0,
    };
    let request = proto::ListRegisterRequest {
        kind: kind.to_wire(),
        holder,
        from_number: query.from,
        limit: query.limit,
    };
    let Placed { answer: list, held } =
        api.read_entries(reader.0, move |api, may| api.register(&request, may)).await?;
    let records = list.records.iter().map(|record| bytes_to_json(message, record));
    let records = records.collect::<Result<Vec<_>, _>>()?;
    let json = json!({ "records": records, "nextNumber": list.next_number.to_string() });
    Ok((Extension(held), axum::Json(json)))
}

async fn one(
    api: &Arc<NodeApi>,
    kind: SubjectKind,
    message: &str,
    number: &str,
    reader: Authorization,
) -> Entries {
    let number = api.number(number, kind)?;
    let request =
        proto::ListRegisterRequest { kind: kind.to_wire(), holder: 0, from_number: number, limit: 1 };
    let Placed { answer: list, held } =
        api.read_entries(reader.0, move |api, may| api.register(&request, may)).await?;
    match list.records.first().filter(|_| number > 0) {
        Some(record) => Ok((Extension(held), axum::Json(bytes_to_json(message, record)?))),
        None => Err(ApiError::not_found(format!("{}-{number}", kind.letter()))),
    }
}
