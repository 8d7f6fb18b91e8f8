//! The consensus keys of a node: in files, with signers, in tokens.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bulla_crypto::{PublicKey, SecretKey, key_file};
use bulla_signer::channel::Identity;
use bulla_signer::{RemoteKey, SignerAddress, SigningKey, TokenKey};
use bulla_types::{Address, LedgerId};

use crate::config::{KeyPaths, SignerPlace};
use crate::failure::NodeError;

/// A CONSENSUS key of this node, and where it is configured.
pub(crate) struct ConsensusKey {
    pub(crate) setting: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) key: Arc<dyn SigningKey>,
}

impl ConsensusKey {
    pub(crate) fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    pub(crate) fn address(&self) -> Address {
        Address::of(self.public_key())
    }
}

/// Reads what files and tokens hold, and begins to look for signers: one that is away may come later.
pub(crate) fn read(
    keys: &KeyPaths,
    ledger_id: LedgerId,
    peer: &SecretKey,
) -> Result<Vec<ConsensusKey>, NodeError> {
    let mut found = Vec::new();
    let first = keys.consensus.iter().map(|path| ("keys.consensus", path));
    let besides = keys.consensus_besides.iter().map(|path| ("keys.consensus_besides", path));
    for (setting, path) in first.chain(besides) {
        let key = Arc::new(key_file::read(path, None)?);
        found.push(ConsensusKey { setting, path: path.clone(), key });
    }
    for place in &keys.consensus_signers {
        let (key, path) = signer(place, ledger_id, peer)?;
        found.push(ConsensusKey { setting: SIGNERS, path, key });
    }
    for config in &keys.consensus_tokens {
        let path = config.module.clone();
        let key = Arc::new(TokenKey::open(config.clone())?);
        found.push(ConsensusKey { setting: "keys.consensus_tokens", path, key });
    }
    Ok(found)
}

const SIGNERS: &str = "keys.consensus_signers";

fn signer(
    place: &SignerPlace,
    ledger_id: LedgerId,
    peer: &SecretKey,
) -> Result<(Arc<RemoteKey>, PathBuf), NodeError> {
    let invalid = |reason: String| NodeError::Setting { setting: SIGNERS, reason };
    let public_key = |text: &str| text.parse().map_err(|error| invalid(format!("{text:?}: {error}")));
    let (address, path) = match (&place.socket, &place.tcp) {
        (Some(socket), None) => (SignerAddress::Socket(socket.clone()), socket.clone()),
        (None, Some(tcp)) => {
            let own = Identity::of(peer).map_err(|error| invalid(error.to_string()))?;
            let (address, signer) = (tcp.address.clone(), public_key(&tcp.identity)?);
            (SignerAddress::Tcp { address, signer, own }, Path::new(&tcp.address).to_owned())
        }
        _ => return Err(invalid("a signer has either a socket or tcp".to_owned())),
    };
    Ok((RemoteKey::new(ledger_id, public_key(&place.public_key)?, address), path))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn a_signer_has_one_address() {
        let peer = SecretKey::from_seed(&[1; 32]);
        let place = |socket: Option<&str>, public_key: &str| SignerPlace {
            public_key: public_key.to_owned(),
            socket: socket.map(PathBuf::from),
            tcp: None,
        };
        let ledger_id = LedgerId::from_bytes([1; 32]);
        let sound = peer.public_key().to_string();
        assert!(signer(&place(Some("s"), &sound), ledger_id, &peer).is_ok());
        assert!(matches!(signer(&place(None, &sound), ledger_id, &peer), Err(NodeError::Setting { .. })));
        assert!(matches!(signer(&place(Some("s"), "00"), ledger_id, &peer), Err(NodeError::Setting { .. })));
    }
}
