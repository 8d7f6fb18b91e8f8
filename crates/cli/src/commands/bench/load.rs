//! The deposits of a load, signed before the run.

use std::time::Duration;

use bulla_client::{Client, ClientError, DepositRequest, Prepared, Signer, TransactionBuilder};
use bulla_crypto::{DocumentHasher, Hash, blake3};
use bulla_types::{
    BlockTime, CaptureMode, DigestAlgorithm, Digests, DocumentDigest, EvidenceLink, EvidenceNumber, LedgerId,
    LinkRelation, MediaType, ReasonCode, RequestId, Submission,
};
use indicatif::ProgressBar;

use crate::context::Context;
use crate::cores::on_all_cores;
use crate::failure::Failure;
use crate::messages::SIGNING;
use crate::waiting::Wait;
use crate::{progress, when};

/// A contract in one matter with an earlier deposit. With two digests, title and description, the entry has 450
/// to 600 bytes, and so has what is sent.
const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const TITLE: &str = "授权运营协议";
const DESCRIPTION: &str = "测试负载";

/// The deposit that all of a load are linked to.
const LINKED: EvidenceNumber = EvidenceNumber(1);

/// Deposits signed between two reports of progress.
const PER_REPORT: usize = 1024;

/// What to sign.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub(super) ledger_id: LedgerId,
    pub(super) count: usize,
    /// Time between two deposits: each request id bears about the time of its sending.
    pub(super) interval: Duration,
}

/// Makes the deposit that all others are linked to, if the ledger has none yet.
pub(super) async fn first_deposit(client: &Client, signer: &Signer) -> Result<(), Failure> {
    match client.find_number(LINKED).await {
        Err(ClientError::Refused(refusal)) if refusal.known_reason() == Some(ReasonCode::NotFound) => {}
        found => return Ok(found.map(|_| ())?),
    }
    // Of nothing at all.
    let document = DocumentHasher::new().finish();
    let request = DepositRequest::of(&document, media_type()?, CaptureMode::Other);
    let submission = client.transaction().signer(signer).action(request).build()?;
    Wait::default().submit(client, &submission).await?;
    Ok(())
}

