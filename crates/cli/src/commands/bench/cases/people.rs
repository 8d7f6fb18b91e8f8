//! The members that take part: the institutions that the overlays name, and applicants of the run.

use std::path::Path;

use bulla_client::{Client, Signer};
use bulla_crypto::{SecretKey, blake3};
use bulla_types::limits::ACTIONS_MAX;
use bulla_types::{
    Action, CreditCode, EnrolMember, KeyId, KeyPurpose, MemberIdentity, MemberNumber, OrganisationForm,
    Outcome, OwnerRecord, ReasonCode, Role, Roles, StateKey,
};
use rand_core::OsRng;

use crate::commands::localnet::Localnet;
use crate::complaints::MEMBER_OF_CODE;
use crate::failure::Failure;
use crate::waiting::Wait;
use crate::{act, key_files, signers};

/// A member with the key by which it acts.
pub(super) struct Person {
    pub(super) member: MemberNumber,
    pub(super) code: CreditCode,
    pub(super) key_id: KeyId,
    pub(super) key: SecretKey,
}

/// Everyone who takes part.
pub(super) struct Cast {
    pub(super) platform: Person,
    pub(super) evidence_provider: Person,
    pub(super) deidentifier: Person,
    pub(super) structurer: Person,
    pub(super) centre: Person,
    pub(super) operator: Person,
    /// Right holders, objectors, sellers, demanders.
    pub(super) subjects: Vec<Person>,
}

/// An institution that an overlay names: its credit code, and its name in a local network.
type Institution = (&'static str, &'static str);

const PLATFORM: Institution = ("91000000MA0000101F", "validator-1");
const EVIDENCE_PROVIDER: Institution = ("91000000MA0000900R", "evidence-service");
const DEIDENTIFIER: Institution = ("91000000MA0000601U", "service-institution-1");
const STRUCTURER: Institution = ("91000000MA0000602Y", "service-institution-2");
const CENTRE: Institution = ("91000000MA0000701H", "trading-centre");
const OPERATOR: Institution = ("91000000MA0000702L", "trading-operator");

/// Numbers of the credit codes of subjects: nine digits.
const SUBJECT_CODES: u64 = 1_000_000_000;

/// Finds the institutions, and enrols subjects.
pub(super) struct Enrolment<'a> {
    client: &'a Client,
    dir: &'a Path,
    bodies: Vec<Signer>,
}

impl<'a> Enrolment<'a> {
    /// On a ledger whose local network lies in this folder.
    pub(super) async fn of(client: &'a Client, dir: &'a Path) -> Result<Self, Failure> {
        Ok(Self { client, dir, bodies: signers::bodies(client, dir, None).await? })
    }

    /// Who signs for the registration bodies.
    pub(super) fn bodies(&self) -> &[Signer] {
        &self.bodies
    }

    /// Everyone, with as many new subjects.
    pub(super) async fn cast(&self, subjects: u32, run: u64) -> Result<Cast, Failure> {
        Ok(Cast {
            platform: self.institution(PLATFORM).await?,
            evidence_provider: self.institution(EVIDENCE_PROVIDER).await?,
            deidentifier: self.institution(DEIDENTIFIER).await?,
            structurer: self.institution(STRUCTURER).await?,
            centre: self.institution(CENTRE).await?,
            operator: self.institution(OPERATOR).await?,
            subjects: self.subjects(subjects, run).await?,
        })
    }

    async fn institution(&self, (code, name): Institution) -> Result<Person, Failure> {
        let code: CreditCode = code.parse().map_err(|error| Failure::internal(&error))?;
        let owner = self.client.record(&StateKey::CreditCode(code)).await?.read::<OwnerRecord>()?;
        let unknown = || Failure::new(ReasonCode::MemberUnknown, MEMBER_OF_CODE.with(&[&code]));
        let OwnerRecord { member } = owner.ok_or_else(unknown)?;
        Ok(Person::new(member, code, key_files::read(&Localnet::operate_key(self.dir, name))?))
    }

    async fn subjects(&self, count: u32, run: u64) -> Result<Vec<Person>, Failure> {
        let mut subjects = Vec::new();
        let numbers: Vec<u32> = (1..=count).collect();
        for numbers in numbers.chunks(ACTIONS_MAX) {
            let new = numbers.iter().map(|number| {
                let code = subject_code(run, *number)?;
                Ok((format!("测试数据主体 {run}-{number}"), code, SecretKey::generate(&mut OsRng)))
            });
            let new = new.collect::<Result<Vec<_>, Failure>>()?;
            subjects.extend(self.enrol(new).await?);
        }
        Ok(subjects)
    }

    async fn enrol(&self, new: Vec<(String, CreditCode, SecretKey)>) -> Result<Vec<Person>, Failure> {
        let mut act = act::begin(self.client, &self.bodies);
        for (title, credit_code, key) in &new {
            let keys = vec![act.declare_key(KeyPurpose::Operate, key)];
            let name = title.parse().map_err(|error| Failure::internal(&error))?;
            let form = OrganisationForm::LegalPerson;
            let identity = MemberIdentity::Organisation { form, name, credit_code: *credit_code };
            let roles =
                Roles::new([Role::Subject]).ok_or_else(|| Failure::internal(&"nobody is without a role"))?;
            act = act.action(Action::EnrolMember(EnrolMember { identity, roles, keys }));
        }
        let receipt = Wait::default().submit(self.client, &act.build()?).await?;
        let outcomes = receipt.entry().outcomes.iter().zip(new);
        let enrolled = outcomes.filter_map(|(outcome, (_, code, key))| match outcome {
            Outcome::MemberNumber(member) => Some(Person::new(*member, code, key)),
            _ => None,
        });
        Ok(enrolled.collect())
    }
}

impl Person {
    pub(super) fn new(member: MemberNumber, code: CreditCode, key: SecretKey) -> Self {
        Self { member, code, key_id: KeyId::of(key.public_key()), key }
    }
}

/// A code that no organisation has: its division, 000000, does not exist. Of all last characters one is right.
fn subject_code(run: u64, number: u32) -> Result<CreditCode, Failure> {
    let hash = blake3(&[b"bulla bench subject", &run.to_be_bytes(), &number.to_be_bytes()]);
    let [a, b, c, d, e, ..] = *hash.as_bytes();
    let number = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]) % SUBJECT_CODES;
    let found = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .find_map(|last| format!("91000000{number:09}{last}").parse().ok());
    found.ok_or_else(|| Failure::internal(&"no check character fits"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_subject_has_a_code_of_its_own_and_another_run_has_others() {
        let codes: std::collections::BTreeSet<_> =
            (1..3).flat_map(|run| (1..500).map(move |number| subject_code(run, number).unwrap())).collect();
        assert_eq!(codes.len(), 2 * 499);
    }
}
