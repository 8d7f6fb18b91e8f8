//! Votes of certificates that were verified before the engine came to them.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use bulla_crypto::{PublicKey, Signature};
use bulla_types::{Address, BlockHash, CommitCertificate, ValidatorSet};
use malachitebft_core_types::VoteType;

use super::preimage;
use crate::context::Vote;
use crate::limits::AHEAD_VOTES_MAX;

/// Which votes, under which keys. Bounded: when full it starts anew, and what is forgotten is verified again.
#[derive(Default)]
pub(crate) struct VotesAhead(Mutex<BTreeSet<Verified>>);

/// All that a signature was verified over, and with.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Verified {
    height: u64,
    round: u32,
    block: BlockHash,
    voter: Address,
    key: [u8; 32],
    signature: Signature,
}

impl VotesAhead {
    /// Remembers the votes of a certificate, all of which these validators have cast.
    pub(super) fn remember(&self, certificate: &CommitCertificate, validators: &ValidatorSet) {
        let verified = |&(voter, signature): &(Address, Signature)| {
            let key = validators.get(&voter)?.key().to_bytes();
            let (height, round, block) = (certificate.height.0, certificate.round, certificate.block_hash);
            Some(Verified { height, round, block, voter, key, signature })
        };
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() + certificate.signatures.len() > AHEAD_VOTES_MAX {
            held.clear();
        }
        held.extend(certificate.signatures.iter().filter_map(verified));
    }

    /// Whether this vote was verified under this key. It is asked for once.
    pub(super) fn take(&self, vote: &Vote, signature: &Signature, key: &PublicKey) -> bool {
        let (Some(block), Some(round)) = (preimage::voted_block(vote), vote.round.as_u32()) else {
            return false;
        };
        if vote.kind != VoteType::Precommit {
            return false;
        }
        let (height, voter, key) = (vote.height.0, vote.voter.0, key.to_bytes());
        let verified = Verified { height, round, block, voter, key, signature: *signature };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&verified)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use bulla_types::LedgerId;
    use malachitebft_core_types::{NilOrVal, Round};
    use malachitebft_signing::Verifier;

    use super::*;
    use crate::context::{Height, ValidatorAddress};
    use crate::equivocation::EquivocationWatch;
    use crate::signing::StrictVerifier;
    use crate::testing::{block, signature, validators};
    use crate::votes::VoteWatch;

    #[tokio::test]
    async fn a_vote_that_was_verified_ahead_counts_and_no_other_passes_for_it() {
        let (set, keys) = validators(4);
        let ledger_id = LedgerId::from_bytes([5; 32]);
        let height = bulla_types::Height(9);
        let mut certificate =
            CommitCertificate { height, round: 1, block_hash: block(1), signatures: Vec::new() };
        for key in &keys[..3] {
            let address = Address::of(key.public_key());
            let signed = key.sign(&certificate.vote(ledger_id, address).preimage());
            certificate.signatures.push((address, signed));
        }
        let watch = Arc::new(VoteWatch::new());
        watch.start(9, set.clone().into());
        let equivocations = Arc::new(EquivocationWatch::new().0);
        let verifier = StrictVerifier::new(ledger_id, Arc::clone(&watch), equivocations);
        let mut false_one = certificate.clone();
        false_one.signatures[2].1 = signature(7);
        assert!(!verifier.verify_ahead(&false_one, &set));
        assert!(verifier.verify_ahead(&certificate, &set));

        let (voter, signed) = certificate.signatures[0];
        let vote = Vote {
            kind: VoteType::Precommit,
            height: Height(9),
            round: Round::new(1),
            value: NilOrVal::Val(block(1)),
            voter: ValidatorAddress(voter),
        };
        let key = keys[0].public_key();
        let others = [
            (Vote { kind: VoteType::Prevote, ..vote.clone() }, signed),
            (Vote { round: Round::new(0), ..vote.clone() }, signed),
            (Vote { height: Height(8), ..vote.clone() }, signed),
            (Vote { value: NilOrVal::Val(block(2)), ..vote.clone() }, signed),
            (Vote { value: NilOrVal::Nil, ..vote.clone() }, signed),
            (vote.clone(), signature(7)),
        ];
        for (other, signature) in others {
            let verdict = verifier.verify_signed_vote(&other, &signature, key).await.unwrap();
            assert!(verdict.is_invalid(), "{other:?}");
        }
        let other_key = keys[3].public_key();
        let verdict = verifier.verify_signed_vote(&vote, &signed, other_key).await.unwrap();
        assert!(verdict.is_invalid());
        assert_eq!(watch.certified(9, 1), None);

        for (key, &(voter, signature)) in keys.iter().zip(&certificate.signatures) {
            let vote = Vote { voter: ValidatorAddress(voter), ..vote.clone() };
            for _ in 0..2 {
                let verdict = verifier.verify_signed_vote(&vote, &signature, key.public_key()).await.unwrap();
                assert!(verdict.is_valid(), "with what is remembered, and without");
            }
        }
        assert_eq!(watch.certified(9, 1), Some(block(1)), "each of them was counted");
    }
}
