//! Certificates: that a height is decided. `docs/formats/certificate.md`.

use std::collections::BTreeMap;

use bulla_crypto::{Domain, Hash, Signature, framed};

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list};
use crate::ids::{Address, BlockHash, LedgerId};
use crate::key::{signature_from_message, signature_to_message};
use crate::limits::{CERTIFICATE_BYTES_MAX, VALIDATORS_MAX};
use crate::number::Height;
use crate::proto;
use crate::reason::ReasonCode;
use crate::validators::ValidatorSet;
use crate::vote::{Vote, VoteType};

/// That validators with more than two thirds of the power precommitted one block at one height and round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitCertificate {
    /// The height.
    pub height: Height,
    /// The round in which it was decided.
    pub round: u32,
    /// The block.
    pub block_hash: BlockHash,
    /// Signatures over the precommits, in rising order of address, none that could be left out.
    pub signatures: Vec<(Address, Signature)>,
}

/// Why a certificate does not show that its block was decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The signatures are not in rising order of address, or one validator stands twice.
    #[error("the signatures are not in rising order of address, or validator {0} signed twice")]
    NotRising(Address),
    /// A signer is not among the validators.
    #[error("{0} is not a validator at this height")]
    UnknownValidator(Address),
    /// A signature does not verify.
    #[error("the signature of validator {0} is not valid")]
    SignatureInvalid(Address),
    /// Not more than two thirds of the power signed.
    #[error("signed by power {signed} of {total}; more than two thirds are needed")]
    NoQuorum {
        /// Power that signed.
        signed: u64,
        /// Power of all.
        total: u64,
    },
    /// The quorum would hold without this signature, so that the block had more than one certificate.
    #[error("the signature of validator {0} is superfluous")]
    Superfluous(Address),
}

impl CertificateError {
    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::NotRising(_) => ReasonCode::CertificateNotRising,
            Self::UnknownValidator(_) => ReasonCode::CertificateUnknownValidator,
            Self::SignatureInvalid(_) => ReasonCode::CertificateSignatureInvalid,
            Self::NoQuorum { .. } => ReasonCode::CertificateNoQuorum,
            Self::Superfluous(_) => ReasonCode::CertificateSuperfluousSignature,
        }
    }
}

impl CommitCertificate {
    /// The vote that the validator with this address signed.
    #[must_use]
    pub fn vote(&self, ledger_id: LedgerId, address: Address) -> Vote {
        let value = Some(self.block_hash);
        let Self { height, round, .. } = *self;
        Vote { ledger_id, vote_type: VoteType::Precommit, height, round, value, address }
    }

    /// Checks that these validators of this ledger decided the block. Every signature is verified by
    /// `verify_strict`, so that any RFC 8032 tool agrees.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn verify(&self, ledger_id: &LedgerId, validators: &ValidatorSet) -> Result<(), CertificateError> {
        self.verify_beside(None, ledger_id, validators)
    }

    /// As [`verify`](Self::verify), given another certificate of the same decision that was verified for the same
    /// validators: a signature that stands in both is not verified again.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_beside(
        &self,
        verified: Option<&Self>,
        ledger_id: &LedgerId,
        validators: &ValidatorSet,
    ) -> Result<(), CertificateError> {
        if let Some(pair) = self.signatures.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            return Err(CertificateError::NotRising(pair[1].0));
        }
        let powers = self.powers(validators)?;
        let signed = powers.iter().map(|&(_, power)| power).sum();
        if !validators.quorum(signed) {
            return Err(CertificateError::NoQuorum { signed, total: validators.total_power() });
        }
        if let Some(&(address, _)) = powers.iter().find(|&&(_, power)| validators.quorum(signed - power)) {
            return Err(CertificateError::Superfluous(address));
        }
        let decision = |of: &Self| (of.height, of.round, of.block_hash);
        let verified = verified.filter(|verified| decision(verified) == decision(self));
        self.verify_signatures(verified.map_or(&[], |verified| &verified.signatures), ledger_id, validators)
    }

    fn powers(&self, validators: &ValidatorSet) -> Result<Vec<(Address, u64)>, CertificateError> {
        let power = |&(address, _): &(Address, Signature)| {
            let validator = validators.get(&address).ok_or(CertificateError::UnknownValidator(address))?;
            Ok((address, validator.power()))
        };
        self.signatures.iter().map(power).collect()
    }

    fn verify_signatures(
        &self,
        verified: &[(Address, Signature)],
        ledger_id: &LedgerId,
        validators: &ValidatorSet,
    ) -> Result<(), CertificateError> {
        for &(address, signature) in self.signatures.iter().filter(|signed| !verified.contains(signed)) {
            let validator = validators.get(&address).ok_or(CertificateError::UnknownValidator(address))?;
            let preimage = self.vote(*ledger_id, address).preimage();
            let verified = validator.key().verify_strict(&preimage, &signature);
            verified.map_err(|_| CertificateError::SignatureInvalid(address))?;
        }
        Ok(())
    }

    /// The same decision with sorted signatures of known validators, each once, and none superfluous: those
    /// of least power go first, at equal power those of the highest address.
    #[must_use]
    pub fn minimised(&self, validators: &ValidatorSet) -> Self {
        let known = self.signatures.iter().filter_map(|&(address, signature)| {
            Some((address, (validators.get(&address)?.power(), signature)))
        });
        let mut kept: BTreeMap<Address, (u64, Signature)> = known.collect();
        let mut signed: u64 = kept.values().map(|&(power, _)| power).sum();
        let mut candidates: Vec<_> = kept.iter().map(|(&address, &(power, _))| (power, address)).collect();
        candidates.sort_by(|(a_power, a), (b_power, b)| a_power.cmp(b_power).then(b.cmp(a)));
        // One pass is enough: what cannot be left out of more signatures cannot be left out of fewer.
        for (power, address) in candidates {
            if validators.quorum(signed - power) {
                kept.remove(&address);
                signed -= power;
            }
        }
        let signatures = kept.into_iter().map(|(address, (_, signature))| (address, signature)).collect();
        Self { signatures, ..*self }
    }

    /// framed(certificate, canonical certificate).
    #[must_use]
    pub fn hash(&self) -> Hash {
        framed(Domain::Certificate, &[&self.encode()])
    }
}

impl Canonical for CommitCertificate {
    type Message = proto::CommitCertificate;
    const BYTES_MAX: usize = CERTIFICATE_BYTES_MAX;

    fn from_message(message: proto::CommitCertificate) -> Result<Self, DecodeError> {
        let signatures = list(&message.signatures, "signatures", 1..=VALIDATORS_MAX, signature_of)?;
        if !signatures.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(Fault::NotRising).at("signatures");
        }
        Ok(Self {
            height: Height::from_wire(message.height).at("height")?,
            round: message.round,
            block_hash: BlockHash::from_wire(&message.block_hash).at("block_hash")?,
            signatures,
        })
    }

    fn to_message(&self) -> proto::CommitCertificate {
        let signature = |(address, signature): &(Address, Signature)| proto::CommitSignature {
            address: address.to_wire(),
            signature: Some(signature_to_message(signature)),
        };
        proto::CommitCertificate {
            height: self.height.0,
            round: self.round,
            block_hash: self.block_hash.to_wire(),
            signatures: self.signatures.iter().map(signature).collect(),
        }
    }
}

fn signature_of(message: &proto::CommitSignature) -> Result<(Address, Signature), DecodeError> {
    let address = Address::from_wire(&message.address).at("address")?;
    Ok((address, message.signature.as_ref().required("signature", signature_from_message)?))
}
