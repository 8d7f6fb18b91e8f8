//! A transaction on its way from signer to signer. `docs/formats/draft.md`.

use std::collections::BTreeMap;

use bulla_crypto::{PublicKey, SecretKey, Signature};
use bytes::Bytes;

use crate::action::{Action, PROPOSE_SHAPE};
use crate::canonical::{self, Canonical};
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, distinct, list, rising};
use crate::governance::{Propose, VoteOnProposal};
use crate::ids::{KeyId, ProposalDigest, TransactionId};
use crate::key::{key_from_message, key_to_message, signature_from_message, signature_to_message};
use crate::limits::{
    DRAFT_BYTES_MAX, DRAFT_SIGNATURE_BYTES_MAX, OPENINGS_BYTES_MAX, OPENINGS_MAX, PROPOSAL_ACTIONS_MAX,
    SIGNERS_MAX, TRANSACTION_BYTES_MAX,
};
use crate::opening::Opening;
use crate::proto;
use crate::request_id::RequestId;
use crate::submission::{Submission, check_opening, check_openings};
use crate::transaction::{SignerRef, Transaction, TransactionBody, signing_message};
use crate::wire::{Field, Shape};

/// Format version of drafts.
const VERSION: u32 = 1;

const DRAFT_SHAPE: Shape = Shape(&[
    Field::one(2, "body", TRANSACTION_BYTES_MAX),
    Field::list(3, "signatures", SIGNERS_MAX, DRAFT_SIGNATURE_BYTES_MAX),
    Field::list(4, "openings", OPENINGS_MAX, OPENINGS_BYTES_MAX),
    Field::list(5, "proposals", PROPOSAL_ACTIONS_MAX, TRANSACTION_BYTES_MAX).of(&PROPOSE_SHAPE),
    Field::list(6, "proposal_openings", PROPOSAL_ACTIONS_MAX, DRAFT_BYTES_MAX).of(&PROPOSAL_OPENINGS_SHAPE),
]);

const PROPOSAL_OPENINGS_SHAPE: Shape = Shape(&[Field::list(3, "openings", OPENINGS_MAX, OPENINGS_BYTES_MAX)]);

/// A signature with the key that it verifies under.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Signed {
    key: PublicKey,
    signature: Signature,
}

/// A transaction that some of its signers have signed, or none. Every signature in it verifies, and every opening
/// opens a field of it; what its votes are on is what they name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionDraft {
    body: TransactionBody,
    signed: BTreeMap<KeyId, Signed>,
    openings: Vec<Opening>,
    voted_on: Vec<VotedOn>,
}

/// What a vote is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VotedOn {
    /// What was proposed.
    pub propose: Propose,
    /// What is attached to it, as far as whoever made the draft could read it.
    pub opened: Option<OpenedProposal>,
}

/// Openings of what is attached to a proposal: its grounds (理由), and those of its acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedProposal {
    /// Of the transaction that proposes it, to which its commitments are bound.
    pub request_id: RequestId,
    /// One or more, rising by path, all of the action that proposes.
    pub openings: Vec<Opening>,
}

impl From<Propose> for VotedOn {
    fn from(propose: Propose) -> Self {
        Self { propose, opened: None }
    }
}

/// Why a key does not sign a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// The draft does not name the key.
    #[error("key {0} is none of those that are to sign")]
    NotNamed(KeyId),
    /// It has.
    #[error("key {0} has signed already")]
    SignedAlready(KeyId),
}

impl TransactionDraft {
    /// A draft that nobody has signed.
    ///
    /// # Errors
    /// What decoding the result would refuse.
    pub fn new(body: &TransactionBody, mut openings: Vec<Opening>) -> Result<Self, DecodeError> {
        openings.sort_by(|a, b| a.order().cmp(&b.order()));
        let message = proto::TransactionDraft {
            version: VERSION,
            body: Some(body.to_message()),
            signatures: Vec::new(),
            openings: openings.iter().map(Opening::to_message).collect(),
            proposals: Vec::new(),
            proposal_openings: Vec::new(),
        };
        Self::from_message(message)
    }

