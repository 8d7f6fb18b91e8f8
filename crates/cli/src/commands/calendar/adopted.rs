//! The years that a ledger has adopted, proved.

use bulla_client::Client;
use bulla_rules::{Calendar, CalendarYear};
use bulla_types::{CalendarHead, CalendarRecord, Canonical, ReasonCode, StateKey};

use crate::complaints::{NO_CALENDAR_ADOPTED, YEAR_NOT_ADOPTED};
use crate::failure::Failure;
use crate::text::Said;

/// A year as it is in force on the ledger.
pub(super) async fn year(client: &Client, year: u16) -> Result<CalendarYear, Failure> {
    let head = head(client).await?;
    let record = client.record(&StateKey::Calendar(year)).await?.read::<CalendarRecord>()?;
    let record = record.ok_or_else(|| {
        let detail = YEAR_NOT_ADOPTED.with(&[&year, &head.first_year, &head.last_year]);
        Failure::new(ReasonCode::NotFound, detail)
    })?;
    CalendarYear::decode(&record.year)
        .map_err(|error| Failure::new(error.reason(), Said::english(error).of_thing(year)))
}

/// The calendar of the ledger, as far as these years need it; what it has not is left out.
pub(super) async fn calendar(client: &Client, first: u16, last: u16) -> Result<Calendar, Failure> {
    let head = head(client).await?;
    let id = head.calendar.parse().map_err(|error| Failure::internal(&error))?;
    let mut calendar = Calendar::new(id);
    for number in head.first_year.max(first)..=head.last_year.min(last) {
        let year = year(client, number).await?;
        calendar.adopt(year).map_err(|error| Failure::new(ReasonCode::CalendarInvalid, error.to_string()))?;
    }
    Ok(calendar)
}

async fn head(client: &Client) -> Result<CalendarHead, Failure> {
    let head = client.record(&StateKey::CalendarHead).await?.read::<CalendarHead>()?;
    head.ok_or_else(|| Failure::new(ReasonCode::NotFound, NO_CALENDAR_ADOPTED))
}
