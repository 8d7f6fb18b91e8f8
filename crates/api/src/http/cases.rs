//! Cases and what falls due.

use axum::Extension;
use axum::extract::State;
use bulla_types::{SubjectKind, proto};
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Authorization, Path, Query};
use super::json::{bytes_to_json, to_json};
use super::named::malformed;
use super::reads::{Api, Entries};
use crate::access::Placed;
use crate::error::ApiError;

#[derive(Deserialize)]
pub(super) struct CaseQuery {
    #[serde(default)]
    from_step: u32,
    #[serde(default)]
    limit: u32,
}

pub(super) async fn case(
    State(api): Api,
    Path(number): Path<String>,
    Query(query): Query<CaseQuery>,
    reader: Authorization,
) -> Entries {
    let case_number = api.number(&number, SubjectKind::Case)?;
    let request = proto::GetCaseRequest { case_number, from_step: query.from_step, limit: query.limit };
    let Placed { answer: found, held } =
        api.read_entries(reader.0, move |api, may| api.case(&request, may)).await?;
    let past = found.past.iter().map(|step| bytes_to_json("CaseStepRecord", step));
    let possible = found.possible.iter().map(|step| to_json("PossibleStep", step));
    let json = json!({
        "record": bytes_to_json("CaseRecord", &found.record)?,
        "possible": possible.collect::<Result<Vec<_>, _>>()?,
        "past": past.collect::<Result<Vec<_>, _>>()?,
        "nextStep": found.next_step,
        "atMs": found.at_ms.to_string(),
        "openings": found.openings.iter().map(opening).collect::<Result<Vec<_>, _>>()?,
    });
    Ok((Extension(held), axum::Json(json)))
}

/// An opening with what it says; a value that cannot be read stands in the opening only.
fn opening(found: &proto::CaseOpening) -> Result<Value, ApiError> {
    let mut json = to_json("CaseOpening", found)?;
    let value = found.opening.as_ref().and_then(|opening| bytes_to_json("FieldValues", &opening.value).ok());
    if let Some(value) = value {
        json["says"] = value;
    }
    Ok(json)
}

#[derive(Deserialize)]
pub(super) struct CasesQuery {
    member: Option<String>,
    about: Option<String>,
    #[serde(default)]
    ended: bool,
    #[serde(default)]
    from: u64,
    #[serde(default)]
    limit: u32,
}

pub(super) async fn cases(
    State(api): Api,
    Query(query): Query<CasesQuery>,
    reader: Authorization,
) -> Entries {
    use proto::list_cases_request::Which;
    let which = match (query.member, query.about) {
        (Some(member), None) => Which::Member(api.number(&member, SubjectKind::Member)?),
        (None, Some(about)) => Which::About(api.subject(&about)?.to_message()),
        (None, None) => Which::All(proto::AllCases {}),
        (Some(_), Some(_)) => return Err(malformed("say ?member=… or ?about=…, not both")),
    };
    let request = proto::ListCasesRequest {
        which: Some(which),
        include_ended: query.ended,
        from_number: query.from,
        limit: query.limit,
    };
    let Placed { answer: list, held } =
        api.read_entries(reader.0, move |api, may| api.cases(&request, may)).await?;
    Ok((Extension(held), axum::Json(to_json("ListCasesResponse", &list)?)))
}

#[derive(Deserialize)]
pub(super) struct DeadlinesQuery {
    #[serde(default)]
    from_ms: u64,
    #[serde(default)]
    until_ms: u64,
    #[serde(default)]
    limit: u32,
    #[serde(default)]
    continuation: String,
}

pub(super) async fn deadlines(
    State(api): Api,
    Query(query): Query<DeadlinesQuery>,
    reader: Authorization,
) -> Entries {
    let continuation = hex::decode(&query.continuation)
        .map_err(|_| malformed("a continuation is written in hexadecimal digits"))?
        .into();
    let DeadlinesQuery { from_ms, until_ms, limit, .. } = query;
    let request = proto::ListDeadlinesRequest { from_ms, until_ms, limit, continuation };
    let Placed { answer: list, held } =
        api.read_entries(reader.0, move |api, may| api.deadlines(&request, may)).await?;
    let mut json = to_json("ListDeadlinesResponse", &list)?;
    json["next"] = hex::encode(&list.next).into();
    Ok((Extension(held), axum::Json(json)))
}