    /// Joins what its votes are on, for those who sign without a ledger at hand.
    ///
    /// # Errors
    /// What no vote of it is on, what is joined already, or too much for a draft.
    pub fn with_voted_on(mut self, proposals: Vec<VotedOn>) -> Result<Self, DecodeError> {
        self.voted_on.extend(proposals);
        Self::decode(&self.encode())
    }

    /// Reads a canonical encoding; bytes from anywhere.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, the first field that breaks the format, a signature that does not
    /// verify or by nobody who is to sign, or an opening that opens nothing.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, DRAFT_BYTES_MAX)?;
        DRAFT_SHAPE.check(bytes)?;
        Self::from_message(canonical::decode(&Bytes::copy_from_slice(bytes), DRAFT_BYTES_MAX)?)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let signature = |signed: &Signed| proto::DraftSignature {
            key: Some(key_to_message(&signed.key)),
            signature: Some(signature_to_message(&signed.signature)),
        };
        let opened = (0_u32..).zip(&self.voted_on).filter_map(|(proposal, on)| {
            let OpenedProposal { request_id, openings } = on.opened.as_ref()?;
            Some(proto::ProposalOpenings {
                proposal,
                request_id: Bytes::copy_from_slice(request_id.as_bytes()),
                openings: openings.iter().map(Opening::to_message).collect(),
            })
        });
        canonical::encode(&proto::TransactionDraft {
            version: VERSION,
            body: Some(self.body.to_message()),
            signatures: self.signed.values().map(signature).collect(),
            openings: self.openings.iter().map(Opening::to_message).collect(),
            proposals: self.voted_on.iter().map(|on| on.propose.to_message()).collect(),
            proposal_openings: opened.collect(),
        })
    }

    fn from_message(message: proto::TransactionDraft) -> Result<Self, DecodeError> {
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let body = message.body.required("body", TransactionBody::from_message)?;
        let signed_message = signing_message(&body.id());
        let signed = list(&message.signatures, "signatures", 0..=SIGNERS_MAX, |found| {
            let key = found.key.as_ref().required("key", key_from_message)?;
            let signature = found.signature.as_ref().required("signature", signature_from_message)?;
            let key_id = KeyId::of(&key);
            if !body.signers.iter().any(|signer| signer.key_id == key_id) {
                return Err(Fault::Rule("the key is none of those that are to sign")).at("key");
            }
            if key.verify_strict(&signed_message, &signature).is_err() {
                return Err(Fault::SignatureInvalid).at("signature");
            }
            Ok::<_, DecodeError>((key_id, Signed { key, signature }))
        })?;
        rising(&signed, "signatures", |(key_id, _)| *key_id)?;
        let openings = Opening::list_from_messages(message.openings)?;
        check_openings(&body, &openings)?;
        let voted_on = list(message.proposals, "proposals", 0..=PROPOSAL_ACTIONS_MAX, |found| {
            let proposal = Propose::from_message(found)?;
            match votes_on(&body, proposal.digest()) {
                true => Ok(proposal),
                false => Err(DecodeError::from(Fault::Rule("no vote is on this proposal"))),
            }
        })?;
        distinct(&voted_on, "proposals", Propose::digest)?;
        let mut voted_on: Vec<VotedOn> = voted_on.into_iter().map(VotedOn::from).collect();
        let places: Vec<u32> = message.proposal_openings.iter().map(|opened| opened.proposal).collect();
        rising(&places, "proposal_openings", |place| *place)?;
        list(message.proposal_openings, "proposal_openings", 0..=PROPOSAL_ACTIONS_MAX, |opened| {
            let on = usize::try_from(opened.proposal).ok().and_then(|place| voted_on.get_mut(place));
            let on = on.ok_or(Fault::Missing).at("proposal")?;
            on.opened = Some(OpenedProposal::from_message(opened, &on.propose)?);
            Ok::<_, DecodeError>(())
        })?;
        Ok(Self { body, signed: signed.into_iter().collect(), openings, voted_on })
    }

    /// What is to be signed.
    #[must_use]
    pub fn body(&self) -> &TransactionBody {
        &self.body
    }

    /// The id of the transaction, signed or not.
    #[must_use]
    pub fn id(&self) -> TransactionId {
        self.body.id()
    }

    /// The openings of its attached fields, in rising order of action and path.
    #[must_use]
    pub fn openings(&self) -> &[Opening] {
        &self.openings
    }

    /// What this vote is on, if the draft holds it.
    #[must_use]
    pub fn voted_on(&self, vote: &VoteOnProposal) -> Option<&VotedOn> {
        self.voted_on.iter().find(|on| on.propose.digest() == vote.digest)
    }

    /// Everything that its votes are on and that it holds.
    #[must_use]
    pub fn all_voted_on(&self) -> &[VotedOn] {
        &self.voted_on
    }

    /// Whether this key has signed.
    #[must_use]
    pub fn is_signed_by(&self, key_id: &KeyId) -> bool {
        self.signed.contains_key(key_id)
    }

    /// Those who are to sign and have not.
    #[must_use]
    pub fn missing(&self) -> Vec<SignerRef> {
        let missing = self.body.signers.iter().filter(|signer| !self.is_signed_by(&signer.key_id));
        missing.copied().collect()
    }

    /// Adds a signature.
    ///
    /// # Errors
    /// The key is not to sign, or has.
    pub fn sign(&mut self, key: &SecretKey) -> Result<(), DraftError> {
        let public = key.public_key().clone();
        let key_id = KeyId::of(&public);
        if !self.body.signers.iter().any(|signer| signer.key_id == key_id) {
            return Err(DraftError::NotNamed(key_id));
        }
        if self.is_signed_by(&key_id) {
            return Err(DraftError::SignedAlready(key_id));
        }
        let signature = key.sign(&signing_message(&self.body.id()));
        self.signed.insert(key_id, Signed { key: public, signature });
        Ok(())
    }

    /// Adds the signatures of another copy of the same draft.
    ///
    /// # Errors
    /// It is a draft of another transaction.
    pub fn join(&mut self, other: Self) -> Result<(), TransactionId> {
        if other.body != self.body {
            return Err(other.id());
        }
        let opened = |draft: &Self| draft.voted_on.iter().filter(|on| on.opened.is_some()).count();
        let told = |draft: &Self| (draft.voted_on.len(), opened(draft));
        if told(self) < told(&other) {
            self.voted_on = other.voted_on;
        }
        self.signed.extend(other.signed);
        Ok(())
    }

    /// The transaction with its openings, once all have signed.
    ///
    /// # Errors
    /// What the format refuses: at least that signatures are missing.
    pub fn complete(&self) -> Result<Submission, DecodeError> {
        let signature = |signer: &SignerRef| Some(self.signed.get(&signer.key_id)?.signature);
        let signatures: Vec<_> = self.body.signers.iter().filter_map(signature).collect();
        Submission::new(Transaction::new(&self.body, &signatures)?, self.openings.clone())
    }
}

impl OpenedProposal {
    fn from_message(message: proto::ProposalOpenings, propose: &Propose) -> Result<Self, DecodeError> {
        let request_id = RequestId::parse(&message.request_id).at("request_id")?;
        let openings = Opening::list_from_messages(message.openings)?;
        let Some(first) = openings.first() else { return Err(Fault::Missing).at("openings") };
        for (index, opening) in openings.iter().enumerate() {
            if opening.action != first.action {
                return Err(Fault::Rule("all are of one action")).at("action").at_item("openings", index);
            }
            check_opening(opening, &request_id, propose.commitments()).at_item("openings", index)?;
        }
        Ok(Self { request_id, openings })
    }
}

fn votes_on(body: &TransactionBody, digest: ProposalDigest) -> bool {
    body.actions.iter().any(|action| matches!(action, Action::VoteOnProposal(vote) if vote.digest == digest))
}
