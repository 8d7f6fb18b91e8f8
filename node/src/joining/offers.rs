//! Which snapshot is taken: the newest that a peer offers, and of several at one height the one that most offer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bulla_network::{HostHandle, PeerId, SnapshotOffer};
use bulla_types::{Height, SnapshotId};
use futures::future::join_all;
use tokio::time::Instant;
use tracing::{info, warn};

use super::Suspects;

/// How often peers are looked for while none offers anything.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long is waited for the other peers once one offers a snapshot.
const OTHERS: Duration = Duration::from_secs(1);
/// How often it is said that nobody offers anything.
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

/// Waits until a peer that is not suspected offers a snapshot that is not, and for others a little longer.
pub(super) async fn choose(host: &HostHandle, suspects: &Suspects) -> Choice {
    let mut first_offer: Option<Instant> = None;
    let mut said = Instant::now();
    loop {
        let (offers, all_asked) = ask_all(host, suspects).await;
        if let Some(choice) = best(&offers, suspects, Instant::now()) {
            let since = *first_offer.get_or_insert_with(Instant::now);
            if all_asked || since.elapsed() >= OTHERS {
                return choice;
            }
        }
        if said.elapsed() >= SAY_EVERY {
            said = Instant::now();
            info!("no peer offers a snapshot yet: asking again");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What each connected peer offers, and whether all peers were asked that may be.
async fn ask_all(host: &HostHandle, suspects: &Suspects) -> (BTreeMap<PeerId, Vec<SnapshotOffer>>, bool) {
    let peers = host.peers().await;
    let trusted: Vec<_> = peers.iter().filter(|peer| !suspects.peers.contains(&peer.peer_id)).collect();
    let connected = trusted.iter().filter(|peer| peer.connected_since.is_some());
    let asked = join_all(connected.map(|peer| async {
        let peer = peer.peer_id;
        match host.snapshot_offers(peer).await {
            Ok(Some(offers)) => Some((peer, offers)),
            Ok(None) => {
                warn!(%peer, "its list of snapshots cannot be read");
                None
            }
            Err(_) => None,
        }
    }))
    .await;
    let offers: BTreeMap<_, _> = asked.into_iter().flatten().collect();
    let all = offers.len() == trusted.len();
    (offers, all)
}

/// Peers that rest are passed over as long as others offer something.
fn best(offers: &BTreeMap<PeerId, Vec<SnapshotOffer>>, suspects: &Suspects, now: Instant) -> Option<Choice> {
    let rests = |peer: &PeerId| suspects.rest_until.get(peer).is_some_and(|until| *until > now);
    best_of(offers, suspects, |peer| !rests(peer)).or_else(|| best_of(offers, suspects, rests))
}

fn best_of(
    offers: &BTreeMap<PeerId, Vec<SnapshotOffer>>,
    suspects: &Suspects,
    may: impl Fn(&PeerId) -> bool,
) -> Option<Choice> {
    // Who says other things of the same manifest offers something else: none can spoil what others offer.
    let mut choices: BTreeMap<(SnapshotId, Height, u32), Choice> = BTreeMap::new();
    for (peer, offers) in offers.iter().filter(|(peer, _)| may(peer)) {
        for offer in offers.iter().filter(|offer| !suspects.snapshots.contains(&offer.id)) {
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
