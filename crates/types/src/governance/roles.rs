//! Change of a member's roles (成员角色变更).

use crate::error::DecodeError;
use crate::field::At;
use crate::member::Roles;
use crate::number::MemberNumber;
use crate::opening::Commitment;
use crate::proto;

/// Grants roles to a member and takes them away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeRoles {
    /// The member.
    pub member: MemberNumber,
    /// All roles that it then has.
    pub roles: Roles,
    /// Attached grounds. Path `grounds`.
    pub grounds: Option<Commitment>,
}

impl ChangeRoles {
    pub(crate) fn from_message(message: &proto::ChangeRoles) -> Result<Self, DecodeError> {
        Ok(Self {
            member: MemberNumber::from_wire(message.member).at("member")?,
            roles: Roles::from_wire(&message.roles, "roles")?,
            grounds: Commitment::optional(message.grounds.as_ref()).at("grounds")?,
        })
    }

    pub(crate) fn to_message(self) -> proto::ChangeRoles {
        proto::ChangeRoles {
            member: self.member.0,
            roles: self.roles.to_wire(),
            grounds: self.grounds.map(Commitment::to_message),
        }
    }
}
