use std::sync::Arc;

use async_trait::async_trait;
use bulla_crypto::{PublicKey, Signature};
use bulla_types::{Address, ConsensusMessage, LedgerId};
use malachitebft_core_types::{NilOrVal, SignedMessage, SigningScheme, ValidatorProof, VoteExtensionScope};
use malachitebft_signing::{Error, Signer};

use super::preimage;
use crate::context::{Bulla, Ed25519, Proposal, Vote};
use crate::parts::FirstPart;
use crate::signer::{SignerError, SigningRequest, VoteSigner};

/// Stands where a signature would, on a message that was refused. It verifies under no key (its point is
/// the one that strict verification refuses), so this node does not count the message either, and the codec
/// does not encode it, so that it never leaves.
///
/// The engine knows no abstention: an error from its signer ends it. With this it goes on, and follows the
/// height like a node without a key.
pub(crate) const ABSTAINED: Signature = Signature([0; 64]);

/// The consensus key of this node, off the threads that must not wait.
#[derive(Clone)]
pub(crate) struct ValidatorKey {
    ledger: LedgerId,
    signer: Arc<dyn VoteSigner>,
}

impl ValidatorKey {
    pub(crate) fn new(ledger: LedgerId, signer: Arc<dyn VoteSigner>) -> Self {
        Self { ledger, signer }
    }

    pub(crate) fn address(&self) -> Address {
        self.signer.address()
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        self.signer.public_key()
    }

    /// Signs the first part of a stream that this validator proposes.
    pub(crate) async fn sign_first_part(&self, mut first: FirstPart) -> Result<FirstPart, SignerError> {
        let message = ConsensusMessage::FirstPart(preimage::first_part(&self.ledger, &first));
        first.signature = self.sign(message).await?;
        Ok(first)
    }

    /// Signs that the node with this network identity is this validator's.
    pub(crate) async fn prove_validator(
        &self,
        peer_id: Vec<u8>,
    ) -> Result<ValidatorProof<Bulla>, SignerError> {
        let key = self.public_key();
        let encoded = Ed25519::encode_public_key(&key);
        let claim =
            bulla_types::ValidatorProof { ledger_id: self.ledger, key, network_identity: peer_id.clone() };
        let signature = self.off_thread(move |signer| signer.sign_validator_proof(&claim)).await?;
        Ok(ValidatorProof::new(encoded, peer_id, signature))
    }

    async fn sign(&self, message: ConsensusMessage) -> Result<Signature, SignerError> {
        let request = SigningRequest::from(message);
        self.off_thread(move |signer| signer.sign(&request)).await
    }

    /// Signing waits for a disk or a device.
    async fn off_thread(
        &self,
        work: impl FnOnce(&dyn VoteSigner) -> Result<Signature, SignerError> + Send + 'static,
    ) -> Result<Signature, SignerError> {
        let signer = Arc::clone(&self.signer);
        match tokio::task::spawn_blocking(move || work(&*signer)).await {
            Ok(result) => result,
            Err(panicked) => Err(SignerError::Failed(Box::new(panicked))),
        }
    }

    /// The signature of a vote; none for a vote without a round.
    async fn sign_vote(&self, vote: &Vote) -> Result<Option<Signature>, SignerError> {
        match preimage::vote(&self.ledger, vote) {
            Some(vote) => self.sign(ConsensusMessage::Vote(vote)).await.map(Some),
            None => Ok(None),
        }
    }

    async fn sign_proposal(&self, proposal: &Proposal) -> Result<Option<Signature>, SignerError> {
        match preimage::proposal(&self.ledger, proposal) {
            Some(proposal) => self.sign(ConsensusMessage::Proposal(proposal)).await.map(Some),
            None => Ok(None),
        }
    }
}

fn or_abstained(signed: Result<Option<Signature>, SignerError>) -> Signature {
    signed
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "this node stays silent in this step");
            None
        })
        .unwrap_or(ABSTAINED)
}

/// The engine's signer.
pub(crate) struct EngineSigner(pub(crate) ValidatorKey);

