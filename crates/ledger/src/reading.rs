//! Who may read openings of attached fields.
//!
//! The one rule, wherever openings are given: to a caller of a node's api, and to a member's node that asks another.
//! It looks at the state of one moment: what a member may read changes with its roles and with the cases to which it
//! is party. `docs/decisions/0019-openings-reach-who-may-read-them.md` says why it is as it is.

use bulla_types::{
    AccessToEntries, Action, CaseNumber, CaseRecord, ClockScope, Content, Entry, KeyId, MemberNumber,
    MemberStatus, Outcome, Role, StateKey, TakeStep, TransactionBody,
};

use crate::by_height::read;
use crate::overlay::Overlay;
use crate::view::{StateView, ViewError};

/// Which openings a reader may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readership {
    /// All: the ledger opens its entries to everyone, or the reader's class is to see what is done: bodies that
    /// register and validate, and supervisors (监管部门).
    All,
    /// Those of its own records and of the cases to which it is party.
    Own(MemberNumber),
    /// None.
    Nobody,
}

impl Readership {
    /// Of a reader by the state of a view; `None` is one who is no member.
    ///
    /// # Errors
    /// The view fails, or holds something else under a key.
    pub fn of<V: StateView>(view: &V, reader: Option<MemberNumber>) -> Result<Self, ViewError> {
        let mut state = Overlay::new(view);
        if state.parameters()?.entry_access == AccessToEntries::Open {
            return Ok(Self::All);
        }
        let Some(number) = reader else { return Ok(Self::Nobody) };
        // Whoever votes on a block must have it whole, suspended or not.
        if validates(&mut state, number)? {
            return Ok(Self::All);
        }
        let member = state.member(number)?.filter(|member| member.status == MemberStatus::Active);
        let Some(member) = member else { return Ok(Self::Nobody) };
        let sees_all = [Role::RegistrationBody, Role::Supervisor].map(|role| member.roles.contains(role));
        Ok(if sees_all.contains(&true) { Self::All } else { Self::Own(number) })
    }

    /// Whether the openings of the action at this position of an entry may be read.
    ///
    /// # Errors
    /// The view fails, or holds something else under a key.
    pub fn may_read<V: StateView>(self, view: &V, entry: &Entry, action: u32) -> Result<bool, ViewError> {
        let reader = match self {
            Self::All => return Ok(true),
            Self::Nobody => return Ok(false),
            Self::Own(reader) => reader,
        };
        let Content::Transaction(transaction) = &entry.content else { return Ok(false) };
        let body = transaction.body();
        if signs(body, reader) {
            return Ok(true);
        }
        let Ok(position) = usize::try_from(action) else { return Ok(false) };
        let Some(action) = body.actions.get(position) else { return Ok(false) };
        concerns(view, action, entry.outcomes.get(position), reader)
    }
}

/// Whether an action is about a member, or about a case to which it is party.
fn concerns(
    view: &impl StateView,
    action: &Action,
    outcome: Option<&Outcome>,
    reader: MemberNumber,
) -> Result<bool, ViewError> {
    match (action, outcome) {
        (Action::TakeStep(step), Some(Outcome::Case(outcome))) => {
            Ok(acts(step, reader) || is_party(view, outcome.case, reader)?)
        }
        (Action::EnrolMember(_), Some(Outcome::MemberNumber(number))) => Ok(*number == reader),
        (Action::ChangeMemberStatus(change), _) => Ok(change.member == reader),
        (Action::ChangeRoles(change), _) => Ok(change.member == reader),
        (Action::SuspendClocks(suspension), _) => match suspension.scope {
            ClockScope::Case(case) => is_party(view, case, reader),
            ClockScope::Ledger | ClockScope::Profiles(_) => Ok(false),
        },
        // What bodies propose about one member alone is as if they had signed it together.
        (Action::Propose(propose), _) => {
            for act in &propose.actions {
                if !concerns(view, act, None, reader)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        // What else has attached fields is its signers' own.
        _ => Ok(false),
    }
}

fn signs(body: &TransactionBody, reader: MemberNumber) -> bool {
    body.signers.iter().any(|signer| signer.member == reader)
}

fn acts(step: &TakeStep, reader: MemberNumber) -> bool {
    step.actors.iter().any(|actor| actor.member == reader || actor.agent == Some(reader))
}

/// Whether a member is party to a case as it stands.
fn is_party(view: &impl StateView, case: CaseNumber, reader: MemberNumber) -> Result<bool, ViewError> {
    let record = read::<CaseRecord>(view, StateKey::Case(case))?;
    Ok(record.is_some_and(|case| case.parties.values().any(|members| members.contains(&reader))))
}

fn validates<V: StateView>(state: &mut Overlay<'_, V>, member: MemberNumber) -> Result<bool, ViewError> {
    let validators = state.validators()?;
    for validator in validators.validators() {
        if state.key(KeyId::of(validator.key()))?.is_some_and(|key| key.member == member) {
            return Ok(true);
        }
    }
    Ok(false)
}