/// Signs all deposits on all cores, the signers in turn.
pub(super) fn presign(
    context: &Context,
    order: &Order,
    signers: &[Signer],
) -> Result<Vec<Prepared>, Failure> {
    let bar = progress::steps(u64::try_from(order.count).unwrap_or(u64::MAX), context.say(SIGNING));
    let start_ms = when::now().0;
    // Fresh for each run: a deposit that was made before would be another request for the same document.
    let run = blake3(&[order.ledger_id.as_bytes(), &start_ms.to_be_bytes()]);
    let maker = Maker { order: *order, start_ms, run, signers, bar: &bar };
    let signed = on_all_cores(order.count, 1, |range| -> Result<Vec<_>, Failure> {
        range.map(|position| Ok(Prepared::from(&maker.make(position)?))).collect()
    });
    bar.finish_and_clear();
    Ok(signed.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Mean length of what is sent.
pub(super) fn mean_bytes(submissions: &[Prepared]) -> usize {
    const SAMPLE: usize = 100;
    let sample = submissions.iter().take(SAMPLE);
    sample.map(|submission| submission.encoded().len()).sum::<usize>() / submissions.len().clamp(1, SAMPLE)
}

fn media_type() -> Result<MediaType, Failure> {
    MEDIA_TYPE.parse().map_err(|error| Failure::internal(&error))
}

struct Maker<'a> {
    order: Order,
    start_ms: u64,
    run: Hash,
    signers: &'a [Signer],
    bar: &'a ProgressBar,
}

impl Maker<'_> {
    fn make(&self, position: usize) -> Result<Submission, Failure> {
        let number = u64::try_from(position).unwrap_or(u64::MAX).to_be_bytes();
        let digest = |algorithm, name: &[u8]| DocumentDigest {
            algorithm,
            value: blake3(&[self.run.as_bytes(), name, &number]),
        };
        let digests = vec![digest(DigestAlgorithm::Sha256, b"sha-256"), digest(DigestAlgorithm::Sm3, b"sm3")];
        let request = DepositRequest {
            digests: Digests::new(digests).map_err(|fault| Failure::internal(&fault))?,
            media_type: media_type()?,
            size_bytes: 48_213,
            capture: CaptureMode::Original,
            captured_at: Some(BlockTime(self.start_ms)),
            links: LinkRelation::ALL
                .iter()
                .map(|&relation| EvidenceLink { relation, evidence_number: LINKED })
                .collect(),
            statement: None,
            title: Some(TITLE.to_owned()),
            description: Some(DESCRIPTION.to_owned()),
        };
        let signer = &self.signers[position % self.signers.len()];
        let builder = TransactionBuilder::with_request_id(self.order.ledger_id, self.request_id(position));
        let submission = builder.signer(signer).action(request).build()?;
        if position.is_multiple_of(PER_REPORT) {
            self.bar.inc(PER_REPORT as u64);
        }
        Ok(submission)
    }

    fn request_id(&self, position: usize) -> RequestId {
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        let into_run_ms = u64::try_from((self.order.interval * position).as_millis()).unwrap_or(u64::MAX);
        // Unique by the run and the position; nobody needs to be kept from guessing it.
        let mut random = [0; 10];
        random[..6].copy_from_slice(&self.run.as_bytes()[..6]);
        random[6..].copy_from_slice(&position.to_be_bytes());
        RequestId::new(self.start_ms + into_run_ms, &random)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use bulla_crypto::SecretKey;
    use bulla_types::{Entry, Height, MemberNumber, Outcome};

    use super::*;

    fn make(count: usize) -> Vec<Submission> {
        let signers: Vec<_> =
            (1..4).map(|seed| Signer::new(MemberNumber(6), SecretKey::from_seed(&[seed; 32]))).collect();
        let order =
            Order { ledger_id: LedgerId::from_bytes([7; 32]), count, interval: Duration::from_millis(1) };
        let (run, bar) = (blake3(&[b"run"]), ProgressBar::hidden());
        let maker = Maker { order, start_ms: 1_750_000_000_000, run, signers: &signers, bar: &bar };
        (0..count).map(|position| maker.make(position).unwrap()).collect()
    }

    #[test]
    fn deposits_have_two_digests_and_450_to_600_bytes_sent_and_recorded() {
        let submissions = make(4);
        let sent: Vec<_> = submissions.iter().map(Prepared::from).collect();
        assert!((450..=600).contains(&mean_bytes(&sent)), "{}", mean_bytes(&sent));
        let outcomes = [Outcome::EvidenceNumber(EvidenceNumber(1))];
        let (height, time) = (Height(1), BlockTime(1_750_000_000_000));
        let entry = Entry::encode_transaction(height, time, submissions[0].transaction(), &outcomes);
        assert!((450..=600).contains(&entry.len()), "{}", entry.len());
        let body = submissions[0].transaction().body();
        let [bulla_types::Action::DepositEvidence(deposit)] = body.actions.as_slice() else { panic!() };
        assert_eq!(deposit.digests.as_slice().len(), 2);
    }

    #[test]
    fn every_deposit_is_another_request_about_the_time_of_its_sending() {
        let submissions = make(2000);
        let bodies: Vec<_> = submissions.iter().map(|submission| submission.transaction().body()).collect();
        let ids: BTreeSet<_> = bodies.iter().map(|body| body.request_id).collect();
        assert_eq!(ids.len(), 2000);
        assert_eq!(bodies[1500].request_id.time_ms(), 1_750_000_001_500);
        assert_eq!(bodies[0].signers[0].key_id, bodies[3].signers[0].key_id);
        assert_ne!(bodies[0].signers[0].key_id, bodies[1].signers[0].key_id);
    }
}
