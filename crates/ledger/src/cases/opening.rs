//! Opening a case (立案): its profile and procedure, what it is about, who its parties are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bulla_rules::CivilDate;
use bulla_rules::profile::{About, Ident, Procedure, Profile};
use bulla_types::{
    BlockTime, CaseNumber, CaseRecord, CaseStatus, Counter, KeyRange, NamedParty, OpenCase, ProfileDigest,
    ProfileStatus, RegisterStatus, RuleName, RuleTag, StateKey, Subject,
};

use crate::view::{StateView, ViewError};

use super::actors::{self, Bound};
use super::case::{Case, follows_record, name, record_ended_tag};
use super::places;
use super::rule::{StepRule, Stop};
use super::run::Run;

/// Open cases about one case: the end of that one is followed up for each.
const CHILDREN_MAX: usize = 64;
/// Open cases about one record that follow its end.
pub(super) const RECORD_FOLLOWERS_MAX: usize = 64;

/// A case that a member opens, with the parties that can be told before anyone acts. It has no state yet.
pub(super) fn by_member<V: StateView>(open: &OpenCase, run: &mut Run<'_, '_, V>) -> Result<Case, Stop> {
    let profile = profile_in_force(open.profile, run)?;
    let procedure = procedure_of(&profile, &open.procedure)?;
    let named: Bound = open
        .parties
        .iter()
        .map(|NamedParty { party, member }| (party.clone(), BTreeSet::from([*member])))
        .collect();
    let expected = procedure.named_parties(&profile);
    if !named.keys().map(RuleName::as_str).eq(expected.iter().map(|party| party.as_str())) {
        let expected = expected.iter().map(|party| party.as_str()).collect::<Vec<_>>().join(", ");
        let expected = if expected.is_empty() { "nobody".to_owned() } else { expected };
        return Err(StepRule::NamedWrong { expected }.into());
    }
    for party in &open.parties {
        if let Some(rule) = profile.parties.get(party.party.as_str()) {
            actors::check_member(rule, party.member, run)?;
        }
    }
    let procedure = procedure.head.name.clone();
    open_about(open.profile, Arc::clone(&profile), &procedure, open.about, named, run)
}

/// A case that the ledger opens, because an effect of another case says so.
pub(super) fn by_ledger<V: StateView>(
    origin: &Case,
    procedure: &RuleName,
    parties: Bound,
    run: &mut Run<'_, '_, V>,
) -> Result<Case, Stop> {
    let profile = Arc::clone(&origin.profile);
    let rule = procedure_of(&profile, procedure)?;
    let about = match &rule.about {
        About::Nothing | About::NewObject(_) | About::Evidence => None,
        About::Case(_) => Some(origin.subject()),
        About::Entry(_) => places::registration_of(origin, run)?.map(Subject::Registration),
        About::Account(_) => places::account_of(origin, run)?.map(Subject::Account),
        About::Certificate(kinds) => {
            let mut found = None;
            for kind in kinds {
                found = found.or(places::certificate_of_kind(origin, kind.as_str(), run)?);
            }
            found.map(Subject::Certificate)
        }
    };
    let procedure = rule.head.name.clone();
    open_about(origin.record.profile, profile, &procedure, about, parties, run)
}

/// A case that the ledger opens at the end of a cycle, whose last instant is given.
pub(super) fn at_end_of_cycle<V: StateView>(
    digest: ProfileDigest,
    procedure: &Ident,
    last: BlockTime,
    run: &mut Run<'_, '_, V>,
) -> Result<Case, Stop> {
    let profile = profile_in_force(digest, run)?;
    let mut case = open_about(digest, profile, procedure, None, Bound::new(), run)?;
    case.record.opened = last;
    Ok(case)
}

pub(super) fn open_about<V: StateView>(
    digest: ProfileDigest,
    profile: Arc<Profile>,
    procedure: &Ident,
    about: Option<Subject>,
    parties: Bound,
    run: &mut Run<'_, '_, V>,
) -> Result<Case, Stop> {
    let rule = procedure_of(&profile, &name(procedure))?;
    let indexed_under = subject(&profile, rule, about, run)?;
    if let Some(record) = indexed_under.filter(|_| follows_record(rule)) {
        let followers = KeyRange::open_cases_of(record, record_ended_tag(&profile));
        if run.state.rows(&followers, RECORD_FOLLOWERS_MAX)?.len() == RECORD_FOLLOWERS_MAX {
            return Err(StepRule::TooManyCases { subject: record, max: RECORD_FOLLOWERS_MAX }.into());
        }
    }
    let number = CaseNumber(run.state.take(Counter::Cases)?);
    let record = CaseRecord {
        number,
        profile: digest,
        procedure: name(procedure),
        status: CaseStatus::Open,
        // Its opening step leads to a state.
        state: name(&rule.states.as_slice()[0].name),
        opened: run.now(),
        about,
        parties,
        fields: BTreeMap::new(),
        documents: BTreeMap::new(),
        mandates: BTreeMap::new(),
        steps: BTreeMap::new(),
        states: BTreeMap::new(),
        deadlines: BTreeMap::new(),
        flags: BTreeMap::new(),
        account: None,
        registration: None,
        certificates: BTreeMap::new(),
        publications: Vec::new(),
        erasable: BTreeSet::new(),
        retain_until: None,
        history_count: 0,
    };
    Ok(Case::new(record, Arc::clone(&profile), indexed_under))
}

