use bulla_types::BlockHash;

/// The value that validators agree on: the hash of a block. The block travels as [parts](crate::parts), so
/// votes, proposals and the engine's log stay small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Value(pub(crate) BlockHash);

impl malachitebft_core_types::Value for Value {
    type Id = BlockHash;

    fn id(&self) -> BlockHash {
        self.0
    }
}
