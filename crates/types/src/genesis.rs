//! The first bytes of a ledger. `docs/formats/genesis.md`.

use std::collections::BTreeSet;

use bulla_crypto::{Domain, framed};
use bytes::Bytes;

use crate::canonical::{self, Canonical};
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list};
use crate::ids::LedgerId;
use crate::key_declaration::{DeclaredIn, KeyDeclaration, KeyPurpose};
use crate::limits::{FOUNDERS_MAX, GENESIS_BYTES_MAX, KEYS_MAX};
use crate::member::{EnrolMember, Role};
use crate::parameters::Parameters;
use crate::proto;
use crate::test_clock::TestClock;
use crate::text::Name;
use crate::time::BlockTime;
use crate::validators::{Validator, ValidatorSet};
use crate::wire::{Field, Shape};
use crate::wire_enum::{unknown, wire_enum};

/// Format version of geneses.
const VERSION: u32 = 1;

/// A genesis also comes from strangers, in the bundle of a receipt.
const GENESIS_SHAPE: Shape =
    Shape(&[Field::list(6, "founders", FOUNDERS_MAX, GENESIS_BYTES_MAX).of(&FOUNDER_SHAPE)]);
const FOUNDER_SHAPE: Shape = Shape(&[Field::one(1, "member", GENESIS_BYTES_MAX).of(&MEMBER_SHAPE)]);
const MEMBER_SHAPE: Shape = Shape(&[Field::list(6, "keys", KEYS_MAX, GENESIS_BYTES_MAX)]);

wire_enum! {
    /// Whether the ledger's word counts.
    pub enum LedgerClass: unknown => {
        /// For trials; every receipt of it says so.
        Test = 1,
        /// For use.
        Production = 2,
    }
}

/// A member from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founder {
    /// An organisation; its keys carry no proof of possession, since the founders sign off the genesis.
    pub member: EnrolMember,
    /// Voting power of its one consensus key; 0 for a founder that does not validate.
    pub power: u64,
}

impl Founder {
    fn keys(&self, purpose: KeyPurpose) -> impl Iterator<Item = &KeyDeclaration> {
        self.member.keys.iter().filter(move |key| key.purpose == purpose)
    }

    fn check(&self) -> Result<(), DecodeError> {
        let consensus_keys = self.keys(KeyPurpose::Consensus).count();
        if self.member.identity.credit_code().is_none() {
            return Err(Fault::Rule("a founder is an organisation")).at("kind").at("member");
        }
        if consensus_keys > 1 {
            return Err(Fault::Rule("a founder has at most one consensus key")).at("keys").at("member");
        }
        if self.power > 0 && consensus_keys == 0 {
            return Err(Fault::Rule("a founder with voting power has one consensus key")).at("power");
        }
        if self.power > 0 && !self.member.roles.contains(Role::RegistrationBody) {
            return Err(Fault::Rule("validators are registration bodies")).at("power");
        }
        Ok(())
    }

    /// Whether it counts towards the threshold of registration bodies.
    fn administers(&self) -> bool {
        self.member.roles.contains(Role::RegistrationBody)
            && self.keys(KeyPurpose::Administer).next().is_some()
    }

    fn from_message(message: proto::Founder) -> Result<Self, DecodeError> {
        let enrolment = |member| EnrolMember::from_message(member, DeclaredIn::Genesis);
        Ok(Self { member: message.member.required("member", enrolment)?, power: message.power })
    }

    fn to_message(&self) -> proto::Founder {
        proto::Founder { member: Some(self.member.to_message()), power: self.power }
    }
}

/// What founds a ledger: its digest is the ledger's id, and the anchor of every proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    class: LedgerClass,
    name: Name,
    time: BlockTime,
    parameters: Parameters,
    founders: Vec<Founder>,
    test_clock: Option<TestClock>,
    validators: ValidatorSet,
}

impl Genesis {
    /// A ledger of these founders, numbered as members from 1 in this order.
    ///
    /// # Errors
    /// A parameter outside its range; a founder that is no organisation, or that has voting power without
    /// being a registration body with one consensus key; a key or credit code that occurs twice; no voting
    /// power at all; fewer registration bodies able to administer than the threshold asks.
    pub fn new(
        class: LedgerClass,
        name: Name,
        time: BlockTime,
        parameters: Parameters,
        founders: Vec<Founder>,
    ) -> Result<Self, DecodeError> {
        Self::from_message(founding(class, &name, time, &parameters, &founders))
    }

    /// A ledger for tests whose nodes may run by another clock than their machine's; otherwise as [`new`](Self::new).
    ///
    /// # Errors
    /// As [`new`](Self::new), and for a speed outside its range.
    pub fn with_test_clock(
        test_clock: TestClock,
        name: Name,
        time: BlockTime,
        parameters: Parameters,
        founders: Vec<Founder>,
    ) -> Result<Self, DecodeError> {
        let without = founding(LedgerClass::Test, &name, time, &parameters, &founders);
        Self::from_message(proto::Genesis { test_clock: Some(test_clock.to_message()), ..without })
    }

