//! What enrolment writes and what must be unique, in genesis and ever after.

use bulla_types::{
    Counter, EncodedKey, EnrolMember, KeyDeclaration, KeyId, KeyRecord, KeyStatus, LedgerId, MemberNumber,
    MemberRecord, MemberStatus, OwnerRecord, RequestId, StateKey,
};

use crate::history;
use crate::overlay::Overlay;
use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Stamp;
use crate::view::StateView;

/// Writes a new member, without its keys. A credit code has one member for ever.
pub(crate) fn member<V: StateView>(
    enrolment: &EnrolMember,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) -> Result<MemberNumber, ExecutionError> {
    let number = MemberNumber(state.take(Counter::Members)?);
    if let Some(&code) = enrolment.identity.credit_code() {
        if let Some(OwnerRecord { member }) = state.owner(code)? {
            return Err(Cause::CreditCodeTaken { code, member }.into());
        }
        state.write(StateKey::CreditCode(code), Record::Owner(OwnerRecord { member: number }));
    }
    let head = MemberRecord {
        number,
        identity: enrolment.identity.clone(),
        roles: enrolment.roles,
        status: MemberStatus::Active,
        history_count: history::FIRST,
    };
    history::write_member(head, stamp, state)?;
    Ok(number)
}

/// Checks that whoever declares a key has it. The request id in the proof ties it to the one transaction that asks for
/// the key, or proposes it.
pub(crate) fn check_possession(
    declaration: &KeyDeclaration,
    ledger_id: &LedgerId,
    request_id: &RequestId,
) -> Result<(), Cause> {
    if declaration.proves_possession(ledger_id, request_id) {
        Ok(())
    } else {
        Err(Cause::PossessionInvalid(declaration.key_id()))
    }
}

/// Writes a new key of `member`. A key has one member and one purpose for ever, even after it has ended.
pub(crate) fn key<V: StateView>(
    member: MemberNumber,
    declaration: &KeyDeclaration,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) -> Result<KeyId, ExecutionError> {
    let key_id = declaration.key_id();
    if let Some(KeyRecord { member, .. }) = state.key(key_id)? {
        return Err(Cause::KeyTaken { key_id, member }.into());
    }
    let head = KeyRecord {
        member,
        purpose: declaration.purpose,
        key: EncodedKey::from(&declaration.key),
        status: KeyStatus::InForce,
        history_count: history::FIRST,
    };
    history::write_key(key_id, head, None, stamp, state);
    Ok(key_id)
}
