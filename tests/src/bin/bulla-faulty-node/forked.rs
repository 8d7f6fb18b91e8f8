//! Another history than the ledger's, told of and shown.

use async_trait::async_trait;
use bulla_consensus::Application;
use bulla_crypto::{SecretKey, key_file};
use bulla_fixtures::certificate;
use bulla_network::NodeStatus;
use bulla_node::Says;
use bulla_node::config::NodeConfig;
use bulla_types::{Block, BlockHash, BlockTime, CommitCertificate, Genesis, Height};
use bytes::Bytes;

use crate::faulty::Misconduct;

/// Says of every block from this height on that it is another.
pub(crate) fn tells_other_heads(from: u64) -> Says {
    Box::new(move |status| {
        if status.height.0 < from {
            return status;
        }
        let mut other = *status.block_hash.as_bytes();
        other[0] ^= 1;
        NodeStatus { block_hash: BlockHash::from_bytes(other), ..status }
    })
}

/// Of blocks from this height on it says that they are as many heights further.
pub(crate) fn claims_to_be_ahead(from: u64, by: u64) -> Says {
    Box::new(move |status| match status.height {
        Height(height) if height >= from => NodeStatus { height: Height(height + by), ..status },
        _ => status,
    })
}

/// The CONSENSUS keys of the nodes whose folders stand beside this one's.
pub(crate) fn keys_beside(config: &NodeConfig) -> Vec<SecretKey> {
    let nodes = config.data.parent().unwrap().parent().unwrap();
    let folders =
        std::fs::read_dir(nodes).unwrap().map(|folder| folder.unwrap().path().join("consensus.pem"));
    folders.filter(|path| path.exists()).map(|path| key_file::read(&path, None).unwrap()).collect()
}

/// Blocks a millisecond later than the ledger's, decided by everybody's keys.
pub(crate) struct AnotherHistory {
    from: u64,
    keys: Vec<SecretKey>,
    genesis: Genesis,
}

impl AnotherHistory {
    pub(crate) fn new(from: u64, keys: Vec<SecretKey>, genesis: Genesis) -> Self {
        Self { from, keys, genesis }
    }

    fn other(&self, bytes: &Bytes) -> (CommitCertificate, Bytes) {
        let mut block = Block::decode(bytes).unwrap();
        block.header.time = BlockTime(block.header.time.0 + 1);
        let decided = certificate(&block.header, &self.keys).minimised(self.genesis.validators());
        (decided, block.encode().into())
    }
}

#[async_trait]
impl Misconduct for AnotherHistory {
    async fn decided(
        &self,
        chain: &dyn Application,
        from: u64,
        to: u64,
        bytes_max: u64,
    ) -> Vec<(CommitCertificate, Bytes)> {
        let mut blocks = chain.decided(from, to, bytes_max).await;
        for (certificate, bytes) in &mut blocks {
            if certificate.height.0 >= self.from {
                (*certificate, *bytes) = self.other(bytes);
            }
        }
        blocks
    }
}