/// The version in force of the profile with this digest.
fn profile_in_force<V: StateView>(
    digest: ProfileDigest,
    run: &mut Run<'_, '_, V>,
) -> Result<Arc<Profile>, Stop> {
    let record = run.state.profile_record(digest)?.ok_or(StepRule::ProfileUnknown)?;
    let profile = run.state.profile(digest)?;
    if record.status != ProfileStatus::InForce {
        let id = RuleTag::of(profile.id.as_str(), "");
        let version = run.state.profile_version(id)?;
        let missing = || ViewError::Missing { key: StateKey::ProfileVersion(id) };
        let in_force = version.ok_or_else(missing)?.digest;
        return Err(StepRule::ProfileSuperseded { in_force }.into());
    }
    check_sources(&profile, run)?;
    Ok(profile)
}

/// A case is opened while the sources of the profile are in force.
fn check_sources<V: StateView>(profile: &Profile, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let today = CivilDate::of(run.now()).map_err(|_| StepRule::DateOutOfRange("sources".to_owned()))?;
    match profile.source_not_in_force(today) {
        None => Ok(()),
        Some(source) => Err(StepRule::SourceNotInForce(source.into()).into()),
    }
}

fn procedure_of<'p>(profile: &'p Profile, procedure: &RuleName) -> Result<&'p Procedure, StepRule> {
    let found = profile.procedures.get(procedure.as_str());
    found.ok_or_else(|| StepRule::ProcedureUnknown(procedure.to_string()))
}

/// Checks what a case is about. Gives the record under which it is found.
fn subject<V: StateView>(
    profile: &Profile,
    procedure: &Procedure,
    about: Option<Subject>,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Subject>, Stop> {
    if let Some(about) = about
        && !places::exists(about, run)?
    {
        return Err(StepRule::SubjectUnknown(about).into());
    }
    match (&procedure.about, about) {
        (About::Nothing | About::NewObject(_), None) => Ok(None),
        (About::Evidence, about @ Some(Subject::Evidence(_))) => Ok(about),
        (About::Case(procedures), about @ Some(Subject::Case(number))) => {
            let parent = Case::required(number, run)?;
            let fits =
                parent.profile.id == profile.id && procedures.contains(parent.record.procedure.as_str());
            require_fit(fits, about, "case of its parent procedure")?;
            let children = run.state.rows(&KeyRange::open_cases(parent.subject()), CHILDREN_MAX)?;
            if children.len() == CHILDREN_MAX {
                return Err(StepRule::TooManyCases { subject: parent.subject(), max: CHILDREN_MAX }.into());
            }
            Ok(about)
        }
        (About::Entry(kinds), about @ Some(Subject::Registration(number))) => {
            let registration = places::registration(number, run)?;
            let key = StateKey::Object(registration.object);
            let missing = ViewError::Missing { key };
            let object = run.state.object(registration.object)?.ok_or(missing)?;
            let fits = of_profile(profile, object.profile, run)? && kinds.contains(object.kind.as_str());
            require_fit(fits, about, "registration of its kind of object")?;
            require_standing(registration.status, Subject::Registration(number))?;
            Ok(about)
        }
        (About::Account(kinds), about @ Some(Subject::Account(number))) => {
            let account = places::account(number, run)?;
            let fits = of_profile(profile, account.profile, run)? && kinds.contains(account.kind.as_str());
            require_fit(fits, about, "account of its kind")?;
            require_standing(account.status, Subject::Account(number))?;
            Ok(about)
        }
        (About::Certificate(kinds), about @ Some(Subject::Certificate(number))) => {
            let certificate = places::certificate(number, run)?;
            let fits =
                of_profile(profile, certificate.profile, run)? && kinds.contains(certificate.kind.as_str());
            require_fit(fits, about, "certificate of its kind")?;
            Ok(Some(certificate.subject))
        }
        (expected, found) => {
            let expected = match expected {
                About::Nothing | About::NewObject(_) => "nothing on the ledger yet",
                About::Entry(_) => "a registration",
                About::Account(_) => "an account",
                About::Certificate(_) => "a certificate",
                About::Case(_) => "a case",
                About::Evidence => "a deposit of evidence",
            };
            let found = found.map_or_else(|| "nothing".to_owned(), |found| found.to_string());
            Err(StepRule::SubjectWrong { expected, found }.into())
        }
    }
}

/// Whether a record is of the same profile, in whichever version.
fn of_profile<V: StateView>(
    profile: &Profile,
    digest: ProfileDigest,
    run: &mut Run<'_, '_, V>,
) -> Result<bool, Stop> {
    Ok(run.state.profile(digest)?.id == profile.id)
}

fn require_fit(fits: bool, about: Option<Subject>, expected: &'static str) -> Result<(), StepRule> {
    if fits {
        return Ok(());
    }
    let found = about.map_or_else(|| "nothing".to_owned(), |about| about.to_string());
    Err(StepRule::SubjectWrong { expected, found })
}

fn require_standing(status: RegisterStatus, subject: Subject) -> Result<(), StepRule> {
    if status.stands() { Ok(()) } else { Err(StepRule::SubjectEnded(subject)) }
}
