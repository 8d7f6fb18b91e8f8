//! Validators and their voting power.

use bulla_crypto::{Domain, Hash, PublicKey, framed};

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list};
use crate::ids::Address;
use crate::key::{key_from_message, key_to_message};
use crate::limits::{TOTAL_POWER_MAX, VALIDATOR_SET_BYTES_MAX, VALIDATORS_MAX};
use crate::number::within;
use crate::proto;

/// One validator. Its address follows from its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validator {
    address: Address,
    key: PublicKey,
    power: u64,
}

impl Validator {
    /// A validator with this consensus key and voting power, 1 or more.
    ///
    /// # Errors
    /// Power of 0, or of 2^60 or more.
    pub fn new(key: PublicKey, power: u64) -> Result<Self, Fault> {
        Ok(Self { address: Address::of(&key), key, power: within(power, 1, TOTAL_POWER_MAX - 1)? })
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> Address {
        self.address
    }

    /// Its consensus key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Its voting power.
    #[must_use]
    pub fn power(&self) -> u64 {
        self.power
    }

    fn from_message(message: &proto::Validator) -> Result<Self, DecodeError> {
        let key = message.key.as_ref().required("key", key_from_message)?;
        let validator = Self::new(key, message.power).at("power")?;
        if Address::from_wire(&message.address).at("address")? != validator.address {
            return Err(Fault::Rule("the address does not follow from the key")).at("address");
        }
        Ok(validator)
    }

    fn to_message(&self) -> proto::Validator {
        proto::Validator {
            address: self.address.to_wire(),
            key: Some(key_to_message(&self.key)),
            power: self.power,
        }
    }
}

/// The validators of a height: 1 to 128, in rising order of address, none twice, of total power below 2^60.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorSet {
    validators: Vec<Validator>,
    total_power: u64,
}

impl ValidatorSet {
    /// Sorts validators by address.
    ///
    /// # Errors
    /// None at all, more than 128, one twice, or too much power together.
    pub fn new(mut validators: Vec<Validator>) -> Result<Self, Fault> {
        validators.sort_by_key(Validator::address);
        Self::of_rising(validators)
    }

    /// The validators, in rising order of address.
    #[must_use]
    pub fn validators(&self) -> &[Validator] {
        &self.validators
    }

    /// The validator with this address.
    #[must_use]
    pub fn get(&self, address: &Address) -> Option<&Validator> {
        let found = self.validators.binary_search_by_key(address, Validator::address);
        found.ok().map(|index| &self.validators[index])
    }

    /// The first of these addresses that is a validator's.
    #[must_use]
    pub fn address_among(&self, addresses: &[Address]) -> Option<Address> {
        addresses.iter().copied().find(|address| self.get(address).is_some())
    }

    /// Sum of all power.
    #[must_use]
    pub fn total_power(&self) -> u64 {
        self.total_power
    }

    /// Whether this power is more than two thirds of the total.
    #[must_use]
    pub fn quorum(&self, power: u64) -> bool {
        u128::from(power) * 3 > u128::from(self.total_power) * 2
    }

    /// framed(validators, canonical set).
    #[must_use]
    pub fn hash(&self) -> Hash {
        framed(Domain::Validators, &[&self.encode()])
    }

    fn of_rising(validators: Vec<Validator>) -> Result<Self, Fault> {
        if validators.is_empty() {
            return Err(Fault::Missing);
        }
        if validators.len() > VALIDATORS_MAX {
            return Err(Fault::TooMany { max: VALIDATORS_MAX });
        }
        if validators.windows(2).any(|pair| pair[0].address == pair[1].address) {
            return Err(Fault::Duplicate);
        }
        if !validators.is_sorted_by_key(Validator::address) {
            return Err(Fault::NotRising);
        }
        let powers = validators.iter().map(Validator::power);
        let total_power = powers.fold(0, u64::saturating_add);
        within(total_power, 1, TOTAL_POWER_MAX - 1)?;
        Ok(Self { validators, total_power })
    }
}

impl Canonical for ValidatorSet {
    type Message = proto::ValidatorSet;
    const BYTES_MAX: usize = VALIDATOR_SET_BYTES_MAX;

    fn from_message(message: proto::ValidatorSet) -> Result<Self, DecodeError> {
        let validators =
            list(&message.validators, "validators", 1..=VALIDATORS_MAX, Validator::from_message)?;
        Self::of_rising(validators).at("validators")
    }

    fn to_message(&self) -> proto::ValidatorSet {
        proto::ValidatorSet { validators: self.validators.iter().map(Validator::to_message).collect() }
    }
}
