//! Files and connections that the system lets this process have open at a time.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::{info, warn};

/// Files of the store that stay open, where the system allows it.
const STORE_FILES_MAX: u64 = 512;
/// The fewest that it is given.
const STORE_FILES_MIN: u64 = 64;
/// What a node has open with all its callers and peers: the store's files, the connections of both listeners,
/// those of the peers, and what is open for a moment.
const NEEDED: u64 = 1_024;

/// Raises this process's limit as far as the system lets it, tells if that is too little, and gives the number of
/// files that the store may keep open: half of all at most, so that callers leave it enough and it leaves enough
/// for the files that it writes.
pub(crate) fn for_the_store() -> u32 {
    let limit = raise();
    match limit {
        Some(open_files_max) if open_files_max < NEEDED => warn!(
            open_files_max,
            needed = NEEDED,
            "the system allows this process few open files: under load, callers and writes will have to wait"
        ),
        _ => info!(open_files_max = limit, "open files"),
    }
    u32::try_from(share(limit)).unwrap_or(u32::MAX)
}

/// The limit that is in force afterwards; none is no limit.
fn raise() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            warn!(%error, "the limit of open files could not be raised");
            current
        }
    }
}

fn share(limit: Option<u64>) -> u64 {
    limit.map_or(STORE_FILES_MAX, |limit| (limit / 2).clamp(STORE_FILES_MIN, STORE_FILES_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_keeps_half_of_what_there_is_and_never_more_than_it_needs() {
        assert_eq!(share(None), 512);
        assert_eq!(share(Some(1 << 20)), 512);
        assert_eq!(share(Some(256)), 128);
        assert_eq!(share(Some(64)), 64);
    }
}