#[async_trait]
impl Signer<Bulla> for EngineSigner {
    /// The engine takes the vote that comes back for its own: publishes it, counts it and repeats it. So a
    /// signer that is bound to another vote than the one asked for is asked for that one.
    async fn sign_vote(&self, mut vote: Vote) -> Result<SignedMessage<Bulla, Vote>, Error> {
        let mut signed = self.0.sign_vote(&vote).await;
        if let Err(SignerError::Bound { block_hash, .. }) = signed {
            tracing::info!(asked = ?vote.value, given = ?block_hash, "this node votes as it is bound to");
            vote.value = block_hash.map_or(NilOrVal::Nil, NilOrVal::Val);
            signed = self.0.sign_vote(&vote).await;
        }
        Ok(SignedMessage::new(vote, or_abstained(signed)))
    }

    async fn sign_proposal(&self, proposal: Proposal) -> Result<SignedMessage<Bulla, Proposal>, Error> {
        let signature = or_abstained(self.0.sign_proposal(&proposal).await);
        Ok(SignedMessage::new(proposal, signature))
    }

    /// No height of ours has vote extensions, so the engine does not ask.
    async fn sign_vote_extension(
        &self,
        _scope: VoteExtensionScope<Bulla>,
        (): (),
    ) -> Result<SignedMessage<Bulla, ()>, Error> {
        Err(Error::new())
    }

    async fn sign_validator_proof(
        &self,
        _public_key: Vec<u8>,
        peer_id: Vec<u8>,
    ) -> Result<ValidatorProof<Bulla>, Error> {
        self.0.prove_validator(peer_id).await.map_err(Error::from_source)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_crypto::SecretKey;
    use bulla_types::BlockHash;
    use malachitebft_core_types::{Round, VoteType};

    use super::*;
    use crate::context::{Height, ValidatorAddress};

    /// Signs votes for one block, or for none, and no others.
    struct BoundSigner {
        key: SecretKey,
        bound_to: Option<BlockHash>,
    }

    impl VoteSigner for BoundSigner {
        fn address(&self) -> Address {
            Address::of(self.key.public_key())
        }

        fn public_key(&self) -> PublicKey {
            self.key.public_key().clone()
        }

        fn sign(&self, request: &SigningRequest) -> Result<Signature, SignerError> {
            let SigningRequest { height, round, step, block_hash, .. } = *request;
            if block_hash != self.bound_to {
                return Err(SignerError::Bound { height, round, step, block_hash: self.bound_to });
            }
            Ok(self.key.sign(&request.message.preimage()))
        }

        fn sign_validator_proof(
            &self,
            proof: &bulla_types::ValidatorProof,
        ) -> Result<Signature, SignerError> {
            Ok(self.key.sign(&proof.preimage()))
        }
    }

    #[tokio::test]
    async fn a_signer_that_is_bound_to_another_vote_gives_that_one() {
        let (ledger, block) = (LedgerId::from_bytes([3; 32]), BlockHash::from_bytes([1; 32]));
        for (asked, bound_to) in [(NilOrVal::Nil, Some(block)), (NilOrVal::Val(block), None)] {
            let signer = Arc::new(BoundSigner { key: SecretKey::from_seed(&[1; 32]), bound_to });
            let (public_key, voter) = (signer.public_key(), ValidatorAddress(signer.address()));
            let engine = EngineSigner(ValidatorKey::new(ledger, signer));
            let (kind, round) = (VoteType::Prevote, Round::new(2));
            let vote = Vote { kind, height: Height(7), round, value: asked, voter };
            let signed = engine.sign_vote(vote.clone()).await.unwrap();
            let given = Vote { value: bound_to.map_or(NilOrVal::Nil, NilOrVal::Val), ..vote };
            assert_eq!(signed.message, given);
            let message = preimage::vote(&ledger, &given).unwrap().preimage();
            assert!(public_key.verify_strict(&message, &signed.signature).is_ok());
        }
    }
}
