//! Transport security towards nodes.

use tonic::transport::{Certificate, ClientTlsConfig, Identity};

/// Whom to believe to be a node, and as whom to appear.
///
/// It guards what goes over the line. What comes from a node is verified all the same.
#[derive(Clone)]
pub struct Tls {
    authorities_pem: Vec<u8>,
    identity_pem: Option<(Vec<u8>, Vec<u8>)>,
    server_name: Option<String>,
}

impl Tls {
    /// Nodes with certificates of these authorities, PEM, one or more.
    #[must_use]
    pub fn of_authorities(authorities_pem: impl Into<Vec<u8>>) -> Self {
        Self { authorities_pem: authorities_pem.into(), identity_pem: None, server_name: None }
    }

    /// Appears to nodes with this certificate chain and its private key, both PEM.
    #[must_use]
    pub fn identity(mut self, certificates_pem: impl Into<Vec<u8>>, key_pem: impl Into<Vec<u8>>) -> Self {
        self.identity_pem = Some((certificates_pem.into(), key_pem.into()));
        self
    }

    /// Expects this name in the nodes' certificates instead of that of their address.
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    pub(crate) fn config(&self) -> ClientTlsConfig {
        let mut config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&self.authorities_pem));
        if let Some((certificates, key)) = &self.identity_pem {
            config = config.identity(Identity::from_pem(certificates, key));
        }
        if let Some(name) = &self.server_name {
            config = config.domain_name(name);
        }
        config
    }
}
