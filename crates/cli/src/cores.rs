//! Work on all cores of this machine.

use std::num::NonZero;
use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

/// Splits `0..count` into one range for each core, none shorter than `share_min`, and works on all of them at
/// the same time. Gives the results in the order of the ranges; a panic in one is a panic here.
pub(crate) fn on_all_cores<T: Send>(
    count: usize,
    share_min: usize,
    work: impl Fn(Range<usize>) -> T + Sync,
) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = count.div_ceil(cores).max(share_min).max(1);
    let work = &work;
    thread::scope(|scope| {
        let ranges = (0..count).step_by(share).map(|from| from..(from + share).min(count));
        let running: Vec<_> = ranges.map(|range| scope.spawn(move || work(range))).collect();
        running.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_of_work_is_done_once_and_stays_in_its_place() {
        for count in [0, 1, 2, 7, 1000] {
            let done = on_all_cores(count, 3, Iterator::collect::<Vec<_>>).concat();
            assert_eq!(done, (0..count).collect::<Vec<_>>());
        }
    }
}
