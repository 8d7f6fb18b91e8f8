//! A register of no jurisdiction beside those of the sources, for what one profile is to another.

use bulla_fixtures::stage::{Ledger, Party, Take, digests, made_up, open};
use bulla_types::{
    CertificateNumber, DocumentItem, FieldValue, ProfileDigest, ReasonCode, RegistrationNumber, Subject,
};

/// The classes that certificates of other profiles may have there.
const CLASSES: [&str; 6] = ["registration", "party", "item", "trade", "evidence", "service"];

/// The register, in force on a ledger.
pub(crate) struct Neighbour(ProfileDigest);

/// An asset that it has registered.
pub(crate) struct Registered {
    pub(crate) registration: RegistrationNumber,
    pub(crate) certificate: CertificateNumber,
}

impl Neighbour {
    pub(crate) fn on(ledger: &mut Ledger) -> Self {
        Self(ledger.adopt(&made_up(include_str!("neighbour.toml"))))
    }

    fn record(&self, owner: &Party) -> Take {
        open(self.0, "registration", "record")
            .by("owner", owner)
            .field("code", FieldValue::Digests(digests("neighbouring asset")))
    }

    pub(crate) fn registered(&self, owner: &Party, ledger: &mut Ledger) -> Registered {
        let given = ledger.take(&self.record(owner));
        Registered { registration: given.registrations[0], certificate: given.certificates[0] }
    }

    /// An objection to a registration.
    pub(crate) fn object(&self, to: &Registered, ledger: &mut Ledger) {
        let mark = open(self.0, "objection", "mark")
            .about(Subject::Registration(to.registration))
            .by("registry", &ledger.body(1));
        ledger.take(&mark);
    }
}

/// A certificate is of this class to other profiles, and of no other.
pub(crate) fn is_of_class(ledger: &Ledger, certificate: CertificateNumber, class: &str) {
    let mut ledger = ledger.clone();
    let neighbour = Neighbour::on(&mut ledger);
    let owner = ledger.party("applicant");
    let item = vec![DocumentItem::Certificate(certificate)];
    for other in CLASSES {
        let record = neighbour.record(&owner).document(other, item.clone());
        if other == class {
            ledger.clone().take(&record);
        } else {
            assert_eq!(ledger.refuse(&record).reason(), ReasonCode::DocumentInvalid);
        }
    }
}
