//! Which snapshot is taken: the newest that a peer offers, and of several at one height the one that most offer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bulla_network::{HostHandle, PeerId, SnapshotOffer};
use bulla_types::{Height, SnapshotId};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tracing::{info, warn};

use super::Suspects;
use super::progress::JoinProgress;
use super::reach::Reach;

/// How often peers are looked for while none offers anything.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long is waited for the other peers once one offers a snapshot.
const OTHERS: Duration = Duration::from_secs(1);
/// How long nobody must offer anything before it is said why.
const TROUBLE_AFTER: Duration = Duration::from_secs(5);
/// By so much the manifest of one snapshot may be longer than that of another without being unusual: 128 chunks.
const YOUNG_LEDGER_MANIFEST_BYTES: u32 = 128 * 32;
/// How often it is said in the log.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// A snapshot to fetch, and from whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) height: Height,
    pub(super) id: SnapshotId,
    pub(super) manifest_bytes: u32,
    pub(super) proof_bytes: BTreeMap<PeerId, u32>,
    pub(super) sources: BTreeSet<PeerId>,
}

impl Choice {
    /// Length of the proof that this source has.
    pub(super) fn proof_bytes(&self, peer: PeerId) -> u32 {
        self.proof_bytes.get(&peer).copied().unwrap_or(0)
    }
}

