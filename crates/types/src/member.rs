//! Members: who they are and what they may do.

use crate::credit_code::CreditCode;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list};
use crate::key_declaration::{DeclaredIn, KeyDeclaration};
use crate::limits::ROLES_MAX;
use crate::number::MemberNumber;
use crate::opening::Commitment;
use crate::proto;
use crate::text::Name;
use crate::wire_enum::{unknown, wire_enum};

wire_enum! {
    /// What a member is (主体类型).
    pub enum MemberKind: unknown => {
        /// 法人.
        LegalPerson = 1,
        /// 非法人组织.
        Unincorporated = 2,
        /// 自然人.
        NaturalPerson = 3,
    }
}

wire_enum! {
    /// What a member may do. A member may hold several.
    pub enum Role: unknown => {
        /// 登记机构: validates blocks, enrols members.
        RegistrationBody = 1,
        /// 存证服务机构.
        EvidenceService = 2,
        /// 数据交易场所.
        Exchange = 3,
        /// 第三方服务机构.
        ServiceInstitution = 4,
        /// 法院、仲裁、公证机构.
        Judicial = 5,
        /// 监管部门.
        Supervisor = 6,
        /// 登记主体: holds rights and trades.
        Subject = 7,
        /// 代理人.
        Agent = 8,
    }
}

wire_enum! {
    /// Status of a member.
    pub enum MemberStatus: unknown => {
        /// It acts.
        Active = 1,
        /// 暂停: what its keys sign is refused.
        Suspended = 2,
        /// 除名: as suspended, for ever.
        Expelled = 3,
    }
}

/// A set of at least one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Roles(u32);

impl Roles {
    /// The set of these roles; `None` without any.
    #[must_use]
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Option<Self> {
        let bits = roles.into_iter().fold(0, |bits, role| bits | Self::bit(role));
        (bits != 0).then_some(Self(bits))
    }

    /// Whether the set holds this role.
    #[must_use]
    pub fn contains(self, role: Role) -> bool {
        self.0 & Self::bit(role) != 0
    }

    /// Whether the sets have a role in common.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The roles, in rising order of number.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |&role| self.contains(role))
    }

    fn bit(role: Role) -> u32 {
        1 << role.number()
    }

    pub(crate) fn from_wire(numbers: &[i32], field: &str) -> Result<Self, DecodeError> {
        if !numbers.is_sorted_by(|a, b| a < b) {
            return Err(Fault::NotRising).at(field);
        }
        let roles = list(numbers, field, 1..=ROLES_MAX, |&number| Role::from_wire(number))?;
        Self::new(roles).ok_or(Fault::Missing).at(field)
    }

    pub(crate) fn to_wire(self) -> Vec<i32> {
        self.iter().map(Role::to_wire).collect()
    }
}

/// Who a member is. The law may order a person's name erased, an organisation's stands in public registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberIdentity {
    /// An organisation, its name and code in clear.
    Organisation {
        /// Its form.
        form: OrganisationForm,
        /// 机构名称.
        name: Name,
        /// 统一社会信用代码.
        credit_code: CreditCode,
    },
    /// A natural person (自然人), whose name is attached under the path `person`.
    NaturalPerson {
        /// Commitment to the name.
        person: Commitment,
    },
}

/// Form of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrganisationForm {
    /// 法人.
    LegalPerson,
    /// 非法人组织.
    Unincorporated,
}

/// The fields of a message in which an identity stands.
pub(crate) struct IdentityFields {
    pub(crate) kind: i32,
    pub(crate) name: String,
    pub(crate) credit_code: String,
    pub(crate) person: Option<proto::Commitment>,
}

impl MemberIdentity {
    /// What the member is.
    #[must_use]
    pub fn kind(&self) -> MemberKind {
        match self {
            Self::Organisation { form: OrganisationForm::LegalPerson, .. } => MemberKind::LegalPerson,
            Self::Organisation { form: OrganisationForm::Unincorporated, .. } => MemberKind::Unincorporated,
            Self::NaturalPerson { .. } => MemberKind::NaturalPerson,
        }
    }

