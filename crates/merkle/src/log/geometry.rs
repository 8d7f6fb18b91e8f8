//! Which nodes a log of a given size has, and which of them prove what.
//!
//! Paths, their verification and appending all follow from the two lists below. Only sizes are compared, never leaf
//! positions shifted left, so that no size up to 2^64 − 1 overflows.

/// The node beside one on the way to the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sibling {
    /// To the left, hence complete.
    Left { level: u8, index: u64 },
    /// To the right and complete.
    Right { level: u8, index: u64 },
    /// To the right, the root over what the log has left there: less than a complete node of `level`.
    Edge { level: u8 },
}

/// Siblings on the way from node (`level`, `index`) to the root of a log of `size` entries, lowest first.
///
/// A level at which the log ends with the node itself has none: there the node stands for its parent. This is the
/// recursion PATH of RFC 9162, section 2.1.3.1, read from the bottom.
pub(super) fn siblings(level: u8, index: u64, size: u64) -> impl Iterator<Item = Sibling> {
    (level..levels(size)).filter_map(move |level_here| {
        let node = index >> (level_here - level);
        let complete = size >> level_here;
        let remainder = size & ((1 << level_here) - 1);
        if node % 2 == 1 {
            Some(Sibling::Left { level: level_here, index: node - 1 })
        } else if node + 1 < complete {
            Some(Sibling::Right { level: level_here, index: node + 1 })
        } else if node + 1 == complete && remainder > 0 {
            Some(Sibling::Edge { level: level_here })
        } else {
            None
        }
    })
}

/// The complete nodes whose parents are not complete, as (level, index), from the right, that is lowest first: one
/// for each bit of the size. Folded together from the right they give the root.
pub(super) fn peaks(size: u64) -> impl Iterator<Item = (u8, u64)> {
    (0..levels(size))
        .filter(move |level| size >> level & 1 == 1)
        .map(move |level| (level, (size >> level) - 1))
}

/// Number of levels that hold at least one complete node.
pub(super) fn levels(size: u64) -> u8 {
    // A u64 has at most 64 bits.
    u8::try_from(u64::BITS - size.leading_zeros()).unwrap_or(64)
}

/// The node in which a consistency path starts: the last complete node of the earlier log. Both logs have it, and
/// from it both roots follow.
pub(super) struct Seed {
    pub(super) level: u8,
    pub(super) index: u64,
    /// The earlier log has a power of two entries; its root is the seed and is left out of the path.
    pub(super) is_the_whole_log: bool,
}

impl Seed {
    /// For an earlier log of `size` entries, at least one.
    pub(super) fn of(size: u64) -> Self {
        let level = peaks(size).next().map_or(0, |(level, _)| level);
        let index = (size >> level).saturating_sub(1);
        Self { level, index, is_the_whole_log: index == 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_9162_section_2_1_5_has_the_paths_given_there() {
        // The tree of seven leaves d0…d6: "The inclusion proof for d0 is [b, h, l]", "for d4 is [f, j, k]", …
        let path = |index| siblings(0, index, 7).collect::<Vec<_>>();
        let (left, right) =
            (|level, index| Sibling::Left { level, index }, |level, index| Sibling::Right { level, index });
        assert_eq!(path(0), [right(0, 1), right(1, 1), Sibling::Edge { level: 2 }]);
        assert_eq!(path(3), [left(0, 2), left(1, 0), Sibling::Edge { level: 2 }]);
        assert_eq!(path(4), [right(0, 5), Sibling::Edge { level: 1 }, left(2, 0)]);
        assert_eq!(path(6), [left(1, 2), left(2, 0)]);
    }

    #[test]
    fn the_largest_size_has_a_peak_for_each_bit_and_no_overflow() {
        assert_eq!(peaks(u64::MAX).count(), 64);
        assert_eq!(siblings(0, u64::MAX - 1, u64::MAX).count(), 63);
        assert_eq!(siblings(0, 0, u64::MAX).count(), 64);
        assert_eq!(peaks(0).count(), 0);
    }
}
