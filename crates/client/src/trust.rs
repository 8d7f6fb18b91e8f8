//! What a client trusts, and what it has learnt from there: the validators of each height.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bulla_types::{Canonical, CommitCertificate, Header, Height, LedgerId, ReasonCode, ReceiptFile, proto};
use bulla_verify::{Anchor, CertifiedHeader, HeaderVerifier, Refused, TrustedGenesis, ValidatorHistory};

use crate::client::Client;
use crate::error::{Answer, ClientError};
use crate::node::{Nodes, Patience};

/// Where a client's trust starts.
#[derive(Debug, Clone)]
pub enum Trust {
    /// This genesis.
    Genesis(TrustedGenesis),
    /// The genesis with this digest, wherever it comes from.
    Ledger(LedgerId),
    /// The genesis that the first node gives. Compare [`Client::ledger_id`](crate::Client::ledger_id) with
    /// the id of the ledger as its members published it, or nothing is proved.
    FirstUse,
}

/// The trusted genesis, and the certificates and changes of validators verified from there on.
pub(crate) struct Chain {
    anchor: Anchor,
    genesis: TrustedGenesis,
    headers: Mutex<HeaderVerifier>,
}

impl Chain {
    /// Finds the genesis.
    pub(crate) async fn start(nodes: &Nodes, trust: Trust) -> Result<Self, ClientError> {
        let genesis = match trust {
            Trust::Genesis(genesis) => genesis,
            Trust::Ledger(ledger_id) => TrustedGenesis::with_digest(&fetch_genesis(nodes).await?, ledger_id)?,
            Trust::FirstUse => TrustedGenesis::from_file(&fetch_genesis(nodes).await?)?,
        };
        let headers = HeaderVerifier::new(ValidatorHistory::of(genesis.genesis()));
        Ok(Self { anchor: Anchor::Genesis(genesis.clone()), genesis, headers: Mutex::new(headers) })
    }

    pub(crate) fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    pub(crate) fn genesis(&self) -> &TrustedGenesis {
        &self.genesis
    }

    /// Verifies a header with its certificate, once. Learns of changes of validators on the way.
    pub(crate) async fn certified(
        &self,
        client: &Client,
        message: proto::CertifiedHeader,
    ) -> Result<Arc<CertifiedHeader>, ClientError> {
        let header = Header::decode(&message.header).into_answer("a header")?;
        let certificate = message.certificate.into_answer("a certificate")?;
        let certificate = CommitCertificate::from_message(certificate).into_answer("a certificate")?;
        match self.headers().verify(&header, &certificate) {
            Err(refused) if refused.reason == ReasonCode::ValidatorsMismatch => {}
            verdict => return Ok(verdict?),
        }
        self.catch_up(client, &header).await?;
        Ok(self.headers().verify(&header, &certificate)?)
    }

    /// Follows the changes of validators up to this header. They come with the receipt of any entry of its
    /// log; the last one's is the shortest way.
    async fn catch_up(&self, client: &Client, header: &Header) -> Result<(), ClientError> {
        let by = proto::get_receipt_request::By::Index(header.log_size_after.saturating_sub(1));
        let request = proto::GetReceiptRequest { by: Some(by), later_log_size: 0 };
        let response = client.nodes.call(Patience::READ, &request, |mut stub, request| {
            let request = client.authorized(request);
            async move { stub.get_receipt(request).await }
        });
        let file = response.await?.receipt_file.into_answer("a receipt file")?;
        let file = ReceiptFile::from_message(file).into_answer("a receipt file")?;
        Ok(self.follow(&file)?)
    }

    fn follow(&self, file: &ReceiptFile) -> Result<(), Refused> {
        let mut headers = self.headers();
        for bundle in file.bundles() {
            // A bundle holds every change from the genesis on, in order.
            let known = headers.history().changes_before(Height(u64::MAX));
            for transition in bundle.transitions.iter().skip(known) {
                headers.follow(transition)?;
            }
        }
        Ok(())
    }

    /// What a panic elsewhere left behind is as good as before: each change is made whole.
    fn headers(&self) -> MutexGuard<'_, HeaderVerifier> {
        self.headers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn fetch_genesis(nodes: &Nodes) -> Result<bytes::Bytes, ClientError> {
    let request = proto::GetGenesisRequest {};
    let response = nodes
        .call(Patience::READ, &request, |mut stub, request| async move { stub.get_genesis(request).await });
    Ok(response.await?.genesis)
}