    /// The ledger's id: framed(genesis, canonical genesis).
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        LedgerId(framed(Domain::Genesis, &[&self.encode()]))
    }

    /// Whether the ledger's word counts.
    #[must_use]
    pub fn class(&self) -> LedgerClass {
        self.class
    }

    /// Name for people.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// When the ledger starts; the time of block 1 is later.
    #[must_use]
    pub fn time(&self) -> BlockTime {
        self.time
    }

    /// Parameters in force from block 1.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The founders: the member at index `i` has number `i + 1`.
    #[must_use]
    pub fn founders(&self) -> &[Founder] {
        &self.founders
    }

    /// Whether, and how, its nodes may run by another clock than their machine's. A ledger for use has none.
    #[must_use]
    pub fn test_clock(&self) -> Option<TestClock> {
        self.test_clock
    }

    /// The validators of block 1.
    #[must_use]
    pub fn validators(&self) -> &ValidatorSet {
        &self.validators
    }
}

impl Canonical for Genesis {
    type Message = proto::Genesis;
    const BYTES_MAX: usize = GENESIS_BYTES_MAX;

    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, GENESIS_BYTES_MAX)?;
        GENESIS_SHAPE.check(bytes)?;
        Self::from_message(canonical::decode(&Bytes::copy_from_slice(bytes), GENESIS_BYTES_MAX)?)
    }

    fn from_message(message: proto::Genesis) -> Result<Self, DecodeError> {
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let class = LedgerClass::from_wire(message.class).at("class")?;
        let name = Name::try_from(message.name).at("name")?;
        let time = BlockTime::from_wire(message.time_ms).at("time_ms")?;
        let parameters = message.parameters.required("parameters", Parameters::from_message)?;
        let founders = list(message.founders, "founders", 1..=FOUNDERS_MAX, Founder::from_message)?;
        let test_clock = message.test_clock.map(TestClock::from_message).transpose().at("test_clock")?;
        check_test_clock(class, test_clock).at("test_clock")?;
        parameters.check_founding(test_clock.map_or(1, |clock| clock.speed_max)).at("parameters")?;
        check_founders(&founders)?;
        check_threshold(&parameters, &founders)?;
        let validators = validators_of(&founders).at("founders")?;
        Ok(Self { class, name, time, parameters, founders, test_clock, validators })
    }

    fn to_message(&self) -> proto::Genesis {
        let test_clock = self.test_clock.map(TestClock::to_message);
        let without = founding(self.class, &self.name, self.time, &self.parameters, &self.founders);
        proto::Genesis { test_clock, ..without }
    }
}

/// The message of a genesis without a clock for tests.
fn founding(
    class: LedgerClass,
    name: &Name,
    time: BlockTime,
    parameters: &Parameters,
    founders: &[Founder],
) -> proto::Genesis {
    proto::Genesis {
        version: VERSION,
        class: class.to_wire(),
        name: name.to_string(),
        time_ms: time.0,
        parameters: Some(parameters.to_message()),
        founders: founders.iter().map(Founder::to_message).collect(),
        test_clock: None,
    }
}

/// The time of a ledger for use is that of the world.
pub(crate) fn check_test_clock(class: LedgerClass, test_clock: Option<TestClock>) -> Result<(), Fault> {
    if class == LedgerClass::Production && test_clock.is_some() {
        return Err(Fault::Rule("the clock of a ledger for use is that of the world"));
    }
    Ok(())
}

fn check_founders(founders: &[Founder]) -> Result<(), DecodeError> {
    let mut keys = BTreeSet::new();
    let mut credit_codes = BTreeSet::new();
    for (index, founder) in founders.iter().enumerate() {
        founder.check().at_item("founders", index)?;
        if founder.member.identity.credit_code().is_some_and(|code| !credit_codes.insert(*code)) {
            return Err(Fault::Duplicate).at("credit_code").at("member").at_item("founders", index);
        }
        if founder.member.keys.iter().any(|declaration| !keys.insert(declaration.key_id())) {
            return Err(Fault::Duplicate).at("keys").at("member").at_item("founders", index);
        }
    }
    Ok(())
}

fn check_threshold(parameters: &Parameters, founders: &[Founder]) -> Result<(), DecodeError> {
    let able = founders.iter().filter(|founder| founder.administers()).count();
    if u64::from(parameters.admin_threshold) > able as u64 {
        let fault = Fault::Rule("more registration bodies would have to sign than have a key to administer");
        return Err(fault).at("admin_threshold").at("parameters");
    }
    Ok(())
}

fn validators_of(founders: &[Founder]) -> Result<ValidatorSet, Fault> {
    let validators = founders.iter().filter(|founder| founder.power > 0).flat_map(|founder| {
        founder.keys(KeyPurpose::Consensus).map(|key| Validator::new(key.key.clone(), founder.power))
    });
    match ValidatorSet::new(validators.collect::<Result<_, _>>()?) {
        Err(Fault::Missing) => Err(Fault::Rule("a ledger has at least one founder with voting power")),
        result => result,
    }
}
