//! Where the search of each procedure of the real profiles begins.

use bulla_rules::profile::Profile;
use bulla_types::{CaseNumber, CertificateNumber, CertificateRecord, StateKey, Subject};

use super::world::World;
use crate::cases::guizhou::Venue;
use crate::cases::properties::profile_of;
use crate::cases::tianjin::Platform;
use crate::support::{open, term, tianjin};

/// Cases of one procedure, each on its ledger.
pub(super) struct Beginnings {
    pub(super) profile: Profile,
    pub(super) cases: Vec<(World, CaseNumber)>,
}

/// A procedure, where its search begins, and the states of it that the choices of this adopter rule out.
pub(super) type Search = (&'static str, fn() -> Beginnings, &'static [&'static str]);

pub(super) const OF_THE_REGISTER: [Search; 7] = [
    ("evidence_storage", || submitted("evidence_storage"), &[]),
    ("deidentification", || submitted("deidentification"), &[]),
    ("structuring", || submitted("structuring"), &[]),
    // An objection that is upheld leads back to the application.
    ("initial_registration", registrations, &["cancelled"]),
    ("objection", objections, &[]),
    ("renewal", renewals, &[]),
    ("cancellation", cancellations, &[]),
];

pub(super) const OF_THE_VENUE: [Search; 3] = [
    ("party_registration", registrations_of_parties, &[]),
    ("item_registration", registrations_of_items, &[]),
    ("trade", trades, &[]),
];

fn of_register(platform: &Platform, cases: Vec<(World, CaseNumber)>) -> Beginnings {
    Beginnings { profile: profile_of(&platform.ledger, platform.profile), cases }
}

fn of_venue(venue: &Venue, cases: Vec<(World, CaseNumber)>) -> Beginnings {
    Beginnings { profile: profile_of(&venue.register.ledger, venue.profile), cases }
}

fn register_world(platform: &Platform) -> World {
    let mut people = platform.ledger.bodies.clone();
    people.extend([platform.provider.clone(), platform.deidentifier.clone(), platform.structurer.clone()]);
    people.push(platform.applicant.clone());
    World { ledger: platform.ledger.clone(), people }
}

fn venue_world(venue: &Venue) -> World {
    let mut world = register_world(&venue.register);
    world.people.splice(0..0, [venue.centre.clone(), venue.operator.clone(), venue.buyer.clone()]);
    world
}

fn submitted(procedure: &str) -> Beginnings {
    let mut platform = Platform::new();
    let service = platform.provider.clone();
    platform.ledger.request().operated_by(&service).deposit("asset").recorded();
    let submit = tianjin::submission(platform.profile, procedure, "asset", &platform.applicant);
    let case = platform.ledger.take(&submit).case;
    of_register(&platform, vec![(register_world(&platform), case)])
}

fn applied() -> (Platform, CaseNumber) {
    let mut platform = Platform::new();
    let vouchers = platform.vouchers("asset");
    let case = platform.apply("asset", vouchers);
    (platform, case)
}

fn objected() -> (Platform, CaseNumber, CaseNumber) {
    let (mut platform, case) = applied();
    let register = platform.register(case);
    platform.ledger.take(&register);
    let objection = object(&mut platform, case);
    (platform, case, objection)
}

fn object(platform: &mut Platform, case: CaseNumber) -> CaseNumber {
    let objection = open(platform.profile, "objection", "file")
        .about(Subject::Case(case))
        .by("objector", &platform.provider)
        .attached("objection_grounds", "mine")
        .paper("objection_material")
        .paper("interest_proof");
    platform.ledger.take(&objection).case
}

/// One with an application, and one whose publicity is objected to.
fn registrations() -> Beginnings {
    let (platform, case) = applied();
    let (objected, published, _) = objected();
    let cases = vec![(register_world(&platform), case), (register_world(&objected), published)];
    of_register(&platform, cases)
}

/// One alone, and one beside another, whose end may end the registration.
fn objections() -> Beginnings {
    let (mut platform, case, objection) = objected();
    let alone = register_world(&platform);
    object(&mut platform, case);
    of_register(&platform, vec![(alone, objection), (register_world(&platform), objection)])
}

/// One alone, and one beside a cancellation, which ends the registration.
fn renewals() -> Beginnings {
    let mut platform = Platform::new();
    let number = platform.certified("asset");
    platform.ledger.until("2028-09-16");
    let apply = open(platform.profile, "renewal", "apply")
        .about(Subject::Certificate(number))
        .by("holder", &platform.applicant)
        .paper("renewal_application");
    let case = platform.ledger.take(&apply).case;
    let alone = register_world(&platform);
    cancel(&mut platform, number);
    of_register(&platform, vec![(alone, case), (register_world(&platform), case)])
}

fn cancellations() -> Beginnings {
    let mut platform = Platform::new();
    let number = platform.certified("asset");
    let case = cancel(&mut platform, number);
    of_register(&platform, vec![(register_world(&platform), case)])
}

fn cancel(platform: &mut Platform, number: CertificateNumber) -> CaseNumber {
    let papers = ["cancellation_application", "holder_identity", "original_certificate"];
    let apply = open(platform.profile, "cancellation", "apply")
        .about(certified(platform, number))
        .by("holder", &platform.applicant);
    let apply = papers.iter().fold(apply, |apply, paper| apply.paper(paper));
    platform.ledger.take(&apply).case
}

/// What a certificate speaks of.
fn certified(platform: &Platform, number: CertificateNumber) -> Subject {
    let record: Option<CertificateRecord> = platform.ledger.view.record(StateKey::Certificate(number));
    record.unwrap().subject
}

fn registrations_of_parties() -> Beginnings {
    let mut venue = Venue::new();
    let apply = open(venue.profile, "party_registration", "apply")
        .by("applicant", &venue.buyer)
        .field("capacities", term("demander"))
        .attached("party_name", "buyer")
        .attached("party_contact", "contact")
        .paper("identity_proof")
        .paper("protection_proof");
    let case = venue.register.ledger.take(&apply).case;
    of_venue(&venue, vec![(venue_world(&venue), case)])
}

fn registrations_of_items() -> Beginnings {
    let mut venue = Venue::new();
    venue.register_parties();
    let offer = venue.offer();
    let case = venue.register.ledger.take(&offer).case;
    of_venue(&venue, vec![(venue_world(&venue), case)])
}

/// One that is asked for, and one that is contracted.
fn trades() -> Beginnings {
    let mut venue = Venue::new();
    venue.register_parties();
    let item = venue.register_item();
    let inquiry = venue.inquiry(item);
    let inquired = venue.register.ledger.take(&inquiry).case;
    let asked = venue_world(&venue);
    let negotiated = venue.negotiated(item);
    let contract = venue.contract(negotiated, "1250000");
    venue.register.ledger.take(&contract);
    of_venue(&venue, vec![(asked, inquired), (venue_world(&venue), negotiated)])
}
