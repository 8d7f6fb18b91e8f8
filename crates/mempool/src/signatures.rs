//! Members' signatures, by the rule that their way in asks for.

use bulla_crypto::{PublicKey, Signature, batch};
use bulla_types::Transaction;

/// A transaction and the public key of each of its signers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) transaction: &'a Transaction,
    pub(crate) keys: &'a [PublicKey],
}

/// The position of the first signature that an RFC 8032 tool would refuse.
pub(crate) fn first_not_strict(signed: Signed<'_>) -> Option<usize> {
    let message = signed.transaction.signing_message();
    pairs(signed).position(|(key, signature)| key.verify_strict(&message, signature).is_err())
}

/// For each transaction, the position of its first signature that is not valid under ZIP-215.
pub(crate) fn first_not_valid(signed: &[Signed<'_>]) -> Vec<Option<usize>> {
    let messages = messages(signed);
    let mut verdicts = batch::verify(&items(signed, &messages), &mut rand::thread_rng()).into_iter();
    signed.iter().map(|one| first_false(verdicts.by_ref().take(one.keys.len()))).collect()
}

/// Whether every signature of these is valid under ZIP-215.
pub(crate) fn all_valid(signed: &[Signed<'_>]) -> bool {
    batch::holds(&items(signed, &messages(signed)), &mut rand::thread_rng())
}

fn messages(signed: &[Signed<'_>]) -> Vec<Vec<u8>> {
    signed.iter().map(|one| one.transaction.signing_message()).collect()
}

/// Each signature with its key and what it signs.
fn items<'a>(signed: &[Signed<'_>], messages: &'a [Vec<u8>]) -> Vec<(PublicKey, Signature, &'a [u8])> {
    let mut items = Vec::with_capacity(signed.len());
    for (one, message) in signed.iter().zip(messages) {
        items.extend(pairs(*one).map(|(key, signature)| (key.clone(), *signature, message.as_slice())));
    }
    items
}

/// Number of signatures, which decoding has made equal to that of signers.
pub(crate) fn count(signed: &[Signed<'_>]) -> usize {
    signed.iter().map(|one| one.keys.len()).sum()
}

fn pairs(signed: Signed<'_>) -> impl Iterator<Item = (&PublicKey, &Signature)> {
    signed.keys.iter().zip(signed.transaction.signatures())
}

/// Uses up all verdicts, so that the next transaction starts at its own.
fn first_false(verdicts: impl Iterator<Item = bool>) -> Option<usize> {
    verdicts.enumerate().fold(None, |first, (at, valid)| first.or((!valid).then_some(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_false_verdict_is_named_and_all_are_used_up() {
        let mut verdicts = [true, false, true, false, true].into_iter();
        assert_eq!(first_false(verdicts.by_ref().take(3)), Some(1));
        assert_eq!(first_false(verdicts.by_ref().take(1)), Some(0));
        assert_eq!(first_false(verdicts), None);
    }
}
