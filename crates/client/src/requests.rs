//! Requests on members whose texts are attached, never clear.

use bulla_types::{
    Action, ChangeMemberStatus, EnrolMember, KeyDeclaration, MemberIdentity, MemberNumber, MemberStatus,
    Roles,
};

use crate::transaction::{ActionRequest, AttachedFields};

/// Enrols a natural person (自然人), whose name stays outside the log.
#[derive(Clone)]
pub struct EnrolPersonRequest {
    /// Attached: the name.
    pub name: String,
    /// What the person may do.
    pub roles: Roles,
    /// The person's keys, see [`TransactionBuilder::declare_key`](crate::TransactionBuilder::declare_key).
    pub keys: Vec<KeyDeclaration>,
}

impl ActionRequest for EnrolPersonRequest {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let person = attached.attach("person", self.name);
        let identity = MemberIdentity::NaturalPerson { person };
        Action::EnrolMember(EnrolMember { identity, roles: self.roles, keys: self.keys })
    }
}

/// Suspends or readmits a member.
#[derive(Clone)]
pub struct ChangeMemberStatusRequest {
    /// The member.
    pub member: MemberNumber,
    /// Its new status.
    pub status: MemberStatus,
    /// Attached: the grounds.
    pub grounds: Option<String>,
}

impl ActionRequest for ChangeMemberStatusRequest {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let grounds = self.grounds.map(|grounds| attached.attach("grounds", grounds));
        Action::ChangeMemberStatus(ChangeMemberStatus { member: self.member, status: self.status, grounds })
    }
}
