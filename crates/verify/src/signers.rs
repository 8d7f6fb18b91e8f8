//! Who signed a transaction: the signatures verify, and the signers were entitled to sign at that index.

use bulla_crypto::{PublicKey, Signature};
use bulla_types::{
    BlockTime, Identifier, KeyRecord, KeyStatus, LedgerId, MemberStatus, ReasonCode, RecordKey, SignerRef,
    Transaction,
};

use crate::Refused;
use crate::record::Records;
use crate::refused::Within;
use crate::report::{Enrolment, SignerReport, StandingReport};
use crate::standing::standing_at;

/// The entry in which they signed.
#[derive(Clone, Copy)]
pub(crate) struct SignedIn<'a> {
    pub(crate) ledger_id: &'a LedgerId,
    pub(crate) index: u64,
    pub(crate) time: BlockTime,
    pub(crate) transaction: &'a Transaction,
}

/// Checks every signer and signature of a transaction against the proved records of members and keys.
pub(crate) fn signers(entry: SignedIn<'_>, records: &Records) -> Result<Vec<SignerReport>, Refused> {
    let message = entry.transaction.signing_message();
    let pairs = entry.transaction.body().signers.iter().zip(entry.transaction.signatures());
    pairs
        .enumerate()
        .map(|(i, (signer, signature))| {
            let record = key_record(signer, records).within_item(SIGNERS, i)?;
            let key = record
                .key
                .parse()
                .map_err(|error| Refused::new(ReasonCode::WeakKey, "key_id", error.to_string()));
            let key = key.within_item(SIGNERS, i)?;
            let strict = verify(&key, &message, signature).within_item(SIGNATURES, i)?;
            let enrolment = enrolment(entry, signer, &record, records).within_item(SIGNERS, i)?;
            Ok(SignerReport {
                member: Identifier::member(entry.ledger_id, signer.member),
                key_id: signer.key_id,
                public_key: key,
                strict,
                enrolment,
            })
        })
        .collect()
}

const SIGNERS: &str = "entry.transaction.body.signers";
const SIGNATURES: &str = "entry.transaction.signatures";

/// The record of a signer's key. Its id is the digest of the key.
fn key_record(signer: &SignerRef, records: &Records) -> Result<KeyRecord, Refused> {
    let record = records.key(signer.key_id)?;
    if record.key.id() == signer.key_id {
        Ok(record)
    } else {
        let detail = format!("the record under {} holds another key", signer.key_id);
        Err(Refused::new(ReasonCode::SignerUnknown, "key_id", detail))
    }
}

/// Verifies by the ledger's rule, ZIP-215; gives whether the stricter rule of RFC 8032 tools holds as well.
fn verify(key: &PublicKey, message: &[u8], signature: &Signature) -> Result<bool, Refused> {
    key.verify_zip215(message, signature)
        .map_err(|error| Refused::new(ReasonCode::SignatureInvalid, "", error.to_string()))?;
    Ok(key.verify_strict(message, signature).is_ok())
}

/// Checks that member and key belong together and were in force for the entry.
fn enrolment(
    entry: SignedIn<'_>,
    signer: &SignerRef,
    key: &KeyRecord,
    records: &Records,
) -> Result<Enrolment, Refused> {
    let refused = |reason, detail| Err(Refused::new(reason, "", detail));
    if key.member != signer.member {
        let detail = format!("the key is of member {}, not of {}", key.member, signer.member);
        return refused(ReasonCode::SignerUnknown, detail);
    }
    let member = records.member(signer.member)?;
    let of_member = RecordKey::Member(signer.member);
    let member_standing = standing_at::<MemberStatus>(records, of_member, member.history_count, entry.index)?;
    let of_key = RecordKey::Key(signer.key_id);
    let key_standing = standing_at::<KeyStatus>(records, of_key, key.history_count, entry.index)?;
    match (member_standing.then.status, key_standing.then.status) {
        (MemberStatus::Active, KeyStatus::InForce) => {}
        (MemberStatus::Suspended, _) => {
            let detail = format!("the member was suspended by entry {}", member_standing.then.log_index);
            return refused(ReasonCode::MemberSuspended, detail);
        }
        (MemberStatus::Expelled, _) => {
            let detail = format!("the member was expelled by entry {}", member_standing.then.log_index);
            return refused(ReasonCode::MemberExpelled, detail);
        }
        (_, KeyStatus::Retired) => {
            let detail = format!("the key was retired by entry {}", key_standing.then.log_index);
            return refused(ReasonCode::KeyRetired, detail);
        }
        (_, KeyStatus::Compromised) => {
            let detail = format!("the key was reported compromised by entry {}", key_standing.then.log_index);
            return refused(ReasonCode::KeyCompromised, detail);
        }
    }
    Ok(Enrolment {
        name: member.identity.name().cloned(),
        credit_code: member.identity.credit_code().copied(),
        roles: member.roles,
        purpose: key.purpose,
        member: StandingReport::of_member(&member, &member_standing, entry.time),
        key: StandingReport::of_key(key, &key_standing, entry.time),
    })
}
