//! Whether those who are to sign a draft can, by what the ledger proves now: told when it is made, and not when the
//! file has gone round.

use std::collections::BTreeSet;

use bulla_client::Client;
use bulla_types::{
    Action, KeyPurpose, KeyRecord, KeyStatus, MemberNumber, MemberRecord, MemberStatus, ProposalRecord,
    ReasonCode, Role, SignerRef, StateKey, TransactionBody,
};

use super::parameters;
use super::texts::{
    COSIGNER_ENDED, COSIGNER_HAS_NO_KEY, COSIGNER_NO_MEMBER, COSIGNER_OF_OTHER_PURPOSE, COSIGNER_STANDING,
    COSIGNERS_BODY, COSIGNERS_HOLDER, COSIGNERS_PROPOSER, COSIGNERS_TOO_FEW,
};
use crate::failure::Failure;
use crate::words::Word;

/// Refuses what the ledger would refuse for its signers, as it stands now: whatever a key is for that is no member's,
/// has ended, or has another purpose; whatever member is not in good standing; and too few of them.
pub(super) async fn check(client: &Client, body: &TransactionBody) -> Result<(), Failure> {
    let mut present = Present::default();
    for signer in &body.signers {
        present.add(client, signer, body).await?;
    }
    let mut threshold = parameters::read(client).await?.admin_threshold;
    for action in &body.actions {
        match action {
            Action::ChangeParameters(change) => threshold = threshold.max(change.parameters.admin_threshold),
            action => present.bodies.retain(|body| Some(*body) != leaving(action)),
        }
    }
    for action in &body.actions {
        present.suffices(client, action, threshold).await?;
    }
    Ok(())
}

/// Whom an action takes from the registration bodies, if it was one: its own signature does not carry that.
fn leaving(action: &Action) -> Option<MemberNumber> {
    match action {
        Action::ChangeMemberStatus(change) if change.status != MemberStatus::Active => Some(change.member),
        Action::ChangeRoles(change) if !change.roles.contains(Role::RegistrationBody) => Some(change.member),
        _ => None,
    }
}

/// Who signs with ADMINISTER keys.
#[derive(Default)]
struct Present {
    members: BTreeSet<MemberNumber>,
    /// Those of them that are registration bodies and stay such.
    bodies: BTreeSet<MemberNumber>,
}

impl Present {
    async fn add(
        &mut self,
        client: &Client,
        signer: &SignerRef,
        body: &TransactionBody,
    ) -> Result<(), Failure> {
        let SignerRef { member, key_id } = signer;
        let record = client.record(&StateKey::Member(*member)).await?.read::<MemberRecord>()?;
        let unknown = || Failure::new(ReasonCode::MemberUnknown, COSIGNER_NO_MEMBER.with(&[member]));
        let record = record.ok_or_else(unknown)?;
        if record.status != MemberStatus::Active {
            let reason = match record.status {
                MemberStatus::Expelled => ReasonCode::MemberExpelled,
                _ => ReasonCode::MemberSuspended,
            };
            return Err(Failure::new(reason, COSIGNER_STANDING.with(&[member, &record.status.name()])));
        }
        let key = client.record(&StateKey::Key(*key_id)).await?.read::<KeyRecord>()?;
        let Some(key) = key.filter(|key| key.member == *member) else {
            return Err(Failure::new(ReasonCode::SignerUnknown, COSIGNER_HAS_NO_KEY.with(&[member, key_id])));
        };
        if key.status != KeyStatus::InForce {
            let reason = match key.status {
                KeyStatus::Compromised => ReasonCode::KeyCompromised,
                _ => ReasonCode::KeyRetired,
            };
            let said = COSIGNER_ENDED.with(&[member, key_id, &key.status.name()]);
            return Err(Failure::new(reason, said));
        }
        if !body.actions.iter().any(|action| action.purpose() == key.purpose) {
            let said = COSIGNER_OF_OTHER_PURPOSE.with(&[member, key_id, &key.purpose.name()]);
            return Err(Failure::new(ReasonCode::KeyPurposeWrong, said));
        }
        if key.purpose == KeyPurpose::Administer {
            self.members.insert(*member);
            if record.roles.contains(Role::RegistrationBody) {
                self.bodies.insert(*member);
            }
        }
        Ok(())
    }

    /// Whether they are those whom this action asks for.
    async fn suffices(&self, client: &Client, action: &Action, threshold: u32) -> Result<(), Failure> {
        let bodies = u32::try_from(self.bodies.len()).unwrap_or(u32::MAX);
        let missing = |said| Failure::new(ReasonCode::SignerMissing, said);
        let holder = match action {
            Action::DepositEvidence(_) | Action::TakeStep(_) => return Ok(()),
            Action::Propose(_) | Action::VoteOnProposal(_) if bodies == 0 => {
                return Err(missing(COSIGNERS_BODY.into()));
            }
            Action::Propose(_) | Action::VoteOnProposal(_) => return Ok(()),
            Action::WithdrawProposal(withdrawal) => {
                let key = StateKey::Proposal(withdrawal.proposal);
                let proposer = client.record(&key).await?.read::<ProposalRecord>()?;
                return match proposer.map(|proposal| proposal.proposer) {
                    Some(proposer) if !self.members.contains(&proposer) => {
                        Err(missing(COSIGNERS_PROPOSER.with(&[&proposer, &withdrawal.proposal])))
                    }
                    _ => Ok(()),
                };
            }
            Action::EnrolKey(enrolment) => Some(enrolment.member),
            Action::ChangeKeyStatus(end) => {
                let key = client.record(&StateKey::Key(end.key_id)).await?.read::<KeyRecord>()?;
                // One that there is not is refused for that.
                let Some(key) = key else { return Ok(()) };
                Some(key.member)
            }
            Action::EnrolMember(_)
            | Action::ChangeMemberStatus(_)
            | Action::AdoptProfile(_)
            | Action::AdoptCalendar(_)
            | Action::SuspendClocks(_)
            | Action::ChangeValidators(_)
            | Action::ChangeParameters(_)
            | Action::ChangeRoles(_)
            | Action::ScheduleProtocol(_) => None,
        };
        match holder {
            Some(holder) if self.members.contains(&holder) => Ok(()),
            Some(holder) if bodies == 0 => Err(missing(COSIGNERS_HOLDER.with(&[&holder, &threshold]))),
            _ if bodies >= threshold => Ok(()),
            _ => {
                let said = COSIGNERS_TOO_FEW.with(&[&threshold, &bodies]);
                Err(Failure::new(ReasonCode::ThresholdNotMet, said))
            }
        }
    }
}
