//! The profiles of the repository, for tests.

#![allow(clippy::unwrap_used)]

use bulla_rules::profile::Profile;
use bulla_rules::profile::text::{parse, parse_overlay};

const REGISTER: [&str; 2] = [
    include_str!("../../../../../profiles/cn-tj-tjifa-003-2022.toml"),
    include_str!("../../../../../profiles/overlays/cn-tj-tjifa-003-2022-test.toml"),
];
const VENUE: [&str; 2] = [
    include_str!("../../../../../profiles/cn-gz-trade-2022.toml"),
    include_str!("../../../../../profiles/overlays/cn-gz-trade-2022-test.toml"),
];

fn adopted([base, overlay]: [&str; 2]) -> Profile {
    let (base, _) = parse(base).unwrap();
    let (overlay, _) = parse_overlay(overlay, &base).unwrap();
    base.with_overlay(&overlay).unwrap()
}

/// A register.
pub(super) fn register() -> Profile {
    adopted(REGISTER)
}

/// A venue.
pub(super) fn venue() -> Profile {
    adopted(VENUE)
}

/// A venue as its source stands, in which the contact of a party stays with its owner.
pub(super) fn keeping() -> Profile {
    let [head, field] = VENUE[0].split_once("[fields.party_contact]").map(<[&str; 2]>::from).unwrap();
    let field = field.replacen("\"attached\"", "\"committed\"", 1);
    parse(&format!("{head}[fields.party_contact]{field}")).unwrap().0
}

/// Both.
pub(super) fn published() -> [Profile; 2] {
    [register(), venue()]
}
