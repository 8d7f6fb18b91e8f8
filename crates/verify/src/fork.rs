//! Verifying that a ledger has forked (分叉证明): `docs/formats/fork-proof.md`.

use bulla_types::{CommitCertificate, ForkProof, Genesis, Header, ReasonCode, Validator, ValidatorSet};
use bytes::Bytes;

use crate::refused::Within;
use crate::report::{
    AnchorReport, DoubleSignerReport, ForkReport, ForkedBlockReport, LedgerReport, VotesReport,
};
use crate::{Anchor, CertifiedHeader, Refused, ValidatorHistory};

/// Verifies that two blocks of one height are certified by the validators of that height, and says who signed both.
/// Of the anchor nothing counts but which ledger it is of.
///
/// `file` comes from anywhere; more than [`FORK_PROOF_BYTES_MAX`] bytes are refused. Nobody can make such a file without
/// the keys of more than a third of the power: any two quorums have that much in common.
///
/// # Errors
/// The first thing that does not hold. Nothing of the file is to be believed then.
///
/// [`FORK_PROOF_BYTES_MAX`]: bulla_types::limits::FORK_PROOF_BYTES_MAX
pub fn verify_fork(file: &[u8], anchor: &Anchor) -> Result<ForkReport, Refused> {
    anchor.check()?;
    let proof =
        ForkProof::decode(&Bytes::copy_from_slice(file)).map_err(|error| Refused::malformed("", &error))?;
    let found = proof.genesis().ledger_id();
    if found != anchor.ledger_id() {
        let detail = format!("has the digest {found}, the anchor is of ledger {}", anchor.ledger_id());
        return Err(Refused::new(ReasonCode::AnchorMismatch, "genesis", detail));
    }
    let mut history = ValidatorHistory::of(proof.genesis());
    history.follow_all(proof.transitions())?;
    let validators = history.in_force_at(proof.height());
    for (index, (header, certificate)) in proof.blocks().iter().enumerate() {
        CertifiedHeader::new(&found, validators, header, certificate).within_item("blocks", index)?;
    }
    let [one, other] = proof.blocks();
    let signed_both = signed_both(&one.1, &other.1, validators, proof.genesis());
    Ok(ForkReport {
        ledger: LedgerReport::new(proof.genesis()),
        anchor: AnchorReport::new(anchor, proof.genesis()),
        digest: proof.digest(),
        height: proof.height().0,
        blocks: [block(one, validators), block(other, validators)],
        signed_both_power: signed_both.iter().map(|signer| signer.power).sum(),
        total_power: validators.total_power(),
        signed_both,
    })
}

fn block(
    (header, certificate): &(Header, CommitCertificate),
    validators: &ValidatorSet,
) -> ForkedBlockReport {
    ForkedBlockReport {
        block_hash: header.hash(),
        time_ms: header.time.0,
        builder: header.builder,
        log_root: header.log_root,
        state_root: header.state_root,
        votes: VotesReport::new(certificate, validators),
    }
}

/// The validators whose signatures stand in both certificates, which more may have signed.
fn signed_both(
    one: &CommitCertificate,
    other: &CommitCertificate,
    validators: &ValidatorSet,
    genesis: &Genesis,
) -> Vec<DoubleSignerReport> {
    let signed = |certificate: &CommitCertificate, validator: &Validator| {
        certificate.signatures.iter().any(|(address, _)| *address == validator.address())
    };
    let both =
        validators.validators().iter().filter(|validator| signed(one, validator) && signed(other, validator));
    both.map(|validator| {
        let founder = genesis
            .founders()
            .iter()
            .find(|founder| founder.member.keys.iter().any(|declared| declared.key == *validator.key()));
        DoubleSignerReport {
            address: validator.address(),
            power: validator.power(),
            founder: founder.and_then(|founder| Some(founder.member.identity.name()?.to_string())),
        }
    })
    .collect()
}