/// Waits until a peer that is not suspected offers a snapshot that is not, and for others a little longer.
pub(super) async fn choose(
    host: &HostHandle,
    suspects: &Suspects,
    reach: &Reach,
    progress: &watch::Sender<JoinProgress>,
) -> Choice {
    let mut first_offer: Option<Instant> = None;
    let began = Instant::now();
    let mut said = began;
    // What was said before is said until something is chosen.
    let trouble = progress.borrow().trouble;
    progress.send_replace(JoinProgress { trouble, ..JoinProgress::ASKING });
    loop {
        let (offers, all_asked) = ask_all(host, suspects).await;
        if let Some(choice) = best(&offers, suspects, Instant::now()) {
            let since = *first_offer.get_or_insert_with(Instant::now);
            if all_asked || since.elapsed() >= OTHERS {
                progress.send_replace(JoinProgress::ASKING);
                return choice;
            }
        } else if began.elapsed() >= TROUBLE_AFTER {
            let reason = reach.trouble().unwrap_or_else(|| suspects.trouble());
            progress.send_if_modified(|progress| progress.trouble.replace(reason) != Some(reason));
            if said.elapsed() >= SAY_EVERY {
                said = Instant::now();
                info!(%reason, "no peer offers a snapshot yet: asking again");
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What each connected peer offers, and whether all peers were asked that may be.
async fn ask_all(host: &HostHandle, suspects: &Suspects) -> (BTreeMap<PeerId, Vec<SnapshotOffer>>, bool) {
    let peers = host.peers().await;
    let trusted: Vec<_> = peers.iter().filter(|peer| !suspects.peers.contains(&peer.peer_id)).collect();
    let connected = trusted.iter().filter(|peer| peer.connected_since.is_some());
    let asked = connected.map(|peer| async {
        let peer = peer.peer_id;
        match host.snapshot_offers(peer).await {
            Ok(Some(offers)) => Some((peer, offers)),
            Ok(None) => {
                warn!(%peer, "its list of snapshots cannot be read");
                None
            }
            Err(_) => None,
        }
    });
    let offers = gather(asked).await;
    let all = offers.len() == trusted.len();
    (offers, all)
}

/// The answers. Who takes long over one is not waited for once another peer offers something.
async fn gather(
    asked: impl Iterator<Item = impl Future<Output = Option<(PeerId, Vec<SnapshotOffer>)>>>,
) -> BTreeMap<PeerId, Vec<SnapshotOffer>> {
    let mut asked: FuturesUnordered<_> = asked.collect();
    let mut offers = BTreeMap::new();
    let mut until = None;
    loop {
        let next = asked.next();
        let answered = match until {
            None => next.await,
            Some(until) => timeout_at(until, next).await.ok().flatten(),
        };
        let Some(answer) = answered else { return offers };
        let Some((peer, offered)) = answer else { continue };
        if !offered.is_empty() {
            until.get_or_insert_with(|| Instant::now() + OTHERS);
        }
        offers.insert(peer, offered);
    }
}

/// Peers that rest are passed over as long as others offer something, and so is a snapshot that is far longer than
/// most peers': whether its content is a lie shows when all of it is there.
fn best(offers: &BTreeMap<PeerId, Vec<SnapshotOffer>>, suspects: &Suspects, now: Instant) -> Option<Choice> {
    let rests = |peer: &PeerId| suspects.rest_until.get(peer).is_some_and(|until| *until > now);
    let usual = usual_manifest_bytes(offers, suspects);
    best_of(offers, suspects, |peer, offer| !rests(peer) && offer.manifest_bytes <= usual)
        .or_else(|| best_of(offers, suspects, |peer, _| !rests(peer)))
        .or_else(|| best_of(offers, suspects, |peer, _| rests(peer)))
}

/// Up to this a manifest, and the content that it describes, is as long as most peers': twice that of the peer in the
/// middle, and a little more for a ledger that grows quickly because it is young.
fn usual_manifest_bytes(offers: &BTreeMap<PeerId, Vec<SnapshotOffer>>, suspects: &Suspects) -> u32 {
    let believed = |offer: &&SnapshotOffer| !suspects.snapshots.contains(&offer.id);
    let longest =
        |offers: &Vec<SnapshotOffer>| offers.iter().filter(believed).map(|offer| offer.manifest_bytes).max();
    let mut longest: Vec<u32> = offers.values().filter_map(longest).collect();
    longest.sort_unstable();
    // Of two the shorter one.
    let middle = longest.len().checked_sub(1).map_or(0, |last| longest[last / 2]);
    middle.saturating_mul(2).saturating_add(YOUNG_LEDGER_MANIFEST_BYTES)
}

fn best_of(
    offers: &BTreeMap<PeerId, Vec<SnapshotOffer>>,
    suspects: &Suspects,
    may: impl Fn(&PeerId, &SnapshotOffer) -> bool,
) -> Option<Choice> {
    // Who says other things of the same manifest offers something else: none can spoil what others offer.
    let mut choices: BTreeMap<(SnapshotId, Height, u32), Choice> = BTreeMap::new();
    for (peer, offers) in offers {
        let taken = |offer: &&SnapshotOffer| !suspects.snapshots.contains(&offer.id) && may(peer, offer);
        for offer in offers.iter().filter(taken) {
            let SnapshotOffer { height, id, manifest_bytes, proof_bytes } = *offer;
            let choice = choices.entry((id, height, manifest_bytes)).or_insert_with(|| Choice {
                height,
                id,
                manifest_bytes,
                proof_bytes: BTreeMap::new(),
                sources: BTreeSet::new(),
            });
            choice.proof_bytes.insert(*peer, proof_bytes);
            choice.sources.insert(*peer);
        }
    }
    choices.into_values().max_by_key(|choice| (choice.height, choice.sources.len(), choice.id))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn offer(height: u64, id: u8) -> SnapshotOffer {
        let id = SnapshotId::from_bytes([id; 32]);
        SnapshotOffer { height: Height(height), id, manifest_bytes: 500, proof_bytes: 900 }
    }

    fn chosen(offers: &[&[SnapshotOffer]], suspects: &Suspects) -> Option<(u64, u8, usize)> {
        let peers = offers.iter().map(|offers| (PeerId::random(), offers.to_vec())).collect();
        let choice = best(&peers, suspects, Instant::now())?;
        Some((choice.height.0, choice.id.as_bytes()[0], choice.sources.len()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_long_over_its_answer_is_not_waited_for_once_another_offers_something() {
        let asked = [(0, 1), (7, 0), (3_600, 1)].map(|(seconds, offered)| async move {
            tokio::time::sleep(Duration::from_secs(seconds) / 10).await;
            Some((PeerId::random(), vec![offer(20, 1); offered]))
        });
        let began = Instant::now();
        assert_eq!(gather(asked.into_iter()).await.len(), 2);
        assert_eq!(began.elapsed(), OTHERS);
        // Where nobody offers anything, everybody is.
        let asked = [1, 60].map(|seconds| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Some((PeerId::random(), Vec::new()))
        });
        assert_eq!(gather(asked.into_iter()).await.len(), 2);
    }

    #[test]
    fn the_newest_is_taken_and_of_several_the_one_that_most_offer() {
        let nobody = Suspects::default();
        assert_eq!(chosen(&[], &nobody), None);
        assert_eq!(chosen(&[&[offer(10, 1)], &[offer(20, 2), offer(10, 1)]], &nobody), Some((20, 2, 1)));
        let told = [&[offer(20, 1)][..], &[offer(20, 9)], &[offer(20, 1)]];
        assert_eq!(chosen(&told, &nobody), Some((20, 1, 2)));
        let suspects = Suspects { snapshots: [offer(20, 1).id].into(), ..Suspects::default() };
        assert_eq!(chosen(&told, &suspects), Some((20, 9, 1)));
    }

    #[test]
    fn who_gave_nothing_is_passed_over_while_others_offer_something() {
        let (silent, other) = (PeerId::random(), PeerId::random());
        let offers = BTreeMap::from([(silent, vec![offer(90, 9)]), (other, vec![offer(10, 1)])]);
        let now = Instant::now();
        let rest_until = [(silent, now + Duration::from_secs(1))].into();
        let suspects = Suspects { rest_until, ..Suspects::default() };
        let height = |offers, now| best(offers, &suspects, now).map(|choice| choice.height.0);
        assert_eq!(height(&offers, now), Some(10));
        assert_eq!(height(&offers, now + Duration::from_secs(1)), Some(90));
        let alone = BTreeMap::from([(silent, vec![offer(90, 9)])]);
        assert_eq!(height(&alone, now), Some(90), "there is nobody else");
    }

    #[test]
    fn a_snapshot_far_longer_than_those_of_most_peers_comes_last() {
        let long = |height, id| SnapshotOffer { manifest_bytes: 4 << 20, ..offer(height, id) };
        let nobody = Suspects::default();
        let honest = [offer(20, 1)];
        assert_eq!(chosen(&[&[long(90, 9)], &honest, &honest], &nobody), Some((20, 1, 2)));
        assert_eq!(chosen(&[&[long(90, 9)], &honest], &nobody), Some((20, 1, 1)));
        assert_eq!(chosen(&[&[long(90, 9)]], &nobody), Some((90, 9, 1)), "there is no other");
        let large = [long(20, 1)];
        let lie = [offer(90, 9)];
        assert_eq!(chosen(&[&lie, &large, &large], &nobody), Some((90, 9, 1)), "found out soon");
        let suspects = Suspects { snapshots: [offer(90, 9).id].into(), ..Suspects::default() };
        assert_eq!(chosen(&[&lie, &large, &large], &suspects), Some((20, 1, 2)));
        let grown = SnapshotOffer { manifest_bytes: 500 + 128 * 32, ..offer(30, 3) };
        assert_eq!(chosen(&[&[grown], &honest, &honest], &nobody), Some((30, 3, 1)));
    }

    #[test]
    fn a_false_word_about_a_snapshot_takes_no_source_of_it_away() {
        // The liar is asked first.
        let mut peers = [PeerId::random(), PeerId::random(), PeerId::random()];
        peers.sort();
        let [liar, honest, also] = peers;
        let lie = SnapshotOffer { manifest_bytes: 1, ..offer(20, 1) };
        for lie in [lie, offer(20, 1)] {
            let offers = [(liar, vec![lie]), (honest, vec![offer(20, 1)]), (also, vec![offer(20, 1)])];
            let choice = best(&offers.into(), &Suspects::default(), Instant::now()).unwrap();
            assert_eq!(choice.manifest_bytes, 500);
            assert!(choice.sources.is_superset(&[honest, also].into()));
        }
    }
}
