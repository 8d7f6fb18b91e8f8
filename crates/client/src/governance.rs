//! Requests of governance whose texts are attached, never clear.

use bulla_types::{Action, ChangeRoles, MemberNumber, Roles};

use crate::transaction::{ActionRequest, AttachedFields};

/// Grants roles to a member and takes them away.
#[derive(Clone)]
pub struct ChangeRolesRequest {
    /// The member.
    pub member: MemberNumber,
    /// All roles that it then has.
    pub roles: Roles,
    /// Attached: the grounds.
    pub grounds: Option<String>,
}

impl ActionRequest for ChangeRolesRequest {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let grounds = self.grounds.map(|grounds| attached.attach("grounds", grounds));
        Action::ChangeRoles(ChangeRoles { member: self.member, roles: self.roles, grounds })
    }
}
