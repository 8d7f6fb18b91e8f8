//! Profiles kept decoded from one execution to the next.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bulla_rules::profile::Profile;
use bulla_types::ProfileDigest;

/// Profiles that are kept at a time. A profile is decoded from some tens of kilobytes to ten times as much.
const KEPT_MAX: usize = 64;

/// Decoded profiles by digest. A digest names one profile for ever and on every ledger, so that what is kept never
/// bears on what an execution decides, only on how long it takes.
#[derive(Debug, Default)]
pub struct DecodedProfiles(Mutex<BTreeMap<ProfileDigest, Arc<Profile>>>);

impl DecodedProfiles {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    pub(crate) fn get(&self, digest: &ProfileDigest) -> Option<Arc<Profile>> {
        self.lock().get(digest).cloned()
    }

    /// Keeps one more. When there are too many, all are let go: those in use are soon there again.
    pub(crate) fn keep(&self, digest: ProfileDigest, profile: Arc<Profile>) {
        let mut kept = self.lock();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(digest, profile);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ProfileDigest, Arc<Profile>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_rules::profile::text::parse;

    use super::*;

    #[test]
    fn no_more_profiles_are_kept_than_fit() {
        let (profile, _) = parse(include_str!("../tests/profiles/register.toml")).unwrap();
        let (kept, profile) = (DecodedProfiles::new(), Arc::new(profile));
        let digests = (0..=KEPT_MAX).map(|number| ProfileDigest::of(&number.to_be_bytes()));
        let digests: Vec<_> = digests.collect();
        for digest in &digests {
            kept.keep(*digest, Arc::clone(&profile));
            assert_eq!(kept.get(digest).as_deref(), Some(&*profile));
        }
        assert_eq!(digests.iter().filter(|digest| kept.get(digest).is_some()).count(), 1);
    }
}
