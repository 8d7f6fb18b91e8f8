//! Headers that a quorum of validators precommitted.

use bulla_types::{BlockHash, CommitCertificate, Header, KnownProtocols, LedgerId, ReasonCode, ValidatorSet};

use crate::Refused;

/// A header that is known to be decided: there is no other way to come by one than to verify its
/// certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedHeader {
    header: Header,
    hash: BlockHash,
}

impl CertifiedHeader {
    /// Checks that these validators, in force at the header's height, decided it.
    pub(crate) fn new(
        ledger_id: &LedgerId,
        validators: &ValidatorSet,
        header: &Header,
        certificate: &CommitCertificate,
    ) -> Result<Self, Refused> {
        check_ledger(ledger_id, header)?;
        check_protocol(header)?;
        let hash = check_names(header, certificate)?;
        let in_force = validators.hash();
        if header.validators_hash != in_force {
            let detail = format!("names the validators {}, in force were {in_force}", header.validators_hash);
            return Err(Refused::new(ReasonCode::ValidatorsMismatch, "header.validators_hash", detail));
        }
        certificate
            .verify(ledger_id, validators)
            .map_err(|error| Refused::certificate("certificate.signatures", &error))?;
        Ok(Self { header: header.clone(), hash })
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its hash: the block hash.
    #[must_use]
    pub fn hash(&self) -> BlockHash {
        self.hash
    }
}

/// Checks that a header is of the anchor's ledger.
fn check_ledger(ledger_id: &LedgerId, header: &Header) -> Result<(), Refused> {
    if header.ledger_id == *ledger_id {
        return Ok(());
    }
    let detail = format!("is of ledger {}, the anchor of {ledger_id}", header.ledger_id);
    Err(Refused::new(ReasonCode::AnchorMismatch, "header.ledger_id", detail))
}

/// Checks that the rules by which the header was decided are in this program: it says nothing of what it does not
/// know, neither that it holds nor that it does not.
fn check_protocol(header: &Header) -> Result<(), Refused> {
    let checked = KnownProtocols::OF_THIS_PROGRAM.check(header.protocol_version, header.height);
    checked.map_err(|unknown| {
        Refused::new(ReasonCode::ProtocolVersionUnknown, "header.protocol_version", unknown.to_string())
    })
}

/// Checks that a certificate is for this header; gives the block hash. Says nothing of its signatures.
fn check_names(header: &Header, certificate: &CommitCertificate) -> Result<BlockHash, Refused> {
    let hash = header.hash();
    let mismatch = |field, detail: String| Err(Refused::new(ReasonCode::CertificateMismatch, field, detail));
    if certificate.height != header.height {
        let detail = format!("is of height {}, the header of {}", certificate.height, header.height);
        return mismatch("certificate.height", detail);
    }
    if certificate.block_hash != hash {
        let detail = format!("names the block {}, the header hashes to {hash}", certificate.block_hash);
        return mismatch("certificate.block_hash", detail);
    }
    Ok(hash)
}
