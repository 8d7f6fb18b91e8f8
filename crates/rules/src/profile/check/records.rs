//! Which procedures have an entry or account to act on.

use std::collections::BTreeSet;

use super::givens::acts;
use crate::profile::effect::Act;
use crate::profile::ident::Ident;
use crate::profile::procedure::{About, Procedure};
use crate::profile::records::CertificateSubject;
use crate::profile::whole::Profile;

/// What the cases of each procedure have to act on.
pub(super) struct Records<'p> {
    entry: BTreeSet<&'p Ident>,
    account: BTreeSet<&'p Ident>,
    grounded: BTreeSet<&'p Ident>,
}

impl<'p> Records<'p> {
    pub(super) fn of(profile: &'p Profile) -> Self {
        let has_entry = |about: &About| match about {
            About::NewObject(_) | About::Entry(_) => true,
            About::Certificate(kinds) => certifies(profile, kinds, CertificateSubject::Entry),
            _ => false,
        };
        let has_account = |procedure: &Procedure| match &procedure.about {
            About::Account(_) => true,
            About::Certificate(kinds) => certifies(profile, kinds, CertificateSubject::Account),
            _ => acts(procedure).any(|act| matches!(act, Act::OpenAccount { .. })),
        };
        Self {
            entry: inherited(profile, |procedure| has_entry(&procedure.about)),
            account: inherited(profile, has_account),
            grounded: inherited(profile, |procedure| !matches!(procedure.about, About::Case(_))),
        }
    }

    /// Whether a case of it, or its parent, has an entry.
    pub(super) fn has_entry(&self, procedure: &Procedure) -> bool {
        self.entry.contains(&procedure.head.name)
    }

    /// Whether a case of it, or its parent, has an account.
    pub(super) fn has_account(&self, procedure: &Procedure) -> bool {
        self.account.contains(&procedure.head.name)
    }

    /// Whether its cases are about something else than cases of its own in the end.
    pub(super) fn is_grounded(&self, procedure: &Procedure) -> bool {
        self.grounded.contains(&procedure.head.name)
    }
}

/// Procedures that have something themselves, or whose parents all have it.
fn inherited(profile: &Profile, own: impl Fn(&Procedure) -> bool) -> BTreeSet<&Ident> {
    let mut having = BTreeSet::new();
    loop {
        let before = having.len();
        for procedure in &profile.procedures {
            let from_parents = match &procedure.about {
                About::Case(parents) => parents.iter().all(|parent| having.contains(parent)),
                _ => false,
            };
            if from_parents || own(procedure) {
                having.insert(&procedure.head.name);
            }
        }
        if having.len() == before {
            return having;
        }
    }
}

fn certifies(profile: &Profile, kinds: &BTreeSet<Ident>, subject: CertificateSubject) -> bool {
    let kinds = kinds.iter().filter_map(|kind| profile.certificates.get(kind.as_str()));
    kinds.into_iter().all(|kind| kind.subject == subject)
}
