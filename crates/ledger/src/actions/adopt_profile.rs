//! Adoption of a rule profile (规则配置) by the registration bodies: new cases run under it, open ones keep
//! theirs.

use std::sync::Arc;

use bulla_rules::CivilDate;
use bulla_rules::profile::Profile;
use bulla_types::{
    AdoptProfile, BlockTime, MemberStatus, Outcome, ProfileDigest, ProfileRecord, ProfileStatus,
    ProfileVersionRecord, RuleTag, StateKey,
};

use crate::cases::cycles;
use crate::history;
use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::{StateView, ViewError};

pub(super) fn apply<V: StateView>(
    adoption: &AdoptProfile,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    execution.require_bodies()?;
    let profile = read(adoption)?;
    check_sources(&profile, execution.stamp.time)?;
    check_adopter(&profile, execution)?;
    let (id, version) = (RuleTag::of(profile.id.as_str(), ""), profile.version);
    let digest = ProfileDigest::of(&adoption.profile);
    let (state, stamp) = (&mut *execution.state, execution.stamp);
    if let Some(in_force) = state.profile_version(id)? {
        if version <= in_force.version {
            let id = profile.id.to_string();
            if version == in_force.version && digest != in_force.digest {
                return Err(
                    Cause::ProfileDiffers { id, version, in_force: in_force.digest, found: digest }.into()
                );
            }
            let in_force = in_force.version;
            return Err(Cause::ProfileNotNewer { id, version, in_force }.into());
        }
        let key = StateKey::Profile(in_force.digest);
        let former = state.profile_record(in_force.digest)?.ok_or(ViewError::Missing { key })?;
        let history_count = history::one_more(former.history_count);
        let former = ProfileRecord { status: ProfileStatus::Superseded, history_count, ..(*former).clone() };
        history::write_profile(in_force.digest, former, stamp, state);
        cycles::stop(in_force.digest, state)?;
    }
    let record = ProfileRecord {
        profile: adoption.profile.clone(),
        status: ProfileStatus::InForce,
        history_count: history::FIRST,
    };
    history::write_profile(digest, record, stamp, state);
    let head = Record::ProfileVersion(ProfileVersionRecord { digest, version });
    state.write(StateKey::ProfileVersion(id), head);
    cycles::begin(digest, &profile, stamp, state);
    state.profiles.insert(digest, Arc::new(profile));
    Ok(Outcome::Profile(digest))
}

/// The profile, if it is whole, contradicts itself nowhere, leaves no value unset that a procedure needs, and
/// uses nothing that is not interpreted.
fn read(adoption: &AdoptProfile) -> Result<Profile, Cause> {
    let profile =
        Profile::decode(&adoption.profile).map_err(|error| Cause::ProfileInvalid(error.to_string()))?;
    if let Some(problem) = profile.check_adoptable().first() {
        return Err(Cause::ProfileInvalid(problem.to_string()));
    }
    match cycles::unsupported(&profile) {
        None => Ok(profile),
        Some(primitive) => Err(Cause::ProfileUnsupported(primitive)),
    }
}

/// New cases run under a profile as soon as it is adopted: by then its sources are in force, and none has ended.
fn check_sources(profile: &Profile, now: BlockTime) -> Result<(), Cause> {
    let day = CivilDate::of(now).map_err(|error| Cause::ProfileInvalid(error.to_string()))?;
    match profile.source_not_in_force(day) {
        None => Ok(()),
        Some(source) => Err(Cause::SourceNotInForce(source.into())),
    }
}

/// A profile names the body that runs its procedures, and that is an active member.
fn check_adopter<V: StateView>(
    profile: &Profile,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let adoption = profile.adoption.as_ref().ok_or(Cause::ProfileWithoutAdopter)?;
    let code = adoption.credit_code;
    let owner = execution.state.owner(code)?.ok_or(Cause::AdopterUnknown(code))?;
    let key = StateKey::Member(owner.member);
    let member = execution.state.member(owner.member)?.ok_or(ViewError::Missing { key })?;
    if member.status == MemberStatus::Active {
        Ok(())
    } else {
        Err(Cause::standing(owner.member, member.status).into())
    }
}
