//! Who takes what peers send on the lanes of agreement: somebody from time to time, one at a time.

use tokio::sync::{mpsc, watch};

use super::inbox::{InboundFrame, Inbox, SyncRequest};
use super::lane::StreamLane;
use super::presence::Presence;
use crate::config::Limits;
use crate::handle::HostHandle;

/// The lanes of agreement (votes, parts, sync). Peers wait while nobody attends to them.
///
/// Whoever takes part in agreement [attends](Self::attend) to them for as long as it does; what holds the lanes
/// stays, and can be attended to again. Clones are of the same lanes.
#[derive(Debug, Clone)]
pub struct Lanes {
    host: HostHandle,
    limits: Limits,
    presence: watch::Receiver<Presence>,
    attendance: watch::Sender<Option<Attendance>>,
}

impl Lanes {
    /// Takes the lanes: from now on peers are heard, until the inbox is dropped or somebody else attends.
    ///
    /// An attendance begins with nothing: streams that stood before end in both directions, what came on them
    /// and what waited to leave on them goes with whoever attended then. Peers learn that nobody heard them in
    /// between, even when that took no time.
    #[must_use]
    pub fn attend(&self) -> (HostHandle, Inbox) {
        let (votes_in, votes) = mpsc::channel(self.limits.votes.inbox_frames_max);
        let (parts_in, parts) = mpsc::channel(self.limits.parts.inbox_frames_max);
        let (sync_in, sync) = mpsc::channel(self.limits.sync_requests_max);
        self.attendance.send_modify(|attendance| {
            let number = attendance.as_ref().map_or(0, |earlier| earlier.number + 1);
            *attendance = Some(Attendance { number, votes: votes_in, parts: parts_in, sync: sync_in });
        });
        (self.host.clone(), Inbox { votes, parts, sync, presence: self.presence.clone() })
    }
}

/// Somebody who attends, as the host sees it.
#[derive(Debug, Clone)]
pub(crate) struct Attendance {
    number: u64,
    votes: mpsc::Sender<InboundFrame>,
    parts: mpsc::Sender<InboundFrame>,
    pub(crate) sync: mpsc::Sender<SyncRequest>,
}

impl Attendance {
    pub(crate) fn of(&self, lane: StreamLane) -> &mpsc::Sender<InboundFrame> {
        match lane {
            StreamLane::Votes => &self.votes,
            StreamLane::Parts => &self.parts,
        }
    }
}

/// Where the host and the tasks of its streams see who attends.
#[derive(Debug, Clone)]
pub(crate) struct AttendanceWatch(watch::Receiver<Option<Attendance>>);

impl AttendanceWatch {
    /// Who attends now.
    pub(crate) fn now(&self) -> Option<Attendance> {
        self.0.borrow().clone().filter(|attendance| !attendance.votes.is_closed())
    }

    /// Waits until somebody attends; none when that will never be.
    pub(crate) async fn begun(&mut self) -> Option<Attendance> {
        let somebody = |now: &Option<Attendance>| now.as_ref().is_some_and(|now| !now.votes.is_closed());
        self.0.wait_for(somebody).await.ok()?.clone()
    }

    /// Waits until this one attends no longer.
    pub(crate) async fn ended(&mut self, attendance: &Attendance) {
        let another =
            |now: &Option<Attendance>| now.as_ref().is_some_and(|now| now.number != attendance.number);
        tokio::select! {
            () = attendance.votes.closed() => {}
            Ok(_) = self.0.wait_for(another) => {}
        }
    }
}

/// Both sides.
pub(crate) fn lanes(
    host: HostHandle,
    presence: watch::Receiver<Presence>,
    limits: &Limits,
) -> (AttendanceWatch, Lanes) {
    let (attendance, watched) = watch::channel(None);
    (AttendanceWatch(watched), Lanes { host, limits: *limits, presence, attendance })
}
