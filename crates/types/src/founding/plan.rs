//! What founders agree on before any of them makes a key.

use std::collections::BTreeSet;

use bulla_crypto::{Domain, framed};
use bytes::Bytes;

use super::label::FounderLabel;
use crate::canonical::{self, Canonical};
use crate::credit_code::CreditCode;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list};
use crate::genesis::{LedgerClass, check_test_clock};
use crate::ids::PlanDigest;
use crate::key_declaration::KeyPurpose;
use crate::limits::{FOUNDERS_MAX, FOUNDING_PLAN_BYTES_MAX, TOTAL_POWER_MAX, VALIDATORS_MAX};
use crate::member::{IdentityFields, MemberIdentity, OrganisationForm, Role, Roles};
use crate::number::within;
use crate::parameters::Parameters;
use crate::proto;
use crate::test_clock::TestClock;
use crate::text::Name;
use crate::time::BlockTime;
use crate::wire::{Field, Shape};
use crate::wire_enum::{unknown, wire_enum};

/// Format version of plans.
const VERSION: u32 = 1;

const PLAN_SHAPE: Shape = Shape(&[Field::list(6, "founders", FOUNDERS_MAX, FOUNDING_PLAN_BYTES_MAX)]);

/// Everything of a genesis but the keys (创立方案). Every plan has a genesis once all its founders have declared their
/// keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundingPlan {
    class: LedgerClass,
    name: Name,
    time: BlockTime,
    parameters: Parameters,
    test_clock: Option<TestClock>,
    founders: Vec<PlannedFounder>,
}

/// An organisation that is to be a member from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFounder {
    /// Short name for folders, files and logs.
    pub label: FounderLabel,
    /// Its form.
    pub form: OrganisationForm,
    /// 机构名称, as it will stand in the genesis.
    pub name: Name,
    /// Name in English, for people; it stays out of the genesis.
    pub name_en: Option<Name>,
    /// 统一社会信用代码.
    pub credit_code: CreditCode,
    /// What it may do.
    pub roles: Roles,
    /// What node it runs.
    pub node: PlannedNode,
}

wire_enum! {
    /// Kind of node that a founder runs from the start.
    pub enum FounderNode: unknown => {
        /// None.
        None = 1,
        /// One that follows.
        Observer = 2,
        /// One that votes.
        Validator = 3,
    }
}

/// What node a founder runs from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedNode {
    /// None.
    None,
    /// One that follows.
    Observer,
    /// One that votes.
    Validator {
        /// Voting power, from 1 on.
        power: u64,
    },
}

impl PlannedNode {
    /// Voting power; 0 for what does not vote.
    #[must_use]
    pub fn power(self) -> u64 {
        match self {
            Self::Validator { power } => power,
            Self::None | Self::Observer => 0,
        }
    }

    /// Purposes of the keys that such a founder declares, one each, in rising order.
    #[must_use]
    pub fn purposes(self) -> &'static [KeyPurpose] {
        use KeyPurpose::{Administer, Consensus, Note, Operate, Peer};
        match self {
            Self::None => &[Operate, Administer],
            Self::Observer => &[Operate, Administer, Note, Peer],
            Self::Validator { .. } => &[Operate, Administer, Consensus, Note, Peer],
        }
    }

    /// Which kind it is.
    #[must_use]
    pub fn kind(self) -> FounderNode {
        match self {
            Self::None => FounderNode::None,
            Self::Observer => FounderNode::Observer,
            Self::Validator { .. } => FounderNode::Validator,
        }
    }

    fn from_wire(node: i32, power: u64) -> Result<Self, DecodeError> {
        match (FounderNode::from_wire(node).at("node")?, power) {
            (FounderNode::Validator, power) => {
                within(power, 1, TOTAL_POWER_MAX - 1).at("power")?;
                Ok(Self::Validator { power })
            }
            (FounderNode::None, 0) => Ok(Self::None),
            (FounderNode::Observer, 0) => Ok(Self::Observer),
            _ => Err(Fault::Unexpected("only a validator has voting power")).at("power"),
        }
    }
}

impl PlannedFounder {
    /// Who it will be on the ledger.
    #[must_use]
    pub fn identity(&self) -> MemberIdentity {
        let Self { form, name, credit_code, .. } = self;
        MemberIdentity::Organisation { form: *form, name: name.clone(), credit_code: *credit_code }
    }

    fn from_message(message: proto::PlannedFounder) -> Result<Self, DecodeError> {
        let proto::PlannedFounder { label, kind, name, name_en, credit_code, roles, node, power } = message;
        let label = FounderLabel::try_from(label).at("label")?;
        let fields = IdentityFields { kind, name, credit_code, person: None };
        let MemberIdentity::Organisation { form, name, credit_code } = MemberIdentity::from_fields(fields)?
        else {
            return Err(Fault::Rule("a founder is an organisation")).at("kind");
        };
        let name_en = (!name_en.is_empty()).then(|| Name::try_from(name_en)).transpose().at("name_en")?;
        let roles = Roles::from_wire(&roles, "roles")?;
        let node = PlannedNode::from_wire(node, power)?;
        if node.power() > 0 && !roles.contains(Role::RegistrationBody) {
            return Err(Fault::Rule("validators are registration bodies")).at("roles");
        }
        Ok(Self { label, form, name, name_en, credit_code, roles, node })
    }

    fn to_message(&self) -> proto::PlannedFounder {
        let IdentityFields { kind, name, credit_code, .. } = self.identity().to_fields();
        proto::PlannedFounder {
            label: self.label.to_string(),
            kind,
            name,
            name_en: self.name_en.as_ref().map(ToString::to_string).unwrap_or_default(),
            credit_code,
            roles: self.roles.to_wire(),
            node: self.node.kind().to_wire(),
            power: self.node.power(),
        }
    }
}

