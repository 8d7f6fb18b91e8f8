//! Trust bundles: what links receipts to the anchor and to their signers.

use std::sync::Arc;

use bulla_types::{LedgerId, ReasonCode, Receipt, TrustBundle};

use crate::chronicle::Chronicle;
use crate::record::Records;
use crate::refused::Within;
use crate::{CertifiedHeader, HeaderVerifier, Refused, ValidatorHistory};

/// A bundle of which every part has been verified from the genesis on.
#[derive(Debug)]
pub(crate) struct ProvedBundle {
    pub(crate) headers: HeaderVerifier,
    pub(crate) state_header: Arc<CertifiedHeader>,
    pub(crate) records: Records,
}

impl ProvedBundle {
    /// Follows the validators from its genesis, which the anchor must name, to the state header and proves
    /// the records against it. The headers go to the chronicle.
    pub(crate) fn new(bundle: &TrustBundle, chronicle: &mut Chronicle) -> Result<Self, Refused> {
        let TrustBundle { genesis, transitions, state_header, state_certificate, records } = bundle;
        let mut history = ValidatorHistory::of(genesis);
        for (index, header) in history.follow_all(transitions)?.into_iter().enumerate() {
            if header.header().height > state_header.height {
                let detail = "a change of validators after the header that the records are proved against";
                return Err(Refused::new(ReasonCode::ValidatorsMismatch, "header.height", detail))
                    .within_item("transitions", index);
            }
            chronicle.add(Arc::new(header)).within_item("transitions", index)?;
        }
        let mut headers = HeaderVerifier::new(history);
        let state_header = headers.verify(state_header, state_certificate).map_err(of_state)?;
        chronicle.add(Arc::clone(&state_header)).map_err(of_state)?;
        let records = Records::proved(&state_header, records)?;
        Ok(Self { headers, state_header, records })
    }

    /// Verifies the header of a receipt that names this bundle.
    pub(crate) fn certify(&mut self, receipt: &Receipt) -> Result<Arc<CertifiedHeader>, Refused> {
        let header = self.headers.verify(&receipt.header, &receipt.certificate)?;
        let of_records = self.state_header.header().height;
        if of_records < receipt.header.height {
            let detail =
                format!("the bundle is of height {of_records}, the receipt of {}", receipt.header.height);
            return Err(Refused::new(ReasonCode::BundleMismatch, "bundle_digest", detail));
        }
        Ok(header)
    }
}

/// Verifies a bundle that proves nothing but its header: that the validators who follow from its genesis, which must
/// be that of this ledger, decided it. It proves a snapshot, and holds no record.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify_head(bundle: &TrustBundle, ledger_id: LedgerId) -> Result<Arc<CertifiedHeader>, Refused> {
    let found = bundle.genesis.ledger_id();
    if found != ledger_id {
        let detail = format!("has the digest {found}, the ledger is {ledger_id}");
        return Err(Refused::new(ReasonCode::AnchorMismatch, "genesis", detail));
    }
    if !bundle.records.is_empty() {
        let detail = "a bundle that proves a header alone has no records";
        return Err(Refused::new(ReasonCode::BundleMismatch, "records", detail));
    }
    let proved = ProvedBundle::new(bundle, &mut Chronicle::new(&bundle.genesis))?;
    Ok(proved.state_header)
}

/// In a bundle, header and certificate are those of the state.
fn of_state(refused: Refused) -> Refused {
    Refused { place: format!("state_{}", refused.place), ..refused }
}
