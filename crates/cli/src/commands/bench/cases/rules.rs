//! The rules that the cases run under: two profiles with their overlays for tests, and the calendar.

use bulla_client::{Client, Signer};
use bulla_rules::CalendarYear;
use bulla_rules::profile::text::{parse, parse_overlay};
use bulla_rules::profile::{Problem, Profile};
use bulla_types::{
    Action, AdoptCalendar, AdoptProfile, BlockTime, CalendarHead, Canonical, ProfileDigest, ProfileRecord,
    ProfileStatus, StateKey,
};

use crate::act;
use crate::commands::calendar::published;
use crate::failure::Failure;
use crate::waiting::Wait;

macro_rules! carried {
    ($name:literal) => {
        (
            include_str!(concat!("../../../../../../profiles/", $name, ".toml")),
            include_str!(concat!("../../../../../../profiles/overlays/", $name, "-test.toml")),
        )
    };
}

/// Text of a profile and of its overlay.
type Texts = (&'static str, &'static str);

const REGISTER: Texts = carried!("cn-tj-tjifa-003-2022");
const VENUE: Texts = carried!("cn-gz-trade-2022");

/// Milliseconds of a mean year.
const YEAR_MS: u64 = 31_556_952_000;

/// The profiles in force.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) register: ProfileDigest,
    pub(super) venue: ProfileDigest,
}

impl Rules {
    /// Adopts what is not in force yet: the profiles, and the calendar from the year before this time on.
    pub(super) async fn in_force(
        client: &Client,
        bodies: &[Signer],
        now: BlockTime,
    ) -> Result<Self, Failure> {
        let adopter = Adopter { client, bodies };
        adopter.calendar(now).await?;
        Ok(Self { register: adopter.profile(REGISTER).await?, venue: adopter.profile(VENUE).await? })
    }
}

struct Adopter<'a> {
    client: &'a Client,
    bodies: &'a [Signer],
}

impl Adopter<'_> {
    async fn profile(&self, texts: Texts) -> Result<ProfileDigest, Failure> {
        let bytes = compile(texts)?.encode();
        let digest = ProfileDigest::of(&bytes);
        let record = self.client.record(&StateKey::Profile(digest)).await?.read::<ProfileRecord>()?;
        if record.is_none_or(|record| record.status != ProfileStatus::InForce) {
            self.adopt(Action::AdoptProfile(AdoptProfile { profile: bytes.into() })).await?;
        }
        Ok(digest)
    }

    /// The years in force lie side by side, so that only later ones can be missing.
    async fn calendar(&self, now: BlockTime) -> Result<(), Failure> {
        let head = self.client.record(&StateKey::CalendarHead).await?.read::<CalendarHead>()?;
        let this_year = u16::try_from(1970 + now.0 / YEAR_MS).unwrap_or(u16::MAX);
        let first = head.map_or(this_year.saturating_sub(1), |head| head.last_year + 1);
        for year in first..=published::span().1 {
            if let Some(year) = published::year(year)? {
                let year = CalendarYear::encode(&year).into();
                self.adopt(Action::AdoptCalendar(AdoptCalendar { year })).await?;
            }
        }
        Ok(())
    }

    async fn adopt(&self, action: Action) -> Result<(), Failure> {
        let act = act::begin(self.client, self.bodies);
        Wait::default().submit(self.client, &act.action(action).build()?).await?;
        Ok(())
    }
}

fn compile((base, overlay): Texts) -> Result<Profile, Failure> {
    let broken = |problems: Vec<Problem>| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::internal(&problems.join("; "))
    };
    let (base, _) = parse(base).map_err(broken)?;
    let (overlay, _) = parse_overlay(overlay, &base).map_err(broken)?;
    base.with_overlay(&overlay).map_err(broken)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_profiles_carried_can_be_adopted() {
        for texts in [REGISTER, VENUE] {
            assert!(compile(texts).unwrap().check_adoptable().is_empty());
        }
    }
}
