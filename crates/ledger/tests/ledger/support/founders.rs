//! Parties with keys from seeds, and a genesis of registration bodies.

use bulla_crypto::{SecretKey, sha256};
use bulla_types::{
    AccessToEntries, ConsensusTimeouts, CreditCode, EnrolMember, Founder, KeyDeclaration, KeyId, KeyPurpose,
    MemberIdentity, MemberNumber, OrganisationForm, Parameters, Role, Roles, SecondLog,
};

/// A member and the keys that it was enrolled with, one for each purpose that its keys have.
#[derive(Debug, Clone)]
pub(crate) struct Party {
    pub(crate) number: MemberNumber,
    pub(crate) name: String,
}

impl Party {
    /// Its first key for this purpose.
    pub(crate) fn key(&self, purpose: KeyPurpose) -> SecretKey {
        secret(&format!("{}/{purpose:?}", self.name))
    }

    pub(crate) fn key_id(&self, purpose: KeyPurpose) -> KeyId {
        KeyId::of(self.key(purpose).public_key())
    }
}

/// The key that grows from a name.
pub(crate) fn secret(name: &str) -> SecretKey {
    SecretKey::from_seed(sha256(&[name.as_bytes()]).as_bytes())
}

/// A valid code of its own for each number.
pub(crate) fn credit_code(number: u64) -> CreditCode {
    let valid = |check: char| CreditCode::parse(format!("91520100{number:09}{check}").as_bytes()).ok();
    "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().find_map(valid).unwrap()
}

pub(crate) fn parameters(admin_threshold: u32) -> Parameters {
    Parameters {
        protocol_version: 1,
        block_bytes_max: 4 << 20,
        block_entries_max: 10_000,
        request_window_ms: 600_000,
        time_bound_ms: 10_000,
        heartbeat_ms: 60_000,
        block_interval_ms: 100,
        admin_threshold,
        evidence_roles: Roles::new([Role::RegistrationBody, Role::EvidenceService]).unwrap(),
        entry_access: AccessToEntries::Open,
        second_log: SecondLog::None,
        timeouts: ConsensusTimeouts {
            propose_ms: 1000,
            propose_delta_ms: 500,
            prevote_ms: 500,
            prevote_delta_ms: 250,
            precommit_ms: 500,
            precommit_delta_ms: 250,
            rebroadcast_ms: 5000,
        },
    }
}

/// A registration body that validates, with one key for each purpose.
pub(crate) fn founder(number: u64) -> (Party, Founder) {
    let party = Party { number: MemberNumber(number), name: format!("body {number}") };
    let declare = |&purpose: &KeyPurpose| KeyDeclaration {
        key: party.key(purpose).public_key().clone(),
        purpose,
        possession: None,
    };
    let member = EnrolMember {
        identity: MemberIdentity::Organisation {
            form: OrganisationForm::LegalPerson,
            name: party.name.parse().unwrap(),
            credit_code: credit_code(number),
        },
        roles: Roles::new([Role::RegistrationBody]).unwrap(),
        keys: KeyPurpose::ALL.iter().map(declare).collect(),
    };
    (party, Founder { member, power: 1 })
}
