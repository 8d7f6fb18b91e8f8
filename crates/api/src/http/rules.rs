//! The law in force.

use axum::extract::State;
use bulla_types::proto;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::extract::{Path, Query};
use super::json::{bytes_to_json, to_json};
use super::named::malformed;
use super::reads::{Api, Json};

#[derive(Deserialize)]
pub(super) struct ProfilesQuery {
    #[serde(default)]
    from: String,
    #[serde(default)]
    limit: u32,
}

pub(super) async fn profiles(State(api): Api, Query(query): Query<ProfilesQuery>) -> Json {
    let from_digest =
        hex::decode(&query.from).map_err(|_| malformed("a digest is written in hexadecimal digits"))?.into();
    let request = proto::ListProfilesRequest { from_digest, limit: query.limit };
    let list = api.read(move |api| api.profiles(&request)).await?;
    Ok(axum::Json(to_json("ListProfilesResponse", &list)?))
}

/// By its id, the version in force, or by its digest.
pub(super) async fn profile(State(api): Api, Path(name): Path<String>) -> Json {
    use proto::get_profile_request::By;
    let digest = hex::decode(&name).ok().filter(|digest| digest.len() == 32);
    let by = digest.map_or_else(|| By::Id(name), |digest| By::Digest(Bytes::from(digest)));
    let request = proto::GetProfileRequest { by: Some(by) };
    let found = api.read(move |api| api.profile(&request)).await?;
    let mut json = to_json("GetProfileResponse", &found)?;
    json["canonical"] = hex::encode(&found.profile).into();
    json["profile"] = bytes_to_json("Profile", &found.profile)?;
    Ok(axum::Json(json))
}

pub(super) async fn calendar(State(api): Api) -> Json {
    let request = proto::GetCalendarRequest { year: 0 };
    let found = api.read(move |api| api.calendar(&request)).await?;
    let head = found.head.map(|head| to_json("CalendarHead", &head)).transpose()?;
    Ok(axum::Json(json!({ "head": head })))
}

pub(super) async fn year(State(api): Api, Path(year): Path<u32>) -> Json {
    let request = proto::GetCalendarRequest { year };
    let found = api.read(move |api| api.calendar(&request)).await?;
    Ok(axum::Json(json!({
        "year": bytes_to_json("CalendarYear", &found.year)?,
        "canonical": hex::encode(&found.year),
        "revision": found.revision,
    })))
}