    /// The clear name of an organisation.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::Organisation { name, .. } => Some(name),
            Self::NaturalPerson { .. } => None,
        }
    }

    /// The credit code of an organisation.
    #[must_use]
    pub fn credit_code(&self) -> Option<&CreditCode> {
        match self {
            Self::Organisation { credit_code, .. } => Some(credit_code),
            Self::NaturalPerson { .. } => None,
        }
    }

    pub(crate) fn from_fields(fields: IdentityFields) -> Result<Self, DecodeError> {
        const CLEAR: Fault = Fault::Unexpected("nothing about a natural person stands in clear");
        const PERSON: Fault = Fault::Unexpected("an organisation's name stands in clear");
        let form = match MemberKind::from_wire(fields.kind).at("kind")? {
            MemberKind::LegalPerson => OrganisationForm::LegalPerson,
            MemberKind::Unincorporated => OrganisationForm::Unincorporated,
            MemberKind::NaturalPerson if !fields.name.is_empty() => return Err(CLEAR).at("name"),
            MemberKind::NaturalPerson if !fields.credit_code.is_empty() => {
                return Err(CLEAR).at("credit_code");
            }
            MemberKind::NaturalPerson => {
                let person = fields.person.as_ref().required("person", Commitment::from_message)?;
                return Ok(Self::NaturalPerson { person });
            }
        };
        if fields.person.is_some() {
            return Err(PERSON).at("person");
        }
        Ok(Self::Organisation {
            form,
            name: Name::try_from(fields.name).at("name")?,
            credit_code: CreditCode::parse(fields.credit_code.as_bytes()).at("credit_code")?,
        })
    }

    pub(crate) fn to_fields(&self) -> IdentityFields {
        let kind = self.kind().to_wire();
        match self {
            Self::Organisation { name, credit_code, .. } => IdentityFields {
                kind,
                name: name.to_string(),
                credit_code: credit_code.to_string(),
                person: None,
            },
            Self::NaturalPerson { person } => IdentityFields {
                kind,
                name: String::new(),
                credit_code: String::new(),
                person: Some(person.to_message()),
            },
        }
    }
}

/// Enrols a member (成员准入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolMember {
    /// Who it is.
    pub identity: MemberIdentity,
    /// What it may do.
    pub roles: Roles,
    /// Its first keys: one to 16, no key twice.
    pub keys: Vec<KeyDeclaration>,
}

impl EnrolMember {
    pub(crate) fn from_message(
        message: proto::EnrolMember,
        declared_in: DeclaredIn,
    ) -> Result<Self, DecodeError> {
        let proto::EnrolMember { kind, roles, name, credit_code, person, keys } = message;
        Ok(Self {
            identity: MemberIdentity::from_fields(IdentityFields { kind, name, credit_code, person })?,
            roles: Roles::from_wire(&roles, "roles")?,
            keys: KeyDeclaration::list_from_messages(&keys, declared_in)?,
        })
    }

    pub(crate) fn to_message(&self) -> proto::EnrolMember {
        let IdentityFields { kind, name, credit_code, person } = self.identity.to_fields();
        proto::EnrolMember {
            kind,
            roles: self.roles.to_wire(),
            name,
            credit_code,
            person,
            keys: self.keys.iter().map(KeyDeclaration::to_message).collect(),
        }
    }
}

/// Suspends (暂停), readmits (恢复) or expels (除名) a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeMemberStatus {
    /// The member.
    pub member: MemberNumber,
    /// The status that it takes.
    pub status: MemberStatus,
    /// Attached grounds. Path `grounds`.
    pub grounds: Option<Commitment>,
}

impl ChangeMemberStatus {
    pub(crate) fn from_message(message: &proto::ChangeMemberStatus) -> Result<Self, DecodeError> {
        Ok(Self {
            member: MemberNumber::from_wire(message.member).at("member")?,
            status: MemberStatus::from_wire(message.status).at("status")?,
            grounds: Commitment::optional(message.grounds.as_ref()).at("grounds")?,
        })
    }

    pub(crate) fn to_message(self) -> proto::ChangeMemberStatus {
        proto::ChangeMemberStatus {
            member: self.member.0,
            status: self.status.to_wire(),
            grounds: self.grounds.map(Commitment::to_message),
        }
    }
}
