//! The words that stand for enum values in a report; never renamed.

use bulla_types::{
    Action, AttestationKind, Ballot, CaptureMode, KeyPurpose, KeyStatus, LedgerClass, LinkRelation,
    MemberStatus, ProposalStatus, Role, VoteType,
};

pub(super) fn class(class: LedgerClass) -> &'static str {
    match class {
        LedgerClass::Test => "test",
        LedgerClass::Production => "production",
    }
}

pub(super) fn capture_mode(mode: CaptureMode) -> &'static str {
    match mode {
        CaptureMode::Original => "original",
        CaptureMode::Collected => "collected",
        CaptureMode::Traded => "traded",
        CaptureMode::Other => "other",
    }
}

pub(super) fn relation(relation: LinkRelation) -> &'static str {
    match relation {
        LinkRelation::Supersedes => "supersedes",
        LinkRelation::Contains => "contains",
        LinkRelation::DerivedFrom => "derived_from",
        LinkRelation::Related => "related",
    }
}

pub(crate) fn member_status(status: MemberStatus) -> &'static str {
    match status {
        MemberStatus::Active => "active",
        MemberStatus::Suspended => "suspended",
        MemberStatus::Expelled => "expelled",
    }
}

pub(crate) fn key_status(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::InForce => "in_force",
        KeyStatus::Retired => "retired",
        KeyStatus::Compromised => "compromised",
    }
}

pub(super) fn purpose(purpose: KeyPurpose) -> &'static str {
    match purpose {
        KeyPurpose::Operate => "operate",
        KeyPurpose::Administer => "administer",
        KeyPurpose::Audit => "audit",
        KeyPurpose::Consensus => "consensus",
        KeyPurpose::Note => "note",
        KeyPurpose::Peer => "peer",
    }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::RegistrationBody => "registration_body",
        Role::EvidenceService => "evidence_service",
        Role::Exchange => "exchange",
        Role::ServiceInstitution => "service_institution",
        Role::Judicial => "judicial",
        Role::Supervisor => "supervisor",
        Role::Subject => "subject",
        Role::Agent => "agent",
    }
}

pub(super) fn action(action: &Action) -> &'static str {
    match action {
        Action::DepositEvidence(_) => "deposit_evidence",
        Action::EnrolMember(_) => "enrol_member",
        Action::EnrolKey(_) => "enrol_key",
        Action::ChangeKeyStatus(_) => "change_key_status",
        Action::ChangeMemberStatus(_) => "change_member_status",
        Action::AdoptProfile(_) => "adopt_profile",
        Action::AdoptCalendar(_) => "adopt_calendar",
        Action::TakeStep(_) => "take_step",
        Action::SuspendClocks(_) => "suspend_clocks",
        Action::ChangeValidators(_) => "change_validators",
        Action::ChangeParameters(_) => "change_parameters",
        Action::ChangeRoles(_) => "change_roles",
        Action::Propose(_) => "propose",
        Action::VoteOnProposal(_) => "vote_on_proposal",
        Action::WithdrawProposal(_) => "withdraw_proposal",
        Action::ScheduleProtocol(_) => "schedule_protocol",
    }
}

pub(super) fn ballot(ballot: Ballot) -> &'static str {
    match ballot {
        Ballot::Approve => "approve",
        Ballot::Reject => "reject",
    }
}

pub(crate) fn proposal_status(status: ProposalStatus) -> &'static str {
    match status {
        ProposalStatus::Open => "open",
        ProposalStatus::CarriedOut => "carried_out",
        ProposalStatus::Rejected => "rejected",
        ProposalStatus::Withdrawn => "withdrawn",
        ProposalStatus::Expired => "expired",
    }
}

pub(super) fn vote_type(vote_type: VoteType) -> &'static str {
    match vote_type {
        VoteType::Prevote => "prevote",
        VoteType::Precommit => "precommit",
    }
}

pub(super) fn attestation(kind: AttestationKind) -> &'static str {
    match kind {
        AttestationKind::Rfc3161 => "rfc3161",
        AttestationKind::Witness => "witness",
        AttestationKind::Rfc4998 => "rfc4998",
    }
}