impl FoundingPlan {
    /// A plan for these founders, who will be members from 1 on in this order.
    ///
    /// # Errors
    /// What [`Genesis::new`](crate::Genesis::new) would refuse whatever keys the founders have.
    pub fn new(
        class: LedgerClass,
        name: Name,
        time: BlockTime,
        parameters: Parameters,
        test_clock: Option<TestClock>,
        founders: Vec<PlannedFounder>,
    ) -> Result<Self, DecodeError> {
        let plan = Self { class, name, time, parameters, test_clock, founders };
        Self::from_message(plan.to_message())
    }

    /// framed(founding-plan, canonical plan).
    #[must_use]
    pub fn digest(&self) -> PlanDigest {
        PlanDigest(framed(Domain::FoundingPlan, &[&self.encode()]))
    }

    /// Whether the ledger's word will count.
    #[must_use]
    pub fn class(&self) -> LedgerClass {
        self.class
    }

    /// Name for people.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// When the ledger starts.
    #[must_use]
    pub fn time(&self) -> BlockTime {
        self.time
    }

    /// Parameters in force from block 1.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The clock of a ledger for tests.
    #[must_use]
    pub fn test_clock(&self) -> Option<TestClock> {
        self.test_clock
    }

    /// The founders: the one at index `i` will be member `i + 1`.
    #[must_use]
    pub fn founders(&self) -> &[PlannedFounder] {
        &self.founders
    }

    /// How many validators, whichever they are, can stand still while the others still have more than two thirds of
    /// the voting power.
    #[must_use]
    pub fn validators_to_spare(&self) -> usize {
        let mut powers: Vec<u128> = self.powers().map(u128::from).filter(|power| *power > 0).collect();
        powers.sort_unstable_by(|a, b| b.cmp(a));
        let total: u128 = powers.iter().sum();
        let still = |down: &usize| powers[..*down].iter().sum::<u128>() * 3 < total;
        (0..=powers.len()).take_while(still).last().unwrap_or(0)
    }

    fn powers(&self) -> impl Iterator<Item = u64> {
        self.founders.iter().map(|founder| founder.node.power())
    }

    fn check_founders(&self) -> Result<(), DecodeError> {
        let (mut labels, mut credit_codes) = (BTreeSet::new(), BTreeSet::new());
        for (index, founder) in self.founders.iter().enumerate() {
            if !labels.insert(&founder.label) {
                return Err(Fault::Duplicate).at("label").at_item("founders", index);
            }
            if !credit_codes.insert(founder.credit_code) {
                return Err(Fault::Duplicate).at("credit_code").at_item("founders", index);
            }
        }
        Ok(())
    }

    fn check_power(&self) -> Result<(), Fault> {
        let validators = self.powers().filter(|power| *power > 0).count();
        if validators == 0 {
            return Err(Fault::Rule("a ledger has at least one founder with voting power"));
        }
        if validators > VALIDATORS_MAX {
            return Err(Fault::TooMany { max: VALIDATORS_MAX });
        }
        within(self.powers().fold(0, u64::saturating_add), 1, TOTAL_POWER_MAX - 1).map(|_| ())
    }

    fn check_threshold(&self) -> Result<(), DecodeError> {
        let able =
            self.founders.iter().filter(|founder| founder.roles.contains(Role::RegistrationBody)).count();
        if u64::from(self.parameters.admin_threshold) > able as u64 {
            let fault = Fault::Rule("more registration bodies would have to sign than the plan has");
            return Err(fault).at("admin_threshold").at("parameters");
        }
        Ok(())
    }
}

impl Canonical for FoundingPlan {
    type Message = proto::FoundingPlan;
    const BYTES_MAX: usize = FOUNDING_PLAN_BYTES_MAX;

    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, FOUNDING_PLAN_BYTES_MAX)?;
        PLAN_SHAPE.check(bytes)?;
        Self::from_message(canonical::decode(&Bytes::copy_from_slice(bytes), FOUNDING_PLAN_BYTES_MAX)?)
    }

    fn from_message(message: proto::FoundingPlan) -> Result<Self, DecodeError> {
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let plan = Self {
            class: LedgerClass::from_wire(message.class).at("class")?,
            name: Name::try_from(message.name).at("name")?,
            time: BlockTime::from_wire(message.time_ms).at("time_ms")?,
            parameters: message.parameters.required("parameters", Parameters::from_message)?,
            founders: list(message.founders, "founders", 1..=FOUNDERS_MAX, PlannedFounder::from_message)?,
            test_clock: message.test_clock.map(TestClock::from_message).transpose().at("test_clock")?,
        };
        check_test_clock(plan.class, plan.test_clock).at("test_clock")?;
        let speed_max = plan.test_clock.map_or(1, |clock| clock.speed_max);
        plan.parameters.check_founding(speed_max).at("parameters")?;
        plan.check_founders()?;
        plan.check_threshold()?;
        plan.check_power().at("founders")?;
        Ok(plan)
    }

    fn to_message(&self) -> proto::FoundingPlan {
        proto::FoundingPlan {
            version: VERSION,
            class: self.class.to_wire(),
            name: self.name.to_string(),
            time_ms: self.time.0,
            parameters: Some(self.parameters.to_message()),
            founders: self.founders.iter().map(PlannedFounder::to_message).collect(),
            test_clock: self.test_clock.map(TestClock::to_message),
        }
    }
}
