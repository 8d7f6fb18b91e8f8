//! The keys that sign a load: OPERATE keys of the configured member, enrolled by itself on first use.
//!
//! All grow from one seed, kept beside the configuration, so that every run of as many signers uses the same.

use std::path::Path;

use bulla_client::{Client, Signer};
use bulla_crypto::{SecretKey, sha256};
use bulla_types::{
    Action, EnrolKey, KeyId, KeyPurpose, KeyRecord, KeyStatus, MemberNumber, ReasonCode, StateKey,
    limits::ACTIONS_MAX,
};
use rand_core::OsRng;

use crate::complaints::{BENCH_KEY_ENDED, NO_BENCH_MEMBER};
use crate::config::ClientConfig;
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::ENROLLING_SIGNERS;
use crate::waiting::Wait;
use crate::{key_files, progress};

/// The key whose seed all others grow from.
const SEED_FILE: &str = "bench-seed.pem";

/// As many signers, each in force on the ledger.
pub(super) async fn ready(
    context: &Context,
    config: &ClientConfig,
    client: &Client,
    count: u32,
) -> Result<Vec<Signer>, Failure> {
    let missing = || Failure::config(NO_BENCH_MEMBER);
    let member = config.member.map(MemberNumber).ok_or_else(missing)?;
    let administer_key = config.administer_key.as_deref().ok_or_else(missing)?;
    let seed = seed(&config.folder.join(SEED_FILE))?;
    let keys: Vec<_> = (0..count).map(|number| grow(&seed, number)).collect();

    let bar = progress::steps(u64::from(count), context.say(ENROLLING_SIGNERS));
    let mut new = Vec::new();
    for key in &keys {
        if !is_in_force(client, KeyId::of(key.public_key())).await? {
            new.push(key);
        }
        bar.inc(1);
    }
    if !new.is_empty() {
        let administrator = Signer::new(member, key_files::read(administer_key)?);
        for batch in new.chunks(ACTIONS_MAX) {
            enrol(client, &administrator, batch).await?;
        }
    }
    bar.finish_and_clear();
    Ok(keys.into_iter().map(|key| Signer::new(member, key)).collect())
}

fn seed(path: &Path) -> Result<SecretKey, Failure> {
    if path.exists() {
        return key_files::read(path);
    }
    let seed = SecretKey::generate(&mut OsRng);
    key_files::write(path, &seed, None)?;
    Ok(seed)
}

fn grow(seed: &SecretKey, number: u32) -> SecretKey {
    let grown = sha256(&[b"bulla bench signer", seed.to_seed().as_ref(), &number.to_be_bytes()]);
    SecretKey::from_seed(grown.as_bytes())
}

async fn is_in_force(client: &Client, key_id: KeyId) -> Result<bool, Failure> {
    match client.record(&StateKey::Key(key_id)).await?.read::<KeyRecord>()? {
        None => Ok(false),
        Some(record) if record.status == KeyStatus::InForce => Ok(true),
        Some(_) => Err(Failure::new(ReasonCode::KeyRetired, BENCH_KEY_ENDED.with(&[&key_id, &SEED_FILE]))),
    }
}

async fn enrol(client: &Client, administrator: &Signer, keys: &[&SecretKey]) -> Result<(), Failure> {
    let act = client.transaction().signer(administrator);
    let act = keys.iter().fold(act, |act, key| {
        let key = act.declare_key(KeyPurpose::Operate, key);
        act.action(Action::EnrolKey(EnrolKey { member: administrator.member(), key }))
    });
    Wait::default().submit(client, &act.build()?).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_keys_of_a_second_run_are_those_of_the_first_and_all_different() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SEED_FILE);
        let (first, second) = (seed(&path).unwrap(), seed(&path).unwrap());
        let public = |seed: &SecretKey, number| grow(seed, number).public_key().to_bytes();
        assert_eq!(public(&first, 7), public(&second, 7));
        assert_ne!(public(&first, 7), public(&first, 8));
    }
}
