//! Numbers, names, hashes, members and keys.

use bulla_crypto::{Hash, Signature};
use bulla_types::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::samples::{self, public};

pub(crate) fn hashes() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash::from_bytes)
}

pub(super) fn nonzero_hashes() -> impl Strategy<Value = Hash> {
    hashes().prop_filter("zero stands for none", |hash| *hash != Hash::ZERO)
}

pub(super) fn signatures() -> impl Strategy<Value = Signature> {
    vec(any::<u8>(), 64).prop_map(|bytes| Signature(bytes.try_into().unwrap()))
}

pub(super) fn times() -> impl Strategy<Value = BlockTime> {
    (1..=u64::MAX).prop_map(BlockTime)
}

pub(super) fn numbers() -> impl Strategy<Value = u64> {
    prop_oneof![1_u64..300, 1..=u64::MAX]
}

pub(crate) fn request_ids() -> impl Strategy<Value = RequestId> {
    (0..1_u64 << 48, any::<[u8; 10]>()).prop_map(|(time, random)| RequestId::new(time, &random))
}

pub(super) fn commitments() -> impl Strategy<Value = Commitment> {
    hashes().prop_map(Commitment)
}

pub(super) fn maybe_commitment() -> impl Strategy<Value = Option<Commitment>> {
    proptest::option::of(commitments())
}

pub(super) fn names() -> impl Strategy<Value = Name> {
    "[a-zA-Z0-9\u{4e00}-\u{9fa5}（）·]{1,40}".prop_map(|name| name.parse().unwrap())
}

pub(super) fn credit_codes() -> impl Strategy<Value = CreditCode> {
    select(&samples::CREDIT_CODES[..]).prop_map(|code| code.parse().unwrap())
}

pub(super) fn identities() -> impl Strategy<Value = MemberIdentity> {
    let form = select(&[OrganisationForm::LegalPerson, OrganisationForm::Unincorporated][..]);
    let organisation = (form, names(), credit_codes());
    prop_oneof![
        organisation.prop_map(|(form, name, credit_code)| MemberIdentity::Organisation {
            form,
            name,
            credit_code
        }),
        commitments().prop_map(|person| MemberIdentity::NaturalPerson { person }),
    ]
}

pub(super) fn role_sets() -> impl Strategy<Value = Roles> {
    subsequence(Role::ALL, 1..=Role::ALL.len()).prop_map(|found| Roles::new(found).unwrap())
}

/// A declaration as transactions hold it, of the key of a seed.
pub(super) fn declarations(seed: u8) -> impl Strategy<Value = KeyDeclaration> {
    (select(KeyPurpose::ALL), signatures()).prop_map(move |(purpose, possession)| KeyDeclaration {
        key: public(seed),
        purpose,
        possession: purpose.needs_possession().then_some(possession),
    })
}
