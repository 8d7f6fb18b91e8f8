//! Room in the pool, and nobody's being all of it.
//!
//! While the pool is at most half full, anyone may use it. Above that a member may hold no more than an
//! equal share, the pool divided by the members that hold something, and by two at least: half of the pool
//! is always out of reach of any one member.

use bulla_types::MemberNumber;

use super::Pool;

impl Pool {
    pub(super) fn has_room_for(&self, member: MemberNumber, bytes: usize) -> bool {
        let after = Holding { entries: self.len() + 1, bytes: self.bytes + bytes };
        let all = Holding { entries: self.limits.entries_max, bytes: self.limits.bytes_max };
        if !after.fits(all) {
            return false;
        }
        if after.fits(all.divided_by(2)) {
            return true;
        }
        let queue = self.members.get(&member);
        let members = self.members.len() + usize::from(queue.is_none());
        let held = queue.map_or((0, 0), |queue| (queue.entries.len(), queue.bytes));
        Holding { entries: held.0 + 1, bytes: held.1 + bytes }.fits(all.divided_by(members.max(2)))
    }
}

#[derive(Debug, Clone, Copy)]
struct Holding {
    entries: usize,
    bytes: usize,
}

impl Holding {
    fn fits(self, room: Self) -> bool {
        self.entries <= room.entries && self.bytes <= room.bytes
    }

    fn divided_by(self, parts: usize) -> Self {
        Self { entries: self.entries / parts, bytes: self.bytes / parts }
    }
}
