//! What a peer has to show for the block that it names.

use std::sync::Arc;
use std::time::Duration;

use bulla_chain::Chain;
use bulla_consensus::{ask_decided, read_decided};
use bulla_network::{HostHandle, PeerId};
use bulla_types::{Block, BlockHash, CommitCertificate, ForkProof, Header, Height, ReasonCode};
use bulla_verify::{Anchor, verify_fork};

use super::told::Difference;

/// A peer answers within this, or not at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// What an inquiry has found.
#[derive(Debug)]
pub(super) enum Finding {
    /// The peer did not answer, or holds no such block: it may be starting.
    NoAnswer(String),
    /// What it answers is no proof.
    Unproved(String),
    /// A block that is certified like this node's own.
    Forked(Box<ForkProof>),
}

/// A block as a peer gives it.
type Given = (Header, CommitCertificate);

/// Asks a peer.
pub(super) struct Inquirer {
    pub(super) chain: Arc<Chain>,
    pub(super) host: HostHandle,
    pub(super) peer: PeerId,
}

impl Inquirer {
    /// Asks for the block at which the peer differs. If other validators are to decide there than here, the chains part
    /// further down: then for the first at which they differ, whose validators are the same.
    pub(super) async fn examine(self, difference: Difference) -> Finding {
        let found = async {
            let given = self.block(difference.height).await?;
            match self.compare(given).await {
                Err(Finding::Unproved(why)) if why.starts_with(ReasonCode::ValidatorsMismatch.as_str()) => {
                    let parting = self.parting(difference.height).await?;
                    self.compare(parting).await
                }
                compared => compared,
            }
        };
        match found.await {
            Ok(proof) => Finding::Forked(Box::new(proof)),
            Err(finding) => finding,
        }
    }

    /// Bisects for the lowest height at which the peer's block is another.
    async fn parting(&self, differs: Height) -> Result<Given, Finding> {
        let mut given = self.block(differs).await?;
        let mut parting = Parting { same: 0, differs: differs.0 };
        while let Some(middle) = parting.next() {
            let at_middle = self.block(middle).await?;
            let same = self.own(middle)? == Some(at_middle.0.hash());
            parting.is(middle, same);
            if !same {
                given = at_middle;
            }
        }
        Ok(given)
    }

    fn own(&self, height: Height) -> Result<Option<BlockHash>, Finding> {
        self.chain
            .block_hash(height)
            .map_err(|error| Finding::NoAnswer(format!("this node's own block: {error}")))
    }

    async fn block(&self, height: Height) -> Result<Given, Finding> {
        let asked = tokio::time::timeout(PATIENCE, self.host.ask(self.peer, ask_decided(height.0))).await;
        let answer = match asked {
            Ok(Ok(answer)) => answer,
            Ok(Err(failure)) => return Err(Finding::NoAnswer(failure.to_string())),
            Err(_) => return Err(Finding::NoAnswer("it does not answer".to_owned())),
        };
        let read = move || match read_decided(answer) {
            Err(error) => Err(Finding::Unproved(format!("{}: {error}", ReasonCode::Malformed))),
            Ok(None) => Err(Finding::NoAnswer(format!("it gives no block of height {height}"))),
            Ok(Some((certificate, block))) => match Block::decode(&block) {
                Ok(block) if block.header.height == height => Ok((block.header, certificate)),
                Ok(_) => Err(Finding::Unproved("it gives a block of another height".to_owned())),
                Err(error) => Err(Finding::Unproved(format!("{}: its block: {error}", error.reason()))),
            },
        };
        blocking(read).await
    }

    /// Both blocks of one height, if the peer's is another and verifies like this node's.
    async fn compare(&self, given: Given) -> Result<ForkProof, Finding> {
        let chain = Arc::clone(&self.chain);
        let compare = move || match chain.fork_proof(given) {
            Err(error) => Err(Finding::NoAnswer(format!("this node's own block: {error}"))),
            Ok(None) => Err(Finding::Unproved("it gives the block that this node has".to_owned())),
            Ok(Some(proof)) => match verify_fork(&proof.encode(), &Anchor::Ledger(chain.ledger_id())) {
                Ok(_) => Ok(proof),
                Err(refused) => Err(Finding::Unproved(format!("{}: {refused}", refused.reason))),
            },
        };
        blocking(compare).await
    }
}

/// Where two chains part: they are the same at one height, the genesis at first, and differ at a later one.
struct Parting {
    same: u64,
    differs: u64,
}

impl Parting {
    /// The height to look at next; none when the two are neighbours.
    fn next(&self) -> Option<Height> {
        let between = self.differs.saturating_sub(self.same) / 2;
        (between > 0).then(|| Height(self.same + between))
    }

    fn is(&mut self, height: Height, same: bool) {
        *(if same { &mut self.same } else { &mut self.differs }) = height.0;
    }
}

/// Decoding and verifying take their time.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Finding> + Send + 'static,
) -> Result<T, Finding> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(Finding::NoAnswer(format!("looking at its block panicked: {panic}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_height_at_which_two_chains_differ_is_found_by_halves() {
        for (parts_at, differs) in [(1, 1), (1, 2), (7, 7), (7, 100), (100, 100), (5, 1 << 40)] {
            let mut parting = Parting { same: 0, differs };
            let mut asked = 0;
            while let Some(height) = parting.next() {
                parting.is(height, height.0 < parts_at);
                asked += 1;
            }
            assert_eq!((parting.same, parting.differs), (parts_at - 1, parts_at));
            assert!(asked <= 41, "{asked} questions");
        }
    }
}
