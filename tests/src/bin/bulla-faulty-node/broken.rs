//! A validator whose machine fails.

use async_trait::async_trait;
use bulla_consensus::{Application, ApplicationError};
use bulla_types::CommitCertificate;

use crate::faulty::Misconduct;

/// Cannot commit the block of this height.
pub(crate) struct Broken {
    pub(crate) height: u64,
}

#[async_trait]
impl Misconduct for Broken {
    async fn commit(
        &self,
        chain: &dyn Application,
        certificate: CommitCertificate,
    ) -> Result<(), ApplicationError> {
        if certificate.height.0 == self.height {
            return Err(ApplicationError::Fatal("it cannot commit this block".into()));
        }
        chain.commit(certificate).await
    }
}
